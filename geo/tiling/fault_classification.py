"""Classification of faulty faces: overlaps, gaps, spills, mismatches, undecided places.

Two independent counts must agree on every face before it gets a name: how the signed
edges wind around it, and how many districts contain a point inside it.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.common.bilingual import Bilingual
from minglu.common.parallel import together
from minglu.geo.tiling.arrangement.leftover_faces import Arrangement
from minglu.geo.tiling.edge_cancellation import PARENT, Residual
from minglu.geo.tiling.edge_mismatches import find_mismatches
from minglu.geo.tiling.face_splitting import split_faces
from minglu.geo.tiling.faces import Borders, Faces, build_faces, find_borders
from minglu.geo.tiling.fault_locations import Ints, Kinds, Places, distinct_pairs, join_places
from minglu.geo.tiling.layer_scan import LayerScan

REASONS = {
    "overlap": Bilingual("多个普查小区重叠", "several districts cover this face"),
    "beyond": Bilingual(
        "多个普查小区重叠，且超出上级区域", "several districts cover this face, beyond the parent area"
    ),
    "gap": Bilingual("上级区域内无普查小区覆盖", "no district covers this part of the parent area"),
    "hole": Bilingual("普查小区围成的空洞（未给出上级区域）", "districts enclose a hole; no parent area was given"),
    "spill": Bilingual("超出上级区域边界", "the district reaches beyond the parent area"),
    "counts": Bilingual("环绕数与覆盖数不一致", "winding and cover count disagree on this face"),
    "network": Bilingual("该处边线无法一致地拼接", "the edges here don't fit together consistently"),
}


def classify_faults(
    arrangement: Arrangement,
    residual: Residual,
    areas: NDArray[np.float64],
    *,
    scan: LayerScan,
    parent: Geometry | None,
) -> Places:
    """Name every face whose cover is not exactly what it must be.

    `areas` are the signed areas of all cycles; positions in the scan are the owners of edges.
    """
    fine = arrangement.winding == (0 if parent is not None else 1)
    chosen = np.flatnonzero(~arrangement.outer & ~(fine & arrangement.sound))
    bare = arrangement.winding[chosen] == (-1 if parent is not None else 0)  # as many districts as a gap has
    faces, borders = together(
        lambda: build_faces(arrangement, chosen, areas), lambda: find_borders(arrangement, residual, chosen, bare)
    )
    shapes = scan.shapes_near(faces.shapes[~faces.flat])
    found = _faces_with_area(arrangement, residual, faces, borders, shapes=shapes, parent=parent)
    return join_places(found, find_mismatches(arrangement, residual, faces))


def _faces_with_area(
    arrangement: Arrangement,
    residual: Residual,
    faces: Faces,
    borders: Borders,
    *,
    shapes: NDArray[np.object_],
    parent: Geometry | None,
) -> Places:
    """Name the faces that have an area, part by part where different districts cover them."""
    real = np.flatnonzero(~faces.flat)
    parts, face = split_faces(faces.shapes[real], arrangement, residual, districts=shapes, parent=parent)
    cycles = faces.cycles[real][face]
    points = shapely.point_on_surface(parts)
    (cover, inside), within = together(lambda: _covers(shapes, points), lambda: _within(parent, points))
    count = np.bincount(inside, minlength=len(points))
    kinds, reasons = _names(count, within, has_parent=parent is not None)
    apart = (count - (within if parent is not None else 0)) != arrangement.winding[cycles]
    kinds[apart], reasons[apart] = "undecided", REASONS["counts"]
    unsound = ~arrangement.sound[cycles]
    kinds[unsound], reasons[unsound] = "undecided", REASONS["network"]
    row, owner = _neighbours(borders, real, face, kinds)
    member_place, member = distinct_pairs(np.concatenate([inside, row]), np.concatenate([cover, owner]))
    chosen = kinds != ""
    keep = chosen[member_place]
    return Places(
        kinds[chosen],
        parts[chosen],
        reasons[chosen],
        arrangement.component[cycles][chosen],
        (np.cumsum(chosen) - 1)[member_place[keep]],
        member[keep],
    )


def _covers(shapes: NDArray[np.object_], points: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return pairs (district, point) of the points inside a district's shape."""
    cover, inside = shapely.STRtree(points).query(shapes, predicate="contains_properly")
    return cover, inside


def _within(parent: Geometry | None, points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which points lie inside the parent; all where there is none."""
    if parent is None:
        return np.ones(len(points), bool)
    shapely.prepare(parent)
    inside: NDArray[np.bool_] = shapely.contains(parent, points)
    return inside


def _neighbours(borders: Borders, real: Ints, face: Ints, kinds: Kinds) -> tuple[Ints, Ints]:
    """Return pairs (part, district) for the gaps: the districts whose edges border them."""
    gap = np.flatnonzero(kinds == "gap")
    position = np.full(int(real.max(initial=-1)) + 1, -1)  # a gap has no border inside and is never split
    position[real[face[gap]]] = gap
    near = np.flatnonzero((borders.owner != PARENT) & (borders.face < len(position)))
    row = position[borders.face[near]]
    return row[row >= 0], borders.owner[near][row >= 0]


def _names(count: Ints, within: NDArray[np.bool_], *, has_parent: bool) -> tuple[Kinds, Kinds]:
    """Return kind and reason by how many districts cover a face and whether it is inside the parent."""
    kinds, reasons = np.full(len(count), "", object), np.full(len(count), "", object)
    for kind, reason, rows in (
        ("gap", "gap" if has_parent else "hole", (count == 0) & within),
        ("spill", "spill", (count == 1) & ~within),
        ("overlap", "overlap", (count > 1) & within),
        ("overlap", "beyond", (count > 1) & ~within),
    ):
        kinds[rows], reasons[rows] = kind, REASONS[reason]
    return kinds, reasons
