"""质量核查与评估报告: the draft assessment report of a spot check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from minglu.register.language.code_labels import SOURCE_CLASSES, call
from minglu.register.report.office import official_paper
from minglu.register.storage.archive_verifier import in_words
from minglu.register.verification.spotcheck.score_sample import ALL, INDICATORS
from minglu.register.verification.spotcheck.spotcheck_text import VERDICTS, stratum_name

Json = Mapping[str, Any]
RATE = ("差错", "核查数", "未答复", "率", "95% 区间", "设计效应", "限值", "按规则", "证明")
RATE_MM = (9, 10, 10, 16, 27, 10, 12, 13, 9)
SHORT = {"within": "未超", "above": "超限", "open": "待定", "none": "·"}


def write_paper(scored: Json, path: Path) -> None:
    """Write the draft at `path`; the same score gives the same bytes."""
    design = scored["design"]
    document = official_paper.empty_document(f"{design['census']}质量核查与评估报告")
    official_paper.add_front(document)
    official_paper.add_title(document, f"{design['census']}质量核查与评估报告（草稿）")
    official_paper.add_text(document, f"（普查时点：{design['reference_date']}）", centred=True)
    official_paper.add_heading(document, "一、结论")
    official_paper.add_text(document, f"{VERDICTS[scored['verdict']][0]}。")
    _add_design(document, design)
    official_paper.add_heading(document, "三、核查结果")
    official_paper.add_table(
        document,
        "各项差错率",
        ["指标", "源类", *RATE],
        [[INDICATORS[rate["indicator"]][0], _class_of(rate), *_rate_row(rate)] for rate in scored["rates"]],
        (18, 22, *RATE_MM),
    )
    official_paper.add_text(
        document,
        "区间为按有效样本量计算的 Clopper-Pearson 精确区间，已计入以小区、乡级为群的设计效应。"
        "“按规则”比较差错率与限值；“证明”指精确区间上限不超过限值。未答复的不计为合格。",
    )
    _add_townships(document, scored["townships"])
    _add_walk(document, scored)
    official_paper.add_signature(document)
    official_paper.write_document(path, document)


def _add_design(document: Any, design: Json) -> None:
    official_paper.add_heading(document, "二、抽样")
    sealed = "名录已封存" if design["sealed"] else "名录未封存，无法证明样本不受操纵"
    official_paper.add_text(
        document,
        f"{sealed}，名录校验码 {in_words(design['register_head'])}，抽样种子“{design['seed']}”。"
        f"抽中乡级 {len(design['townships'])} 个（共 {design['townships_in_all']} 个），"
        f"整体走访小区 {len(design['districts'])} 个。",
    )
    rows = [[stratum_name(s)[0], s["total"], s["reachable"], s["drawn"], *_shown(s["shows"])] for s in design["strata"]]
    rows.append(["走访小区内纳入普查单位", "·", "·", design["walk"]["kept"], *_shown(design["walk"]["shows"])])
    header = ["层", "名录中", "抽中乡级内", "抽中", "限值", "无差错时上限", "限值处通过", "两倍处通过"]
    official_paper.add_table(document, "抽样单位及样本所能证明", header, rows, (36, 16, 20, 14, 14, 20, 18, 18))
    official_paper.add_text(
        document,
        f"限值与计划取自规则包 {design['rules']['pack']}（{design['rules']['sha256'][:16]}…）。"
        "“无差错时上限”为未发现差错时真实差错率的 95% 上限；“通过”为真实率等于限值、两倍限值时按限值判为通过的概率"
        "（抽样特性曲线上的两点，超几何分布）。各源类按错误率计，走访小区按漏查率计。",
    )


def _shown(shows: Json | None) -> list[str]:
    """Return limit, bound without an error, and the chances to pass at the limit and at twice the limit."""
    if shows is None:
        return ["·"] * 4
    return [
        f"{shows['limit']:.1%}",
        f"{shows['bound_without_error']:.1%}",
        f"{shows['passes_at_limit']:.0%}",
        f"{shows['passes_at_twice_limit']:.0%}",
    ]


def _rate_row(rate: Json) -> Sequence[object]:
    shown = rate["rate"] is not None
    low, high = rate["exact"] if shown else (0.0, 0.0)
    limit = rate["limit"]
    effect = rate["design_effect"]
    return [
        rate["errors"],
        rate["n"],
        rate["unanswered"],
        f"{rate['rate']:.2%}" if shown else "·",
        f"{low:.2%}–{high:.2%}" if shown else "·",
        f"{effect:.1f}" if effect and effect > 1 else "·",
        "·" if limit is None else f"{limit:.1%}",
        "·" if limit is None else SHORT[rate["by_rule"]],
        "·" if limit is None else "是" if rate["shown"] else "否",
    ]


def _class_of(rate: Json) -> str:
    return "全部" if rate["source_class"] == ALL else call(SOURCE_CLASSES, rate["source_class"])[0]


def _add_townships(document: Any, townships: Sequence[Json]) -> None:
    official_paper.add_heading(document, "四、分乡级")
    rates = [
        [one["township"], INDICATORS[rate["indicator"]][0], *_rate_row(rate)]
        for one in townships
        for rate in one["rates"]
    ]
    official_paper.add_table(document, "各乡级差错率", ["乡级代码", "指标", *RATE], rates, (22, 18, *RATE_MM))
    rows = [[one["township"], one["districts_not_walked"], VERDICTS[one["verdict"]][0]] for one in townships]
    official_paper.add_table(document, "各乡级结论", ["乡级代码", "未走完小区", "结论"], rows, (40, 30, 86))


def _add_walk(document: Any, scored: Json) -> None:
    """Add what the walk of whole districts says of completeness, with its interval or none."""
    official_paper.add_heading(document, "五、实地走访与完整性")
    sample = scored["field_sample"]
    text = (
        f"走完小区 {sample['districts']} 个：名录在册 {sample['registered']} 个，实地所见 {sample['found']} 个，"
        f"两者皆有 {sample['both']} 个，未能查对 {sample['unsettled']} 个。"
    )
    if "estimate" in sample:
        found = sample["estimate"]
        text += f"估计这些小区共有 {found['units']:,.0f} 个单位（95% 区间 {found['low']:,.0f}–{found['high']:,.0f}）。"
    else:
        text += "不足以估计。"
    official_paper.add_text(document, text)
    if scored["not_walked"]:
        official_paper.add_text(document, f"未走完的小区：{'、'.join(scored['not_walked'])}。其所见单位不计入漏查率。")
    linkage = scored["linkage"]
    official_paper.add_text(
        document,
        f"上门核查 {linkage['visited']} 个（未答复 {linkage['unanswered']} 个）："
        f"重复 {linkage['duplicate']['errors']} 个，"
        f"实为多个单位 {linkage['merged']['errors']} 个。{_weighted(linkage)}",
    )


def _weighted(linkage: Json) -> str:
    parts = [
        f"{name} {found['rate']:.2%}（95% 区间 {found['low']:.2%}–{found['high']:.2%}）"
        for name, found in (("应并未并", linkage["duplicate"]), ("误并", linkage["merged"]))
        if "rate" in found
    ]
    return f"按各源类在册数加权，推及名录：{'，'.join(parts)}。" if parts else ""
