"""Why: the reasons behind one unit or one pair, read from a finished run folder.  Nothing is recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.evidence import Waterfall, explain_pair, near_misses, spanning_pairs
from minglu.matching.policy import load_policy
from minglu.matching.tables import COMPARISONS
from minglu.register.decisions import say_decisions
from minglu.register.identity import ID_LETTERS
from minglu.register.lookup import Row, RunTables
from minglu.register.tables import FIELDS, FUSED_FIELDS
from minglu.register.tongues import both

MOST_UNITS = 20  # a code may stand for a legal unit with very many sites; the first ones are enough to choose from

CHINESE = {**FIELDS, "location": "坐标"}
METHODS = {
    "inside": "位于小区内",
    "boundary": "位于边界上",
    "nearest": "归最近小区",
    "declared": "按申报小区",
    "unplaced": "未落点",
}

OUTCOMES = {"unit": ("在册", "kept"), "out_of_scope": ("范围外", "out of scope"), "closed": ("已关闭", "closed")}
STATUSES = {"active": "在营", "stopped": "停产停业", "closed": "关闭", "unknown": "不明"}
RELATIONS = {
    "same_site": ("同一场所", "same site"),
    "same_legal": ("同一法人的不同场所", "two sites of one legal unit"),
    "different": ("不同单位", "different units"),
}
VERDICTS = {
    "link": ("认定", "taken as true"),
    "review": ("待人工判定", "waits for a clerk"),
    "no_link": ("不合并", "not joined"),
}
RELATION_OF_TWO = {
    "unit": ("属于同一单位", "are one unit"),
    "legal": ("属于同一法人的不同场所", "are two sites of one legal unit"),
    "none": ("是不同单位", "are different units"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer as nested values for JSON and as lines for people, indented by depth."""

    facts: dict[str, Any]
    zh: list[str] = field(default_factory=list)
    en: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return self.facts

    def as_lines(self, language: str) -> list[str]:
        """Return the answer as lines in `language`."""
        return self.zh if language == "zh" else self.en

    def say(self, zh: str, en: str) -> None:
        """Add one line."""
        self.zh.append(zh)
        self.en.append(en)


def explain_item(out: Path, item: str, other: str | None = None) -> Explanation:
    """Explain a unit (its id, its code, its USCC, or any of its entries), or why two items are not one.

    An item may also be a source row, FILE#ROW; one that was set aside is answered with its reason.
    Raises UsageError for an id that the run does not know, SourceError for a folder that is no run.
    """
    tables = RunTables(out)
    for name in (item, other or ""):
        if rows := tables.set_aside(name):
            return _say_set_aside(name, rows)
    units = tables.units_of(item)
    if other is not None:
        return _explain_two(tables, (item, units), (other, tables.units_of(other)))
    if len(units) > 1:
        return _list_units(out, item, units)
    return _explain_unit(tables, units[0])


def _say_set_aside(item: str, rows: Sequence[Row]) -> Explanation:
    answer = Explanation({"item": item, "set_aside": rows})
    for row in rows:
        zh, en = both(row["reason"])
        answer.say(f"{item} 被剔除，不属于任何单位：{row['code']} {zh}", f"{item} was set aside: {row['code']} {en}")
    return answer


def _list_units(out: Path, item: str, units: list[Row]) -> Explanation:
    answer = Explanation({"item": item, "units": units[:MOST_UNITS], "of": len(units)})
    answer.say(f"{item} 对应 {len(units)} 个单位：", f"{item} stands for {len(units)} units:")
    for unit in units[:MOST_UNITS]:
        answer.say(_unit_line(unit), _unit_line(unit))
    one, two = (unit["unit_id"] for unit in units[:2])
    answer.say(
        f"查看其中一个，或两个为何不是同一单位：minglu explain {out} {one} {two}",
        f"ask for one of them, or why two of them are not one: minglu explain {out} {one} {two}",
    )
    return answer


def _unit_line(unit: Row) -> str:
    parts = (unit["unit_id"], unit["unit_code"], unit["name"], unit["site_address"] or unit["address"])
    return "  " + "  ".join(part for part in parts if part)


