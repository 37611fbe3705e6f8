"""The account of the base list 底册: handed down - removed + added = the register, per area and source class.

A unit's first row on the base list stands for it; its further rows there are duplicates.  A kept unit without a row
there was added.  The account is counted from ledger and units apart, and must meet coverage.json in every column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from minglu.errors import LawError, UsageError
from minglu.register.clerical.area_levels import UNPLACED, areas_of_units
from minglu.register.storage.run_store import read_account, read_table

REMOVED = ("duplicate", "out_of_scope", "closed", "not_found", "rejected")
"""Why a row of the base list is not in the register; the words are those of outcomes."""
COUNTED = ("handed_down", *REMOVED, "kept", "added", "register")
UNIT_COLUMNS = ("unit_id", "name", "uscc", "source_class", "outcome", "outcome_code", "outcome_reason", "lists")
Cell = tuple[str, str]
"""Area and source class."""


@dataclass(frozen=True, slots=True)
class BaseAccount:
    """The account, and what it was counted from."""

    base: str
    """Name of the base list."""
    checks: tuple[str, ...]
    """Names of the lists that only support what others show."""
    counts: Mapping[tuple[Cell, str], int]
    removed: Sequence[Mapping[str, Any]]
    """Rows of the base list that are not in the register: those of the ledger with `why`, `area` and `unit`."""
    added: Sequence[Mapping[str, Any]]
    """Kept units on no row of the base list, with `area`."""
    support: Sequence[Mapping[str, Any]]
    """For each cross-check list: rows, kept units that it supports, units that it alone knows."""

    def total(self, kind: str) -> int:
        """Return a column's sum over all areas and classes."""
        return sum(n for (_, found), n in self.counts.items() if found == kind)


def base_account(out: Path, by: str) -> BaseAccount:
    """Count the account of a run whose census names a base list; areas are those of the level `by`.

    Raises UsageError where no list is the base list, LawError where the account meets the run's own counts nowhere.
    """
    account = read_account(out)["accounting"]
    roles = {row["list"]: row.get("role", "source") for row in account["lists"]}
    base = _base_of(roles)
    units = {row["unit_id"]: row for row in read_table(out, "units", list(UNIT_COLUMNS)).to_pylist()}
    area = areas_of_units(out, by)
    removed, kept = _rows_of(out, base, units)
    for row in removed:
        row |= {"area": area.get(row["unit_id"], UNPLACED), "unit": units.get(row["unit_id"])}
    added = [
        {**row, "area": area.get(unit, UNPLACED)}
        for unit, row in sorted(units.items())
        if row["outcome"] == "unit" and unit not in kept
    ]
    counts = _count(removed, kept, added, units, area)
    checks = tuple(name for name, role in sorted(roles.items()) if role == "check")
    found = BaseAccount(base, checks, counts, removed, added, _support(account, units.values(), checks))
    _require_sums(found, account)
    return found


def _base_of(roles: Mapping[str, str]) -> str:
    for name, role in roles.items():
        if role == "base":
            return name
    listed = ", ".join(roles) or "-"
    raise UsageError(
        en=f'no list of this run is the base list; expected one of {listed} with role = "base" in the census file. '
        "Name it there and build again.",
        zh=f'本次结果没有底册；应在配置文件中将 {listed} 之一写明 role = "base"。请补充后重新建库。',
    )


def _rows_of(
    out: Path, base: str, units: Mapping[str, Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, Mapping[str, Any]]]:
    """Return the rows of the base list that are removed, with `why`, and the first row of each kept unit."""
    rows = read_table(out, "ledger", where=pc.field("list") == base).to_pylist()
    removed, kept = list[dict[str, Any]](), dict[str, Mapping[str, Any]]()
    for row in sorted(rows, key=lambda one: (one["file"], one["sheet"], one["row"])):
        unit = units.get(row["unit_id"])
        if unit is None:
            removed.append({**row, "why": "rejected"})
        elif unit["outcome"] != "unit":
            removed.append({**row, "why": unit["outcome"]})
        elif row["unit_id"] in kept:
            removed.append({**row, "why": "duplicate"})
        else:
            kept[row["unit_id"]] = row
    return removed, kept


def _count(
    removed: Iterable[Mapping[str, Any]],
    kept: Iterable[str],
    added: Iterable[Mapping[str, Any]],
    units: Mapping[str, Mapping[str, Any]],
    area: Mapping[str, str],
) -> Counter[tuple[Cell, str]]:
    counts: Counter[tuple[Cell, str]] = Counter()
    for row in removed:
        cell = row["area"], row["unit"]["source_class"] if row["unit"] else "unknown"
        counts[cell, row["why"]] += 1
        counts[cell, "handed_down"] += 1
    for unit in kept:
        cell = area.get(unit, UNPLACED), units[unit]["source_class"]
        for kind in ("handed_down", "kept", "register"):
            counts[cell, kind] += 1
    for row in added:
        for kind in ("added", "register"):
            counts[(row["area"], row["source_class"]), kind] += 1
    return counts


def _support(
    account: Mapping[str, Any], units: Iterable[Mapping[str, Any]], checks: Sequence[str]
) -> list[dict[str, Any]]:
    """Count for each cross-check list how many kept units it supports, and how many it alone knows."""
    rows = {row["list"]: row["rows"] for row in account["lists"]}
    kept = [set(row["lists"].split("+")) for row in units if row["outcome"] == "unit"]
    return [
        {
            "list": name,
            "rows": rows[name],
            "supported": sum(name in lists and bool(lists - set(checks)) for lists in kept),
            "alone": sum(name in lists and not lists - set(checks) for lists in kept),
        }
        for name in checks
    ]


def _require_sums(found: BaseAccount, account: Mapping[str, Any]) -> None:
    """Hold the account against what the run itself counted: rows of the list, units of the register."""
    rows = next(row["rows"] for row in account["lists"] if row["list"] == found.base)
    units = account["units"].get("unit", 0)
    removed = sum(found.total(why) for why in REMOVED)
    facts = {
        "handed_down": (found.total("handed_down"), rows),
        "register": (found.total("register"), units),
        "kept": (rows - removed, found.total("kept")),
        "added": (units - found.total("kept"), found.total("added")),
    }
    for name, (one, other) in facts.items():
        if one != other:
            raise LawError(
                en=f"{name}: the account of the base list has {one}, the run {other}. Nothing was written.",
                zh=f"{name}：底册比对为 {one}，本次结果为 {other}。未写出任何文件。",
            )
