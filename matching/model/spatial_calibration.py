"""Points called as witnesses: is the site question as sure of itself as it may be?  No learning of weights.

Expectation and maximisation takes the comparisons as independent, and so grows too
sure where several say the same thing.  Distances between points tell whether it is
right, without a label: how often two rows of one site, and of two sites, lie near
each other is known from the learning; so for each score that the *other* comparisons
give, the distances show how many pairs really are one site.  A slope and a shift are fitted to that, and a
shift for each mark of two sites.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from minglu.common.arrays import Integers, Levels, Numbers
from minglu.matching.model.weights import BIT, Model, sum_weights
from minglu.matching.settings.linkage_settings import SILENT_LEVEL, Policy, any_of, level_is

LEAST_PAIRS = 500.0  # located pairs below which the witnesses are too few to correct anything
LEAST_APART = 25.0  # and as many of them must lie apart
SLOPES = (0.3, 1.0)  # the question is never made surer than its own evidence
SHIFTS = (-10.0, 0.0)  # bits; marks of two sites are never made to say less than the rule table has them say


@dataclass(frozen=True, slots=True)
class _Witnesses:
    """The points of pairs of one unit, beside what everything else says about them."""

    rest: Numbers
    """Per pattern the log-odds of one site without the points."""
    point: Integers
    """Per pattern the level of its points, from 1."""
    mass: Numbers
    sure: Numbers
    """The chance of one site with the points."""

    def surprise(self, chance: Numbers, one_site: Numbers, two_sites: Numbers) -> float:
        """Return how badly the chances of one site foretell where the points lie, per pair, in nats."""
        told = chance * one_site[self.point - 1] + (1.0 - chance) * two_sites[self.point - 1]
        return float(-(self.mass @ np.log(told)) / self.mass.sum())


def correct_site(levels: Levels, mass: Numbers, policy: Policy, model: Model) -> Model:
    """Return the model with the site question's weights (those of the points apart) made as sure as points allow.

    `levels` and `mass` are the patterns of pairs of one legal unit that are not two sites for certain.
    """
    if not policy.has("point"):
        return model
    place, called = policy.column("point"), _call(levels, mass, policy, model)
    if called.mass.sum() < LEAST_PAIRS or called.mass @ (1.0 - called.sure) < LEAST_APART:
        return model
    one_site, two_sites = _where_points_lie(called, model.site[place])

    def surprise(line: Numbers) -> float:
        return called.surprise(expit(line[0] * called.rest + line[1]), one_site, two_sites)

    slope, shift = minimize(surprise, [1.0, 0.0], method="Nelder-Mead", bounds=[SLOPES, (-5.0, 5.0)]).x
    site = tuple(weights if column == place else weights * slope for column, weights in enumerate(model.site))
    meaning = "场所问题的校正系数（1 为不校正） / how far points let the site question be sure of itself (1: fully)"
    return replace(
        model,
        site=site,
        prior_site=float(model.prior_site * slope + shift / BIT),
        figures=(*model.figures, ("site_slope", float(slope), meaning)),
    )


def correct_marks(levels: Levels, mass: Numbers, policy: Policy, model: Model) -> Model:
    """Return the model with each mark of two sites as strong as the points of the marked pairs say, if that is more.

    `levels` and `mass` are the patterns of all pairs of one legal unit.
    """
    if not policy.has("point") or policy.labels is None:
        return model
    unmarked = ~any_of(levels, policy, policy.labels.two_sites)
    called = _call(levels[unmarked], mass[unmarked], policy, model)
    one_site, two_sites = _where_points_lie(called, model.site[policy.column("point")])
    site = list(model.site)
    for name, key in ((name, key) for name, keys in policy.labels.two_sites.items() for key in keys):
        marked = level_is(levels, policy, name, key)
        called = _call(levels[marked], mass[marked], policy, model)
        if called.mass.sum() >= LEAST_PAIRS:
            column, number = policy.column(name), policy.of(name).number(key)
            site[column] = site[column].copy()
            site[column][number] += _shift(called, one_site, two_sites)
    return replace(model, site=tuple(site))


def _shift(called: _Witnesses, one_site: Numbers, two_sites: Numbers) -> float:
    """Return by how many bits the pairs are less likely one site than all else says."""

    def surprise(bits: float) -> float:
        return called.surprise(expit(called.rest + bits * BIT), one_site, two_sites)

    return float(minimize_scalar(surprise, bounds=SHIFTS, method="bounded").x)


def _call(levels: Levels, mass: Numbers, policy: Policy, model: Model) -> _Witnesses:
    """Call the located pairs."""
    place = policy.column("point")
    located = levels[:, place] != SILENT_LEVEL
    levels = levels[located].copy()
    point = levels[:, place].copy()
    levels[:, place] = SILENT_LEVEL
    rest = (model.prior_site + sum_weights(levels, model.site)) * BIT
    return _Witnesses(rest, point, mass[located], expit(rest + model.site[place][point] * BIT))


def _where_points_lie(called: _Witnesses, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Return how often points of two rows of one site, and of two sites, come out at each level; `weights` are bits."""
    seen = np.bincount(called.point, weights=called.mass * called.sure, minlength=len(weights))[1:] + 0.5
    one_site = seen / seen.sum()
    two_sites = one_site / 2.0 ** weights[1:]
    return one_site, two_sites / two_sites.sum()
