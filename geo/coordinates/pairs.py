"""Raw longitude and latitude cells made into points with a radius and a coded fault.

`parse_pair` is the whole truth about one pair of cells; `parse_pairs` gives the same
answers for columns, plain decimals by vectors and the rest once per distinct pair.
The radius of a point is what its last digit leaves open: half a step to either side
if it was rounded, a whole step if it was cut off.  Lists don't say which, so the whole
step counts, in both directions (`docs/explanation/placement.md`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.geo.coordinates.angles import Angle, parse_folded
from minglu.geo.coordinates.combined_cells import fold_cell, split_cell
from minglu.geo.coordinates.limits import Limits, limits

METRES_PER_DEGREE = 111_320.0  # of latitude, to 0.6 %: enough for a radius

# code -> Chinese, English.  Codes from COORD_SWAPPED on keep the point, the others set it aside.
CODES: Mapping[str, tuple[str, str]] = {
    "COORD_MISSING": ("没有坐标", "no coordinate is given"),
    "COORD_HALF": ("经纬度只给出一个", "only one of longitude and latitude is given"),
    "COORD_UNREADABLE": ("坐标无法识别", "the coordinate can't be read"),
    "COORD_ZERO": ("坐标为零，属占位值", "the coordinate is zero, a placeholder"),
    "COORD_RANGE": ("坐标超出可能范围", "the coordinate is out of the possible range"),
    "COORD_PROJECTED": (
        "坐标是以米计的高斯–克吕格投影坐标，不是经纬度；请换算为经纬度后重新导出",
        "the numbers are metres of a Gauss–Krüger grid, not degrees; convert them and export again",
    ),
    "COORD_SWAPPED": ("经纬度颠倒，已换回", "longitude and latitude were swapped; put right"),
    "COORD_TRUNCATED": ("坐标位数太少，位置只知大概", "too few digits: the place is known roughly"),
    "COORD_DEFAULT": (
        "许多不同地址共用同一坐标，视为默认点，不作为准确位置",
        "many different addresses share this point: a default, not trusted as a place",
    ),
}
KEPT = ("COORD_SWAPPED", "COORD_TRUNCATED", "COORD_DEFAULT")

POINTS = pa.schema([("lon", pa.float64()), ("lat", pa.float64()), ("precision_m", pa.float64()), ("code", pa.string())])

_PLAIN = r"^[0-9]{1,3}\.[0-9]{1,17}$"


class Pair(NamedTuple):
    """One point as read: NaN where it is set aside, with the radius in metres and the code ("" is sound)."""

    lon: float
    lat: float
    precision_m: float
    code: str


@dataclass(frozen=True, slots=True)
class Box:
    """Where a point is believed, degrees; it also shows which of two numbers is the longitude."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether the point lies in the box."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def country_box(known: Limits | None = None) -> Box:
    """Return the box of the rules."""
    known = known or limits()
    return Box(known.lon_min, known.lat_min, known.lon_max, known.lat_max)


def parse_pair(
    raw_lon: str, raw_lat: str, *, box: Box | None = None, blank_words: frozenset[str] = frozenset()
) -> Pair:
    """Read one pair of cells; `blank_words`, in lower case, mean that nothing is given.

    >>> parse_pair("120°12′30″", "30°15′20″")
    Pair(lon=120.208333333333..., lat=30.255555555555..., precision_m=40..., code='')
    >>> parse_pair("30.25551", "120.20831")[3], parse_pair("40512345.6", "3345678.9").code
    ('COORD_SWAPPED', 'COORD_PROJECTED')
    """
    box = box or country_box()
    left, right = (fold_cell(text, blank_words) for text in (raw_lon, raw_lat))
    cells = _cells(left, right)
    if cells is None:
        return _aside("COORD_MISSING" if not (left or right) else "COORD_HALF")
    first, second = (parse_folded(cell) for cell in cells)
    fault = _fault(first, second, cells)
    return _aside(fault) if fault else _point(first, second, box)


def _aside(code: str) -> Pair:
    return Pair(math.nan, math.nan, math.nan, code)


def _cells(left: str, right: str) -> tuple[str, str] | None:
    """Return the two texts of a pair; both may stand in one cell, or in both cells alike."""
    if left and right and left != right:
        return left, right
    return split_cell(left or right) or ((left, right) if left and right else None)


def _fault(first: Angle, second: Angle, cells: tuple[str, str]) -> str:
    """Return the code that sets the pair aside whatever the box, or an empty text."""
    faults = {first.fault, second.fault}
    if "unreadable" in faults:
        return "COORD_UNREADABLE"
    if "range" in faults:
        return "COORD_RANGE"
    if "blank" in faults:
        return "COORD_HALF"
    if 0.0 in (first.degrees, second.degrees):
        return "COORD_ZERO"
    if first.axis and first.axis == second.axis:
        return "COORD_UNREADABLE"
    if not any(set(cell) & set("dmsEWNS") for cell in cells) and _projected(abs(first.degrees), abs(second.degrees)):
        return "COORD_PROJECTED"
    return ""


def _projected(first: float, second: float) -> bool:
    """Return whether two numbers look like easting and northing, in either order, of a Gauss–Krüger zone.

    Northings of the mainland and Hainan run from 1.8 to 6 million metres; eastings stay below
    one million, or carry the number of a zone (13 to 23 of 6 degrees, 25 to 45 of 3) in front.
    """
    return any(
        1.8e6 <= northing <= 6.1e6 and (1e5 <= easting < 1e6 or 13e6 <= easting < 46e6)
        for easting, northing in ((first, second), (second, first))
    )


