"""Forms that people fill in: locked columns, open ones with drop-downs, blank lines; written, and read back.

A form is one sheet of a workbook.  What is asked and what answers mean is said by who makes
it; the hidden keys are those of `returned`.  Everything but the open cells is locked, without a
password: that guards against slips, and locked cells are compared when the form comes back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import xlsxwriter

from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.returned_workbook import (
    Cells,
    Place,
    cell_place,
    find_formulas,
    read_cells,
    refuse,
    refuse_at,
    write_hidden,
)
from minglu.register.language.safe_text import plain_text

NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
A4 = 9  # the format's number for the paper
HEADER_ROWS = 2
"""Chinese headings, English ones; the first row to fill in is the one after them."""
MOST_LETTERS = 500
"""Of one cell, shown and read back."""
LINE_POINTS = 30
"""Height of a line: room for handwriting."""
NUMBER = "no"
"""The column that tells the rows of a form apart."""


class Form(NamedTuple):
    """One sheet to fill in; one of its columns is the number of the row."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, str]]
    """What stands in the locked cells of each row; when it comes back, a cell that is left out here is not compared."""
    spare: Sequence[Mapping[str, str]] = ()
    """Numbered blank rows under them, which need not come back."""
    more: bool = False
    """People may add rows without a number."""


class Line(NamedTuple):
    """One line of a form that came back."""

    path: Path
    sheet: str
    row: int
    """The sheet row, from 1."""
    places: Mapping[str, int]
    """Field -> column as it came back, from 0."""
    headings: Mapping[str, str]
    texts: Mapping[str, str]
    """Field -> text, of every column; blanks around its lines and inside runs of blanks are gone."""

    @property
    def number(self) -> str:
        """Return the number of the row as written; empty on a line that was added."""
        return self.texts[NUMBER]

    def where(self, field: str) -> Place:
        """Say where a cell stands."""
        en, zh = cell_place(self.row, self.places[field], self.headings[field])
        return Place(f"{self.path.name} [{self.sheet}] {en}", f"{self.path.name} [{self.sheet}] {zh}")

    def refuse(self, field: str, en: str, zh: str) -> NoReturn:
        """Refuse the workbook for what stands in a cell."""
        refuse_at(self.where(field), en, zh)


@contextmanager
def open_book(path: Path, title: str) -> Iterator[Any]:
    """Yield a workbook to be written at `path`: no cell takes effect, the same content gives the same bytes."""
    # Parts wait in files beside their place: units must not lie in a common temp folder after a crash.
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": plain_text(title), "created": NO_CLOCK})
        yield book


def write_forms(path: Path, title: str, forms: Sequence[Form], hidden: Sequence[str]) -> None:
    """Write a workbook of forms at `path`; the same content gives the same bytes."""
    with open_book(path, title) as book:
        formats = make_formats(book)
        for form in forms:
            _write_form(book.add_worksheet(form.title), form, formats, plain_text(title))
        write_hidden(book, hidden)


def make_formats(book: Any, **more: object) -> dict[str, Any]:
    """Return the formats of headings, of locked and of open cells; `more` goes for the cells of both kinds."""
    wrapped = {"text_wrap": True, "valign": "top"}
    text = {"num_format": "@", **wrapped, **more}
    return {
        "head": book.add_format({"bold": True, "bg_color": "#DDE6ED", **wrapped}),
        "under": book.add_format({"italic": True, "font_color": "#555555", "bottom": 1, **wrapped}),
        "text": book.add_format(text),
        "open": book.add_format({**text, "locked": False, "bg_color": "#FFF8DC", "border": 4}),
    }


def write_headings(page: Any, columns: Sequence[Column], lines: int, formats: Mapping[str, Any]) -> None:
    """Write widths, headings in both languages and drop-downs of a sheet with so many lines under its headings."""
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.zh, formats["head"])
        page.write_string(1, place, column.en, formats["under"])
        if column.choices and lines:
            told = f"请选择：{'、'.join(column.choices)}。 Choose one of them."
            asked = {"validate": "list", "source": list(column.choices)}
            titled = {"error_title": f"{column.zh} {column.en}"[:32], "error_message": told[:255]}
            page.data_validation(HEADER_ROWS, place, HEADER_ROWS - 1 + lines, place, asked | titled)


def lock_page(page: Any, *, frozen: int, sort: bool = False) -> None:
    """Freeze headings and the first columns, lock what is not open (without a password), print on A4, lying."""
    page.freeze_panes(HEADER_ROWS, frozen)
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(0, HEADER_ROWS - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True, "sort": sort})


