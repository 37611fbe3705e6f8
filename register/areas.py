"""Counts by area: districts, and by code prefix the levels above them, each level adding up to the whole.

The table `coverage` holds every count; what is published of it hides small cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import shapely

from minglu.errors import LawError
from minglu.geo.districts import Districts
from minglu.geo.measure import measure
from minglu.register.disclosure import hide_counts, hide_splits
from minglu.register.engine import Engine
from minglu.register.tables import COVERAGE, conform

# Length of the code prefix of each level (统计用区划代码); a district's own code is as long as it is.
LEVELS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}

TO_CHECK = (
    "PLACE_ON_BORDER",
    "PLACE_DECLARED_DIFFERS",
    "PLACE_DECLARED_UNKNOWN",
    "PLACE_INVALID",
    "PLACE_COARSE_POINT",
    "PLACE_IN_GAP",
    "PLACE_OUTSIDE_PARENT",
    "PLACE_OUTSIDE_DISTRICTS",
    "PLACE_OVERLAP",
)
"""Codes of placements that somebody should look at; the others are remarks."""

PUBLISHED = ("units", "out_of_scope", "closed", "to_check", "entries", "one_list_units", "one_list_share")
SUMMED = PUBLISHED[:-1]
Area = tuple[str, str]
"""Level and code."""

COUNTS = (
    "count(CASE WHEN outcome = 'unit' THEN 1 END) AS units, "
    "count(CASE WHEN outcome = 'out_of_scope' THEN 1 END) AS out_of_scope, "
    "count(CASE WHEN outcome IN ('closed', 'not_found') THEN 1 END) AS closed, "
    "CAST(coalesce(sum(entries), 0) AS BIGINT) AS entries, "
    "count(CASE WHEN outcome = 'unit' AND one_list THEN 1 END) AS one_list_units, "
    "count(CASE WHEN outcome = 'unit' AND to_check THEN 1 END) AS to_check"
)


def count_areas(engine: Engine, districts: Districts) -> None:
    """Make the table `coverage` from `units` and `placements`.

    Every district has a row, with zeros where it holds no unit.  Units in no district stand
    under level `exception` with the code of their placement, so that at every level
    areas + exceptions = units.
    """
    layer = pa.table({"code": pa.array(districts.codes, pa.string()), "name": pa.array(districts.names, pa.string())})
    engine.put("district_names", layer)
    codes = ", ".join(f"'{code}'" for code in TO_CHECK)
    engine.sql(
        "placed",
        "SELECT p.district_code AS district, p.code AS exception, u.outcome, u.entries, "
        "NOT (u.lists LIKE '%+%') AS one_list, "
        f"p.code IN ({codes}) AS to_check "
        "FROM units u JOIN placements p ON p.unit_id = u.unit_id",
    )
    queries = [f"SELECT 'all' AS level, '' AS code, '' AS name, {COUNTS} FROM placed"]
    queries += [
        f"SELECT '{level}' AS level, substring(district, 1, {length}) AS code, '' AS name, {COUNTS} "
        f"FROM placed WHERE district IS NOT NULL GROUP BY substring(district, 1, {length})"
        for level, length in LEVELS.items()
    ]
    queries += [
        (
            f"SELECT 'exception' AS level, exception AS code, '' AS name, {COUNTS} "
            "FROM placed WHERE district IS NULL GROUP BY exception"
        ),
        (
            f"SELECT 'district' AS level, n.code, n.name, {COUNTS} FROM (SELECT DISTINCT code, name "
            "FROM district_names) n LEFT JOIN placed p ON p.district = n.code GROUP BY n.code, n.name"
        ),
    ]
    engine.sql("areas", " UNION ALL ".join(queries))
    engine.sql(
        "coverage",
        "SELECT *, CASE WHEN units > 0 THEN CAST(one_list_units AS DOUBLE) / units END AS one_list_share FROM areas",
    )
    engine.put("coverage", conform(engine.get("coverage", order_by="level, code"), COVERAGE, "coverage"))
    engine.drop("areas", "placed", "district_names")


def published_areas(areas: Iterable[Mapping[str, Any]], area_km2: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the rows of the table `coverage` as published: a hidden count is null and named in `hidden`.

    `area_km2` gives the size of each district that has a shape.
    """
    rows = {(row["level"], row["code"]): dict(row) for row in areas}
    parents = area_parents(rows)
    hidden: dict[str, frozenset[Area]] = {}
    for name in ("units", "out_of_scope", "closed"):
        hidden[name] = hide_counts(parents, {area: row[name] for area, row in rows.items()})
    outcomes = frozenset().union(*hidden.values())
    hidden["to_check"] = hide_counts(parents, {area: row["to_check"] for area, row in rows.items()})
    hidden["entries"] = hide_counts(parents, {area: row["entries"] for area, row in rows.items()}, also=outcomes)
    splits = {area: (row["one_list_units"], row["units"] - row["one_list_units"]) for area, row in rows.items()}
    hidden["one_list_units"] = hidden["one_list_share"] = hide_splits(parents, splits, also=hidden["units"])
    return [
        {
            **{name: row[name] for name in ("level", "code", "name")},
            **{name: None if area in hidden[name] else row[name] for name in PUBLISHED},
            **_density(row, area_km2, printed=area not in hidden["units"]),
            "hidden": [name for name in PUBLISHED if area in hidden[name]],
        }
        for area, row in rows.items()
    ]