def _point(first: Angle, second: Angle, box: Box) -> Pair:
    """Decide which angle is the longitude, by its mark or by the box, and how well the point is known."""
    swapped = first.axis == "lat" or second.axis == "lon"
    if not (first.axis or second.axis):
        swapped = not box.holds(first.degrees, second.degrees) and box.holds(second.degrees, first.degrees)
    lon, lat = (second.degrees, first.degrees) if swapped else (first.degrees, second.degrees)
    if not box.holds(lon, lat):
        return _aside("COORD_RANGE")
    step = min(first.step, second.step)  # a spreadsheet drops closing zeros of either number, seldom of both
    known = limits()
    code = "COORD_TRUNCATED" if step >= known.truncated_step_deg else ""
    return Pair(lon, lat, _radius_m(step, lat, known), "COORD_SWAPPED" if swapped else code)


def _radius_m(step: float, lat: float, known: Limits) -> float:
    east = step * METRES_PER_DEGREE * math.cos(math.radians(lat))
    return max(known.precision_floor_m, math.hypot(step * METRES_PER_DEGREE, east))


def parse_pairs(
    raw_lon: pa.Array | pa.ChunkedArray,
    raw_lat: pa.Array | pa.ChunkedArray,
    *,
    box: Box | None = None,
    blank_words: frozenset[str] = frozenset(),
) -> pa.Table:
    """Read two text columns; null counts as blank, and so do the `blank_words` (lower case).

    Returns POINTS, one row per pair in input order: lon and lat in degrees of whatever
    datum the list uses, null where set aside; precision_m; code, "" where sound.
    """
    box = box or country_box()
    left, right = _text(raw_lon), _text(raw_lat)
    result, plain = _plain_decimals(left, right, box)
    rest = np.flatnonzero(~plain)
    if len(rest):
        read = partial(parse_pair, box=box, blank_words=blank_words)
        _read_distinct(left.take(pa.array(rest)), right.take(pa.array(rest)), rest, read, result)
    lon, lat, precision, code = result
    columns = [pa.array(values, from_pandas=True) for values in (lon, lat, precision)]
    words = pa.array(["", *CODES]).take(pa.array(code))
    return pa.Table.from_arrays([*columns, words], schema=POINTS)


_Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _text(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return pc.fill_null(values.cast(pa.string()), "")


def _plain_decimals(left: pa.Array, right: pa.Array, box: Box) -> tuple[_Columns, np.ndarray]:
    """Read pairs that are two plain decimals inside the box; `plain` says which pairs those are."""
    plain = _mask(left, _PLAIN) & _mask(right, _PLAIN)
    lon, lon_digits = _decimal(left, plain)
    lat, lat_digits = _decimal(right, plain)
    plain &= (box.west <= lon) & (lon <= box.east) & (box.south <= lat) & (lat <= box.north)
    plain &= (lon != 0) & (lat != 0)
    steps = 10.0 ** -np.arange(18.0)
    step = steps[np.maximum(lon_digits, lat_digits)]
    known = limits()
    side = step * METRES_PER_DEGREE
    with np.errstate(invalid="ignore"):
        precision = np.maximum(known.precision_floor_m, np.hypot(side, side * np.cos(np.radians(lat))))
        truncated = step >= known.truncated_step_deg
    code = np.where(truncated, 1 + list(CODES).index("COORD_TRUNCATED"), 0).astype(np.int8)
    for values in (lon, lat, precision):
        values[~plain] = np.nan
    return (lon, lat, precision, code), plain


def _mask(values: pa.Array, pattern: str) -> np.ndarray:
    return np.array(pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False))


def _decimal(values: pa.Array, plain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and counts of decimals; NaN and 0 where not plain."""
    kept = pc.if_else(pa.array(plain), values, None)
    number = np.array(pc.cast(kept, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    digits = pc.subtract(pc.subtract(pc.binary_length(kept), pc.find_substring(kept, ".")), 1)
    return number, np.array(pc.fill_null(digits, 0).to_numpy(zero_copy_only=False))


def _read_distinct(
    left: pa.Array, right: pa.Array, rows: np.ndarray, read: Callable[[str, str], Pair], result: _Columns
) -> None:
    """Fill `rows` of the result with what `read` makes of each distinct pair of texts."""
    lefts, rights = left.dictionary_encode(), right.dictionary_encode()
    width = len(rights.dictionary)
    key = lefts.indices.to_numpy().astype(np.int64) * width + rights.indices.to_numpy()
    distinct, inverse = np.unique(key, return_inverse=True)
    left_texts, right_texts = lefts.dictionary.to_pylist(), rights.dictionary.to_pylist()
    pairs = [read(left_texts[k // width], right_texts[k % width]) for k in distinct.tolist()]
    numbers = {code: number for number, code in enumerate(["", *CODES])}
    for column, values in zip(result, zip(*pairs, strict=True), strict=True):
        kind = column.dtype
        made = np.array([numbers[v] for v in values] if kind == np.int8 else values, dtype=kind)
        column[rows] = made[inverse]


def words(code: str) -> str:
    """Return a code in words, Chinese then English."""
    chinese, english = CODES[code]
    return Bilingual(chinese, english)
