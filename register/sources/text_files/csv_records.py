"""Delimited text as records: each record's first physical line and its cells.

Blocks are split by arithmetic on bytes: a separator counts where the number of quotation marks
before it is even.  This holds only while every cell with a quotation mark is wholly quoted; a block
with any other cell goes to Python's own csv reader, which is slower and knows more cases.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import SourceError

RECORDS = pa.schema([pa.field("row", pa.int64()), pa.field("cells", pa.list_(pa.string()))])
"""row: 1-based physical line or sheet row where the record starts; cells: its texts, never null."""
CELL_LIMIT_CHARACTERS = 32_767
"""Excel's own limit; a longer cell is a quotation mark that was never closed."""
QUOTE = b'"'
NEWLINE = ord("\n")
CARRIAGE_RETURN = "\ufdd0"
"""Stands in for a carriage return inside a line, at which the csv reader would stop: no character has this code."""
ESCAPED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
WHOLLY_QUOTED = r'^"(?s:[^"]|"")*"$'
IntArray = npt.NDArray[np.int_]


def read_records(path: Path, blocks: Iterator[bytes], delimiter: str, width: int) -> Iterator[pa.RecordBatch]:
    """Yield RECORDS batches for the UTF-8 `blocks` of complete lines.

    `width` is the usual number of cells; it only serves to recognise rows swallowed by an open
    quotation mark.  Raises SourceError for an open quotation mark or an overlong cell.
    """
    line = 1
    source = iter(blocks)
    for block in source:
        batch, consumed = _split(block, line, delimiter), _line_count(block)
        if batch is None:
            batch, consumed = _parse(path, block, source, line=line, delimiter=delimiter)
        refuse_overlong(path, batch)
        _refuse_swallowed(path, batch, line + consumed, delimiter=delimiter, width=width)
        line += consumed
        yield batch


def _line_count(block: bytes) -> int:
    return block.count(b"\n") + (not block.endswith(b"\n"))


def _split(block: bytes, first_line: int, delimiter: str) -> pa.RecordBatch | None:
    """Split complete lines at their separators; None where the quotation marks follow no simple pattern."""
    if not block.endswith(b"\n"):
        block += b"\n"
    data = np.frombuffer(block, dtype=np.uint8)
    is_newline = data == NEWLINE
    is_separator = is_newline | (data == ord(delimiter))
    quoted = QUOTE in block
    if quoted:
        # An eight-bit sum wraps, its lowest bit does not mind: odd means inside a quoted cell.
        inside = (np.cumsum(data == ord(QUOTE), dtype=np.uint8) & 1).astype(bool)
        if inside[-1]:
            return None
        is_separator &= ~inside
    ends = np.flatnonzero(is_separator)
    cell_offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    cell_offsets[1:] = ends - np.arange(len(ends))
    texts = pa.StringArray.from_buffers(
        len(ends), pa.py_buffer(cell_offsets), pa.py_buffer(data[~is_separator].tobytes())
    )
    if quoted and (texts := _unquoted(texts)) is None:
        return None
    record_ends = np.flatnonzero(is_newline[ends])
    lines_before = np.searchsorted(np.flatnonzero(is_newline), ends[record_ends]) + 1
    return _batch(np.append(0, lines_before[:-1]) + first_line, np.append(0, record_ends + 1), texts)


def _unquoted(texts: pa.StringArray) -> pa.StringArray | None:
    """Take the quotation marks off quoted cells; None where one stands elsewhere."""
    marked = pc.match_substring(texts, '"')
    cells = texts.filter(marked)
    if not pc.all(pc.match_substring_regex(cells, WHOLLY_QUOTED)).as_py():
        return None
    bare = pc.replace_substring(pc.utf8_slice_codeunits(cells, 1, -1), '""', '"')
    return pc.replace_with_mask(texts, marked, bare)


