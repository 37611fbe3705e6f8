"""A finished run as the report sees it: coverage.json and the tables, each read once and only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.errors import SourceError
from minglu.register.report.coverage_schema import missing_parts
from minglu.register.report.unit_rows import stream_register, to_check
from minglu.register.storage.archive_verifier import register_head
from minglu.register.storage.row_stream import Stream
from minglu.register.storage.run_store import read_account, read_table, stream_table


@dataclass(frozen=True)
class Run:
    """A run folder, opened for reading."""

    folder: Path
    coverage: dict[str, Any]
    """The content of coverage.json."""
    _tables: dict[str, pa.Table] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pa.Table:
        """Return one of the tables of OUT/tables; kept for the next who asks."""
        if name not in self._tables:
            self._tables[name] = read_table(self.folder, name)
        return self._tables[name]

    def stream(self, name: str) -> Stream:
        """Return one of the tables to be read a piece at a time."""
        return stream_table(self.folder, name)

    def columns(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Return some columns of a table that is too large to be kept whole."""
        return read_table(self.folder, name, columns)

    @cached_property
    def head(self) -> str:
        """Return the register head: the sha256 over tables and coverage.json that every form states."""
        return register_head(self.folder)

    @cached_property
    def districts(self) -> tuple[pa.Table, NDArray[np.object_], CRS]:
        """Return the districts (code, name), their geometries and the layer's coordinate system."""
        table = self.table("districts")
        crs = CRS.from_wkt(table.schema.metadata[b"crs"].decode())
        return table.select(["code", "name"]), shapely.from_wkb(table.column("geometry").to_numpy()), crs

    @cached_property
    def register(self) -> Stream:
        """Return units with their placement (columns of REGISTER): one row per unit, in the order of unit_id."""
        return stream_register(self.folder)

    @cached_property
    def to_check(self) -> pa.Table:
        """Return the kept units whose placement somebody should check, district by district."""
        return to_check(self.register)


def open_run(folder: Path) -> Run:
    """Open a run folder; raises SourceError where coverage.json can't be read or is of another version."""
    path, coverage = folder / "coverage.json", read_account(folder)
    if missing := missing_parts(coverage):
        lacking = ", ".join(missing[:3])
        raise SourceError(
            en=f"{path}: made by another version of minglu; it lacks {lacking}. "
            "Nothing was changed. Build it again, or use the version that made it.",
            zh=f"{path}：由其他版本的 minglu 生成，缺少 {lacking}。未作任何改动。请重新生成，或用原版本处理。",
        )
    return Run(folder, coverage)
