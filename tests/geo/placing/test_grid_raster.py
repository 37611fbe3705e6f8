"""Cells and scanlines of a grid: too many cells for an edge cost time, too few would cost truth."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.placing import grid_raster as module
from minglu.geo.placing.grid_frame import BLOCK, CELLS_MAX, GridFrame, grid_frame_for, thresholds
from minglu.geo.placing.grid_raster import by_cell, rasterise
from minglu.geo.placing.grid_rings import Rings

CORNER = st.tuples(st.floats(0, 10), st.floats(0, 10))


def rasterised(shapes: np.ndarray) -> tuple[GridFrame, Rings, tuple[np.ndarray, ...]]:
    frame = grid_frame_for(shapes, 1 << 10)
    assert frame is not None
    rings = Rings(shapes)
    return frame, rings, rasterise(rings, frame, thresholds(frame.v, frame.y0, frame.per_y, frame.rows, 0.5))


def polygons(corners: list[list[tuple[float, float]]]) -> np.ndarray:
    """Return the valid ones among the triangles and a box, so that something is always there."""
    shapes = [shapely.Polygon(ring) for ring in corners]
    kept = [shape for shape in shapes if shape.is_valid and shape.area > 1e-6]
    return np.array([shapely.box(0, 0, 10, 10), *kept], object)


@settings(max_examples=20)
@given(st.lists(st.lists(CORNER, min_size=3, max_size=3), min_size=1, max_size=4))
def test_every_edge_stands_in_every_cell_that_it_touches(corners):
    """GEOS says which cells an edge touches; long ones run through hundreds."""
    shapes = polygons(corners)
    frame, rings, (cells, edges, *_) = rasterised(shapes)
    column, row = np.meshgrid(np.arange(frame.columns), np.arange(frame.rows))
    low = np.column_stack([column.ravel() / frame.per_x + frame.x0, row.ravel() / frame.per_y + frame.y0])
    high = low + np.array([1 / frame.per_x, 1 / frame.per_y])
    squares = shapely.box(*low.T, *high.T)
    shrunk = shapely.buffer(squares, -1e-9, join_style="mitre")
    real = np.flatnonzero(rings.weight[:-1])
    lines = shapely.linestrings(np.stack([rings.xy[real], rings.xy[real + 1]], axis=1))
    edge, cell = shapely.STRtree(shrunk).query(lines, predicate="intersects")
    wanted = set(zip(cell.tolist(), real[edge].tolist(), strict=True))
    assert wanted <= set(zip(cells.tolist(), edges.tolist(), strict=True))


@settings(max_examples=20)
@given(st.lists(st.lists(CORNER, min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_is_entered_in_a_row_is_left_again(corners):
    """Rings are closed: along every scanline the weights add up to nothing."""
    frame, _, (_, _, crossed, weights, doubtful) = rasterised(polygons(corners))
    sums = np.bincount(crossed // frame.columns, weights, frame.rows)
    assert not sums.any()
    assert ((doubtful >= 0) & (doubtful < frame.columns * frame.rows)).all()


def test_the_same_cells_whatever_the_size_of_the_parts(monkeypatch):
    """Edges are worked on in parts; an edge on the seam is in one of them."""
    shapes = polygons([[(1, 1), (9, 2), (5, 8)], [(2, 2), (3, 9), (8, 3)]])
    expected = [set(zip(*pair, strict=True)) for pair in _pairs(shapes)]
    monkeypatch.setattr(module, "CHUNK_VERTICES", 3)
    assert [set(zip(*pair, strict=True)) for pair in _pairs(shapes)] == expected


def _pairs(shapes):
    _, _, (cells, edges, crossed, weights, _) = rasterised(shapes)
    return (cells.tolist(), edges.tolist()), (crossed.tolist(), weights.tolist())


def test_edges_are_listed_cell_by_cell():
    """Cell 0 has edges 7 and 9, cell 1 none, cell 2 has 8."""
    edges, starts = by_cell(np.array([2, 0, 0], np.int32), np.array([8, 7, 9], np.int32), 3)
    assert starts.tolist() == [0, 2, 2, 3]
    assert sorted(edges[:2].tolist()) == [7, 9]
    assert edges[2:].tolist() == [8]


@settings(max_examples=50)
@given(origin=st.floats(1, 1e8), per_unit=st.floats(1e-3, 1e6), shift=st.sampled_from([0.0, 0.5]))
def test_a_threshold_is_the_smallest_number_on_its_side(origin, per_unit, shift):
    """One float less is scaled to less: cells are cut without a seam, whatever the rounding."""

    def scale(x):
        return (x - origin) * per_unit

    found = thresholds(scale, origin, per_unit, 5, shift)
    wanted = np.arange(5) + shift
    assert (scale(found) >= wanted).all()
    assert (scale(np.nextafter(found, -np.inf)) < wanted).all()


@pytest.mark.parametrize("size", [(1.0, 1.0), (1000.0, 3.0), (0.001, 50.0)])
def test_the_rim_of_a_frame_is_empty(size):
    """All shapes lie inside the first and the last cells, and blocks fit without a rest."""
    shapes = np.array([shapely.box(120, 30, 120 + size[0], 30 + size[1])], object)
    frame = grid_frame_for(shapes, CELLS_MAX)
    assert frame is not None
    u, v = frame.u(np.array([120, 120 + size[0]])), frame.v(np.array([30, 30 + size[1]]))
    assert min(u[0], v[0]) >= 1
    assert u[1] < frame.columns
    assert v[1] < frame.rows
    assert frame.columns % BLOCK == frame.rows % BLOCK == 0
