"""Signed edges of polygons and their exact cancellation.

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

from minglu.geo.numerics.sorting import distinct_points, order_rows

PARENT = -1
"""Owner of the parent's edges."""

_MIX = tuple(np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_HALF = np.uint64(32)

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

    points: Floats
    """Distinct points from west to east, those of one meridian from south to north, (m, 2)."""
    tail: Ints
    """The end point that comes first among them."""
    head: Ints
    weight: Ints
    """Walks from tail to head minus walks back; never 0: how much cover the left side has over the right."""
    walk_edge: Ints
    """For each walk: the position of its edge."""
    walk_owner: Ints
    """For each walk: the district, or PARENT."""
    walk_sign: Ints
    """For each walk: +1 from tail to head, -1 back."""

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def start(self) -> Floats:
        """Where each edge begins, (n, 2)."""
        return self.points[self.tail]

    @property
    def end(self) -> Floats:
        """Where each edge ends, (n, 2)."""
        return self.points[self.head]


def join_edges(parts: list[Edges]) -> Edges:
    """Put several sets of edges behind each other."""
    if not parts:
        return Edges(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, np.int64))
    return Edges(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.owner for part in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rings:
    """The vertices of all rings one behind the other."""

    xy: Floats
    size: Ints
    """Vertices of each ring, the closing one counted."""
    turned: NDArray[np.bool_]
    """Whether a ring has to be walked against the order of its vertices."""
    shape: Ints
    """The position of the shape that each ring belongs to."""

    def edges(self) -> NDArray[np.bool_]:
        """Mark each vertex from which an edge leads to the next one: of the same ring, at another place."""
        point = _as_points(self.xy)
        leads: NDArray[np.bool_] = point[:-1] != point[1:]
        leads[np.cumsum(self.size)[:-1] - 1] = False
        return leads


def signed_edges(geometries: NDArray[np.object_], owners: Ints, *, inside_left: bool = True) -> Edges:
    """Return the directed edges of all rings of polygons and multipolygons.

    Edges of no length (duplicate vertices) are left out, -0.0 becomes 0.0.  Coordinates
    must be finite; null and empty geometries have no edges.
    """
    rings = _walk_rings(geometries, inside_left=inside_left)
    if not len(rings.size):
        return join_edges([])
    return _pick(rings, np.flatnonzero(rings.edges()), owners)


def leftover_edges(geometries: NDArray[np.object_], owners: Ints) -> tuple[Edges, int]:
    """Return the directed edges that do not meet exactly one twin walked back, and how many edges there are.

    The same as `cancel_pairs(signed_edges(...))`, without a copy of the edges that cancel.
    """
    rings = _walk_rings(geometries, inside_left=True)
    if not len(rings.size):
        return join_edges([]), 0
    index = np.flatnonzero(rings.edges())
    mixed = _hash_points(rings.xy)
    left, right = _pairs_by_hash((mixed[:-1] + mixed[1:])[index])
    point, turned = _as_points(rings.xy), np.repeat(rings.turned, rings.size)
    one, two = index[left], index[right]
    against = turned[one] == turned[two]  # both along their vertices, or both against
    opposite = (point[one] == point[two + against]) & (point[one + 1] == point[two + ~against])
    keep = np.ones(len(index), bool)
    keep[left[opposite]] = False
    keep[right[opposite]] = False
    return _pick(rings, index[keep], owners), len(index)


def cancel_pairs(edges: Edges) -> Edges:
    """Return the edges without those that meet exactly one twin walked the other way.

    Groups are proposed by a hash; a pair is taken out only if its coordinates are equal,
    so a collision costs time and never truth.  Other groups stay whole, for `residual_edges`.
    """
    if len(edges) < 2:
        return edges
    left, right = _pairs_by_hash(_hash_points(edges.start) + _hash_points(edges.end))
    start, end = _as_points(edges.start), _as_points(edges.end)
    opposite = (start[left] == end[right]) & (end[left] == start[right])
    keep = np.ones(len(edges), bool)
    keep[left[opposite]] = False
    keep[right[opposite]] = False
    return edges.take(keep)


def _walk_rings(geometries: NDArray[np.object_], *, inside_left: bool) -> _Rings:
    parts, part_of = shapely.get_parts(geometries, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    is_shell = np.ones(len(rings), bool)
    is_shell[1:] = ring_of[1:] != ring_of[:-1]
    turned = (shapely.is_ccw(rings) != is_shell) != (not inside_left)
    xy = shapely.get_coordinates(rings)
    xy += 0.0  # -0.0 + 0.0 is 0.0
    return _Rings(xy, shapely.get_num_coordinates(rings).astype(np.int64), turned, part_of[ring_of])


def _pick(rings: _Rings, index: Ints, owners: Ints) -> Edges:
    """Return the edges that leave the vertices at `index`, directed."""
    ring = np.searchsorted(np.cumsum(rings.size), index, side="right")
    against = rings.turned[ring]
    return Edges(rings.xy[index + against], rings.xy[index + ~against], owners[rings.shape[ring]])


def _pairs_by_hash(key: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Return the positions of keys that occur exactly twice, pair by pair.

    The low bits of the key make room for the position, so that one plain sort does: the
    pairs are candidates only.
    """
    count = len(key)
    bits = np.uint64(max(count - 1, 1).bit_length())
    low = (np.uint64(1) << bits) - np.uint64(1)
    key = (key * _MIX[2] & ~low) | np.arange(count, dtype=np.uint64)
    key.sort()
    place = (key & low).astype(np.int64)
    key >>= bits
    same = np.zeros(count + 1, bool)  # same[i]: sorted key i equals its predecessor
    np.equal(key[1:], key[:-1], out=same[1:-1])
    opens = np.flatnonzero(same[1:-1] & ~same[:-2] & ~same[2:])
    return place[opens], place[opens + 1]


def residual_edges(edges: Edges, *, weights: Ints | None = None) -> Residual:
    """Add up the walks of every distinct edge, compared on raw coordinates, in 64-bit counters.

    A walk counts 1, or what `weights` says of its owner (the parent's comes last).
    """
    points, rank = distinct_points(np.concatenate([edges.start, edges.end]))
    one, other = rank[: len(edges)], rank[len(edges) :]
    key = np.minimum(one, other) * len(points) + np.maximum(one, other)
    order = order_rows(key, edges.owner)
    key, owner = key[order], edges.owner[order]
    sign = np.where(one > other, -1, 1)[order]
    new = np.diff(key, prepend=-1) != 0
    group = np.cumsum(new) - 1
    opens = np.flatnonzero(new)
    value = sign if weights is None else sign * weights[owner]
    weight = np.add.reduceat(value, opens) if len(opens) else np.empty(0, np.int64)
    left = weight != 0
    walk = left[group] if len(group) else np.empty(0, bool)
    renumber = np.cumsum(left) - 1
    return Residual(
        points=points,
        tail=key[opens][left] // len(points),
        head=key[opens][left] % len(points),
        weight=weight[left],
        walk_edge=renumber[group[walk]].astype(np.int64),
        walk_owner=owner[walk],
        walk_sign=sign[walk],
    )


def _hash_points(xy: Floats) -> NDArray[np.uint64]:
    bits = np.ascontiguousarray(xy).view(np.uint64)
    bits = bits ^ (bits >> _HALF)  # whole metres have zeros in their low bits, and a product would keep them
    mixed: NDArray[np.uint64] = bits[:, 0] * _MIX[0]
    mixed += bits[:, 1] * _MIX[1]
    mixed ^= mixed >> _HALF
    mixed *= _MIX[2]
    mixed ^= mixed >> _HALF
    return mixed


def _as_points(xy: Floats) -> NDArray[np.complex128]:
    """Look at pairs of coordinates as single values, so that one comparison takes both."""
    return np.ascontiguousarray(xy).view(np.complex128)[:, 0]
