"""How many units are on no list: every estimator side by side, or why there is none.  Numbers in, plain values out.

An estimate never stands without its interval, and the assumptions stand beside it with
what this census says about each.  Sources: the modules of `register.statistics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from scipy.stats import chi2

from minglu.register.assumptions import ONE_FEED, state_assumptions
from minglu.register.facts import as_plain
from minglu.register.statistics.capture import (
    THETAS,
    TOO_FEW_MATCHES,
    TOO_FEW_UNITS,
    Estimate,
    Histories,
    NotEstimableError,
    chao_bound,
    chapman,
    corrected_for_linkage,
    log_interval,
    require_estimable,
    sample_coverage,
    sensitivity_band,
)
from minglu.register.statistics.loglinear import MAX_LISTS, Fit, average, fit_all

Overlap = Mapping[str, int]
"""Names of lists joined by "+" -> units that are on exactly these lists."""
Json = dict[str, Any]

RECALLS = (1.0, 0.99, 0.95, 0.9)
"""What-if values for the share of true links that were found; no clerical sample says which holds."""
DIGITS = 4
MOST_STRATA = 100
"""So many strata are estimated, the largest: each takes a tenth of a second."""
REJECTED_FIT = 0.05
"""A model whose deviance is rarer than this is called rejected."""


def estimate_completeness(
    overlap: Overlap, kinds: Mapping[str, str], strata: Mapping[tuple[str, str], Overlap] | None = None
) -> Json:
    """Estimate the number of units from the lists' overlap; `kinds` names every list and its kind.

    `strata` maps (kind of stratum, its key) to the overlap inside it.
    """
    names = sorted(kinds)
    histories = capture_histories(overlap, names)
    content: Json = {
        "lists": [{"name": name, "kind": kinds[name]} for name in names],
        "seen": histories.total,
        "histories": dict(histories.counts),
        **_headline(histories),
        "pairs": [_pair(histories, names, i, j) for i, j in combinations(range(len(names)), 2)],
        "chao_bound": _chao(histories),
        "sample_coverage": _sample_coverage(histories),
        "band": _band(histories, names, kinds),
        "linkage_what_if": _what_if(histories, names),
        "assumptions": state_assumptions(histories, names, kinds),
        **_strata(strata or {}, names),
    }
    plain: Json = _rounded(as_plain(content))
    return plain


def _rounded(value: Any) -> Any:
    """Round every fraction: digits beyond differ from machine to machine and mean nothing."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def capture_histories(overlap: Overlap, names: Sequence[str]) -> Histories:
    """Turn the overlap into capture histories over `names`, in their order, with a count for each of them.

    >>> capture_histories({"a": 3, "a+b": 2}, ["a", "b"]).counts
    {'01': 0, '10': 3, '11': 2}
    """
    counts = {f"{number:0{len(names)}b}": 0 for number in range(1, 2 ** len(names))}
    for joined, units in overlap.items():
        on = set(joined.split("+"))
        counts["".join("1" if name in on else "0" for name in names)] += units
    return Histories(counts)


def _headline(histories: Histories, *, profile: bool = True) -> Json:
    """Fit all models and average them: status, the averaged estimate, the models and those refused."""
    try:
        fits, refused = fit_all(histories, profile=profile)
        mean = average(fits, histories.total)
    except (NotEstimableError, ValueError, ZeroDivisionError, FloatingPointError) as error:
        return {"status": "not estimable", "reason": _reason(histories, error), "models": [], "refused": {}}
    units = [fit.estimate.units for fit in fits]
    simpler = [fit for fit in fits if fit.df]
    best = min(fit.aic for fit in fits)
    weights = [math.exp((best - fit.aic) / 2) for fit in fits]
    return {
        "status": "estimated",
        "estimate": _interval(mean, histories.total),
        "models": [_model(fit, weight / sum(weights)) for fit, weight in zip(fits, weights, strict=True)],
        "models_range": [min(units), max(units)],
        "simpler_models_rejected": bool(simpler) and all(_rejected(fit) for fit in simpler),
        "refused": refused,
    }


