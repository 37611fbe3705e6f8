"""Completeness: the number of units on no list by several estimators, or why there is no estimate.

An estimate never stands without its interval, and the assumptions stand beside it with
what this census says about each.  Sources: the modules of `register.statistics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

from minglu.register.coverage.assumptions import ONE_FEED, state_assumptions
from minglu.register.coverage.error_correction import correct_for_linkage, if_recall_were
from minglu.register.coverage.estimates import stated, too_few
from minglu.register.coverage.run_metadata import as_plain
from minglu.register.coverage.spotcheck_result import NO_FIELD_SAMPLE
from minglu.register.statistics.bayesian_averaging import average_graphs
from minglu.register.statistics.capture_recapture import (
    THETAS,
    TOO_FEW_MATCHES,
    TOO_FEW_UNITS,
    Histories,
    NotEstimableError,
    chao_bound,
    chapman,
    require_estimable,
    sample_coverage,
    sensitivity_band,
)
from minglu.register.statistics.delta_method import delta_estimate
from minglu.register.statistics.distributions import chi_squared_tail
from minglu.register.statistics.loglinear import MAX_LISTS, Fit, average, fit_all, name_pairs

Overlap = Mapping[str, int]
"""Names of lists joined by "+" -> units that are on exactly these lists."""
Json = dict[str, Any]

DIGITS = 4
MOST_STRATA = 100
"""So many strata are estimated, the largest: each takes a tenth of a second."""
NEAR_IDENTICAL = 0.97
"""Two lists that share so much of the units of either were made of one source, whatever their files are called."""
JOINED = " = "
ONE_MODEL = 0.99
"""A model with this much of the weight is the average."""
LEAST_SHOWN = 0.005
"""Graphs less likely than this are averaged, but not listed."""
REJECTED_FIT = 0.05
"""A model whose deviance is rarer than this is called rejected."""


def estimate_completeness(
    overlap: Overlap,
    kinds: Mapping[str, str],
    strata: Mapping[tuple[str, str], Overlap] | None = None,
    quality: Mapping[str, Any] | None = None,
    field_sample: Mapping[str, Any] = NO_FIELD_SAMPLE,
    *,
    withheld: int = 0,
    repeated: Collection[tuple[str, str]] = (),
) -> Json:
    """Estimate the number of units from the lists' overlap; `kinds` names every list and its kind.

    `strata` maps (kind of stratum, its key) to the overlap inside it; `quality` is what the
    clerical sample says about the links (see `clerical_quality`), or none; `field_sample` what
    a scored spot check says (see `spotcheck_result`); `withheld` strata are large enough, but their
    estimate would reveal a hidden count; `repeated` are pairs of lists with the same rows (see `repeated_lists`).
    """
    # Long: the content of one block of coverage.json, key by key.
    names = sorted(kinds)
    histories = capture_histories(overlap, names)
    sources = _sources(histories, names, repeated)
    merged = _merge(histories, sources)
    headline = _headline(merged, _join_names(names, sources))
    blocked = headline.get("reason")
    content: Json = {
        "lists": [{"name": name, "kind": kinds[name]} for name in names],
        "seen": histories.total,
        "histories": dict(histories.counts),
        "sources": [[names[index] for index in source] for source in sources],
        **headline,
        "pairs": [_pair(histories, names, i, j, blocked) for i, j in combinations(range(len(names)), 2)],
        "chao_bound": {"reason": blocked} if blocked else _chao(merged),
        "sample_coverage": {"reason": blocked} if blocked else _sample_coverage(merged),
        "bayesian": {"reason": blocked} if blocked else _bayesian(merged),
        "band": {"reason": blocked} if blocked else _band(histories, names, kinds),
        "linkage_what_if": [] if blocked else if_recall_were(histories, names),
        "linkage_corrected": correct_for_linkage(histories, names, None if blocked else quality),
        "assumptions": state_assumptions(histories, names, kinds, quality),
        "field_sample": field_sample,
        **_strata(strata or {}, names, repeated),
        "strata_withheld": withheld,
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


def _headline(histories: Histories, names: Sequence[str], *, profile: bool = True) -> Json:
    """Fit all models and average them: status, the averaged estimate, the models and those refused.

    Where this gives no number that is worth printing, nothing else may: one reason stands for all.
    """
    if histories.t == 1 and any(JOINED in name for name in names):
        return _not_estimable(_one_source(histories, names))
    try:
        fits, refused = fit_all(histories, profile=profile)
        mean = average(fits, histories.total)
    except (NotEstimableError, ValueError, ZeroDivisionError, FloatingPointError) as error:
        return _not_estimable(_reason(histories, names, error))
    found = stated(mean, histories.total)
    if "reason" in found:
        return _not_estimable(found["reason"])
    units = [fit.estimate.units for fit in fits]
    simpler = [fit for fit in fits if fit.df]
    best = min(fit.aic for fit in fits)
    weights = [math.exp((best - fit.aic) / 2) for fit in fits]
    shares = [weight / sum(weights) for weight in weights]
    return {
        "status": "estimated",
        **found,
        "basis": _basis(fits, shares),
        "models": [_model(fit, share) for fit, share in zip(fits, shares, strict=True)],
        "models_range": [min(units), max(units)],
        "simpler_models_rejected": bool(simpler) and all(_rejected(fit) for fit in simpler),
        "refused": refused,
    }


def _not_estimable(reason: Json) -> Json:
    return {"status": "not estimable", "reason": reason, "models": [], "refused": {}}


def _basis(fits: Sequence[Fit], shares: Sequence[float]) -> Json:
    """Describe the headline figure: an average of models, or in truth one model."""
    share, best = max(zip(shares, fits, strict=True), key=lambda pair: pair[0])
    if len(fits) == 1:
        return {"zh": f"单一模型（{best.name}），不是平均", "en": f"one model ({best.name}), no average"}
    if share >= ONE_MODEL:
        return {
            "zh": f"{len(fits)} 个模型加权，实为 {best.name} 一个模型（权重 {share:.1%}）",
            "en": f"{len(fits)} models weighed, in truth the model {best.name} alone (weight {share:.1%})",
        }
    return {"zh": f"{len(fits)} 个模型按 AIC 加权平均", "en": f"average of {len(fits)} models, weighted by AIC"}


def _sources(histories: Histories, names: Sequence[str], repeated: Collection[tuple[str, str]]) -> list[list[int]]:
    """Group the lists (0-based) that hold nearly the same units: each group is one source, and says a thing once."""

    def are_one(i: int, j: int) -> bool:
        return (names[i], names[j]) in repeated or _alike(histories, i, j) >= NEAR_IDENTICAL

    groups: list[list[int]] = []
    for j in range(histories.t):
        home = next((group for group in groups if any(are_one(i, j) for i in group)), None)
        if home is None:
            groups.append([j])
        else:
            home.append(j)
    return groups


def _merge(histories: Histories, sources: Sequence[Sequence[int]]) -> Histories:
    """Return the histories of the sources: a source knows a unit that any of its lists knows."""
    counts = {f"{number:0{len(sources)}b}": 0 for number in range(1, 2 ** len(sources))}
    for history, units in histories.counts.items():
        counts["".join(str(int(any(history[i] == "1" for i in source))) for source in sources)] += units
    return Histories(counts)


def _join_names(names: Sequence[str], sources: Sequence[Sequence[int]]) -> list[str]:
    return [JOINED.join(names[index] for index in source) for source in sources]


def _one_source(histories: Histories, names: Sequence[str]) -> Json:
    """Report that all lists are one source."""
    lists = names[0].split(JOINED)
    return {
        "zh": f"名单 {'、'.join(lists)} 几乎是同一批单位（共 {histories.total:,} 个），只能算一个来源，"
        "不能说明还漏了多少",
        "en": f"the lists {', '.join(lists)} hold nearly the same {histories.total:,} units: they count as one source, "
        "which can't show what it misses",
    }


def _alike(histories: Histories, i: int, j: int) -> float:
    both = histories.seen(i, j)
    either = histories.seen(i) + histories.seen(j) - both
    return both / either if either else 0.0


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
        "p": chi_squared_tail(fit.deviance, fit.df) if fit.df else None,
        "rejected": _rejected(fit),
        "aic": fit.aic,
        "bic": fit.bic,
        "weight": weight,
    }


def _rejected(fit: Fit) -> bool:
    return fit.df > 0 and chi_squared_tail(fit.deviance, fit.df) < REJECTED_FIT


def _pair(histories: Histories, names: Sequence[str], i: int, j: int, blocked: Json | None) -> Json:
    """Estimate from two lists alone, as if the others were not there; with the reason where nothing is `blocked`."""
    first, second, both = histories.seen(i), histories.seen(j), histories.seen(i, j)
    found: Json = {"lists": [names[i], names[j]], "first": first, "second": second, "both": both}
    if both < TOO_FEW_MATCHES or first + second - both < TOO_FEW_UNITS:
        return found | {"reason": too_few()}
    if blocked:
        return found | {"reason": blocked}
    if both == min(first, second):
        return found | {"reason": _contained(names, i if both == first else j, j if both == first else i)}
    return found | stated(chapman(first, second, both), first + second - both)


def _contained(names: Sequence[str], inner: int, outer: int) -> Json:
    return {
        "zh": f"{names[outer]} 含有 {names[inner]} 的全部单位",
        "en": f"{names[outer]} holds every unit of {names[inner]}",
    }


def _chao(histories: Histories) -> Json:
    """Bound the number of units from below; the interval is that of the bound."""

    def compute() -> Json:
        require_estimable(histories)
        return stated(delta_estimate(histories, chao_bound), histories.total)

    return _or_reason(compute)


def _sample_coverage(histories: Histories) -> Json:
    def compute() -> Json:
        require_estimable(histories)
        found = sample_coverage(histories)
        advised = (
            found.advised
        )  # one formula for the estimate and its error, on whatever side of the limit a shift falls
        mean = delta_estimate(histories, lambda shifted: sample_coverage(shifted).variant(advised))
        result = stated(mean, histories.total)
        if "reason" in result:
            return result
        return {"coverage": found.coverage, "variant": "one-step" if advised == "one_step" else "full", **result}

    return _or_reason(compute)


def _bayesian(histories: Histories) -> Json:
    """Average the decomposable graphs of three lists and more (Madigan & York 1997)."""
    if histories.t < 3:
        return {"reason": {"zh": "须有三份以上名单", "en": "it takes three lists or more"}}

    def compute() -> Json:
        require_estimable(histories)
        found = average_graphs(histories)
        likely = [
            {"name": name_pairs(one.edges), "probability": one.probability, **stated(one.estimate, histories.total)}
            for one in found.graphs
            if one.probability >= LEAST_SHOWN
        ]
        return {**stated(found.estimate, histories.total), "graphs": likely}

    return _or_reason(compute)


def _or_reason(compute: Callable[[], Json | None]) -> Json:
    """Return what `compute` returns, or the reason why it can't."""
    try:
        return compute() or {"reason": {"zh": "没有纳入普查单位", "en": "there is no unit"}}
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
    return stated(mean, table.total)


