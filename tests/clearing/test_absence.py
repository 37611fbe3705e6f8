"""Absence is never a pass: what a spot check asked and nobody answered leaves the verdict open, with its count."""

from minglu.register.rules import load_pack
from minglu.register.verification.spotcheck.score_sample import score
from minglu.register.verification.spotcheck.spotcheck_answers import Answers
from minglu.register.verification.spotcheck.spotcheck_text import score_lines
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, LIST_BOOK
from tests.clearing.scores import design, rates, visited

RULES = load_pack("pollution-2", None).spotcheck
DISTRICT = {"code": "T00000001001", "name": "", "township": "T00000001", "kept": 18}


def drawn(visits):
    made = design(districts=[DISTRICT])
    made["strata"] = [{"kind": "visit", "source_class": "industry", "total": 1000, "drawn": visits}]
    return made


def seen(units, finding="listed"):
    return tuple((DISTRICT["code"], "工业源", finding) for _ in range(units))


WALKED = ((DISTRICT["code"], "whole"),)


def test_a_workbook_that_did_not_come_back_leaves_the_verdict_open():
    scored = score(Answers(drawn(43), (), (), seen(18), WALKED, (AREA_BOOK,)), RULES)
    assert scored["verdict"] == "undecided"
    assert scored["unanswered"] == {"visits": 43, "excluded": 0, "districts": 0, "books": [LIST_BOOK]}
    assert {rates(scored, name)["unanswered"] for name in ("wrong", "duplicate", "merged", "excess")} == {43}
    assert "43 visits" in "\n".join(score_lines(scored, "en"))


def test_a_walk_that_did_not_come_back_leaves_the_verdict_open():
    scored = score(Answers(drawn(100), visited(["right"] * 100), (), (), (), (LIST_BOOK,)), RULES)
    assert (scored["verdict"], scored["unanswered"]["districts"]) == ("undecided", 1)


def test_a_district_walked_with_nobody_seen_though_units_are_registered_is_not_accepted():
    for units, verdict in ((0, "undecided"), (1, "undecided"), (18, "accept")):
        answers = Answers(drawn(100), visited(["right"] * 100), (), seen(units), WALKED, (AREA_BOOK, LIST_BOOK))
        scored = score(answers, RULES)
        assert scored["verdict"] == verdict, units
        assert [walk["seen"] for walk in scored["walks_doubted"]] == ([] if verdict == "accept" else [units])
