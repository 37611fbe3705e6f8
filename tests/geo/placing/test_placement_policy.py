"""The policy, question by question: each verdict whole, with method, distance, candidates, code and words."""

from __future__ import annotations

from typing import ClassVar

import pytest

from minglu.geo.placing.locator import BORDER, INSIDE, NONE, OVERLAP
from minglu.geo.placing.place_units import reason
from minglu.geo.placing.placement_policy import CODES, NOWHERE, Case, Policy, Verdict, decide

BY_POINT, BY_CODE = Policy(declared_wins=False), Policy(declared_wins=True)
TAKEN = ("按申报小区归入，精度为该小区", "placed by the declared district, known no better than that")
NO_CODE = ("也没有申报小区", "no declared district either")


def of(*districts: int) -> dict[int, None]:
    """Return what a declared code can mean."""
    return dict.fromkeys(districts)


def inside(district: int = 3, **facts) -> Case:
    return Case(state=INSIDE, found=(district,), **facts)


@pytest.mark.parametrize("policy", [BY_POINT, BY_CODE])
@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        (inside(), Verdict(3, "inside", 0.0)),
        (
            inside(border_m=12.34, reach=(3, 5)),
            Verdict(3, "inside", 0.0, (3, 5), "PLACE_NEAR_BORDER", ("距边界 12.3 米", "12.3 m from the border"), 1.0),
        ),
        (Case(state=BORDER, found=(2, 4)), Verdict(2, "boundary", 0.0, (2, 4), "PLACE_ON_BORDER")),
        (Case(state=OVERLAP, found=(2, 4)), Verdict(NOWHERE, "unplaced", None, (2, 4), "PLACE_OVERLAP")),
        *(
            (
                Case(state=NONE, nearest=(1, 6), nearest_m=48.25, in_parent=within),
                Verdict(1, "nearest", 48.25, (1, 6), code, ("距最近小区 48.2 米", "48.2 m from the nearest district")),
            )
            for within, code in (
                (True, "PLACE_IN_GAP"),
                (False, "PLACE_OUTSIDE_PARENT"),
                (None, "PLACE_OUTSIDE_DISTRICTS"),
            )
        ),
        (
            Case(state=NONE, in_parent=True),
            Verdict(NOWHERE, "unplaced", None, (), "PLACE_IN_GAP", ("限距内没有小区", "no district within the limit")),
        ),
    ],
)
def test_a_point_alone_is_placed_by_where_it_lies(case, verdict, policy):
    """Inside, near a border, on it, in an overlap, outside near and far: the policy has no say."""
    assert decide(case, policy) == verdict


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        (
            Case(point="none", declared="c", members=of(7)),
            Verdict(7, "declared", None, (), "PLACE_NO_COORDINATE", TAKEN),
        ),
        (
            Case(point="invalid", declared="c", members=of(7)),
            Verdict(7, "declared", None, (), "PLACE_INVALID", TAKEN),
        ),
        (
            Case(point="none", declared="c", members=of(7, 8)),
            Verdict(NOWHERE, "unplaced", None, (7, 8), "PLACE_DECLARED_COARSE", ("含 2 个小区", "2 districts")),
        ),
        (
            Case(point="invalid", declared="c"),
            Verdict(
                NOWHERE,
                "unplaced",
                None,
                (),
                "PLACE_INVALID",
                ("申报代码 c 不在图层中", "declared code c is not in the layer"),
            ),
        ),
        (Case(point="none"), Verdict(NOWHERE, "unplaced", None, (), "PLACE_NO_COORDINATE", NO_CODE)),
        (
            inside(declared="v", members=of(9), virtual=True),
            Verdict(9, "declared", None, (3,), "PLACE_VIRTUAL"),
        ),
        (
            Case(point="none", declared="v", members=of(9), virtual=True),
            Verdict(9, "declared", None, (), "PLACE_VIRTUAL"),
        ),
    ],
)
def test_without_a_point_the_declaration_decides_or_nothing_does(case, verdict):
    """One district is taken, several are listed, none is said; a virtual one is always believed."""
    assert decide(case, BY_POINT) == verdict


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Verdict(NOWHERE, "unplaced", None, (3, 5), "PLACE_COARSE_POINT", NO_CODE)),
        (
            {"declared": "c", "members": of(5)},
            Verdict(5, "declared", None, (3, 5), "PLACE_COARSE_POINT", TAKEN),
        ),
    ],
)
def test_an_untrusted_point_near_a_border_places_nothing(facts, verdict):
    """A town centre known to 5 km: the districts in reach are listed, the declaration decides."""
    assert decide(inside(untrusted=True, border_m=400.0, reach=(3, 5), **facts), BY_POINT) == verdict


