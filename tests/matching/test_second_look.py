"""The second look: who is left over on both lists once the others have found each other."""

import numpy as np

from minglu.matching.compared import ComparedPairs
from minglu.matching.learning import learn_model
from minglu.matching.model import Patterns, starting_model
from minglu.matching.policy import load_policy
from minglu.matching.second_look import look_again
from minglu.matching.tables import COMPARISONS
from minglu.matching.verdicts import VerdictRules, judge

POLICY = load_policy()
FAMILY = COMPARISONS.index("family")


def looked(lists, sites, pairs):
    """Look again at pairs of one unit that all came out as `several`; returns the family level of each."""
    levels = np.zeros((1, len(COMPARISONS)), dtype=np.int8)
    for name, key in (("name", "same_name"), ("code", "same_uscc"), ("family", "several")):
        levels[0, COMPARISONS.index(name)] = POLICY.of(name).number(key)
    count = np.array([len(pairs)])
    patterns = Patterns(levels, count, count)
    verdicts = judge(levels, count, starting_model(POLICY), POLICY, VerdictRules())
    left, right = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    grown, again = look_again(
        ComparedPairs(left, right, np.zeros(len(pairs), dtype=np.int32)),
        patterns,
        verdicts,
        POLICY,
        lists=np.array(lists),
        sites=np.array(sites),
        legal_units=np.zeros(len(lists), dtype=np.int64),
    )
    assert grown.pairs.sum() == len(pairs)
    keys = ["silent", *(level.key for level in POLICY.of("family").levels)]
    return [keys[level] for level in grown.levels[again.pattern_of, FAMILY]]


def test_last_two_rows_of_a_unit_are_raised():
    """Rows 0 and 1 have found each other; 2 and 3 are all that is left on lists 5 and 6."""
    assert looked([5, 6, 5, 6], [0, 0, 2, 3], [(2, 3), (0, 3), (1, 2)]) == ["single", "several", "several"]


def test_three_left_over_rows_stay_in_doubt():
    """With two rows left on one list, nothing can be said."""
    assert looked([5, 5, 6], [0, 1, 2], [(0, 2), (1, 2)]) == ["several", "several"]


def test_rows_of_one_list_are_never_left_over_for_each_other():
    """Two rows of one list are two sites or duplicates, not partners."""
    assert looked([5, 5], [0, 1], [(0, 1)]) == ["several"]


def test_nothing_to_look_at_changes_nothing():
    """No pair, no change."""
    empty = Patterns(np.empty((0, len(COMPARISONS)), dtype=np.int8), np.empty(0, np.int64), np.empty(0, np.int64))
    assert learn_model(empty, POLICY).figures == ()
