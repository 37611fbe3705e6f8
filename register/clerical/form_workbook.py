"""Forms that people fill in: locked columns, open ones with drop-downs, blank lines; written, and read back.

A form is one sheet of a workbook.  What is asked and what answers mean is defined by who makes
it; the hidden keys are those of `returned`.  Everything but the open cells is locked, without a
password: that guards against slips, and locked cells are compared when the form comes back.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import xlsxwriter

from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.returned_workbook import (
    HIDDEN,
    Cells,
    find_formulas,
    find_other_sheets,
    read_cells,
    write_hidden,
)
from minglu.register.clerical.sheet_problems import Place, Problems, cell_place, column_letter, refuse, refuse_at
from minglu.register.language.safe_text import plain_text

NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
A4 = 9  # the format's number for the paper
HEADER_ROWS = 2
"""Chinese headings, English ones; the first row to fill in is the one after them."""
CHARACTERS_MAX = 500
"""Of one cell, shown and read back."""
LINE_POINTS = 30
"""Height of a line: room for handwriting."""
REPEATED_COLUMNS = 4
"""Of a form that is wider than a page: so many stand on every page."""
NUMBER = "no"
"""The column that identifies the rows of a form."""


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
    optional: tuple[str, ...] = ()
    """Headings of columns that are written for information, and not compared when the form comes back."""
    across: int = 1
    """Pages of A4 beside each other when it is printed, the first columns on each."""


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
    wrong: frozenset[str] = frozenset()
    """Fields whose cell was refused already."""

    @property
    def number(self) -> str:
        """Return the number of the row as written; empty on a line that was added."""
        return self.texts[NUMBER]

    def where(self, field: str) -> Place:
        """Return where a cell stands."""
        en, zh = cell_place(self.row, self.places[field], self.headings[field])
        return Place(f"{self.path.name} [{self.sheet}] {en}", f"{self.path.name} [{self.sheet}] {zh}")

    def refuse(self, field: str, en: str, zh: str) -> NoReturn:
        """Refuse the workbook for what stands in a cell."""
        refuse_at(self.where(field), en, zh)


@contextmanager
def open_book(path: Path, title: str) -> Iterator[Any]:
    """Yield a workbook to be written at `path`: no cell takes effect, the same content gives the same bytes.

    It is put together in memory and written in one go: no parts with units lie about after a crash or on a full disk.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "in_memory": True,
    }
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": plain_text(title), "created": NO_CLOCK})
        yield book
    path.write_bytes(content.getvalue())


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
            message = f"请选择：{'、'.join(column.choices)}。 Choose one of them."
            asked = {"validate": "list", "source": list(column.choices)}
            titled = {"error_title": f"{column.zh} {column.en}"[:32], "error_message": message[:255]}
            page.data_validation(HEADER_ROWS, place, HEADER_ROWS - 1 + lines, place, asked | titled)


def lock_page(page: Any, *, frozen: int, sort: bool = False) -> None:
    """Freeze headings and the first columns, lock what is not open (without a password), print on A4, lying."""
    page.freeze_panes(HEADER_ROWS, frozen)
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(0, HEADER_ROWS - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True, "sort": sort})


def read_form(path: Path, form: Form, problems: Problems | None = None, *, command: str) -> list[Line]:
    """Read a form that came back and compare it with `form` as written; what is wrong goes into `problems`.

    Without `problems` that is raised.  Raises SourceError where `path` can't be read, CellError where it has no such
    sheet.
    """
    if problems is None:
        alone = Problems()
        lines = read_form(path, form, alone, command=command)
        alone.raise_errors()
        return lines
    cells = read_cells(path, form.title, command=command)
    formulas = find_formulas(path, form.title)
    lines = []
    for line in check_form(path, form, cells, problems):
        wrong = [field for field, place in line.places.items() if (line.row, place) in formulas]
        for field in wrong:
            with problems.collect():
                line.refuse(
                    field,
                    "found a formula; expected the answer itself. Write what it shows",
                    "得到公式；应直接填写内容。请改填其显示的内容",
                )
        lines.append(line._replace(wrong=line.wrong | frozenset(wrong)))
    return lines


def note_other_sheets(path: Path, forms: Sequence[str], problems: Problems) -> None:
    """Name sheets of a returned workbook that are none of its forms, and in which something stands."""
    for name in find_other_sheets(path, {HIDDEN, *forms}):
        problems.note(
            f"not taken: {path.name} [{name}]: no sheet of this form; what stands in it is not read",
            f"未采用：{path.name} [{name}]：不是原有工作表，其中内容未读取",
        )


