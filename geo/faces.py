"""What the faces of leftover edges mean: overlap, gap, spill, or undecided; and the table of faults.

Two independent counts must agree on every face before it gets a name: how the signed
edges wind around it, and how many districts contain a point inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.geo.arrangement import Faces
from minglu.geo.districts import Districts, Parent
from minglu.geo.edges import PARENT, Ints
from minglu.geo.measure import areas_m2, perimeters_m
from minglu.geo.tables import FAULTS

KINDS = ("overlap", "gap", "spill", "mismatch", "invalid", "undecided")

REASONS = {
    "overlap": "多个普查小区重叠 / several districts cover this face",
    "gap": "上级区域内无普查小区覆盖 / no district covers this part of the parent area",
    "hole": "普查小区围成的空洞（未给出上级区域）/ districts enclose a hole (no parent area was given)",
    "spill": "超出上级区域边界 / the district reaches beyond the parent area",
    "mismatch": "相邻边界顶点不一致 / neighbouring edges do not share their vertices",
    "undecided": "两种计数不一致，无法判定 / the two counts disagree on this face",
}


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Faulty places of one layer before they are measured, in no order yet; one entry each per place."""

    kinds: list[str]
    shapes: NDArray[np.object_]
    districts: list[tuple[int, ...]]
    components: Ints
    reasons: list[str]


def judge(faces: Faces, shapes: NDArray[np.object_], parent: Geometry | None) -> Fault:
    """Name every face whose cover is not exactly what it must be.

    `shapes` are the districts' valid geometries (None where there is none); their
    positions are the owners of the faces' edges.
    """
    points = shapely.point_on_surface(faces.shapes)
    covers = _covers(points, shapes)
    count = np.bincount(covers[0], minlength=len(points)).astype(np.int64)
    within = np.ones(len(points), bool) if parent is None else shapely.contains(parent, points)
    expected = count if parent is None else count - within
    kinds = np.full(len(points), "", object)
    kinds[(count == 0) & within] = "gap"
    kinds[(count == 1) & ~within] = "spill"
    kinds[count > 1] = "overlap"
    kinds[expected != faces.winding] = "undecided"
    faulty = np.flatnonzero(kinds != "")
    members = _members(faces, covers, kinds)
    hole = parent is None
    reasons = [REASONS["hole" if hole and kinds[i] == "gap" else kinds[i]] for i in faulty]
    return Fault(
        kinds=[str(kinds[i]) for i in faulty],
        shapes=faces.shapes[faulty],
        districts=[members[i] for i in faulty],
        components=faces.component[faulty],
        reasons=reasons,
    )


def _covers(points: NDArray[np.object_], shapes: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs (point, district) where the district contains the point."""
    tree = shapely.STRtree(shapes)
    point, district = tree.query(points, predicate="within")
    order = np.lexsort((district, point))
    return point[order], district[order]


def _members(
    faces: Faces, covers: tuple[NDArray[np.intp], NDArray[np.intp]], kinds: NDArray[np.object_]
) -> list[tuple[int, ...]]:
    """Return per face the positions of the districts that cover it, or border it where none does."""
    members: list[set[int]] = [set() for _ in kinds]
    for face, district in zip(*covers, strict=True):
        members[face].add(int(district))
    for face, owner in zip(faces.left_face, faces.left_owner, strict=True):
        if owner != PARENT:
            members[face].add(int(owner))
    for face, owner in zip(faces.right_face, faces.right_owner, strict=True):
        if owner != PARENT and kinds[face] == "gap":
            members[face].add(int(owner))
    return [tuple(sorted(member)) for member in members]


def fault_table(fault: Fault, districts: Districts, *, sliver_width_m: float, sliver_area_m2: float) -> pa.Table:
    """Measure faults and lay them out as FAULTS: serious first, the widest first, then by code and place."""
    areas = areas_m2(districts.crs, fault.shapes)
    lengths = perimeters_m(districts.crs, fault.shapes)
    widths = np.divide(2 * areas, lengths, out=np.zeros(len(areas)), where=lengths > 0)
    kinds = np.array(fault.kinds, object)
    sliver = ((widths <= sliver_width_m) | (areas <= sliver_area_m2)) & ~np.isin(kinds, ("invalid", "undecided"))
    codes = ["+".join(sorted({districts.codes[i] for i in member})) for member in fault.districts]
    bounds = shapely.bounds(fault.shapes) if len(fault.shapes) else np.empty((0, 4))
    order = sorted(range(len(kinds)), key=lambda i: (bool(sliver[i]), -widths[i], kinds[i], codes[i], tuple(bounds[i])))
    ids = [f"F{n:05d}" for n in range(1, len(order) + 1)]
    group: dict[tuple[int, str], str] = {}
    groups = [group.setdefault((int(fault.components[i]), codes[i]), ids[n]) for n, i in enumerate(order)]
    columns = {
        "fault_id": ids,
        "kind": [kinds[i] for i in order],
        "severity": ["sliver" if sliver[i] else "serious" for i in order],
        "geometry": [shapely.to_wkb(fault.shapes[i]) for i in order],
        "area_m2": areas[order],
        "width_m": widths[order],
        "districts": [codes[i] for i in order],
        "place": [_place(districts, fault.districts[i]) for i in order],
        "group": groups,
        "reason": [fault.reasons[i] for i in order],
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in FAULTS], schema=FAULTS)


def _place(districts: Districts, member: tuple[int, ...]) -> str:
    if not member:
        return ""
    first = min(member, key=lambda i: districts.codes[i])
    return f"{districts.codes[first]} {districts.names[first]}".strip()


__all__ = ["KINDS", "PARENT", "Fault", "Parent", "fault_table", "judge"]