def require_sums(areas: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Check that every area is the sum of its children, hidden counts too, and say how many were checked.

    A district's count can't be mislaid between two levels: children + exceptions = parent, level by level, for
    every count.  Raises LawError where a sum is off.
    """
    rows = {(row["level"], row["code"]): row for row in areas}
    sums: dict[Area, dict[str, int]] = {}
    for area, parent in area_parents(rows).items():
        if parent is not None:
            found = sums.setdefault(parent, dict.fromkeys(SUMMED, 0))
            for name in SUMMED:
                found[name] += rows[area][name]
    wrong = [parent for parent, found in sums.items() if any(found[name] != rows[parent][name] for name in SUMMED)]
    if wrong:
        level, code = min(wrong)
        raise LawError(
            en=f"{level} {code}: the areas below do not add up to it ({len(wrong)} such areas). No result was written. "
            "This is a mistake in minglu: please report it.",
            zh=f"{level} {code}：下级各区之和与其不符（共 {len(wrong)} 处）。未写出任何结果。"
            "这是 minglu 自身的错误，请报告。",
        )
    return {"areas": len(rows), "sums": len(sums)}


def area_parents(areas: Iterable[Area]) -> dict[Area, Area | None]:
    """Return for each area the next larger one that it is counted in.

    >>> area_parents([("all", ""), ("county", "990101"), ("district", "990101001001")])[("district", "990101001001")]
    ('county', '990101')
    """
    known = set(areas)
    levels = ["all", *LEVELS, "district"]

    def parent(level: str, code: str) -> Area | None:
        above = levels[: levels.index(level)] if level in levels else ["all"]
        larger = ((name, code[: LEVELS[name]] if name in LEVELS else "") for name in reversed(above))
        return next((area for area in larger if area in known), None)

    return {(level, code): parent(level, code) for level, code in known}


def district_sizes(districts: Districts) -> dict[str, float]:
    """Return the area of each district on the ellipsoid, km²; a virtual district has none."""
    there = ~(shapely.is_missing(districts.geometries) | shapely.is_empty(districts.geometries))
    sizes = measure(districts.crs, districts.geometries[there])[0] / 1e6
    codes = [code for code, kept in zip(districts.codes, there, strict=True) if kept]
    return {code: round(float(size), 4) for code, size in zip(codes, sizes, strict=True)}


def _density(row: Mapping[str, Any], area_km2: Mapping[str, float], *, printed: bool) -> dict[str, float | None]:
    size = area_km2.get(row["code"]) if row["level"] == "district" else None
    return {"area_km2": size, "density": round(row["units"] / size, 3) if size and printed else None}