def read_form(path: Path, form: Form, *, command: str) -> list[Line]:
    """Read a form that came back and compare it with `form` as written.

    Raises SourceError as `check_form`, and where `path` can't be read or has no such sheet.
    """
    lines = check_form(path, form, read_cells(path, form.title, command=command))
    formulas = find_formulas(path, form.title)
    for line in lines if formulas else ():
        for field, place in line.places.items():
            if (line.row, place) in formulas:
                line.refuse(
                    field,
                    "found a formula; expected the answer itself. Write what it shows",
                    "得到公式；应直接填写内容。请改填其显示的内容",
                )
    return lines


def check_form(path: Path, form: Form, cells: Cells) -> list[Line]:
    """Compare the cells of a form that came back as `path` with `form` as written.

    Rows may be sorted and columns moved, further columns added.  Raises SourceError, naming sheet, row and column,
    for a heading or a row that is missing or stands twice, a locked cell that was
    changed, and an answer that is none of the choices.
    """
    places = _places(path, form, cells)
    expected = {row[NUMBER]: row for row in (*form.rows, *form.spare)}
    lines = [_check(form, line, expected) for line in _lines(path, form, cells, places)]
    missing = [row[NUMBER] for row in form.rows if row[NUMBER] in expected]  # what no line took
    if missing:
        refuse(
            path,
            form.title,
            (f"no. {missing[0]}", f"序号 {missing[0]}"),
            f"{len(missing)} rows are missing; expected every row as written. Leave the answer empty instead",
            f"缺少 {len(missing)} 行；应保留每一行。未填的请留空",
        )
    return lines


def _lines(path: Path, form: Form, cells: Cells, places: Mapping[str, int]) -> Iterator[Line]:
    headings = {column.field: column.zh for column in form.columns}
    for row, texts in sorted(cells.items()):
        if row > HEADER_ROWS:
            found = {field: _tidy(texts[place]) if place < len(texts) else "" for field, place in places.items()}
            if any(found.values()):
                yield Line(path, form.title, row, places, headings, found)


def _tidy(text: str) -> str:
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(plain for line in lines if (plain := " ".join(line.split())))[:MOST_LETTERS]


def _places(path: Path, form: Form, cells: Cells) -> Mapping[str, int]:
    """Find the columns by their Chinese headings."""
    heads = [text.strip() for text in cells.get(1, [])]
    for column in form.columns:
        if heads.count(column.zh) != 1:
            refuse(
                path,
                form.title,
                ("row 1", "第 1 行"),
                f"the heading {column.zh} was found {heads.count(column.zh)} times; expected once",
                f"标题“{column.zh}”出现 {heads.count(column.zh)} 次；应为一次",
            )
    return {column.field: heads.index(column.zh) for column in form.columns}


def _check(form: Form, line: Line, expected: dict[str, Mapping[str, str]]) -> Line:
    """Compare one line with its row as written, which it takes out of `expected`; answers must be among the choices."""
    written = expected.pop(line.number, {}) if line.number else {}
    if not line.number and not form.more:
        line.refuse(
            NUMBER,
            "found a line without a number; expected the rows as written and no others. Remarks have a column",
            "该行没有序号；应只保留原有各行。说明请写在备注或理由栏",
        )
    if line.number and not written:
        _changed(line, NUMBER)
    for column in form.columns:
        text = line.texts[column.field]
        if not column.open and column.field in written and text != _tidy(_shown(written[column.field])):
            _changed(line, column.field)
        if column.open and column.choices and text and text not in column.choices:
            line.refuse(
                column.field,
                f"found {text[:40]!r}; expected one of {'、'.join(column.choices)}, or nothing",
                f"得到 {text[:40]!r}；应为 {'、'.join(column.choices)} 之一，或留空",
            )
    return line


def _changed(line: Line, field: str) -> NoReturn:
    found = line.texts[field][:40]
    line.refuse(
        field,
        f"found {found!r}; expected it as written and once: this column must not be changed. Take the sheet as written",
        f"得到 {found!r}；应与原表一致且只出现一次：此列不得改动。请恢复原表",
    )


def _write_form(page: Any, form: Form, formats: Mapping[str, Any], title: str) -> None:
    page.set_default_row(LINE_POINTS)
    write_headings(page, form.columns, len(form.rows), formats)
    for line, row in enumerate(form.rows, HEADER_ROWS):
        for place, column in enumerate(form.columns):
            if text := _shown(row.get(column.field, "")):
                page.write_string(line, place, text, formats["open" if column.open else "text"])
            elif column.open:
                page.write_blank(line, place, None, formats["open"])
    lock_page(page, frozen=1, sort=True)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{title.replace('&', '&&')}&C{form.title}&R&P / &N")


def _shown(text: str) -> str:
    return plain_text(text)[:MOST_LETTERS]
