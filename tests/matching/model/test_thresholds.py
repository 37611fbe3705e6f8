"""Verdicts: barriers hold whatever the evidence, thresholds keep their promise, rules are checked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import RuleError
from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.clerical_calibration import NO_CORRECTION, Correction
from minglu.matching.model.thresholds import VerdictRules, apply_thresholds, choose_threshold, verdict_rules
from minglu.matching.model.weights import starting_model
from minglu.matching.settings.linkage_settings import load_linkage_settings

SETTINGS = load_linkage_settings()
AGREE = {
    "name": "same_name", "rarity": "none_other", "code": "same_uscc", "branch": "none", "family": "single",
    "place": "same_door", "point": "same_spot", "phone": "same", "person": "same", "trade": "same_class", "lists": "other_list",
}  # fmt: skip


class Told:
    """A model that gives the probabilities that it was told."""

    def __init__(self, p_site, p_legal) -> None:
        self.told = np.array(p_site), np.array(p_legal)

    def probabilities(self, _levels):
        """Return both, whatever the levels."""
        return self.told


def verdict_of(**levels):
    """Judge one pair by its levels; returns (relation, verdict, barrier number)."""
    row = np.zeros((1, len(COMPARISONS)), dtype=np.int8)
    for name, key in {**AGREE, **levels}.items():
        row[0, COMPARISONS.index(name)] = SETTINGS.of(name).number(key)
    found = apply_thresholds(
        row, np.array([1]), starting_model(SETTINGS), SETTINGS, VerdictRules(max_wrong_merges=0.01)
    )
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
    row[0, COMPARISONS.index("code")] = SETTINGS.of("code").number("second_licence")
    sure, doubtful, count = Told([1.0], [1.0]), Told([0.1], [0.4]), np.array([1])
    for model, linked in ((sure, True), (doubtful, False)):
        found = apply_thresholds(row, count, model, SETTINGS, VerdictRules())
        assert (found.bar_legal[0], found.link_second_licence[0]) == (False, linked)
    found = apply_thresholds(row, count, sure, SETTINGS, VerdictRules(second_licence_is_one=False))
    assert (found.bar_legal[0], found.link_site[0], found.link_second_licence[0]) == (True, False, False)
    without = apply_thresholds(np.zeros_like(row), count, sure, SETTINGS, VerdictRules())
    assert (without.link_site[0], without.link_second_licence[0]) == (True, False)


@pytest.mark.parametrize(
    ("levels", "two"),
    [
        ({"branch": "one_sided"}, True),
        ({"branch": "different"}, True),
        ({"serial": "different"}, True),
        ({"branch": "none", "serial": "further"}, False),
        ({}, False),
    ],
)
def test_two_sites_for_certain(levels, two):
    """Outcomes at which two rows of a unit show how far its sites stand apart."""
    row = np.zeros((1, len(COMPARISONS)), dtype=np.int8)
    for name, key in levels.items():
        row[0, COMPARISONS.index(name)] = SETTINGS.of(name).number(key)
    assert apply_thresholds(row, np.array([1]), Told([0.5], [0.9]), SETTINGS, VerdictRules()).two_sites[0] == two


def test_a_correction_keeps_from_linking_and_never_links():
    """Of sites and of legal units, each by its own; what goes to review is the machine's own doubt."""
    levels, count, told = (
        np.zeros((2, len(COMPARISONS)), dtype=np.int8),
        np.array([1, 1]),
        Told([0.9999, 0.3], [0.9999, 0.95]),
    )
    careful, bold = Correction(shift=-5.0), Correction(shift=5.0)

    def links(*corrections):
        found = apply_thresholds(levels, count, told, SETTINGS, VerdictRules(), corrections=corrections)
        return found.link_site.tolist(), found.link_legal.tolist(), found.verdict.tolist()

    plain = links(NO_CORRECTION, NO_CORRECTION)
    assert plain == ([True, False], [True, False], [2, 1])
    assert links(bold, bold) == plain
    assert links(careful, NO_CORRECTION) == ([False, False], [True, False], [1, 1])
    assert links(careful, careful) == ([False, False], [False, False], [1, 1])


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


@given(
    st.lists(st.tuples(st.sampled_from([0.5, 0.9, 0.99, 0.999, 0.9999, 1.0]), st.integers(0, 50)), max_size=8),
    st.sampled_from([0.0, 0.0005, 0.01]),
)
def test_threshold_is_the_lowest_that_keeps_the_promise(patterns, most_wrong):
    """Of all probabilities from the floor on; where none keeps it, so high that nothing less sure is linked."""
    found = choose_threshold(*(np.array([one[side] for one in patterns]) for side in (0, 1)), most_wrong, 0.9)
    total = sum(count for _, count in patterns)

    def wrong(least):
        linked = [(p, count) for p, count in patterns if p >= least]
        return sum((1 - p) * count for p, count in linked) / max(sum(count for _, count in linked), 1)

    kept = [p for p, _ in patterns if p >= 0.9 and wrong(p) <= most_wrong]
    highest = max((p for p, _ in patterns), default=1.0)
    assert found == (1.0 if not total else min(kept) if kept else max(highest, 1 - most_wrong))


