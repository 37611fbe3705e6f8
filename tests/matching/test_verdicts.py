"""Verdicts: barriers hold whatever the evidence, thresholds keep their promise, rules are checked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import RuleError
from minglu.matching.model import starting_model
from minglu.matching.policy import load_policy
from minglu.matching.tables import COMPARISONS
from minglu.matching.verdicts import VerdictRules, choose_threshold, judge, verdict_rules

POLICY = load_policy()
AGREE = {
    "name": "same_name", "rarity": "none_other", "code": "same_uscc", "branch": "none", "family": "single",
    "place": "same_door", "point": "same_spot", "phone": "same", "person": "same", "trade": "same_class", "lists": "other_list",
}  # fmt: skip


def verdict_of(**levels):
    """Judge one pair by its levels; returns (relation, verdict, barrier number)."""
    row = np.zeros((1, len(COMPARISONS)), dtype=np.int8)
    for name, key in {**AGREE, **levels}.items():
        row[0, COMPARISONS.index(name)] = POLICY.of(name).number(key)
    found = judge(row, np.array([1]), starting_model(POLICY), POLICY, VerdictRules(max_wrong_merges=0.01))
    return int(found.relation[0]), int(found.verdict[0]), int(found.bar_site[0])


def test_full_agreement_is_a_link():
    """All evidence for one site: same_site, link, no barrier."""
    assert verdict_of() == (2, 2, 0)


@pytest.mark.parametrize(
    ("level", "barrier"),
    [
        ({"code": "different"}, 1),
        ({"code": "branch_code"}, 2),
        ({"code": "different", "branch": "one_sided"}, 2),
        ({"serial": "different"}, 3),
        ({"branch": "different"}, 4),
        ({"point": "far", "place": "other_town", "family": "several"}, 5),
    ],
)
def test_no_evidence_overcomes_a_barrier(level, barrier):
    """With a cannot-link, everything else in agreement never makes one site."""
    relation, verdict, found = verdict_of(**level)
    assert found == barrier
    assert (relation, verdict) != (2, 2)


def test_far_points_at_one_door_are_a_doubt_about_the_points():
    """Points far apart don't bar rows whose addresses agree, or of a unit that stands once on either list."""
    assert verdict_of(point="far", family="several")[2] == 0
    assert verdict_of(point="far", place="same_town", family="single")[2] == 0
    assert verdict_of(point="far", place="same_town", family="several")[2] == 5


def test_second_licence_is_one_unit_unless_the_census_says_no():
    """一户多照 is no barrier by default, and one if the rule pack keeps every code apart."""
    row = np.zeros((1, len(COMPARISONS)), dtype=np.int8)
    row[0, COMPARISONS.index("code")] = POLICY.of("code").number("second_licence")
    model, count = starting_model(POLICY), np.array([1])
    assert not judge(row, count, model, POLICY, VerdictRules()).bar_legal[0]
    assert judge(row, count, model, POLICY, VerdictRules(second_licence_is_one=False)).bar_legal[0]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 1000)), min_size=1),
    st.sampled_from([0.0005, 0.01]),
)
def test_threshold_keeps_its_promise(patterns, most_wrong):
    """Among the links above the threshold, the expected share of wrong ones is at most the one stated."""
    p, count = np.array([one[0] for one in patterns]), np.array([one[1] for one in patterns])
    linked = p >= choose_threshold(p, count, most_wrong, 0.9)
    if linked.any() and p.max() >= 0.9:
        wrong = ((1 - p[linked]) * count[linked]).sum() / count[linked].sum()
        assert wrong <= most_wrong + 1e-12 or p[linked].min() >= 1 - most_wrong


def test_unknown_rule_names_the_nearest():
    """A mistyped key is refused with a hint, in both languages."""
    with pytest.raises(RuleError) as error:
        verdict_rules({"max_wrong_merge": 0.1})
    assert "max_wrong_merges" in error.value.en
    assert "max_wrong_merges" in error.value.zh


@pytest.mark.parametrize(
    "wrong", [{"link_floor": 2}, {"link_floor": "much"}, {"second_licence_is_one": 1}, {"keep_floor": True}]
)
def test_rule_of_wrong_kind_is_refused(wrong):
    """Shares are numbers from 0 to 1, switches are true or false."""
    with pytest.raises(RuleError):
        verdict_rules(wrong)


def test_rules_override_the_defaults():
    """A census may ask for less or more certainty."""
    assert verdict_rules({"max_wrong_merges": 0.01, "second_licence_is_one": False}) == VerdictRules(
        max_wrong_merges=0.01, second_licence_is_one=False
    )
