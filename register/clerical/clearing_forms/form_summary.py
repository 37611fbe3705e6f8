"""清查汇总表: every row of the lists by area and source class, in scope, not in scope or duplicate.  It adds up.

One line an area and class; what was set aside is in no area.  The sums are those of the account of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from minglu.errors import LawError
from minglu.register.clerical.area_levels import UNPLACED, areas_of_units
from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import Form, write_forms
from minglu.register.language.code_labels import SOURCE_CLASSES, call
from minglu.register.storage.run_store import read_account, read_table

KINDS: Mapping[str, str] = {
    "unit": "in_scope",
    "duplicate": "duplicate",
    "out_of_scope": "not_in_scope",
    "closed": "not_in_scope",
    "not_found": "not_in_scope",
    "rejected": "rejected",
}
"""Outcome of a row -> column of the summary."""
COLUMNS = (
    Column("area", "区划代码", "area", 16),
    Column("source_class", "源类", "source class", 16),
    Column("rows", "清查名单数", "rows of the lists", 12),
    Column("in_scope", "纳入普查", "in scope", 10),
    Column("not_in_scope", "不纳入普查", "not in scope", 10),
    Column("duplicate", "重复", "duplicates", 10),
    Column("rejected", "无效记录", "set aside", 10),
)
COUNTED = ("in_scope", "not_in_scope", "duplicate", "rejected")


def summarise(out: Path, by: str) -> list[dict[str, str]]:
    """Return the lines of the summary, with a line for each class in all and one for everything.

    Raises LawError unless they add up to the account of the run.
    """
    area = areas_of_units(out, by)
    units = read_table(out, "units", ["unit_id", "source_class"]).to_pylist()
    class_of = {row["unit_id"]: row["source_class"] for row in units}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in read_table(out, "ledger", ["unit_id", "outcome"]).to_pylist():
        unit = row["unit_id"]
        counts[area.get(unit, UNPLACED), class_of.get(unit, "unknown"), KINDS[row["outcome"]]] += 1
    _require_sums(out, counts)
    places = sorted({(one, two) for one, two, _ in counts})
    lines = [_line(one, two, {kind: counts[one, two, kind] for kind in COUNTED}) for one, two in places]
    lines += [_line("合计", one, _sums(counts, one)) for one in sorted({two for _, two in places})]
    return [*lines, _line("合计", "", _sums(counts, ""))]


def write_summary(path: Path, title: str, out: Path, by: str) -> None:
    """Write the summary as a workbook."""
    write_forms(path, title, [Form("清查汇总表", COLUMNS, summarise(out, by))], [])


def _sums(counts: Mapping[tuple[str, str, str], int], source_class: str) -> dict[str, int]:
    return {
        kind: sum(n for (_, two, found), n in counts.items() if found == kind and source_class in {"", two})
        for kind in COUNTED
    }


def _line(area: str, source_class: str, counts: Mapping[str, int]) -> dict[str, str]:
    words = call(SOURCE_CLASSES, source_class)[0] if source_class else "全部"
    numbers = {"rows": sum(counts.values()), **counts}
    return {"area": area, "source_class": words, **{key: str(value) for key, value in numbers.items()}}


def _require_sums(out: Path, counts: Mapping[tuple[str, str, str], int]) -> None:
    outcomes = read_account(out)["accounting"]["outcomes"]
    wanted = Counter[str]()
    for outcome, rows in outcomes.items():
        wanted[KINDS[outcome]] += rows
    for kind in COUNTED:
        found = sum(n for (_, _, one), n in counts.items() if one == kind)
        if found != wanted[kind]:
            raise LawError(
                en=f"{kind}: the summary has {found} rows, coverage.json {wanted[kind]}. No form was written.",
                zh=f"{kind}：汇总表为 {found} 行，coverage.json 为 {wanted[kind]} 行。未写出任何表。",
            )
