"""What a scored spot check says of completeness, for the report of the next build.  No estimate is made here.

The walk of whole districts is the one list that is independent of the offices.  It is of a sealed
register, the one it was drawn from; the report names that register.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.verifier import in_words

SCHEMA = "minglu/spotcheck-score/1"
COUNTED = ("districts", "registered", "found", "both", "unsettled")
NO_FIELD_SAMPLE: Mapping[str, Any] = {
    "status": "none",
    "zh": "尚无现场抽查结果：名单之外的单位只能由名单推算。",
    "en": "No field sample has been scored: units on no list are inferred from the lists alone.",
}
"""The place of a field sample in coverage.json; the schema says what one would hold."""


def read_field_sample(path: Path | None) -> Mapping[str, Any]:
    """Read score.json of `minglu spotcheck score` and put what it says of completeness into words.

    Raises SourceError where the file is no such score.
    """
    if path is None:
        return NO_FIELD_SAMPLE
    try:
        counts, estimate, head = _parse(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            en=f"{path}: is no score of a spot check ({type(error).__name__}). Expected what "
            "`minglu spotcheck score --to` wrote.",
            zh=f"{path}：不是质量核查结果（{type(error).__name__}）。"
            "应为 `minglu spotcheck score --to` 写出的 score.json。",
        ) from None
    zh, en = _words(counts, estimate, head)
    status = "estimated" if estimate else "none"
    return {"status": status, "zh": zh, "en": en, **counts, **({"estimate": estimate} if estimate else {})}


def _parse(text: str) -> tuple[dict[str, int], dict[str, float], str]:
    """Return the counts, the estimate (empty where there is none) and the register's head in words."""
    told = json.loads(text)
    if told["schema"] != SCHEMA:
        raise ValueError(told["schema"])
    sample = told["field_sample"]
    estimate = {key: float(value) for key, value in sample.get("estimate", {}).items()}
    return {key: int(sample[key]) for key in COUNTED}, estimate, in_words(told["design"]["register_head"])


def _words(counts: Mapping[str, int], estimate: Mapping[str, float], head: str) -> tuple[str, str]:
    zh = (
        f"现场抽查（名录指纹 {head}）：走完 {counts['districts']} 个小区，名录 {counts['registered']} 个，"
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
