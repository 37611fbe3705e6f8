"""What an estimate of completeness assumes, and what this census says about each assumption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from minglu.register.statistics.capture_recapture import Histories

Json = dict[str, Any]

ONE_FEED = {"business": "工商登记", "tax": "税务登记"}
"""Kinds of lists that offices fill from one feed, so that they miss the same units; what they are called in Chinese."""


STATED: tuple[Json, ...] = (
    {
        "key": "homogeneity",
        "holds": "fails",
        "zh": "每个单位被列入的机会相同：不成立。小规模、无证照的单位各名单都难以见到；Chao 下限不受此影响。",
        "en": "Every unit is equally likely to be listed: fails. Small informal units are seen by no list; "
        "Chao's bound stands all the same.",
    },
    {
        "key": "reference_date",
        "holds": "unknown",
        "zh": "各名单为同一时点：名单文件未注明，须向提供部门核实。",
        "en": "The lists are of one date: the files do not say; ask the offices.",
    },
    {
        "key": "scope",
        "holds": "unknown",
        "zh": "名单上无应核减的单位：已按规则筛选，是否确在运行须现场抽查。",
        "en": "No unit on a list is out of scope: screened by rules; whether it operates takes a field sample.",
    },
    {
        "key": "unit_concept",
        "holds": "fails",
        "zh": "各名单的单位口径一致：不成立。工商、税务按法人登记，排污许可按场所核发；此处以场所计数。",
        "en": "All lists mean the same unit: fails. Registry and tax list legal units, permits list sites; "
        "what is counted here are sites.",
    },
)
"""Assumptions about which the lists of every census say the same."""


def state_assumptions(
    histories: Histories, names: Sequence[str], kinds: Mapping[str, str], quality: Mapping[str, Any] | None = None
) -> list[Json]:
    """State what the estimates assume, and what this census says about each."""
    ratios = _odds_ratios(histories, names)
    feed = [name for name in names if kinds[name] in ONE_FEED]
    fails = len(feed) > 1
    one_feed = "、".join(ONE_FEED.get(name, name) for name in feed)
    return [
        {
            "key": "independence",
            "holds": "fails" if fails else "unknown",
            "odds_ratios": ratios,
            "zh": (
                f"名单相互独立：不成立。{one_feed} 出自同一数据来源，漏的是同样的单位（正相关），估计值偏低。"
                if fails
                else "名单相互独立：无法仅凭名单检验。正相关使估计值偏低。"
            ),
            "en": (
                f"Lists are independent: fails. {', '.join(feed)} are filled from one feed and miss the same units "
                "(positive dependence), so estimates are too low."
                if fails
                else "Lists are independent: can't be tested from the lists alone. Positive dependence makes "
                "estimates too low."
            ),
        },
        _linkage(quality),
        *(dict(stated) for stated in STATED),
    ]


def _linkage(quality: Mapping[str, Any] | None) -> Json:
    """Describe what is known about the links; no sample ever shows that all of them are right."""
    site = (quality or {}).get("levels", {}).get("site")
    effect_zh = "漏匹配使估计值偏高：召回率 0.95 约高 5%，0.90 约高 11%。"
    effect_en = "Missed links make estimates too high: by some 5 % at recall 0.95, 11 % at 0.90."
    if not site:
        return {
            "key": "linkage",
            "holds": "unknown",
            "zh": f"匹配无误：未知（无人工判定样本）。{effect_zh}",
            "en": f"Links are right: unknown (no clerical sample). {effect_en}",
        }
    return {
        "key": "linkage",
        "holds": "fails",
        "zh": f"匹配无误：不成立。样本估计准确率 {site['precision']:.2%}、召回率 {site['recall']:.2%}"
        f"（可低至 {site['recall_bound']:.2%}），两两估计已另行修正。{effect_zh}",
        "en": f"Links are right: fails. The sample shows precision {site['precision']:.2%} and recall "
        f"{site['recall']:.2%} (it could be {site['recall_bound']:.2%}); two-list estimates are corrected besides. "
        f"{effect_en}",
    }


def _odds_ratios(histories: Histories, names: Sequence[str]) -> list[Json]:
    """Return each pair's odds ratio among the units of all other lists: above 1 they seek each other's company."""
    found = []
    for i, j in combinations(range(len(names)), 2):
        others = [index for index in range(len(names)) if index not in {i, j}]
        if not others:
            continue
        cells = {(a, b): 0 for a in (0, 1) for b in (0, 1)}
        for history, units in histories.counts.items():
            if all(history[index] == "1" for index in others):
                cells[int(history[i]), int(history[j])] += units
        against = cells[1, 0] * cells[0, 1]
        ratio = cells[1, 1] * cells[0, 0] / against if against else None
        found.append({"lists": [names[i], names[j]], "odds_ratio": ratio})
    return found