def check_form(path: Path, form: Form, cells: Cells, problems: Problems | None = None) -> list[Line]:
    """Compare the cells of a form that came back as `path` with `form` as written.

    Rows may be sorted and columns moved, further columns added (these are noted).  Into `problems` goes, with sheet,
    row and column, a row that is missing or stands twice, a locked cell that was changed, and an answer that
    is none of the choices; without `problems` these are raised.  Raises CellError for a heading that is missing or
    stands twice.
    """
    if problems is None:
        alone = Problems()
        lines = check_form(path, form, cells, alone)
        alone.raise_errors()
        return lines
    places = _places(path, form, cells)
    expected = {row[NUMBER]: row for row in (*form.rows, *form.spare)}
    lines = [line for found in _lines(path, form, cells, places) if (line := _check(form, found, expected, problems))]
    missing = [row[NUMBER] for row in form.rows if row[NUMBER] in expected]  # what no line took
    if missing:
        with problems.collect():
            refuse(
                path,
                form.title,
                (f"no. {missing[0]}", f"序号 {missing[0]}"),
                f"{len(missing)} rows are missing; expected every row as written. Leave the answer empty instead",
                f"缺少 {len(missing)} 行；应保留每一行。未填的请留空",
            )
    _note_columns(path, form, cells, places, problems)
    return lines


def _note_columns(path: Path, form: Form, cells: Cells, places: Mapping[str, int], problems: Problems) -> None:
    """Name columns beside those of the form in which something stands."""
    heads = [text.strip() for text in cells.get(1, [])]
    known = {*places.values(), *(place for place, head in enumerate(heads) if head in form.optional)}
    found: dict[int, list[int]] = {}
    for row, texts in sorted(cells.items()):
        for place, text in enumerate(texts):
            if row > HEADER_ROWS and place not in known and text.strip():
                found.setdefault(place, []).append(row)
    for place, rows in sorted(found.items()):
        head = heads[place][:20] if place < len(heads) else ""
        where = f"{path.name} [{form.title}]"
        problems.note(
            f"not taken: {where} column {column_letter(place)} ({head}), {len(rows)} cells from row {rows[0]}: "
            "no column of this form",
            f"未采用：{where} {column_letter(place)} 列（{head}）自第 {rows[0]} 行起 {len(rows)} 格：不是原有的列",
        )


def _lines(path: Path, form: Form, cells: Cells, places: Mapping[str, int]) -> Iterator[Line]:
    headings = {column.field: column.zh for column in form.columns}
    for row, texts in sorted(cells.items()):
        if row > HEADER_ROWS:
            found = {field: _tidy(texts[place]) if place < len(texts) else "" for field, place in places.items()}
            if any(found.values()):
                yield Line(path, form.title, row, places, headings, found)


def _tidy(text: str) -> str:
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(plain for line in lines if (plain := " ".join(line.split())))[:CHARACTERS_MAX]


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


def _check(form: Form, line: Line, expected: dict[str, Mapping[str, str]], problems: Problems) -> Line | None:
    """Compare one line with its row as written, which it takes out of `expected`; None where it is no row of the form.

    Answers must be among the choices.
    """
    before = problems.found
    with problems.collect():
        _require_number(form, line, expected)
    if problems.found > before:
        return None
    written = expected.pop(line.number, {}) if line.number else {}
    wrong = set()
    for column in form.columns:
        before = problems.found
        with problems.collect():
            _check_cell(line, column, written, spare=any(written is row for row in form.spare))
        if problems.found > before:
            wrong.add(column.field)
    return line._replace(wrong=frozenset(wrong))


def _require_number(form: Form, line: Line, expected: Mapping[str, Mapping[str, str]]) -> None:
    if not line.number and not form.more:
        line.refuse(
            NUMBER,
            "found a line without a number; expected the rows as written and no others. Remarks have a column, "
            "further units the blank numbered lines",
            "该行没有序号；应只保留原有各行。说明请写在备注或理由栏，新增单位请填在带序号的空行",
        )
    if line.number and line.number not in expected:
        _changed(line, NUMBER)


def _check_cell(line: Line, column: Column, written: Mapping[str, str], *, spare: bool) -> None:
    text = line.texts[column.field]
    known = column.field in written
    if not column.open and known and text != _tidy(_shown(written[column.field])):
        _changed(line, column.field)
    if not column.open and spare and not known and text:
        line.refuse(
            column.field,
            f"found {text[:40]!r}: this column of a blank line is not read. Write it in the columns to fill in",
            f"得到 {text[:40]!r}：空行的此列不读取。请改填在可填写的列中",
        )
    if column.open and column.choices and text and text not in column.choices:
        line.refuse(
            column.field,
            f"found {text[:40]!r}; expected one of {'、'.join(column.choices)}, or nothing",
            f"得到 {text[:40]!r}；应为 {'、'.join(column.choices)} 之一，或留空",
        )


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
    page.fit_to_pages(form.across, 0)
    if form.across > 1:
        page.repeat_columns(0, REPEATED_COLUMNS - 1)
    page.set_footer(f"&L{title.replace('&', '&&')}&C{form.title}&R&P / &N")


def _shown(text: str) -> str:
    return plain_text(text)[:CHARACTERS_MAX]
