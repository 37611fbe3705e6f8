"""How good one linkage is, beside the truth: precision and recall, blocking, questions for clerks, calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.support.link_steps import Steps
from bench.support.scoring import Score, pairs_inside, score_labels
from minglu.common.arrays import Flags, Integers, Numbers, distinct
from minglu.common.graphs import connect_here

Truth = Mapping[str, Integers]
"""Per level ("site", "legal_unit") a code per row."""
BANDS = (0.0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.000001)
LARGEST_SMALL = 20
REVIEW, SITE, LEGAL = 1, 2, 1


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of one level of one linkage."""

    score: Score
    """Over pairs of rows, after clustering."""
    small: Score
    """The same over the rows of true clusters of at most LARGEST_SMALL rows: a few chains hold most pairs."""
    completeness: float
    """Share of the true pairs that blocking proposes."""
    reachable: float
    """Share of the true pairs that a chain of proposed true pairs joins: the most that recall can be."""
    calibration_error: float
    """Expected calibration error over all compared pairs."""
    linked: int
    """Pairs linked by the model, before clustering."""
    promised: float
    """Mean probability of the linked pairs."""
    found: float
    """Share of them that are true."""


def measure_level(steps: Steps, truth: Truth, level: str) -> Quality:
    """Measure one level, "site" or "legal_unit"."""
    verdicts, codes, pairs = steps.verdicts, truth[level], steps.pairs
    site = level == "site"
    p = (verdicts.p_site if site else verdicts.p_legal)[pairs.pattern_of]
    link = (verdicts.link_site if site else verdicts.link_legal)[pairs.pattern_of]
    true = codes[pairs.left] == codes[pairs.right]
    labels = steps.sites if site else steps.legal_units
    _, place, sizes = distinct(codes)
    small = sizes[place] <= LARGEST_SMALL
    reached = connect_here(len(codes), pairs.left[true], pairs.right[true])
    return Quality(
        score=score_labels(labels, codes),
        small=score_labels(labels[small], codes[small]),
        completeness=share(int(true.sum()), pairs_inside(codes)),
        reachable=share(pairs_inside(reached), pairs_inside(codes)),
        calibration_error=expected_calibration_error(p, true),
        linked=int(link.sum()),
        promised=float(p[link].mean()) if link.any() else float("nan"),
        found=float(true[link].mean()) if link.any() else float("nan"),
    )


def share(part: int, whole: int) -> float:
    """Return a share; of nothing, all of it."""
    return part / whole if whole else 1.0


def expected_calibration_error(promised: Numbers, true: Flags) -> float:
    """Return the mean distance of promised and found shares over bands of probability, weighted by their pairs.

    Source: Naeini, Cooper & Hauskrecht 2015, with bands that are narrow near 0 and 1, where linkage decides.
    """
    if not len(promised):
        return 0.0
    band = np.digitize(promised, BANDS)
    count, sums, hits = (
        np.bincount(band, weights=weights, minlength=len(BANDS) + 1) for weights in (None, promised, true)
    )
    return float(np.abs(sums - hits).sum() / max(count.sum(), 1))


def count_questions(steps: Steps) -> tuple[int, int]:
    """Return the undecided pairs, and the groups of them that one answer settles.

    A question about sites is open between two sites, one about legal units between two legal
    units, as clustered: all undecided pairs between the same two are one group.  What other
    links have joined meanwhile is no question.
    """
    relation, verdict = (getattr(steps.verdicts, name)[steps.pairs.pattern_of] for name in ("relation", "verdict"))
    groups = 0
    for wanted, label in ((SITE, steps.sites), (LEGAL, steps.legal_units)):
        here = (verdict == REVIEW) & (relation == wanted)
        ends = np.sort(np.stack([label[steps.pairs.left[here]], label[steps.pairs.right[here]]], axis=1), axis=1)
        groups += len(np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0))
    return int((verdict == REVIEW).sum()), groups
