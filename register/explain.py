"""Why: the reasons behind one unit or one pair, read from a finished run folder.  Nothing is recomputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import UsageError
from minglu.matching.evidence import Waterfall, explain_pair, near_misses, spanning_pairs
from minglu.matching.tables import COMPARISONS
from minglu.matching.verdicts import BARRIERS
from minglu.register.decisions import say_decisions
from minglu.register.store import read_table
from minglu.register.tables import FIELDS, FUSED_FIELDS

UNIT_KEYS = ("unit_id", "unit_code", "legal_id", "uscc")
MOST_UNITS = 20  # a code may stand for a legal unit with very many sites; the first ones are enough to choose from

CHINESE = {**FIELDS, "location": "坐标"}
METHODS = {
    "inside": "位于小区内",
    "boundary": "位于边界上",
    "nearest": "归最近小区",
    "declared": "按申报小区",
    "unplaced": "未落点",
}

Row = Mapping[str, Any]


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

    Raises UsageError for an id that the run does not know, SourceError for a folder that is no run.
    """
    tables = _Tables(out)
    units = tables.units_of(item)
    if other is not None:
        return _explain_two(tables, (item, units), (other, tables.units_of(other)))
    if len(units) > 1:
        return _list_units(item, units)
    return _explain_unit(tables, units[0])


