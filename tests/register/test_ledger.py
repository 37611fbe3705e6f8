"""The ledger accounts for every source row once, and a broken law is never a report."""

import pyarrow as pa
import pytest

from minglu.errors import LawError
from minglu.geo.tables import PLACEMENTS
from minglu.register.engine import open_engine
from minglu.register.ledger import LAWS, check_laws, write_ledger
from minglu.register.tables import LEGAL_UNITS, MEMBERS, REJECTS, UNITS


def table(schema, *rows):
    blank = {f.name: "" if f.type == pa.string() else None for f in schema}
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)


@pytest.fixture
def engine(tmp_path):
    """Three rows make two units (one closed), a fourth is set aside."""
    engine = open_engine("duckdb", workspace=tmp_path)
    place = {"list": "tax", "file": "t.csv"}
    members = [
        {"entry_id": "E1", "unit_id": "U1", **place, "row": 2},
        {"entry_id": "E2", "unit_id": "U1", **place, "row": 3},
        {"entry_id": "E3", "unit_id": "U3", **place, "row": 4},
    ]
    engine.put("members", table(MEMBERS, *members))
    engine.put("entries", table(MEMBERS, *members).select(["entry_id"]))
    engine.put("rejects", table(REJECTS, {**place, "row": 5, "code": "NO_NAME", "reason": "无名称 / no name"}))
    engine.put(
        "units",
        table(
            UNITS,
            {"unit_id": "U1", "legal_id": "L1", "outcome": "unit", "entries": 2, "name_entry": "E2"},
            {"unit_id": "U3", "legal_id": "L3", "outcome": "closed", "outcome_code": "STATUS_CLOSED", "entries": 1},
        ),
    )
    engine.put("legal_units", table(LEGAL_UNITS, {"legal_id": "L1", "sites": 1}, {"legal_id": "L3", "sites": 1}))
    engine.put(
        "placements",
        table(
            PLACEMENTS,
            {"unit_id": "U1", "district_code": "1", "method": "inside"},
            {"unit_id": "U3", "district_code": None, "method": "unplaced"},
        ),
    )
    engine.put(
        "source_rows", pa.table({"list": ["tax"] * 4, "file": ["t.csv"] * 4, "sheet": [""] * 4, "row": [2, 3, 4, 5]})
    )
    yield engine
    engine.close()


def test_each_row_has_one_outcome(engine):
    write_ledger(engine)
    ledger = engine.get("ledger", order_by='"row"').to_pylist()
    assert [row["outcome"] for row in ledger] == ["duplicate", "unit", "closed", "rejected"]
    assert [row["code"] for row in ledger] == ["DUPLICATE_SAME_LIST", "", "STATUS_CLOSED", "NO_NAME"]
    assert ledger[0]["reason"].endswith("the same unit as t.csv #3")
    assert check_laws(engine) == tuple(LAWS)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("source_rows", "SELECT * FROM source_rows UNION ALL SELECT 'tax', 't.csv', '', 9"),
        ("source_rows", "SELECT * FROM source_rows WHERE row <> 5"),
        ("ledger", "SELECT * FROM ledger UNION ALL SELECT * FROM ledger WHERE row = 2"),
        ("members", "SELECT * FROM members WHERE entry_id <> 'E1'"),
        ("units", "SELECT * FROM units WHERE unit_id <> 'U3'"),
        ("placements", "SELECT * FROM placements WHERE unit_id <> 'U3'"),
        ("placements", "SELECT * REPLACE (NULL AS district_code) FROM placements"),
        ("legal_units", "SELECT * REPLACE (2 AS sites) FROM legal_units"),
        ("units", "SELECT * REPLACE ('91110108100000446001' AS unit_code) FROM units"),
    ],
)
def test_a_broken_law_stops_the_run(engine, name, query):
    write_ledger(engine)
    engine.sql("broken", query)
    engine.sql(name, "SELECT * FROM broken")
    with pytest.raises(LawError):
        check_laws(engine)
