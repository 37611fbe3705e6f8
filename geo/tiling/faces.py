"""Cycles of an arrangement as polygons: shapes, areas, bordering districts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.common.parallel import together
from minglu.geo.tiling.arrangement.leftover_faces import Arrangement
from minglu.geo.tiling.arrangement.planar_network import parts_and_walks
from minglu.geo.tiling.edge_cancellation import Residual
from minglu.geo.tiling.fault_locations import distinct_pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOCKSTEP = 128
"""Cycles are walked together for so many steps; the few longer ones are walked one by one."""

ROUNDING_ULPS = 8.0
"""A face that is narrower than so many steps of its coordinates has no area: its corners can't be distinguished."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces as polygons with holes, one for each chosen cycle."""

    cycles: Ints
    shapes: NDArray[np.object_]
    areas: Floats
    """In square units of the layer, holes taken off."""
    flat: NDArray[np.bool_]
    """Whether the face is nothing but rounding: edges that should be one but have different vertices."""


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Whose edges border a face: rows (face, owner), each once, sorted."""

    face: Ints
    """Position among the chosen cycles."""
    owner: Ints


def signed_areas(arrangement: Arrangement) -> Floats:
    """Return the area each cycle encloses, negative where it runs around a part from outside."""
    origin, following = arrangement.turns.origin, arrangement.turns.following
    xy, count = arrangement.network.xy, len(arrangement.winding)
    anchor = np.zeros(count, np.int64)
    anchor[arrangement.cycle] = origin

    def share(some: slice) -> Floats:
        """Return what some of the half-edges contribute to twice the area of each cycle."""
        cycle = arrangement.cycle[some]
        base = xy[anchor[cycle]]
        start, end = xy[origin[some]] - base, xy[origin[following[some]]] - base
        twice = start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]
        return np.bincount(cycle, twice, minlength=count).astype(np.float64)

    middle = len(origin) // 2
    one, other = together(lambda: share(slice(middle)), lambda: share(slice(middle, None)))
    areas: Floats = (one + other) / 2
    return areas


def build_faces(arrangement: Arrangement, cycles: Ints, areas: Floats) -> Faces:
    """Draw the faces of inner `cycles`; `areas` are the signed areas of all cycles."""
    holes = np.flatnonzero(arrangement.outer & np.isin(arrangement.inside, cycles))
    face_of = np.full(len(arrangement.winding), -1)
    face_of[cycles] = np.arange(len(cycles))
    lines = np.concatenate([cycles, holes])
    corners, line = _walk(arrangement, lines)
    xy = arrangement.network.xy[corners]
    rings = np.asarray(shapely.linearrings(xy, indices=line)) if len(lines) else np.empty(0, object)
    shells, inner = rings[: len(cycles)], rings[len(cycles) :]
    owner = face_of[arrangement.inside[holes]]
    shapes = np.asarray(shapely.polygons(shells))
    order = np.argsort(owner, kind="stable")
    for face, first, last in _runs(owner[order]):
        shapes[face] = shapely.polygons(shells[face], holes=list(inner[order[first:last]]))
    whole = areas[cycles] + np.bincount(owner, areas[holes], minlength=len(cycles))
    flat = _is_flat(shapes, whole)
    touching = np.isin(cycles, _self_touching(arrangement)) & ~flat
    return Faces(cycles, _drawn_validly(shapes, touching), whole, flat)


def _is_flat(shapes: NDArray[np.object_], areas: Floats) -> NDArray[np.bool_]:
    reach = np.abs(shapely.bounds(shapes)).max(1, initial=0.0)
    flat: NDArray[np.bool_] = np.abs(areas) <= ROUNDING_ULPS * np.spacing(reach) * shapely.length(shapes) / 2
    return flat


def _self_touching(arrangement: Arrangement) -> Ints:
    """Return the cycles that come to one node twice."""
    origin, nodes = arrangement.turns.origin, len(arrangement.network.xy)
    crowded = np.flatnonzero(np.bincount(origin, minlength=nodes)[origin] > 2)
    visit = np.sort(arrangement.cycle[crowded] * nodes + origin[crowded])
    return np.unique(visit[1:][visit[1:] == visit[:-1]] // nodes)


def _drawn_validly(shapes: NDArray[np.object_], touching: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Draw faces whose border touches itself in a point with a hole, or as two parts, as maps want them."""
    drawn = shapes.copy()
    repaired = shapely.make_valid(shapes[touching], method="structure", keep_collapsed=False)
    drawn[touching] = np.where(shapely.is_empty(repaired), shapes[touching], repaired)  # rounding may leave nothing
    return drawn


def _runs(values: Ints) -> list[tuple[int, int, int]]:
    """Return (value, first, last) of each run of equal values."""
    opens = np.flatnonzero(np.diff(values, prepend=-1))
    stops = np.append(opens, len(values))[1:]
    return [(int(values[a]), int(a), int(b)) for a, b in zip(opens, stops, strict=True)]


def _walk(arrangement: Arrangement, cycles: Ints) -> tuple[Ints, Ints]:
    """Return the nodes of each cycle in order, and the position of the cycle for each node."""
    following, origin = arrangement.turns.following, arrangement.turns.origin
    start = np.full(len(arrangement.winding), -1)
    start[arrangement.cycle[::-1]] = np.arange(len(arrangement.cycle))[::-1]  # the smallest half-edge of each
    half, line = start[cycles], np.arange(len(cycles))
    first = half.copy()
    halves, lines, steps = [], [], []
    for step in range(LOCKSTEP):
        if not len(half):
            break
        halves.append(half)
        lines.append(line)
        steps.append(np.full(len(half), step))
        half = following[half]
        going = half != first[line]
        half, line = half[going], line[going]
    for here, one in zip(half.tolist(), line.tolist(), strict=True):
        tour = _tour(following, here, int(first[one]))
        halves.append(tour)
        lines.append(np.full(len(tour), one))
        steps.append(np.arange(LOCKSTEP, LOCKSTEP + len(tour)))
    none = [np.empty(0, np.int64)]
    order = np.lexsort((np.concatenate(none + steps), np.concatenate(none + lines)))
    return origin[np.concatenate(none + halves)[order]], np.concatenate(none + lines)[order]


def _tour(following: Ints, half: int, stop: int) -> Ints:
    tour = []
    while half != stop:
        tour.append(half)
        half = int(following[half])
    return np.array(tour, np.int64)


def find_borders(arrangement: Arrangement, residual: Residual, cycles: Ints, wanted: NDArray[np.bool_]) -> Borders:
    """Return whose edges border the `wanted` faces of `cycles` and the outsides of the parts that lie in them."""
    face_of = np.full(len(arrangement.winding) + 1, -1)  # the last one is for "in no face"
    face_of[cycles[wanted]] = np.flatnonzero(wanted)
    face = face_of[arrangement.inside[arrangement.cycle]]
    half = np.flatnonzero(face >= 0)
    row, walk = parts_and_walks(arrangement.network, residual, half >> 1)
    return Borders(*distinct_pairs(face[half][row], residual.walk_owner[walk]))
