"""Signed edges of polygons and their exact cancellation.  What the edges left over enclose is asked elsewhere.

Every ring is walked with the inside on its left, the parent's rings with the inside on
their right.  Where two districts share an edge it is then walked once in each
direction, and the two walks cancel.  Edges are compared on their raw 64-bit
coordinates: a hash only proposes pairs, equality of coordinates decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.geo.ordering import order_rows

PARENT = -1
"""Owner of the parent's edges."""

_MIX_X, _MIX_Y, _MIX_EDGE = (np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_SHIFT = np.uint64(29)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Directed edges, each walked by its owner with +1 on the left; shapes (n, 2), (n, 2), (n,)."""

    start: Floats
    end: Floats
    owner: Ints
    """Position of the district, or PARENT."""

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Edges:
        """Return the edges at `index` (positions or a mask)."""
        return Edges(self.start[index], self.end[index], self.owner[index])


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What did not cancel: distinct canonical edges with their weight, and who walks them."""

    start: Floats
    """The lexicographically smaller end point, (n, 2)."""
    end: Floats
    weight: Ints
    """Walks from start to end minus walks back; never 0: how much cover the left side has over the right."""
    walk_edge: Ints
    """For each walk: the position of its edge."""
    walk_owner: Ints
    """For each walk: the district, or PARENT."""
    walk_sign: Ints
    """For each walk: +1 from start to end, -1 back."""

    def __len__(self) -> int:
        return len(self.weight)


def join_edges(parts: list[Edges]) -> Edges:
    """Put several sets of edges behind each other."""
    if not parts:
        return Edges(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, np.int64))
    return Edges(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.owner for part in parts]),
    )


def signed_edges(geometries: NDArray[np.object_], owners: Ints, *, inside_left: bool = True) -> Edges:
    """Return the directed edges of all rings of polygons and multipolygons.

    Edges of no length (duplicate vertices) are left out, -0.0 becomes 0.0.  Coordinates
    must be finite; null and empty geometries have no edges.
    """
    parts, part_of = shapely.get_parts(geometries, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return join_edges([])
    sizes = shapely.get_num_coordinates(rings).astype(np.int64)
    is_shell = np.ones(len(rings), bool)
    is_shell[1:] = ring_of[1:] != ring_of[:-1]
    turned = (shapely.is_ccw(rings) != is_shell) != (not inside_left)
    xy = shapely.get_coordinates(rings) + 0.0  # -0.0 + 0.0 is 0.0
    first, second = xy[:-1], xy[1:]
    keep = (first[:, 0] != second[:, 0]) | (first[:, 1] != second[:, 1])
    keep[np.cumsum(sizes)[:-1] - 1] = False  # from the end of one ring to the start of the next
    index = np.flatnonzero(keep)
    flip = np.repeat(turned, sizes)[index]
    owner = np.repeat(owners[part_of[ring_of]], sizes)[index]
    tail = index + flip
    head = index + ~flip
    return Edges(xy[tail], xy[head], owner)


def cancel_pairs(edges: Edges) -> Edges:
    """Return the edges without those that meet exactly one twin walked the other way.

    Groups are proposed by a hash; a pair is taken out only if its coordinates are equal,
    so a collision costs time and never truth.  Other groups stay whole, for `settle`.
    """
    count = len(edges)
    if count < 2:
        return edges
    bits = np.uint64(max(count - 1, 1).bit_length())
    one, other = _hash_points(edges.start), _hash_points(edges.end)
    key = (np.minimum(one, other) ^ (np.maximum(one, other) * _MIX_EDGE)) * _MIX_X
    key = (key & ~((np.uint64(1) << bits) - np.uint64(1))) | np.arange(count, dtype=np.uint64)
    key.sort()
    place = (key & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    key >>= bits
    same = np.zeros(count + 1, bool)  # same[i]: sorted edge i has the hash of its predecessor
    same[1:-1] = key[1:] == key[:-1]
    opens = np.flatnonzero(same[1:-1] & ~same[:-2] & ~same[2:])
    left, right = place[opens], place[opens + 1]
    twins = (edges.start[left] == edges.end[right]).all(1) & (edges.end[left] == edges.start[right]).all(1)
    keep = np.ones(count, bool)
    keep[left[twins]] = False
    keep[right[twins]] = False
    return edges.take(keep)


def settle(edges: Edges) -> Residual:
    """Add up the walks of every distinct edge, compared on raw coordinates, in 64-bit counters."""
    start, end = edges.start, edges.end
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(back[:, None], end, start), np.where(back[:, None], start, end)
    order = order_rows(low[:, 0], low[:, 1], high[:, 0], high[:, 1], edges.owner)
    low, high, owner = low[order], high[order], edges.owner[order]
    sign = np.where(back[order], -1, 1).astype(np.int64)
    new = np.ones(len(order), bool)
    new[1:] = (low[1:] != low[:-1]).any(1) | (high[1:] != high[:-1]).any(1)
    group = np.cumsum(new) - 1
    opens = np.flatnonzero(new)
    weight = np.add.reduceat(sign, opens) if len(opens) else np.empty(0, np.int64)
    left = weight != 0
    walk = left[group] if len(group) else np.empty(0, bool)
    renumber = np.cumsum(left) - 1
    return Residual(
        start=low[opens][left],
        end=high[opens][left],
        weight=weight[left],
        walk_edge=renumber[group[walk]].astype(np.int64),
        walk_owner=owner[walk],
        walk_sign=sign[walk],
    )


def _hash_points(xy: Floats) -> NDArray[np.uint64]:
    bits = np.ascontiguousarray(xy).view(np.uint64)
    mixed: NDArray[np.uint64] = bits[:, 0] * _MIX_X
    mixed ^= mixed >> _SHIFT
    mixed += bits[:, 1] * _MIX_Y
    mixed ^= mixed >> _SHIFT
    return mixed * _MIX_EDGE
