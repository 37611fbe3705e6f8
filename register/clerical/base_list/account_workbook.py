"""底册比对 as workbooks: account, additions and cross-checks in one, the sheet to verify removals in the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.clerical.area_levels import IN_COUNTY, require_level
from minglu.register.clerical.base_list.base_account import COUNTED, REMOVED, BaseAccount, base_account
from minglu.register.clerical.form_columns import Column, pages_across
from minglu.register.clerical.form_workbook import NUMBER, Form, write_forms
from minglu.register.clerical.round_trip import hand_out, header_of
from minglu.register.language.code_labels import OUTCOMES, SOURCE_CLASSES, call
from minglu.register.storage.run_store import read_table

ACCOUNT, VERIFICATION = "底册比对.xlsx", "核减核实表.xlsx"
TOTAL = "合计"
ACCOUNT_COLUMNS = (
    Column("area", "区划代码", "area", 16),
    Column("source_class", "源类", "source class", 16),
    Column("handed_down", "下发底册数", "handed down", 12),
    Column("duplicate", "核减：重复", "removed: duplicates", 12),
    Column("out_of_scope", "核减：不在普查范围", "removed: out of scope", 14),
    Column("closed", "核减：已关闭", "removed: closed", 12),
    Column("not_found", "核减：现场未找到", "removed: not found", 14),
    Column("rejected", "核减：无效记录", "removed: set aside", 14),
    Column("kept", "底册保留数", "kept of the list", 12),
    Column("added", "增补数", "added", 10),
    Column("register", "纳入普查单位数", "register", 14),
)
ADDED_COLUMNS = (
    Column(NUMBER, "序号", "no.", 7),
    Column("area", "区划代码", "area", 14),
    Column("name", "单位名称", "name", 36),
    Column("uscc", "统一社会信用代码", "USCC", 21),
    Column("source_class", "源类", "source class", 14),
    Column("lists", "增补依据（名单）", "evidence (lists)", 24),
    Column("rows", "依据行", "rows", 30),
    Column("unit_id", "单位编号", "unit id", 24),
)
CHECK_COLUMNS = (
    Column("list", "比对名单", "cross-check list", 24),
    Column("rows", "行数", "rows", 10),
    Column("supported", "印证单位数", "units supported", 14),
    Column("alone", "仅见于比对名单的单位数", "units on it alone", 20),
)
REMOVED_COLUMNS = (
    Column(NUMBER, "序号", "no.", 7),
    Column("place", "底册行", "row of the list", 22),
    Column("area", "区划代码", "area", 14),
    Column("name", "单位名称", "name", 36),
    Column("uscc", "统一社会信用代码", "USCC", 21),
    Column("why", "核减类型", "removed as", 16),
    Column("reason", "核减原因", "reason", 36),
    Column("rule", "规则依据", "rule", 26),
    Column("date", "依据日期", "date", 12),
    Column("into", "并入单位", "merged into", 24),
    Column("agreed", "核实意见", "verified", 14, open=True, choices=("同意核减", "应予保留", "待核实")),
    Column("basis", "核实依据", "basis", 24, open=True),
    Column("by", "核实人", "by", 10, open=True),
    Column("on", "核实日期", "on", 12, open=True),
)
RULE = re.compile(r"\s*\[([^\[\]]*)\]$")
"""A reason ends with the rule that decided, and the rule's source."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class AccountMade:
    """What was written."""

    files: tuple[Path, ...]
    account: BaseAccount

    def lines(self, language: str) -> list[str]:
        """Describe the account in one line, and each cross-check list in another."""
        total = {kind: self.account.total(kind) for kind in COUNTED}
        removed = sum(total[why] for why in REMOVED)
        zh = language == "zh"
        lines = [
            f"下发底册 {total['handed_down']:,} − 核减 {removed:,} + 增补 {total['added']:,} "
            f"= 纳入普查单位 {total['register']:,}"
            if zh
            else f"handed down {total['handed_down']:,} - removed {removed:,} + added {total['added']:,} "
            f"= register {total['register']:,}"
        ]
        lines += [
            f"  比对名单 {row['list']}：印证 {row['supported']:,} 个单位，另有 {row['alone']:,} 个单位仅见于比对名单"
            if zh
            else f"  cross-check {row['list']}: supports {row['supported']:,} units, alone knows {row['alone']:,}"
            for row in self.account.support
        ]
        return lines