STANDS_FOR = {"": 0, "different": 1, "branch_code": 2}  # levels of `code`, and the barrier on sites
share = st.sampled_from([0.0, 0.01, 0.02, 0.1, 0.2, 0.5, 0.9, 0.95, 0.9995, 0.9999, 1.0])


@given(st.lists(st.tuples(share, share, st.integers(1, 9), st.sampled_from([*STANDS_FOR])), min_size=1, max_size=8))
def test_every_outcome_is_judged_as_the_rules_say(outcomes):
    """Link before review, site before legal unit; a barrier forbids both, kept is what may be one legal unit."""
    rules, legal, site = VerdictRules(), [one[0] for one in outcomes], [min(one[:2]) for one in outcomes]
    levels = np.zeros((len(outcomes), len(COMPARISONS)), dtype=np.int8)
    column, count = COMPARISONS.index("code"), np.array([one[2] for one in outcomes])
    levels[:, column] = [SETTINGS.of("code").number(one[3]) if one[3] else 0 for one in outcomes]
    found = apply_thresholds(levels, count, Told(site, legal), SETTINGS, rules)
    free_site = np.array([not one[3] for one in outcomes])
    free_legal = np.array([one[3] != "different" for one in outcomes])
    assert found.threshold_site == choose_threshold(
        np.array(site)[free_site], count[free_site], rules.max_wrong_merges, 0.9
    )
    assert found.threshold_legal == choose_threshold(
        np.array(legal)[free_legal], count[free_legal], rules.max_wrong_legal, 0.9
    )
    for place, one in enumerate(outcomes):
        link_site = free_site[place] and site[place] >= found.threshold_site
        link_legal = link_site or (free_legal[place] and legal[place] >= found.threshold_legal)
        review_site = free_site[place] and site[place] >= rules.review_floor
        review_legal = free_legal[place] and legal[place] >= rules.review_floor
        cases = [(link_site, 2, 2), (review_site, 2, 1), (link_legal, 1, 2), (review_legal, 1, 1), (True, 0, 0)]
        relation, verdict = next(case[1:] for case in cases if case[0])
        assert (found.link_site[place], found.link_legal[place]) == (link_site, link_legal)
        assert (found.relation[place], found.verdict[place]) == (relation, verdict)
        assert found.keep[place] == (verdict > 0 or legal[place] >= rules.keep_floor)
        assert (found.bar_site[place], found.bar_legal[place]) == (STANDS_FOR[one[3]], not free_legal[place])
        assert not found.link_second_licence[place]


def test_unknown_rule_names_the_nearest():
    """A mistyped key is refused with a hint, in both languages."""
    with pytest.raises(RuleError, match=r"^rules \[linkage\]") as error:
        verdict_rules({"max_wrong_merge": 0.1})
    assert "max_wrong_merges" in error.value.en
    assert "max_wrong_merges" in error.value.zh


SHARE, SWITCH = ("a share from 0 to 1", "0 到 1 之间的比例"), ("true or false", "true 或 false")


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("link_floor", 2, SHARE),
        ("link_floor", -0.1, SHARE),
        ("link_floor", "much", SHARE),
        ("second_licence_is_one", 1, SWITCH),
        ("keep_floor", True, SHARE),
    ],
)
def test_rule_of_wrong_kind_is_refused(key, value, wanted):
    """Shares are numbers from 0 to 1, switches are true or false; where, what was found, what was expected."""
    with pytest.raises(RuleError) as error:
        verdict_rules({key: value})
    assert error.value.en == f"rules [linkage] {key}: found {value!r}, expected {wanted[0]}."
    assert error.value.zh == f"规则 [linkage] {key}：得到 {value!r}，应为 {wanted[1]}。"


@pytest.mark.parametrize("share", [0, 1, 0.5])
def test_a_share_may_be_all_or_nothing(share):
    assert verdict_rules({"review_floor": share}).review_floor == share


def test_rules_override_the_defaults():
    """A census may ask for less or more certainty."""
    assert verdict_rules({"max_wrong_merges": 0.01, "second_licence_is_one": False}) == VerdictRules(
        max_wrong_merges=0.01, second_licence_is_one=False
    )
