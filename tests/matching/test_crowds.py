"""How many units bear a name: counted as a person would count them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.coding import SILENT
from minglu.matching.crowds import count_units

row = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 3))


@given(st.lists(row, min_size=1, max_size=30))
def test_units_of_a_name_equal_a_naive_count(rows):
    """Distinct codes under the name, or the uncoded rows of one list if those are more."""
    names, heads, lists = (np.array(column) for column in zip(*rows, strict=True))
    counted = count_units(names, heads, lists)
    for place, name in enumerate(names):
        alike = [one for one in rows if one[0] == name] if name != SILENT else []
        codes = {head for _, head, _ in alike} - {SILENT}
        bare = [one for _, head, one in alike if head == SILENT]
        assert counted[place] == max([len(codes), *(bare.count(one) for one in bare)])
