"""Spatial calibration of the site probability: slope and shift fitted to distances between points.  No EM.

Expectation and maximisation takes the comparisons as independent, and so grows too
certain where several say the same thing.  Distances between points tell whether it is
right, without a label: how often two rows of one site, and of two sites, lie near
each other is known from the learning; so for each score that the *other* comparisons
give, the distances show how many pairs really are one site.  A slope and a shift are fitted to that, and a
shift for each mark of two sites.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from minglu.common.arrays import Integers, Levels, Numbers
from minglu.common.bilingual import Bilingual
from minglu.matching.model.weights import BIT, Figures, Model, sum_weights
from minglu.matching.settings.linkage_settings import MISSING_LEVEL, LinkageSettings, any_of, level_is

LEAST_PAIRS = 500.0  # located pairs below which points are too few to correct anything
LEAST_APART = 25.0  # and as many of them must lie apart
SLOPES = (0.55, 1.0)
"""The probability never exceeds what its own evidence gives; where points would take nearly half of it away, they
are at fault themselves (clicked on a town's centre, given for a seat): a misfit in one place is no doubt everywhere."""
SURE_REST = 5.0  # nats: pairs that are one site without asking their points show how far points of one site lie apart
SHIFT_BOUNDS = (-5.0, 0.0)  # nats; points may make the question more careful, never bolder
SLOPE_STARTS, SHIFT_STARTS = (0.6, 1.0), (-2.0, -0.5, 0.0)
NEAR_BOUND = 0.01  # a slope so near to its lower bound, or a shift so near to either, is no estimate but a misfit
SHIFTS = (-10.0, 0.0)  # bits; marks of two sites are never made to say less than the rule table has them say


@dataclass(frozen=True, slots=True)
class _LocatedPairs:
    """Pairs of one legal unit with points: their levels, and the log-odds from all other comparisons."""

    rest: Numbers
    """Per pattern the log-odds of one site without the points."""
    point: Integers
    """Per pattern the level of its points, from 1."""
    mass: Numbers
    with_points: Numbers
    """The probability of one site with the points."""

    def negative_log_likelihood(self, chance: Numbers, one_site: Numbers, two_sites: Numbers) -> float:
        """Return how badly the probabilities of one site predict where the points lie, per pair, in nats."""
        likelihood = chance * one_site[self.point - 1] + (1.0 - chance) * two_sites[self.point - 1]
        return float(-(self.mass @ np.log(likelihood)) / self.mass.sum())


def correct_site(levels: Levels, mass: Numbers, settings: LinkageSettings, model: Model) -> Model:
    """Return the model with the site question's weights (those of the points apart) scaled to what points support.

    `levels` and `mass` are the patterns of pairs of one legal unit that are not two sites for certain.
    """
    if not settings.has("point"):
        return model
    place, located = settings.column("point"), _located_pairs(levels, mass, settings, model)
    if located.mass.sum() < LEAST_PAIRS or located.mass @ (1.0 - located.with_points) < LEAST_APART:
        return model
    one_site, two_sites = _where_points_lie(located, model.site[place])

    slope, shift = _fit_line(located, one_site, two_sites, model.prior_site * BIT)
    on_bound = slope < SLOPES[0] + NEAR_BOUND or shift < SHIFT_BOUNDS[0] + NEAR_BOUND
    model = replace(model, figures=(*model.figures, *_figures(slope, on_bound=on_bound)))
    if on_bound:
        return model
    site = tuple(weights if column == place else weights * slope for column, weights in enumerate(model.site))
    return replace(model, site=site, prior_site=float(model.prior_site + shift / BIT))


def _fit_line(located: _LocatedPairs, one_site: Numbers, two_sites: Numbers, prior: float) -> tuple[float, float]:
    """Return the slope of the evidence and the shift (nats) of the prior that predict the points best.

    The search begins at several places and keeps the best end, so that no start decides what is found.
    """

    def negative_log_likelihood(line: Numbers) -> float:
        return located.negative_log_likelihood(
            expit(line[0] * (located.rest - prior) + prior + line[1]), one_site, two_sites
        )

    ends = [
        minimize(negative_log_likelihood, start, method="Nelder-Mead", bounds=[SLOPES, SHIFT_BOUNDS])
        for start in product(SLOPE_STARTS, SHIFT_STARTS)
    ]
    best = min(ends, key=lambda end: (round(float(end.fun), 9), -round(float(end.x[0]), 6)))
    return float(best.x[0]), float(best.x[1])


def _figures(slope: float, *, on_bound: bool) -> Figures:
    used = 1.0 if on_bound else slope
    figures: Figures = (
        (
            "site_slope",
            used,
            Bilingual("场所问题的校正系数（1 为不校正）", "calibration of the site question by points (1: none)"),
        ),
    )
    if on_bound:
        meaning = Bilingual(
            "坐标校正的拟合值落在允许范围边界上，说明坐标与模型不合，未采用",
            "the calibration by points ran onto its bound: points and model contradict each other; not applied",
        )
        figures = (*figures, ("site_slope_refused", slope, meaning))
    return figures


def correct_branch_markers(levels: Levels, mass: Numbers, settings: LinkageSettings, model: Model) -> Model:
    """Return the model with each mark of two sites as strong as the points of the marked pairs say, if that is more.

    `levels` and `mass` are the patterns of all pairs of one legal unit.
    """
    if not settings.has("point") or settings.labels is None:
        return model
    unmarked = ~any_of(levels, settings, settings.labels.two_sites)
    located = _located_pairs(levels[unmarked], mass[unmarked], settings, model)
    one_site, two_sites = _where_points_lie(located, model.site[settings.column("point")])
    site = list(model.site)
    for name, key in ((name, key) for name, keys in settings.labels.two_sites.items() for key in keys):
        marked = level_is(levels, settings, name, key)
        located = _located_pairs(levels[marked], mass[marked], settings, model)
        if located.mass.sum() >= LEAST_PAIRS:
            column, number = settings.column(name), settings.of(name).number(key)
            site[column] = site[column].copy()
            site[column][number] += _shift(located, one_site, two_sites)
    return replace(model, site=tuple(site))


def _shift(located: _LocatedPairs, one_site: Numbers, two_sites: Numbers) -> float:
    """Return by how many bits the pairs are less likely one site than all else says."""

    def negative_log_likelihood(bits: float) -> float:
        return located.negative_log_likelihood(expit(located.rest + bits * BIT), one_site, two_sites)

    return float(minimize_scalar(negative_log_likelihood, bounds=SHIFTS, method="bounded").x)


def _located_pairs(levels: Levels, mass: Numbers, settings: LinkageSettings, model: Model) -> _LocatedPairs:
    """Return the pairs of which both rows have points."""
    place = settings.column("point")
    located = levels[:, place] != MISSING_LEVEL
    levels = levels[located].copy()
    point = levels[:, place].copy()
    levels[:, place] = MISSING_LEVEL
    rest = (model.prior_site + sum_weights(levels, model.site)) * BIT
    return _LocatedPairs(rest, point, mass[located], expit(rest + model.site[place][point] * BIT))


def _where_points_lie(located: _LocatedPairs, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Return how often points of two rows of one site, and of two sites, come out at each level; `weights` are bits."""
    certain = np.where(located.rest >= SURE_REST, expit(located.rest), 0.0)
    if located.mass @ certain < LEAST_PAIRS:
        certain = located.with_points
    seen = np.bincount(located.point, weights=located.mass * certain, minlength=len(weights))[1:] + 0.5
    one_site = seen / seen.sum()
    two_sites = one_site / 2.0 ** weights[1:]
    return one_site, two_sites / two_sites.sum()
