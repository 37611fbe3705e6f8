"""What is wrong where: overlaps, gaps, spills, mismatches, and what can't be decided.  No measuring, no table.

Two independent counts must agree on every face before it gets a name: how the signed
edges wind around it, and how many districts contain a point inside it.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.geo.arrangement import Arrangement
from minglu.geo.edges import PARENT, Residual
from minglu.geo.faces import Borders, Faces, build_faces, find_borders
from minglu.geo.mismatches import find_mismatches
from minglu.geo.places import Kinds, Places, distinct_pairs, join_places

Ints = NDArray[np.int64]

REASONS = {
    "overlap": "多个普查小区重叠 / several districts cover this face",
    "beyond": "多个普查小区重叠，且超出上级区域 / several districts cover this face, beyond the parent area",
    "gap": "上级区域内无普查小区覆盖 / no district covers this part of the parent area",
    "hole": "普查小区围成的空洞（未给出上级区域）/ districts enclose a hole; no parent area was given",
    "spill": "超出上级区域边界 / the district reaches beyond the parent area",
    "counts": "环绕数与覆盖数不一致 / winding and cover count disagree on this face",
    "network": "该处边线无法一致地拼接 / the edges here don't fit together consistently",
}


def judge(
    arrangement: Arrangement,
    residual: Residual,
    areas: NDArray[np.float64],
    *,
    shapes: NDArray[np.object_],
    parent: Geometry | None,
) -> Places:
    """Name every face whose cover is not exactly what it must be.

    `areas` are the signed areas of all cycles; `shapes` the districts' sound geometries
    (None where there is none), whose positions are the owners of edges.
    """
    fine = arrangement.winding == (0 if parent is not None else 1)
    chosen = np.flatnonzero(~arrangement.outer & ~(fine & arrangement.sound))
    faces = build_faces(arrangement, chosen, areas)
    borders = find_borders(arrangement, residual, chosen)
    found = _real_places(arrangement, faces, borders, shapes=shapes, parent=parent)
    return join_places(found, find_mismatches(arrangement, residual, faces, borders))


def _real_places(
    arrangement: Arrangement,
    faces: Faces,
    borders: Borders,
    *,
    shapes: NDArray[np.object_],
    parent: Geometry | None,
) -> Places:
    """Name the faces that have an area."""
    real = np.flatnonzero(~faces.flat)
    points = shapely.point_on_surface(faces.shapes[real])
    tree = shapely.STRtree(shapes)
    inside, cover = tree.query(points, predicate="within")
    count = np.bincount(inside, minlength=len(real))
    within = np.ones(len(real), bool) if parent is None else shapely.contains(parent, points)
    expected = 0 if parent is None else within
    kinds, reasons = _names(count, within, has_parent=parent is not None)
    cycles = faces.cycles[real]
    apart = (count - expected != arrangement.winding[cycles]) | ~arrangement.sound[cycles]
    kinds[apart] = "undecided"
    reasons[apart] = np.where(arrangement.sound[cycles[apart]], REASONS["counts"], REASONS["network"])
    position = np.full(len(faces.cycles), -1)
    position[real] = np.arange(len(real))
    row = position[borders.face]
    wanted = (row >= 0) & (borders.owner != PARENT) & (borders.covers | (kinds[row] == "gap"))
    face = np.concatenate([inside, row[wanted]])
    owner = np.concatenate([cover, borders.owner[wanted]])
    face, owner = distinct_pairs(face, owner)
    more = _partial_covers(faces.shapes[real], kinds, tree, face * len(shapes) + owner)
    face, owner = distinct_pairs(np.concatenate([face, more[0]]), np.concatenate([owner, more[1]]))
    keep = kinds[face] != ""
    renumber = np.cumsum(kinds != "") - 1
    chosen = kinds != ""
    return Places(
        kinds[chosen],
        faces.shapes[real][chosen],
        reasons[chosen],
        arrangement.component[cycles][chosen],
        renumber[face[keep]],
        owner[keep],
    )


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


def _partial_covers(shapes: NDArray[np.object_], kinds: Kinds, tree: shapely.STRtree, known: Ints) -> tuple[Ints, Ints]:
    """Return further districts that cover part of an overlap or spill: their edges cancel inside of it.

    A district that only touches the face shares no more area with it than rounding makes.
    """
    rows = np.flatnonzero((kinds == "overlap") | (kinds == "spill"))
    near, district = tree.query(shapes[rows])
    face = rows[near]
    fresh = ~np.isin(face * len(tree.geometries) + district, known)
    face, district = face[fresh], district[fresh]
    shapely.prepare(tree.geometries)
    meets = shapely.intersects(tree.geometries[district], shapes[face])
    face, district = face[meets], district[meets]
    shared = shapely.intersection(tree.geometries[district], shapes[face])
    reach = np.abs(shapely.bounds(shared)).max(1, initial=0.0)
    solid = shapely.area(shared) > 8 * np.spacing(np.nan_to_num(reach)) * shapely.length(shapes[face])
    return face[solid], district[solid]
