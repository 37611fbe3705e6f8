"""Visits: the kept units of a run, by sheet and enumerator."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import UsageError
from minglu.geo.layer.declared_codes import LEVELS
from minglu.register.clerical.decisions import Anchor
from minglu.register.sources.text_files.text_encoding import find_encoding, text_blocks
from minglu.register.storage.run_store import read_table

TOWNSHIP = LEVELS[3]
"""Characters of a township's code."""

MOST_ANCHORS = 8
"""So many rows of a unit are kept in the sheet to find it again."""
UNPLACED = "unplaced"
SHOWN = ("name", "uscc", "site_address", "address", "industry_code", "industry", "status", "lon", "lat")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """One sheet: a district, a township or what one enumerator walks."""

    name: str
    districts: tuple[str, ...]
    """Codes of its districts; none for the units in no district."""
    units: tuple[Row, ...]
    """Columns of UNITS with `district`, and `anchors`; ordered by district and id."""


def plan_rounds(out: Path, by: str, assigned: Mapping[str, str]) -> list[Round]:
    """Return one round per district, township or enumerator, ordered by name; the units in no district come last.

    Raises UsageError for a district that nobody is assigned to.
    """
    districts = read_table(out, "districts", ["code"]).column("code").to_pylist()
    round_of = _naming(by, assigned)
    codes: dict[str, list[str]] = {}
    for code in sorted(districts):
        codes.setdefault(round_of(code), []).append(code)
    units: dict[str, list[Row]] = {}
    for unit in _kept_units(out):
        units.setdefault(round_of(unit["district"]) if unit["district"] else UNPLACED, []).append(unit)
    rounds = [Round(name, tuple(codes[name]), tuple(units.get(name, ()))) for name in sorted(codes)]
    return rounds + ([Round(UNPLACED, (), tuple(units[UNPLACED]))] if UNPLACED in units else [])


def _naming(by: str, assigned: Mapping[str, str]) -> Callable[[str], str]:
    if by == "township":
        return lambda code: code[:TOWNSHIP]
    if by == "district":
        return lambda code: code

    def enumerator(code: str) -> str:
        for length in range(len(code), 0, -1):
            if code[:length] in assigned:
                return assigned[code[:length]]
        raise UsageError(
            en=f"--assign: nobody is assigned to district {code}. Add a line with its code, or the beginning of it.",
            zh=f"--assign：没有人负责小区 {code}。请为该代码或其前缀加一行。",
        )

    return enumerator


def _kept_units(out: Path) -> list[Row]:
    kept = read_table(out, "units", ["unit_id", *SHOWN], where=pc.field("outcome") == "unit")
    placed = read_table(out, "placements", ["unit_id", "district_code"])
    district = dict(zip(*(placed.column(name).to_pylist() for name in placed.column_names), strict=True))
    anchors = _anchors(out, kept.column("unit_id"))
    units = [
        {**row, "district": district[row["unit_id"]] or "", "anchors": anchors[row["unit_id"]]}
        for row in kept.to_pylist()
    ]
    return sorted(units, key=lambda unit: (unit["district"], unit["unit_id"]))


def anchors_of(out: Path, units: Iterable[str]) -> dict[str, tuple[Anchor, ...]]:
    """Return the rows by which units of a run are found again; a unit that the run does not have is left out."""
    return _anchors(out, pa.array(sorted(units), pa.string()))


def _anchors(out: Path, units: pa.Array) -> dict[str, tuple[Anchor, ...]]:
    members = read_table(out, "members", ["entry_id", "unit_id"], where=pc.field("unit_id").isin(units))
    columns = ["entry_id", "list", "name", "uscc", "permit_no", "site_address", "address"]
    wanted = members.column("entry_id").combine_chunks()
    entries = read_table(out, "entries", columns, where=pc.field("entry_id").isin(wanted))
    rows = {row["entry_id"]: row for row in entries.to_pylist()}
    found: dict[str, list[Anchor]] = {}
    for member in members.sort_by("entry_id").to_pylist():
        row = rows[member["entry_id"]]
        place = row["site_address"] or row["address"]
        anchor = Anchor(row["entry_id"], row["list"], row["name"], row["uscc"], row["permit_no"], place)
        found.setdefault(member["unit_id"], []).append(anchor)
    return {unit: tuple(anchors[:MOST_ANCHORS]) for unit, anchors in found.items()}


def read_assignment(path: Path) -> dict[str, str]:
    """Read who walks which district: a CSV file, each line a district code (or the beginning of one) and a name.

    A first line that holds no digit is a heading.  Raises UsageError for a line that is not so, or a code twice.
    """
    text = b"".join(text_blocks(path, find_encoding(path))).decode()
    assigned: dict[str, str] = {}
    for number, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        row: Sequence[str] = [cell.strip() for cell in cells]
        if not any(row) or (number == 1 and not any(letter.isdigit() for letter in row[0])):
            continue
        if len(row) < 2 or not row[1] or not row[0].isalnum() or row[0] in assigned:
            raise UsageError(
                en=f"{path} line {number}: expected a district code, each once, and who walks it, such as "
                "330122101201,李四.",
                zh=f"{path} 第 {number} 行：应为小区代码（不得重复）和核查员，如 330122101201,李四。",
            )
        assigned[row[0]] = row[1]
    return assigned
