"""The child process that opens one workbook: limits itself, checks the file, sends its sheets down a pipe.

Run by `minglu.register.sources.workbooks.sandbox` alone.  Request: one JSON line on stdin.  Answer on
stdout: one JSON line naming the sheets, then for each sheet that is read one JSON line with its
traits (hidden, merged, errors), one Arrow stream of RECORDS and one JSON line with its number
of rows.  On stderr, where something is wrong: one JSON line with the error in both languages.
"""

from __future__ import annotations

import io
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from minglu.errors import SourceError
from minglu.register.sources.file_type import Format
from minglu.register.sources.header import COLUMNS_LIMIT, too_wide
from minglu.register.sources.text_files.csv_records import RECORDS, refuse_overlong
from minglu.register.sources.workbooks.cell_text import cell_text
from minglu.register.sources.workbooks.ole_preflight import check_compound
from minglu.register.sources.workbooks.sheet_scan import SheetTraits, scan_sheets
from minglu.register.sources.workbooks.zip_preflight import check_workbook, damaged

BATCH_ROWS = 20_000
BASE_BYTES = {Format.XLSX: 1 << 30, Format.XLS: 1 << 30, Format.ODS: 700 << 20}
"""Address space of an interpreter with Arrow (350 MB), and room for a stray cell; ods has repeats instead."""
BYTES_PER_BYTE = 8
"""Memory that a parser may take for one unpacked byte."""
BASE_CPU_SECONDS = 20
CPU_SECONDS_PER_MEGABYTE = 0.5
"""Processor time for one unpacked megabyte; a slow machine takes a fifth of it."""
CHECK_CPU_SECONDS = 120
"""For the check of the largest archive that is let in."""


def main() -> int:
    """Answer one request; return the process's exit code."""
    request = json.loads(sys.stdin.readline())
    path, kind, wanted = Path(request["path"]), Format(request["format"]), request["sheet"]
    out = sys.stdout.buffer
    try:
        limit_resources(BASE_BYTES[kind], CHECK_CPU_SECONDS)
        unpacked = check_compound(path) if kind is Format.XLS else check_workbook(path)
        seconds = time.process_time() + BASE_CPU_SECONDS + CPU_SECONDS_PER_MEGABYTE * unpacked / 1e6
        limit_resources(BASE_BYTES[kind] + BYTES_PER_BYTE * unpacked, int(seconds))
        _send(path, kind, wanted, out)
    except SourceError as problem:
        sys.stderr.write(json.dumps({"en": problem.en, "zh": problem.zh}) + "\n")
        return problem.exit_code
    return 0


def limit_resources(limit_bytes: int, cpu_seconds: int) -> None:
    """Limit address space and processor time where the platform can."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for kind, wanted in (
        (resource.RLIMIT_AS, limit_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _send(path: Path, kind: Format, wanted: str | None, out: BinaryIO) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))  # by content; a path is read by its name
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        names = [sheet.name for sheet in sheets]
        hidden = [sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible]
        chosen = [name for name in names if (name == wanted if wanted is not None else name not in hidden)]
        _answer(out, {"sheets": names, "hidden": hidden, "read": chosen})
        traits = scan_sheets(path, chosen, COLUMNS_LIMIT) if kind is Format.XLSX else {}
        for name in chosen:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_width > COLUMNS_LIMIT:
                raise too_wide(f"{path.name} [{name}]", sheet.total_width)
            found = traits.get(name, SheetTraits())
            first = sheet.start[1] if sheet.start else 0
            _answer(out, {"traits": _described(found, sheet.merged_cell_ranges or [], first)})
            _answer(out, {"rows": _stream(path, _with_shown(sheet.iter_rows(), found, first), out)})
    except (CalamineError, OSError, ValueError) as problem:
        raise damaged(path) from problem


def _described(
    traits: SheetTraits, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], first: int
) -> dict[str, object]:
    """Return what the parent is told of a sheet: rows from 1, columns from 0 as they are sent."""
    return {
        "hidden_rows": traits.hidden_rows,
        "hidden_columns": [column - 1 - first for column in traits.hidden_columns if column > first],
        "filtered": traits.filtered,
        "errors": traits.errors,
        "formulas": traits.formulas,
        "merged": [[top + 1, bottom + 1, left - first] for (top, left), (bottom, _) in merged if bottom > top],
    }


def _with_shown(rows: Iterator[Sequence[object]], traits: SheetTraits, first: int) -> Iterator[Sequence[object]]:
    """Put what error cells show, and formulas without a value, in the place of the blank that the parser sees."""
    for number, row in enumerate(rows, start=1):
        shown = traits.cells.get(number)
        if shown:
            changed = list(row)
            for column, text in shown.items():
                if 0 <= column - 1 - first < len(changed) and changed[column - 1 - first] in ("", None):
                    changed[column - 1 - first] = text
            yield changed
        else:
            yield row


def _stream(path: Path, rows: Iterator[Sequence[object]], out: BinaryIO) -> int:
    """Send one sheet and return its number of rows."""
    sent = 0
    with pa.ipc.new_stream(out, RECORDS) as writer:
        numbered = enumerate(rows, start=1)
        while batch := list(itertools.islice(numbered, BATCH_ROWS)):
            arrays = [
                pa.array([number for number, _ in batch], pa.int64()),
                pa.array([_row_texts(row) for _, row in batch], RECORDS.field("cells").type),
            ]
            records = pa.RecordBatch.from_arrays(arrays, schema=RECORDS)
            refuse_overlong(path, records)
            writer.write_batch(records)
            sent += len(batch)
    return sent


def _row_texts(row: Sequence[object]) -> list[str]:
    """Render one row; a row without content is an empty list: a stray cell far down leaves a million of them."""
    if row.count("") == len(row):
        return []
    return [cell if type(cell) is str else cell_text(cell) for cell in row]


def _answer(out: BinaryIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
