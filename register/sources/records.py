"""Delimited text as records: each record's first physical line and its cells.  Nothing here knows headers or fields.

Blocks without a quotation mark are split by arithmetic on bytes: one line is one record, so
line numbers hold by construction.  From a block with a quotation mark on, Python's own csv reader
takes over until the block is used up; it is slower, and exact about line breaks inside cells.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from minglu.errors import SourceError

RECORDS = pa.schema([pa.field("row", pa.int64()), pa.field("cells", pa.list_(pa.string()))])
"""row: 1-based physical line or sheet row where the record starts; cells: its texts, never null."""
CELL_LIMIT_CHARACTERS = 32_767
"""Excel's own limit; a longer cell is a quotation mark that was never closed."""
QUOTE = b'"'
NEWLINE = ord("\n")


def read_records(path: Path, blocks: Iterator[bytes], delimiter: str, width: int) -> Iterator[pa.RecordBatch]:
    """Yield RECORDS batches for the UTF-8 `blocks` of complete lines.

    `width` is the usual number of cells; it only serves to recognise rows swallowed by an open
    quotation mark.  Raises SourceError for an open quotation mark or an overlong cell.
    """
    line = 1
    source = _Blocks(blocks)
    for block in source:
        if QUOTE in block:
            batch, consumed = _quoted(path, block, source, line=line, delimiter=delimiter, width=width)
        else:
            batch, consumed = _split(block, line, delimiter), block.count(b"\n") + (not block.endswith(b"\n"))
            _refuse_overlong(path, batch)
        line += consumed
        yield batch


class _Blocks:
    """An iterator of blocks, so that a quoted cell may ask for the next one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = iter(blocks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)


def _split(block: bytes, first_line: int, delimiter: str) -> pa.RecordBatch:
    """Split lines without quotation marks: drop the separators, keep where they were."""
    if not block.endswith(b"\n"):
        block += b"\n"
    data = np.frombuffer(block, dtype=np.uint8)
    is_newline = data == NEWLINE
    is_separator = is_newline | (data == ord(delimiter))
    ends = np.flatnonzero(is_separator)
    cell_offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    cell_offsets[1:] = ends - np.arange(len(ends))
    record_ends = np.flatnonzero(is_newline[ends]) + 1
    record_offsets = np.zeros(len(record_ends) + 1, dtype=np.int32)
    record_offsets[1:] = record_ends
    texts = pa.StringArray.from_buffers(
        len(ends), pa.py_buffer(cell_offsets), pa.py_buffer(data[~is_separator].tobytes())
    )
    cells = pa.ListArray.from_arrays(pa.array(record_offsets), texts)
    rows = pa.array(np.arange(first_line, first_line + len(record_ends), dtype=np.int64))
    return pa.RecordBatch.from_arrays([rows, cells], schema=RECORDS)


def _quoted(
    path: Path, block: bytes, source: _Blocks, *, line: int, delimiter: str, width: int
) -> tuple[pa.RecordBatch, int]:
    lines = _Lines(block, source)
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[int] = []
    cells: list[list[str]] = []
    while lines.waiting:
        start = lines.taken
        try:
            record = next(reader)
        except csv.Error as problem:
            raise _open_quote(path, line + start) from problem
        if lines.overrun or (lines.taken - start > 1 and lines.swallowed(start, delimiter, width)):
            raise _open_quote(path, line + start)
        rows.append(line + start)
        cells.append(record)
        if any(len(cell) > CELL_LIMIT_CHARACTERS for cell in record):
            raise _open_quote(path, line + start)
    return pa.RecordBatch.from_arrays(
        [pa.array(rows, pa.int64()), pa.array(cells, RECORDS.field(1).type)], schema=RECORDS
    ), lines.taken


def _lines_of(block: bytes) -> list[str]:
    lines = block.decode().split("\n")
    return lines if lines[-1] else lines[:-1]


class _Lines:
    """The lines of a block, and of the blocks after it while a record is open."""

    def __init__(self, block: bytes, source: _Blocks) -> None:
        self._lines = _lines_of(block)
        self._source = source
        self.taken = 0
        self.overrun = False

    @property
    def waiting(self) -> bool:
        return self.taken < len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.waiting:
            try:
                self._lines.extend(_lines_of(next(self._source)))
            except StopIteration:
                self.overrun = True
                raise
        self.taken += 1
        return self._lines[self.taken - 1] + "\n"

    def swallowed(self, start: int, delimiter: str, width: int) -> bool:
        """Say whether the record from `start` on holds the separators of two records."""
        separators = sum(line.count(delimiter) for line in self._lines[start : self.taken])
        return width > 2 and separators >= 2 * (width - 1)


def _refuse_overlong(path: Path, batch: pa.RecordBatch) -> None:
    offsets = np.frombuffer(batch.column(1).values.buffers()[1], dtype=np.int32)
    lengths = np.diff(offsets)
    if len(lengths) and lengths.max() > CELL_LIMIT_CHARACTERS * 4:
        record_offsets = batch.column(1).offsets.to_numpy()
        record = int(np.searchsorted(record_offsets, lengths.argmax(), side="right")) - 1
        raise overlong(path, batch.column(0)[record].as_py())


def overlong(path: Path, row: int) -> SourceError:
    """Return the error for a cell that is longer than any list needs."""
    return SourceError(
        en=f"{path.name} row {row}: a cell has more than {CELL_LIMIT_CHARACTERS:,} characters. Shorten or empty it.",
        zh=f"{path.name} 第 {row} 行：单元格超过 {CELL_LIMIT_CHARACTERS:,} 个字符。请缩短或清空。",
    )


def _open_quote(path: Path, line: int) -> SourceError:
    return SourceError(
        en=(
            f'{path.name} line {line}: a quotation mark " opens here and is not closed where its cell ends; the rows '
            'after it would be swallowed. Close it, or double it ("") if it belongs to the text.'
        ),
        zh=(
            f'{path.name} 第 {line} 行：此处的引号 " 未在单元格结束处闭合，其后的行会被吞并。'
            '请补全引号；若引号属于内容，请写成两个（""）。'
        ),
    )
