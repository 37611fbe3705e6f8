"""Where edges meet: every crossing and every touch, in exact order along each edge."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.tiling.arrangement.crossings import find_splits

PLACE = st.tuples(st.integers(0, 6), st.integers(0, 6))
SEGMENT = st.tuples(PLACE, PLACE).filter(lambda ends: ends[0] != ends[1])


def meeting(one, two) -> list[Fraction]:
    """Return how far along `one` it meets `two` strictly between its ends, by rational numbers."""
    (ax, ay), (bx, by) = one
    (cx, cy), (dx, dy) = two
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    cross = ux * vy - uy * vx
    if cross:
        share, other = (
            Fraction((cx - ax) * vy - (cy - ay) * vx, cross),
            Fraction((cx - ax) * uy - (cy - ay) * ux, cross),
        )
        return [share] if 0 < share < 1 and 0 <= other <= 1 else []
    if (cx - ax) * uy != (cy - ay) * ux:
        return []
    along = [Fraction((x - ax) * ux + (y - ay) * uy, ux * ux + uy * uy) for x, y in two]
    return [share for share in along if 0 < share < 1]


@given(segments=st.lists(SEGMENT, min_size=2, max_size=8, unique_by=lambda ends: tuple(sorted(ends))))
def test_nodes_along_each_edge_are_those_of_rational_arithmetic(segments):
    """Crossings, T-junctions, ends on an edge, edges in line: at the right places, in the right order."""
    points = sorted({place for segment in segments for place in segment})
    number = {place: i for i, place in enumerate(points)}
    tail, head = (np.array([number[segment[end]] for segment in segments]) for end in (0, 1))
    splits = find_splits(np.array(points, float), tail, head)
    places = np.concatenate([np.array(points, float), splits.crossings])
    for edge, ends in enumerate(segments):
        expected = sorted({share for other in segments if other is not ends for share in meeting(ends, other)})
        nodes = splits.node[splits.edge == edge]
        start, end = (np.array(place, float) for place in ends)
        wanted = [start + float(share) * (end - start) for share in expected]
        found = places[nodes]
        kept = [at for k, at in enumerate(found) if k == 0 or not np.allclose(at, found[k - 1], atol=1e-12)]
        assert len(kept) == len(wanted)
        assert np.allclose(np.array(kept).reshape(-1, 2), np.array(wanted).reshape(-1, 2), atol=1e-12)
