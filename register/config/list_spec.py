"""The description of one list in a census file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One `[[lists]]` entry of a census file."""

    name: str
    """The list's name, by default its kind; it stands in column `list` of every table."""
    kind: str
    """business | tax | permit | other."""
    path: str
    """A file or a glob, relative to `base`."""
    base: Path
    """The folder of the census file; file names in tables are relative to it."""
    crs: str = "auto"
    """CGCS2000 | WGS84 | GCJ02 | BD09 | auto."""
    sheet: str | None = None
    """Worksheet to read; without it every visible sheet with a recognisable header."""
    encoding: str | None = None
    """Encoding of a text file; without it BOM, UTF-8 and GB18030 are tried over the whole file."""
    header_row: int | None = None
    """1-based line or sheet row of the (upper) header; without it the header is searched for."""
    sha256: str | None = None
    """SHA-256 that the sender gave for the file."""
    rows: int | None = None
    """Number of data rows that the sender gave; blank lines, header and footer not counted."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Canonical field -> heading in the file, where the aliases would not do."""
    role: str = "source"
    """source | base (handed down from above, accounted for row by row) | check (counts what it supports)."""
