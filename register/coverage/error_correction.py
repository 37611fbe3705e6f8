"""Two-list estimates as links that are wrong or missing change them: assumed, or measured by a clerical sample.

A missed link makes one unit two, so the lists seem to share less and the estimate is too
high; a wrong link does the opposite.  With L links of precision p and recall r the true
overlap is L p / r (Ding & Fienberg 1994), and N = n1 n2 r / (L p).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from minglu.register.coverage.estimates import stated, too_few
from minglu.register.statistics.capture_recapture import (
    TOO_FEW_MATCHES,
    TOO_FEW_UNITS,
    Estimate,
    Histories,
    corrected_for_linkage,
    log_interval,
)

Json = dict[str, Any]

RECALLS = (1.0, 0.99, 0.95, 0.9)
"""What-if values for the share of true links that were found, whatever a sample says."""
INPUTS = ("precision", "precision_error", "recall", "recall_error", "recall_bound", "precision_bound")


def if_recall_were(histories: Histories, names: Sequence[str]) -> list[Json]:
    """Show each pair's two-list estimate if a share of the true links was missed."""
    shown = []
    for i, j in combinations(range(len(names)), 2):
        if histories.seen(i, j) >= TOO_FEW_MATCHES:
            recalls = [{"recall": recall, **_corrected(histories, (i, j), 1.0, recall)} for recall in RECALLS]
            shown.append({"lists": [names[i], names[j]], "recalls": recalls})
    return shown


def correct_for_linkage(histories: Histories, names: Sequence[str], quality: Mapping[str, Any] | None) -> Json:
    """Correct each pair's estimate by the precision and recall of one site that the clerical sample shows.

    The interval holds both errors, that of the lists' overlap and that of the sample.
    `at_bound` is the estimate if the strata without a found match hid as many as they may
    (recall at its bound): how far the correction could still be off.  The sample speaks of all
    links together, so each pair of lists is corrected by the same two figures.
    """
    site = (quality or {}).get("levels", {}).get("site")
    if not site or not site["precision"] or not site["recall"]:
        return {
            "status": "not corrected",
            "zh": "未按匹配误差修正：准确率与召回率未知。",
            "en": "Not corrected for linkage error: precision and recall are unknown.",
        }
    errors = [site["precision_error"] / site["precision"], site["recall_error"] / site["recall"]]
    return {
        "status": "corrected",
        "zh": f"按人工样本的准确率 {site['precision']:.2%}、召回率 {site['recall']:.2%} 修正（N = n₁n₂·召回率 ÷ "
        "(连接数·准确率)），区间含抽样误差；各对名单用同一组数值。样本所评为抽样时的名录。",
        "en": f"Corrected by precision {site['precision']:.2%} and recall {site['recall']:.2%} of the clerical sample "
        "(N = n1 n2 recall / (links precision)); the interval holds the sample's error too. All pairs of lists use the "
        "same two figures, which are about the register the sample was drawn from.",
        "inputs": {name: site[name] for name in INPUTS},
        "pairs": [_pair(histories, names, (i, j), site, errors) for i, j in combinations(range(len(names)), 2)],
    }


def _pair(
    histories: Histories, names: Sequence[str], pair: tuple[int, int], site: Mapping[str, float], errors: list[float]
) -> Json:
    first, second, links = histories.seen(pair[0]), histories.seen(pair[1]), histories.seen(*pair)
    found = {"lists": [names[index] for index in pair], "links": links}
    if links < TOO_FEW_MATCHES or first + second - links < TOO_FEW_UNITS:
        return found | {"reason": too_few()}
    at_bound = _corrected(histories, pair, site["precision"], site["recall_bound"], errors)
    found |= _corrected(histories, pair, site["precision"], site["recall"], errors)
    return found | ({"at_bound": at_bound["estimate"]} if "estimate" in at_bound else {})


def _corrected(
    histories: Histories, pair: tuple[int, int], precision: float, recall: float, errors: Sequence[float] = ()
) -> Json:
    """Return the estimate of one pair of lists; `errors` are relative errors of precision and recall.

    The variance adds three parts: that of two lists with the true overlap m (Sekar & Deming 1949);
    which links were missed or wrong by chance, N^2 (1 - p r) / L, as L has about the variance
    m r (1 - r) + L (1 - p); and the sample's own error.  Without the second, simulated
    intervals hold the truth nine times in ten only.
    """
    first, second, links = histories.seen(pair[0]), histories.seen(pair[1]), histories.seen(*pair)
    both = links * precision / recall if recall else math.inf
    if both > min(first, second):
        return {"reason": {"zh": "召回率不可能这么低", "en": "recall can't be as low as this"}}
    units = corrected_for_linkage(first, second, links, precision=precision, recall=recall)
    variance = first * second * (first - both) * (second - both) / both**3
    variance += units**2 * ((1 - precision * recall) / links + sum(error**2 for error in errors))
    interval = log_interval(units, variance, first + second - both)
    seen = round(first + second - both)
    return stated(Estimate(units, math.sqrt(variance), interval), seen, share=False)
