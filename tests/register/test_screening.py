"""Screening in a whole build: sizes from a list's own columns decide, each exclusion says why, nothing is lost."""

import pytest

from tests.trust import county

LIVESTOCK = """单位名称,生产经营地址,生猪年出栏（头）,肉鸡出栏（万羽）,普查小区代码
大河生猪养殖场,大河村1号,620,,{district}
小河生猪养殖场,小河村2号,80,,{district}
中河养鸡场,中河村3号,,1.5,{district}
无数养猪场,无数村4号,,,{district}
乱数养猪场,乱数村5号,约五百,,{district}
"""
BOILERS = """单位名称,统一社会信用代码,生产经营地址,行业类别,额定出力,燃料,普查小区代码
某某宾馆锅炉房,,宾馆路1号,锅炉,2t/h,生物质,{district}
某某浴室锅炉房,,浴室路2号,锅炉,0.35MW,气,{district}
某某学校锅炉房,,学校路3号,锅炉,4,电,{district}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A county with a list of livestock and one of boilers; units by name, the ledger, and the coverage account."""
    folder = tmp_path_factory.mktemp("screened")
    content = county.lists(sites=12)
    county.make_county(folder, content)
    column = content.column("permit", "普查小区代码")
    district = next(row[column] for row in content.rows["permit"] if row[column])
    for name, text in (("livestock", LIVESTOCK), ("boilers", BOILERS)):
        (folder / f"{name}.csv").write_text(text.format(district=district), "utf-8")
    more = {name: f'kind = "other"\nname = "{name}"\n' for name in ("livestock", "boilers")}
    out = county.run(county.write_census(folder, [*county.KINDS, *more], more=more))
    return {row["name"]: row for row in county.table(out, "units")}, out


@pytest.mark.parametrize(
    ("name", "outcome", "code", "seen"),
    [
        ("大河生猪养殖场", "unit", "SCOPE_LARGE", "生猪年出栏 620 头 ≥ 500"),
        ("小河生猪养殖场", "out_of_scope", "SCOPE_SMALL", "生猪年出栏 80 头 < 500"),
        ("中河养鸡场", "unit", "SCOPE_LARGE", "肉鸡年出栏 15000 羽 ≥ 10000"),
        ("无数养猪场", "unit", "SCOPE_SIZE", ""),
        ("乱数养猪场", "unit", "SCOPE_SIZE", ""),
        ("某某宾馆锅炉房", "unit", "SCOPE_LARGE", "锅炉额定出力 2 t/h ≥ 1"),
        ("某某浴室锅炉房", "out_of_scope", "SCOPE_SMALL", "锅炉额定出力 0.5 t/h < 1"),
        ("某某学校锅炉房", "out_of_scope", "SCOPE_ELECTRIC", "锅炉燃料 电"),
    ],
)
def test_sizes_in_a_list_decide_and_are_told(built, name, outcome, code, seen):
    """The number, its unit and the limit stand in the reason of every unit, kept or left out, and of its row."""
    units, out = built
    unit = units[name]
    assert (unit["outcome"], unit["outcome_code"]) == (outcome, code)
    assert seen in unit["outcome_reason"]
    (row,) = (row for row in county.table(out, "ledger") if row["unit_id"] == unit["unit_id"])
    assert row["outcome"] == outcome
    assert outcome == "unit" or (row["code"], row["reason"]) == (code, unit["outcome_reason"])


def test_a_size_that_can_not_be_read_is_set_aside_and_named(built):
    """One value fault; the columns that were read stand in the account of the file, not among the unused ones."""
    import json

    out = built[1]
    faults = [row for row in county.table(out, "value_faults") if row["code"] == "SIZE_UNREADABLE"]
    assert [(row["list"], row["row"], row["field"]) for row in faults] == [("livestock", 6, "measures")]
    inputs = {row["list"]: row for row in json.loads((out / "coverage.json").read_text("utf-8"))["inputs"]}
    assert inputs["livestock"]["measures"] == ["生猪年出栏（头）", "肉鸡出栏（万羽）"]
    assert inputs["boilers"]["measures"] == ["额定出力", "燃料"]
    assert inputs["boilers"]["unknown"] == []
