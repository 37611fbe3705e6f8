"""What a scored spot check says of completeness and of the linkage, for the next report.

The walk of whole districts is the one list that is independent of the offices; the visits see what the linkage left
apart and what it put together.  Both are of a sealed register, the one they were drawn from; the report names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from minglu.errors import SourceError
from minglu.register.storage.archive_verifier import in_words

SCHEMA = "minglu/spotcheck-score/1"
COUNTED = ("districts", "registered", "found", "both", "unsettled")
NO_FIELD_SAMPLE: Mapping[str, Any] = {
    "status": "none",
    "zh": "尚无现场抽查结果：名单之外的单位只能由名单推算。",
    "en": "No field sample has been scored: units on no list are inferred from the lists alone.",
}
"""The place of a field sample in coverage.json; the schema says what one would hold."""


NO_VISITS: Mapping[str, Any] = {
    "status": "none",
    "zh": "尚无现场核查结果可检验匹配。",
    "en": "No visits have been scored that could test the linkage.",
}


class FieldCheck(NamedTuple):
    """What a scored spot check says, for coverage.json."""

    sample: Mapping[str, Any]
    """Of completeness."""
    visits: Mapping[str, Any]
    """Of the linkage."""


NO_FIELD_CHECK = FieldCheck(NO_FIELD_SAMPLE, NO_VISITS)


def read_field_check(path: Path | None) -> FieldCheck:
    """Read score.json of `minglu spotcheck score` and put what it says into words.

    Raises SourceError where the file is no such score.
    """
    if path is None:
        return NO_FIELD_CHECK
    try:
        return _parse(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(
            en=f"{path}: is no score of a spot check ({type(error).__name__}). Expected what "
            "`minglu spotcheck score --to` wrote.",
            zh=f"{path}：不是质量核查结果（{type(error).__name__}）。"
            "应为 `minglu spotcheck score --to` 写出的 score.json。",
        ) from None


def _parse(text: str) -> FieldCheck:
    score = json.loads(text)
    if score["schema"] != SCHEMA:
        raise ValueError(score["schema"])
    head = in_words(score["design"]["register_head"])
    return FieldCheck(_sample(score["field_sample"], head), _visits(score["linkage"], head))


def _sample(sample: Mapping[str, Any], head: str) -> Mapping[str, Any]:
    """Return the counts of the walk, its estimate where there is one, and both in words."""
    counts = {key: int(sample[key]) for key in COUNTED}
    estimate = {key: float(value) for key, value in sample.get("estimate", {}).items()}
    zh, en = _words(counts, estimate, head)
    status = "estimated" if estimate else "none"
    return {"status": status, "zh": zh, "en": en, **counts, **({"estimate": estimate} if estimate else {})}


def _visits(linkage: Mapping[str, Any], head: str) -> Mapping[str, Any]:
    """Return what the visits say of the linkage: units left apart (duplicates) and put together (merged)."""
    counts = {"visited": int(linkage["visited"]), "unanswered": int(linkage["unanswered"])}
    zh = f"上门核查（名录校验码 {head}）：答复 {counts['visited']} 个，未答复 {counts['unanswered']} 个。"
    en = f"Visits (register head {head}): {counts['visited']} answered, {counts['unanswered']} not."
    if not counts["visited"]:
        return {"status": "none", "zh": f"{zh}不足以估计。", "en": f"{en} Not estimable.", **counts}
    one, two = (_rate(linkage[kind]) for kind in ("duplicate", "merged"))
    zh += (
        f"重复（应并未并）{one['errors']} 个，推及名录 {_share(one)}；实为多个单位（误并）{two['errors']} 个，"
        f"推及名录 {_share(two)}。各源类按在册数加权，区间已计入群的设计效应；未答复的不在其内。"
    )
    en += (
        f" Duplicates, left apart by the linkage: {one['errors']}, of the register {_share(one)}; several units "
        f"under one entry, joined wrongly: {two['errors']}, of the register {_share(two)}. Classes weigh by their "
        "units, the intervals heed the clusters; what was not answered is not in it."
    )
    return {"status": "estimated", "zh": zh, "en": en, **counts, "duplicate": one, "merged": two}


def _rate(rate: Mapping[str, Any]) -> Mapping[str, float]:
    return {"errors": int(rate["errors"]), **{key: float(rate[key]) for key in ("rate", "low", "high", "covered")}}


def _share(rate: Mapping[str, float]) -> str:
    return f"{rate['rate']:.2%} (95 % {rate['low']:.2%} – {rate['high']:.2%})"


def _words(counts: Mapping[str, int], estimate: Mapping[str, float], head: str) -> tuple[str, str]:
    zh = (
        f"现场抽查（名录校验码 {head}）：走完 {counts['districts']} 个小区，名录 {counts['registered']} 个，"
        f"实见 {counts['found']} 个，两者皆有 {counts['both']} 个，未能查对 {counts['unsettled']} 个。"
    )
    en = (
        f"Field sample (register head {head}): {counts['districts']} districts walked whole, "
        f"{counts['registered']} units registered, {counts['found']} found, {counts['both']} both, "
        f"{counts['unsettled']} not settled."
    )
    if not estimate:
        return f"{zh}不足以估计。", f"{en} Not estimable."
    units, low, high = (estimate[key] for key in ("units", "low", "high"))
    zh += f"估计这些小区共有 {units:,.0f} 个单位（95% 区间 {low:,.0f}–{high:,.0f}）；名录中不应在册的会使估计偏高。"
    en += f" Estimated units in these districts: {units:,.0f} (95 % interval {low:,.0f} to {high:,.0f}); "
    return zh, f"{en}units that should not be registered bias it upwards."