def _explain_unit(tables: RunTables, unit: Row) -> Explanation:
    entries, placement = tables.entries_of([unit]), tables.placement(unit)
    ids = [entry["entry_id"] for entry in entries]
    pairs, weights = tables.pairs_touching(ids), tables.weights()
    by_machine = pc.and_(pc.equal(pairs.column("verdict"), "link"), pc.equal(pairs.column("relation"), "same_site"))
    by_people = pairs.column("decided")
    undecided = pc.equal(by_people, "")
    linked = pairs.filter(pc.or_(pc.equal(by_people, "same_site"), pc.and_(by_machine, undecided)))
    reasons = spanning_pairs(ids, linked)
    misses = near_misses(ids, pairs)
    cuts = tables.pairs_touching(ids, "cuts").to_pylist()
    answer = Explanation({})
    answer.say(f"单位{_unit_line(unit)}", f"unit{_unit_line(unit)}")
    _say_outcome(answer, unit, tables.legal_unit(unit))
    answer.say(f"条目 {len(entries)} 条：", f"{len(entries)} entries:")
    for entry in entries:
        _say_entry(answer, entry)
    if len(entries) > 1:
        answer.say("归为一个单位的依据：", "why they are one unit:")
    told = [_say_pair(answer, pair, weights) for pair in reasons]
    decided = say_decisions(answer.say, tables.pairs_touching(ids, "decisions").to_pylist())
    if misses:
        answer.say("接近但未并入的条目：", "what came near without joining:")
    near = [_say_pair(answer, pair, weights, cuts) for pair in misses]
    _say_fields(answer, unit)
    _say_place(answer, placement)
    answer.facts.update(unit=unit, entries=entries, reasons=told, near_misses=near, cuts=cuts, placement=placement)
    answer.facts["decisions"] = decided
    return answer


def _explain_two(tables: RunTables, one: tuple[str, list[Row]], two: tuple[str, list[Row]]) -> Explanation:
    """Say whether two items are one unit, and show the strongest pair of their entries."""
    same_unit = {unit["unit_id"] for unit in one[1]} & {unit["unit_id"] for unit in two[1]}
    same_legal = {unit["legal_id"] for unit in one[1]} & {unit["legal_id"] for unit in two[1]}
    answer = Explanation({"items": [one[0], two[0]], "same_unit": bool(same_unit), "same_legal": bool(same_legal)})
    zh, en = RELATION_OF_TWO["unit" if same_unit else "legal" if same_legal else "none"]
    answer.say(f"{one[0]} 与 {two[0]}{zh}", f"{one[0]} and {two[0]} {en}")
    ids = []
    for item, units in (one, two):
        entries = tables.entries_of(units)
        chosen = [entry for entry in entries if entry["entry_id"] == item] or entries
        ids.append({entry["entry_id"] for entry in chosen})
        answer.say(f"{item}：", f"{item}:")
        for entry in chosen[:MOST_UNITS]:
            _say_entry(answer, entry)
    pairs = tables.pairs_touching(sorted(ids[0])).to_pylist()
    between = [pair for pair in pairs if _joins(pair, *ids)]
    between.sort(key=lambda pair: (-pair["p_site"], -pair["p_legal"], pair["left"], pair["right"]))
    if not between:
        answer.say(
            "  未保留两者的比较：没有任何候选规则把它们放在一起，或比较结果远低于待核界限。",
            "  No comparison of the two was kept: no blocking rule brought them together, "
            "or they came out far below review.",
        )
    made = [row for row in tables.pairs_touching(sorted(ids[0]), "decisions").to_pylist() if _joins(row, *ids)]
    answer.facts["decisions"] = say_decisions(answer.say, made)
    cuts = tables.pairs_touching(sorted(ids[0]), "cuts").to_pylist()
    answer.facts["pairs"] = [_say_pair(answer, pair, tables.weights(), cuts) for pair in between[:3]]
    return answer


def _joins(pair: Row, left: set[str], right: set[str]) -> bool:
    """Say whether a pair has one entry on either side."""
    one, two = pair["left"], pair["right"]
    return (one in left and two in right) or (one in right and two in left)


