"""Fusing keeps its promises: one unit per site, each value from the entry the rules believe."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.schemas import ENTRIES, UNITS
from minglu.register.units.survivorship import fuse_legal_units, fuse_units, number_sites

KINDS = {"business": "business", "tax": "tax", "permit": "permit"}
SURVIVORSHIP = {"name": ("business", "tax", "permit"), "site_address": ("permit", "tax"), "location": ("permit", "tax")}


def entries(*rows):
    """Make a table of entries with site and legal key; what a row does not name is silent."""
    schema = ENTRIES.append(pa.field("site_key", pa.string())).append(pa.field("legal_key", pa.string()))
    filled = []
    for row in rows:
        silent = {field.name: None if field.type == pa.float64() else "" for field in schema}
        silent |= {"row": 1, "list": "business", "status": "unknown"}
        key = row.get("site_key", row["entry_id"])
        filled.append(silent | {"site_key": key, "legal_key": row.get("legal_key", key)} | row)
    return pa.Table.from_pylist(filled, schema=schema)


def fuse(*rows):
    return fuse_units(entries(*rows), kinds=KINDS, survivorship=SURVIVORSHIP).to_pylist()


def without_history(units):
    table = pa.Table.from_pylist(units, schema=UNITS)
    return table.append_column("kept_code", pa.array([""] * len(units), pa.string()))


def test_each_field_comes_from_the_most_believed_list_that_speaks():
    units = fuse(
        {"entry_id": "E1", "site_key": "E1", "list": "tax", "name": "东河五金", "site_address": "东河路1号"},
        {"entry_id": "E2", "site_key": "E1", "list": "business", "name": "东河五金厂"},
        {"entry_id": "E3", "site_key": "E1", "list": "permit", "name": "东河", "site_address": "东河路1号院"},
    )
    (unit,) = units
    assert (unit["name"], unit["name_entry"]) == ("东河五金厂", "E2")
    assert (unit["site_address"], unit["site_address_entry"]) == ("东河路1号院", "E3")
    assert (unit["permit_no"], unit["permit_no_entry"]) == ("", "")
    assert (unit["entries"], unit["lists"]) == (3, "business+permit+tax")


def test_a_vague_point_never_displaces_a_precise_one():
    (unit,) = fuse(
        {"entry_id": "E1", "site_key": "E1", "list": "permit", "lon": 120.0, "lat": 30.0, "precision_m": 5000.0},
        {"entry_id": "E2", "site_key": "E1", "list": "tax", "lon": 120.1, "lat": 30.1, "precision_m": 10.0},
    )
    assert (unit["lon"], unit["location_entry"]) == (120.1, "E2")


def test_unknown_status_is_silence():
    (unit,) = fuse(
        {"entry_id": "E1", "site_key": "E1", "status": "unknown"},
        {"entry_id": "E2", "site_key": "E1", "list": "tax", "status": "closed"},
    )
    assert unit["status"] == "closed"


def test_sites_of_one_legal_unit_get_distinct_codes_and_a_given_suffix_is_kept():
    uscc = "911101081000004460"
    units = fuse(
        {"entry_id": "E1", "legal_key": "E1", "uscc": uscc},
        {"entry_id": "E2", "legal_key": "E1", "uscc": uscc, "site_suffix": "01"},
        {"entry_id": "E3", "legal_key": "E1", "uscc": uscc},
        {"entry_id": "E4"},
    )
    codes = number_sites(without_history(units)).column("unit_code").to_pylist()
    assert codes == [f"{uscc}02", f"{uscc}01", f"{uscc}03", ""]


def test_units_that_share_a_uscc_never_share_a_code():
    """Also where the rows were not taken for one legal unit, and where both claim one suffix."""
    uscc, branch = "911101081000004460", "91350100M000100Y43"
    units = fuse(
        {"entry_id": "E1", "uscc": uscc, "site_suffix": "01"},
        {"entry_id": "E2", "uscc": uscc, "site_suffix": "01"},
        {"entry_id": "E3", "legal_key": "E2", "uscc": branch},
    )
    codes = number_sites(without_history(units)).column("unit_code").to_pylist()
    assert codes == [f"{uscc}01", f"{uscc}02", f"{branch}01"]


def test_legal_units_count_their_sites_and_entries():
    units = fuse_units(
        entries({"entry_id": "E1", "legal_key": "E1"}, {"entry_id": "E2", "legal_key": "E1", "name": "甲"}),
        kinds=KINDS,
        survivorship=SURVIVORSHIP,
    )
    assert fuse_legal_units(units).select(["legal_id", "name", "sites", "entries"]).to_pylist() == [
        {"legal_id": "L1", "name": "甲", "sites": 2, "entries": 2}
    ]


@pytest.mark.parametrize("fused", [lambda: fuse_units(entries(), kinds=KINDS, survivorship=SURVIVORSHIP)])
def test_no_entries_make_no_units(fused):
    assert fused().num_rows == 0
    assert fuse_legal_units(fused()).num_rows == 0


@given(st.data())
def test_the_order_of_entries_changes_nothing(data):
    rows = [
        {
            "entry_id": f"E{index}",
            "site_key": f"E{data.draw(st.integers(0, index))}",
            "list": data.draw(st.sampled_from(sorted(KINDS))),
            "name": data.draw(st.sampled_from(["", "甲", "乙"])),
        }
        for index in range(data.draw(st.integers(1, 8)))
    ]
    for row in rows:
        row["legal_key"] = row["site_key"]
    shuffled = data.draw(st.permutations(rows))
    assert fuse(*rows) == fuse(*shuffled)
    assert sum(unit["entries"] for unit in fuse(*rows)) == len(rows)
