"""Counts by area: districts, and by code prefix the levels above them, each level adding up to the whole.

The table `coverage` holds every count; what is published of it stands in `publishing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from minglu.errors import LawError
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.numerics.geodesic import measure
from minglu.register.engine import Engine
from minglu.register.schemas import COVERAGE, conform

Levels = Mapping[str, int]
"""Names of the levels above a district, the largest area first -> length of their code prefix (a rule)."""
LEVEL_NAMES = ("province", "city", "county", "township", "village")

TO_CHECK = (
    "PLACE_ON_BORDER",
    "PLACE_DECLARED_DIFFERS",
    "PLACE_NAME_DIFFERS",
    "PLACE_DECLARED_UNKNOWN",
    "PLACE_INVALID",
    "PLACE_COARSE_POINT",
    "PLACE_IN_GAP",
    "PLACE_OUTSIDE_PARENT",
    "PLACE_OUTSIDE_DISTRICTS",
    "PLACE_OVERLAP",
)
"""Codes of placements that somebody should look at; the others are remarks."""

UNIT_COUNTS = ("units", "out_of_scope", "closed", "not_found", "to_check", "one_list_units")
ROW_COUNTS = ("entries", "duplicates", "out_of_scope_rows", "closed_rows", "not_found_rows")
SUMMED = UNIT_COUNTS + ROW_COUNTS
Area = tuple[str, str]
"""Level and code."""

COUNTS = (
    "count(CASE WHEN outcome = 'unit' THEN 1 END) AS units, "
    "count(CASE WHEN outcome = 'out_of_scope' THEN 1 END) AS out_of_scope, "
    "count(CASE WHEN outcome = 'closed' THEN 1 END) AS closed, "
    "count(CASE WHEN outcome = 'not_found' THEN 1 END) AS not_found, "
    "CAST(coalesce(sum(entries), 0) AS BIGINT) AS entries, "
    "count(CASE WHEN outcome = 'unit' AND one_list THEN 1 END) AS one_list_units, "
    "count(CASE WHEN outcome = 'unit' AND to_check THEN 1 END) AS to_check, "
    "CAST(coalesce(sum(duplicates), 0) AS BIGINT) AS duplicates, "
    "CAST(coalesce(sum(out_of_scope_rows), 0) AS BIGINT) AS out_of_scope_rows, "
    "CAST(coalesce(sum(closed_rows), 0) AS BIGINT) AS closed_rows, "
    "CAST(coalesce(sum(not_found_rows), 0) AS BIGINT) AS not_found_rows"
)


def name_levels(lengths: Sequence[int]) -> Levels:
    """Name the lengths of code prefixes that the rules give, the shortest first.

    >>> name_levels((2, 4, 6, 9, 12))["township"]
    9
    """
    return dict(zip(LEVEL_NAMES, lengths, strict=True))


def count_areas(engine: Engine, districts: DistrictIndex, levels: Levels) -> None:
    """Make the table `coverage` from `units`, `placements` and `ledger`.

    Every district has a row, with zeros where it holds no unit.  Units in no district stand
    under level `exception` with the code of their placement, so that at every level
    areas + exceptions = units.  Rows are counted from the ledger, apart from the units' own counts,
    so that `require_sums` has two sides to compare.
    """
    layer = pa.table({"code": pa.array(districts.codes, pa.string()), "name": pa.array(districts.names, pa.string())})
    engine.put("district_names", layer)
    _join_placements(engine)
    queries = [f"SELECT 'all' AS level, '' AS code, '' AS name, {COUNTS} FROM placed"]
    queries += [
        f"SELECT '{level}' AS level, substring(district, 1, {length}) AS code, '' AS name, {COUNTS} "
        f"FROM placed WHERE district IS NOT NULL GROUP BY substring(district, 1, {length})"
        for level, length in levels.items()
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
    engine.drop("areas", "placed", "booked", "district_names")


def _join_placements(engine: Engine) -> None:
    """Make `placed`: each unit with its district or exception and the rows booked to it, through `booked`."""
    codes = ", ".join(f"'{code}'" for code in TO_CHECK)
    engine.sql(
        "booked",
        "SELECT unit_id, count(CASE WHEN outcome = 'duplicate' THEN 1 END) AS duplicates, "
        "count(CASE WHEN outcome = 'out_of_scope' THEN 1 END) AS out_of_scope_rows, "
        "count(CASE WHEN outcome = 'closed' THEN 1 END) AS closed_rows, "
        "count(CASE WHEN outcome = 'not_found' THEN 1 END) AS not_found_rows "
        "FROM ledger WHERE unit_id <> '' GROUP BY unit_id",
    )
    engine.sql(
        "placed",
        "SELECT p.district_code AS district, p.code AS exception, u.outcome, u.entries, "
        "NOT (u.lists LIKE '%+%') AS one_list, "
        f"p.code IN ({codes}) AS to_check, b.duplicates, b.out_of_scope_rows, b.closed_rows, b.not_found_rows "
        "FROM units u JOIN placements p ON p.unit_id = u.unit_id LEFT JOIN booked b ON b.unit_id = u.unit_id",
    )


def require_sums(areas: Iterable[Mapping[str, Any]], levels: Levels) -> dict[str, int]:
    """Check that every area's rows are accounted for and that it is the sum of its children, hidden counts too.

    In every area rows = kept units + duplicates + rows out of scope, closed and not found; and a district's count
    can't be mislaid between two levels: children + exceptions = parent, level by level, for every count.
    Returns how many of either were checked; raises LawError where one is off.
    """
    rows = {(row["level"], row["code"]): row for row in areas}
    sums: dict[Area, dict[str, int]] = {}
    for area, parent in area_parents(rows, levels).items():
        if parent is not None:
            found = sums.setdefault(parent, dict.fromkeys(SUMMED, 0))
            for name in SUMMED:
                found[name] += rows[area][name]
    wrong = [parent for parent, found in sums.items() if any(found[name] != rows[parent][name] for name in SUMMED)]
    wrong += [area for area, row in rows.items() if unaccounted(row)]
    if wrong:
        level, code = min(wrong)
        raise LawError(
            en=f"{level} {code}: its rows or the areas below do not add up to it ({len(wrong)} such areas). "
            "No result was written. This is a mistake in minglu: please report it.",
            zh=f"{level} {code}：其行数或下级各区之和与其不符（共 {len(wrong)} 处）。未写出任何结果。"
            "这是 minglu 自身的错误，请报告。",
        )
    return {"areas": len(rows), "sums": len(sums)}


def unaccounted(row: Mapping[str, Any]) -> int:
    """Return how many rows of an area are neither of kept units nor of any other outcome.

    >>> row = {"entries": 9, "units": 4, "duplicates": 3, "out_of_scope_rows": 1, "closed_rows": 0}
    >>> unaccounted(row | {"not_found_rows": 1})
    0
    """
    difference: int = row["entries"] - row["units"] - sum(row[name] for name in ROW_COUNTS if name != "entries")
    return difference


def area_parents(areas: Iterable[Area], levels: Levels) -> dict[Area, Area | None]:
    """Return for each area the next larger one that it is counted in.

    >>> areas = [("all", ""), ("county", "990101"), ("district", "990101001001")]
    >>> area_parents(areas, {"county": 6})[("district", "990101001001")]
    ('county', '990101')
    """
    known = list(areas)
    there = set(known)
    order = ["all", *levels, "district"]

    def parent(level: str, code: str) -> Area | None:
        above = order[: order.index(level)] if level in order else ["all"]
        larger = ((name, code[: levels[name]] if name in levels else "") for name in reversed(above))
        return next((area for area in larger if area in there), None)

    return {(level, code): parent(level, code) for level, code in known}


def district_sizes(districts: DistrictIndex) -> dict[str, float]:
    """Return the area of each district on the ellipsoid, km²; a virtual district has none."""
    found: dict[str, float] = {}
    for some in districts.portions(np.flatnonzero(districts.present)):
        sizes = measure(some.crs, some.geometries)[0] / 1e6
        found |= {code: round(float(size), 4) for code, size in zip(some.codes, sizes, strict=True)}
    return found


def count_districts(areas: Iterable[Mapping[str, Any]], limit: int) -> dict[str, int]:
    """Count the districts without a kept unit and those with more than `limit`, as far as their counts are published.

    How many of the hidden ones are empty or full would narrow what they can hold.
    """
    printed = [area["units"] for area in areas if area["level"] == "district" and area["units"] is not None]
    return {
        "DISTRICTS_EMPTY": sum(not units for units in printed),
        "DISTRICTS_OVER_LIMIT": sum(units > limit for units in printed),
    }
