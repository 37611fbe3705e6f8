"""Validity of shapes: an edge proof needs valid polygons of finite coordinates.

The proof rests on this: only around a valid polygon do its signed edges wind exactly
once inside and never outside.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from minglu.common.bilingual import Bilingual
from minglu.errors import GeometryError
from minglu.geo.layer.districts import Parent
from minglu.geo.tiling.edge_cancellation import signed_edges
from minglu.geo.tiling.fault_locations import Places

POLYGON, MULTIPOLYGON = 3, 6
HALF_TURN_DEG = 180.0


def walkable_shapes(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp], Places]:
    """Return what can be walked of each geometry, which are no valid polygons, and a place for each of these.

    An invalid polygon is replaced by its repaired area, so that its neighbours can still be
    looked at; with it in the layer nothing is proven.
    """
    shapes = geometries.copy()
    present = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    usable = np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON))
    bad = np.flatnonzero(present & ~(usable & shapely.is_valid(shapes)))
    for i in bad:
        shapes[i] = _repaired(shapes[i]) if usable[i] else None
    shapes[~present] = None
    reasons = [_reason(shape, is_polygon=bool(ok)) for shape, ok in zip(geometries[bad], usable[bad], strict=True)]
    place = np.arange(len(bad))
    kinds = np.full(len(bad), "invalid", object)
    return shapes, bad, Places(kinds, geometries[bad], np.array(reasons, object), place, place, bad)


def require_valid(parent: Parent) -> None:
    """Raise GeometryError unless the parent is a valid polygon: nothing can be proven against another one."""
    shape = parent.geometry
    if shapely.get_type_id(shape) in {POLYGON, MULTIPOLYGON} and shapely.is_valid(shape):
        return
    found = shapely.is_valid_reason(shape) if shapely.get_type_id(shape) in {POLYGON, MULTIPOLYGON} else shape.geom_type
    raise GeometryError(
        en=f"{parent.source}: the parent area is not a valid polygon ({found}); nothing can be proven against it. "
        "Repair it first.",
        zh=f"{parent.source}：上级区域不是有效的面（{found}），无法据以证明。请先修复。",
    )


def refuse_antimeridian(shapes: NDArray[np.object_], crs: CRS, source: str) -> None:
    """Raise GeometryError for an edge that spans half the globe: it was cut by the 180th meridian."""
    if not crs.is_geographic:
        return
    bounds = shapely.bounds(shapes)
    wide = shapes[bounds[:, 2] - bounds[:, 0] > HALF_TURN_DEG]
    edges = signed_edges(wide, np.zeros(len(wide), np.int64))
    if float(np.abs(edges.end[:, 0] - edges.start[:, 0]).max(initial=0.0)) > HALF_TURN_DEG:
        raise GeometryError(
            en=f"{source}: an edge jumps across the 180th meridian; expected areas on one side of it. "
            "Project the layer first.",
            zh=f"{source}：有边跨越 180° 经线；区域应在其一侧。请先投影图层。",
        )


def _reason(shape: BaseGeometry, *, is_polygon: bool) -> str:
    if not is_polygon:
        return Bilingual(f"不是面，而是 {shape.geom_type}", f"not a polygon but a {shape.geom_type}")
    found = shapely.is_valid_reason(shape)
    return Bilingual(f"面无效：{found}", f"invalid polygon: {found}")


def _repaired(shape: BaseGeometry) -> BaseGeometry | None:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return whole if shapely.get_type_id(whole) in {POLYGON, MULTIPOLYGON} and not whole.is_empty else None
