"""Branch marks on the legal question: learned although no code says which marked pairs are noes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from minglu.matching.model.branch_markers import add_marked, own_code_bits
from minglu.matching.model.ordered_logit import Sample
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Patterns, starting_model
from minglu.matching.settings.linkage_settings import load_linkage_settings, pack_levels, unpack_levels

SETTINGS = load_linkage_settings()
LABELS = SETTINGS.labels
CODE, BRANCH = (SETTINGS.column(name) for name in ("code", "branch"))
TELLING = {"name": (0.8, 0.02), "person": (0.7, 0.05), "place": (0.6, 0.01), "phone": (0.5, 0.02)}
"""Comparisons that agree so often for rows of one unit, and of others."""
NONE, ONE_SIDED = (SETTINGS.of("branch").number(key) for key in ("none", "one_sided"))
SAME, OWN, DIFFERENT = (SETTINGS.of("code").number(key) for key in ("same_uscc", "branch_code", "different"))
BEARS, BEARS_BY_CHANCE, HAS_OWN_CODE, HAS_NO_CODE = 0.3, 0.05, 0.4, 0.3


def drawn(pairs=100_000, seed=5):
    """Draw pairs: of one unit 30 % are marked on one side, of others 5 % by chance, however alike they are otherwise."""
    rng = np.random.default_rng(seed)
    one_unit = rng.random(pairs) < 0.15
    marked = rng.random(pairs) < np.where(one_unit, BEARS, BEARS_BY_CHANCE)
    levels = np.zeros((pairs, len(SETTINGS.comparisons)), dtype=np.int8)
    for name, (of_one, of_others) in TELLING.items():
        agree = rng.random(pairs) < np.where(one_unit, of_one, of_others)
        levels[:, SETTINGS.column(name)] = np.where(agree, 1, len(SETTINGS.of(name).levels))
    levels[:, BRANCH] = np.where(marked, ONE_SIDED, NONE)
    levels[:, CODE] = np.where(marked, OWN, DIFFERENT)
    levels[one_unit & ~(marked & (rng.random(pairs) < HAS_OWN_CODE)), CODE] = SAME
    levels[rng.random(pairs) < HAS_NO_CODE, CODE] = 0
    return levels, one_unit


def patterns_of(levels, settings=SETTINGS):
    """Count the patterns."""
    packed, counts = np.unique(pack_levels(levels, settings), return_counts=True)
    return Patterns(unpack_levels(packed, settings), counts, counts)


LEVELS, ONE_UNIT = drawn()


@cache
def model():
    """Learn from the drawn pairs."""
    return learn_model(patterns_of(LEVELS), SETTINGS)


def test_a_mark_never_speaks_for_one_unit():
    """A name and the same name with a mark must not be likelier one unit than two equal names: the order stands."""
    weights = model().legal[BRANCH][1:]
    assert (np.diff(weights) <= 1e-9).all()


@pytest.mark.parametrize(("level", "code"), [(NONE, 0), (ONE_SIDED, 0), (ONE_SIDED, OWN)])
def test_probabilities_come_true_with_and_without_marks(level, code):
    """What is promised of pairs without codes is what is found; of marked pairs no more is promised than is found."""
    here = (LEVELS[:, BRANCH] == level) & (LEVELS[:, CODE] == code)
    promised = model().probabilities(LEVELS[here])[1]
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.0)):
        band = (promised >= low) & (promised <= high)
        if band.sum() > 300:
            found = ONE_UNIT[here][band].mean()
            assert promised[band].mean() <= found + 0.1
            assert level != NONE or promised[band].mean() >= found - 0.1


def test_own_codes_say_how_many_branches_have_one():
    """40 % of the branches have a code of their own: so another code on a marked row says -1.3 bits, not more."""
    p_legal = model().probabilities(patterns_of(LEVELS).levels)[1]
    assert own_code_bits(patterns_of(LEVELS), SETTINGS, LABELS, p_legal, start=-1.0) == pytest.approx(
        np.log2(HAS_OWN_CODE), abs=0.4
    )


def test_noes_of_marked_pairs_are_those_of_unmarked_ones_times_the_share_of_marks():
    """Of marked pairs with different codes only yeses are added, as many as the answer says."""
    levels = np.zeros((4, len(SETTINGS.comparisons)), dtype=np.int8)
    levels[:, BRANCH] = NONE, ONE_SIDED, NONE, ONE_SIDED
    levels[:, CODE] = DIFFERENT, DIFFERENT, DIFFERENT, OWN
    for name in TELLING:
        levels[:2, SETTINGS.column(name)] = len(SETTINGS.of(name).levels)  # certain noes
        levels[2:, SETTINGS.column(name)] = 1
    counts = np.array([99_500, 9_000, 10, 4])
    taught = Sample(levels[[0, 2]], np.zeros(2), np.array([0.0, 2.0]), np.array([99_500.0, 0.5]))
    grown = add_marked(
        taught,
        Patterns(levels, counts, counts),
        SETTINGS,
        replace(LABELS, marked_as={}),
        starting_model(SETTINGS),
        answer=np.array([0.0, 0.0, 0.2, 0.5]),
    )
    own, copied = slice(2, 4), slice(4, 6)
    assert (grown.levels[own] == levels[[1, 3]]).all()
    assert grown.yes[own].tolist() == [0.0, 2.0]
    assert grown.no[own].tolist() == [0.0, 0.0]
    assert (grown.levels[copied, BRANCH] == ONE_SIDED).all()
    assert (np.delete(grown.levels[copied], BRANCH, axis=1) == np.delete(levels[[0, 2]], BRANCH, axis=1)).all()
    share = 9_000 / (99_500 + 500)  # no agreeing codes: nothing is known of marks but the sure noes
    assert grown.no[copied].tolist() == pytest.approx([99_500 * share, 0.5 * share])
    assert grown.yes[copied].sum() == 0.0
    assert grown.yes[:2].tolist() == taught.yes.tolist()
    assert grown.no[:2].tolist() == taught.no.tolist()


def test_without_sure_noes_a_mark_says_what_the_rule_table_says():
    """Where every pair looks like one unit, how common marks are among others can't be seen."""
    alike = LEVELS.copy()
    for name in TELLING:
        alike[:, SETTINGS.column(name)] = 1
    weights = learn_model(patterns_of(alike), SETTINGS).legal[BRANCH]
    start = SETTINGS.start("legal")[BRANCH]
    assert weights[ONE_SIDED] - weights[NONE] == pytest.approx(start[ONE_SIDED] - start[NONE], abs=0.7)


def test_a_policy_without_marks_learns_without_them():
    """Where the settings have no comparison of marks, what is said of own codes stays as the rule table says it."""
    fewer = replace(SETTINGS, comparisons=tuple(one for one in SETTINGS.comparisons if one.name != "branch"))
    patterns = patterns_of(np.delete(LEVELS, BRANCH, axis=1), fewer)
    weights = learn_model(patterns, fewer).legal[fewer.column("code")]
    assert weights[OWN] == SETTINGS.start("legal")[CODE][OWN]
