"""Coordinates of a layer against what its coordinate system can hold, with the likely cause where they do not fit."""

from __future__ import annotations

import math
from typing import NamedTuple

from pyproj import CRS
from pyproj.exceptions import ProjError

from minglu.errors import CrsError
from minglu.geo.coordinates.pairs import country_box

Extent = tuple[float, float, float, float]
"""West, south, east, north in the layer's own numbers; NaN where nothing has a place."""

MOST_DEGREES = 360.0
"""Larger numbers are no degrees; layers of the Pacific count longitudes up to 360."""
GRID_REACH_M = 3_000_000.0
"""No layer lies farther from the central meridian of a Gauss-Krüger zone: 30 degrees at 30 N."""
ZONE_M = 1_000_000.0
"""The zone number stands in front of the easting, in millions of metres."""
ZONES_6_DEGREES, ZONES_3_DEGREES = range(13, 24), range(25, 46)
"""Zone numbers of China; the two systems share none."""
NORTHINGS_M = (1_500_000.0, 6_500_000.0)
"""Northings of China."""
SYSTEMS = {"XIAN 1980": "Xian 1980", "BEIJING 1954": "Beijing 1954"}
"""Geographic systems with zones of their own; all others are taken for CGCS2000 when a zone is proposed."""


class Misfit(NamedTuple):
    """Why numbers do not belong to the coordinate system that a layer names, and what to do."""

    zh: str
    en: str


def require_fit(extent: Extent, crs: CRS, source: str, *, stated: bool = False) -> None:
    """Raise CrsError where the numbers of a layer can't be coordinates of its system.

    `extent` is in the layer's own numbers.  `stated` says that a person stated the system: then
    only what is impossible is refused, not what is merely improbable.
    """
    found = find_misfit(extent, crs, stated=stated)
    if found is not None:
        west, south, east, north = extent
        numbers = f"x {_shown(west)} ... {_shown(east)}, y {_shown(south)} ... {_shown(north)}"
        raise CrsError(
            en=f"{source}: found the numbers {numbers}, which are no coordinates of {crs.name}: {found.en}",
            zh=f"{source}：坐标数值 {numbers} 不属于坐标系 {crs.name}：{found.zh}",
        )


def _shown(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.6g}"


def find_misfit(extent: Extent, crs: CRS, *, stated: bool = False) -> Misfit | None:
    """Return why an extent can't belong to a system, None where it can.

    >>> find_misfit((29.5, 111.0, 29.6, 111.1), CRS("EPSG:4490")).en[:29]
    'latitude and longitude are sw'
    >>> find_misfit((111.0, 29.5, 111.1, 29.6), CRS("EPSG:4490")) is None
    True
    """
    if not all(map(math.isfinite, extent)):
        return None
    if crs.is_geographic:
        return _misfit_of_degrees(extent, crs, stated=stated)
    return _misfit_of_metres(extent, crs)


def propose_zone(zone: int, crs: CRS) -> str:
    """Return the name by which a census file states a Gauss-Krüger zone, with its EPSG code; "" for no such zone.

    >>> propose_zone(37, CRS("EPSG:4490"))
    'EPSG:4525 (CGCS2000 / 3-degree Gauss-Kruger zone 37)'
    """
    width = "3-degree " if zone in ZONES_3_DEGREES else "" if zone in ZONES_6_DEGREES else None
    return "" if width is None else _named(f"{_system(crs)} / {width}Gauss-Kruger zone {zone}")


def _system(crs: CRS) -> str:
    name = "" if crs.geodetic_crs is None else crs.geodetic_crs.name.upper().replace("_", " ")
    return next((known for key, known in SYSTEMS.items() if key in name), "CGCS2000")


def _named(name: str) -> str:
    try:
        return f"EPSG:{CRS.from_user_input(name).to_epsg()} ({name})"
    except ProjError:
        return ""


def _misfit_of_degrees(extent: Extent, crs: CRS, *, stated: bool) -> Misfit | None:
    west, south, east, north = extent
    if max(map(abs, extent)) > MOST_DEGREES:
        return _projected_numbers(extent, crs)
    if max(-south, north) <= 90.0:
        return None if stated or not _turned_into_country(extent) else _swapped("")
    if max(-west, east) <= 90.0 and max(-south, north) <= 180.0:
        return _swapped(f"{max(south, north, key=abs):g}")
    return Misfit(
        f"纬度 {max(south, north, key=abs):g} 不存在。请核对坐标与坐标系后重新导出。",
        f"there is no latitude {max(south, north, key=abs):g}. Check coordinates and system, and export again.",
    )


def _turned_into_country(extent: Extent) -> bool:
    """Return whether an extent lies in the country only with its axes swapped."""
    west, south, east, north = extent
    box = country_box()
    straight = box.holds(west, south) or box.holds(east, north)
    return not straight and box.holds(south, west) and box.holds(north, east)


def _swapped(latitude: str) -> Misfit:
    zh = f"（没有 {latitude} 度的纬度）" if latitude else ""
    en = f" (there is no latitude {latitude})" if latitude else ""
    return Misfit(
        f"经纬度颠倒{zh}。图层的 x 应为经度、y 应为纬度：请在原软件中交换坐标轴后重新导出。",
        f"latitude and longitude are swapped{en}. A layer has the longitude as x and the latitude as y: "
        "swap the axes in the program that made it and export again.",
    )


