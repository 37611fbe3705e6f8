"""Points called as witnesses: is the site question as sure of itself as it may be?  No learning of weights.

Expectation and maximisation takes the comparisons as independent, and so grows too
sure where several say the same thing.  Distances between points tell whether it is
right, without a label: how often two rows of one site, and of two sites, lie near
each other is known from the learning; so for each score that the *other* comparisons
give, the distances show how many pairs really are one site.  A slope and a shift are fitted to that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from minglu.matching.arrays import Levels, Numbers
from minglu.matching.model import BIT, Model, sum_weights
from minglu.matching.policy import SILENT_LEVEL, Policy

LEAST_PAIRS = 500.0  # located pairs below which the witnesses are too few to correct anything
LEAST_APART = 25.0  # and as many of them must lie apart
SLOPES = (0.3, 1.0)  # the question is never made surer than its own evidence


def correct_site(levels: Levels, mass: Numbers, policy: Policy, model: Model) -> Model:
    """Return the model with the site question's weights (those of the points apart) made as sure as points allow.

    `levels` and `mass` are the patterns of pairs of one legal unit that are not two sites for certain.
    """
    if not policy.has("point"):
        return model
    place = policy.column("point")
    located = levels[:, place] != SILENT_LEVEL
    levels, mass = levels[located].copy(), mass[located]
    point = levels[:, place].copy()
    levels[:, place] = SILENT_LEVEL
    rest = (model.prior_site + sum_weights(levels, model.site)) * BIT
    p_site = expit(rest + model.site[place][point] * BIT)
    if mass.sum() < LEAST_PAIRS or mass @ (1.0 - p_site) < LEAST_APART:
        return model
    seen = np.bincount(point, weights=mass * p_site, minlength=len(model.site[place]))[1:] + 0.5
    one_site = seen / seen.sum()
    two_sites = one_site / 2.0 ** model.site[place][1:]
    two_sites /= two_sites.sum()

    def surprise(line: Numbers) -> float:
        chance = expit(line[0] * rest + line[1])
        told = chance * one_site[point - 1] + (1.0 - chance) * two_sites[point - 1]
        return float(-(mass @ np.log(told)) / mass.sum())

    slope, shift = minimize(surprise, [1.0, 0.0], method="Nelder-Mead", bounds=[SLOPES, (-5.0, 5.0)]).x
    site = tuple(weights if column == place else weights * slope for column, weights in enumerate(model.site))
    meaning = "场所问题的校正系数（1 为不校正） / how far points let the site question be sure of itself (1: fully)"
    return replace(
        model,
        site=site,
        prior_site=float(model.prior_site * slope + shift / BIT),
        figures=(*model.figures, ("site_slope", float(slope), meaning)),
    )
