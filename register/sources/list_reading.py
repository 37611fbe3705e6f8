"""What comes out of reading a list: its rows, what was set aside, and how each input was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from minglu.common.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class InputReport:
    """How one file, or one sheet of a workbook, was understood.  Holds headings and counts, never cell values."""

    list: str
    """Name of the list."""
    file: str
    """File name relative to the census file, with `/`."""
    sheet: str
    """Worksheet, empty where the format has none."""
    format: str
    """csv | xlsx | xls | ods | parquet, by content."""
    encoding: str
    """Encoding of a text file, else empty."""
    sha256: str
    """SHA-256 of the file, always computed."""
    size: int
    """Size of the file in bytes."""
    header_row: int
    """1-based line or sheet row of the header's last line; 0 for Parquet, which has none."""
    columns: Mapping[str, str]
    """Canonical field -> heading as found."""
    measures: tuple[str, ...]
    """Headings of columns that the screening alone reads: size, permit class."""
    unknown: tuple[str, ...]
    """Headings of columns that nothing uses; their values are kept in `extra`."""
    withheld: tuple[str, ...]
    """Headings of unused columns that hold personal data; their values are not kept at all."""
    rows: int
    """Data rows read."""
    blank_rows: int
    """Rows without any content, after the header."""
    rejected: int
    """Rows set aside while reading."""
    attested: bool
    """Whether the sender's SHA-256 and row count were both given and both agree."""
    signals: tuple[Bilingual, ...]
    """Remarks worth a look."""
    skipped_sheets: tuple[Bilingual, ...]
    """Sheets of the same workbook that were not read, each with its reason in words."""
    unread_sheets: tuple[str, ...] = ()
    """The names of these sheets, in the same order."""
    hidden_parts: int = 0
    """How many of `signals` say that a person sees something else than a reader of values: hidden rows or columns,
    merged cells, formulas without a value, a heading that only looks like a field."""


@dataclass(frozen=True, slots=True)
class ListReading:
    """All that was read for one list."""

    rows: pa.Table
    """ROWS, one per accepted data row, in the order of files, sheets and lines."""
    rejects: pa.Table
    """REJECTS, one per row set aside (footers, ragged rows, repeated headers)."""
    inputs: tuple[InputReport, ...]
    """One per file or sheet."""
