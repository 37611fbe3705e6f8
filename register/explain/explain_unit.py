"""Why: the reasons behind one unit or one pair, read from a finished run folder.

Nothing is recomputed but pairs of which the run kept no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import NO_TEXT, Bilingual
from minglu.errors import UsageError
from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.match_waterfall import explain_pair, near_misses, spanning_pairs
from minglu.matching.recompare import Recomparison, compare_again
from minglu.matching.settings.linkage_settings import load_linkage_settings
from minglu.register.cleaning.entry_ids import ID_CHARACTERS
from minglu.register.clerical.decisions import decision_lines
from minglu.register.explain.explanation import Compared, Entries, Explanation
from minglu.register.explain.run_lookup import Row, RunTables
from minglu.register.language.code_labels import METHODS, OUTCOMES, call
from minglu.register.schemas import FIELDS, FUSED_FIELDS, STATUSES
from minglu.register.storage.integrity import require_unchanged

MOST_COMPARED = 8  # entries of either side that are compared anew: a unit has fewer
EVEN = 0.5
MOST_UNITS = 20  # a code may stand for a legal unit with very many sites; the first ones are enough to choose from

CHINESE = {**FIELDS, "area_code": "按名称所指区域", "location": "坐标", "measures": "规模与管理类别"}
RELATION_OF_TWO = {
    "unit": ("属于同一单位", "are one unit"),
    "legal": ("属于同一法人的不同场所", "are two sites of one legal unit"),
    "none": ("是不同单位", "are different units"),
}


def explain_vouched(out: Path, item: str, other: str | None = None) -> Explanation:
    """Explain as `explain_item` does, from tables that the manifest of the run vouches for.

    Raises SourceError where a table was changed.
    """
    require_unchanged(out)
    return explain_item(out, item, other)


def explain_item(out: Path, item: str, other: str | None = None) -> Explanation:
    """Explain a unit (its id, its code, its USCC, or any of its entries), or why two items are not one.

    An item may also be a source row, FILE#ROW; one that was set aside is answered with its reason.
    Raises UsageError for an id that the run does not know, SourceError for a folder that is no run.
    """
    tables = RunTables(out)
    if not tables.weights().num_rows:
        raise UsageError(
            en=f"{out}: a roll-up keeps no reasons; expected the run folder of a county. Ask where the unit was built, "
            "by the id without the number of its county.",
            zh=f"{out}：汇总不保存归并理由；应为某县的结果文件夹。请到该单位所在县的结果文件夹查询，编号去掉县的序号。",
        )
    for name in (item, other or ""):
        if rows := tables.set_aside(name):
            return _explain_set_aside(name, rows)
    units = tables.units_of(item)
    if other is not None:
        return _explain_two(tables, (item, units), (other, tables.units_of(other)))
    if len(units) > 1:
        return _list_units(out, item, units)
    return _explain_unit(tables, units[0])


def _explain_set_aside(item: str, rows: Sequence[Row]) -> Explanation:
    answer = Explanation(item, {"item": item, "set_aside": rows})
    for row in rows:
        reason = Bilingual.parse(row["reason"])
        answer.say(
            f"{item} 判为无效记录，不属于任何单位：{row['code']} {reason.zh}",
            f"{item} was set aside: {row['code']} {reason.en}",
        )
    return answer


def _list_units(out: Path, item: str, units: list[Row]) -> Explanation:
    answer = Explanation(item, {"item": item, "units": units[:MOST_UNITS], "of": len(units)})
    answer.head(f"{item} 对应 {len(units)} 个单位：", f"{item} stands for {len(units)} units:")
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
    answer = Explanation(unit["name"] or unit["unit_id"], {})
    answer.head(f"单位{_unit_line(unit)}", f"unit{_unit_line(unit)}")
    _explain_outcome(answer, unit, tables.legal_unit(unit))
    answer.head(f"条目 {len(entries)} 条：", f"{len(entries)} entries:")
    answer.parts.append(Entries(entries))
    if len(entries) > 1:
        answer.head("归为一个单位的依据：", "why they are one unit:")
    pair_reasons = [_explain_pair(answer, pair, weights) for pair in reasons]
    decided = decision_lines(answer.say, tables.pairs_touching(ids, "decisions").to_pylist())
    if misses:
        answer.head("接近但未并入的条目：", "what came near without joining:")
    near = [_explain_pair(answer, pair, weights, cuts) for pair in misses]
    _explain_fields(answer, unit)
    _explain_place(answer, placement)
    answer.facts.update(
        unit=unit, entries=entries, reasons=pair_reasons, near_misses=near, cuts=cuts, placement=placement
    )
    answer.facts["decisions"] = decided
    return answer


def _explain_two(tables: RunTables, one: tuple[str, list[Row]], two: tuple[str, list[Row]]) -> Explanation:
    """Return whether two items are one unit, and show the strongest pair of their entries."""
    same_unit = {unit["unit_id"] for unit in one[1]} & {unit["unit_id"] for unit in two[1]}
    same_legal = {unit["legal_id"] for unit in one[1]} & {unit["legal_id"] for unit in two[1]}
    facts = {"items": [one[0], two[0]], "same_unit": bool(same_unit), "same_legal": bool(same_legal), "entries": []}
    answer = Explanation(f"{one[0]} ~ {two[0]}", facts)
    zh, en = RELATION_OF_TWO["unit" if same_unit else "legal" if same_legal else "none"]
    answer.head(f"{one[0]} 与 {two[0]}{zh}", f"{one[0]} and {two[0]} {en}")
    ids = []
    for item, units in (one, two):
        entries = tables.entries_of(units)
        chosen = [entry for entry in entries if entry["entry_id"] == item] or entries
        ids.append({entry["entry_id"] for entry in chosen})
        answer.head(f"{item}：", f"{item}:")
        answer.parts.append(Entries(chosen[:MOST_UNITS]))
        answer.facts["entries"].append(chosen[:MOST_UNITS])
    pairs = tables.pairs_touching(sorted(ids[0])).to_pylist()
    between = [pair for pair in pairs if _joins(pair, *ids)]
    between.sort(key=lambda pair: (-pair["p_site"], -pair["p_legal"], pair["left"], pair["right"]))
    if not between:
        answer.facts["compared_now"] = _compare_now(answer, tables, *ids)
    made = [row for row in tables.pairs_touching(sorted(ids[0]), "decisions").to_pylist() if _joins(row, *ids)]
    answer.facts["decisions"] = decision_lines(answer.say, made)
    cuts = tables.pairs_touching(sorted(ids[0]), "cuts").to_pylist()
    if between:
        answer.head("比较所得：", "what comparing them gave:")
    answer.facts["pairs"] = [_explain_pair(answer, pair, tables.weights(), cuts) for pair in between[:3]]
    return answer


def _compare_now(answer: Explanation, tables: RunTables, left: set[str], right: set[str]) -> dict[str, Any] | None:
    """Compare entries that no kept comparison joins, with the run's words, counts and weights; report the likeliest.

    Of rows that are equal in every cell the first stands for all.
    """
    firsts = [sorted({one[:ID_CHARACTERS] for one in side})[:MOST_COMPARED] for side in (left, right)]
    pairs = [(one, two) for one in firsts[0] for two in firsts[1] if one != two]
    if not pairs:
        return None
    entries, counted = tables.compared_entries(sorted({one for pair in pairs for one in pair}))
    found = compare_again(
        entries, counted, pairs, words=tables.words(), weights=tables.weights(), settings=load_linkage_settings()
    )
    best = max(found, key=lambda one: (one.p_site, one.p_legal))
    rules = ", ".join(best.rules)
    if rules:
        answer.head(
            f"两者有共同的候选键（{rules}），但未保留比较：候选组过大被放弃，或结果远低于待核界限。现按同样规则重新比较：",
            f"They share a key of blocking ({rules}), but no comparison was kept: its block was too large, or they "
            "came out far below review. Compared now, by the same rules:",
        )
    else:
        answer.head(
            "没有任何候选规则把两者放在一起，从未比较过。现按同样规则比较：",
            "No blocking rule proposed the two: they were never compared. Compared now, by the same rules:",
        )
    if not tables.keeps_personal():
        answer.say(
            "  （结果中不保存电话和人员，此处按未填处理）", "  (telephones and people are not kept: missing here)"
        )
    compared = Compared(_as_pair(best), best.waterfall, _barrier(best.cannot_link), NO_TEXT)
    answer.parts.append(compared)
    return {**compared.values(), "proposed_by": list(best.rules)}


def _as_pair(found: Recomparison) -> Row:
    """Return what a comparison made now would have been among the scored pairs; nothing was ever linked by it."""
    relation = "same_site" if found.p_site >= EVEN else "same_legal" if found.p_legal >= EVEN else "different"
    chances = {"p_site": found.p_site, "p_legal": found.p_legal}
    return {"left": found.left, "right": found.right, **chances, "relation": relation, "verdict": "no_link"}


def _barrier(name: str) -> Bilingual:
    """Return a barrier in words; empty for none."""
    return next(
        (Bilingual(one.zh, one.en) for one in load_linkage_settings().cannot_links if one.name == name), NO_TEXT
    )


def _joins(pair: Row, left: set[str], right: set[str]) -> bool:
    """Return whether a pair has one entry on either side."""
    one, two = pair["left"], pair["right"]
    return (one in left and two in right) or (one in right and two in left)


def _explain_outcome(answer: Explanation, unit: Row, legal: Row) -> None:
    zh, en = call(OUTCOMES, unit["outcome"])
    why = Bilingual.parse(unit["outcome_reason"])
    code = f"  {unit['outcome_code']}".rstrip()
    answer.say(f"  结论：{zh}{code} {why.zh}".rstrip(), f"  outcome: {en}{code} {why.en}".rstrip())
    answer.say(
        f"  所属法人单位 {legal['legal_id']}  {legal['name']}，共 {legal['sites']} 个场所；见于名单 {unit['lists']}",
        f"  legal unit {legal['legal_id']}  {legal['name']}, number of sites: {legal['sites']}; lists: {unit['lists']}",
    )


def _explain_pair(answer: Explanation, pair: Row, weights: pa.Table, cuts: Sequence[Row] = ()) -> dict[str, Any]:
    """Tell one pair's waterfall, and what forbade it where something did; return it as values."""
    waterfall = explain_pair({name: pair[name] for name in COMPARISONS}, weights)
    cut = next(
        (
            Bilingual.parse(cut["reason"])
            for cut in cuts
            if (cut["left"], cut["right"]) == (pair["left"], pair["right"])
        ),
        NO_TEXT,
    )
    compared = Compared(pair, waterfall, _barrier(pair["barrier"]), cut)
    answer.parts.append(compared)
    return compared.values()


def _explain_fields(answer: Explanation, unit: Row) -> None:
    answer.head("各字段取自：", "each value comes from:")
    for name in FUSED_FIELDS:
        source = unit[f"{name}_entry"]
        value = f"{unit['lon']:.6f}, {unit['lat']:.6f}" if name == "location" and source else unit.get(name, "")
        if source:
            shown = STATUSES.get(value, (value,))[0] if name == "status" else value
            answer.say(f"  {CHINESE[name]}：{shown}  <- {source}", f"  {name}: {value}  <- {source}")


def _explain_place(answer: Explanation, placement: Row) -> None:
    district = placement["district_code"] or "-"
    distance = f"  {placement['distance_m']:.0f} m" if placement["distance_m"] else ""
    (method_zh, method_en), reason = call(METHODS, placement["method"]), Bilingual.parse(placement["reason"])
    code = f"{distance}  {placement['code']}"
    answer.head(
        f"普查小区：{district}  {method_zh}{code} {reason.zh}".rstrip(),
        f"district: {district}  {method_en}{code} {reason.en}".rstrip(),
    )
    if "+" in placement["candidates"]:
        answer.say(f"  候选小区：{placement['candidates']}", f"  candidates: {placement['candidates']}")
