"""A small invented run with hostile texts in it, complete as a build leaves it."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.datum_detection import DatumEvidence
from minglu.geo.tiling.partition_proof import prove
from minglu.register.config.census_file import read_census
from minglu.register.coverage.assemble_coverage import assemble
from minglu.register.coverage.run_metadata import RunMetadata
from minglu.register.engine import open_engine
from minglu.register.report import render_all
from minglu.register.sources.list_reading import InputReport
from minglu.register.storage import run_store
from minglu.register.storage.run_folder import write_json
from minglu.register.storage.run_store import STORED
from minglu.register.territory.check_layer import Territory
from minglu.register.territory.list_datum import DatumReport
from minglu.register.units.ledger import check_laws, write_ledger

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://example.invalid","x")',
    "@SUM(1+1)*cmd|'/c calc'!A0",
    "东方\u202e厂\u2028第二行\u2029",
    "{{ 7 * 7 }}{% raw %}",
    "\u0000\u0007控制\x1b[31m",
    "名" * 40_000,
)
LISTS = ("business", "permit", "tax")
# On which lists a unit is: enough units for an estimate, all seven cells filled.
CELLS = {"business": 40, "permit": 12, "tax": 20, "business+permit": 15, "business+tax": 45, "permit+tax": 8}
CELLS["business+permit+tax"] = 60


def rows_of(schema, rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in schema}
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)


def squares():
    """Draw twelve squares, four to a row, in two townships; the last name is hostile."""
    codes = [f"99010100{1 + n // 6}2{n:02d}001" for n in range(12)]
    boxes = [
        shapely.box(120 + n % 4 * 0.01, 30 + n // 4 * 0.01, 120.01 + n % 4 * 0.01, 30.01 + n // 4 * 0.01)
        for n in range(12)
    ]
    names = [f"示例村{n}" for n in range(11)] + [HOSTILE[0]]
    crs = CRS("EPSG:4490")
    districts = Districts(tuple(codes), tuple(names), np.array(boxes, object), crs, "districts.gpkg")
    parent = Parent(shapely.box(120, 30, 120.04, 30.03), crs, "county.gpkg")
    # Not all borders of neighbouring boxes are equal to the last bit: mend them by the grid.
    grid = [shapely.set_precision(box, 1e-9) for box in boxes]
    districts = Districts(districts.codes, districts.names, np.array(grid, object), crs, "districts.gpkg")
    return districts, parent


def _units(districts):
    """Yield units with their lists and district: many in some districts, one or two in others, some nowhere."""
    number = 0
    for lists, count in CELLS.items():
        for _ in range(count):
            place = None if number % 41 == 40 else [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8][number % 12]
            if number % 67 == 66:
                place = 9 + number % 3
            name = HOSTILE[number] if number < len(HOSTILE) else f"青禾第{number}厂"
            outcome = "closed" if number % 29 == 28 else "out_of_scope" if number % 17 == 16 else "unit"
            yield number, name, lists, place, outcome
            number += 1


def _put_tables(engine, districts):
    entries, members, units, legal, placements, pairs = [], [], [], [], [], []
    for number, name, lists, place, outcome in _units(districts):
        unit, code = f"U{number:04d}", None if place is None else districts.codes[place]
        for position, listed in enumerate(lists.split("+")):
            entry = {"entry_id": f"E{number:04d}{position}", "list": listed, "file": f"{listed}.csv", "row": number + 2}
            entries.append(entry | {"name": name, "address": name, "status": "active"})
            members.append(entry | {"unit_id": unit})
        lon = None if place is None else 120.005 + place % 4 * 0.01
        lat = None if place is None else 30.005 + place // 4 * 0.01
        units.append(
            {"unit_id": unit, "legal_id": f"L{number:04d}", "name": name, "address": name, "lists": lists}
            | {"entries": lists.count("+") + 1, "outcome": outcome, "source_class": "industry", "status": "active"}
            | {"outcome_code": "" if outcome == "unit" else "SCOPE_X", "lon": lon, "lat": lat, "precision_m": 5.0}
            | {"name_entry": f"E{number:04d}0"}
        )
        legal.append({"legal_id": f"L{number:04d}", "name": name, "sites": 1, "entries": lists.count("+") + 1})
        remark = "PLACE_NO_COORDINATE" if place is None else "PLACE_DECLARED_DIFFERS" if number % 7 == 0 else ""
        placements.append(
            {"unit_id": unit, "district_code": code, "method": "unplaced" if place is None else "inside"}
            | {"code": remark, "distance_m": None if place is None else 0.0}
        )
        if number and number < len(HOSTILE):
            pairs.append(
                {"left": "E00000", "right": f"E{number:04d}0", "p_site": 0.5, "p_legal": 0.9, "verdict": "review"}
                | {"relation": "same_site", **dict.fromkeys(("name", "code"), 1)}
            )
    made = {"entries": entries, "members": members, "units": units, "legal_units": legal, "placements": placements}
    for name, (schema, _) in STORED.items():
        engine.put(name, rows_of(schema, made.get(name, [])))
    rejected = {"list": "tax", "file": "tax.csv", "row": 9_999, "code": "FOOTER", "reason": "=1+1 / footer"}
    engine.put("rejects", rows_of(STORED["rejects"].schema, [rejected]))
    pair_schema = STORED["scored_pairs"].schema
    zeros = {field.name: 0 for field in pair_schema if pa.types.is_int8(field.type)}
    engine.put("scored_pairs", rows_of(pair_schema, [zeros | pair for pair in pairs]))
    weight = {
        "comparison": "name",
        "level": 1,
        "bits_legal": 3.0,
        "bits_site": 1.0,
        "why_zh": "名称相同",
        "why_en": "x",
    }
    engine.put("weights", rows_of(STORED["weights"].schema, [weight]))
    sources = [{name: row.get(name, "") for name in ("list", "file", "sheet", "row")} for row in [*entries, rejected]]
    engine.put("source_rows", pa.Table.from_pylist(sources))


def _facts(folder, districts, parent, laws):
    census = folder.parent / "census.toml"
    for name in (*(f"{name}.csv" for name in LISTS), "districts.gpkg", "county.gpkg"):
        (folder.parent / name).touch()
    lists = "".join(f'[[lists]]\nkind = "{name}"\npath = "{name}.csv"\n' for name in LISTS)
    census.write_text(
        f'[census]\nname = "示例<县>清查"\nreference_date = 2027-12-31\n{lists}'
        '[districts]\npath = "districts.gpkg"\ncode = "code"\n[parent]\npath = "county.gpkg"\n',
        "utf-8",
    )
    inputs = tuple(
        InputReport(
            list=name, file=f"{name}.csv", sheet="", format="csv", encoding="utf-8", sha256="0" * 64, size=1, header_row=1,
            columns={"name": "<b>名称</b>"}, measures=("生猪",), unknown=("'\"&",), withheld=("手机",), rows=1, blank_rows=0, rejected=0,
            attested=False, signals=("信号 / signal",), skipped_sheets=(),
        )
        for name in LISTS
    )  # fmt: skip
    evidence = DatumEvidence("", 0, (), "", "", 0, 0, math.nan, "none", "无")
    datums = tuple(DatumReport(name, "CGCS2000", "CGCS2000", "stated", False, evidence, 1, ()) for name in LISTS)
    proof = prove(districts, parent, sliver_width_m=2.0, sliver_area_m2=100.0)
    territory = Territory(index_districts(InMemoryLayer(districts)), parent, proof, ())
    return RunMetadata(read_census(census), inputs, territory, datums, laws, "0.0.0")


@pytest.fixture(scope="session")
def invented(tmp_path_factory) -> Path:
    """Return the folder of a finished invented run, every form rendered."""
    folder = tmp_path_factory.mktemp("run") / "out"
    folder.mkdir()
    districts, parent = squares()
    engine = open_engine("duckdb", workspace=folder, threads=1)
    try:
        _put_tables(engine, districts)
        write_ledger(engine)
        facts = _facts(folder, districts, parent, check_laws(engine))
        engine.put("faults", facts.territory.proof.faults)
        coverage = assemble(engine, facts)
        run_store.write_tables(engine, folder, facts.territory.districts, keep_personal=False)
    finally:
        engine.close()
    write_json(folder / "coverage.json", coverage)
    render_all(folder)
    run_store.remove_leftovers(folder)
    run_store.write_manifest(folder, facts.census, coverage)
    return folder


@pytest.fixture(scope="session")
def browsing():
    """Return the module that drives a browser."""
    path = Path(__file__).with_name("browser.py")
    spec = importlib.util.spec_from_file_location("minglu_tests_browser", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
