"""Every unit gets exactly one row, and the row says why."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from minglu.geo.layer.declared_codes import DeclaredCodes
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.distances import DistanceMeter
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import place
from minglu.geo.placing.placement_policy import CODES
from minglu.geo.territory_schemas import PLACEMENTS

CGCS2000 = CRS("EPSG:4490")
STEP = 0.01  # degrees; about 963 m by 1108 m
WEST, SOUTH = 120.0, 30.0


def box(column: float, row: float, wide: float = 1, high: float = 1):
    return shapely.box(
        WEST + column * STEP, SOUTH + row * STEP, WEST + (column + wide) * STEP, SOUTH + (row + high) * STEP
    )


def layer(*shapes, codes) -> Districts:
    return Districts(tuple(codes), tuple(codes), np.array(shapes, dtype=object), CGCS2000, "drawn")


def county() -> tuple[Districts, Parent]:
    """+----+----+----+
    | 03 |::::| 04 |   :::: a gap: nobody's, but the county's
    +----+----+----+
    | 01 | 02 ** 05|   ** 02 and 05 overlap, a tenth of a square wide
    +----+----+----+      901: virtual, without geometry
    """
    shapes = [box(0, 0), box(1, 0, 1.1), box(0, 1), box(2, 1), box(2, 0), None]
    codes = [f"9901010010{n:02d}001" for n in (1, 2, 3, 4, 5)] + ["990101001001901"]
    return layer(*shapes, codes=codes), Parent(box(0, 0, 3, 2), CGCS2000, "county")


def code(n: int) -> str:
    return f"9901010010{n:02d}001"


def units(*rows):
    """Make units from (column, row, precision, declared) in squares of the county; None for no point."""
    filled = [(*row, *(5.0, "")[len(row) - 2 :]) if len(row) < 4 else row for row in rows]
    return pa.table(
        {
            "unit_id": pa.array([f"U{i}" for i in range(len(filled))], pa.string()),
            "lon": pa.array([None if r[0] is None else WEST + r[0] * STEP for r in filled], pa.float64()),
            "lat": pa.array([None if r[1] is None else SOUTH + r[1] * STEP for r in filled], pa.float64()),
            "precision_m": pa.array([None if r[0] is None else r[2] for r in filled], pa.float64()),
            "declared": pa.array([r[3] for r in filled], pa.string()),
        }
    )


def ready(districts: Districts, *, proven: bool = False, parent: Parent | None = None) -> Gazetteer:
    return Gazetteer(index_districts(InMemoryLayer(districts)), proven=proven, parent=parent)


def placed(*rows, wins: str = "coordinates", limit_m: float = 200.0, within: bool = True, tolerance_m: float = 0.0):
    """Place units in the drawn county and return their rows."""
    districts, parent = county()
    table = place(
        units(*rows),
        ready(districts, parent=parent if within else None),
        nearest_limit_m=limit_m,
        declared_conflict=wins,
        declared_tolerance_m=tolerance_m,
    )
    assert table.schema.equals(PLACEMENTS)
    assert table.column("unit_id").to_pylist() == [f"U{i}" for i in range(len(rows))]
    return table.to_pylist()


def one(*row, **rules):
    return placed(row, **rules)[0]


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


def test_a_layer_of_virtual_districts_only_still_answers():
    """Nothing to lie in: every unit is unplaced or declared."""
    districts = layer(None, codes=["990101001001901"])
    table = place(units((0.5, 0.5)), ready(districts), nearest_limit_m=200, declared_conflict="coordinates")
    assert table.column("code").to_pylist() == ["PLACE_OUTSIDE_DISTRICTS"]


def squares(side: int) -> Districts:
    return layer(
        *(box(c, r) for r in range(side) for c in range(side)), codes=[f"9901010010{i:02d}" for i in range(side * side)]
    )


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(-1, 4), st.integers(0, 3).map(float)),
            st.one_of(st.none(), st.floats(-1, 4), st.integers(0, 3).map(float)),
            st.sampled_from([0.0, 5.0, 15.0, 400.0, 1472.0, 5000.0]),
            st.sampled_from(["", "990101001001", "990101001000", "990101001008", "8801", "99010100100300"]),
        ),
        max_size=25,
    ),
    st.sampled_from(["coordinates", "declared"]),
)
def test_every_unit_gets_one_row_whichever_way_points_are_found(rows, wins):
    """Cells and tree give the same table; codes are known, words are there, the method fits the district."""
    tables = [
        place(units(*rows), ready(squares(3), proven=proven), nearest_limit_m=200.0, declared_conflict=wins)
        for proven in (True, False)
    ]
    assert tables[0].equals(tables[1])
    for row in tables[0].to_pylist():
        assert (row["district_code"] is None) == (row["method"] == "unplaced")
        assert row["code"] == "" or row["code"] in CODES
        assert (row["reason"] == "") == (row["code"] == "")
        assert row["code"] == "" or " / " in row["reason"]
        assert row["method"] == "inside" or row["code"]


def test_the_order_of_units_changes_no_row():
    """Shuffled input, the same rows."""
    noise = np.random.default_rng(1)
    rows = [(float(a), float(b), 15.0, "") for a, b in noise.uniform(-0.2, 3.2, (300, 2)).round(2)]
    table = units(*rows)
    rules = {"nearest_limit_m": 200.0, "declared_conflict": "coordinates"}
    straight = place(table, ready(squares(3), proven=True), **rules)
    turned = place(table.take(pa.array(range(299, -1, -1))), ready(squares(3), proven=True), **rules)
    assert turned.take(pa.array(range(299, -1, -1))).equals(straight)


@pytest.mark.parametrize("epsg", [4490, 4549, 3857])
def test_distances_are_metres_on_the_ellipsoid_in_any_crs(epsg):
    """Degrees, Gauss-Krueger metres and even Mercator's stretched ones give geodesic distances."""
    from pyproj import Transformer

    crs = CRS(epsg)
    to_layer = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    shape = shapely.box(120.3, 30.3, 120.4, 30.4)
    moved = shapely.transform(shape, lambda xy: np.column_stack(to_layer.transform(xy[:, 0], xy[:, 1])))
    districts = Districts(("A",), ("A",), np.array([moved], dtype=object), crs, "one")
    lon, lat = np.array([120.299, 120.2, 120.45]), np.array([30.35, 30.2, 30.45])
    corner = np.array([[120.3, 30.35], [120.3, 30.3], [120.4, 30.4]])
    expected = Geod(ellps="GRS80").inv(lon, lat, corner[:, 0], corner[:, 1])[2]
    np.testing.assert_allclose(
        DistanceMeter(districts).distances(lon, lat, np.zeros(3, dtype=int)), expected, rtol=1e-4
    )
    point, district, metres = DistanceMeter(districts).within(lon, lat, np.full(3, 200.0))
    assert (point.tolist(), district.tolist()) == ([0], [0])
    assert metres[0] == pytest.approx(expected[0], rel=1e-4)


