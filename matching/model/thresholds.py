"""From probabilities to verdicts: cannot-links, thresholds for a stated precision, link / review / no link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minglu.common.arrays import Flags, Integers, Levels, Numbers
from minglu.common.typed_toml import check_keys
from minglu.errors import RuleError
from minglu.matching.model.clerical_calibration import NO_CORRECTION, Correction
from minglu.matching.model.weights import Model
from minglu.matching.settings.linkage_settings import LinkageSettings, any_of

RELATIONS = ("different", "same_legal", "same_site")
VERDICTS = ("no_link", "review", "link")


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """What a census asks of linkage; a rule pack overrides these."""

    max_wrong_merges: float = 0.002
    """At most this share of the site links may be wrong, in expectation: one in 500.
    A bolder promise breaks on lists of other makers (docs/explanation/matching.md)."""
    max_wrong_legal: float = 0.002
    """The same for links of legal units: a wrong one hides no site, it only groups two wrongly."""
    second_licence_is_one: bool = True
    """一户多照 without accounts of their own: one unit (domain.md 1.6); False keeps every code apart."""
    link_floor: float = 0.9
    """No link below this probability, however good the others are."""
    review_floor: float = 0.2
    """Pairs from here to the link threshold go to a human."""
    keep_floor: float = 0.02
    """Pairs from here on are kept in scored_pairs as near-misses."""


def verdict_rules(overrides: Mapping[str, Any]) -> VerdictRules:
    """Read the [linkage] table of a rule pack; raises RuleError for an unknown key or a share outside 0 to 1."""
    check_keys(overrides, known=VerdictRules.__slots__, where="rules [linkage]")
    for key, value in overrides.items():
        flag = isinstance(getattr(VerdictRules(), key), bool)
        if not (isinstance(value, bool) if flag else _is_share(value)):
            wanted = ("true or false", "true 或 false") if flag else ("a share from 0 to 1", "0 到 1 之间的比例")
            raise RuleError(
                en=f"rules [linkage] {key}: found {value!r}, expected {wanted[0]}.",
                zh=f"规则 [linkage] {key}：得到 {value!r}，应为 {wanted[1]}。",
            )
    return replace(VerdictRules(), **overrides)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The outcome of each pattern of levels; arrays run parallel to the patterns."""

    p_site: Numbers
    p_legal: Numbers
    bar_site: np.ndarray
    """0, or the number (from 1) of the cannot_link of the settings that forbids one site."""
    bar_legal: Flags
    two_sites: Flags
    """Outcomes at which two rows of a unit are two sites for certain."""
    link_site: Flags
    link_legal: Flags
    link_second_licence: Flags
    """Linked although the codes differ: 一户多照."""
    relation: np.ndarray
    verdict: np.ndarray
    keep: Flags
    threshold_site: float
    threshold_legal: float


@dataclass(frozen=True, slots=True)
class Barred:
    """What the cannot-links of the settings forbid, per pattern of levels."""

    site: np.ndarray
    """0, or the number (from 1) of the first cannot_link of the settings that forbids one site."""
    legal: Flags
    lifted: Flags
    """A cannot_link would stand here, but for what the census says."""


def find_cannot_links(levels: Levels, settings: LinkageSettings, rules: VerdictRules) -> Barred:
    """Return what the settings' cannot-links forbid under the rules of the census."""
    size = len(levels)
    barred = Barred(np.zeros(size, dtype=np.int8), np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_))
    for number, cannot_link in reversed(list(enumerate(settings.cannot_links, start=1))):
        free = any_of(levels, settings, cannot_link.unless)
        legal = any_of(levels, settings, cannot_link.legal) & ~free
        site = legal | (any_of(levels, settings, cannot_link.site) & ~free)
        if cannot_link.lifted_by and getattr(rules, cannot_link.lifted_by):
            barred.lifted[site] = True
        else:
            barred.site[site] = number
            barred.legal[legal] = True
    return barred


def apply_thresholds(
    levels: Levels,
    pairs: Integers,
    model: Model,
    settings: LinkageSettings,
    rules: VerdictRules,
    *,
    corrections: tuple[Correction, Correction] = (NO_CORRECTION, NO_CORRECTION),
) -> Verdicts:
    """Give each pattern of levels its verdict; `pairs` counts the pairs that have it.

    A barred relation keeps the probability that its evidence gives (so that the
    conflict can be seen and reviewed) and is never linked.  `corrections` (of sites and of
    legal units) come from reviewed pairs: they can only keep the machine from linking.
    """
    # Long: one rule after the other over the same arrays.
    barred = find_cannot_links(levels, settings, rules)
    open_site, open_legal = barred.site == 0, ~barred.legal
    p_site, p_legal = model.probabilities(levels)
    by_law = np.flatnonzero(any_of(levels, settings, settings.by_law) & open_legal & (p_legal < settings.p_by_law))
    p_site[by_law] *= settings.p_by_law / np.maximum(p_legal[by_law], 1e-12)
    p_legal[by_law] = settings.p_by_law
    sure_site, sure_legal = (
        np.minimum(p, correction.apply(p)) for p, correction in zip((p_site, p_legal), corrections, strict=True)
    )
    threshold_site = choose_threshold(sure_site[open_site], pairs[open_site], rules.max_wrong_merges, rules.link_floor)
    threshold_legal = choose_threshold(
        sure_legal[open_legal], pairs[open_legal], rules.max_wrong_legal, rules.link_floor
    )
    link_site = open_site & (sure_site >= threshold_site)
    link_legal = (open_legal & (sure_legal >= threshold_legal)) | link_site
    review_site = ~link_site & (p_site >= rules.review_floor) & open_site
    review_legal = ~link_legal & (p_legal >= rules.review_floor) & open_legal
    review_site |= any_of(levels, settings, settings.asked) & ~link_legal
    relation = np.select([link_site | review_site, link_legal | review_legal], [2, 1], default=0)
    verdict = np.select([link_site, review_site, link_legal, review_legal], [2, 1, 2, 1], default=0)
    return Verdicts(
        p_site=p_site,
        p_legal=p_legal,
        bar_site=barred.site,
        bar_legal=barred.legal,
        two_sites=any_of(levels, settings, settings.labels.two_sites if settings.labels else {}),
        link_site=link_site,
        link_legal=link_legal,
        link_second_licence=link_site & barred.lifted,
        relation=relation.astype(np.int8),
        verdict=verdict.astype(np.int8),
        keep=(verdict > 0) | (p_legal >= rules.keep_floor),
        threshold_site=threshold_site,
        threshold_legal=threshold_legal,
    )


def choose_threshold(probability: Numbers, pairs: Integers, most_wrong: float, floor: float) -> float:
    """Return the lowest probability at which the links above it are wrong no more often than allowed.

    The expected share of wrong ones among all pairs at or above p is the mean of
    1 - probability over them.
    """
    order = np.argsort(-probability, kind="stable")
    values, counts = probability[order], pairs[order].astype(np.float64)
    if not len(values) or counts.sum() == 0:
        return 1.0
    share = np.cumsum((1.0 - values) * counts) / np.maximum(np.cumsum(counts), 1.0)
    last_of_equals = np.append(values[1:] != values[:-1], True)  # a threshold links all pairs of one probability
    allowed = np.flatnonzero((share <= most_wrong) & (values >= floor) & last_of_equals)
    if not len(allowed):
        return float(max(values[0], 1.0 - most_wrong))
    return float(values[allowed[-1]])
