"""Signed edges: which are walked, which meet their twin, and what is left with which weight."""

from __future__ import annotations

from collections import Counter

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.tiling.edge_cancellation import (
    Edges,
    cancel_pairs,
    join_edges,
    leftover_edges,
    residual_edges,
    signed_edges,
)

SMALL = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3))


def boxes(rows) -> np.ndarray:
    array = np.empty(len(rows), object)
    array[:] = [shapely.box(x, y, x + w, y + h) for x, y, w, h in rows]
    return array


def weights(edges: Edges) -> Counter[tuple[float, ...]]:
    """Add up walks the slow way: +1 from the smaller end, -1 from the greater one."""
    total: Counter[tuple[float, ...]] = Counter()
    for start, end in zip(edges.start.tolist(), edges.end.tolist(), strict=True):
        low, high = min(start, end), max(start, end)
        total[*low, *high] += 1 if start == low else -1
    return Counter({edge: weight for edge, weight in total.items() if weight})


@given(rows=st.lists(SMALL, max_size=12))
def test_what_cancels_never_changes_the_sums(rows):
    """Cancelled in a piece, cancelled later, or only cancelled: the same weights as one by one."""
    shapes, owners = boxes(rows), np.arange(len(rows))
    every = signed_edges(shapes, owners)
    left, count = leftover_edges(shapes, owners)
    expected = weights(every)
    assert count == len(every)
    for edges in (every, left, cancel_pairs(every), cancel_pairs(left)):
        residual = residual_edges(edges)
        found = {
            (*a, *b): w for a, b, w in zip(residual.start.tolist(), residual.end.tolist(), residual.weight, strict=True)
        }
        assert found == expected


@given(rows=st.lists(SMALL, min_size=1, max_size=8))
def test_walks_name_their_owner_and_direction(rows):
    """The signs of the walks along an edge add up to its weight."""
    residual = residual_edges(signed_edges(boxes(rows), np.arange(len(rows))))
    summed = np.bincount(residual.walk_edge, residual.walk_sign, minlength=len(residual))
    assert summed.tolist() == residual.weight.tolist()
    assert set(residual.walk_owner.tolist()) <= set(range(len(rows)))


def test_duplicate_vertices_have_no_edge_and_minus_zero_is_zero():
    """Of nine vertices four edges are left, and no coordinate has a sign of zero."""
    ring = [(-0.0, 0.0), (0.0, -0.0), (2.0, 0.0), (2.0, 0.0), (2.0, 2.0), (2.0, 2.0), (0.0, 2.0), (-0.0, 0.0)]
    edges = signed_edges(np.array([shapely.Polygon(ring)], object), np.zeros(1, np.int64))
    assert len(edges) == 4
    assert not np.signbit(edges.start).any()


def test_parent_is_walked_the_other_way_round():
    """A district that is its own parent leaves nothing."""
    one = boxes([(0, 0, 2, 2)])
    both = join_edges([signed_edges(one, np.zeros(1, np.int64)), signed_edges(one, np.array([-1]), inside_left=False)])
    assert len(cancel_pairs(both)) == 0


def test_two_hundred_and_fifty_six_equal_walks_are_not_none():
    """Counters of eight bits would come round to zero."""
    residual = residual_edges(signed_edges(boxes([(0, 0, 1, 1)] * 256), np.arange(256)))
    assert [abs(weight) for weight in residual.weight.tolist()] == [256] * 4


def test_whole_numbers_cancel_at_once():
    """Powers of two have no low bits to mix; still nearly every pair is found before the exact sums."""
    whole = boxes([(2 * i, 2 * j, 2, 2) for i in range(32) for j in range(32)])
    left, count = leftover_edges(whole, np.arange(len(whole)))
    assert count == 4 * 32 * 32
    assert len(left) <= 1.05 * 4 * 32
