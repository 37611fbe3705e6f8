"""A faulty copy of a district layer, and the list of what was planted in it.

Faults are made by moving, adding or dropping vertices of one district only; all other
coordinates stay the same bit for bit, so the layer differs just where the list says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyproj
import shapely
from generator import layers
from generator.places import COORDINATE_DECIMALS, METRES_PER_DEGREE, Territory

OVERLAP_M, GAP_M, SPILL_M = 60.0, 45.0, 80.0
SLIVER_M = 0.02
_GEOD = pyproj.Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault."""

    kind: str
    """overlap, gap, sliver, spill, missing or mismatch."""
    reported_as: str
    """Kind in the register's table of faults: overlap, gap, spill or mismatch."""
    districts: tuple[str, ...]
    """Codes of the districts at fault, the changed one first."""
    lon: float
    lat: float
    area_m2: float
    """Area of the fault on the ellipsoid, square metres; 0 for a mismatch."""
    width_m: float
    """How far the boundary was moved, metres; 0 where nothing was moved."""
    note: str


def write_faulty(folder: Path, territory: Territory, seed: int) -> tuple[Fault, ...]:
    """Write districts-faulty.gpkg and faults-planted.json; nothing where the territory has no parent."""
    if territory.parent is None:
        return ()
    polygons, planted = plant(territory, np.random.default_rng([seed, 9]))
    kept = np.array([polygon is not None for polygon in polygons])
    places = tuple(place for place, keep in zip(territory.places, kept, strict=True) if keep) + territory.virtual
    none = np.full(len(territory.virtual), None, dtype=object)
    layers.write_districts(folder / "districts-faulty.gpkg", places, np.concatenate([polygons[kept], none]))
    text = json.dumps(
        {"layer": "districts-faulty.gpkg", "faults": [_row(fault) for fault in planted]}, ensure_ascii=False, indent=1
    )
    (folder / "faults-planted.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return planted


def _row(fault: Fault) -> dict[str, object]:
    return {
        "kind": fault.kind,
        "reported_as": fault.reported_as,
        "districts": list(fault.districts),
        "lon": fault.lon,
        "lat": fault.lat,
        "area_m2": fault.area_m2,
        "width_m": fault.width_m,
        "note": fault.note,
    }


def plant(territory: Territory, rng: np.random.Generator) -> tuple[np.ndarray, tuple[Fault, ...]]:
    """Plant one fault of each kind, far from one another; a missing district becomes None."""
    polygons = territory.polygons.copy()
    tree = shapely.STRtree(polygons)
    planted: list[Fault] = []
    used: set[int] = set()
    recipes: list[Callable[..., Fault | None]] = [_overlap, _gap, _sliver, _spill, _mismatch, _missing]
    order = rng.permutation(len(polygons)).tolist()
    for recipe in recipes:
        for index in order:
            near = (
                set(tree.query(polygons[index], predicate="intersects").tolist())
                if polygons[index] is not None
                else set()
            )
            if not near or near & used or polygons[index].geom_type != "Polygon" or polygons[index].interiors:
                continue
            fault = recipe(territory, polygons, index, sorted(near - {index}))
            if fault:
                planted.append(fault)
                used |= near
                break
    return polygons, tuple(planted)


def _overlap(territory: Territory, polygons: np.ndarray, index: int, near: list[int]) -> Fault | None:
    return _push(
        territory,
        polygons,
        index,
        near,
        distance_m=OVERLAP_M,
        words=("overlap", "overlap", "a vertex pushed into the neighbour"),
    )


def _gap(territory: Territory, polygons: np.ndarray, index: int, near: list[int]) -> Fault | None:
    return _push(
        territory,
        polygons,
        index,
        near,
        distance_m=-GAP_M,
        words=("gap", "gap", "a vertex drawn back from the neighbour"),
    )


def _sliver(territory: Territory, polygons: np.ndarray, index: int, near: list[int]) -> Fault | None:
    return _push(
        territory, polygons, index, near, distance_m=-SLIVER_M, words=("sliver", "gap", "a gap some 2 cm wide")
    )


def _push(
    territory: Territory,
    polygons: np.ndarray,
    index: int,
    near: list[int],
    *,
    distance_m: float,
    words: tuple[str, str, str],
) -> Fault | None:
    """Move one vertex that exactly two districts share, by so many metres towards the neighbour."""
    before = polygons[index]
    ring = shapely.get_coordinates(before)
    for other in near:
        if polygons[other].geom_type != "Polygon":
            continue
        shared = _vertices_of(polygons[other])
        for place in range(2, len(ring) - 2):
            if not all(tuple(ring[place + step]) in shared for step in (-1, 0, 1)):
                continue
            after, moved = _move(ring, place, polygons[other], distance_m)
            if after is None or _touches_others(after, polygons, near, other):
                continue
            lost = shapely.symmetric_difference(before, after)
            if shapely.area(shapely.difference(lost, polygons[other] if distance_m > 0 else before)) > 1e-3 * lost.area:
                continue
            polygons[index] = after
            codes = (territory.places[index].code, territory.places[other].code)
            return Fault(words[0], words[1], codes, *_moved(ring, place, moved), words[2])
    return None


def _move(
    ring: np.ndarray, place: int, towards: shapely.Geometry, distance_m: float
) -> tuple[shapely.Polygon | None, np.ndarray]:
    """Move one vertex across the chord of its neighbours, to the side of `towards` (or away from it)."""
    chord = ring[place + 1] - ring[place - 1]
    across = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
    probe = shapely.Point(ring[place] + across * 2e-5)
    sign = 1.0 if shapely.intersects(towards, probe) else -1.0
    moved = np.round(ring[place] + sign * across * distance_m / METRES_PER_DEGREE, COORDINATE_DECIMALS)
    changed = ring.copy()
    changed[place] = moved
    polygon = shapely.Polygon(changed)
    return (polygon if polygon.is_valid and not np.array_equal(moved, ring[place]) else None), moved


def _touches_others(after: shapely.Geometry, polygons: np.ndarray, near: list[int], other: int) -> bool:
    """Return whether a changed district now overlaps a third one."""
    third = [polygons[i] for i in near if i != other]
    return bool(np.any(shapely.area(shapely.intersection(after, third)) > 0)) if third else False


def _spill(territory: Territory, polygons: np.ndarray, index: int, near: list[int]) -> Fault | None:
    """Push a vertex on the outer edge of the county outwards."""
    ring = shapely.get_coordinates(polygons[index])
    edge = {tuple(vertex) for vertex in shapely.get_coordinates(territory.parent.exterior).tolist()}
    for place in range(2, len(ring) - 2):
        if not all(tuple(ring[place + step]) in edge for step in (-1, 0, 1)):
            continue
        after, moved = _move(ring, place, polygons[index], -SPILL_M)
        if after is None or _touches_others(after, polygons, near, -1):
            continue
        outside = shapely.difference(after, territory.parent)
        if shapely.area(outside) < 0.99 * (after.area - polygons[index].area) or after.area <= polygons[index].area:
            continue
        polygons[index] = after
        codes = (territory.places[index].code,)
        return Fault("spill", "spill", codes, *_moved(ring, place, moved), "over the edge of the county")
    return None


def _mismatch(territory: Territory, polygons: np.ndarray, index: int, near: list[int]) -> Fault | None:
    """Add a vertex in the exact middle of a shared edge, on one side only: no area, but edges do not match."""
    ring = shapely.get_coordinates(polygons[index])
    for other in near:
        shared = _vertices_of(polygons[other])
        for place in range(1, len(ring) - 1):
            start, end = ring[place - 1], ring[place]
            middle = (start + end) / 2
            exact = all(
                Fraction(m) * 2 == Fraction(a) + Fraction(b) for m, a, b in zip(middle, start, end, strict=True)
            )
            if tuple(start) in shared and tuple(end) in shared and exact:
                polygons[index] = shapely.Polygon(np.insert(ring, place, middle, axis=0))
                codes = (territory.places[index].code, territory.places[other].code)
                place_of = (float(middle[0]), float(middle[1]))
                return Fault("mismatch", "mismatch", codes, *place_of, 0.0, 0.0, "a T-vertex on one side, no area")
    return None


def _missing(territory: Territory, polygons: np.ndarray, index: int, _near: list[int]) -> Fault | None:
    """Leave a district out of the layer; not one at the county's edge, to keep the gap inside."""
    if shapely.intersects(territory.parent.boundary, polygons[index]):
        return None
    point = shapely.point_on_surface(polygons[index])
    area = abs(_GEOD.geometry_area_perimeter(polygons[index])[0])
    polygons[index] = None
    codes = (territory.places[index].code,)
    return Fault("missing", "gap", codes, point.x, point.y, round(area, 4), 0.0, "the district is left out")


def _vertices_of(polygon: shapely.Geometry) -> set[tuple[float, ...]]:
    return {tuple(vertex) for vertex in shapely.get_coordinates(polygon).tolist()}


def _moved(ring: np.ndarray, place: int, moved: np.ndarray) -> tuple[float, float, float, float]:
    """Return the middle (degrees), the area and the width of the face between old and new boundary."""
    lon, lat = ((ring[place] + moved) / 2).tolist()
    face = shapely.make_valid(shapely.Polygon([ring[place - 1], ring[place], ring[place + 1], moved]))
    area = sum(abs(_GEOD.geometry_area_perimeter(part)[0]) for part in shapely.get_parts(face))
    width = _GEOD.inv(*ring[place], *moved)[2]
    return lon, lat, round(area, 4), round(width, 4)
