"""Districts drawn again from the faces they hold, so that neighbours share every vertex.  For repairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.common.graphs import label_components
from minglu.geo.numerics.sorting import order_rows
from minglu.geo.tiling.cover_sets import FaceSets
from minglu.geo.tiling.edge_cancellation import PARENT

Ints = NDArray[np.int64]

Holding = Sequence[tuple[int, ...]]
"""For each cycle the districts that hold its face."""


def redraw(sets: FaceSets, holding: Holding, old: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the shape of each district from the faces it holds; the old one where nothing changes its border."""
    arrangement = sets.arrangement
    left = [_held(sets, holding, cycle) for cycle in arrangement.cycle[0::2].tolist()]
    right = [_held(sets, holding, cycle) for cycle in arrangement.cycle[1::2].tolist()]
    border = np.array([one != other for one, other in zip(left, right, strict=True)], bool)
    line = _straightened(sets, border)
    ends = _line_ends(sets, line, border)
    lines_of: list[set[int]] = [set() for _ in old]
    for piece in np.flatnonzero(border):
        for member in set(left[piece]) ^ set(right[piece]):
            lines_of[member].add(int(line[piece]))
    xy = arrangement.network.xy
    shapes = old.copy()
    for member, lines in enumerate(lines_of):
        pairs = xy[ends[sorted(lines)]]
        drawn = shapely.build_area(shapely.multilinestrings(np.asarray(shapely.linestrings(pairs))))
        if not shapely.equals_identical(shapely.normalize(drawn), shapely.normalize(_as_single(old[member]))):
            shapes[member] = drawn
    return shapes


def _as_single(shape: Geometry) -> Geometry:
    """Return a multipolygon of one part as that part."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def _held(sets: FaceSets, holding: Holding, cycle: int) -> tuple[int, ...]:
    around = int(sets.arrangement.inside[cycle])
    return () if around < 0 else tuple(holding[around])


def _straightened(sets: FaceSets, border: NDArray[np.bool_]) -> Ints:
    """Number the border's pieces, so that pieces of one straight edge get one number where nothing else meets them.

    Along the parent only the parent's own edges count as straight: its vertices must stay.
    """
    network, residual = sets.arrangement.network, sets.residual
    meet = np.bincount(np.concatenate([network.tail[border], network.head[border]]), minlength=len(network.xy))
    parents = np.zeros(len(residual), bool)
    parents[residual.walk_edge[residual.walk_owner == PARENT]] = True
    of_parent = np.zeros(len(border), bool)
    of_parent[network.part_piece[parents[network.part_edge]]] = True
    part = np.flatnonzero(border[network.part_piece])
    piece, edge = network.part_piece[part], network.part_edge[part]
    usable = ~of_parent[piece] | parents[edge]
    piece, edge = piece[usable], edge[usable]
    start = network.xy[network.tail[piece]]
    order = order_rows(edge, start[:, 0], start[:, 1])
    piece, edge = piece[order], edge[order]
    one, other = piece[:-1], piece[1:]
    joint = network.head[one]
    joined = (edge[:-1] == edge[1:]) & (joint == network.tail[other]) & (meet[joint] == 2)
    joined &= of_parent[one] == of_parent[other]
    return label_components(one[joined], other[joined], len(border))


def _line_ends(sets: FaceSets, line: Ints, border: NDArray[np.bool_]) -> Ints:
    """Return the two end nodes of each line, (lines, 2): the nodes that only one of its pieces has."""
    network = sets.arrangement.network
    rows = np.flatnonzero(border)
    number = np.concatenate([line[rows], line[rows]])
    node = np.concatenate([network.tail[rows], network.head[rows]])
    order = order_rows(number, node)
    number, node = number[order], node[order]
    again = np.zeros(len(number) + 1, bool)
    again[1:-1] = (number[1:] == number[:-1]) & (node[1:] == node[:-1])
    single = ~again[:-1] & ~again[1:]
    ends = np.zeros((int(line.max(initial=-1)) + 1, 2), np.int64)
    number, node = number[single], node[single]
    ends[number[0::2]] = np.stack([node[0::2], node[1::2]], axis=1)
    return ends
