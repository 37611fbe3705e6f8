"""The model: ordered weights, monotone probabilities, sensible with little or no data."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.model.ordered_logit import Sample, fit_ordered, keep_order
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Patterns, starting_model
from minglu.matching.settings.linkage_settings import Comparison, Level, load_linkage_settings
from tests.matching.drawn_lists import draw, rows_of

SETTINGS = load_linkage_settings()


def learned(units=300, seed=1, **options):
    """Learn a model from drawn lists."""
    rows = rows_of(draw(units, seed, **options)[0])
    _, patterns, _ = compare_rows(rows, SETTINGS)
    return learn_model(patterns, SETTINGS)


@cache
def named(name):
    """Return the model of the rule table, or one learned from drawn lists with or without codes."""
    return starting_model(SETTINGS) if name == "start" else learned(codes=name == "learned")


NAMES = ("start", "learned", "without codes")


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_more_agreement_never_lowers_a_score(name, data):
    """Raising one ordered comparison by any number of levels lowers neither p_site nor p_legal."""
    levels = np.array([data.draw(st.integers(0, len(c.levels))) for c in SETTINGS.comparisons], dtype=np.int8)
    column = data.draw(st.sampled_from([i for i, c in enumerate(SETTINGS.comparisons) if c.ordered]))
    size = len(SETTINGS.comparisons[column].levels)
    lower = data.draw(st.integers(1, size))
    higher = data.draw(st.integers(1, lower))
    both = np.stack([levels, levels])
    both[:, column] = higher, lower
    p_site, p_legal = named(name).probabilities(both)
    assert p_site[0] >= p_site[1] - 1e-12
    assert p_legal[0] >= p_legal[1] - 1e-12
    assert (p_site <= p_legal).all()


@pytest.mark.parametrize("name", NAMES)
def test_silence_weighs_nothing(name):
    """The silent level of every comparison is worth 0 bits on both questions."""
    for weights in (*named(name).legal, *named(name).site):
        assert weights[0] == 0.0
        assert np.isfinite(weights).all()


def test_model_without_pairs_is_the_rule_table():
    """No compared pair, nothing learned, no error."""
    nothing = np.empty(0, dtype=np.int64)
    empty = Patterns(np.empty((0, len(SETTINGS.comparisons)), dtype=np.int8), nothing, nothing)
    model = learn_model(empty, SETTINGS)
    assert (model.prior_legal, model.prior_site) == (SETTINGS.prior_legal, SETTINGS.prior_site)
    for question in ("legal", "site"):
        for learned_weights, start in zip(getattr(model, question), SETTINGS.start(question), strict=True):
            assert (learned_weights == start).all()


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.5, 9)), min_size=1, max_size=8))
def test_kept_order_never_rises_and_keeps_the_mean(pairs):
    """Pooling gives a falling sequence with the same weighted mean."""
    values, weight = np.array(pairs).T
    ordered = keep_order(values, weight)
    assert (np.diff(ordered) <= 1e-9).all()
    assert np.isclose(ordered @ weight, values @ weight)


def comparison(*keys):
    levels = tuple(Level(key, 0.0, 0.0, key, key) for key in keys)
    return Comparison("x", ("legal",), levels, "x", "x", ("legal",), ordered=True)


def test_fit_finds_the_weights_that_made_the_data():
    """Answers drawn from known weights give those weights back, with their order kept."""
    rng = np.random.default_rng(1)
    truth = [np.array([0.0, 2.0, 0.5, -1.5]), np.array([0.0, 1.0, -1.0])]
    levels = np.stack([rng.integers(0, len(weights), 40_000) for weights in truth], axis=1).astype(np.int8)
    chance = 1 / (1 + np.exp(0.7 - sum(weights[levels[:, i]] for i, weights in enumerate(truth))))
    yes = (rng.random(40_000) < chance).astype(float)
    start = (0.0, np.zeros(5))
    sample = Sample(levels, np.zeros(40_000), yes, 1 - yes)
    intercept, weights = fit_ordered(
        sample, [comparison("a", "b", "c"), comparison("d", "e")], centre=start, begin=start, spread=3.0
    )
    assert abs(intercept + 0.7) < 0.1
    assert np.abs(weights - np.concatenate([weights[1:] for weights in truth])).max() < 0.15


def test_fit_keeps_the_order_against_the_data():
    """Where the data turn the order round, the levels become equal, not reversed."""
    levels = np.array([[1], [2]], dtype=np.int8)
    start = (0.0, np.zeros(2))
    sample = Sample(levels, np.zeros(2), np.array([10.0, 90.0]), np.array([90.0, 10.0]))
    _, weights = fit_ordered(sample, [comparison("agree", "differ")], centre=start, begin=start, spread=3.0)
    assert weights[0] == pytest.approx(weights[1], abs=1e-6)
