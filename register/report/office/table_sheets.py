"""Tables as sheets of a workbook: texts stay texts, long tables go on in further sheets.

A cell never becomes a formula, a link or a number by its text; ids keep their zeros.
The same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyarrow as pa
import xlsxwriter

from minglu.register.clerical.form_columns import Column, pages_across
from minglu.register.language.safe_text import plain_text
from minglu.register.report.office.sheet_rows import column_name, row_batches
from minglu.register.report.office.zip_container import FIRST_DAY
from minglu.register.storage.row_stream import Stream, streamed

MOST_ROWS = 1_048_576
HEADER_ROWS = 1
SHEET_NAME = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
A4 = 9  # the format's number for the paper
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing


class Formats(NamedTuple):
    """The formats of a book's cells."""

    text: Any
    number: Any
    head: Any


class Sheet(NamedTuple):
    """One sheet: its title and what it shows."""

    title: str
    columns: tuple[Column, ...]
    rows: pa.Table | Stream
    choices: Sequence[str] = ()
    """What may be chosen in the first column, for sheets that are filled in by hand."""


def write_book(path: Path, title: str, sheets: Iterable[Sheet], *, notice: str = "", language: str = "zh") -> None:
    """Write a workbook at `path`, its headings in `language`; a `notice` stands at the head of every printed page.

    The frame (headings, formats, filters) is written first, without rows; then each
    sheet's rows are put into its XML while the container is copied.
    """
    parts = [part for sheet in sheets for part in _parts(sheet)]
    frame = io.BytesIO()
    with xlsxwriter.Workbook(frame, {"in_memory": True}) as book:
        book.set_properties({"title": plain_text(title), "created": NO_CLOCK})
        text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "General"})
        head = book.add_format({"bold": True, "bg_color": "#DDE6ED", "text_wrap": True, "valign": "top"})
        for part in parts:
            page = book.add_worksheet(part.title)
            _frame(page, part, Formats(text, number, head), language)
            if notice:
                page.set_header(f"&C&B{notice.replace('&', '&&')}")
    with zipfile.ZipFile(frame) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, FIRST_DAY)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            found = SHEET_NAME.fullmatch(name)
            with target.open(member, "w", force_zip64=True) as stream:
                if found:
                    _fill(stream, source.read(name), parts[int(found[1]) - 1])
                else:
                    stream.write(source.read(name))


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    """Cut a table that is longer than a sheet into several."""
    rows = streamed(sheet.rows).select([column.field for column in sheet.columns])
    room = MOST_ROWS - HEADER_ROWS
    for number, start in enumerate(range(0, max(rows.num_rows, 1), room), 1):
        title = sheet.title if number == 1 else f"{sheet.title} {number}"
        yield sheet._replace(title=title, rows=rows.slice(start, room))


def _frame(page: Any, part: Sheet, formats: Formats, language: str) -> None:
    """Write everything of a sheet but its rows."""
    last = HEADER_ROWS - 1 + part.rows.num_rows
    for index, column in enumerate(part.columns):
        kind = part.rows.schema.field(column.field).type
        page.set_column(index, index, column.width, formats.text if pa.types.is_string(kind) else formats.number)
        page.write_string(0, index, column.en if language == "en" else column.zh, formats.head)
    page.freeze_panes(HEADER_ROWS, 0)
    page.autofilter(HEADER_ROWS - 1, 0, last, len(part.columns) - 1)
    page.set_landscape()
    page.set_paper(A4)
    pages = pages_across(part.columns)
    page.fit_to_pages(pages, 0)
    page.repeat_rows(0, HEADER_ROWS - 1)
    if pages > 1:
        page.repeat_columns(0, 1)
    if part.choices and part.rows.num_rows:
        page.data_validation(HEADER_ROWS, 0, last, 0, {"validate": "list", "source": list(part.choices)})


def _fill(stream: IO[bytes], frame: bytes, part: Sheet) -> None:
    """Copy a sheet's XML and put its rows behind the headings."""
    before, mark, after = frame.partition(b"</sheetData>")
    last = f"{column_name(len(part.columns) - 1)}{HEADER_ROWS + part.rows.num_rows}"
    stream.write(re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>'.encode(), before))
    cols = [int(style) for style in re.findall(rb'<col [^>]*style="(\d+)"', before)]
    spans = [1 + int(high) - int(low) for low, high in re.findall(rb'<col min="(\d+)" max="(\d+)"', before)]
    styles = [style for style, span in zip(cols, spans, strict=True) for _ in range(span)]
    for batch in row_batches(streamed(part.rows), styles, HEADER_ROWS + 1):
        stream.write(batch)
    stream.write(mark + after)
