"""Screening: class and outcome by rule data, with rule, source and evidence; the unknown stays in."""

import datetime as dt

import pyarrow as pa
import pytest

from minglu.register.rules import load_pack
from minglu.register.units.screening import SCREENED, classify, screen

PACK = load_pack("pollution-2", None)
REFERENCE = dt.date(2017, 12, 31)


def units(*records: dict[str, str]) -> pa.Table:
    fields = ("name", "industry_code", "industry", "status", "permit_no", "measures")
    defaults = {"name": "某某", "status": "active"}
    return pa.table({f: pa.array([r.get(f, defaults.get(f, "")) for r in records], pa.string()) for f in fields})


def screened(**record: str) -> dict:
    return screen(units(record), PACK, reference=REFERENCE).to_pylist()[0]


CASES = [
    ({"industry_code": "3919"}, "industry", "unit", ""),
    ({"industry_code": "0610"}, "industry", "unit", ""),
    ({"industry_code": "4690"}, "industry", "unit", ""),
    ({"industry_code": "06"}, "industry", "unit", ""),
    ({"industry_code": "4710"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry_code": "5211"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry_code": "0111"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry_code": "5211", "permit_no": "91110108551385082Q001P"}, "other", "unit", "SCOPE_PERMIT"),
    ({"industry_code": "0313"}, "livestock", "unit", "SCOPE_SIZE"),
    ({"name": "某某生猪养殖场"}, "livestock", "unit", "SCOPE_SIZE"),
    ({"name": "某某水产养殖场"}, "unknown", "unit", "SCOPE_UNKNOWN"),
    ({"industry_code": "4620"}, "centralised", "unit", ""),
    ({"industry_code": "7724"}, "centralised", "unit", ""),
    ({"name": "某镇污水处理厂", "industry_code": "9229"}, "centralised", "unit", ""),
    ({"name": "某某污水处理设备有限公司", "industry_code": "5177"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"name": "某某小学锅炉房", "industry_code": "8321"}, "boiler", "unit", "SCOPE_SIZE"),
    ({"name": "某某锅炉厂锅炉房设备", "industry_code": "3411"}, "industry", "unit", ""),
    ({"name": "某河左岸排污口"}, "outlet", "unit", ""),
    ({"industry_code": "0932"}, "radioactive_mineral", "unit", "SCOPE_RADIATION"),
    ({"industry": "锅炉"}, "boiler", "unit", "SCOPE_SIZE"),
    ({"industry": "锅炉", "industry_code": "8411"}, "boiler", "unit", "SCOPE_SIZE"),
    ({"industry": "锅炉", "industry_code": "1713"}, "industry", "unit", ""),
    ({"industry": "锅炉设备批发", "industry_code": "5177"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry": "锅炉及辅助设备制造"}, "industry", "unit", ""),
    ({"industry": "纺织品批发"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry": "橡胶制品业"}, "industry", "unit", ""),
    ({"industry": "批发和零售业"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"industry": "批发和零售业", "industry_code": "3919"}, "industry", "unit", ""),
    ({"name": "某某五金厂"}, "industry", "unit", ""),
    ({"name": "某某小吃店"}, "other", "out_of_scope", "SCOPE_INDUSTRY"),
    ({"name": "某某"}, "unknown", "unit", "SCOPE_UNKNOWN"),
    ({"name": ""}, "unknown", "unit", "SCOPE_UNKNOWN"),
    ({"industry_code": "9800"}, "unknown", "unit", "SCOPE_UNKNOWN"),
    ({"industry_code": "3919", "status": "stopped"}, "industry", "unit", ""),
    ({"industry_code": "3919", "status": "unknown"}, "industry", "unit", ""),
    ({"industry_code": "3919", "status": "closed"}, "industry", "closed", "CLOSED_STATUS"),
    ({"industry_code": "5211", "status": "closed"}, "other", "closed", "CLOSED_STATUS"),
    ({"industry_code": "0313", "measures": '{"pigs": 500.0}'}, "livestock", "unit", "SCOPE_LARGE"),
    ({"industry_code": "0313", "measures": '{"pigs": 499.0}'}, "livestock", "out_of_scope", "SCOPE_SMALL"),
    ({"industry_code": "0313", "measures": '{"layers": 3000.0, "pigs": 20.0}'}, "livestock", "unit", "SCOPE_LARGE"),
    (
        {"industry_code": "0313", "measures": '{"layers": 300.0, "pigs": 20.0}'},
        "livestock",
        "out_of_scope",
        "SCOPE_SMALL",
    ),
    (
        {"industry_code": "0313", "measures": '{"pigs": 20.0}', "permit_no": "X"},
        "livestock",
        "unit",
        "SCOPE_SMALL_PERMIT",
    ),
    ({"industry_code": "0313", "measures": '{"boiler_output": 9.0}'}, "livestock", "unit", "SCOPE_SIZE"),
    (
        {"industry_code": "0313", "measures": '{"pigs": 900.0}', "status": "closed"},
        "livestock",
        "closed",
        "CLOSED_STATUS",
    ),
    ({"industry": "锅炉", "measures": '{"boiler_output": 1.0}'}, "boiler", "unit", "SCOPE_LARGE"),
    ({"industry": "锅炉", "measures": '{"boiler_output": 0.7}'}, "boiler", "out_of_scope", "SCOPE_SMALL"),
    (
        {"industry": "锅炉", "measures": '{"boiler_output": 4.0, "fuel": "electric"}'},
        "boiler",
        "out_of_scope",
        "SCOPE_ELECTRIC",
    ),
    ({"industry_code": "8411", "measures": '{"permit_class": "key"}'}, "other", "unit", "SCOPE_PERMIT"),
    ({"industry_code": "8411", "measures": '{"permit_class": "simplified"}'}, "other", "unit", "SCOPE_PERMIT"),
    (
        {"industry_code": "8411", "measures": '{"permit_class": "registered"}', "permit_no": "X"},
        "other",
        "unit",
        "SCOPE_REGISTERED",
    ),
    ({"industry_code": "3919", "measures": '{"permit_class": "registered"}'}, "industry", "unit", ""),
    ({"industry_code": "3919", "measures": '{"founded": "2018-01-01"}'}, "industry", "out_of_scope", "SCOPE_FOUNDED"),
    ({"industry_code": "3919", "measures": '{"founded": "2018"}'}, "industry", "out_of_scope", "SCOPE_FOUNDED"),
    ({"industry_code": "3919", "measures": '{"founded": "2017-12-31"}'}, "industry", "unit", ""),
    ({"industry_code": "3919", "measures": '{"founded": "2017-12"}'}, "industry", "unit", ""),
    ({"industry_code": "3919", "measures": '{"founded": "2015、2018-01-05"}'}, "industry", "unit", ""),
    (
        {"industry_code": "3919", "measures": '{"founded": "2018-01-05"}', "permit_no": "X"},
        "industry",
        "unit",
        "FOUNDED_PERMIT",
    ),
    (
        {"industry_code": "3919", "measures": '{"deregistered": "2016-12-31"}', "status": "unknown"},
        "industry",
        "closed",
        "CLOSED_BEFORE",
    ),
    ({"industry_code": "3919", "measures": '{"deregistered": "2016-12-31"}'}, "industry", "unit", "CLOSED_ACTIVE"),
    (
        {"industry_code": "3919", "measures": '{"deregistered": "2016"}', "status": "closed"},
        "industry",
        "closed",
        "CLOSED_BEFORE",
    ),
    (
        {"industry_code": "3919", "measures": '{"deregistered": "2017-03-01"}', "status": "closed"},
        "industry",
        "unit",
        "CLOSED_IN_YEAR",
    ),
    (
        {"industry_code": "3919", "measures": '{"deregistered": "2018-03-01"}', "status": "closed"},
        "industry",
        "unit",
        "CLOSED_AFTER",
    ),
    (
        {"industry_code": "3919", "measures": '{"revoked": "2015-03-01"}', "status": "closed"},
        "industry",
        "unit",
        "SCOPE_REVOKED",
    ),
    (
        {"industry_code": "5211", "measures": '{"deregistered": "2018-03-01"}', "status": "closed"},
        "other",
        "closed",
        "CLOSED_STATUS",
    ),
]


@pytest.mark.parametrize(("record", "source_class", "outcome", "code"), CASES)
def test_units_are_classed_and_screened(record, source_class, outcome, code):
    """Code before words before name, strong names before all, strong words before a code of no class; closed before out of scope."""
    unit = screened(**record)
    assert (unit["source_class"], unit["outcome"], unit["outcome_code"]) == (source_class, outcome, code)
    assert bool(unit["outcome_reason"]) == bool(code)


def test_an_exclusion_names_rule_source_and_evidence():
    """Why a unit is out can be checked by whoever reads it: the rule of its class, the rule of the outcome, what they saw."""
    reason = screened(industry_code="5211")["outcome_reason"]
    chinese, english = reason.split(" / ")
    assert "行业代码 5211" in chinese
    assert "industry code 5211" in english
    assert "[classes.other > scope.other; S2" in english
    assert "[scope.closed; S20" in screened(industry_code="5211", status="closed")["outcome_reason"]


def test_an_exclusion_by_size_says_the_number_and_the_limit():
    """320 pigs of 500: measure, number, unit and limit stand beside rule and source, in both languages."""
    chinese, english = screened(industry_code="0313", measures='{"pigs": 320.0}')["outcome_reason"].split(" / ")
    assert "生猪年出栏 320 头 < 500" in chinese
    assert "pigs sold a year 320 头 < 500" in english
    assert "[classes.livestock > scope.livestock-small; S13]" in english
    reason = screened(industry="锅炉", measures='{"fuel": "electric"}')["outcome_reason"]
    assert "锅炉燃料 电 [" in reason
    assert "fuel of the boiler electric [" in reason


def test_a_province_lays_its_own_limits_over_ours(tmp_path):
    """One row in one file turns a limit; what only told an office that it discharges can be left out by another."""
    row = next(row for row in PACK.scope.outcomes if row.id == "registered")
    text = f"""
[scope.livestock-small]
order = 36
outcome = "out_of_scope"
code = "SCOPE_SMALL"
classes = ["livestock"]
below = {{ layers = 25000 }}
zh = "x"
en = "x"
source = "S16"
since = "2017"
[scope.livestock-large]
drop = true
[scope.registered]
order = {row.order}
outcome = "out_of_scope"
code = "SCOPE_REGISTERED"
classes = ["other"]
stated = {{ permit_class = "registered" }}
zh = "x"
en = "x"
source = "our office"
since = "2027"
"""
    (tmp_path / "ours.toml").write_text(text, "utf-8")
    ours = load_pack("ours.toml", tmp_path)
    farm = {"industry_code": "0313", "measures": '{"layers": 24000.0}'}
    shop = {"industry_code": "5211", "measures": '{"permit_class": "registered"}'}
    assert screen(units(farm, shop), PACK, reference=REFERENCE).column("outcome").to_pylist() == ["unit", "unit"]
    assert screen(units(farm, shop), ours, reference=REFERENCE).column("outcome").to_pylist() == [
        "out_of_scope",
        "out_of_scope",
    ]


def test_each_source_class_of_the_census_can_be_reached():
    """Industry, livestock, centralised facilities, boilers, outlets, radioactive minerals, others: each row gives its class."""
    samples = {
        "industry": {"industry_code": "3919"},
        "livestock": {"name": "某某养猪场"},
        "centralised": {"name": "某镇污水处理站"},
        "boiler": {"name": "某某宾馆锅炉房"},
        "outlet": {"name": "某河左岸入河口"},
        "radioactive_mineral": {"name": "某某独居石选矿"},
        "other": {"industry_code": "5211"},
    }
    assert {row.source_class for row in PACK.scope.classes} == set(samples)
    for source_class, record in samples.items():
        assert screened(**record)["source_class"] == source_class


def test_every_division_has_a_class():
    """No GB/T 4754 division falls between the rules: 01 to 97 all have a class."""
    for division in range(1, 98):
        found = classify(f"{division:02d}", "", "", PACK.scope.classes)
        assert found.source_class != "unknown", division
        assert (found.source_class in ("industry", "centralised")) == (6 <= division <= 46), division


def test_rows_keep_order_and_other_columns():
    """One row in, one out; columns that are there are replaced in place, others untouched."""
    table = units({"industry_code": "5211"}, {"industry_code": "3919"}).append_column("unit_id", pa.array(["b", "a"]))
    table = table.append_column("outcome", pa.nulls(2, pa.string()))
    result = screen(table, PACK, reference=REFERENCE)
    assert result.column("unit_id").to_pylist() == ["b", "a"]
    assert result.column("outcome").to_pylist() == ["out_of_scope", "unit"]
    assert result.column_names[: table.num_columns] == table.column_names
    assert set(SCREENED) <= set(result.column_names)
    assert screen(units(), PACK, reference=REFERENCE).num_rows == 0


def test_a_province_can_decide_otherwise(tmp_path):
    """A small file turns a rule: a province that keeps laundries overrides one row's words."""
    text = '[pack]\nbase = "pollution-2"\n[classes.laundry]\norder = 5\nsource_class = "laundry"\nindustry = ["8030"]\nsource = "x"\nsince = "2027"\n'
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "pack.toml").write_text(text, "utf-8")
    result = screen(units({"industry_code": "8030"}), load_pack("ours", tmp_path), reference=REFERENCE)
    assert result.column("source_class").to_pylist() == ["laundry"]
    assert result.column("outcome").to_pylist() == ["unit"]


def test_exclusion_by_date_names_the_date_and_the_reference_date():
    reason = screened(industry_code="3919", measures='{"founded": "2018-02-01"}')["outcome_reason"]
    assert "成立日期 2018-02-01（普查时点 2017-12-31）" in reason
    assert "founded 2018-02-01 (reference date 2017-12-31)" in reason
