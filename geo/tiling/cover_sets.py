"""Which districts cover each face of a network of whole districts: sets, handed on from face to face.  For repairs.

Each district's edges weigh a number of its own, so that no shared edge cancels and the
winding of a face stands for the set of districts that cover it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.geo.tiling.arrangement.leftover_faces import Arrangement, arrange
from minglu.geo.tiling.arrangement.planar_network import parts_and_walks
from minglu.geo.tiling.edge_cancellation import PARENT, Residual, join_edges, residual_edges, signed_edges
from minglu.geo.tiling.faces import build_faces, signed_areas

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FaceSets:
    """The cycles of an arrangement with the districts inside each."""

    arrangement: Arrangement
    residual: Residual
    members: list[tuple[int, ...]]
    """For each cycle the districts that cover its face, by position."""
    within: NDArray[np.bool_]
    """Whether the face lies in the parent."""
    flat: NDArray[np.bool_]
    """Whether the face has no area beyond rounding."""
    points: NDArray[np.object_]
    """A point inside each face; None for flat faces and outsides."""
    across: list[list[tuple[int, float]]]
    """For each cycle the cycles on the other side of its pieces, with the length of border."""


def face_sets(districts: NDArray[np.object_], parent: Geometry | None) -> FaceSets:
    """Cut the districts and the parent into faces and say who covers each."""
    edges = [signed_edges(districts, np.arange(len(districts)))]
    if parent is not None:
        edges.append(signed_edges(np.array([parent], object), np.array([PARENT]), inside_left=False))
    weights = _numbers(len(districts) + 1)
    residual = residual_edges(join_edges(edges), weights=weights)
    arrangement = arrange(residual)
    across = _across(arrangement)
    sets = _propagate(arrangement, residual)
    members = [tuple(sorted(one - {PARENT})) for one in sets]
    cycles = np.flatnonzero(~arrangement.outer)
    faces = build_faces(arrangement, cycles, signed_areas(arrangement))
    flat = np.zeros(len(members), bool)
    flat[cycles] = faces.flat
    points = np.full(len(members), None, object)
    points[cycles[~faces.flat]] = shapely.point_on_surface(faces.shapes[~faces.flat])
    within = np.array([PARENT in one for one in sets], bool)
    return FaceSets(arrangement, residual, members, within, flat, points, across)


def _numbers(count: int) -> Ints:
    """Return numbers of 50 bits, one for each owner (the last for the parent), whose small sums all differ."""
    value = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (value >> np.uint64(14)).astype(np.int64) + 1


def _across(arrangement: Arrangement) -> list[list[tuple[int, float]]]:
    """Return for each cycle the faces on the other side of its pieces; an outside stands for the face around it."""
    network, count = arrangement.network, len(arrangement.winding)
    one, other = arrangement.inside[arrangement.cycle[0::2]], arrangement.inside[arrangement.cycle[1::2]]
    step = network.xy[network.head] - network.xy[network.tail]
    length = np.hypot(step[:, 0], step[:, 1])
    inner = (one >= 0) & (other >= 0)
    key = np.concatenate([(one * count + other)[inner], (other * count + one)[inner]])
    pairs, index = np.unique(key, return_inverse=True)
    lengths = np.bincount(index, np.concatenate([length[inner], length[inner]]))
    across: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for pair, total in zip(pairs.tolist(), lengths.tolist(), strict=True):
        across[pair // count].append((pair % count, total))
    return across


def _propagate(arrangement: Arrangement, residual: Residual) -> list[set[int]]:
    """Hand the set of covering districts on from the open plane into every face, across each piece."""
    pieces = np.arange(len(arrangement.network.tail))
    row, walk = parts_and_walks(arrangement.network, residual, pieces)
    changes: list[set[int]] = [set() for _ in pieces]
    for piece, owner in zip(row.tolist(), residual.walk_owner[walk].tolist(), strict=True):
        changes[piece] ^= {owner}
    steps: list[list[tuple[int, int]]] = [[] for _ in range(len(arrangement.winding))]
    for piece, (one, other) in enumerate(
        zip(arrangement.cycle[0::2].tolist(), arrangement.cycle[1::2].tolist(), strict=True)
    ):
        steps[one].append((other, piece))
        steps[other].append((one, piece))
    sets: list[set[int] | None] = [None] * len(arrangement.winding)
    for cycle in np.flatnonzero(arrangement.outer):  # parts from west to east: what lies around is known before
        around = int(arrangement.inside[cycle])
        start = set() if around < 0 else set(sets[around] or ())
        sets[int(cycle)] = start
        queue = deque([int(cycle)])
        while queue:
            here = queue.popleft()
            known = sets[here] or set()
            for other, piece in steps[here]:
                if sets[other] is None:
                    sets[other] = known ^ changes[piece]
                    queue.append(other)
    return [one or set() for one in sets]
