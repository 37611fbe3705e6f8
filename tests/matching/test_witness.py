"""Points as witnesses: a question that is too sure of itself is corrected, one without witnesses is left alone."""

from dataclasses import replace

import numpy as np

from minglu.matching.model import starting_model
from minglu.matching.policy import load_policy
from minglu.matching.tables import COMPARISONS
from minglu.matching.witness import correct_site

POLICY = load_policy()
PHONE, SEAT, POINT = (POLICY.column(name) for name in ("phone", "seat", "point"))


def drawn(copies, pairs):
    """Draw located pairs whose telephone tells the site with 3 bits, and count it `copies` times."""
    rng = np.random.default_rng(3)
    one_site = rng.random(pairs) < 0.7
    levels = np.zeros((pairs, len(COMPARISONS)), dtype=np.int8)
    levels[:, PHONE] = np.where(rng.random(pairs) < np.where(one_site, 8 / 9, 1 / 9), 1, 3)
    levels[:, SEAT] = np.where(levels[:, PHONE] == 1, 1, 4) if copies == 2 else 0
    levels[:, POINT] = np.where(one_site, rng.choice([1, 2], pairs), rng.choice([4, 5], pairs))
    site = list(starting_model(POLICY).site)
    site[PHONE] = np.array([0.0, 3.0, 0.0, -3.0])
    site[SEAT] = np.array([0.0, 3.0, 0.0, 0.0, -3.0])
    site[POINT] = np.array([0.0, 7.0, 7.0, 0.0, -7.0, -7.0])
    model = replace(starting_model(POLICY), site=tuple(site), prior_site=float(np.log2(0.7 / 0.3)))
    return levels, np.ones(pairs), POLICY, model


def slope(copies, pairs=20_000):
    """Return how far the site question was trusted."""
    corrected = correct_site(*drawn(copies, pairs))
    return {name: value for name, value, _ in corrected.figures}.get("site_slope")


def test_honest_evidence_is_trusted():
    """Evidence that is worth what the model says keeps its weight."""
    assert slope(copies=1) > 0.9


def test_evidence_counted_twice_is_halved():
    """The same evidence under two names is discounted, since the points don't bear it out."""
    assert 0.4 < slope(copies=2) < 0.75


def test_few_witnesses_change_nothing():
    """Without enough located pairs the model stays as it was learned."""
    levels, mass, policy, model = drawn(2, 300)
    assert correct_site(levels, mass, policy, model) is model
