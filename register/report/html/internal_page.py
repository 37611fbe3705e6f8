"""The internal page: units to check and rows set aside, with their file, sheet and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.report.finished_run import Run
from minglu.register.report.html.map_shapes import STEP_DEG

Json = Mapping[str, Any]

MOST_UNITS, MOST_REJECTS = 3_000, 2_000
"""More would make the page slow; the workbook and the tables have all of them."""


def describe_inside(run: Run) -> Json:
    """Return the units to check, district by district, and the rows set aside, with the source rows of each."""
    units = run.to_check
    shown = units.slice(0, MOST_UNITS).to_pylist()
    places = _source_rows(run, units.column("unit_id").slice(0, MOST_UNITS).combine_chunks())
    rejects = run.table("rejects")
    return {
        "units": [
            {
                "id": row["unit_id"],
                "name": row["name"],
                "district": row["district_code"] or "",
                "code": row["placement_code"],
                "reason": row["placement_reason"],
                "rows": places[row["unit_id"]],
                "point": _point(row),
            }
            for row in shown
        ],
        "units_not_shown": units.num_rows - len(shown),
        "rejects": [
            {"code": row["code"], "reason": row["reason"], "row": _place(row)}
            for row in rejects.slice(0, MOST_REJECTS).to_pylist()
        ],
        "rejects_not_shown": max(rejects.num_rows - MOST_REJECTS, 0),
    }


def _source_rows(run: Run, unit_ids: pa.Array) -> Mapping[str, list[str]]:
    """Return where each unit's rows stand in the files as they were sent."""
    members = run.columns("members", ["unit_id", "file", "sheet", "row"])
    members = members.filter(pc.is_in(members.column("unit_id"), unit_ids))
    found: dict[str, list[str]] = defaultdict(list)
    for row in members.to_pylist():
        found[row["unit_id"]].append(_place(row))
    return found


def _place(row: Json) -> str:
    sheet = f" [{row['sheet']}]" if row["sheet"] else ""
    return f"{row['file']}{sheet} {row['row']}"


def _point(row: Json) -> list[int] | None:
    return None if row["lon"] is None else [round(row["lon"] / STEP_DEG), round(row["lat"] / STEP_DEG)]