def _batch(rows: IntArray, record_offsets: IntArray, texts: pa.StringArray) -> pa.RecordBatch:
    cells = pa.ListArray.from_arrays(pa.array(record_offsets.astype(np.int32)), texts)
    return pa.RecordBatch.from_arrays([pa.array(rows.astype(np.int64)), cells], schema=RECORDS)


def _parse(
    path: Path, block: bytes, source: Iterator[bytes], *, line: int, delimiter: str
) -> tuple[pa.RecordBatch, int]:
    lines = _Lines(block, source)
    doubled = (
        map(double_quotes, lines) if b'\\"' in block and has_escaped_quotes(_lines_of(block), delimiter) else lines
    )
    reader = csv.reader(doubled, delimiter=delimiter)
    rows: list[int] = []
    offsets = [0]
    cells: list[str] = []
    while lines.waiting:
        start = lines.taken
        try:
            cells.extend(next(reader))
        except csv.Error as problem:
            raise _open_quote(path, line + start) from problem
        if lines.overrun:
            raise _open_quote(path, line + start)
        rows.append(line + start)
        offsets.append(len(cells))
    return _batch(np.array(rows), np.array(offsets), _with_returns(cells)), lines.taken


def has_escaped_quotes(lines: Iterable[str], delimiter: str) -> bool:
    r"""Return whether quotation marks are escaped by a backslash, as databases export them, not doubled.

    >>> has_escaped_quotes([r'"the \"old\" mill",1'], ","), has_escaped_quotes([r'"C:\",1'], ",")
    (True, False)
    """
    lines = list(lines)
    if not any(ESCAPED_QUOTE.search(line) for line in lines):
        return False
    return not _well_formed(lines, delimiter) and _well_formed(map(double_quotes, lines), delimiter)


def double_quotes(line: str) -> str:
    """Return a line whose quotation marks escaped by a backslash are doubled instead."""
    return ESCAPED_QUOTE.sub(r'\1""', line)


def _well_formed(lines: Iterable[str], delimiter: str) -> bool:
    """Return whether every quoted cell ends where its quotation mark does; the last one may go on."""
    try:
        for _ in csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True):
            pass
    except csv.Error as problem:
        return "unexpected end" in str(problem)
    return True


def _with_returns(cells: list[str]) -> pa.StringArray:
    return pc.replace_substring(pa.array(cells, pa.string()), CARRIAGE_RETURN, "\r")


def _lines_of(block: bytes) -> list[str]:
    lines = block.decode().replace("\r", CARRIAGE_RETURN).split("\n")
    return lines if lines[-1] else lines[:-1]


class _Lines:
    """The lines of a block, and of the blocks after it while a record is open."""

    def __init__(self, block: bytes, source: Iterator[bytes]) -> None:
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


def _refuse_swallowed(path: Path, batch: pa.RecordBatch, next_line: int, *, delimiter: str, width: int) -> None:
    """Refuse a record over several lines that holds the separators of two: a quotation mark was left open."""
    rows = batch.column("row").to_numpy()
    for index in np.flatnonzero(np.diff(rows, append=next_line) > 1):
        record = batch.column("cells")[int(index)].as_py()
        separators = len(record) - 1 + sum(cell.count(delimiter) for cell in record)
        if width > 2 and separators >= 2 * (width - 1):
            raise _open_quote(path, int(rows[index]))


def refuse_overlong(path: Path, batch: pa.RecordBatch) -> None:
    """Raise SourceError where a cell of the RECORDS has more than CELL_LIMIT_CHARACTERS characters."""
    cells = batch.column("cells").values
    byte_lengths = np.diff(np.frombuffer(cells.buffers()[1], dtype=np.int32)) if len(cells) else np.zeros(1)
    if byte_lengths.max() <= CELL_LIMIT_CHARACTERS:
        return
    lengths = pc.utf8_length(cells).to_numpy()
    if lengths.max() > CELL_LIMIT_CHARACTERS:
        record = int(np.searchsorted(batch.column("cells").offsets.to_numpy(), lengths.argmax(), side="right")) - 1
        raise overlong(path, batch.column("row")[record].as_py())


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
