"""Clearing forms by class: every kept unit on one form, summaries that add up, filled forms back as facts."""

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import RuleError, SourceError
from minglu.register.clerical.clearing_forms.apply_forms import apply_forms
from minglu.register.clerical.clearing_forms.form_columns_by_class import from_boxes, to_boxes
from minglu.register.clerical.clearing_forms.form_rules import load_forms
from minglu.register.clerical.clearing_forms.form_summary import COUNTED, summarise
from minglu.register.clerical.clearing_forms.make_forms import SUMMARY, make_forms
from minglu.register.clerical.hash_chain import Signature
from minglu.register.storage.run_store import read_account, read_table

SIGNED = Signature("王科长", "2028-03-01")


@pytest.fixture(scope="module")
def forms(cleared, tmp_path_factory):
    """The forms of the cleared county, and what was said of them; not to be changed."""
    to = tmp_path_factory.mktemp("forms") / "out"
    return make_forms(cleared / "out", to)


def sheet_of(path):
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    return book, page, {cell.value: cell.column for cell in page[1]}


def fill(path, row, **cells):
    book, page, place = sheet_of(path)
    for heading, value in cells.items():
        page.cell(row, place[heading]).value = value
    book.save(path)


def test_every_kept_unit_is_on_one_form_or_named_as_without(forms, cleared):
    kept = [row for row in read_table(cleared / "out", "units").to_pylist() if row["outcome"] == "unit"]
    listed = []
    for path in forms.files:
        if path.name != SUMMARY:
            _, page, place = sheet_of(path)
            listed += [page.cell(row, place["单位编号"]).value for row in range(3, page.max_row + 1)]
    listed = [unit for unit in listed if unit and unit.startswith("U")]
    assert len(listed) == len(set(listed)) == sum(forms.units.values())
    assert len(kept) == len(listed) + sum(forms.left_out.values())


def test_the_summary_adds_up_to_the_account(forms, cleared):
    lines = summarise(cleared / "out", "township")
    total = lines[-1]
    assert int(total["rows"]) == read_account(cleared / "out")["accounting"]["rows"]
    for name in COUNTED:
        assert int(total[name]) == sum(int(line[name]) for line in lines if line["area"] != "合计")


def test_filled_forms_come_back_as_facts_and_nothing_is_dropped(forms, cleared, tmp_path):
    """A changed size and point are values, what the register has no field for is a remark; forms not back are named."""
    census = cleared / "census.toml"
    path = next(path for path in forms.files if path.name.startswith("工业企业"))
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    fill(copy, 3, 核查结果="更正", 填表人="李四", 运行状态="停产", 涉及矿产名称="锆")
    here = tmp_path / "census.toml"
    here.write_text(census.read_text("utf-8"), "utf-8")
    for other in cleared.iterdir():
        if other.is_file() and other.name not in {census.name, "field.jsonl"}:
            (tmp_path / other.name).write_bytes(other.read_bytes())
    result = apply_forms([copy], here, SIGNED)
    (fact,) = result.chain.facts
    assert (fact.answer, fact.by, dict(fact.values)) == ("corrected", "李四", {"status": "停产"})
    assert "涉及矿产名称：锆" in fact.why
    assert "not back yet" in "\n".join(result.lines("en")) or len(forms.files) == 2


def test_a_change_without_a_result_or_a_name_is_refused_with_all_places(forms, cleared, tmp_path):
    path = next(path for path in forms.files if path.name.startswith("工业企业"))
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    fill(copy, 3, 运行状态="停产")
    fill(copy, 4, 核查结果="确认")
    with pytest.raises(SourceError) as caught:
        apply_forms([copy], cleared / "census.toml", SIGNED)
    assert "choose a result" in caught.value.en
    assert "who filled it in" in caught.value.en


@given(st.integers(0, 180 * 360_000))
def test_boxes_state_the_point_to_a_hundredth_of_a_second(hundredths):
    degrees = hundredths / 360_000
    assert abs(from_boxes(to_boxes(degrees)) - degrees) <= 0.005 / 3600 + 1e-7


def test_a_province_replaces_a_form_in_a_small_file(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[words.status]\nvalues = ["在产", "停产"]\nsource = "own"\nsince = "2028"\n', "utf-8")
    assert load_forms(own).words["status"].values == ("在产", "停产")
    assert load_forms(own).forms == load_forms().forms
    own.write_text("[form.industry]\n", "utf-8")
    with pytest.raises(RuleError, match="form"):
        load_forms(own)


def test_every_row_of_the_forms_has_a_source():
    for form in load_forms().forms.values():
        assert form.source
        assert all(column.source and column.since for column in form.columns)
