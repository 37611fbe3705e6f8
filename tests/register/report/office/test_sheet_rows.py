"""Rows made as XML read back as what they were."""

from __future__ import annotations

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from minglu.register.clerical.form_columns import Column
from minglu.register.language.safe_text import plain_text
from minglu.register.report.office.sheet_rows import MOST_CHARACTERS, column_name
from minglu.register.report.office.table_sheets import HEADER_ROWS, Sheet, write_book

COLUMNS = (Column("t", "文字", "text", 9), Column("n", "数", "number", 9), Column("i", "整数", "whole", 9))


def book_of(path, rows):
    schema = pa.schema([("t", pa.string()), ("n", pa.float64()), ("i", pa.int64())])
    write_book(path, "<标题>", [Sheet("一 one", COLUMNS, pa.Table.from_pylist(rows, schema=schema))])
    page = openpyxl.load_workbook(path).active
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=1 + HEADER_ROWS)]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=5))
def test_every_text_reads_back_as_it_is_shown(tmp_path_factory, texts):
    """Marks of XML, spaces, line feeds: whatever the text, but for what can't be seen."""
    rows = [{"t": text, "n": None, "i": 1} for text in texts]
    found = book_of(tmp_path_factory.mktemp("book") / "b.xlsx", rows)
    # A reader of XML gives a carriage return as a line feed.
    wanted = [plain_text(text).replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [(row[0] or "").replace("\r\n", "\n").replace("\r", "\n") for row in found] == wanted


@pytest.mark.parametrize("text", ["0101", "=1+1", "+1", "-1", "@x", "1E5", "TRUE", "http://example.invalid", " a "])
def test_text_that_looks_like_something_else_stays_text(tmp_path, text):
    assert book_of(tmp_path / "b.xlsx", [{"t": text, "n": 1.5, "i": 2}]) == [[text, 1.5, 2]]


def test_text_that_reads_like_a_character_number_is_escaped(tmp_path):
    """Office programs read _x0041_ as A; the standard's escape keeps it (ECMA-376, ST_Xstring); openpyxl shows it raw."""
    assert book_of(tmp_path / "b.xlsx", [{"t": "_x0041_", "n": 0, "i": 0}])[0][0] == "_x005F_x0041_"


def test_numbers_that_are_none_leave_their_cell_empty(tmp_path):
    rows = [
        {"t": "a", "n": float("nan"), "i": None},
        {"t": "b", "n": float("inf"), "i": 0},
        {"t": "c", "n": -0.25, "i": 7},
    ]
    assert book_of(tmp_path / "b.xlsx", rows) == [["a", None, None], ["b", None, 0], ["c", -0.25, 7]]


def test_another_reader_sees_the_same_rows(tmp_path):
    """Calamine, which is stricter about cell references."""
    book_of(tmp_path / "b.xlsx", [{"t": f"名{n}", "n": n / 4, "i": n} for n in range(30_000)])
    rows = CalamineWorkbook.from_path(tmp_path / "b.xlsx").get_sheet_by_index(0).to_python()
    assert len(rows) == 30_000 + HEADER_ROWS
    assert rows[-1] == ["名29999", 29_999 / 4, 29_999]


def test_text_at_the_limit_of_a_cell_is_whole_and_one_longer_is_cut(tmp_path):
    found = book_of(
        tmp_path / "b.xlsx", [{"t": "名" * n, "n": 0, "i": 0} for n in (MOST_CHARACTERS, MOST_CHARACTERS + 1)]
    )
    assert found[0][0] == "名" * MOST_CHARACTERS
    assert found[1][0].endswith("cut］")
    assert len(found[1][0]) == MOST_CHARACTERS


def test_empty_table_is_a_sheet_with_headings(tmp_path):
    assert book_of(tmp_path / "b.xlsx", []) == []


def test_long_table_goes_on_in_a_second_sheet(tmp_path, monkeypatch):
    """Six rows in sheets of five: the last row is on the second page, under the same heading."""
    monkeypatch.setattr("minglu.register.report.office.table_sheets.MOST_ROWS", 6)
    book_of(tmp_path / "b.xlsx", [{"t": str(n), "n": n, "i": n} for n in range(6)])
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames == ["一 one", "一 one 2"]
    assert [cell.value for cell in book["一 one 2"]["A"]] == ["文字", "5"]


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
)
def test_columns_are_named_as_in_a_sheet(index, letters):
    assert column_name(index) == letters
