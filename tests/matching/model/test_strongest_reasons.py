"""The reasons that are named: the weightiest, and none that contradicts the order of its comparison's levels."""

from minglu.matching.model.match_waterfall import Evidence
from minglu.matching.model.strongest_reasons import strongest_reasons
from minglu.matching.settings.linkage_settings import load_linkage_settings


def evidence(comparison, level, bits):
    return Evidence(comparison, level, bits, 0.0, f"{comparison} {level}", f"{comparison} {level}")


def named(*steps, most=3):
    found = strongest_reasons(steps, load_linkage_settings(), most)
    return [step.comparison for step in found.supporting], [step.comparison for step in found.opposing]


def test_the_three_weightiest_of_either_side_are_named_in_the_order_of_weight():
    steps = [
        evidence("code", "same_uscc", 16.0),
        evidence("phone", "same", 3.0),
        evidence("person", "same", 5.0),
        evidence("name", "same_core", 5.5),
        evidence("place", "other_town", -2.0),
        evidence("trade", "different", -3.0),
    ]
    assert named(*steps) == (["code", "name", "person"], ["trade", "place"])
    assert named(*steps, most=None)[0] == ["code", "name", "person", "phone"]


def test_full_agreement_is_never_a_reason_against_and_full_disagreement_never_one_for():
    """On short lists a learned weight may come out with the wrong sign."""
    assert named(evidence("form", "same", -1.2), evidence("phone", "different", 0.8)) == ([], [])
    assert named(evidence("form", "same", 1.2), evidence("phone", "different", -0.8)) == (["form"], ["phone"])


def test_levels_without_an_order_speak_by_their_sign():
    assert named(evidence("lists", "same_list", -1.4), evidence("serial", "further", -4.0)) == ([], ["serial", "lists"])


def test_evidence_of_next_to_nothing_is_no_reason():
    assert named(evidence("lists", "same_list", -0.04), evidence("phone", "same", 0.3)) == ([], [])
