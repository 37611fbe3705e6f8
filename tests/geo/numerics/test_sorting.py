"""Rows in order of several columns: as the slow sort would have them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.numerics import sorting
from minglu.geo.numerics.sorting import distinct_points, order_rows

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=30)


@given(rows=ROWS)
def test_rows_come_in_the_order_of_all_columns(rows):
    """Ties in the first column are decided by the second, then by the third."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    order = order_rows(*columns)
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert [rows[i] for i in order] == sorted(rows)


@given(rows=ROWS)
def test_halves_sorted_apart_make_the_whole(rows):
    """Long columns are cut at a value near their middle; how near changes nothing."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "LONG", 4)
        patch.setattr(sorting, "SAMPLE", 3)
        order = order_rows(*columns)
    assert [rows[i] for i in order] == sorted(rows)


@given(rows=st.lists(st.tuples(st.sampled_from([0.0, 0.5, 2.0]), st.sampled_from([-1.0, 0.0, 1.0])), max_size=20))
def test_points_are_numbered_once_each(rows):
    """By x and then y, and every point finds its number."""
    points, number = distinct_points(np.array(rows).reshape(-1, 2))
    assert [tuple(point) for point in points.tolist()] == sorted(set(rows))
    assert [tuple(points[n]) for n in number] == rows
