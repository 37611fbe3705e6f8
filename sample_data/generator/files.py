"""Writing lists the way offices send them: GB18030 text, a spreadsheet with title and footer, UTF-8 with BOM.

A writer takes block after block and says in which row of which sheet each entry landed.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from generator import noise
from generator.headings import HEADINGS, TITLES
from generator.lists import Listing
from generator.words import words

STAMP = dt.datetime(2027, 12, 31)  # noqa: DTZ001 - a fixed date without zone, so that equal seeds give equal bytes
SHEET_ROWS = 1_048_000  # a worksheet ends at 1,048,576
BLANK_ROW_STEP = 397  # a blank row after so many rows in text files: they occur, and shift row numbers


class Writer(Protocol):
    """Writes one list."""

    file: str

    def write(self, listing: Listing) -> tuple[str | np.ndarray, np.ndarray]:
        """Write one block; return sheet (one for all, or one per row) and 1-based row of each entry."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def open_writer(folder: Path, kind: str, form: str) -> Writer:
    """Open the writer of one list: form is office, csv or parquet."""
    if form == "parquet":
        return ParquetWriter(folder / f"{kind}.parquet", kind)
    if form == "office" and kind == "tax":
        return SheetWriter(folder / "tax.xlsx")
    encoding = {"business": "gb18030", "permit": "utf-8-sig"}.get(kind, "utf-8") if form == "office" else "utf-8"
    return TextWriter(folder / f"{kind}.csv", kind, encoding)


def cells(listing: Listing, written: int) -> list[list[object]]:
    """Return the columns of a list in the order of its headings; `written` entries stand before them."""
    count = len(listing.site)
    made: dict[str, list[object]] = {"=count": [str(written + n) for n in range(1, count + 1)]}
    if listing.kind == "permit":
        for axis in ("lon", "lat"):
            parts = [_split(text) for text in listing.columns[axis].tolist()]
            for index, part in enumerate(("degree", "minute", "second")):
                made[f"={axis} {part}"] = [row[index] for row in parts]
    return [made[name] if name in made else listing.columns[name].tolist() for _, name in HEADINGS[listing.kind]]


def _split(text: str) -> tuple[str, str, str]:
    if not text:
        return "", "", ""
    degree, minute, second = noise.split_degrees(float(text))
    return str(degree), str(minute), f"{second:g}"


class TextWriter:
    """A CSV file; a blank row now and then."""

    def __init__(self, path: Path, kind: str, encoding: str) -> None:
        """Open the file and write the headings."""
        self.file = path.name
        self._raw = path.open("wb")
        self._encoding, self._kind = encoding, kind
        self._row, self._written = 1, 0
        self._emit([[heading for heading, _ in HEADINGS[kind]]])
        self._encoding = encoding.removesuffix("-sig")  # the mark stands at the start only

    def _emit(self, rows: list[list[object]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._raw.write(text.getvalue().encode(self._encoding))

    def write(self, listing: Listing) -> tuple[str, np.ndarray]:
        """Write one block."""
        columns = cells(listing, self._written)
        rows: list[list[object]] = []
        numbers = np.empty(len(listing.site), dtype=np.int64)
        for index, row in enumerate(zip(*columns, strict=True)):
            if (self._written + index + 1) % BLANK_ROW_STEP == 0:
                rows.append([""] * len(columns))
                self._row += 1
            self._row += 1
            numbers[index] = self._row
            rows.append(["" if v is None else v if isinstance(v, str) else f"{v:.5E}" for v in row])
        self._written += len(numbers)
        self._emit(rows)
        return "", numbers

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


class SheetWriter:
    """The spreadsheet of the tax office: merged title, header on row 3, typed cells, footer, a hidden sheet."""

    def __init__(self, path: Path) -> None:
        """Open the workbook."""
        self.file = path.name
        options = {
            "constant_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"created": STAMP, "author": "", "title": TITLES["tax"]})
        self._title = self._book.add_format({"bold": True, "align": "center", "font_size": 16})
        self._sheets = 0
        self._written = 0
        self._open_sheet()

    def _open_sheet(self) -> None:
        self._sheets += 1
        self._name = "税务登记" + (f"({self._sheets})" if self._sheets > 1 else "")
        self._sheet = self._book.add_worksheet(self._name)
        headings = [heading for heading, _ in HEADINGS["tax"]]
        self._sheet.merge_range(0, 0, 0, len(headings) - 1, TITLES["tax"], self._title)
        self._sheet.write_string(1, 0, "填报单位：（虚构）示例县税务部门")
        for column, heading in enumerate(headings):
            self._sheet.write_string(2, column, heading)
        self._row = 3

    def write(self, listing: Listing) -> tuple[np.ndarray, np.ndarray]:
        """Write one block."""
        columns = cells(listing, self._written)
        names = [name for _, name in HEADINGS["tax"]]
        sheets, numbers = words([""] * len(listing.site)), np.empty(len(listing.site), dtype=np.int64)
        for index, row in enumerate(zip(*columns, strict=True)):
            if self._row >= SHEET_ROWS:
                self._open_sheet()
            for column, (name, value) in enumerate(zip(names, row, strict=True)):
                self._write_cell(column, name, value)
            self._row += 1
            sheets[index], numbers[index] = self._name, self._row
        self._written += len(numbers)
        return sheets, numbers

    def _write_cell(self, column: int, name: str, value: object) -> None:
        if isinstance(value, float) or (name in {"lon", "lat", "=count"} and _is_number(value)):
            self._sheet.write_number(self._row, column, float(value))  # type: ignore[arg-type]
        elif name == "district_code" and len(str(value)) == 12 and str(value).isdigit():
            self._sheet.write_number(self._row, column, int(str(value)))
        elif value:
            self._sheet.write_string(self._row, column, str(value))

    def close(self) -> None:
        """Write the footer and the hidden sheet, and close the workbook."""
        self._sheet.write_string(self._row, 0, "合计")
        self._sheet.write_number(self._row, 2, self._written)
        self._sheet.write_string(self._row + 1, 0, "填报人：桑示明")
        self._sheet.write_string(self._row + 1, 4, "审核人：云样平")
        hidden = self._book.add_worksheet("参数")
        for row, value in enumerate(("纳税人状态", "正常", "停业", "非正常", "注销")):
            hidden.write_string(row, 0, value)
        hidden.hide()
        self._book.close()


def _is_number(value: object) -> bool:
    text = str(value)
    return bool(text) and text.replace(".", "", 1).isdigit()


class ParquetWriter:
    """A Parquet file of text columns under the same headings: for large sets."""

    def __init__(self, path: Path, kind: str) -> None:
        """Open the file."""
        self.file = path.name
        self._schema = pa.schema([(heading, pa.string()) for heading, _ in HEADINGS[kind]])
        self._out = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._written = 0

    def write(self, listing: Listing) -> tuple[str, np.ndarray]:
        """Write one block as a row group; the row of an entry is its 1-based number in the file."""
        columns = [[v if isinstance(v, str) else f"{v:.14E}" for v in c] for c in cells(listing, self._written)]
        self._out.write_table(pa.table(columns, schema=self._schema))
        numbers = self._written + 1 + np.arange(len(listing.site))
        self._written += len(numbers)
        return "", numbers

    def close(self) -> None:
        """Close the file."""
        self._out.close()