def test_an_untrusted_point_without_a_border_in_reach_is_believed():
    """Its whole radius lies in one district."""
    assert decide(inside(untrusted=True), BY_POINT) == Verdict(3, "inside", 0.0)


def test_an_untrusted_point_in_an_overlap_keeps_its_candidates():
    """Without a list of districts in reach the point's own stand."""
    case = Case(state=OVERLAP, found=(2, 4), untrusted=True)
    assert decide(case, BY_POINT) == Verdict(NOWHERE, "unplaced", None, (2, 4), "PLACE_COARSE_POINT", NO_CODE)


def test_an_unknown_code_is_remarked_unless_the_point_has_a_graver_remark():
    """The code itself is the remark."""
    assert decide(inside(declared="x9"), BY_POINT) == Verdict(
        3, "inside", 0.0, (), "PLACE_DECLARED_UNKNOWN", ("x9", "x9")
    )
    assert decide(Case(state=BORDER, found=(2, 4), declared="x9"), BY_POINT).code == "PLACE_ON_BORDER"


class TestAgreement:
    """Point and declaration that can both be true."""

    def test_the_point_keeps_its_district_and_its_remark(self):
        """Agreement changes nothing."""
        assert decide(inside(declared="c", members=of(2, 3)), BY_POINT) == Verdict(3, "inside", 0.0)
        border = Case(state=BORDER, found=(2, 4), declared="c", members=of(2))
        assert decide(border, BY_POINT) == Verdict(2, "boundary", 0.0, (2, 4), "PLACE_ON_BORDER")

    @pytest.mark.parametrize("coarse", [False, True])
    def test_on_a_border_the_declared_neighbour_is_taken(self, coarse):
        """Point and declaration can both be true, and only in one district; a coarse point is often on a line."""
        case = Case(state=BORDER, found=(2, 4), declared="c", members=of(4), coarse=coarse)
        remark = ("申报小区是其中之一，据此归入", "the declared district is one of them and decides")
        assert decide(case, BY_POINT) == Verdict(4, "declared", 0.0, (2, 4), "PLACE_ON_BORDER", remark)

    def test_on_a_border_a_township_of_all_neighbours_leaves_it_to_the_smaller_code(self):
        """It names no single one of them."""
        case = Case(state=BORDER, found=(2, 4), declared="t", members=of(2, 4, 6))
        assert decide(case, BY_POINT) == Verdict(2, "boundary", 0.0, (2, 4), "PLACE_ON_BORDER")

    def test_in_an_overlap_the_one_declared_candidate_is_taken_at_no_distance(self):
        """The declared district is one of those that hold the point."""
        case = Case(state=OVERLAP, found=(2, 4), declared="c", members=of(4))
        remark = ("申报小区是其中之一，据此归入", "the declared district is one of them and decides")
        assert decide(case, BY_POINT) == Verdict(4, "declared", 0.0, (2, 4), "PLACE_OVERLAP", remark)

    def test_in_an_overlap_a_township_that_holds_both_decides_nothing(self):
        """Two candidates are meant: neither is taken in silence."""
        case = Case(state=OVERLAP, found=(2, 4), declared="t", members=of(2, 4, 6))
        assert decide(case, BY_POINT) == Verdict(NOWHERE, "unplaced", None, (2, 4), "PLACE_OVERLAP")

    def test_the_nearest_district_may_be_the_declared_one(self):
        """It stays nearest, with its distance: a declaration makes no point lie inside."""
        case = Case(state=NONE, nearest=(1,), nearest_m=20.0, in_parent=True, declared="c", members=of(1))
        assert decide(case, BY_CODE)[:3] == (1, "nearest", 20.0)


