"""WGS-84, GCJ-02 and BD-09 into one another, and the test which of them a list uses.

The shift of GCJ-02 and the second one of BD-09 are published formulas (facts); their
inverses are found by fixed-point iteration, since none is published that is exact.
CGCS2000 equals WGS-84 within centimetres to decimetres and is treated as the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Points = tuple[Degrees, Degrees]
"""Longitudes and latitudes, degrees."""

SEMI_MAJOR_M = 6_378_245.0  # Krasovsky 1940, the ellipsoid inside the formula
ECCENTRICITY_2 = 0.006_693_421_622_965_943
BD_ANGLE = math.pi * 3000.0 / 180.0
BD_LON, BD_LAT = 0.0065, 0.006
TOLERANCE_DEG = 1e-11  # 1 micrometre; promised: 1e-9
MAX_STEPS = 30  # the shift changes by less than 1 % over its own length: a handful of steps suffice


def gcj_from_wgs(lon: Degrees, lat: Degrees) -> Points:
    """Shift WGS-84 or CGCS2000 to GCJ-02.

    The formula is applied everywhere; map services don't shift points outside the
    country, which no list of units holds.

    >>> lon, lat = gcj_from_wgs(np.array([116.42079]), np.array([39.90105]))
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.427022, 39.902446)
    """
    east, north = _shift_m(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    magic = 1.0 - ECCENTRICITY_2 * np.sin(phi) ** 2
    root = np.sqrt(magic)
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / (magic * root)
    parallel = SEMI_MAJOR_M / root * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _shift_m(x: Degrees, y: Degrees) -> Points:
    """Return the shift of GCJ-02 to the east and to the north, metres, at degrees from 105 E, 35 N."""
    sin, pi, root = np.sin, math.pi, np.sqrt(np.abs(x))
    ripple = (20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * sin(pi * y) + 40.0 * sin(pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * sin(pi * y / 12.0) + 320.0 * sin(pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * sin(pi * x) + 40.0 * sin(pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * sin(pi * x / 12.0) + 300.0 * sin(pi * x / 30.0)) * 2.0 / 3.0
    return east, north


def bd_from_gcj(lon: Degrees, lat: Degrees) -> Points:
    """Shift GCJ-02 to BD-09."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return radius * np.cos(theta) + BD_LON, radius * np.sin(theta) + BD_LAT


def bd_from_wgs(lon: Degrees, lat: Degrees) -> Points:
    """Shift WGS-84 or CGCS2000 to BD-09."""
    return bd_from_gcj(*gcj_from_wgs(lon, lat))


def wgs_from_gcj(lon: Degrees, lat: Degrees) -> Points:
    """Undo GCJ-02, to better than 1e-9 degrees."""
    return _undo(gcj_from_wgs, lon, lat)


def wgs_from_bd(lon: Degrees, lat: Degrees) -> Points:
    """Undo BD-09, to better than 1e-9 degrees."""
    return _undo(bd_from_wgs, lon, lat)


def _undo(forward: Callable[[Degrees, Degrees], Points], lon: Degrees, lat: Degrees) -> Points:
    """Find the point that `forward` takes to (lon, lat); NaN stays NaN."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(MAX_STEPS):
        seen_lon, seen_lat = forward(guess_lon, guess_lat)
        step_lon, step_lat = lon - seen_lon, lat - seen_lat
        guess_lon += step_lon
        guess_lat += step_lat
        if not np.any(np.maximum(np.abs(step_lon), np.abs(step_lat)) > TOLERANCE_DEG):
            break
    return guess_lon, guess_lat


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum that a list or a layer may use, and the way from it and to it."""

    name: str
    """As the census file writes it: CGCS2000, GCJ02 or BD09."""
    undo: Callable[[Degrees, Degrees], Points]
    apply: Callable[[Degrees, Degrees], Points]
    """From CGCS2000 to this datum."""


def _same(lon: Degrees, lat: Degrees) -> Points:
    return lon, lat


# In the order in which they are tried; WGS84 is written CGCS2000 here, which it equals.
DATUMS: Mapping[str, Datum] = {
    "CGCS2000": Datum("CGCS2000", _same, _same),
    "GCJ02": Datum("GCJ02", wgs_from_gcj, gcj_from_wgs),
    "BD09": Datum("BD09", wgs_from_bd, bd_from_wgs),
}


def datum_named(crs: str) -> Datum | None:
    """Return the datum that a census file names, whatever its spelling; None for "auto" or an unknown name.

    >>> datum_named("gcj-02").name, datum_named("WGS 84").name, datum_named("auto")
    ('GCJ02', 'CGCS2000', None)
    """
    name = "".join(mark for mark in crs.upper() if mark.isalnum())
    same = {"WGS84", "EPSG4326", "EPSG4490", "CGCS2000"}
    return DATUMS["CGCS2000"] if name in same else DATUMS.get(name)
