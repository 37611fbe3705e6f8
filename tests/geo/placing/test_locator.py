"""Cells, tree and brute force say the same of every point."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from minglu.geo.layer.districts import Districts
from minglu.geo.placing.locator import BORDER, INSIDE, NONE, OVERLAP, Locator, projector

CGCS2000 = CRS("EPSG:4490")
GAUSS_KRUGER = CRS("EPSG:4549")  # CGCS2000 / 3-degree zone, central meridian 120 E


def layer(*shapes, codes: str | None = None, crs: CRS = CGCS2000) -> Districts:
    """Return districts A, B, C ... in that order of codes unless said otherwise."""
    names = tuple(codes or "ABCDEFGHIJKLMNOP"[: len(shapes)])
    return Districts(names, names, np.array(shapes, dtype=object), crs, "drawn")


def squares(side: int, *, shuffle: int = 0) -> Districts:
    """Return side x side unit squares on the integers, in an order that has nothing to do with their codes."""
    boxes = [shapely.box(c, r, c + 1, r + 1) for r in range(side) for c in range(side)]
    order = np.random.default_rng(shuffle).permutation(len(boxes))
    codes = tuple(f"{i:04d}" for i in order)
    return Districts(codes, codes, np.array(boxes, dtype=object), CGCS2000, "squares")


def brute_force(districts: Districts, x, y):
    """Return for each point its state and its districts, by asking GEOS about every pair."""
    order = sorted(range(len(districts)), key=lambda i: districts.codes[i])
    answers = []
    for point in shapely.points(x, y):
        inside = [i for i in order if districts.geometries[i] and districts.geometries[i].contains(point)]
        touched = [i for i in order if districts.geometries[i] and districts.geometries[i].intersects(point)]
        if inside:
            answers.append((INSIDE if len(inside) == 1 else OVERLAP, tuple(inside)))
        else:
            answers.append((BORDER if touched else NONE, tuple(touched)))
    return answers


def answers(hits):
    """Return what a locator found in the shape of `brute_force`."""
    found = []
    for row, (first, state) in enumerate(zip(hits.first.tolist(), hits.state.tolist(), strict=True)):
        several = hits.candidates.get(row, (first,) if first >= 0 else ())
        assert (several[0] if several else -1) == first
        found.append((state, several))
    return found


@settings(max_examples=30)
@given(side=st.integers(1, 6), shuffle=st.integers(0, 99), data=st.data())
def test_cells_tree_and_brute_force_agree_on_a_partition(side, shuffle, data):
    """On squares, where points on corners, on edges, in line with edges, and outside are all common."""
    districts = squares(side, shuffle=shuffle)
    place = st.one_of(st.integers(-1, side + 1).map(float), st.floats(-1, side + 1), st.just(0.5))
    points = data.draw(st.lists(st.tuples(place, place), min_size=1, max_size=40))
    x, y = np.array(points).T
    expected = brute_force(districts, x, y)
    for proven in (True, False):
        assert answers(Locator(districts, proven=proven).locate_xy(x, y)) == expected


@settings(max_examples=30)
@given(seed=st.integers(0, 999))
def test_the_tree_is_right_where_districts_overlap_and_leave_gaps(seed):
    """Random boxes: overlaps of three, gaps, equal borders."""
    noise = np.random.default_rng(seed)
    corner = noise.integers(0, 8, (7, 2))
    size = noise.integers(1, 5, (7, 2))
    districts = layer(*(shapely.box(*c, *(c + s)) for c, s in zip(corner, size, strict=True)), codes="GFEDCBA")
    x, y = noise.integers(0, 20, (2, 60)) / 2
    assert answers(Locator(districts, proven=False).locate_xy(x, y)) == brute_force(districts, x, y)


def test_point_on_border_goes_to_smaller_code():
    """The stated rule for a shared border.

    +---+---+
    | B * A |   * is on the border; A comes second in the layer but has the smaller code
    +---+---+
    """
    districts = layer(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), codes="BA")
    for proven in (True, False):
        hits = Locator(districts, proven=proven).locate_xy(np.array([1.0]), np.array([0.5]))
        assert (hits.first[0], hits.state[0], hits.candidates[0]) == (1, BORDER, (1, 0))


def test_point_on_a_shared_corner_lists_all_four():
    """A corner of four is on four borders.

    +---+---+
    | C | D |
    +---*---+
    | A | B |
    +---+---+
    """
    districts = layer(*(shapely.box(c, r, c + 1, r + 1) for r in (0, 1) for c in (0, 1)))
    for proven in (True, False):
        hits = Locator(districts, proven=proven).locate_xy(np.array([1.0]), np.array([1.0]))
        assert hits.candidates[0] == (0, 1, 2, 3)


def test_point_in_an_overlap_belongs_to_nobody_alone():
    """Strictly inside two: no one's alone; on one's edge inside the other: the other's.

    +----+--+----+
    | A  |**|  B |
    +----+--+----+
    """
    districts = layer(shapely.box(0, 0, 6, 1), shapely.box(4, 0, 10, 1))
    hits = Locator(districts, proven=False).locate_xy(np.array([5.0, 4.0, 6.0]), np.array([0.5, 0.5, 0.5]))
    assert hits.state.tolist() == [OVERLAP, INSIDE, INSIDE]
    assert hits.candidates == {0: (0, 1)}


def test_enclave_belongs_to_its_own_district_and_not_to_the_one_around():
    """A hole is not part of its district.

    +-----------+
    | A  +---+  |
    |    | B |  |   飞地
    |    +---+  |
    +-----------+
    """
    inner = shapely.box(4, 4, 6, 6)
    districts = layer(shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, [inner.exterior]), inner)
    for proven in (True, False):
        hits = Locator(districts, proven=proven).locate_xy(np.array([5.0, 2.0, 4.0]), np.array([5.0, 2.0, 5.0]))
        assert hits.first.tolist() == [1, 0, 0]
        assert hits.state.tolist() == [INSIDE, INSIDE, BORDER]


def test_points_are_tested_in_the_crs_of_the_layer():
    """A border drawn straight in Gauss-Krueger metres bulges in degrees; the drawn one counts."""
    south, north = 3_300_000.0, 3_400_000.0
    districts = layer(
        shapely.box(450_000, south, 550_000, north),
        shapely.box(450_000, north, 550_000, north + 1000),
        crs=GAUSS_KRUGER,
    )
    x = np.linspace(451_000, 549_000, 50)
    y = np.full(50, north - 0.5)
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(GAUSS_KRUGER, CGCS2000, always_xy=True).transform(x, y)
    for proven in (True, False):
        assert set(Locator(districts, proven=proven).locate(lon, lat).first.tolist()) == {0}


@pytest.mark.parametrize("radius_m", [5.0, 50.0, 500.0, 5000.0])
def test_a_point_called_clear_has_no_border_within_its_radius(radius_m):
    """The quick answer may say no too often, yes never wrongly."""
    boxes = [
        shapely.box(120 + c / 50, 60 + r / 50, 120 + (c + 1) / 50, 60 + (r + 1) / 50)
        for r in range(5)
        for c in range(5)
    ]
    districts = layer(*boxes, codes="ABCDEFGHIJKLMNOPQRSTUVWXY")
    noise = np.random.default_rng(1)
    lon, lat = 120 + noise.uniform(-0.01, 0.11, 4000), 60 + noise.uniform(-0.01, 0.11, 4000)
    locator = Locator(districts, proven=True)
    locator.locate(lon, lat)
    clear = locator.clear(lon, lat, np.full(4000, radius_m))
    to_line = np.minimum(
        np.abs(lon * 50 - np.rint(lon * 50)) / 50 * 55_600, np.abs(lat * 50 - np.rint(lat * 50)) / 50 * 111_300
    )
    assert (to_line[clear] > radius_m).all()
    assert clear.any() == (radius_m < 500)


def test_without_cells_nothing_is_called_clear():
    """The tree makes no promise about borders; they are measured."""
    locator = Locator(squares(2), proven=False)
    assert not locator.clear(np.array([0.5]), np.array([0.5]), np.array([1.0])).any()


def test_many_more_points_get_finer_cells():
    """A locator that was made for a few points is made again for many."""
    districts = squares(4)
    locator = Locator(districts, proven=True)
    noise = np.random.default_rng(3)
    for count in (10, 5000):
        x, y = noise.uniform(0, 4, (2, count))
        assert answers(locator.locate_xy(x, y)) == brute_force(districts, x, y)


def test_everything_placing_needs_can_travel_to_another_process():
    """Another engine sends the gazetteer to its workers; a closure in it would stay behind."""
    for crs in ("EPSG:4490", "EPSG:4549"):
        layer = Districts(("1",), ("",), np.array([shapely.box(0, 0, 1, 1)]), CRS(crs), "test")
        project = pickle.loads(pickle.dumps(projector(layer)))
        x, y = project(np.array([120.5]), np.array([30.5]))
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()