class TestWithinTheRadius:
    """A declared district no farther than the point is known: no contradiction."""

    facts: ClassVar = {"border_m": 8.0, "reach": (3, 5), "declared": "c", "members": of(5), "declared_m": 8.0}
    zh, en = "申报小区 c 在精度半径之内，距离 8.0 米", "within the radius, 8.0 m to the declared c"

    def test_a_good_point_keeps_its_district(self):
        """With the declared one among the candidates."""
        verdict = Verdict(3, "inside", 0.0, (3, 5), "PLACE_NEAR_BORDER", (self.zh, self.en))
        found = decide(inside(precision_m=8.0, **self.facts), BY_POINT)
        assert found[:6] == verdict[:6]
        assert round(found.probability or 0.0, 4) == 0.8413

    def test_an_address_across_the_border_decides_and_says_how_sure_it_is(self):
        """The point allows both sides: what the address names is the likelier one, less so the farther it lies."""
        found = [
            decide(inside(precision_m=8.0, **self.facts | {"named": True, "declared_m": m}), BY_POINT)
            for m in (0.5, 8.0)
        ]
        assert [one[:5] for one in found] == [(5, "declared", m, (3, 5), "PLACE_NEAR_BORDER") for m in (0.5, 8.0)]
        assert [round(one.probability or 0.0, 2) for one in found] == [0.89, 0.63]

    @pytest.mark.parametrize("policy", [BY_CODE, Policy(declared_wins=False, declared_tolerance_m=8.0)])
    def test_where_the_rule_prefers_the_declared_one_it_is_taken(self, policy):
        """By the rule, or because it is within the tolerance to the last millimetre."""
        verdict = Verdict(5, "declared", 8.0, (3, 5), "PLACE_NEAR_BORDER", (self.zh, self.en))
        assert decide(inside(precision_m=8.0, **self.facts), policy) == verdict

    def test_a_coarse_point_leaves_the_choice_to_the_declaration(self):
        """The code says that the point was too coarse."""
        verdict = Verdict(5, "declared", 8.0, (3, 5), "PLACE_COARSE_POINT", (self.zh, self.en))
        assert decide(inside(precision_m=1500.0, coarse=True, **self.facts), BY_POINT) == verdict

    def test_several_declared_districts_leave_the_point_where_it_is(self):
        """A township next door, even for a coarse point: which of its districts is not known."""
        facts = self.facts | {"members": of(5, 6), "reach": ()}
        verdict = decide(inside(precision_m=1500.0, coarse=True, **facts), BY_CODE)
        assert verdict[:6] == (3, "inside", 0.0, (3, 5, 6), "PLACE_NEAR_BORDER", (self.zh, self.en))

    def test_a_point_in_no_district_goes_to_the_declared_one_within_its_radius(self):
        """Deep in a gap, but no deeper than the point is known."""
        case = Case(state=NONE, in_parent=True, precision_m=90.0, declared="c", members=of(5), declared_m=80.0)
        verdict = decide(case, BY_POINT)
        assert verdict[:5] == (5, "declared", 80.0, (5,), "PLACE_NEAR_BORDER")


