"""The proof that districts tile their parent: exact, or a list of faults, or undecided with the reason.

Walk every ring with its inside on the left and the parent's rings the other way round.
If every polygon is valid and every edge meets its twin, walked back, then each point of
the plane is covered exactly as often as the parent says: once inside, never outside.
No tolerance, no rounding.  Only edges left over need a closer look, in `arrangement`
and `faces`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.geo.arrangement import arrange
from minglu.geo.districts import Districts, Parent, require_same_crs
from minglu.geo.edges import PARENT, Edges, Residual, cancel_pairs, join_edges, leftover_edges, settle, signed_edges
from minglu.geo.faces import signed_areas
from minglu.geo.faulttable import Tolerance, fault_table
from minglu.geo.judgement import judge
from minglu.geo.parallel import map_parts
from minglu.geo.places import Places, join_places, no_places
from minglu.geo.soundness import refuse_antimeridian, require_valid, sound_shapes

CHUNK_EDGES = 200_000
"""Edges cancelled at a time: small enough for the processor's cache, large enough for numpy."""


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
    layers differ in their coordinate system, GeometryError for a parent without valid
    area and for edges across the antimeridian.
    """
    if parent is not None:
        require_same_crs(districts, parent)
        require_valid(parent)
        refuse_antimeridian(np.array([parent.geometry], object), parent.crs, parent.source)
    refuse_antimeridian(districts.geometries, districts.crs, districts.source)
    shapes, invalid = sound_shapes(districts)
    area = None if parent is None else parent.geometry
    edges, total = _leftover(shapes, area)
    residual = settle(edges)
    places, faulty_area = _look_closer(residual, shapes, area)
    faults = fault_table(join_places(invalid, places), districts, Tolerance(sliver_width_m, sliver_area_m2))
    figures = Figures(
        districts=len(districts),
        without_geometry=int((shapely.is_missing(districts.geometries) | shapely.is_empty(districts.geometries)).sum()),
        invalid=len(invalid),
        edges=total,
        leftover_edges=len(residual),
        district_area=math.fsum(shapely.area(shapes[~shapely.is_missing(shapes)])),
        parent_area=None if area is None else float(shapely.area(area)),
        faulty_area=faulty_area,
    )
    return _conclude(faults, figures, _area_error(shapes, area))


def _conclude(faults: pa.Table, figures: Figures, area_error: float) -> Proof:
    """Draw the verdict: proven only if nothing was found and the areas add up."""
    kinds = set(faults.column("kind").to_pylist())
    reasons = []
    if figures.parent_area is None:
        reasons.append("未给出上级区域，外边界未证明 / no parent area was given: the outer edge is not proven")
    if "undecided" in kinds:
        reasons.append("部分区域无法判定 / some places could not be decided")
    if kinds == {"mismatch"}:
        reasons.append("仅边界顶点不一致，无重叠无缺口 / only vertices differ: no overlap and no gap")
    surplus = figures.district_area - (figures.parent_area or 0.0)
    adds_up = abs(surplus - figures.faulty_area) <= area_error
    if not adds_up:
        reasons.append("面积恒等式不成立 / the areas don't add up: sum of districts less parent is not the faulty area")
    verdict = "faults" if kinds - {"undecided"} else "undecided" if kinds or not adds_up else "proven"
    edge = "proven" if figures.parent_area is not None and verdict == "proven" else "not proven"
    return Proof(verdict, edge, faults, figures, tuple(reasons))


def _area_error(shapes: NDArray[np.object_], parent: Geometry | None) -> float:
    """Bound what rounding can do to the areas of all districts and the parent, in square units of the layer."""
    every = np.append(shapes, np.array([parent], object))
    bounds = np.nan_to_num(shapely.bounds(every))
    boxes = (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    return float(np.finfo(float).eps * (boxes * (shapely.get_num_coordinates(every) + 8)).sum())


def _leftover(shapes: NDArray[np.object_], parent: Geometry | None) -> tuple[Edges, int]:
    """Return the edges that did not meet their twin, and how many there were at first."""
    chunks = _chunks(_in_spatial_order(shapes), shapely.get_num_coordinates(shapes))
    found = list(map_parts(lambda chunk: leftover_edges(shapes[chunk], chunk.astype(np.int64)), chunks))
    left, total = [edges for edges, _ in found], sum(count for _, count in found)
    if parent is not None:
        left.append(signed_edges(np.array([parent], object), np.array([PARENT]), inside_left=False))
        total += len(left[-1])
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


def _look_closer(residual: Residual, shapes: NDArray[np.object_], parent: Geometry | None) -> tuple[Places, float]:
    """Return the faulty places among the leftover edges, and the sum of winding times area over all faces."""
    if not len(residual):
        return no_places(), 0.0
    arrangement = arrange(residual)
    areas = signed_areas(arrangement)
    places = judge(arrangement, residual, areas, shapes=shapes, parent=parent)
    return places, math.fsum(areas * arrangement.winding)
