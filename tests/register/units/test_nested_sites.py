"""A boiler inside a site of its own legal unit that is surveyed anyway is not entered twice; any other stays."""

import pyarrow as pa
import pytest

from minglu.register.engine import open_engine
from minglu.register.rules import load_pack
from minglu.register.schemas import UNITS
from minglu.register.units.nested_sites import exclude_nested_sites

INSIDE = load_pack("pollution-2", None).scope.inside
HOST = {"unit_id": "U1", "legal_id": "L1", "source_class": "industry", "outcome": "unit", "site_address": "东河路1号"}
BOILER = {"unit_id": "U2", "legal_id": "L1", "source_class": "boiler", "outcome": "unit", "site_address": "东河路1号"}
HERE, NEAR, FAR = {"lon": 112.3, "lat": 30.5}, {"lon": 112.3009, "lat": 30.5}, {"lon": 112.302, "lat": 30.5}


def outcomes(tmp_path, *units):
    silent = {field.name: "" if pa.types.is_string(field.type) else None for field in UNITS}
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    try:
        engine.put("units", pa.Table.from_pylist([silent | unit for unit in units], schema=UNITS))
        exclude_nested_sites(engine, INSIDE)
        return engine.get("units", order_by="unit_id").to_pylist()
    finally:
        engine.close()


def test_a_boiler_at_the_address_of_its_own_factory_is_left_out_with_the_host_named(tmp_path):
    """The exclusion names rule, source and the unit that stands for it; the host is untouched."""
    host, boiler = outcomes(tmp_path, HOST, BOILER)
    assert (host["outcome"], boiler["outcome"], boiler["outcome_code"]) == ("unit", "out_of_scope", "SCOPE_INSIDE")
    assert "U1 [inside.boiler; S8" in boiler["outcome_reason"]
    assert boiler["source_class"] == "boiler"


@pytest.mark.parametrize(
    ("host", "boiler", "inside"),
    [
        (HERE, NEAR | {"site_address": ""}, True),
        (HERE, FAR | {"site_address": ""}, False),
        ({}, {"site_address": ""}, False),
        ({"site_address": ""}, {"site_address": ""}, False),
        ({}, {"legal_id": "L2"}, False),
        ({"source_class": "other"}, {}, False),
        ({"source_class": "livestock"}, {}, True),
        ({"source_class": "centralised"}, {}, True),
        ({"outcome": "closed"}, {}, False),
        ({"outcome": "not_found"}, {}, False),
        ({}, {"outcome": "closed"}, False),
        ({}, {"source_class": "outlet"}, False),
    ],
)
def test_only_a_kept_site_of_the_same_legal_unit_at_the_place_takes_a_boiler_in(tmp_path, host, boiler, inside):
    """86 m is in the site, 192 m is not; no address and no point is no reason; outlets are counted for themselves."""
    found = outcomes(tmp_path, HOST | host, BOILER | boiler)[1]
    assert (found["outcome_code"] == "SCOPE_INSIDE") == inside
