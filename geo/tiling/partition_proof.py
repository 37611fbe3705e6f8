"""The proof that districts tile their parent: exact, or a list of faults, or undecided with the reason.

Walk every ring with its inside on the left and the parent's rings the other way round.
If every polygon is valid and every edge meets its twin, walked back, then each point of
the plane is covered exactly as often as the parent says: once inside, never outside.
No tolerance, no rounding.  Only edges left over need a closer look, in `arrangement`
and `faces`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import shapely
from shapely import Geometry

from minglu.common.bilingual import Bilingual
from minglu.geo.layer.districts import Districts, Parent, require_same_crs
from minglu.geo.layer.piecewise import InMemoryLayer, Layer
from minglu.geo.tiling.arrangement.leftover_faces import arrange
from minglu.geo.tiling.edge_cancellation import (
    PARENT,
    Edges,
    Residual,
    cancel_pairs,
    join_edges,
    residual_edges,
    signed_edges,
)
from minglu.geo.tiling.faces import signed_areas
from minglu.geo.tiling.fault_classification import classify_faults
from minglu.geo.tiling.fault_locations import Places, join_places, no_places
from minglu.geo.tiling.fault_table import Tolerance, fault_table
from minglu.geo.tiling.layer_scan import LayerScan, scan_layer
from minglu.geo.tiling.validity import refuse_antimeridian, require_valid


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
    reasons: tuple[Bilingual, ...]
    """Why the verdict is not "proven", or what it does not cover."""

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
    """Prove that districts in memory tile the parent; as `prove_layer`."""
    _, proof = prove_layer(InMemoryLayer(districts), parent, Tolerance(sliver_width_m, sliver_area_m2))
    return proof


def prove_layer(layer: Layer, parent: Parent | None, tolerance: Tolerance) -> tuple[LayerScan, Proof]:
    """Prove that the districts of a layer tile the parent, or list every place where they do not.

    Coordinates are compared as they are in the layer's own system, never projected or
    rounded.  The tolerances only decide a fault's severity.  Raises CrsError if both
    layers differ in their coordinate system, GeometryError for a parent without valid
    area and for edges across the antimeridian.
    """
    area = None if parent is None else parent.geometry
    if parent is not None:
        require_same_crs(layer, parent)
        require_valid(parent)
        refuse_antimeridian(np.array([area], object), parent.crs, parent.source)
    scan = scan_layer(layer)
    edges, total = _with_parent(scan, area)
    residual = residual_edges(edges)
    places, faulty_area = _locate_faults(residual, scan, area)
    faults = fault_table(join_places(scan.invalid, places), scan, tolerance)
    figures = Figures(
        districts=len(scan),
        without_geometry=int((~scan.present).sum()),
        invalid=len(scan.invalid),
        edges=total,
        leftover_edges=len(residual),
        district_area=math.fsum(scan.areas),
        parent_area=None if area is None else float(shapely.area(area)),
        faulty_area=faulty_area,
    )
    edge_met = not (residual.walk_owner == PARENT).any()
    return scan, _conclude(faults, figures, _area_error(scan, area), edge_met=edge_met)


def _conclude(faults: pa.Table, figures: Figures, area_error: float, *, edge_met: bool = False) -> Proof:
    """Draw the verdict: proven only if nothing was found and the areas add up.

    `edge_met`: every edge of the parent met its twin.  Then the outer edge is proven though there are faults
    inside, unless one of them leaves open what the edges mean.
    """
    kinds = set(faults.column("kind").to_pylist())
    reasons = []
    if figures.parent_area is None:
        reasons.append(
            Bilingual("未给出上级区域，外边界未证明", "no parent area was given: the outer edge is not proven")
        )
    if "undecided" in kinds:
        reasons.append(Bilingual("部分区域无法判定", "some places could not be decided"))
    if kinds == {"mismatch"}:
        reasons.append(Bilingual("仅边界顶点不一致，无重叠无缺口", "only vertices differ: no overlap and no gap"))
    surplus = figures.district_area - (figures.parent_area or 0.0)
    adds_up = abs(surplus - figures.faulty_area) <= area_error
    if not adds_up:
        reasons.append(
            Bilingual("面积恒等式不成立", "the areas don't add up: sum of districts less parent is not the faulty area")
        )
    verdict = "faults" if kinds - {"undecided"} else "undecided" if kinds or not adds_up else "proven"
    inner = edge_met and adds_up and not kinds & {"spill", "invalid", "undecided"}
    edge = "proven" if figures.parent_area is not None and (verdict == "proven" or inner) else "not proven"
    return Proof(verdict, edge, faults, figures, tuple(reasons))


def _area_error(scan: LayerScan, parent: Geometry | None) -> float:
    """Bound what rounding can do to the areas of all districts and the parent, in square units of the layer."""
    above = np.array([parent], object)
    bounds = np.nan_to_num(np.concatenate([scan.bounds, shapely.bounds(above)]), posinf=0.0, neginf=0.0)
    vertices = np.append(scan.vertices, shapely.get_num_coordinates(above))
    boxes = (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    return float(np.finfo(float).eps * (boxes * (vertices + 8)).sum())


def _with_parent(scan: LayerScan, parent: Geometry | None) -> tuple[Edges, int]:
    """Return the edges that meet no twin in the layer nor in the parent, and how many there were at first.

    Where most are left, nearly all of them stay, and `residual_edges` may look at them at once.
    """
    above = signed_edges(np.array([parent], object), np.array([PARENT]), inside_left=False)
    edges, total = join_edges([scan.edges, above]), scan.total_edges + len(above)
    return (edges if 2 * len(edges) > total else cancel_pairs(edges)), total


def _locate_faults(residual: Residual, scan: LayerScan, parent: Geometry | None) -> tuple[Places, float]:
    """Return the faulty places among the leftover edges, and the sum of winding times area over all faces."""
    if not len(residual):
        return no_places(), 0.0
    arrangement = arrange(residual)
    areas = signed_areas(arrangement)
    places = classify_faults(arrangement, residual, areas, scan=scan, parent=parent)
    return places, math.fsum((areas * arrangement.winding)[arrangement.winding != 0])
