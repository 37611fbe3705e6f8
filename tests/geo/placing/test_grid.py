"""Cells of a partition against GEOS, which decides."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.placing.grid import Grid
from minglu.geo.placing.grid_frame import cells_for, grid_frame_for


def tiling(side: int, seed: int, *, jitter: float = 0.3, bends: int = 3, at: tuple[float, float] = (120.0, 30.0)):
    """Return side x side polygons with ragged shared borders; jitter 0 gives the plain chessboard."""
    noise = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corner += noise.uniform(-jitter, jitter, corner.shape)

    def lines(start, end):
        share = np.linspace(0, 1, bends + 1)[:, None]
        line = start[:, :, None] * (1 - share) + end[:, :, None] * share
        line[:, :, 1:-1] += noise.normal(0, jitter / 4 / max(bends, 1), line[:, :, 1:-1].shape)
        return line * 0.01 + at

    across, upward = lines(corner[:, :-1], corner[:, 1:]), lines(corner[:-1], corner[1:])
    rings = [
        np.concatenate([across[r, c], upward[r, c + 1], across[r + 1, c, ::-1], upward[r, c, ::-1]])
        for r in range(side)
        for c in range(side)
    ]
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def brute_force(shapes, x, y):
    """Return the district strictly holding each point (-1: none), and whether the point lies on any border."""
    points = shapely.points(x, y)
    inside = np.array([shapely.contains_properly(shape, points) for shape in shapes])
    touched = np.array([shapely.intersects(shape, points) for shape in shapes])
    return np.where(inside.any(0), inside.argmax(0), -1), touched.any(0) & ~inside.any(0)


def nasty_points(shapes, seed: int, count: int):
    """Return random points in and round the shapes, every vertex, midpoints of edges, and their float neighbours."""
    noise = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(shapes)
    pad = 0.2 * (east - west)
    xy = shapely.get_coordinates(shapes)
    middle = (xy[1:] + xy[:-1]) / 2
    level = np.column_stack([noise.uniform(west, east, len(xy)), noise.permutation(xy[:, 1])])  # as high as a vertex
    random = noise.uniform((west - pad, south - pad), (east + pad, north + pad), (count, 2))
    some = np.concatenate([xy, middle, np.nextafter(xy, np.inf), np.nextafter(middle, -np.inf), level, random])
    return some[:, 0].copy(), some[:, 1].copy()


def check(shapes, x, y, cells: int):
    expected, border = brute_force(shapes, x, y)
    rank, unsure = Grid(shapes, grid_frame_for(shapes, cells)).find(x, y)
    sure = np.ones(len(x), dtype=bool)
    sure[unsure] = False
    assert not (sure & border).any(), "a point on a border must never be sure"
    np.testing.assert_array_equal(rank[sure], expected[sure])
    return sure, border


@settings(max_examples=25, deadline=None)
@given(
    side=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    jitter=st.sampled_from([0.0, 0.3]),
    bends=st.integers(1, 8),
    cells=st.sampled_from([1 << 10, 1 << 12, 1 << 16]),
)
def test_cells_agree_with_brute_force_on_every_point(side, seed, jitter, bends, cells):
    """Wherever the cells are sure, GEOS says the same; vertices, edges and their neighbours included."""
    shapes = tiling(side, seed, jitter=jitter, bends=bends)
    check(shapes, *nasty_points(shapes, seed, 200), cells)


def test_nearly_every_point_is_sure():
    """The exact test is for borders: random points go there next to never."""
    shapes = tiling(6, 1, bends=20)
    noise = np.random.default_rng(2)
    sure, border = check(shapes, noise.uniform(120, 120.06, 20000), noise.uniform(30, 30.06, 20000), 1 << 14)
    assert (~sure).sum() <= border.sum() + 5


def test_districts_with_holes_and_enclaves_are_found():
    r"""A hole may be filled, or nobody's, and an exclave is as good as the mainland.

    +-----------+
    | A  +---+  |      A has two holes: B fills one, water (nobody's) is the other;
    |    | B |  |      A's exclave lies to the east, beyond a strip of nobody.
    |    +---+  |   +---+
    |  (water)  |   | A |
    +-----------+   +---+
    """
    hole, water = shapely.box(4, 5, 6, 7), shapely.box(3, 1, 5, 2)
    mainland = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, [hole.exterior, water.exterior])
    shapes = np.array([shapely.MultiPolygon([mainland, shapely.box(12, 0, 14, 2)]), hole], dtype=object)
    sure, _ = check(shapes, *nasty_points(shapes, 3, 3000), 1 << 12)
    assert sure.mean() > 0.9


def test_the_way_a_ring_is_walked_does_not_matter():
    """Clockwise shells and anticlockwise holes are as good as the other way round."""
    shapes = tiling(3, 5)
    turned = np.array([shapely.reverse(shape) if i % 2 else shape for i, shape in enumerate(shapes)], dtype=object)
    check(turned, *nasty_points(shapes, 5, 500), 1 << 12)


def test_a_virtual_district_holds_no_point():
    """A null or empty geometry keeps its rank and gets nobody."""
    shapes = np.array([None, *tiling(2, 1, jitter=0.0), shapely.Polygon()], dtype=object)
    rank, _ = Grid(shapes, grid_frame_for(shapes, 1 << 12)).find(np.array([120.005]), np.array([30.005]))
    assert rank.tolist() == [1]


def test_projected_coordinates_of_seven_digits_work():
    """Gauss-Krueger numbers with the zone in front lose no point."""
    shapes = tiling(4, 7, at=(40_500_000.0, 3_300_000.0))
    scaled = shapely.transform(
        shapes, lambda xy: (xy - (40_500_000.0, 3_300_000.0)) * 1e5 + (40_500_000.0, 3_300_000.0)
    )
    sure, _ = check(scaled, *nasty_points(scaled, 7, 2000), 1 << 14)
    assert sure.mean() > 0.5


def test_coordinates_too_large_for_their_extent_get_no_cells():
    """Where one rounding step is a good part of a cell, the tree takes over."""
    assert grid_frame_for(np.array([shapely.box(1e9, 1e9, 1e9 + 1e-4, 1e9 + 1e-4)], dtype=object), 1 << 20) is None


def test_a_layer_without_extent_gets_no_cells():
    """Nothing but virtual districts, or a line, has no cells."""
    assert grid_frame_for(np.array([None], dtype=object), 1 << 12) is None


def test_edges_as_long_as_the_layer_are_in_every_cell_they_touch():
    r"""An edge may be as long as the layer.

    +-------+
    |\  B  /|     four triangles: each border runs through hundreds of cells
    |A \ / C|
    |  / \  |
    |/  D  \|
    +-------+
    """
    corners = [(0, 0), (0, 9.7), (9.1, 9.9), (9.3, 0.2)]
    shapes = np.array(
        [shapely.Polygon([corners[i], corners[(i + 1) % 4], (4.321, 5.123)]) for i in range(4)], dtype=object
    )
    sure, _ = check(shapes, *nasty_points(shapes, 11, 20000), 1 << 16)
    assert sure.mean() > 0.99


def test_a_hundred_thousand_points_on_shared_vertices_are_all_handed_back():
    """Points on vertices belong to the exact test, every one."""
    shapes = tiling(20, 3, bends=10)
    xy = shapely.get_coordinates(shapes)
    xy = np.tile(xy, (100_000 // len(xy) + 1, 1))
    _, unsure = Grid(shapes, grid_frame_for(shapes, 1 << 16)).find(xy[:, 0].copy(), xy[:, 1].copy())
    assert len(unsure) == len(xy)


def test_a_ring_of_a_million_vertices_is_one_district():
    """A coastline of 10^6 vertices is cut into cells like any other."""
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    radius = 1 + 0.1 * np.sin(37 * angle)
    shape = np.array([shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))], dtype=object)
    noise = np.random.default_rng(4)
    x, y = noise.uniform(-1.2, 1.2, (2, 5000))
    rank, unsure = Grid(shape, grid_frame_for(shape, 1 << 20)).find(x, y)
    assert len(unsure) < 5
    np.testing.assert_array_equal(rank == 0, shapely.contains_xy(shape[0], x, y))


@pytest.mark.parametrize(
    ("points", "districts", "edges"), [(10, 5, 50), (10**7, 1000, 150_000), (10**6, 10**5, 15 * 10**6)]
)
def test_more_points_never_get_fewer_cells(points, districts, edges):
    """The number of cells grows with the points to be found."""
    assert cells_for(points, districts, edges) <= cells_for(points * 10, districts, edges)


def test_a_long_thin_layer_is_found_or_left_to_the_tree():
    """A strip a million times longer than wide must not need a million times the memory."""
    strip = np.array([shapely.box(i, 0, i + 1, 1e-5) for i in range(10)], dtype=object)
    frame = grid_frame_for(strip, 1 << 24)
    assert frame is None or frame.columns * frame.rows <= 1 << 26
    check(strip, *nasty_points(strip, 9, 500), 1 << 12)


def test_points_in_the_order_of_their_cells_are_the_same_points(monkeypatch):
    """Large layers take points cell by cell; the answers come back in the order of the questions."""
    monkeypatch.setattr("minglu.geo.placing.grid.MANY_EDGES", 0)
    shapes = tiling(5, 8)
    check(shapes, *nasty_points(shapes, 8, 3000), 1 << 12)
