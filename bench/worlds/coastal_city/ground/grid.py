"""The ground: an irregular grid of cells with shared vertices that tiles the prefecture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from coastal_city.dice import Dice

WEST, SOUTH, WIDTH, HEIGHT = 120.512, 27.604, 0.92, 0.62
Point = tuple[float, float]
Bends = dict[tuple[int, int], Point]


@dataclass(slots=True)
class Grid:
    """Cells of the prefecture: their row and column, ring and polygon."""

    columns: int
    lines: int
    slots: list[tuple[int, int]]
    rings: list[list[Point]]
    shapes: list[shapely.Polygon]

    def inside(self, dice: Dice, cell: int) -> Point:
        """Return a random point in a cell, away from its border."""
        ring = self.rings[cell]
        middle_x = sum(x for x, _ in ring) / len(ring)
        middle_y = sum(y for _, y in ring) / len(ring)
        start = dice.below(len(ring))
        (ax, ay), (bx, by) = ring[start], ring[(start + 1) % len(ring)]
        share, reach = dice.u(), 0.97 * max(dice.u(), dice.u())
        edge_x, edge_y = ax + (bx - ax) * share, ay + (by - ay) * share
        return middle_x + (edge_x - middle_x) * reach, middle_y + (edge_y - middle_y) * reach


def make_grid(dice: Dice, wanted: int) -> Grid:
    """Make about the wanted number of cells behind an irregular coast in the east."""
    lines = max(6, round((wanted / 0.9 * 0.8) ** 0.5))
    columns = max(8, round(wanted / 0.9 / lines))
    step_x, step_y = WIDTH / columns, HEIGHT / lines

    def corner(i: int, j: int, wobble: float) -> Point:
        x = WEST + step_x * (i + wobble * (dice.u() - 0.5))
        return round(x, 6), round(SOUTH + step_y * (j + wobble * (dice.u() - 0.5)), 6)

    corners = {(i, j): corner(i, j, 0.5) for j in range(lines + 1) for i in range(columns + 1)}
    flat = {
        (i, j): _between(dice, corners[i, j], corners[i + 1, j], step_y, False)
        for j in range(lines + 1)
        for i in range(columns)
    }
    tall = {
        (i, j): _between(dice, corners[i, j], corners[i, j + 1], step_x, True)
        for j in range(lines)
        for i in range(columns + 1)
    }
    slots, rings = [], []
    lost = 0.1 * columns
    for j in range(lines):
        lost = min(max(lost + (dice.u() - 0.5) * 0.1 * columns, 0.02 * columns), 0.2 * columns)
        for i in range(columns - int(lost)):
            slots.append((i, j))
            rings.append(_ring(corners, flat, tall, i, j))
    return Grid(columns, lines, slots, rings, [shapely.Polygon(ring) for ring in rings])


def _ring(corners: Bends, flat: Bends, tall: Bends, i: int, j: int) -> list[Point]:
    """Return the ring of a cell: corners and bends in turn, shared with its neighbours."""
    low = [corners[i, j], flat[i, j], corners[i + 1, j], tall[i + 1, j]]
    return [*low, corners[i + 1, j + 1], flat[i, j + 1], corners[i, j + 1], tall[i, j]]


def _between(dice: Dice, a: Point, b: Point, step: float, upright: bool) -> Point:
    """Return a bend near the middle of an edge."""
    push = 0.22 * step * (dice.u() - 0.5)
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    return (round(x + push, 6), round(y, 6)) if upright else (round(x, 6), round(y + push, 6))


def locate(grid: Grid, points: list[Point]) -> list[int]:
    """Return the cell of every point, -1 for a point outside."""
    tree = shapely.STRtree(grid.shapes)
    where, cells = tree.query(shapely.points(np.array(points)), predicate="intersects")
    out = [-1] * len(points)
    for spot, cell in zip(where.tolist(), cells.tolist(), strict=True):
        out[spot] = cell if out[spot] < 0 else min(out[spot], cell)
    return out