def _interval(estimate: Estimate, seen: int) -> Json:
    """Return an estimate with its interval, and the share of it that the lists hold, where `seen` is given."""
    low, high = estimate.interval
    found = {"units": estimate.units, "standard_error": estimate.standard_error, "low": low, "high": high}
    if not seen:
        return found
    return found | {
        "share": seen / estimate.units if estimate.units else None,
        "share_low": seen / high if high else None,
        "share_high": seen / low if low else None,
    }


def _model(fit: Fit, weight: float) -> Json:
    return {
        "name": fit.name,
        "dependent": [list(pair) for pair in fit.pairs],
        "units": fit.estimate.units,
        "standard_error": fit.estimate.standard_error,
        "low": fit.estimate.interval.low,
        "high": fit.estimate.interval.high,
        "deviance": max(fit.deviance, 0.0),
        "df": fit.df,
        "p": float(chi2.sf(fit.deviance, fit.df)) if fit.df else None,
        "rejected": _rejected(fit),
        "aic": fit.aic,
        "bic": fit.bic,
        "weight": weight,
    }


def _rejected(fit: Fit) -> bool:
    return fit.df > 0 and float(chi2.sf(fit.deviance, fit.df)) < REJECTED_FIT


def _pair(histories: Histories, names: Sequence[str], i: int, j: int) -> Json:
    """Estimate from two lists alone, as if the others were not there."""
    first, second, both = histories.seen(i), histories.seen(j), histories.seen(i, j)
    found: Json = {"lists": [names[i], names[j]], "first": first, "second": second, "both": both}
    if both < TOO_FEW_MATCHES or first + second - both < TOO_FEW_UNITS:
        return found | {"reason": _few()}
    return found | {"estimate": _interval(chapman(first, second, both), first + second - both)}


def _chao(histories: Histories) -> Json:
    """Bound the number of units from below; the interval is that of the bound."""

    def compute() -> Json:
        require_estimable(histories)
        return {"estimate": _interval(delta_estimate(histories, chao_bound), histories.total)}

    return _or_reason(compute)


def _sample_coverage(histories: Histories) -> Json:
    def compute() -> Json:
        require_estimable(histories)
        found = sample_coverage(histories)
        mean = delta_estimate(histories, lambda shifted: sample_coverage(shifted).chosen)
        return {
            "coverage": found.coverage,
            "variant": "one-step" if found.chosen == found.one_step else "full",
            "estimate": _interval(mean, histories.total),
        }

    return _or_reason(compute)


def delta_estimate(
    histories: Histories, estimator: Callable[[Histories], float], *, floor: float | None = None
) -> Estimate:
    """Give an estimator its interval by the delta method on the multinomial counts.

    For any estimator that doubles with its counts, the variance is the sum of
    count times squared slope, less N; slopes are taken one unit up and down.
    Neither value nor interval falls below `floor`, by default the units seen.

    >>> lists = Histories({"10": 60, "01": 110, "11": 40})
    >>> round(delta_estimate(lists, lambda shifted: shifted.seen(0) * shifted.seen(1) / shifted.seen(0, 1)).units)
    375
    """
    least = histories.total if floor is None else floor
    units = estimator(histories)
    variance = -units
    for history, count in histories.counts.items():
        if count:
            up, down = (estimator(Histories({**histories.counts, history: count + step})) for step in (1, -1))
            variance += count * ((up - down) / 2) ** 2
    variance = max(variance, 0.0)
    units = max(units, least)
    return Estimate(units, math.sqrt(variance), log_interval(units, variance, least))


def _or_reason(compute: Callable[[], Json | None]) -> Json:
    """Return what `compute` returns, or the reason why it can't."""
    try:
        return compute() or {"reason": {"zh": "没有在册单位", "en": "there is no unit"}}
    except (NotEstimableError, ZeroDivisionError) as error:
        return {"reason": {"zh": "不可估计", "en": f"not estimable: {error}"}}


