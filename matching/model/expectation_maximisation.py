"""Expectation and maximisation over patterns of levels: one question learned without any answer.  No labels, no codes.

Each round asks the model how many pairs of every pattern are a yes, and counts from
that anew what each level is worth.  The comparisons are taken as independent; the
starting weights of the rule table say which of the two heaps is the yes.
"""

from __future__ import annotations

import math

import numpy as np

from minglu.common.arrays import Flags, Levels, Numbers
from minglu.matching.model.ordered_logit import level_bits
from minglu.matching.model.weights import Model
from minglu.matching.settings.linkage_settings import LinkageSettings

SHRINK_PAIRS = 8.0  # a level seen in so few pairs stands half-way at its starting weight
EM_ROUNDS = 60
EM_STILL = 1e-7
# On these, two marked branches are to each other as any two sites of a unit; on the rest they are not.
OF_ANY_SITES = ("place", "seat", "point", "family")


def fit_em(
    question: str,
    levels: Levels,
    mass: Numbers,
    settings: LinkageSettings,
    model: Model,
    *,
    never: Flags,
    most_moved: float = math.inf,
) -> tuple[Model, Numbers]:
    """Estimate weights and prior of `question` from patterns of `mass` pairs; `never` flags certain negatives.

    Returns the model, and for each pattern the probability of a match.  Certain negatives keep the search from
    dividing the pairs by anything else; the prior is estimated among the others only.  With `most_moved` (bits) no
    weight leaves its start by more, and the prior stays: what the model assumed itself is no evidence.
    """
    free = math.isinf(most_moved)
    yes_of, before = np.where(never, 0.0, model.ask(question, levels)), np.full(len(mass), -1.0)
    for _ in range(EM_ROUNDS):
        if np.abs(yes_of - before) @ mass < EM_STILL * mass.sum():
            break
        yes: Numbers = np.multiply(mass, yes_of, dtype=np.float64)
        no: Numbers = mass - yes
        both = (no, np.where(never, 0.0, no))
        weights = _count_levels(question, levels, yes=yes, no=both, settings=settings, model=model)
        weights = _near_start(weights, settings.start(question), most_moved)
        prior = _log2_odds(yes.sum(), no[~never].sum()) if free else model.of(question)[1]
        model = model.put(question, weights, prior)
        before, yes_of = yes_of, np.where(never, 0.0, model.ask(question, levels))
    return model, yes_of


def _near_start(weights: tuple[Numbers, ...], start: tuple[Numbers, ...], most: float) -> tuple[Numbers, ...]:
    return tuple(np.clip(bits, first - most, first + most) for bits, first in zip(weights, start, strict=True))


def _log2_odds(yes: float, no: float) -> float:
    return float(np.log2((yes + 0.5) / (no + 0.5)))


def _count_levels(
    question: str, levels: Levels, *, yes: Numbers, no: tuple[Numbers, Numbers], settings: LinkageSettings, model: Model
) -> tuple[Numbers, ...]:
    """Count each level of each comparison anew, given who is a yes and who is not.

    `no` is given with and without the certain negatives (marked branches): where a unit's sites stand is the
    same for both, who answers the phone and which list knows them is not.
    """
    weights = list(model.of(question)[0])
    for column, comparison in enumerate(settings.comparisons):
        if comparison.learns(question):
            start = np.array([getattr(level, question) for level in comparison.levels])
            against = no[comparison.name not in OF_ANY_SITES]
            weights[column] = level_bits(
                levels[:, column], yes, against, start, shrink=SHRINK_PAIRS, degrees=comparison.degrees
            )
    return tuple(weights)
