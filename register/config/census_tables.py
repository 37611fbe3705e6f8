"""The sections of a census file as they are written: keys, types and defaults, nothing checked further."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_PACK = "pollution-2"


@dataclass(frozen=True, slots=True)
class CensusTable:
    """The section [census]."""

    name: str
    reference_date: dt.date
    rules: str = DEFAULT_PACK
    keep_personal: bool = False
    keep_unused: bool = False
    code_shapes: tuple[str, ...] = ()
    decisions: str | None = None
    field: str | None = None
    previous: str | None = None
    spotcheck: str | None = None


@dataclass(frozen=True, slots=True)
class ListTable:
    """One of [[lists]]."""

    kind: str
    path: str
    name: str | None = None
    crs: str = "auto"
    sheet: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    sha256: str | None = None
    rows: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    role: str = "source"


@dataclass(frozen=True, slots=True)
class DistrictsTable:
    """The section [districts]."""

    path: str
    code: str
    name: str | None = None
    layer: str | None = None
    encoding: str | None = None
    sha256: str | None = None
    crs: str | None = None
    areas: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ParentTable:
    """The section [parent]."""

    path: str
    code: str = ""
    name: str | None = None
    layer: str | None = None
    encoding: str | None = None
    sha256: str | None = None
    crs: str | None = None
