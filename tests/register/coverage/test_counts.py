"""What a run counts of its units: the overlap of lists inside every stratum."""

from types import SimpleNamespace

import pyarrow as pa

from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.coverage.counts import _unread_sheets, _value_findings, overlap_by_stratum
from minglu.register.engine import open_engine
from minglu.register.schemas import UNITS

DISTRICT = "990101001001001"
LEVELS = {"county": 6, "township": 9}


def _rows(schema, *rows):
    silent = {field.name: "" if pa.types.is_string(field.type) else None for field in schema}
    return pa.Table.from_pylist([silent | row for row in rows], schema=schema)


def test_overlap_of_every_stratum_is_counted_with_what_only_the_field_knows(tmp_path):
    """Class, county and township: what of it is published, without the field's own units, `suppression` decides."""
    lists = {"U1": "business+tax", "U2": "tax", "U3": "field"}
    units = [
        {"unit_id": unit, "outcome": "unit", "source_class": "industry", "lists": on} for unit, on in lists.items()
    ]
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    try:
        engine.put("units", _rows(UNITS, *units))
        engine.put("placements", _rows(PLACEMENTS, *({"unit_id": unit, "district_code": DISTRICT} for unit in lists)))
        found = overlap_by_stratum(engine, LEVELS)
    finally:
        engine.close()
    shown = {"business+tax": 1, "tax": 1, "field": 1}
    assert found == {("class", "industry"): shown, ("county", "990101"): shown, ("township", "990101001"): shown}


def test_values_that_are_used_are_not_counted_as_set_aside(tmp_path):
    """A coordinate put right, a number in another's column: used with a remark, and told apart from what is lost."""
    codes = ["COORD_SWAPPED", "ID_MOVED", "TEXT_CHARACTER", "ID_CHECK", "COORD_ZERO", "ID_CHECK"]
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    try:
        engine.put("value_faults", pa.table({"code": codes}))
        assert _value_findings(engine) == {"VALUES_SET_ASIDE": 3, "VALUES_REMARKED": 3}
    finally:
        engine.close()


def test_sheet_is_unread_by_its_name_whatever_the_name_holds():
    """A colon in a sheet's name is no end of it; a sheet that another list reads is read."""
    one = SimpleNamespace(file="a.xlsx", sheet="2017：企业", unread_sheets=("2017：说明", "2017：附表"))
    other = SimpleNamespace(file="a.xlsx", sheet="2017：附表", unread_sheets=("2017：企业", "2017：说明"))
    assert _unread_sheets([one, other]) == 1
