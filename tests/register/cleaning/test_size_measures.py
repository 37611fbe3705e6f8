"""What lists say of size and permit class: read with its unit, never guessed, joined over a unit's rows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.cleaning.size_measures import join_statements, load, read_cell, read_cells, read_statements
from minglu.register.rules import load_pack
from minglu.register.sources.headings import Aliases

PACK = load_pack("pollution-2", None)
MEASURES = PACK.scope.measures
BLANK = frozenset(PACK.text.blank_words)


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("生猪年出栏", "pigs"),
        ("生猪 年出栏量（头）", "pigs|头"),
        ("肉鸡出栏(万羽)", "broilers|万羽"),
        ("额定热功率（MW）", "boiler_output|MW"),
        ("锅炉额定出力(t/h)", "boiler_output|t/h"),
        ("排污许可管理类别", "permit_class"),
        ("肉鸡出栏（筐）", ""),
        ("生猪年出栏（2016年）", ""),
        ("单位名称", ""),
    ],
)
def test_a_heading_tells_measure_and_unit(heading, measure):
    """Brackets hold a unit that the rules know; with anything else the column decides nothing."""
    assert Aliases(PACK.headers).measure((heading,)) == measure


@pytest.mark.parametrize(
    ("measure", "unit", "cell", "stated"),
    [
        ("pigs", "", "620", 620.0),
        ("pigs", "", "１，２５０ 头", 1250.0),
        ("pigs", "万头", "0.3", 3000.0),
        ("broilers", "", "1.2万羽", 12000.0),
        ("boiler_output", "", "0.7MW", 1.0),
        ("boiler_output", "MW", "2t/h", 2.0),
        ("boiler_output", "", "4蒸吨", 4.0),
        ("pigs", "", "0", None),
        ("pigs", "", "", None),
        ("permit_class", "", "简化管理", "simplified"),
        ("fuel", "", "生物质成型燃料", "biomass"),
    ],
)
def test_a_cell_is_read_in_its_unit(measure, unit, cell, stated):
    """The unit in the cell goes before the heading's; full width and thousands are as good; a zero states nothing."""
    found = read_cell(cell, MEASURES[measure], unit)
    assert found == (pytest.approx(stated) if isinstance(stated, float) else stated)


@pytest.mark.parametrize("cell", ["约500", "500-800", "-5", "500筐", "1,2", "1e3", "五百"])
def test_what_can_not_be_read_decides_nothing(cell):
    """It is set aside with the measure's name, not with the cell's text; what stands beside it counts."""
    stated, fault = read_cells(json.dumps({"pigs": cell, "layers": "300"}), MEASURES, BLANK)
    assert load(stated) == {"layers": 300.0}
    assert fault is not None
    assert fault.code.name == "SIZE_UNREADABLE"
    assert "生猪年出栏" in fault.zh
    assert cell not in fault.reason


def test_what_a_person_writes_is_read_by_its_headings():
    """Any heading of a measure begins its part; a part that names none, or has no number, is refused whole."""
    told = read_statements("生猪 1,620头；肉鸡出栏：1.2万羽，管理类别 简化管理", MEASURES)
    assert json.loads(told) == {"pigs": "1,620头", "broilers": "1.2万羽", "permit_class": "简化管理"}
    assert load(read_cells(told, MEASURES, BLANK)[0]) == {"pigs": 1620, "broilers": 12000, "permit_class": "simplified"}
    for wrong in ("620", "生猪", "生猪 很多", "生猪 5；生猪 6", "骆驼 3"):
        with pytest.raises(ValueError, match=r"\S"):
            read_statements(wrong, MEASURES)


def test_words_for_nothing_state_nothing():
    """无, 不详 and dashes are no faults."""
    assert read_cells('{"pigs": "不详", "fuel": "—"}', MEASURES, BLANK) == ("", None)
    assert read_cells("", MEASURES, BLANK) == ("", None)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.floats(1, 9), max_size=3), max_size=4))
def test_joining_fills_in_and_never_overrules(rows):
    """Each measure has the value of the first row that states it."""
    joined = load(join_statements(json.dumps(row) if row else "" for row in rows))
    assert set(joined) == {key for row in rows for key in row}
    for key, value in joined.items():
        assert value == next(row[key] for row in rows if key in row)