def test_an_unknown_length_of_code_means_no_area():
    """A prefix that no district begins with is nothing, and so is an empty code."""
    codes = DeclaredCodes(("990101001001", "990101002001"))
    assert codes.area("") == ""
    assert codes.area("7") == ""
    assert codes.area("99010100") == "99010100"
    assert codes.members("99010100") == [0, 1]
    assert codes.members("") == []


def test_one_gazetteer_serves_many_batches():
    """Units in batches of ten get the rows that they get in one batch, though the cells grow finer on the way."""
    noise = np.random.default_rng(5)
    table = units(*((float(a), float(b), 15.0, "990101001004") for a, b in noise.uniform(-0.2, 3.2, (200, 2))))
    rules = {"nearest_limit_m": 200.0, "declared_conflict": "coordinates"}
    whole, many = ready(squares(3), proven=True), ready(squares(3), proven=True)
    parts = [place(table.slice(i, 10), many, **rules) for i in range(0, 200, 10)]
    assert pa.concat_tables(parts).combine_chunks().equals(place(table, whole, **rules).combine_chunks())


def test_distance_to_a_wide_declared_area_is_that_to_its_nearest_district():
    """An area of 30 districts: the last one by code is the nearest, and its distance is the one told."""
    shapes = [box(n, 0) for n in range(30)] + [box(31, 0)]
    codes = [f"9901010010{n:02d}" for n in range(30)] + ["990101002001"]
    gazetteer = Gazetteer(index_districts(InMemoryLayer(layer(*shapes, codes=codes))), proven=True)
    row = place(units((31.5, 0.5, 5.0, "990101001")), gazetteer, nearest_limit_m=0, declared_conflict="coordinates")
    assert row.column("code")[0].as_py() == "PLACE_DECLARED_DIFFERS"
    assert "1447.2 m" in row.column("reason")[0].as_py()


def test_a_name_is_used_where_the_code_says_less():
    """A named district: instead of no code, of an unknown one, of a township's; never instead of a district's own."""
    table = pa.table(
        {
            "unit_id": [f"U{n}" for n in range(5)],
            "lon": pa.array([None] * 5, pa.float64()),
            "lat": pa.array([None] * 5, pa.float64()),
            "precision_m": pa.array([None] * 5, pa.float64()),
            "declared": ["", "123456789012", "990101001", code(1), ""],
            "named": [code(2), code(2), code(2), code(2), "990101001"],
        }
    )
    districts, parent = county()
    gazetteer = Gazetteer(index_districts(InMemoryLayer(districts)), proven=False, parent=parent)
    found = place(table, gazetteer, nearest_limit_m=100, declared_conflict="coordinates").to_pylist()
    assert [row["district_code"] for row in found] == [code(2), code(2), code(2), code(1), None]
    assert [row["code"] for row in found[:4]] == ["PLACE_BY_NAME"] * 3 + ["PLACE_NO_COORDINATE"]
    assert found[4]["code"] == "PLACE_DECLARED_COARSE"
    assert [row["probability"] for row in found] == [0.9, 0.9, 0.9, None, None]
    assert 700 < found[0]["precision_m"] < 800
    assert found[4]["precision_m"] is None
