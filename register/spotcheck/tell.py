"""What a draw and a score say to people: what was drawn, what it can show, what the answers showed.  No rule here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from minglu.register.report.words import SOURCE_CLASSES
from minglu.register.rules.pack import SpotcheckRules
from minglu.register.spotcheck.draw import ADDED, EXCLUDED, VISIT, Drawn, Stratum
from minglu.register.spotcheck.frame import Frame
from minglu.register.spotcheck.score import ABOVE, ALL, INDICATORS, NONE_CHECKED, WITHIN
from minglu.register.statistics.acceptance import Plan, chance_to_pass
from minglu.register.statistics.proportions import clopper_pearson

BAD_SHARE = 2.0
"""The second point of the curve: a register twice as bad as the limit."""
RULED: Mapping[str, tuple[str, str]] = {
    WITHIN: ("未超限值", "within the limit"),
    ABOVE: ("超过限值", "above the limit"),
    "open": ("待答复", "open: answers are missing"),
    NONE_CHECKED: ("无核查结果", "nothing checked"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "accept": ("未超限值，按规则可通过", "accept: no rate is above its limit"),
    "recheck": (
        "超过限值，须整乡（镇、街道）复查",
        "recheck: a rate is above its limit; the whole township is checked again",
    ),
    "undecided": ("尚不能判定：有未答复或未走完的", "undecided: answers or whole districts are missing"),
}


def draw_lines(frame: Frame, drawn: Drawn, rules: SpotcheckRules, files: Sequence[Path], language: str) -> list[str]:
    """Say what was drawn, what it can show, and what comes next."""
    zh = language == "zh"
    lines = [str(path) for path in files]
    seal = (
        ("已封存" if frame.sealed else "未封存：无法证明样本不受操纵")
        if zh
        else (
            "sealed" if frame.sealed else "not sealed: nobody can show that the register was not made to fit the sample"
        )
    )
    places = (len(drawn.townships), len(frame.townships), len(drawn.districts))
    lines.append(
        f"名录{seal}；抽中乡级 {places[0]}/{places[1]}，走访小区 {places[2]} 个。"
        if zh
        else f"register {seal}; {places[0]} of {places[1]} townships, {places[2]} districts to walk."
    )
    lines += [line for stratum in drawn.strata for line in _stratum_lines(stratum, rules, zh=zh)]
    lines.append(
        "下一步：填写两个工作簿（lookup.xlsx 留在办公室），再运行 minglu spotcheck score"
        if zh
        else "next: fill in both workbooks (lookup.xlsx stays in the office), then minglu spotcheck score"
    )
    return lines


def _stratum_lines(stratum: Stratum, rules: SpotcheckRules, *, zh: bool) -> list[str]:
    kinds = {VISIT: "", ADDED: "新增单位" if zh else "added units", EXCLUDED: "排除单位" if zh else "excluded units"}
    name = kinds[stratum.kind] or SOURCE_CLASSES.get(stratum.source_class, (stratum.source_class,) * 2)[not zh]
    told = f"  {name}: {stratum.drawn} / {stratum.total}"
    if stratum.kind == VISIT and stratum.drawn:
        told += _power(stratum, rules.limit_wrong, zh=zh)
    return [told]


def _power(stratum: Stratum, limit: float, *, zh: bool) -> str:
    """Say what the size can show: without an error, and the curve's two points for the limit."""
    plan = Plan(stratum.drawn, math.floor(limit * stratum.drawn))
    lot = max(stratum.reachable, stratum.drawn)
    bound = clopper_pearson(0, stratum.drawn).high
    good, bad = (chance_to_pass(lot, share, plan) for share in (limit, BAD_SHARE * limit))
    if zh:
        chances = f"真实错误率 {limit:.0%} 时通过概率 {good:.0%}，{BAD_SHARE * limit:.0%} 时 {bad:.0%}"
        return f"（若无一出错，错误率上限 {bound:.1%}；{chances}）"
    return (
        f" (without an error: at most {bound:.1%} are wrong; passes with {good:.0%} chance at {limit:.0%} wrong, "
        f"{bad:.0%} at {BAD_SHARE * limit:.0%})"
    )


def score_lines(scored: Mapping[str, Any], language: str) -> list[str]:
    """Say the verdict, every rate with its interval, the townships, and what the walk says of completeness."""
    zh = language == "zh"
    lines = [VERDICTS[scored["verdict"]][not zh]]
    lines += [f"  {rate_line(rate, language)}" for rate in scored["rates"] if rate["source_class"] == ALL]
    lines += [f"  {township['township']}: {VERDICTS[township['verdict']][not zh]}" for township in scored["townships"]]
    sample = scored["field_sample"]
    told = (sample["registered"], sample["found"], sample["both"])
    lines.append(
        f"走完 {sample['districts']} 个小区：名录 {told[0]}，实见 {told[1]}，两者皆有 {told[2]}。"
        if zh
        else f"{sample['districts']} districts walked whole: {told[0]} registered, {told[1]} found, {told[2]} on both."
    )
    return lines


def rate_line(rate: Mapping[str, Any], language: str) -> str:
    """Say one rate: numerator, n, value, both intervals, missing answers, verdict by rule, and what is shown.

    >>> rate = {"indicator": "wrong", "source_class": "all", "errors": 0, "n": 0, "unanswered": 3, "rate": None}
    >>> rate_line(rate | {"by_rule": "none"}, "en")
    'wrong entries: nothing checked, 3 not answered'
    """
    zh = language == "zh"
    name = INDICATORS[rate["indicator"]][not zh]
    missing = (
        (f"，未答复 {rate['unanswered']}" if zh else f", {rate['unanswered']} not answered")
        if rate["unanswered"]
        else ""
    )
    ruled = RULED[rate["by_rule"]][not zh]
    colon = "：" if zh else ": "
    if rate["rate"] is None:
        return f"{name}{colon}{ruled}{missing}"
    low, high = rate["exact"]
    value = f"{rate['errors']}/{rate['n']} = {rate['rate']:.2%} (95 % {low:.2%} – {high:.2%})"
    if rate["limit"] is None:
        return f"{name}{colon}{value}{missing}"
    shown = (
        ("样本足以证明" if rate["shown"] else "样本不足以证明")
        if zh
        else ("shown" if rate["shown"] else "not shown by this sample")
    )
    return f"{name}{colon}{value}{missing}; {rate['limit']:.1%}: {ruled}, {shown}"
