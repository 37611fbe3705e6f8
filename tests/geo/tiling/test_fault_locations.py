"""Places and their members: labels of equal sets, pairs once, parts kept apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.tiling.fault_locations import Places, distinct_pairs, join_places, label_sets


@given(sets=st.lists(st.frozensets(st.integers(0, 5), max_size=4), min_size=1, max_size=15))
def test_equal_sets_and_only_they_have_equal_labels(sets):
    """Empty ones among themselves too."""
    pairs = sorted((item, member) for item, members in enumerate(sets) for member in members)
    item, member = np.array(pairs, np.int64).reshape(-1, 2).T
    label = label_sets(item, member, len(sets))
    for i, one in enumerate(sets):
        assert [bool(label[i] == label[j]) for j in range(len(sets))] == [one == other for other in sets]


@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20))
def test_pairs_are_sorted_and_stand_once(pairs):
    """As a set would have them."""
    left, right = distinct_pairs(*np.array(pairs, np.int64).reshape(-1, 2).T)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == sorted(set(pairs))


def test_joined_places_keep_their_parts_apart():
    """Two places of part 0 from two sides are two parts; members follow their places."""
    one = Places(*(np.array(["gap"], object),) * 3, np.array([0]), np.array([0]), np.array([7]))
    both = join_places(one, one)
    assert both.parts.tolist() == [0, 1]
    assert both.member_place.tolist() == [0, 1]
    assert both.member_district.tolist() == [7, 7]
