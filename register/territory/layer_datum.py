"""The extent and the geographic datum of a layer, and the transformation from CGCS2000."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from minglu.errors import CrsError
from minglu.geo.coordinates.pairs import Box, country_box
from minglu.geo.layer.district_index import DistrictIndex

Numbers = NDArray[np.float64]
ToLayer = Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
BOX_MARGIN_DEG = 1.0


def layer_extent(districts: DistrictIndex) -> tuple[float, float, float, float]:
    """Return the extent of a layer in degrees."""
    crs, extent = districts.crs, districts.extent
    if crs.is_geographic or math.isnan(extent[0]):
        return extent
    transformer = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    west, south, east, north = transformer.transform_bounds(*extent)
    return west, south, east, north


def point_box(extent: tuple[float, float, float, float]) -> Box:
    """Return the country's box, or one round the districts where they lie elsewhere."""
    box = country_box()
    west, south, east, north = extent
    if math.isnan(west):
        return box
    if box.holds(west, south) and box.holds(east, north):
        return box
    margin = BOX_MARGIN_DEG
    return Box(west - margin, south - margin, east + margin, north + margin)


def datum_change(districts: DistrictIndex) -> ToLayer:
    """Return the way from CGCS2000 to the districts' geographic datum, which mostly is the same to a decimetre."""
    datum = districts.crs.geodetic_crs
    name = datum.name if datum is not None else ""
    if name.upper().startswith(("WGS 84", "CGCS2000", "CHINA GEODETIC COORDINATE SYSTEM 2000")):
        return lambda lon, lat: (lon, lat)
    transformer = _transformer(datum) if datum is not None else None
    if transformer is None:
        raise CrsError(
            en=f"{districts.source}: the datum {name or 'unknown'} has no known relation to CGCS2000. "
            "Export the districts in CGCS2000 or WGS 84.",
            zh=f"{districts.source}：基准 {name or '未知'} 与 CGCS2000 的关系未知。"
            "请以 CGCS2000 或 WGS 84 导出小区图层。",
        )

    def shift(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        moved = (np.asarray(values, dtype=np.float64) for values in transformer.transform(lon, lat))
        east, north = (np.where(np.isfinite(values), values, np.nan) for values in moved)
        return east, north

    return shift


def _transformer(datum: CRS) -> Transformer | None:
    """Return a transformation with known parameters, or None: PROJ would otherwise guess that nothing moves."""
    try:
        return Transformer.from_crs(CRS("EPSG:4326"), datum, always_xy=True, allow_ballpark=False)
    except ProjError:
        return None
