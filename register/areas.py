"""Counts by area: districts, and by code prefix the levels above them, each level adding up to the whole."""

from __future__ import annotations

import pyarrow as pa

from minglu.geo import Districts
from minglu.register.engine import Engine
from minglu.register.tables import COVERAGE, conform

# Length of the code prefix of each level (统计用区划代码); a district's own code is as long as it is.
LEVELS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}

COUNTS = (
    "count(CASE WHEN outcome = 'unit' THEN 1 END) AS units, "
    "count(CASE WHEN outcome = 'out_of_scope' THEN 1 END) AS out_of_scope, "
    "count(CASE WHEN outcome = 'closed' THEN 1 END) AS closed, "
    "CAST(coalesce(sum(entries), 0) AS BIGINT) AS entries, "
    "count(CASE WHEN outcome = 'unit' AND one_list THEN 1 END) AS one_list_units"
)


def count_areas(engine: Engine, districts: Districts) -> None:
    """Make the table `coverage` from `units` and `placements`.

    Every district has a row, with zeros where it holds no unit.  Units in no district stand
    under level `exception` with the code of their placement, so that at every level
    areas + exceptions = units.
    """
    layer = pa.table({"code": pa.array(districts.codes, pa.string()), "name": pa.array(districts.names, pa.string())})
    engine.put("district_names", layer)
    engine.sql(
        "placed",
        "SELECT p.district_code AS district, p.code AS exception, u.outcome, u.entries, "
        "NOT (u.lists LIKE '%+%') AS one_list FROM units u JOIN placements p ON p.unit_id = u.unit_id",
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
