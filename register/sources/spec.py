"""Which list to read and how: one value made by the census file or the command line.  No reading here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One administrative list, as the census file describes it."""

    name: str
    """Name of the list, by default its kind."""
    kind: str
    """business | tax | permit | other."""
    path: str
    """File or glob, relative to `base`."""
    base: Path
    """Folder of the census file."""
    crs: str = "auto"
    """CGCS2000 | WGS84 | GCJ02 | BD09 | auto."""
    sheet: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    """1-based row of the column headings, found by itself where not given."""
    sha256: str | None = None
    """The sender's digest, lower case; with it the input is attested."""
    rows: int | None = None
    """The sender's count of data rows."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Canonical field -> heading as the file has it; wins over the aliases."""
