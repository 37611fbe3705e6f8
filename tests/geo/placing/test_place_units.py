"""Every unit gets exactly one row, and the row says why."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from minglu.geo.placing.place_units import place
from tests.geo.placing.drawn_county import (
    STEP,
    box,
    code,
    county,
    layer,
    one,
    placed,
    ready,
    units,
)


def test_a_point_inside_one_district_is_placed_without_remark():
    """The ordinary unit."""
    assert one(0.5, 0.5) == {
        "unit_id": "U0",
        "district_code": code(1),
        "method": "inside",
        "distance_m": 0.0,
        "precision_m": 5.0,
        "probability": None,
        "candidates": "",
        "code": "",
        "reason": "",
    }


def test_point_on_border_goes_to_smaller_code():
    """Flagged as on the border, both districts listed."""
    row = one(1.0, 0.5)
    assert (row["district_code"], row["method"], row["code"]) == (code(1), "boundary", "PLACE_ON_BORDER")
    assert row["candidates"] == f"{code(1)}+{code(2)}"


def test_a_radius_across_a_border_is_flagged_with_the_distance():
    """50 m from the border, known to 100 m: inside, with a remark; known to 20 m: no remark."""
    column = 1 - 50 / 96_486 / STEP  # a degree of longitude is 96,486 m at 30 N
    row = one(column, 0.5, 100.0, "")
    assert (row["district_code"], row["method"], row["code"]) == (code(1), "inside", "PLACE_NEAR_BORDER")
    assert row["candidates"] == f"{code(1)}+{code(2)}"
    assert "50.0 m" in row["reason"]
    assert one(column, 0.5, 20.0, "")["code"] == ""


def test_a_point_in_a_gap_goes_to_the_nearest_district_and_is_not_inside():
    """48 m from district 03, in the gap."""
    row = one(1.05, 1.5)
    assert (row["district_code"], row["method"], row["code"]) == (code(3), "nearest", "PLACE_IN_GAP")
    assert row["distance_m"] == pytest.approx(48.2, abs=0.1)


def test_a_point_deep_in_a_gap_is_unplaced():
    """No district within the limit."""
    row = one(1.5, 1.5)
    assert (row["district_code"], row["method"], row["code"]) == (None, "unplaced", "PLACE_IN_GAP")
    assert row["distance_m"] is None


def test_outside_the_parent_is_another_reason_than_a_gap():
    """The same distance, beyond the county's edge."""
    near, far = placed((-0.05, 0.5), (-5.0, 0.5))
    assert (near["method"], near["code"], near["district_code"]) == ("nearest", "PLACE_OUTSIDE_PARENT", code(1))
    assert (far["method"], far["code"]) == ("unplaced", "PLACE_OUTSIDE_PARENT")
    assert one(-0.05, 0.5, within=False)["code"] == "PLACE_OUTSIDE_DISTRICTS"


def test_two_districts_equally_near_are_both_listed_and_the_smaller_code_gets_it():
    """+----+ . +----+
    | 02 | * | 01 |
    +----+ . +----+
    """
    districts = layer(box(0, 0), box(2, 0), codes=["02", "01"])
    table = place(units((1.5, 0.5)), ready(districts), nearest_limit_m=600, declared_conflict="declared")
    row = table.to_pylist()[0]
    assert (row["district_code"], row["candidates"], row["method"]) == ("01", "01+02", "nearest")


def test_a_point_in_an_overlap_is_unplaced_with_both_candidates():
    """Neither code is chosen silently."""
    row = one(2.05, 0.5)
    assert (row["district_code"], row["method"], row["code"]) == (None, "unplaced", "PLACE_OVERLAP")
    assert row["candidates"] == f"{code(2)}+{code(5)}"


def test_in_an_overlap_the_declared_candidate_decides():
    """Point and declaration together leave one district."""
    row = one(2.05, 0.5, 5.0, code(5))
    assert (row["district_code"], row["method"], row["code"]) == (code(5), "declared", "PLACE_OVERLAP")


@pytest.mark.parametrize(
    ("declared", "district", "method", "why"),
    [
        (code(4), 4, "declared", "PLACE_NO_COORDINATE"),
        ("", None, "unplaced", "PLACE_NO_COORDINATE"),
        ("880101001001001", None, "unplaced", "PLACE_NO_COORDINATE"),
        ("990101001004", 4, "declared", "PLACE_NO_COORDINATE"),
        ("990101001000", None, "unplaced", "PLACE_DECLARED_COARSE"),
        ("990101", None, "unplaced", "PLACE_DECLARED_COARSE"),
        (code(4) + "17", 4, "declared", "PLACE_NO_COORDINATE"),
    ],
)
def test_without_a_coordinate_the_declared_code_decides_if_it_can(declared, district, method, why):
    """Exactly one district of the layer, or nothing is guessed."""
    row = one(None, None, None, declared)
    assert row["district_code"] == (None if district is None else code(district))
    assert (row["method"], row["code"], row["distance_m"]) == (method, why, None)


def test_an_area_of_several_districts_lists_them():
    """The declared township leaves a choice, and the choice is shown."""
    assert one(None, None, None, "990101001")["candidates"].count("+") == 5


def test_a_virtual_district_is_reached_by_declaration_only():
    """No point can lie in it; a declared one is believed, with or without a point."""
    virtual = "990101001001901"
    for row in placed((None, None, None, virtual), (0.5, 0.5, 5.0, virtual)):
        assert (row["district_code"], row["method"], row["code"]) == (virtual, "declared", "PLACE_VIRTUAL")