def _band(histories: Histories, names: Sequence[str], kinds: Mapping[str, str]) -> Json:
    """Take lists of one feed for one list, and show what dependence between the two that remain would do."""
    feed = [index for index, name in enumerate(names) if kinds[name] in ONE_FEED]
    rest = [index for index in range(len(names)) if index not in feed]
    if not feed or not rest:
        return {"reason": {"zh": "名单不能归为两个来源", "en": "the lists do not form two sources"}}
    merged = {"10": 0, "01": 0, "11": 0}
    for history, units in histories.counts.items():
        on = [str(int(any(history[index] == "1" for index in group))) for group in (feed, rest)]
        merged["".join(on)] += units
    table = Histories(merged)

    def compute() -> Json:
        require_estimable(table)
        return {"thetas": [{"theta": theta, **_dependent(table, theta)} for theta in THETAS]}

    return {"sources": [[names[index] for index in group] for group in (feed, rest)]} | _or_reason(compute)


def _dependent(table: Histories, theta: float) -> Json:
    mean = delta_estimate(table, lambda shifted: sensitivity_band(shifted, [theta])[theta])
    return {"estimate": _interval(mean, table.total)}


def _what_if(histories: Histories, names: Sequence[str]) -> list[Json]:
    """Show each pair's two-list estimate if a share of the true links was missed."""
    shown = []
    for i, j in combinations(range(len(names)), 2):
        if histories.seen(i, j) >= TOO_FEW_MATCHES:
            recalls = [{"recall": recall, **_if_recall(histories, i, j, recall)} for recall in RECALLS]
            shown.append({"lists": [names[i], names[j]], "recalls": recalls})
    return shown


def _if_recall(histories: Histories, i: int, j: int, recall: float) -> Json:
    first, second, links = histories.seen(i), histories.seen(j), histories.seen(i, j)
    both = links / recall
    if both > min(first, second):
        return {"reason": {"zh": "召回率不可能这么低", "en": "recall can't be as low as this"}}

    def corrected(shifted: Histories) -> float:
        sizes = shifted.seen(i), shifted.seen(j), shifted.seen(i, j)
        return corrected_for_linkage(*sizes, precision=1.0, recall=recall)

    return {"estimate": _interval(delta_estimate(histories, corrected, floor=first + second - both), 0)}


def _strata(strata: Mapping[tuple[str, str], Overlap], names: Sequence[str]) -> Json:
    """Estimate stratum by stratum; small ones are only counted, and of very many the largest are taken."""
    sizes = {key: sum(overlap.values()) for key, overlap in strata.items()}
    large = sorted((key for key in strata if sizes[key] >= TOO_FEW_UNITS), key=lambda key: (-sizes[key], key))
    shown = sorted(large[:MOST_STRATA])
    return {
        "strata": [_stratum(key, strata[key], names) for key in shown],
        "strata_too_small": len(strata) - len(large),
        "strata_left_out": len(large) - len(shown),
    }


def _stratum(key: tuple[str, str], overlap: Overlap, names: Sequence[str]) -> Json:
    histories = capture_histories(overlap, names)
    found = _headline(histories, profile=False)
    kept = {name: found[name] for name in ("status", "estimate", "models_range", "reason") if name in found}
    return {"kind": key[0], "key": key[1], "seen": histories.total} | kept


def _reason(histories: Histories, error: Exception) -> Json:
    matches = histories.total - histories.times(1)
    if histories.t == 1:
        return {"zh": "只有一份名单，无重叠可言", "en": "there is one list only: nothing overlaps"}
    if histories.t > MAX_LISTS:
        return {"zh": f"名单超过 {MAX_LISTS} 份", "en": f"there are more than {MAX_LISTS} lists"}
    if histories.total < TOO_FEW_UNITS or matches < TOO_FEW_MATCHES:
        return _few()
    return {"zh": "名单间重叠过少，模型无法拟合", "en": f"the lists meet too rarely: {error}"}


def _few() -> Json:
    return {
        "zh": f"单位或重叠过少（至少须 {TOO_FEW_UNITS} 个单位、{TOO_FEW_MATCHES} 个重叠）",
        "en": f"too few units or matches (needs {TOO_FEW_UNITS} units and {TOO_FEW_MATCHES} matches)",
    }