def _strata(
    strata: Mapping[tuple[str, str], Overlap], names: Sequence[str], repeated: Collection[tuple[str, str]]
) -> Json:
    """Estimate stratum by stratum; small ones are only counted, and of very many the largest are taken."""
    sizes = {key: sum(overlap.values()) for key, overlap in strata.items()}
    large = sorted((key for key in strata if sizes[key] >= TOO_FEW_UNITS), key=lambda key: (-sizes[key], key))
    shown = sorted(large[:MOST_STRATA])
    return {
        "strata": [_stratum(key, strata[key], names, repeated) for key in shown],
        "strata_too_small": len(strata) - len(large),
        "strata_left_out": len(large) - len(shown),
    }


def count_withheld(strata: Mapping[tuple[str, str], Overlap], printable: Mapping[tuple[str, str], Overlap]) -> int:
    """Count the strata large enough for an estimate of their own that have none as it would reveal a hidden count."""
    return sum(key not in printable and sum(overlap.values()) >= TOO_FEW_UNITS for key, overlap in strata.items())


def _stratum(
    key: tuple[str, str], overlap: Overlap, names: Sequence[str], repeated: Collection[tuple[str, str]]
) -> Json:
    histories = capture_histories(overlap, names)
    sources = _sources(histories, names, repeated)
    found = _headline(_merge(histories, sources), _join_names(names, sources), profile=False)
    kept: Json = {name: found[name] for name in ("status", "reason") if name in found}
    if "estimate" in found:
        digits = {"units": 0, "standard_error": 0, "low": 0, "high": 0}
        kept["estimate"] = {name: round(value, digits.get(name, 3)) for name, value in found["estimate"].items()}
        kept["models_range"] = [round(units) for units in found["models_range"]]
    return {"kind": key[0], "key": key[1], "seen": histories.total} | kept


def _reason(histories: Histories, names: Sequence[str], error: Exception) -> Json:
    matches = histories.total - histories.times(1)
    if histories.t == 1:
        return {"zh": "只有一份名单，无重叠可言", "en": "there is one list only: nothing overlaps"}
    if histories.t > MAX_LISTS:
        return {"zh": f"名单超过 {MAX_LISTS} 份", "en": f"there are more than {MAX_LISTS} lists"}
    if histories.total < TOO_FEW_UNITS or matches < TOO_FEW_MATCHES:
        return too_few()
    for i, j in permutations(range(histories.t), 2):
        if histories.seen(i) and histories.seen(i) == histories.seen(i, j):
            found = _contained(names, i, j)
            return {
                "zh": f"{found['zh']}，不能说明两者都漏了多少",
                "en": f"{found['en']}: they can't show what both miss",
            }
    return {"zh": "名单间重叠过少，模型无法拟合", "en": f"the lists meet too rarely: {error}"}
