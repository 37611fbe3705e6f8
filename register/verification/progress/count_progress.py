"""Progress by area and source class, from the field facts that stand in runs: visited, and with what result.

Listed are the units that the field has to visit: kept units of the lists, units that the field closed or did not
find, and listed units that it found to be another's duplicate.  New units are counted apart.  Of several answers
about a unit the last counts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from minglu.errors import LawError, UsageError
from minglu.register.clerical.area_levels import AREAS, UNPLACED, areas_of_units, require_level
from minglu.register.config.census_file import FACTS, FIELD
from minglu.register.storage.integrity import require_unchanged
from minglu.register.storage.run_folder import run_id
from minglu.register.storage.run_store import read_account, read_table

RESULTS = ("confirmed", "corrected", "closed", "not_found", "duplicate")
COUNTED = ("listed", "visited", *RESULTS, "new")
RESULT_OF = {"moved": "corrected"}
"""Answers that count under another name."""
Cell = tuple[str, str]
"""Area and source class."""


@dataclass(frozen=True)
class Progress:
    """What the field has done by some day."""

    census: tuple[str, ...]
    """Names of the runs' censuses."""
    until: str
    """The last day whose facts are counted: the day asked for, else the day of the last fact; "" without any."""
    counts: Mapping[tuple[Cell, str], int]
    lost: int
    """Facts about units that the lists do not hold any more; they are in no area."""

    def total(self, kind: str, area: str = "", source_class: str = "") -> int:
        """Return a column's sum, over all areas or classes where none is given."""
        return self._sums[kind, area, source_class]

    @cached_property
    def _sums(self) -> Counter[tuple[str, str, str]]:
        """Sums by column, area and class; "" stands for all."""
        sums: Counter[tuple[str, str, str]] = Counter()
        for ((area, source_class), kind), n in self.counts.items():
            for place, name in product({"", area}, {"", source_class}):
                sums[kind, place, name] += n
        return sums

    def share(self, area: str = "", source_class: str = "") -> float:
        """Return the share of listed units that were visited; 1 where nothing is listed."""
        listed = self.total("listed", area, source_class)
        return self.total("visited", area, source_class) / listed if listed else 1.0

    def areas(self) -> list[str]:
        """Return the areas in order."""
        return sorted({area for (area, _), _ in self.counts})

    def classes(self) -> list[str]:
        """Return the source classes in order."""
        return sorted({name for (_, name), _ in self.counts})

    def laggards(self) -> list[str]:
        """Return the areas that are behind the whole, those with the smallest share first."""
        whole = self.share()
        behind = [area for area in self.areas() if self.total("listed", area) and self.share(area) < whole]
        return sorted(behind, key=lambda area: (self.share(area), area))


def count_progress(outs: Sequence[Path], by: str, until: str = "") -> Progress:
    """Count the progress of runs together; facts after the day `until` are left out.

    Raises UsageError for an unknown level or a run given twice, SourceError for what is no run or was changed,
    LawError where the parts do not add up.
    """
    require_level(by, AREAS)
    _refuse_twice(outs)
    counts: Counter[tuple[Cell, str]] = Counter()
    days, lost, names = set[str](), 0, list[str]()
    for out in outs:
        require_unchanged(out)
        names.append(read_account(out)["census"]["name"])
        every = read_table(out, "field_facts").to_pylist()
        facts = [row for row in every if not until or row["when"][:10] <= until]
        days |= {row["when"][:10] for row in facts}
        lost += sum(row["state"] != "found" for row in facts)
        counts.update(_count_run(out, by, every, facts))
    found = Progress(tuple(names), until or max(days, default=""), counts, lost)
    _require_sums(found)
    return found


def increase(now: Progress, before: Progress) -> dict[str, int]:
    """Return what each column gained since `before`, in all."""
    return {kind: now.total(kind) - before.total(kind) for kind in COUNTED}


def require_day(text: str, option: str) -> str:
    """Return a day as given; raises UsageError where it is none."""
    try:
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except ValueError as problem:
        raise UsageError(
            en=f"{option} {text}: expected a day as 2028-01-20.", zh=f"{option} {text}：应为日期，如 2028-01-20。"
        ) from problem


