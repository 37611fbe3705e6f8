"""Rows in order of several columns: as the slow sort would have them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.ordering import order_rows


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_rows_come_in_the_order_of_all_columns(rows):
    """Ties in the first column are decided by the second, then by the third."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    order = order_rows(*columns)
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert [rows[i] for i in order] == sorted(rows)
