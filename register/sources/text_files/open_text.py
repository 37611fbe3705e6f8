"""Reading one delimited text file: encoding, delimiter, header, then batch by batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from minglu.register.sources.header import HEAD_ROWS, Row
from minglu.register.sources.headings import Aliases
from minglu.register.sources.text_files.csv_records import read_records
from minglu.register.sources.text_files.dialect import find_dialect
from minglu.register.sources.text_files.text_encoding import find_encoding, text_blocks

SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text file, ready to be read once."""

    encoding: str
    """Python's name of the codec."""
    delimiter: str
    """The character between cells."""
    ends_with_newline: bool
    """Whether the last line is complete; an unfinished one may have been cut."""
    batches: Iterator[pa.RecordBatch]
    """RECORDS."""


def open_text(path: Path, aliases: Aliases, overrides: Mapping[str, str], *, encoding: str | None = None) -> TextSource:
    """Find encoding and delimiter of `path`; raise SourceError where it is not text that can be read in full."""
    found = find_encoding(path, encoding)
    blocks = text_blocks(path, found)
    first = next(blocks, b"")
    sample = first[: first.rfind(b"\n", 0, SAMPLE_BYTES) + 1] or first[:SAMPLE_BYTES]
    dialect = find_dialect(sample.decode(errors="ignore"), aliases, overrides)
    batches = read_records(path, itertools.chain([first] if first else [], blocks), dialect.delimiter, dialect.width)
    return TextSource(found.name, dialect.delimiter, _ends_with_newline(path, found.name), batches)


def _ends_with_newline(path: Path, encoding: str) -> bool:
    newline = "\n".encode(encoding)
    with path.open("rb") as stream:
        stream.seek(0, 2)
        size = stream.tell()
        stream.seek(max(0, size - len(newline)))
        last = stream.read()
    return last == newline or last.endswith(b"\r")


def take_head(batches: Iterator[pa.RecordBatch], header_row: int | None) -> tuple[list[Row], Iterator[pa.RecordBatch]]:
    """Return the first rows of a source, the given header among them, and its batches from the beginning."""
    wanted = max(HEAD_ROWS, (header_row or 0) + 1)
    head: list[Row] = []
    seen: list[pa.RecordBatch] = []
    for batch in batches:
        seen.append(batch)
        part = batch.slice(0, wanted - len(head))
        head.extend(zip(part.column(0).to_pylist(), part.column(1).to_pylist(), strict=True))
        if len(head) >= wanted:
            break
    return head, itertools.chain(seen, batches)
