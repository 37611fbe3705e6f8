"""The proof that districts tile their parent: exact, or a list of faults, or undecided with the reason.

Walk every ring with its inside on the left and the parent's rings the other way round.
If every polygon is valid and every edge meets its twin, walked back, then each point of
the plane is covered exactly as often as the parent says: once inside, never outside.
No tolerance, no rounding.  Only edges left over need a closer look, in `arrangement`
and `faces`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.errors import GeometryError
from minglu.geo.arrangement import arrange
from minglu.geo.districts import Districts, Parent, require_same_crs
from minglu.geo.edges import PARENT, Edges, Residual, cancel_pairs, join_edges, settle, signed_edges
from minglu.geo.faces import Fault, fault_table, judge
from minglu.geo.tables import FAULTS

CHUNK_EDGES = 400_000
"""Edges cancelled at a time: small enough for the processor's cache, large enough for numpy."""

POLYGON, MULTIPOLYGON = 3, 6


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted on the way to a verdict."""

    districts: int
    without_geometry: int
    """Virtual districts and empty geometries: they have no part in the proof."""
    invalid: int
    edges: int
    """Directed edges of districts and parent."""
    leftover_edges: int
    """Distinct edges that did not cancel."""
    district_area: float
    """Sum of the districts' areas in the layer's own units."""
    parent_area: float | None
    faulty_area: float
    """Sum over faulty faces of winding times area: must be district_area less parent_area."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """The answer, with everything that was found."""

    verdict: str
    """proven | faults | undecided."""
    edge: str
    """proven | not proven: whether the districts also fill their parent to its edge."""
    faults: pa.Table
    """FAULTS."""
    figures: Figures
    reasons: tuple[str, ...]
    """Why the verdict is not "proven", or what it does not cover; Chinese then English."""

    def as_dict(self) -> dict[str, object]:
        """Return verdict, counts and reasons as plain values for JSON, without the faults themselves."""
        counts = self.faults.column("kind").value_counts().to_pylist()
        by_kind = {str(item["values"]): int(item["counts"]) for item in counts}
        return {
            "verdict": self.verdict,
            "edge": self.edge,
            "faults": dict(sorted(by_kind.items())),
            "figures": asdict(self.figures),
            "reasons": list(self.reasons),
        }


def prove(districts: Districts, parent: Parent | None = None, *, sliver_width_m: float, sliver_area_m2: float) -> Proof:
    """Prove that the districts tile the parent, or list every place where they do not.

    Coordinates are compared as they are in the layer's own system, never projected or
    rounded.  The tolerances only decide a fault's severity.  Raises CrsError if both
    layers differ in their coordinate system.
    """
    if parent is not None:
        require_same_crs(districts, parent)
    shapes, invalid = _sound_shapes(districts)
    area = None if parent is None else float(shapely.area(parent.geometry))
    edges, total = _leftover(shapes, None if parent is None else parent.geometry)
    residual = settle(edges)
    fault, faulty_area = _look_closer(residual, shapes, None if parent is None else parent.geometry)
    faults = fault_table(_join(invalid, fault), districts, sliver_width_m=sliver_width_m, sliver_area_m2=sliver_area_m2)
    figures = Figures(
        districts=len(districts),
        without_geometry=sum(1 for shape in districts.geometries if shape is None or shape.is_empty),
        invalid=len(invalid.kinds),
        edges=total,
        leftover_edges=len(residual),
        district_area=float(shapely.area(shapes).sum()),
        parent_area=area,
        faulty_area=faulty_area,
    )
    return _conclude(faults, figures, has_parent=parent is not None)


def _conclude(faults: pa.Table, figures: Figures, *, has_parent: bool) -> Proof:
    kinds = set(faults.column("kind").to_pylist())
    reasons = []
    if not has_parent:
        reasons.append("未给出上级区域，外边界未证明 / no parent area was given: the outer edge is not proven")
    if "undecided" in kinds:
        reasons.append("部分区域无法判定 / some faces could not be decided")
    verdict = "faults" if kinds - {"undecided"} else "undecided" if kinds else "proven"
    edge = "proven" if has_parent and verdict == "proven" else "not proven"
    return Proof(verdict, edge, faults, figures, tuple(reasons))


def _sound_shapes(districts: Districts) -> tuple[NDArray[np.object_], Fault]:
    """Return what can be walked of each district, and a fault for each that is not a valid polygon."""
    shapes = districts.geometries.copy()
    kind = shapely.get_type_id(shapes)
    usable = np.isin(kind, (POLYGON, MULTIPOLYGON)) & ~shapely.is_empty(shapes)
    present = (kind >= 0) & ~shapely.is_empty(shapes)
    valid = shapely.is_valid(shapes)
    bad = np.flatnonzero(present & ~(usable & valid))
    reasons = []
    for i in bad:
        reasons.append(_invalid_reason(shapes[i], is_polygon=bool(usable[i])))
        shapes[i] = _mended(shapes[i]) if usable[i] else None
    shapes[~present] = None
    fault = Fault(
        kinds=["invalid"] * len(bad),
        shapes=districts.geometries[bad],
        districts=[(int(i),) for i in bad],
        components=-1 - np.arange(len(bad)),
        reasons=reasons,
    )
    return shapes, fault


def _invalid_reason(shape: Geometry, *, is_polygon: bool) -> str:
    if not is_polygon:
        name = shapely.get_type_id(shape)
        return f"不是面（类型 {name}）/ not a polygon but {getattr(shape, 'geom_type', name)}"
    return f"图形无效 / {shapely.is_valid_reason(shape)}"


def _mended(shape: Geometry) -> Geometry | None:
    """Return the area of an invalid polygon, so that its neighbours can still be looked at."""
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return whole if shapely.get_type_id(whole) in {POLYGON, MULTIPOLYGON} and not whole.is_empty else None


def _leftover(shapes: NDArray[np.object_], parent: Geometry | None) -> tuple[Edges, int]:
    """Return the edges that did not meet their twin, and how many there were at first."""
    rows = _in_spatial_order(shapes)
    left, total = [], 0
    for chunk in _chunks(rows, shapely.get_num_coordinates(shapes)):
        edges = signed_edges(shapes[chunk], chunk.astype(np.int64))
        total += len(edges)
        left.append(cancel_pairs(edges))
    if parent is not None:
        edges = signed_edges(np.array([parent], object), np.array([PARENT]), inside_left=False)
        total += len(edges)
        left.append(edges)
    return cancel_pairs(join_edges(left)), total


def _in_spatial_order(shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the positions of non-empty shapes along a Z-curve, so that neighbours share a chunk."""
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    bounds = shapely.bounds(shapes[rows])
    if not len(rows):
        return rows
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, span = middle.min(0), np.ptp(middle, axis=0)
    cell = ((middle - low) / np.where(span > 0, span, 1) * 1023).astype(np.int64)
    key = np.zeros(len(rows), np.int64)
    for bit in range(10):
        key |= ((cell[:, 0] >> bit) & 1) << (2 * bit) | ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return rows[np.argsort(key, kind="stable")]


def _chunks(rows: NDArray[np.intp], sizes: NDArray[np.integer[Any]]) -> Sequence[NDArray[np.intp]]:
    if not len(rows):
        return []
    number = np.cumsum(sizes[rows]) // CHUNK_EDGES
    return np.split(rows, np.flatnonzero(np.diff(number)) + 1)


def _look_closer(residual: Residual, shapes: NDArray[np.object_], parent: Geometry | None) -> tuple[Fault, float]:
    if not len(residual):
        return Fault([], np.empty(0, object), [], np.empty(0, np.int64), []), 0.0
    faces = arrange(residual)
    wrong = float((shapely.area(faces.shapes) * faces.winding).sum())
    return judge(faces, shapes, parent), wrong


def _join(one: Fault, other: Fault) -> Fault:
    return Fault(
        one.kinds + other.kinds,
        np.concatenate([one.shapes, other.shapes]),
        one.districts + other.districts,
        np.concatenate([one.components, other.components]),
        one.reasons + other.reasons,
    )


__all__ = ["FAULTS", "Figures", "GeometryError", "Proof", "prove"]
