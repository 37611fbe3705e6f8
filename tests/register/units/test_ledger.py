"""The ledger accounts for every source row once, and a broken law is never a report."""

import pyarrow as pa
import pytest

from minglu.errors import LawError
from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.engine import open_engine
from minglu.register.schemas import LEGAL_UNITS, MEMBERS, REJECTS, UNITS
from minglu.register.units.ledger import LAWS, LAWS_OF_COUNTIES, check_laws, write_ledger


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
    assert [row["entry_id"] for row in ledger] == ["E1", "E2", "E3", ""], "a row that was set aside is no entry"
    assert [row["unit_id"] for row in ledger] == ["U1", "U1", "U3", ""]
    assert [row["reason"] for row in ledger[1:]] == ["", "", "无名称 / no name"]
    assert ledger[0]["reason"].endswith("the same unit as t.csv #3")
    assert check_laws(engine) == tuple(LAWS)


@pytest.mark.parametrize(
    ("law", "name", "query"),
    [
        (0, "source_rows", "SELECT * FROM source_rows UNION ALL SELECT 'tax', 't.csv', '', 9"),
        (0, "source_rows", "SELECT * FROM source_rows WHERE row <> 5"),
        (0, "ledger", "SELECT * FROM ledger UNION ALL SELECT * FROM ledger WHERE row = 2"),
        (0, "ledger", "SELECT * FROM ledger WHERE row <> 2"),
        (0, "ledger", "SELECT * REPLACE ('permit' AS list) FROM ledger"),
        (0, "ledger", "SELECT * REPLACE ('u.csv' AS file) FROM ledger"),
        (0, "ledger", "SELECT * REPLACE ('Sheet2' AS sheet) FROM ledger"),
        (1, "source_rows", "SELECT * FROM source_rows UNION ALL SELECT * FROM source_rows WHERE row = 2"),
        (2, "members", "SELECT * FROM members WHERE entry_id <> 'E1'"),
        (2, "members", "SELECT * FROM members UNION ALL SELECT * FROM members WHERE entry_id = 'E1'"),
        (2, "entries", "SELECT * FROM entries WHERE entry_id <> 'E3'"),
        (3, "units", "SELECT * FROM units WHERE unit_id <> 'U3'"),
        (3, "members", "SELECT * REPLACE ('U1' AS unit_id) FROM members"),
        (3, "units", "SELECT * REPLACE (entries + 1 AS entries) FROM units"),
        (4, "placements", "SELECT * FROM placements WHERE unit_id <> 'U3'"),
        (4, "placements", "SELECT * FROM placements UNION ALL SELECT * FROM placements WHERE unit_id = 'U1'"),
        (
            4,
            "placements",
            "SELECT * FROM placements UNION ALL SELECT * REPLACE ('U9' AS unit_id) FROM placements LIMIT 3",
        ),
        (4, "placements", "SELECT * REPLACE (concat(unit_id, 'x') AS unit_id) FROM placements"),
        (5, "placements", "SELECT * REPLACE (NULL AS district_code) FROM placements"),
        (5, "placements", "SELECT * REPLACE ('1' AS district_code) FROM placements"),
        (6, "units", "SELECT * REPLACE ('91110108100000446001' AS unit_code) FROM units"),
        (7, "legal_units", "SELECT * REPLACE (2 AS sites) FROM legal_units"),
        (7, "legal_units", "SELECT * FROM legal_units WHERE legal_id = 'L0'"),
        (8, "units", "SELECT * REPLACE ('unit' AS outcome) FROM units"),
        (8, "ledger", "SELECT * REPLACE ('closed' AS outcome) FROM ledger"),
    ],
)
def test_a_broken_law_stops_the_run_and_is_named(engine, law, name, query):
    """Each law alone finds what it is for, in both languages; laws that come before it still hold."""
    write_ledger(engine)
    engine.sql("broken", query)
    engine.sql(name, "SELECT * FROM broken")
    with pytest.raises(LawError) as caught:
        check_laws(engine)
    assert f": {LAWS[law].en}. No result was written. This is a mistake in minglu" in caught.value.en
    assert f"：{LAWS[law].zh}。未写出任何结果。" in caught.value.zh


