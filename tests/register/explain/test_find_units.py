"""Units are found by whatever a person has in hand, and nothing is offered as found that is only alike."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minglu.errors import SourceError, UsageError
from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.explain.find_units import find_units, found_lines
from minglu.register.explain.run_lookup import RunTables
from minglu.register.explain.unit_index import open_tables
from minglu.register.schemas import ENTRIES, MEMBERS, UNITS
from minglu.register.storage.run_store import DISTRICTS

UNIT = {
    "U1": {"name": "东河县瑞丰印染厂", "uscc": "91330100MA27XY5T8K", "phone": "057112345678"},
    "U2": {"name": "东河县瑞丰印染厂二车间", "former_name": "长虹染整厂", "permit_no": "91330100MA27XY5T8K002V"},
    "U3": {"name": "老张豆腐坊", "site_address": "青石镇河沿街8号"},
    "U4": {"name": "老章豆腐坊", "site_address": "青石镇河沿街18号", "district": "330100101201001"},
    "U5": {"name": "顺兴五金", "site_address": "白溪镇后坞村3组"},
    "U6": {"name": "白溪茂昌五金制品厂", "site_address": "白溪镇后坞村"},
}


def _table(schema, rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in schema}
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "tables").mkdir()
    entries = [
        {key: value for key, value in unit.items() if key != "district"}
        | {"entry_id": f"E{unit_id}", "list": "tax", "file": "tax.xlsx", "row": number}
        for number, (unit_id, unit) in enumerate(UNIT.items(), 2)
    ]
    units = [
        {key: unit.get(key, "") for key in ("name", "uscc", "permit_no", "site_address")}
        | {"unit_id": unit_id, "legal_id": f"L{unit_id}", "outcome": "unit", "lists": "tax", "entries": 1}
        for unit_id, unit in UNIT.items()
    ]
    members = [
        {
            "entry_id": one["entry_id"],
            "unit_id": one["entry_id"][1:],
            "list": "tax",
            "file": "tax.xlsx",
            "row": one["row"],
        }
        for one in entries
    ]
    placements = [{"unit_id": unit_id, "district_code": unit.get("district", "")} for unit_id, unit in UNIT.items()]
    tables = {
        "entries": _table(ENTRIES, entries),
        "units": _table(UNITS, units),
        "members": _table(MEMBERS, members),
        "placements": _table(PLACEMENTS, placements),
        "districts": _table(DISTRICTS, [{"code": "330100101201001", "name": "河沿社区"}]),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / "tables" / f"{name}.parquet")
    return folder


@pytest.mark.parametrize(
    ("text", "units", "how"),
    [
        ("U1", ["U1"], "id"),
        ("u1", ["U1"], "id"),
        ("东河县瑞丰印染厂", ["U1", "U2"], "name"),
        ("瑞丰", ["U1", "U2"], "part_of_name"),
        ("长虹染整厂", ["U2"], "name"),
        ("91330100MA27XY5T8K", ["U1", "U2"], "id"),
        ("９１３３０１００ma27xy5t8k", ["U1", "U2"], "id"),
        ("MA27XY5T", ["U1", "U2"], "part_of_code"),
        ("91330100MA27XYST8K", ["U1", "U2"], "damaged_code"),
        ("91330100MA27Y5T8K", ["U1", "U2"], "damaged_code"),
        ("5678", ["U1"], "phone"),
        ("lzdff", ["U3", "U4"], "initials"),
        ("河沿街8号", ["U3"], "address"),
        ("白溪镇后坞村", ["U6", "U5"], "address"),
        ("河沿社区", ["U4"], "district"),
        ("330100101201", ["U4"], "district"),
        ("豆腐 18号", ["U4"], "address"),
        ("瑞丰印染有限公司", ["U1", "U2"], "similar_name"),
        ("tax.xlsx#4", ["U3"], "row"),
        ("EU3", ["U3"], "row"),
    ],
)
def test_a_unit_is_found_by_what_a_person_has(run, text, units, how):
    found = find_units(run, text)
    assert [unit["unit_id"] for unit in found.units] == units
    assert found.units[0]["how"] == how


@pytest.mark.parametrize("text", ["", "   ", "没有这家", "99999999XX99999999", "'; DROP TABLE units; --", "%"])
def test_nothing_is_found_where_nothing_is(run, text):
    found = find_units(run, text)
    assert found.units == ()
    assert "未找到" in found_lines(found, "zh")[0]


def test_further_units_are_announced(run):
    found = find_units(run, "瑞丰", most=1)
    assert (len(found.units), found.more) == (1, True)


def test_explain_takes_a_name_but_only_offers_what_is_like_it(run):
    tables = RunTables(run)
    assert [unit["unit_id"] for unit in tables.units_of("长虹染整厂")] == ["U2"]
    with pytest.raises(UsageError, match="U1"):
        tables.units_of("瑞丰印染有限公司")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(SourceError):
        open_tables(tmp_path)


def test_a_query_reaches_no_other_file_and_writes_none(run, tmp_path):
    """Read-only by the database's own locks, not by our good manners alone."""
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    queries = open_tables(run)
    for query in (f"SELECT * FROM read_csv('{other}')", f"COPY (SELECT 1) TO '{tmp_path}/x.csv'"):
        with pytest.raises(Exception, match="Permission"):
            queries.rows(query)
    assert not (tmp_path / "x.csv").exists()
