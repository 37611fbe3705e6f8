"""Laws of placement that hold for every layer: one row per unit, whatever the order, the system or the batch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from minglu.geo.layer.declared_codes import DeclaredCodes
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.distances import DistanceMeter
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import place
from minglu.geo.placing.placement_policy import CODES
from tests.geo.placing.drawn_county import (
    box,
    code,
    county,
    layer,
    ready,
    units,
)


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
