"""Areas add up level by level, and what is printed of them gives nothing away."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from minglu.errors import LawError
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.coverage.areas import SUMMED, area_parents, count_areas, district_sizes, name_levels, require_sums
from minglu.register.coverage.assemble_coverage import exit_code, summary_lines
from minglu.register.coverage.suppression import publish_areas
from minglu.register.engine import open_engine
from minglu.register.schemas import LEDGER, UNITS

CODES = ("990101001001001", "990101001001002", "990101001002001", "990102001001001")
LEVELS = name_levels((2, 4, 6, 9, 12))
PLACED = {CODES[0]: 7, CODES[1]: 1, CODES[2]: 12, None: 4}


def table(schema, rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in schema}
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)


@pytest.fixture
def areas(tmp_path):
    """Four districts in two counties, one of them empty; four units in none."""
    units, placements, ledger = [], [], []
    for code, count in PLACED.items():
        for _ in range(count):
            unit = f"U{len(units):02d}"
            lists = "business+tax" if len(units) % 2 else "tax"
            units.append({"unit_id": unit, "outcome": "unit", "lists": lists, "entries": 1 + len(units) % 2})
            rows = ["unit", "duplicate"][: units[-1]["entries"]]
            ledger += [{"unit_id": unit, "outcome": outcome, "row": len(ledger)} for outcome in rows]
            remark = "" if code else "PLACE_NO_COORDINATE"
            placements.append({"unit_id": unit, "district_code": code, "method": "inside", "code": remark})
    boxes = np.array([shapely.box(120 + n, 30, 120.01 + n, 30.01) for n in range(3)] + [None], object)
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    engine.put("units", table(UNITS, units))
    engine.put("placements", table(PLACEMENTS, placements))
    engine.put("ledger", table(LEDGER, ledger))
    districts = index_districts(
        InMemoryLayer(Districts(CODES, ("甲", "乙", "丙", "丁"), boxes, CRS("EPSG:4490"), "layer"))
    )
    count_areas(engine, districts, LEVELS)
    rows = engine.get("coverage", order_by="level, code").to_pylist()
    engine.close()
    return rows, district_sizes(districts)


@pytest.mark.parametrize("level", ["province", "city", "county", "township", "village", "district"])
@pytest.mark.parametrize("name", SUMMED)
def test_every_level_and_the_exceptions_add_up_to_the_whole(areas, level, name):
    rows, _ = areas
    whole = next(row[name] for row in rows if row["level"] == "all")
    assert sum(row[name] for row in rows if row["level"] in {level, "exception"}) == whole


def test_every_area_is_counted_in_the_next_larger_one(areas):
    rows, _ = areas
    parents = area_parents(((row["level"], row["code"]) for row in rows), LEVELS)
    assert parents["district", CODES[0]] == ("village", "990101001001")
    assert parents["village", "990101001001"] == ("township", "990101001")
    assert parents["exception", "PLACE_NO_COORDINATE"] == ("all", "")
    assert parents["all", ""] is None


def test_children_and_exceptions_add_up_to_their_parent_at_every_level(areas):
    """Before anything is hidden; a count mislaid between two levels stops the run."""
    rows, _ = areas
    parents = {area for area in area_parents(((row["level"], row["code"]) for row in rows), LEVELS).values() if area}
    assert require_sums(rows, LEVELS) == {"areas": len(rows), "sums": len(parents)}
    for name in SUMMED:
        for level in ("district", "village", "township", "county", "city", "province", "exception"):
            broken = [row | {name: row[name] + (row["level"] == level)} for row in rows]
            with pytest.raises(LawError):
                require_sums(broken, LEVELS)


def test_small_district_is_hidden_together_with_a_neighbour(areas):
    """One unit in a district: neither its count nor its neighbour's nor its density is printed."""
    printed = {(row["level"], row["code"]): row for row in publish_areas(*areas, LEVELS)}
    assert printed["district", CODES[1]]["units"] is None
    assert printed["district", CODES[0]]["units"] is None
    assert printed["district", CODES[1]]["density"] is None
    assert "units" in printed["district", CODES[0]]["hidden"]
    assert printed["district", CODES[3]]["units"] == 0
    assert printed["all", ""]["units"] == 24


def test_area_in_square_kilometres_is_that_of_the_ellipsoid(areas):
    """A hundredth of a degree at 30 north is 964.9 m by 1,108.6 m; a virtual district has no area."""
    _, sizes = areas
    assert sizes[CODES[0]] == pytest.approx(1.0697, abs=0.0005)
    assert CODES[3] not in sizes


@pytest.mark.parametrize(
    ("weights", "strict", "code"),
    [([], True, 0), (["notice"], True, 0), (["warning"], False, 0), (["warning"], True, 1), (["error"], False, 1)],
)
def test_exit_code_follows_the_weights(weights, strict, code):
    assert exit_code({"findings": [{"weight": weight} for weight in weights]}, strict=strict) == code


def test_summary_says_verdict_first_and_findings_after_it():
    """In the language asked for, marks in ASCII."""
    coverage = {
        "census": {"name": "示例", "reference_date": "2027-12-31"},
        "verdict": {"accounted": {"zh": "已证明", "en": "proven"}},
        "findings": [{"weight": "error", "count": 1, "zh": "一处", "en": "one"}],
    }
    assert summary_lines(coverage, "en") == ["示例  2027-12-31", "  proven", "  !! one"]
    assert summary_lines(coverage, "zh")[1:] == ["  已证明", "  !! 一处"]
