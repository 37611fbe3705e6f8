"""What a spot check rules of the answers it has, and which plans fall short: figures alone, no workbook."""

from dataclasses import replace

from minglu.register.rules import load_pack
from minglu.register.verification.spotcheck.sampling_plan import Plan, falls_short
from minglu.register.verification.spotcheck.score_sample import score
from minglu.register.verification.spotcheck.spotcheck_answers import Answers
from tests.clearing.scores import design, rates, visited

RULES = load_pack("pollution-2", None).spotcheck


def test_missing_answers_leave_the_verdict_open_only_where_they_could_turn_it():
    """1 error of 100 and a limit of 5 %: 3 missing answers can't turn it, 5 can, and 6 errors are above whatever comes."""
    for errors, missing, ruled in ((1, 3, "within"), (1, 5, "open"), (6, 5, "above")):
        results = ["wrong"] * errors + ["right"] * (100 - errors) + [""] * missing
        answers = Answers(design(), visited(results), (), (), (), ())
        assert rates(score(answers, RULES), "wrong")["by_rule"] == ruled


def test_a_value_within_the_limit_is_not_yet_shown():
    """0 of 60 is within 5 % by the rule, but shows less than 6 % only; 0 of 100 shows it."""
    for n, shown in ((60, False), (100, True)):
        answers = Answers(design(), visited(["right"] * n), (), (), (), ())
        rate = rates(score(answers, RULES), "wrong")
        assert (rate["by_rule"], rate["shown"]) == ("within", shown)


def test_one_bad_township_sends_the_register_back():
    """The mean of the sample is within the limit, one township is not."""
    good, bad = visited(["right"] * 200), visited(["wrong"] * 2 + ["right"] * 18, "T00000002001")
    scored = score(Answers(design(("T00000001", "T00000002")), good + bad, (), (), (), ()), RULES)
    assert rates(scored, "wrong")["by_rule"] == "within"
    assert [township["verdict"] for township in scored["townships"]] == ["accept", "recheck"]
    assert scored["verdict"] == "recheck"


def test_a_plan_that_asks_for_less_is_told():
    """A limit that lets more pass and a sample that is smaller fall short; stricter and larger ones do not."""
    lax = replace(RULES, limit_wrong=0.2, units_per_class=5)
    assert falls_short(Plan("x", "", lax), RULES) == ["units_per_class", "limit_wrong"]
    assert falls_short(Plan("x", "", replace(RULES, limit_wrong=0.01, added_units=9)), RULES) == []