@pytest.mark.parametrize(("lon", "lat"), [(math.inf, 30.0), (120.0, 95.0), (-math.inf, math.inf), (999.0, 30.0)])
def test_an_impossible_coordinate_is_invalid_and_not_missing(lon, lat):
    """Infinite or off the globe: a coded reason of its own, and the declared district may still serve."""
    districts, _ = county()
    table = pa.table(
        {
            "unit_id": ["a", "b"],
            "lon": [lon, lon],
            "lat": [lat, lat],
            "precision_m": [5.0, 5.0],
            "declared": ["", code(2)],
        }
    )
    rows = place(table, ready(districts), nearest_limit_m=200, declared_conflict="coordinates").to_pylist()
    assert [(r["method"], r["code"]) for r in rows] == [("unplaced", "PLACE_INVALID"), ("declared", "PLACE_INVALID")]


def test_half_a_coordinate_is_none():
    """A longitude without latitude places nothing."""
    table = units((None, None))
    table = table.set_column(1, "lon", pa.array([120.005]))
    districts, _ = county()
    row = place(table, ready(districts), nearest_limit_m=200, declared_conflict="coordinates").to_pylist()[0]
    assert row["code"] == "PLACE_NO_COORDINATE"


def test_the_rule_says_who_wins_and_the_disagreement_stays_with_its_distance():
    """A point in the middle of 01, declared 04: 1,447 m of longitude and 554 m of latitude away."""
    distance = math.hypot(1.5 * 964.86, 0.5 * 1108.5)
    by_point = one(0.5, 0.5, 5.0, code(4))
    assert (by_point["district_code"], by_point["method"], by_point["code"]) == (
        code(1),
        "inside",
        "PLACE_DECLARED_DIFFERS",
    )
    by_declaration = one(0.5, 0.5, 5.0, code(4), wins="declared")
    assert (by_declaration["district_code"], by_declaration["method"]) == (code(4), "declared")
    assert by_declaration["code"] == "PLACE_DECLARED_DIFFERS"
    assert by_declaration["distance_m"] == pytest.approx(distance, rel=1e-3)
    for row in (by_point, by_declaration):
        assert f"{by_declaration['distance_m']:.1f} m" in row["reason"]
        assert row["candidates"] == f"{code(1)}+{code(4)}"


def test_a_declared_district_within_the_tolerance_is_taken_and_stays_a_finding():
    """300 m into 02, declared 01: an imprecise point rather than a wrong code, if the rule says so."""
    column = 1 + 300 / 96_486 / STEP
    for tolerance_m, district, method in ((301.0, 1, "declared"), (299.0, 2, "inside")):
        row = one(column, 0.5, 5.0, code(1), tolerance_m=tolerance_m)
        assert (row["district_code"], row["method"], row["code"]) == (code(district), method, "PLACE_DECLARED_DIFFERS")
        assert "300.0 m" in row["reason"]
        assert row["candidates"] == f"{code(1)}+{code(2)}"


def test_no_tolerance_is_given_that_nobody_asked_for():
    """Half a metre beyond the border is beyond it, unless the rules say otherwise."""
    districts, _ = county()
    table = units((1 + 0.5 / 96_486 / STEP, 0.5, 0.1, code(1)))
    (row,) = place(table, ready(districts), nearest_limit_m=200, declared_conflict="coordinates").to_pylist()
    assert (row["district_code"], row["code"]) == (code(2), "PLACE_DECLARED_DIFFERS")


def test_a_declared_area_that_holds_the_point_agrees():
    """A township code is no contradiction of a village in it."""
    assert one(0.5, 0.5, 5.0, "990101001000")["code"] == ""


def test_a_declared_code_that_the_layer_lacks_is_remarked():
    """The point decides; the unknown code is a finding."""
    row = one(0.5, 0.5, 5.0, "880101001001001")
    assert (row["district_code"], row["method"], row["code"]) == (code(1), "inside", "PLACE_DECLARED_UNKNOWN")


def test_a_declared_neighbour_within_the_radius_is_no_contradiction():
    """A good point keeps its district; a coarse one leaves the choice to the declaration."""
    good = one(0.99, 0.5, 20.0, code(2))
    assert (good["district_code"], good["method"], good["code"]) == (code(1), "inside", "PLACE_NEAR_BORDER")
    coarse = one(0.9, 0.5, 1472.0, code(2))
    assert (coarse["district_code"], coarse["method"], coarse["code"]) == (code(2), "declared", "PLACE_COARSE_POINT")


def test_a_default_point_places_nothing_by_itself():
    """A town centre known to 5 km: the declared district, else unplaced with the districts in reach."""
    without, with_code = placed((0.5, 0.5, 5000.0, ""), (0.5, 0.5, 5000.0, code(4)))
    assert (without["method"], without["code"], without["district_code"]) == ("unplaced", "PLACE_COARSE_POINT", None)
    assert without["candidates"].count("+") == 4
    assert (with_code["method"], with_code["code"], with_code["district_code"]) == (
        "declared",
        "PLACE_COARSE_POINT",
        code(4),
    )


def test_an_empty_table_of_units_gives_an_empty_table():
    """No units, no rows, same columns."""
    assert placed() == []
