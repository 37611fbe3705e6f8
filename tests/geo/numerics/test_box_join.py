"""The join of boxes: every pair once, no other, whatever their sizes."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from minglu.geo.numerics.box_join import box_pairs

SIZE = st.sampled_from([0.0, 1e-9, 0.5, 1.0, 3.0, 1000.0])
BOX = st.tuples(st.floats(0, 20), st.floats(0, 20), SIZE, SIZE)


@example(rows=[(0.0, 0.0, 0.0, 0.0)] * 3)
@given(rows=st.lists(BOX, max_size=40))
def test_every_overlapping_pair_comes_once(rows):
    """Points, threads, a box over all: as brute force finds them, the smaller number first, corners that only touch too."""
    low = np.array([row[:2] for row in rows]).reshape(-1, 2)
    high = low + np.array([row[2:] for row in rows]).reshape(-1, 2)
    found = [pair for one, two in box_pairs(low, high) for pair in zip(one.tolist(), two.tolist(), strict=True)]
    expected = [
        (i, j)
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if (low[i] <= high[j]).all() and (low[j] <= high[i]).all()
    ]
    assert sorted(found) == expected