def _refuse_twice(outs: Sequence[Path]) -> None:
    ids: dict[str, Path] = {}
    for out in outs:
        identity = run_id(out)
        if identity in ids:
            raise UsageError(
                en=f"{out}: the same run as {ids[identity]}; its units would count twice. Name it once.",
                zh=f"{out}：与 {ids[identity]} 是同一次结果，会重复计数。请只写一次。",
            )
        ids[identity] = out


def _count_run(
    out: Path, by: str, every: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]]
) -> Counter[tuple[Cell, str]]:
    """Count one run: what is to be visited from `every` fact, what was visited from the `facts` of the time."""
    units = read_table(out, "units", ["unit_id", "source_class", "outcome", "lists"]).to_pylist()
    area = areas_of_units(out, by)
    cell = {row["unit_id"]: (area.get(row["unit_id"], UNPLACED), row["source_class"]) for row in units}
    on_lists = {row["unit_id"] for row in units if set(row["lists"].split("+")) - {FIELD, FACTS}}
    unit_of = _unit_of_facts(out, every)
    all_answers, answers = _last_answers(every, unit_of), _last_answers(facts, unit_of)
    listed = {row["unit_id"] for row in units if row["outcome"] == "unit"} | set(all_answers.last)
    counts = Counter((cell[unit], "listed") for unit in listed & on_lists)
    counts.update((cell[unit], "listed") for unit in (all_answers.duplicates | answers.duplicates).values())
    results = [(unit, RESULT_OF.get(answer, answer)) for unit, answer in answers.last.items() if unit in on_lists]
    results += [(unit, "duplicate") for unit in answers.duplicates.values()]
    for unit, result in results:
        counts[cell[unit], "visited"] += 1
        counts[cell[unit], result] += 1
    counts.update((cell[unit], "new") for unit in answers.new)
    return counts


class _Answers(NamedTuple):
    """What the field said of units, the last word of each."""

    last: Mapping[str, str]
    """Unit -> answer."""
    duplicates: dict[str, str]
    """Unit on the sheet that is another's duplicate -> the unit that it belongs to."""
    new: frozenset[str]


def _last_answers(facts: Iterable[Mapping[str, Any]], unit_of: Mapping[str, str]) -> _Answers:
    """Return the last answer about each unit; one about the same line of a sheet replaces an earlier one."""
    last, duplicates, new = dict[str, str](), dict[str, str](), set[str]()
    for row in sorted(facts, key=lambda one: one["line"]):
        unit = unit_of.get(row["entry_id"])
        if unit is None:
            continue
        duplicates.pop(row["unit_id"], None)
        if row["answer"] == "new":
            new.add(unit)
        elif row["answer"] == "duplicate":
            duplicates[row["unit_id"]] = unit
        else:
            last[unit] = row["answer"]
    return _Answers(last, duplicates, frozenset(new))


def _unit_of_facts(out: Path, facts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the unit that each fact's entry is of, by entry."""
    wanted = {row["entry_id"] for row in facts if row["entry_id"]}
    members = read_table(out, "members", ["entry_id", "unit_id"]).to_pylist()
    return {row["entry_id"]: row["unit_id"] for row in members if row["entry_id"] in wanted}


def _require_sums(found: Progress) -> None:
    """Every unit that was visited has one result, and none was visited that is not listed."""
    for area in [*found.areas(), ""]:
        results = sum(found.total(result, area) for result in RESULTS)
        if results != found.total("visited", area) or found.total("visited", area) > found.total("listed", area):
            raise LawError(
                en=f"{area or 'all'}: {found.total('visited', area)} visited of {found.total('listed', area)} listed, "
                f"{results} results; they do not add up. Nothing was written.",
                zh=f"{area or '合计'}：应清查 {found.total('listed', area)}，已清查 {found.total('visited', area)}，"
                f"结果 {results}，数字不符。未写出任何文件。",
            )