def _say_outcome(answer: Explanation, unit: Row, legal: Row) -> None:
    zh, en = OUTCOMES.get(unit["outcome"], (unit["outcome"], unit["outcome"]))
    why_zh, why_en = both(unit["outcome_reason"])
    code = f"  {unit['outcome_code']}".rstrip()
    answer.say(f"  结论：{zh}{code} {why_zh}".rstrip(), f"  outcome: {en}{code} {why_en}".rstrip())
    answer.say(
        f"  所属法人单位 {legal['legal_id']}  {legal['name']}，共 {legal['sites']} 个场所；见于名单 {unit['lists']}",
        f"  legal unit {legal['legal_id']}  {legal['name']}, number of sites: {legal['sites']}; lists: {unit['lists']}",
    )


def _say_entry(answer: Explanation, entry: Row) -> None:
    sheet = f" [{entry['sheet']}]" if entry["sheet"] else ""
    place = f"{entry['file']}{sheet} #{entry['row']}"
    rest = "  ".join(text for text in (entry["name"], entry["uscc"], entry["site_address"] or entry["address"]) if text)
    line, first = f"  {entry['entry_id']}  {place}  {rest}", entry["entry_id"][:ID_LETTERS]
    copy = first != entry["entry_id"]
    answer.say(
        f"{line}（与 {first} 逐格相同）" if copy else line, f"{line} (every cell as in {first})" if copy else line
    )


def _say_pair(answer: Explanation, pair: Row, weights: pa.Table, cuts: Sequence[Row] = ()) -> dict[str, Any]:
    """Tell one pair's waterfall, and what forbade it where something did; return it as values."""
    waterfall: Waterfall = explain_pair({name: pair[name] for name in COMPARISONS}, weights)
    cut = next((cut["reason"] for cut in cuts if (cut["left"], cut["right"]) == (pair["left"], pair["right"])), "")
    barred = next((f"{one.zh} / {one.en}" for one in load_policy().barriers if one.name == pair["barrier"]), "")
    (zh, en), (verdict_zh, verdict_en) = RELATIONS[pair["relation"]], VERDICTS[pair["verdict"]]
    answer.say(
        f"  {pair['left']} ~ {pair['right']}  场所概率 {pair['p_site']:.4f}  法人概率 {pair['p_legal']:.4f}  "
        f"{zh}：{verdict_zh}",
        f"  {pair['left']} ~ {pair['right']}  P(site) {pair['p_site']:.4f}  P(legal) {pair['p_legal']:.4f}  "
        f"{en}: {verdict_en}",
    )
    answer.say("      法人   场所（比特）", "     legal   site (bits)")
    for zh, en in zip(waterfall.lines("zh"), waterfall.lines("en"), strict=True):
        answer.say(f"    {zh}", f"    {en}")
    for zh, en, reason in (("禁止合并", "forbidden", barred), ("合并被切断", "cut", cut)):
        if reason:
            why_zh, why_en = both(reason)
            answer.say(f"    {zh}：{why_zh}", f"    {en}: {why_en}")
    steps = [
        {"comparison": s.comparison, "level": s.level, "bits_legal": s.bits_legal, "bits_site": s.bits_site}
        for s in waterfall.steps
    ]
    return {
        "left": pair["left"],
        "right": pair["right"],
        "p_site": pair["p_site"],
        "p_legal": pair["p_legal"],
        "relation": pair["relation"],
        "verdict": pair["verdict"],
        "barrier": barred,
        "cut": cut,
        "steps": steps,
    }


def _say_fields(answer: Explanation, unit: Row) -> None:
    answer.say("各字段取自：", "each value comes from:")
    for name in FUSED_FIELDS:
        source = unit[f"{name}_entry"]
        value = f"{unit['lon']:.6f}, {unit['lat']:.6f}" if name == "location" and source else unit.get(name, "")
        if source:
            shown = STATUSES.get(value, value) if name == "status" else value
            answer.say(f"  {CHINESE[name]}：{shown}  <- {source}", f"  {name}: {value}  <- {source}")


def _say_place(answer: Explanation, placement: Row) -> None:
    district = placement["district_code"] or "-"
    distance = f"  {placement['distance_m']:.0f} m" if placement["distance_m"] else ""
    method, (zh, en) = placement["method"], both(placement["reason"])
    code = f"{distance}  {placement['code']}"
    answer.say(
        f"普查小区：{district}  {METHODS[method]}{code} {zh}".rstrip(),
        f"district: {district}  {method}{code} {en}".rstrip(),
    )
    if "+" in placement["candidates"]:
        answer.say(f"  候选小区：{placement['candidates']}", f"  candidates: {placement['candidates']}")
