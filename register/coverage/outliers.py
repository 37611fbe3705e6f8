"""Which districts are far out of line with the others: in density, one-list share, out-of-scope share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minglu.register.statistics.distributions import (
    binomial_more_than,
    normal_quantile,
    poisson_at_most,
    poisson_more_than,
)

Json = dict[str, Any]
Floats = NDArray[np.float64]

LEAST_DISTRICTS = 20
"""With fewer districts nobody can say what is usual."""
CHANCE = 0.05
"""The chance that any district at all is named for one figure where all are alike: shared out over the districts."""
MAD_TO_SIGMA = 1.4826
MOST_LISTED = 50


class Figure(NamedTuple):
    """One figure of every district on a scale where its noise is about normal with known variance."""

    name: str
    codes: Sequence[str]
    shown: Floats
    scale: Floats
    noise: Floats
    chance: Floats
    """Exact tail probability of the count if the district were like the median one."""
    two_sided: bool


def find_outliers(areas: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return the districts that are far out, worst first: code, name, figure, value, the median district, score.

    Why not a plain binomial or Poisson tail against the common rate: districts do differ, and
    with many units in each every second one would be "significant".  Why not median and MAD
    of the raw figure: a district of four units swings far by chance alone.  So, as in funnel
    plots with over-dispersion (Spiegelhalter 2005), a district's distance from the median is
    measured in sqrt(noise + tau^2): its own sampling noise and the spread that districts truly have.
    Shares are taken as asin(sqrt(p)), noise 1 / 4n; densities as log, noise 1 / units.  tau^2 is what
    the squared MAD holds beyond the median noise, so that the outliers looked for do not
    widen it.  The threshold is the normal quantile at 5 % shared out over all districts
    (Bonferroni).  Four units are too few for a normal scale, so the exact binomial or Poisson
    tail must be beyond the same 5 % as well.  Shares are judged upwards only.

    Only printed counts are used, so nothing can be learnt from the list that is not printed.
    """
    districts = [area for area in areas if area["level"] == "district"]
    names = {area["code"]: area["name"] for area in districts}
    found = [
        {"code": code, "name": names[code], "figure": figure.name, "value": value, "usual": usual, "score": score}
        for figure in (_density(districts), _one_list(districts), _out_of_scope(districts))
        for code, value, usual, score in _far_out(figure)
    ]
    return sorted(found, key=lambda row: (-abs(row["score"]), row["code"], row["figure"]))


def _far_out(figure: Figure) -> list[tuple[str, float, float, float]]:
    """Return code, value, the median's value and the score of each district beyond the threshold."""
    if len(figure.codes) < LEAST_DISTRICTS:
        return []
    middle = float(np.median(figure.scale))
    mad = MAD_TO_SIGMA * float(np.median(np.abs(figure.scale - middle)))
    true_spread = max(mad**2 - float(np.median(figure.noise)), 0.0)
    scores = (figure.scale - middle) / np.sqrt(figure.noise + true_spread)
    tail = CHANCE / len(figure.codes) / (2 if figure.two_sided else 1)
    limit = -normal_quantile(tail)
    far = (np.abs(scores) > limit if figure.two_sided else scores > limit) & (figure.chance < tail)
    usual = round(float(np.median(figure.shown)), 4)
    return [
        (figure.codes[n], round(float(figure.shown[n]), 4), usual, round(float(scores[n]), 1))
        for n in np.flatnonzero(far).tolist()
    ]


def _density(districts: Sequence[Mapping[str, Any]]) -> Figure:
    """Take units per km² of the districts that hold units; empty ones are a finding of their own."""
    rows = [area for area in districts if area["density"] and area["units"]]
    shown = np.array([area["density"] for area in rows], np.float64)
    units = np.array([area["units"] for area in rows], np.float64)
    usual: Floats = units / shown * float(np.median(shown) if rows else 0.0)
    chance = np.asarray(np.minimum(poisson_more_than(units - 1, usual), poisson_at_most(units, usual)), np.float64)
    return Figure("density", [area["code"] for area in rows], shown, np.log(shown), 1 / units, chance, two_sided=True)


def _one_list(districts: Sequence[Mapping[str, Any]]) -> Figure:
    rows = [area for area in districts if area["units"] and area["one_list_share"] is not None]
    shares = np.array([area["one_list_share"] for area in rows], np.float64)
    return _share("one_list_share", rows, shares, [area["units"] for area in rows])


def _out_of_scope(districts: Sequence[Mapping[str, Any]]) -> Figure:
    counted = ("units", "out_of_scope", "closed", "not_found")
    rows = [area for area in districts if all(area[name] is not None for name in counted)]
    rows = [area for area in rows if any(area[name] for name in counted)]
    sizes = [sum(area[name] for name in counted) for area in rows]
    shares = [area["out_of_scope"] / size for area, size in zip(rows, sizes, strict=True)]
    return _share("out_of_scope_share", rows, np.array(shares, np.float64), sizes)


def _share(name: str, rows: Sequence[Mapping[str, Any]], shares: Floats, sizes: Sequence[int]) -> Figure:
    counted = np.array(sizes, np.float64)
    usual = float(np.median(shares)) if rows else 0.0
    chance = np.asarray(binomial_more_than(np.rint(shares * counted) - 1, counted, usual), np.float64)
    codes = [area["code"] for area in rows]
    return Figure(name, codes, shares, np.arcsin(np.sqrt(shares)), 1 / (4 * counted), chance, two_sided=False)
