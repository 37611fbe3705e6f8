"""What the workbooks and the summary of a run promise: every unit once, in words, without formula or link."""

from __future__ import annotations

import json
import zipfile

import openpyxl
import pyarrow as pa
import pytest
from docx import Document
from docx.shared import Mm

from minglu.errors import UsageError
from minglu.register.report import render_workbook
from minglu.register.report.office.official_paper import TEXT_WIDTH_MM
from minglu.register.report.office.sheet_rows import CUT, MOST_CHARACTERS
from minglu.register.report.office.sheet_words import worded
from minglu.register.schemas import STATUSES

LISTS = ("business", "permit", "tax")
FORMS = ("register.gpkg", "register.xlsx", "review.xlsx", "report.docx", "report.html")


@pytest.fixture(scope="module")
def coverage(invented):
    return json.loads((invented / "coverage.json").read_text("utf-8"))


def cells(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


@pytest.mark.parametrize("name", ["register.xlsx", "review.xlsx"])
def test_workbooks_hold_no_formula_and_no_link(invented, name):
    """Texts from data stay texts, however they begin."""
    for rows in cells(invented / name).values():
        for row in rows:
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    with zipfile.ZipFile(invented / name) as archive:
        assert not [part for part in archive.namelist() if "externalLink" in part or "vba" in part.lower()]


def test_workbook_shows_hostile_names_as_they_are_but_for_what_can_not_be_seen(invented):
    """Formula marks stay, control characters and marks of direction go, long texts are cut with a mark."""
    found = cells(invented / "register.xlsx")
    rows = [*found["名录"], *found["未纳入的单位"][1:]]
    heads = [cell.value for cell in rows[0]]
    names = [row[heads.index("单位名称")].value for row in rows[1:]]
    assert '=HYPERLINK("http://example.invalid","x")' in names
    assert "东方厂第二行" in names
    assert "控制[31m" in names
    assert any(name.endswith(CUT) and len(name) == MOST_CHARACTERS for name in names)


def test_workbook_has_a_row_for_every_unit_under_one_chinese_heading(invented, coverage):
    """Kept units by district, the others on their own sheet, values in words; frozen, filtered."""
    book = openpyxl.load_workbook(invented / "register.xlsx")
    page, others = book["名录"], book["未纳入的单位"]
    assert page.max_row - 1 == coverage["accounting"]["units"]["unit"]
    assert page.max_row + others.max_row - 2 == sum(coverage["accounting"]["units"].values())
    assert page.freeze_panes
    assert page.auto_filter.ref
    heads = [cell.value for cell in page[1]]
    assert heads[0] == "单位代码"
    rows = [dict(zip(heads, row, strict=True)) for row in page.iter_rows(min_row=2, values_only=True)]
    districts = [row["普查小区代码"] for row in rows if row["普查小区代码"]]
    assert districts == sorted(districts)
    assert {row["处理结果"] for row in rows} == {"纳入普查单位"}
    assert {row["运行状态"] for row in rows} == {STATUSES["active"][0]}
    assert {row["定位方式"] for row in rows} <= {"坐标在小区内", "未定位"}
    assert not any("+" in row["所在名单"] for row in rows)


def test_workbook_in_english_is_written_outside_of_the_run(invented, tmp_path):
    """English titles, headings and words on request; not into the run folder itself."""
    render_workbook(invented, tmp_path / "en.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert book.sheetnames[:2] == ["units", "others"]
    heads = [cell.value for cell in book["units"][1]]
    assert heads[0] == "unit code"
    assert book["units"].cell(2, heads.index("outcome") + 1).value == "kept as a unit"
    with pytest.raises(UsageError):
        render_workbook(invented, invented / "en.xlsx", "en")


def test_former_names_move_out_of_the_name():
    """Lists write them into the name; the workbook has a column for them."""
    rows = pa.table({"name": ["新厂(曾用名:旧厂)分公司", "甲厂"], "former_names": ["", "乙厂"]})
    (piece,) = worded(rows, codes={}, language="zh").pieces()
    assert piece.to_pylist() == [
        {"name": "新厂分公司", "former_names": "旧厂"},
        {"name": "甲厂", "former_names": "乙厂"},
    ]


def test_review_shows_both_sides_and_why(invented):
    """A clerk sees two entries in one row, what speaks for them, and may choose a judgement."""
    rows = cells(invented / "review.xlsx")["复核 review"]
    heads = [cell.value for cell in rows[0]]
    assert len(rows) - 2 == 7
    assert rows[2][heads.index("支持")].value == "名称相同"
    assert rows[2][heads.index("单位名称（甲）")].value
    validations = openpyxl.load_workbook(invented / "review.xlsx")["复核 review"].data_validations.dataValidation
    assert "同一单位" in validations[0].formula1


def test_summary_reconciles_and_names_fonts_for_chinese(invented, coverage):
    """The table of lists ends with the total; East Asian fonts are set for Word and WPS."""
    document = Document(invented / "report.docx")
    table = next(table for table in document.tables if table.cell(0, 1).text == "读入行数")
    total = [cell.text for cell in table.rows[-1].cells]
    assert total[0] == "合计"
    assert int(total[1].replace(",", "")) == coverage["accounting"]["rows"]
    xml = document.element.xml
    assert 'w:eastAsia="仿宋"' in xml
    assert "青禾第" not in xml


def test_summary_numbers_its_tables_and_leaves_none_out(invented):
    """Numbers run from 1 without a gap, each table fits the width of the text, and the last sections have theirs."""
    document = Document(invented / "report.docx")
    captions = [text.text for text in document.paragraphs if text.text.startswith("表")]
    assert [text.split()[0] for text in captions] == [f"表{n + 1}" for n in range(len(document.tables))]
    told = "".join(captions)
    assert all(name in told for name in ("重复行", "所在名单", "乡级汇总", "对数线性模型", "前提与局限", "输入文件"))
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= Mm(TEXT_WIDTH_MM)


def test_summary_says_the_verdict_in_chinese(invented, coverage):
    """The three statements stand at the top, word for word."""
    texts = [paragraph.text for paragraph in Document(invented / "report.docx").paragraphs]
    assert all(line["zh"] in texts for line in coverage["verdict"].values())


def test_findings_stand_district_by_district_in_the_workbook(invented, coverage):
    """A clerk of one township finds what to do there; sums agree with the findings of the whole."""
    lines = cells(invented / "register.xlsx")["小区问题"]
    heads, *rows = [[cell.value for cell in line] for line in lines]
    assert heads == ["普查小区代码", "普查小区名称", "数量", "说明", "代码"]
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    assert found
    assert [row["普查小区代码"] for row in found] == sorted(row["普查小区代码"] for row in found)
    whole = {finding["code"]: finding["count"] for finding in coverage["findings"]}
    empty = [row for row in found if row["代码"] == "DISTRICTS_EMPTY"]
    assert len(empty) == whole.get("DISTRICTS_EMPTY", 0)
    assert all(row["数量"] > 0 and row["说明"] for row in found)