class TestContradiction:
    """A declared district beyond the point's radius: the rule decides, the finding stays with its distance."""

    far: ClassVar = {"declared": "c", "members": of(7), "declared_m": 1234.56, "precision_m": 5.0}
    remark = ("点到申报小区 c 1234.6 米", "1234.6 m from the point to the declared c")

    def test_coordinates_win(self):
        """In situ: units are counted where they operate."""
        verdict = Verdict(3, "inside", 0.0, (3, 7), "PLACE_DECLARED_DIFFERS", self.remark)
        assert decide(inside(**self.far), BY_POINT) == verdict

    @pytest.mark.parametrize("policy", [BY_CODE, Policy(declared_wins=False, declared_tolerance_m=1234.56)])
    def test_the_declared_district_wins(self, policy):
        """By the rule, or because it is so near that the point is off rather than the code."""
        verdict = Verdict(7, "declared", 1234.56, (3, 7), "PLACE_DECLARED_DIFFERS", self.remark)
        assert decide(inside(**self.far), policy) == verdict

    def test_a_hair_beyond_the_tolerance_is_beyond_it(self):
        """The tolerance is a limit, not a hint."""
        policy = Policy(declared_wins=False, declared_tolerance_m=1234.55)
        assert decide(inside(**self.far), policy).district == 3

    def test_a_declared_township_elsewhere_can_not_be_taken(self):
        """Which of its districts is not known; the point decides under either rule."""
        verdict = decide(inside(**self.far | {"members": of(7, 8)}), BY_CODE)
        assert verdict == Verdict(3, "inside", 0.0, (3, 7, 8), "PLACE_DECLARED_DIFFERS", self.remark)

    def test_on_a_border_the_contradiction_outweighs_the_border(self):
        """All neighbours and the declared one are candidates."""
        verdict = decide(Case(state=BORDER, found=(2, 4), **self.far), BY_POINT)
        assert verdict == Verdict(2, "boundary", 0.0, (2, 4, 7), "PLACE_DECLARED_DIFFERS", self.remark)

    @pytest.mark.parametrize(
        ("near", "head", "words"),
        [
            (
                {"nearest": (1,), "nearest_m": 20.0},
                (1, "nearest", 20.0, (1, 7)),
                ("距最近小区 20.0 米", "20.0 m from the nearest district"),
            ),
            ({}, (NOWHERE, "unplaced", None, (7,)), ("限距内没有小区", "no district within the limit")),
        ],
    )
    def test_outside_every_district_both_remarks_stand(self, near, head, words):
        """That the point lies in a gap is the graver finding; the distance to the declared one is told beside it."""
        verdict = decide(Case(state=NONE, in_parent=True, **near, **self.far), BY_POINT)
        assert verdict[:4] == head
        both = (f"{words[0]}；{self.remark[0]}", f"{words[1]}; {self.remark[1]}")
        assert verdict[4:6] == ("PLACE_IN_GAP", both)

    def test_in_an_overlap_a_third_declared_district_is_told_without_a_gap_in_the_words(self):
        """An overlap has no remark of its own: no stray mark stands before the distance."""
        verdict = decide(Case(state=OVERLAP, found=(2, 4), **self.far), BY_POINT)
        assert verdict == Verdict(NOWHERE, "unplaced", None, (2, 4, 7), "PLACE_OVERLAP", self.remark)


def test_a_code_is_told_in_both_languages_with_its_remark():
    """Chinese, English; marks of each language; nothing for a unit without remark."""
    assert reason(Verdict(3, "inside", 0.0)) == ""
    assert reason(Verdict(2, "boundary", 0.0, (2, 4), "PLACE_ON_BORDER")) == " / ".join(CODES["PLACE_ON_BORDER"])
    told = reason(Verdict(3, "inside", 0.0, (), "PLACE_NEAR_BORDER", ("距边界 1.0 米", "1.0 m from the border")))
    assert told == "点的精度半径跨越边界：距边界 1.0 米 / the point's radius crosses a border: 1.0 m from the border"


def test_a_name_places_where_nothing_better_is_known_and_contradicts_a_good_point():
    """One district: placed by it, with the chance that names are right; several: said; a point far off: a finding."""
    named = {"declared": "c", "named": True}
    alone = decide(Case(point="none", members=of(7), **named), BY_POINT)
    assert (alone.district, alone.method, alone.code, alone.probability) == (7, "declared", "PLACE_BY_NAME", 0.9)
    assert decide(Case(point="none", members=of(7, 8), **named), BY_POINT).code == "PLACE_DECLARED_COARSE"
    far = decide(inside(members=of(7), declared_m=900.0, precision_m=5.0, **named), BY_POINT)
    assert (far.district, far.method, far.code) == (3, "inside", "PLACE_NAME_DIFFERS")