class _Tables:
    """The run's tables, each read once and only where a question needs it."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self.units = read_table(out, "units")
        self.members = read_table(out, "members")

    def units_of(self, item: str) -> list[Row]:
        """Return the units that an id or code stands for."""
        hit = pc.equal(self.members.column("entry_id"), item)
        ids = self.members.filter(hit).column("unit_id")
        mask = pc.is_in(self.units.column("unit_id"), ids.combine_chunks())
        for key in UNIT_KEYS:
            mask = pc.or_(mask, pc.equal(self.units.column(key), item))
        found: list[Row] = self.units.filter(mask).to_pylist()
        if not found or not item:
            raise UsageError(
                en=f"{item!r}: {self._out} knows no unit, entry or code of that name. "
                "Expected a unit_id (U...), an entry_id (E...), a unit code or a USCC.",
                zh=f"{item!r}：{self._out} 中没有该单位、条目或代码。"
                "应为 unit_id（U…）、entry_id（E…）、单位代码或统一社会信用代码。",
            )
        return found

    def entries_of(self, unit: Row) -> list[Row]:
        entries = read_table(self._out, "entries")
        ids = self.members.filter(pc.equal(self.members.column("unit_id"), unit["unit_id"])).column("entry_id")
        found: list[Row] = entries.filter(pc.is_in(entries.column("entry_id"), ids.combine_chunks())).to_pylist()
        return found

    def pairs_touching(self, entry_ids: Sequence[str], name: str = "scored_pairs") -> pa.Table:
        pairs, wanted = read_table(self._out, name), pa.array(entry_ids, pa.string())
        touching = pc.or_(pc.is_in(pairs.column("left"), wanted), pc.is_in(pairs.column("right"), wanted))
        return pairs.filter(touching)

    def weights(self) -> pa.Table:
        return read_table(self._out, "weights")

    def placement(self, unit: Row) -> Row:
        placements = read_table(self._out, "placements")
        placed: Row = placements.filter(pc.equal(placements.column("unit_id"), unit["unit_id"])).to_pylist()[0]
        return placed


def _list_units(item: str, units: list[Row]) -> Explanation:
    answer = Explanation({"item": item, "units": units[:MOST_UNITS], "of": len(units)})
    answer.say(f"{item} 对应 {len(units)} 个单位：", f"{item} stands for {len(units)} units:")
    for unit in units[:MOST_UNITS]:
        line = f"  {unit['unit_id']}  {unit['unit_code']}  {unit['name']}  {unit['site_address'] or unit['address']}"
        answer.say(line, line)
    return answer


def _explain_unit(tables: _Tables, unit: Row) -> Explanation:
    entries, placement = tables.entries_of(unit), tables.placement(unit)
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
    answer.say(f"单位 {unit['unit_id']}  {unit['name']}", f"unit {unit['unit_id']}  {unit['name']}")
    _say_outcome(answer, unit)
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


def _explain_two(tables: _Tables, one: tuple[str, list[Row]], two: tuple[str, list[Row]]) -> Explanation:
    """Say whether two items are one unit, and show the strongest pair of their entries."""
    ids = [[entry["entry_id"] for unit in units for entry in tables.entries_of(unit)] for _, units in (one, two)]
    ids = [[item] if item in known else known for (item, _), known in zip((one, two), ids, strict=True)]
    pairs = tables.pairs_touching(ids[0]).to_pylist()
    between = [
        pair
        for pair in pairs
        if {pair["left"], pair["right"]} & set(ids[1]) and {pair["left"], pair["right"]} & set(ids[0])
    ]
    between.sort(key=lambda pair: (-pair["p_site"], -pair["p_legal"], pair["left"], pair["right"]))
    same_unit = {unit["unit_id"] for unit in one[1]} & {unit["unit_id"] for unit in two[1]}
    same_legal = {unit["legal_id"] for unit in one[1]} & {unit["legal_id"] for unit in two[1]}
    answer = Explanation({"items": [one[0], two[0]], "same_unit": bool(same_unit), "same_legal": bool(same_legal)})
    if same_unit:
        answer.say(f"{one[0]} 与 {two[0]} 属于同一单位", f"{one[0]} and {two[0]} are one unit")
    elif same_legal:
        answer.say(
            f"{one[0]} 与 {two[0]} 属于同一法人的不同场所", f"{one[0]} and {two[0]} are two sites of one legal unit"
        )
    else:
        answer.say(f"{one[0]} 与 {two[0]} 是不同单位", f"{one[0]} and {two[0]} are different units")
    if not between:
        answer.say(
            "  未保留两者的比较：没有任何候选规则把它们放在一起，或比较结果远低于待核界限。",
            "  No comparison of the two was kept: no blocking rule brought them together, "
            "or they came out far below review.",
        )
    made = tables.pairs_touching(ids[0], "decisions").to_pylist()
    sides = [set(known) for known in ids]
    made = [row for row in made if all({row["left"], row["right"]} & side for side in sides)]
    answer.facts["decisions"] = say_decisions(answer.say, made)
    cuts = tables.pairs_touching(ids[0], "cuts").to_pylist()
    answer.facts["pairs"] = [_say_pair(answer, pair, tables.weights(), cuts) for pair in between[:3]]
    return answer


def _say_outcome(answer: Explanation, unit: Row) -> None:
    words = {"unit": ("在册", "kept"), "out_of_scope": ("范围外", "out of scope"), "closed": ("已关闭", "closed")}
    zh, en = words.get(unit["outcome"], (unit["outcome"], unit["outcome"]))
    reason = f"  {unit['outcome_code']} {unit['outcome_reason']}".rstrip()
    answer.say(f"  结论：{zh}{reason}", f"  outcome: {en}{reason}")


def _say_entry(answer: Explanation, entry: Row) -> None:
    sheet = f" [{entry['sheet']}]" if entry["sheet"] else ""
    place = f"{entry['file']}{sheet} #{entry['row']}"
    rest = "  ".join(text for text in (entry["name"], entry["uscc"], entry["site_address"] or entry["address"]) if text)
    answer.say(f"  {entry['entry_id']}  {place}  {rest}", f"  {entry['entry_id']}  {place}  {rest}")


def _say_pair(answer: Explanation, pair: Row, weights: pa.Table, cuts: Sequence[Row] = ()) -> dict[str, Any]:
    """Tell one pair's waterfall, and what forbade it where something did; return it as values."""
    waterfall: Waterfall = explain_pair({name: pair[name] for name in COMPARISONS}, weights)
    cut = next((cut["reason"] for cut in cuts if (cut["left"], cut["right"]) == (pair["left"], pair["right"])), "")
    barred = BARRIERS.get(pair["barrier"], "") if pair["barrier"] else ""
    odds = f"P(site) {pair['p_site']:.4f}  P(legal) {pair['p_legal']:.4f}  {pair['relation']} -> {pair['verdict']}"
    answer.say(f"  {pair['left']} ~ {pair['right']}  {odds}", f"  {pair['left']} ~ {pair['right']}  {odds}")
    answer.say("    法人位 场所位（比特）", "    legal   site (bits)")
    for zh, en in zip(waterfall.lines("zh"), waterfall.lines("en"), strict=True):
        answer.say(f"    {zh}", f"    {en}")
    for zh, en, reason in (("禁止合并", "forbidden", barred), ("合并被切断", "cut", cut)):
        if reason:
            answer.say(f"    {zh}：{reason}", f"    {en}: {reason}")
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
            answer.say(f"  {CHINESE[name]}：{value}  <- {source}", f"  {name}: {value}  <- {source}")


def _say_place(answer: Explanation, placement: Row) -> None:
    district = placement["district_code"] or "-"
    distance = "" if placement["distance_m"] is None else f"  {placement['distance_m']:.0f} m"
    remark = f"{distance}  {placement['code']}  {placement['reason']}".rstrip()
    method = placement["method"]
    answer.say(f"普查小区：{district}  {METHODS[method]}{remark}", f"district: {district}  {method}{remark}")
    if "+" in placement["candidates"]:
        answer.say(f"  候选小区：{placement['candidates']}", f"  candidates: {placement['candidates']}")
