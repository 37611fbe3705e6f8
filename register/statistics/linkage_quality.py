"""Linkage quality from a stratified clerical sample: precision and recall with their errors, and the honest bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from minglu.register.statistics.proportions import clopper_pearson


class Stratum(NamedTuple):
    """Pairs of one score band: how many there are, how many were judged, how many of these are true matches."""

    pairs: int
    judged: int
    matches: int
    linked: bool


@dataclass(frozen=True, slots=True)
class LinkageQuality:
    """Precision and recall of the links, estimated."""

    true_positives: float
    false_negatives: float
    precision: float
    precision_error: float
    precision_bound: float
    """Precision if every stratum without a found error hid as many as its sample allows (95 %)."""
    recall: float
    recall_error: float
    recall_bound: float
    """Recall if every stratum without a found match hid as many as its sample allows (95 %)."""


def linkage_quality(strata: Sequence[Stratum]) -> LinkageQuality:
    """Estimate precision and recall from judged samples of each stratum; recall's error by the delta method."""
    linked = [stratum for stratum in strata if stratum.linked]
    unlinked = [stratum for stratum in strata if not stratum.linked]
    found, missed = sum(map(_matches, linked)), sum(map(_matches, unlinked))
    found_variance, missed_variance = sum(map(_variance, linked)), sum(map(_variance, unlinked))
    links = sum(stratum.pairs for stratum in linked)
    spread = missed**2 * found_variance + found**2 * missed_variance
    # One-sided 95 %: the upper end of the two-sided 90 % interval.
    hidden = sum(
        s.pairs * clopper_pearson(0, s.judged, 0.90).high for s in unlinked if s.matches == 0 and s.judged < s.pairs
    )
    wrong = sum(
        s.pairs * clopper_pearson(0, s.judged, 0.90).high
        for s in linked
        if s.matches == s.judged and s.judged < s.pairs
    )
    return LinkageQuality(
        found,
        missed,
        found / links,
        math.sqrt(found_variance) / links,
        max(found - wrong, 0.0) / links,
        found / (found + missed),
        math.sqrt(spread / (found + missed) ** 4),
        found / (found + missed + hidden),
    )


def _matches(stratum: Stratum) -> float:
    return stratum.pairs * stratum.matches / stratum.judged


def _variance(stratum: Stratum) -> float:
    if stratum.judged == stratum.pairs:
        return 0.0  # every pair was judged: no error of sampling
    share = stratum.matches / stratum.judged
    finite = 1 - stratum.judged / stratum.pairs
    return stratum.pairs**2 * finite * share * (1 - share) / (stratum.judged - 1)