@pytest.mark.parametrize(
    ("law", "name", "query", "places"),
    [
        (
            0,
            "source_rows",
            "SELECT * FROM source_rows UNION ALL SELECT 'tax', 't.csv', '', row + 9 FROM source_rows",
            4,
        ),
        (1, "source_rows", "SELECT * FROM source_rows UNION ALL SELECT * FROM source_rows", 4),
        (2, "members", "SELECT * FROM members WHERE unit_id <> 'U1'", 2),
        (3, "units", "SELECT * FROM units UNION ALL SELECT * REPLACE (concat(unit_id, 'x') AS unit_id) FROM units", 2),
        (4, "placements", "SELECT * FROM placements WHERE unit_id = ''", 2),
        (
            5,
            "placements",
            "SELECT * REPLACE (CASE method WHEN 'unplaced' THEN '1' END AS district_code) FROM placements",
            2,
        ),
        (7, "legal_units", "SELECT * REPLACE (0 AS sites) FROM legal_units", 2),
        (8, "units", "SELECT * REPLACE ('unit' AS outcome) FROM units", 1),
    ],
)
def test_every_place_where_a_law_is_broken_is_counted(engine, law, name, query, places):
    """Whoever mends it wants to know whether it is one row or all of them; a unit of no row is such a place too."""
    write_ledger(engine)
    engine.sql("broken", query)
    engine.sql(name, "SELECT * FROM broken")
    with pytest.raises(LawError) as caught:
        check_laws(engine)
    assert f"broken in {places} places: {LAWS[law].en}" in caught.value.en
    assert f"（{places} 处）：{LAWS[law].zh}" in caught.value.zh


def test_two_lists_may_come_from_one_sheet(engine):
    """The same row of the same file under two names is two source rows, not one that was read twice."""
    engine.sql("two", "SELECT * FROM source_rows UNION ALL SELECT * REPLACE ('permit' AS list) FROM source_rows")
    engine.sql("source_rows", "SELECT * FROM two")
    check_laws(engine, (LAWS[1],))


def test_the_first_entry_stands_for_a_unit_that_no_entry_named(engine):
    """Its own first entry, not that of another unit; a unit that is named is stood for by whoever named it."""
    engine.sql("nameless", "SELECT * REPLACE ('' AS name_entry) FROM units")
    engine.sql("units", "SELECT * FROM nameless")
    write_ledger(engine)
    assert [row["outcome"] for row in engine.get("ledger", order_by='"row"').to_pylist()] == [
        "unit", "duplicate", "closed", "rejected"
    ]  # fmt: skip
    check_laws(engine)


def test_a_county_of_closed_units_alone_keeps_the_laws(engine):
    """None kept on either side is as sound as any other number."""
    engine.sql("shut", "SELECT * REPLACE ('closed' AS outcome) FROM units")
    engine.sql("units", "SELECT * FROM shut")
    write_ledger(engine)
    check_laws(engine)


def test_the_ledger_leaves_no_working_table_behind(engine):
    """They would take the room of the tables that follow."""
    write_ledger(engine)
    check_laws(engine)
    for name in ("heads", "accepted", "law"):
        with pytest.raises(Exception, match=f"{name} does not exist"):
            engine.count(name)


def test_a_row_on_another_list_and_a_sheet_are_told_apart(engine):
    """The reason names the row that stands for the unit, its sheet included."""
    engine.sql("moved", "SELECT * REPLACE ('permit' AS list, '表一' AS sheet) FROM members WHERE entry_id = 'E2'")
    engine.sql("members", "SELECT * FROM members WHERE entry_id <> 'E2' UNION ALL SELECT * FROM moved")
    write_ledger(engine)
    (duplicate,) = [row for row in engine.get("ledger", order_by='"row"').to_pylist() if row["outcome"] == "duplicate"]
    assert duplicate["code"] == "DUPLICATE_OTHER_LIST"
    assert duplicate["reason"] == "与 t.csv [表一] #3 为同一单位 / the same unit as t.csv [表一] #3"


def test_counties_may_both_give_a_code_also_where_one_of_them_closed_the_unit(engine):
    """A unit that one county keeps and the other has closed is no mistake of ours; a code given twice in one county is."""
    engine.sql("units", "SELECT * REPLACE ('C01' AS unit_code, concat(legal_id, '.', unit_id) AS unit_id) FROM units")
    engine.sql("members", "SELECT * REPLACE (concat('L', right(unit_id, 1), '.', unit_id) AS unit_id) FROM members")
    engine.sql(
        "placements", "SELECT * REPLACE (concat('L', right(unit_id, 1), '.', unit_id) AS unit_id) FROM placements"
    )
    write_ledger(engine)
    assert len(check_laws(engine, LAWS_OF_COUNTIES)) == len(LAWS)
    with pytest.raises(LawError, match="no unit code stands for two units"):
        check_laws(engine)
    for name in ("units", "members", "placements"):
        engine.sql(name, f"SELECT * REPLACE (concat('city.', replace(unit_id, 'L3', 'L1')) AS unit_id) FROM {name}")
    write_ledger(engine)
    with pytest.raises(LawError, match="two units of one county"):
        check_laws(engine, LAWS_OF_COUNTIES)
