"""A finished run as the report sees it: coverage.json and the tables, each read once and only when asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.errors import SourceError
from minglu.register.report.published import missing_parts
from minglu.register.store import read_table
from minglu.register.verifier import register_head


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

    def warm(self) -> None:
        """Read what several forms share, so that none of them reads it beside another."""
        _ = self.register, self.districts, self.table("coverage"), self.table("faults"), self.table("rejects")

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
    def register(self) -> pa.Table:
        """Return units joined with their placement: one row per unit, in the order of unit_id.

        Columns of UNITS (district_code renamed declared_district) and, of the placement,
        district_code, district_name, method, distance_m, placement_code, placement_reason.
        """
        units, placements = self.table("units"), self.table("placements")
        order = pc.index_in(units.column("unit_id"), placements.column("unit_id").combine_chunks())
        placements = placements.take(order)
        names = [{"district_code": "declared_district"}.get(name, name) for name in units.column_names]
        table = units.rename_columns(names)
        codes = placements.column("district_code")
        layer = self.table("districts")
        spot = pc.index_in(codes, layer.column("code").combine_chunks())
        for name, values in (
            ("district_code", codes),
            ("district_name", layer.column("name").take(spot)),
            ("method", placements.column("method")),
            ("distance_m", placements.column("distance_m")),
            ("placement_code", placements.column("code")),
            ("placement_reason", placements.column("reason")),
        ):
            table = table.append_column(name, values)
        return table


def open_run(folder: Path) -> Run:
    """Open a run folder; raises SourceError where coverage.json can't be read or is of another version."""
    path = folder / "coverage.json"
    try:
        coverage = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(
            en=f"{path}: can't be read ({type(error).__name__}); expected the run folder of a finished build.",
            zh=f"{path}：无法读取（{type(error).__name__}）；应为 build 生成的结果文件夹。",
        ) from error
    if missing := missing_parts(coverage):
        lacking = ", ".join(missing[:3])
        raise SourceError(
            en=f"{path}: made by another version of minglu; it lacks {lacking}. "
            "Nothing was changed. Build it again, or use the version that made it.",
            zh=f"{path}：由其他版本的 minglu 生成，缺少 {lacking}。未作任何改动。请重新生成，或用原版本处理。",
        )
    return Run(folder, coverage)
