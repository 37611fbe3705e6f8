"""Districts and faults as the page's map draws them: simplified together, in whole steps, packed.  For the eye only."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

STEP_DEG = 1e-5
"""Corners are drawn to about a metre."""
MOST_CORNERS = 450_000
"""More corners than this make the page too big to send and too slow to draw."""

COARSER, COARSEST_DEG = 4, 0.05

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """Borders between areas of one level above the districts."""

    words: tuple[str, str]
    lines: list[list[int]]
    """Each as x, y of the first corner and the steps to the next ones."""
    weight: float
    """Pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Shapes in longitude and latitude, simplified for drawing."""

    shapes: Shapes
    points: NDArray[np.float64]
    """A point inside each shape, NaN where there is none; shape (n, 2)."""


def draw(shapes: Shapes, crs: CRS, *, most_corners: int = MOST_CORNERS) -> Drawing:
    """Move shapes to longitude and latitude and simplify them until they have few enough corners.

    Neighbours keep their common border.  Shapes that are no sound coverage are
    simplified one by one: this is a picture, the proof is elsewhere.
    """
    moved = _to_degrees(shapes, crs)
    return Drawing(_simplify(moved, most_corners), _inner_points(moved))


def redraw(drawing: Drawing, *, pixels: int) -> Drawing:
    """Return the drawing as coarse as a picture of so many pixels allows: half a pixel."""
    west, south, east, north = shapely.total_bounds(drawing.shapes)
    size = max(east - west, north - south)
    return Drawing(_simplified(drawing.shapes, size / pixels / 2), drawing.points) if size > 0 else drawing


def pack(value: object) -> str:
    """Pack plain values as JSON, gzipped and in base64; the same values give the same text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


def encode_shapes(drawing: Drawing) -> list[list[list[int]]]:
    """Return for each shape its rings, each as x, y of the first corner and the steps to the next ones."""
    return [_rings(shape) for shape in drawing.shapes]


def encode_points(drawing: Drawing) -> list[list[int] | None]:
    """Return the inner points in steps, null where a shape has none."""
    return [None if np.isnan(point).any() else [round(v / STEP_DEG) for v in point] for point in drawing.points]


def _to_degrees(shapes: Shapes, crs: CRS) -> Shapes:
    if crs.is_geographic:
        return shapely.force_2d(shapes)
    move = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    moved: Shapes = shapely.transform(
        shapely.force_2d(shapes), lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _inner_points(shapes: Shapes) -> NDArray[np.float64]:
    inner = shapely.point_on_surface(shapes)
    return np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])


def _simplify(shapes: Shapes, most_corners: int) -> Shapes:
    """Simplify in ever coarser steps, from a metre on, until the corners are few enough."""
    tolerance = STEP_DEG
    drawn = _simplified(shapes, tolerance)
    while shapely.get_num_coordinates(drawn).sum() > most_corners and tolerance < COARSEST_DEG:
        tolerance *= COARSER
        drawn = _simplified(drawn, tolerance)
    return drawn


def _simplified(shapes: Shapes, tolerance: float) -> Shapes:
    drawable = np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    drawn = shapes.copy()
    try:
        # GEOS measures the tolerance of a coverage as the square root of a triangle's area.
        drawn[drawable] = shapely.coverage_simplify(shapes[drawable], tolerance)
    except shapely.errors.GEOSException:
        drawn[drawable] = shapely.simplify(shapes[drawable], tolerance)
    return drawn


def _rings(shape: Any) -> list[list[int]]:
    """Return the rings of a polygon or of each of several, as steps; lines count as rings of their own."""
    if shape is None:
        return []
    found = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            found += [part.exterior, *part.interiors]
        elif part.geom_type == "LineString":
            found.append(part)
    return [steps for ring in found if len(steps := _steps(shapely.get_coordinates(ring))) >= 4]


def _steps(xy: NDArray[np.float64]) -> list[int]:
    grid = np.round(xy / STEP_DEG).astype(np.int64)
    moved = np.ones(len(grid), bool)
    moved[1:] = (np.diff(grid, axis=0) != 0).any(axis=1)
    grid = grid[moved]
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int64))
    flat: list[int] = steps.ravel().tolist()
    return flat


def svg_path(rings: Sequence[Sequence[int]], place: Any, *, close: bool = True) -> str:
    """Return rings (or open lines) as an SVG path; `place` maps steps (x, y) to the drawing's units."""
    parts = []
    for ring in rings:
        corners = np.cumsum(np.array(ring, np.int64).reshape(-1, 2), axis=0)
        x, y = place(corners[:, 0], corners[:, 1])
        parts.append(
            "M" + "L".join(f"{a:g} {b:g}" for a, b in zip(np.round(x, 1), np.round(y, 1), strict=True)) + "Z" * close
        )
    return "".join(parts)


def upper_borders(drawing: Drawing, codes: Sequence[str], *, length: int) -> list[list[int]]:
    """Return the borders of the areas that the first `length` characters of the districts' codes stand for.

    An edge between two districts of one area is left out; one that no neighbour shares counts as a border.
    """
    parts, shape = shapely.get_parts(drawing.shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = shape[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return []
    grid = np.round(xy / STEP_DEG).astype(np.int64)
    _, area = np.unique(np.array([code[:length] for code in codes], str), return_inverse=True)
    inside = (ring[1:] == ring[:-1]) & (grid[1:] != grid[:-1]).any(axis=1)
    start, end, of_area = grid[:-1][inside], grid[1:][inside], area[owner[ring[:-1][inside]]]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    edges = np.where(turned[:, None], np.hstack([end, start]), np.hstack([start, end]))
    distinct, group, times = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    least, most = np.full(len(distinct), area.max()), np.zeros(len(distinct), area.dtype)
    np.minimum.at(least, group.ravel(), of_area)
    np.maximum.at(most, group.ravel(), of_area)
    kept = distinct[(least != most) | (times == 1)]
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(kept.reshape(-1, 2, 2) * STEP_DEG)))
    found = [_steps(shapely.get_coordinates(line)) for line in shapely.get_parts(merged)]
    return [line for line in found if len(line) >= 4]
