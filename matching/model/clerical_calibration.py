"""Clerical calibration: a shift and a slope of the model probabilities, fitted to reviewed pairs.  No clusters.

The model's probability p becomes logit p' = shift + slope * logit p, fitted to reviewed pairs
by penalised logistic regression (shift ~ N(0, 1), slope ~ N(1, 0.25)).  Pairs come to
people because of their scores; a correction that is a function of the score alone is not
biased by that.  It is used only where it predicts reviewed pairs that it has not seen
better than the model does (five folds), only among the scores that were reviewed (doubtful pairs
are no evidence of sure ones), and only to be more careful: a link needs the model's own word as
well.  So a wrong correction can cost review work, never a wrong merge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from minglu.common.arrays import Flags, Numbers

LEAST_REVIEWED, LEAST_OF_A_KIND = 30, 5
FOLDS = 5
STEPS = 30  # of Newton's method; it converges in fewer than ten
SHIFT_ERROR, SLOPE_ERROR = 1.0, 0.25
SMALLEST_STEP = 1e-9
SLOPES = (0.5, 2.0)
MOST_LOGIT = 12.0  # a reviewed pair at p = 1 - 10^-9 adds no more than one at 1 - 6 * 10^-6


@dataclass(frozen=True, slots=True)
class Correction:
    """How probabilities are to be read; and how the reading was tested."""

    shift: float = 0.0
    slope: float = 1.0
    reach: float = 1.0
    """The highest probability that was reviewed: what is likelier was not asked about, and stays."""
    reviewed: int = 0
    loss_before: float = float("nan")
    """Mean log loss of the model on reviewed pairs, in nats; nan where there are too few."""
    loss_after: float = float("nan")
    """The same, corrected, each fifth by a fit to the other four."""

    @property
    def used(self) -> bool:
        """Return whether it changes anything."""
        return (self.shift, self.slope) != (0.0, 1.0)

    def apply(self, p: Numbers) -> Numbers:
        """Return the corrected probabilities: in the same order as p."""
        if not self.used:
            return p
        corrected: Numbers = expit(self.shift + self.slope * _logit(p, 40.0))
        return np.where(p > self.reach, np.maximum(corrected, p), corrected)


NO_CORRECTION = Correction()


def fit_correction(p: Numbers, match: Flags) -> Correction:
    """Fit to reviewed pairs, given in an order of their own (by their rows), not of their review."""
    reviewed = len(p)
    kinds = int(match.sum())
    if reviewed < LEAST_REVIEWED or min(kinds, reviewed - kinds) < LEAST_OF_A_KIND:
        return Correction(reviewed=reviewed)
    scores, fold = _logit(p, MOST_LOGIT), np.arange(reviewed) % FOLDS
    predicted = np.empty(reviewed)
    for part in range(FOLDS):
        shift, slope = _fit(scores[fold != part], match[fold != part])
        predicted[fold == part] = shift + slope * scores[fold == part]
    before, after = _loss(scores, match), _loss(predicted, match)
    if after >= before:
        return Correction(reviewed=reviewed, loss_before=before, loss_after=after)
    return Correction(*_fit(scores, match), float(p.max()), reviewed, before, after)


def _fit(scores: Numbers, match: Flags) -> tuple[float, float]:
    """Minimise the penalised log loss from no correction at all: Newton's steps, halved until they help."""
    design = np.stack([np.ones(len(scores)), scores], axis=1)
    centre, penalty = np.array([0.0, 1.0]), np.array([SHIFT_ERROR, SLOPE_ERROR]) ** -2.0

    def cost(at: Numbers) -> float:
        return len(scores) * _loss(design @ at, match) + float((penalty * (at - centre) ** 2).sum()) / 2

    found = centre
    for _ in range(STEPS):
        q = expit(design @ found)
        gradient = design.T @ (q - match) + penalty * (found - centre)
        curvature = (design * (q * (1 - q))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        while cost(found - step) > cost(found) and np.abs(step).max() > SMALLEST_STEP:
            step = step / 2
        found = found - step
    return float(found[0]), float(np.clip(found[1], *SLOPES))


def _loss(scores: Numbers, match: Flags) -> float:
    return float(np.logaddexp(0, np.where(match, -scores, scores)).mean())


def _logit(p: Numbers, most: float) -> Numbers:
    with np.errstate(divide="ignore"):
        scores: Numbers = np.clip(np.log(p) - np.log1p(-p), -most, most)
    return scores
