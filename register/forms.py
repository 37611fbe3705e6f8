"""Forms that people fill in: locked columns, open ones with drop-downs, blank lines; written, and read back.

A form is one sheet of a workbook.  What is asked and what answers mean is said by who makes
it; the hidden keys are those of `returned`.  Everything but the open cells is locked, without a
password: that guards against slips, and locked cells are compared when the form comes back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from minglu.register.report.texts import plain_text
from minglu.register.returned import Cells, cell_place, read_cells, refuse, write_hidden

NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
A4 = 9  # the format's number for the paper
HEADER_ROWS = 2
"""Chinese headings, English ones; the first row to fill in is the one after them."""
MOST_LETTERS = 500
LINE_POINTS = 30
"""Height of a line: room for handwriting."""
NUMBER = "no"
"""The column that tells the rows of a form apart."""


class Field(NamedTuple):
    """One column of a form."""

    name: str
    zh: str
    en: str
    width: int
    open: bool = False
    """People write here."""
    choices: tuple[str, ...] = ()
    """What may be chosen, where it is not free text."""


class Form(NamedTuple):
    """One sheet to fill in; its first column is the number of the row."""

    title: str
    fields: tuple[Field, ...]
    rows: Sequence[Mapping[str, str]]
    blanks: int = 0
    """Lines under the rows, for what is not known yet."""


class Line(NamedTuple):
    """One line of a form that came back."""

    row: int
    """The sheet row, from 1."""
    number: str
    """The number of the row as written; empty on a blank line that was filled in."""
    texts: Mapping[str, str]
    """Field -> text, of every column; blanks around it and inside runs of blanks are gone."""


def write_forms(path: Path, title: str, forms: Sequence[Form], hidden: Sequence[str]) -> None:
    """Write a workbook of forms at `path`; the same content gives the same bytes."""
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": plain_text(title), "created": NO_CLOCK})
        formats = _formats(book)
        for form in forms:
            _write_form(book.add_worksheet(form.title), form, formats, plain_text(title))
        write_hidden(book, hidden)


def read_form(path: Path, form: Form, *, command: str) -> list[Line]:
    """Read a form that came back and compare it with `form` as written.

    Rows may be sorted and columns moved.  Raises SourceError, naming sheet, row and column,
    for a heading or a row that is missing or stands twice, a locked cell that was
    changed, and an answer that is none of the choices.
    """
    cells = read_cells(path, form.title, command=command)
    places = _places(path, form, cells)
    expected = {row[NUMBER]: row for row in form.rows}
    lines = [_check(path, form, line, places, expected) for line in _lines(cells, places)]
    if expected:  # what no line took
        first = min(expected, key=lambda number: (len(number), number))
        refuse(
            path,
            form.title,
            (f"no. {first}", f"序号 {first}"),
            f"{len(expected)} rows are missing; expected every row as written. Leave the answer empty instead",
            f"缺少 {len(expected)} 行；应保留每一行。未填的请留空",
        )
    return lines


def _lines(cells: Cells, places: Mapping[str, int]) -> Iterator[Line]:
    for row, texts in sorted(cells.items()):
        if row > HEADER_ROWS:
            found = {name: _tidy(texts[place]) if place < len(texts) else "" for name, place in places.items()}
            if any(found.values()):
                yield Line(row, found[NUMBER], found)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:MOST_LETTERS]


def _places(path: Path, form: Form, cells: Cells) -> Mapping[str, int]:
    """Find the columns by their Chinese headings."""
    heads = [text.strip() for text in cells.get(1, [])]
    for field in form.fields:
        if heads.count(field.zh) != 1:
            refuse(
                path,
                form.title,
                ("row 1", "第 1 行"),
                f"the heading {field.zh} was found {heads.count(field.zh)} times; expected once",
                f"标题“{field.zh}”出现 {heads.count(field.zh)} 次；应为一次",
            )
    return {field.name: heads.index(field.zh) for field in form.fields}


def _check(
    path: Path, form: Form, line: Line, places: Mapping[str, int], expected: dict[str, Mapping[str, str]]
) -> Line:
    """Compare one line with its row as written, which it takes out of `expected`; answers must be among the choices."""
    written = expected.pop(line.number, {}) if line.number else {}
    if line.number and not written:
        _changed(path, form, line, places, form.fields[0])
    for field in form.fields:
        text = line.texts[field.name]
        if not field.open and line.number and text != _tidy(_shown(written.get(field.name, ""))):
            _changed(path, form, line, places, field)
        if field.open and field.choices and text and text not in field.choices:
            refuse(
                path,
                form.title,
                cell_place(line.row, places[field.name], field.zh),
                f"found {text[:40]!r}; expected one of {'、'.join(field.choices)}, or nothing",
                f"得到 {text[:40]!r}；应为 {'、'.join(field.choices)} 之一，或留空",
            )
    return line


def _changed(path: Path, form: Form, line: Line, places: Mapping[str, int], field: Field) -> None:
    found = line.texts[field.name][:40]
    refuse(
        path,
        form.title,
        cell_place(line.row, places[field.name], field.zh),
        f"found {found!r}; expected it as written and once: this column must not be changed. Take the sheet as written",
        f"得到 {found!r}；应与原表一致且只出现一次：此列不得改动。请恢复原表",
    )


def _formats(book: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    return {
        "head": book.add_format({"bold": True, "bg_color": "#DDE6ED", **wrapped}),
        "under": book.add_format({"italic": True, "font_color": "#555555", "bottom": 1, **wrapped}),
        "text": book.add_format({"num_format": "@", **wrapped}),
        "open": book.add_format({"num_format": "@", "locked": False, "bg_color": "#FFF8DC", "border": 4, **wrapped}),
    }


def _write_form(page: Any, form: Form, formats: Mapping[str, Any], title: str) -> None:
    page.set_default_row(LINE_POINTS)
    for place, field in enumerate(form.fields):
        page.set_column(place, place, field.width)
        page.write_string(0, place, field.zh, formats["head"])
        page.write_string(1, place, field.en, formats["under"])
    last = HEADER_ROWS - 1 + len(form.rows) + form.blanks
    for place, field in enumerate(form.fields):
        if field.choices and last >= HEADER_ROWS:
            told = {"error_title": f"{field.zh} {field.en}", "error_message": "请从列表中选择。 Choose from the list."}
            page.data_validation(
                HEADER_ROWS, place, last, place, {"validate": "list", "source": list(field.choices), **told}
            )
    for line in range(HEADER_ROWS, last + 1):
        known = form.rows[line - HEADER_ROWS] if line - HEADER_ROWS < len(form.rows) else None
        for place, field in enumerate(form.fields):
            if text := _shown(known.get(field.name, "")) if known else "":
                page.write_string(line, place, text, formats["open" if field.open else "text"])
            elif field.open:
                page.write_blank(line, place, None, formats["open"])
    _set_page(page, form, title)


def _set_page(page: Any, form: Form, title: str) -> None:
    """Freeze the headings, lock what is not open, and print it on A4, lying."""
    page.freeze_panes(HEADER_ROWS, 1)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, HEADER_ROWS - 1)
    page.set_footer(f"&L{title.replace('&', '&&')}&C{form.title}&R&P / &N")
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True, "sort": True})


def _shown(text: str) -> str:
    return plain_text(text)[:MOST_LETTERS]
