"""Tables as sheets of a workbook: texts stay texts, long tables go on in further sheets.  No choice of tables here.

A cell never becomes a formula, a link or a number by its text; ids keep their zeros.
The same content gives the same bytes.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from minglu.register.report.texts import plain_table

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
HEADER_ROWS = 2
A4 = 9  # the format's number for the paper
CUT = "…［已截断 cut］"
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing


class Column(NamedTuple):
    """One column of a sheet."""

    field: str
    zh: str
    en: str
    width: int


class Sheet(NamedTuple):
    """One sheet: its title and what it shows."""

    title: str
    columns: tuple[Column, ...]
    rows: pa.Table
    choices: Sequence[str] = ()
    """What may be chosen in the first column, for sheets that are filled in by hand."""


def write_book(path: Path, title: str, sheets: Iterable[Sheet]) -> None:
    """Write a workbook at `path`."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),  # rows wait in a file, which must not outlive a crash in some other place
    }
    try:
        with xlsxwriter.Workbook(path, options) as book:
            book.set_properties({"title": title, "created": NO_CLOCK})
            for sheet in sheets:
                _write_sheet(book, sheet)
    except FileCreateError as error:
        raise OSError(errno.ENOSPC, f"{path.name} can't be written") from error


def _write_sheet(book: Any, sheet: Sheet) -> None:
    rows = sheet.rows.select([column.field for column in sheet.columns])
    room = MOST_ROWS - HEADER_ROWS
    for part, start in enumerate(range(0, max(rows.num_rows, 1), room), 1):
        title = sheet.title if part == 1 else f"{sheet.title} {part}"
        _write_part(book, title, sheet, rows.slice(start, room))


def _write_part(book: Any, title: str, sheet: Sheet, rows: pa.Table) -> None:
    page = book.add_worksheet(title)
    columns = sheet.columns
    head = book.add_format({"bold": True, "bg_color": "#DDE6ED", "text_wrap": True, "valign": "top"})
    under = book.add_format({"italic": True, "font_color": "#555555", "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        kind = rows.schema.field(column.field).type
        page.set_column(index, index, column.width, text if pa.types.is_string(kind) else None)
    page.freeze_panes(HEADER_ROWS, 0)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, HEADER_ROWS - 1)
    page.autofilter(HEADER_ROWS - 1, 0, HEADER_ROWS - 1 + rows.num_rows, len(columns) - 1)
    if sheet.choices and rows.num_rows:
        last = HEADER_ROWS - 1 + rows.num_rows
        page.data_validation(HEADER_ROWS, 0, last, 0, {"validate": "list", "source": list(sheet.choices)})
    for index, column in enumerate(columns):
        page.write_string(0, index, column.zh, head)
    for index, column in enumerate(columns):
        page.write_string(1, index, column.en, under)
    line = HEADER_ROWS
    for batch in plain_table(rows).to_batches(max_chunksize=50_000):
        values = [column.to_pylist() for column in batch.columns]
        for row in zip(*values, strict=True):
            _write_row(page, line, row, text)
            line += 1


def _write_row(page: Any, line: int, row: tuple[Any, ...], text: Any) -> None:
    for index, value in enumerate(row):
        if isinstance(value, str):
            if value:
                short = value if len(value) <= MOST_CHARACTERS else value[: MOST_CHARACTERS - len(CUT)] + CUT
                page.write_string(line, index, short, text)
        elif value is not None:
            page.write_number(line, index, value)