def _projected_numbers(extent: Extent, crs: CRS) -> Misfit:
    west, south, east, north = extent
    zh, en = (
        "坐标是以米计的投影坐标，坐标系却以度为单位。",
        "they are metres of a projection, but the system is in degrees. ",
    )
    zone = int((west + east) / 2 // ZONE_M)
    if proposal := propose_zone(zone, crs):
        return Misfit(
            f"{zh}东坐标带有带号 {zone}：很可能是 {proposal}；请核实后在普查文件该图层一节写明 crs，或更正 .prj。",
            f"{en}The eastings begin with zone {zone}: probably {proposal}. If so, state it as `crs` in the layer's "
            "section of the census file, or correct the .prj.",
        )
    if propose_zone(int((south + north) / 2 // ZONE_M), crs):
        return _swapped("")
    return Misfit(
        f"{zh}东坐标没有带号，无法推断分带：请询问提供单位，并以 crs 写明（例如 EPSG:4546）。",
        f"{en}Eastings without a zone number don't identify the zone: ask who made the layer and state its system as "
        "`crs` (such as EPSG:4546).",
    )


def _misfit_of_metres(extent: Extent, crs: CRS) -> Misfit | None:
    west, south, east, north = extent
    if max(-west, east) <= MOST_DEGREES and max(-south, north) <= MOST_DEGREES and east - west < MOST_DEGREES:
        base = crs.geodetic_crs
        epsg = None if base is None else base.to_epsg()
        proposal = f"EPSG:{epsg or 4490}"
        return Misfit(
            f'坐标是经纬度，坐标系却以米为单位。请核实后以 crs = "{proposal}" 写明，或更正图层的坐标系。',
            f'they are degrees, but the system is in metres. If so, state crs = "{proposal}", or correct the layer.',
        )
    grid = _transverse_mercator(crs)
    return None if grid is None else _misfit_of_grid(extent, crs, *grid)


def _transverse_mercator(crs: CRS) -> tuple[float, float] | None:
    """Return central meridian, degrees, and false easting, metres, of a Gauss-Krüger or UTM system."""
    operation = crs.coordinate_operation
    if (
        operation is None
        or "mercator" not in operation.method_name.lower()
        or "trans" not in operation.method_name.lower()
    ):
        return None
    values = {parameter.name.lower(): parameter.value for parameter in operation.params}
    meridian, easting = (values.get(name, 0.0) for name in ("longitude of natural origin", "false easting"))
    return float(meridian), float(easting)


def _misfit_of_grid(extent: Extent, crs: CRS, meridian_deg: float, false_easting_m: float) -> Misfit | None:
    west, south, east, north = extent
    zone, own = int((west + east) / 2 // ZONE_M), int(false_easting_m // ZONE_M)
    prefixed = zone in (*ZONES_6_DEGREES, *ZONES_3_DEGREES) and int(west // ZONE_M) == int(east // ZONE_M)
    if prefixed and zone != own:
        return _other_zone(zone, own, crs)
    if own and west > -ZONE_M and east < ZONE_M:
        width = "3-degree " if own in ZONES_3_DEGREES else ""
        proposal = _named(f"{_system(crs)} / {width}Gauss-Kruger CM {meridian_deg:g}E")
        return Misfit(
            f"坐标系的假东距含带号 {own}，坐标本身却没有带号。很可能是 {proposal}；请核实后以 crs 写明，或更正 .prj。",
            f"the system has the zone number {own} in its false easting, the numbers have none. Probably {proposal}: "
            "if so, state it as `crs`, or correct the .prj.",
        )
    if max(abs(west - false_easting_m), abs(east - false_easting_m)) <= GRID_REACH_M and -1e7 <= south <= north <= 1e7:
        return _swapped_grid(extent, false_easting_m)
    if int((south + north) / 2 // ZONE_M) in ZONES_3_DEGREES or int((south + north) / 2 // ZONE_M) in ZONES_6_DEGREES:
        return _swapped_axes()
    return Misfit(
        "数值远在该投影可表示的范围之外。请核对坐标系（.prj）后重新导出，或以 crs 写明正确的坐标系。",
        "they lie far outside what the projection can hold. Check the system (.prj) and export again, or state the "
        "right one as `crs`.",
    )


def _swapped_grid(extent: Extent, false_easting_m: float) -> Misfit | None:
    """Find northings of China where eastings belong, and eastings of the own zone where northings belong."""
    west, south, east, north = extent
    low, high = NORTHINGS_M
    near = ZONE_M / 2
    as_northing = low <= west and east <= high
    as_easting = abs(south - false_easting_m) < near and abs(north - false_easting_m) < near
    straight = abs(west - false_easting_m) < ZONE_M or abs(east - false_easting_m) < ZONE_M
    return _swapped_axes() if as_northing and as_easting and not straight else None


def _swapped_axes() -> Misfit:
    return Misfit(
        "东坐标与北坐标颠倒。图层的 x 应为东坐标、y 应为北坐标：请在原软件中交换坐标轴后重新导出。",
        "easting and northing are swapped. A layer has the easting as x and the northing as y: swap the axes in the "
        "program that made it and export again.",
    )


def _other_zone(zone: int, own: int, crs: CRS) -> Misfit:
    proposal = propose_zone(zone, crs)
    if own:
        zh, en = (
            f"坐标带有带号 {zone}，坐标系却是第 {own} 带。",
            f"the numbers begin with zone {zone}, the system is zone {own}. ",
        )
    else:
        zh = f"坐标带有带号 {zone}，坐标系的假东距却没有带号。"
        en = f"the numbers begin with zone {zone}, which the false easting of the system (.prj) lacks. "
    return Misfit(
        f"{zh}很可能是 {proposal}；请核实后在普查文件该图层一节以 crs 写明，或更正 .prj。",
        f"{en}Probably {proposal}: if so, state it as `crs` in the layer's section of the census file, or correct "
        "the .prj.",
    )