def write_base_account(out: Path, to: Path, *, by: str = "township") -> AccountMade:
    """Write the account of the base list and the sheet to verify removals into the folder `to`, both or none.

    Raises UsageError where the run has no base list, SourceError where `out` is no run or not as its manifest says,
    ExistsError where a file is there already.
    """
    require_level(by, IN_COUNTY)
    title = header_of(out).census
    account = base_account(out, by)
    rows_of = _rows_of_units(out, [row["unit_id"] for row in account.added])
    forms = [
        Form("底册比对", ACCOUNT_COLUMNS, list(_account_lines(account)), across=pages_across(ACCOUNT_COLUMNS)),
        Form("增补单位", ADDED_COLUMNS, list(_added(account, rows_of)), across=pages_across(ADDED_COLUMNS)),
        Form("比对名单", CHECK_COLUMNS, [{key: str(row[key]) for key in row} for row in account.support]),
    ]
    removals = Form("核减核实表", REMOVED_COLUMNS, list(_removed(out, account)), across=pages_across(REMOVED_COLUMNS))
    books = {
        ACCOUNT: partial(write_forms, title=f"{title} 底册比对", forms=forms, hidden=[]),
        VERIFICATION: partial(write_forms, title=f"{title} 核减核实表", forms=[removals], hidden=[]),
    }
    return AccountMade(hand_out(to, books), account)


def _account_lines(account: BaseAccount) -> Iterator[dict[str, str]]:
    """Yield a line for each area and class, one for each class in all, one for everything."""
    cells = sorted({cell for cell, _ in account.counts})
    for cell in cells:
        yield _line(*cell, {kind: account.counts.get((cell, kind), 0) for kind in COUNTED})
    for name in sorted({name for _, name in cells}):
        inside = [cell for cell in cells if cell[1] == name]
        yield _line(
            TOTAL, name, {kind: sum(account.counts.get((cell, kind), 0) for cell in inside) for kind in COUNTED}
        )
    yield _line(TOTAL, "", {kind: account.total(kind) for kind in COUNTED})


def _line(area: str, source_class: str, counts: Mapping[str, int]) -> dict[str, str]:
    words = call(SOURCE_CLASSES, source_class)[0] if source_class else "全部"
    return {"area": area, "source_class": words, **{key: str(value) for key, value in counts.items()}}


def _added(account: BaseAccount, rows_of: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for number, row in enumerate(account.added, 1):
        shown = {key: row[key] or "" for key in ("area", "name", "uscc", "lists", "unit_id")}
        words = call(SOURCE_CLASSES, row["source_class"])[0]
        yield {**shown, NUMBER: str(number), "source_class": words, "rows": rows_of.get(row["unit_id"], "")}


def _removed(out: Path, account: BaseAccount) -> Iterator[dict[str, str]]:
    """Yield every row of the base list that is not in the register, once."""
    names = _names_on(out, account.base)
    for number, row in enumerate(account.removed, 1):
        unit = row["unit"] or {}
        decided = row["why"] not in {"duplicate", "rejected"}
        reason = Bilingual.parse((unit["outcome_reason"] if decided else row["reason"]) or "").zh
        merged = row["why"] == "duplicate"
        found, rule = DATE.search(reason), RULE.search(reason)
        yield {
            NUMBER: str(number),
            "place": _place(row),
            "area": row["area"],
            "name": names.get(row["entry_id"], ""),
            "uscc": unit.get("uscc") or "",
            "why": call(OUTCOMES, row["why"])[0],
            "reason": RULE.sub("", reason) or ("与同一单位的其他底册行重复" if merged else ""),
            "rule": rule[1] if rule else "",
            "date": found[0] if found else "",
            "into": f"{unit['name']} {row['unit_id']}" if merged else "",
        }


def _place(row: Mapping[str, Any]) -> str:
    sheet = f"[{row['sheet']}]" if row["sheet"] else ""
    return f"{row['file']}{sheet}#{row['row']}"


def _names_on(out: Path, list_name: str) -> dict[str, str]:
    table = read_table(out, "entries", ["entry_id", "raw_name"], where=pc.field("list") == list_name)
    return dict(zip(table.column("entry_id").to_pylist(), table.column("raw_name").to_pylist(), strict=True))


def _rows_of_units(out: Path, units: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    wanted = pc.field("unit_id").isin(pa.array(units, pa.string()))
    for row in read_table(out, "members", where=wanted).to_pylist():
        found.setdefault(row["unit_id"], []).append(_place(row))
    return {unit: "；".join(sorted(places)) for unit, places in found.items()}
