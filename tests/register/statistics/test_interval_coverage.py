"""How often intervals hold the truth: simulated lists, independent, with links missed and with the correction."""

from __future__ import annotations

import numpy as np
import pytest

from minglu.register.coverage.error_correction import correct_for_linkage
from minglu.register.statistics.capture_recapture import Histories, chapman
from minglu.register.statistics.loglinear import average, fit_all

pytestmark = pytest.mark.slow

UNITS = 2_000
TWO, THREE = (0.7, 0.6), (0.6, 0.5, 0.4)
RECALL = 0.9


def draw(rng, rates, recall=1.0):
    """Draw lists of `UNITS` units; a link that is missed makes one unit on two lists two units on one each."""
    on = rng.random((UNITS, len(rates))) < rates
    texts = ["".join(map(str, row)) for row in on.astype(int).tolist()]
    counts = {f"{n:0{len(rates)}b}": 0 for n in range(1, 2 ** len(rates))}
    for text in texts:
        if text.count("1") > 1 and rng.random() > recall:
            # One of its rows goes its own way, as a broken key makes it.
            lost = rng.choice([place for place, mark in enumerate(text) if mark == "1"])
            alone = "".join("1" if place == lost else "0" for place in range(len(text)))
            rest = "".join("0" if place == lost else mark for place, mark in enumerate(text))
            counts[alone] += 1
            counts[rest] += 1
        elif "1" in text:
            counts[text] += 1
    return Histories(counts)


def two_lists(histories):
    return chapman(histories.seen(0), histories.seen(1), histories.seen(0, 1))


def model_average(histories):
    fits, _ = fit_all(histories)
    return average(fits, histories.total)


def mended(histories):
    site = {"precision": 1.0, "precision_error": 0.0, "precision_bound": 1.0}
    site |= {"recall": RECALL, "recall_error": 0.0, "recall_bound": RECALL}
    return correct_for_linkage(histories, ["a", "b"], {"levels": {"site": site}})["pairs"][0]["estimate"]


def simulate(estimator, rates, times, recall=1.0):
    """Return the share of intervals that hold the truth, and the mean estimate over the truth."""
    rng = np.random.default_rng(20271231)
    found = [estimator(draw(rng, rates, recall)) for _ in range(times)]
    low, high, units = np.array(
        [(e["low"], e["high"], e["units"]) if isinstance(e, dict) else (*e.interval, e.units) for e in found]
    ).T
    return float(np.mean((low <= UNITS) & (high >= UNITS))), float(np.mean(units)) / UNITS


def test_chapman_interval_holds_the_truth_of_independent_lists_as_often_as_it_says():
    """95 % within the error of a thousand draws (three times 0.7 points), and no bias."""
    covered, ratio = simulate(two_lists, TWO, 1_000)
    assert 0.93 <= covered <= 0.975
    assert ratio == pytest.approx(1, abs=0.002)


def test_average_of_models_holds_the_truth_of_independent_lists():
    """Model uncertainty makes the averaged interval no shorter than it says."""
    covered, ratio = simulate(model_average, THREE, 60)
    assert covered >= 0.88
    assert ratio == pytest.approx(1, abs=0.03)


def test_missed_links_bias_chapman_upwards_and_the_correction_mends_it():
    """Recall 0.90 makes N 11 % too high and the interval worthless; divided by recall it holds again."""
    naive, high = simulate(two_lists, TWO, 400, RECALL)
    covered, ratio = simulate(mended, TWO, 400, RECALL)
    assert high == pytest.approx(1.11, abs=0.01)
    assert naive < 0.05
    assert ratio == pytest.approx(1, abs=0.005)
    assert covered >= 0.93


def test_missed_links_bias_the_average_of_models_upwards():
    """With three lists nothing mends it yet: the report says so instead."""
    covered, ratio = simulate(model_average, THREE, 20, RECALL)
    assert ratio > 1.04
    assert covered < 0.5
