"""Linkage quality by clerical review: precision and recall, and what a sample can't show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from minglu.register.clerical.decisions import SAME_LEGAL, SAME_SITE, UNDECIDED, Chain, Decision
from minglu.register.clerical.reanchor_decisions import FOUND, LOST, REFOUND, ResolvedDecisions
from minglu.register.statistics.linkage_quality import Stratum, linkage_quality

Json = dict[str, Any]
LEVELS: Mapping[str, tuple[str, ...]] = {"site": (SAME_SITE,), "legal": (SAME_SITE, SAME_LEGAL)}
LEAST_JUDGED = 2
"""A stratum needs two judged pairs for a variance, unless all its pairs are judged."""


def describe_decisions(standing: ResolvedDecisions) -> Json:
    """Count what people decided, for coverage.json; the head vouches for the whole file."""
    chain = standing.chain
    return {
        "file": chain.path.name if chain.path is not None else None,
        "lines": chain.lines,
        "head": chain.head,
        "undone": chain.undone,
        **chain.counts(),
        **{state: standing.count(state) for state in (FOUND, REFOUND, LOST)},
    }


def estimate_quality(chain: Chain) -> Json:
    """Estimate precision and recall from the last clerical sample, or say why they are unknown.

    The estimate is about the register from which the sample was drawn, before the
    decisions took effect, and about pairs kept in scored_pairs: what was never
    compared, or scored below the keep floor, is not in it.
    """
    if not chain.samples:
        return _unknown("尚无人工判定样本", "there is no clerical sample")
    design = chain.samples[-1]
    judged = _by_stratum([one for one in chain.decisions if one.sample == design["sample"]])
    drawn = sum(stratum["drawn"] for stratum in design["strata"])
    answered = sum(map(len, judged.values()))
    for stratum in design["strata"]:
        have = len(judged.get(stratum["stratum"], ()))
        if have < min(LEAST_JUDGED, stratum["pairs"]):
            return _unknown(
                f"样本层 {stratum['stratum']} 抽取 {stratum['drawn']} 对，只判定了 {have} 对",
                f"of {stratum['drawn']} pairs drawn in stratum {stratum['stratum']} only {have} were judged",
            )
    levels = {level: _estimate(design["strata"], judged, level) for level in LEVELS}
    site = levels["site"]
    return {
        "status": "estimated",
        "zh": _zh(site, answered, drawn),
        "en": _en(site, answered, drawn),
        "sample": design["sample"],
        "run": design["run"],
        "drawn": drawn,
        "judged": answered,
        "pairs": sum(stratum["pairs"] for stratum in design["strata"]),
        "levels": levels,
        "strata": [
            {**stratum, "judged": len(judged[stratum["stratum"]]), **_matches(judged[stratum["stratum"]])}
            for stratum in design["strata"]
        ],
    }


def _by_stratum(decisions: Sequence[Decision]) -> defaultdict[str, dict[tuple[str, str], str]]:
    """Return per stratum what was decided of each pair; 待定 is no answer, and never counted as one."""
    found: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for one in decisions:
        if one.relation != UNDECIDED:
            found[one.stratum][one.left.entry, one.right.entry] = one.relation
    return found


def _matches(judged: Mapping[tuple[str, str], str]) -> Json:
    counts = Counter(judged.values())
    return {f"matches_{level}": sum(counts[relation] for relation in relations) for level, relations in LEVELS.items()}


def _estimate(strata: Sequence[Json], judged: Mapping[str, Mapping[tuple[str, str], str]], level: str) -> Json | None:
    """Return precision and recall of one level; None where the register joined no pair or the sample found no match."""
    rows = [
        Stratum(
            stratum["pairs"],
            len(judged[stratum["stratum"]]),
            _matches(judged[stratum["stratum"]])[f"matches_{level}"],
            stratum[f"linked_{level}"],
        )
        for stratum in strata
    ]
    if not any(row.linked for row in rows) or not any(row.matches for row in rows):
        return None
    return asdict(linkage_quality(rows))


def _unknown(zh: str, en: str) -> Json:
    return {
        "status": "unknown",
        "zh": f"准确率与召回率未知：{zh}。下列数字只是匹配过程的计数与模型自身的预期。",
        "en": f"Precision and recall are unknown: {en}. These are counts of the matching "
        "and its model's own expectations.",
    }


def _zh(site: Json | None, judged: int, drawn: int) -> str:
    start = f"依据分层抽样 {drawn} 对中已判定的 {judged} 对"
    if site is None:
        return f"{start}：样本中没有同一单位，无法估计。"
    return (
        f"{start}估计（同一场所，仅限保留评分的记录对）：准确率 {site['precision']:.2%}"
        f"（标准误 {site['precision_error']:.2%}），召回率 {site['recall']:.2%}（标准误 {site['recall_error']:.2%}）。"
        f"未见错误或未见匹配的层，若按 95% 界限各藏有其数，准确率可低至 {site['precision_bound']:.2%}，"
        f"召回率可低至 {site['recall_bound']:.2%}。未比较的记录对不在其内。"
    )


def _en(site: Json | None, judged: int, drawn: int) -> str:
    start = f"From {judged} judged pairs of {drawn} drawn by strata"
    if site is None:
        return f"{start}: the sample holds no match, so nothing can be estimated."
    return (
        f"{start} (one site; only pairs whose score was kept): precision {site['precision']:.2%} "
        f"(standard error {site['precision_error']:.2%}), recall {site['recall']:.2%} "
        f"(standard error {site['recall_error']:.2%}). If strata without a found error or match hid as many as "
        f"their samples allow (95 %), precision could be {site['precision_bound']:.2%} and recall "
        f"{site['recall_bound']:.2%}. Pairs never compared are not in it."
    )
