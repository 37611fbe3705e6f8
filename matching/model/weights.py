"""What each level is worth, and the probabilities that follow.  No learning, no verdicts.

Three classes, asked as two nested questions: *one legal unit?* and, given that, *one
site?*  p_legal = s(L), p_site = s(L) s(S), where L and S are sums of weights over
the comparisons and s is the logistic function.  Nesting makes the laws plain: p_site
never exceeds p_legal, the three probabilities add up to one, and a level that agrees
more never lowers either (the weights of a comparison keep the order of its levels).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from minglu.common.arrays import Integers, Levels, Numbers
from minglu.common.bilingual import Bilingual
from minglu.matching.settings.linkage_settings import LinkageSettings

Figures = tuple[tuple[str, float, Bilingual], ...]

BIT = float(np.log(2.0))  # one bit of evidence in natural logarithms


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct combinations of levels, how often each occurs, and how often outside of code blocks."""

    levels: Levels
    pairs: Integers
    shared: Integers
    """Pairs that share something else than a code: a fair sample for learning what the rest is worth."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in bits, per comparison an array over its levels, missing (0 bits) first."""

    legal: tuple[Numbers, ...]
    site: tuple[Numbers, ...]
    prior_legal: float
    prior_site: float
    figures: Figures
    """What learning saw: (figure, value, meaning)."""

    def of(self, question: str) -> tuple[tuple[Numbers, ...], float]:
        """Return the weights and the prior of `question`."""
        return (self.legal, self.prior_legal) if question == "legal" else (self.site, self.prior_site)

    def put(self, question: str, weights: tuple[Numbers, ...], prior: float) -> Model:
        """Return the model with other weights and another prior for `question`."""
        if question == "legal":
            return replace(self, legal=weights, prior_legal=prior)
        return replace(self, site=weights, prior_site=prior)

    def ask(self, question: str, levels: Levels) -> Numbers:
        """Return the probability of yes to one question alone, for each row of levels."""
        weights, prior = self.of(question)
        return np.asarray(expit((prior + sum_weights(levels, weights)) * BIT), dtype=np.float64)

    def bits(self, levels: Levels) -> tuple[Numbers, Numbers]:
        """Return the log-odds in bits of both questions for each row of levels."""
        return (
            self.prior_legal + sum_weights(levels, self.legal),
            self.prior_site + sum_weights(levels, self.site),
        )

    def probabilities(self, levels: Levels) -> tuple[Numbers, Numbers]:
        """Return p_site and p_legal for each row of levels."""
        p_legal = self.ask("legal", levels)
        return p_legal * self.ask("site", levels), p_legal


def sum_weights(levels: Levels, weights: tuple[Numbers, ...]) -> Numbers:
    """Add up the weights of each row of levels."""
    total = np.zeros(len(levels))
    for column, weight in enumerate(weights):
        if weight.any():
            total += weight.take(levels[:, column])
    return total


def starting_model(settings: LinkageSettings) -> Model:
    """Return the model of the rule table, before any data."""
    return Model(settings.start("legal"), settings.start("site"), settings.prior_legal, settings.prior_site, ())
