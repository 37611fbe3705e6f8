"""The map: irregular cells with shared vertices that fill the prefecture exactly."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from river_prefecture.dice import Dice

WEST, SOUTH = 111.30, 27.25
PITCH = 0.0235
Point = tuple[float, float]


@dataclass(slots=True)
class Mesh:
    """Cells row by row; ``rings`` are closed lists of corners."""

    columns: int
    lines: int
    rings: list[list[Point]]
    centres: list[Point]


def _warp(x: float, y: float, width: float, height: float) -> Point:
    """Bend the plain lattice so that the outline looks like a prefecture and not like a box."""
    u, v = x / width, y / height
    east = x + width * (0.055 * math.sin(2.1 * math.pi * v + 0.4) + 0.02 * math.sin(5.3 * math.pi * v))
    north = y + height * (0.060 * math.sin(1.7 * math.pi * u + 1.1) + 0.02 * math.sin(6.1 * math.pi * u))
    return round(WEST + east * PITCH * 1.08, 6), round(SOUTH + north * PITCH * 0.95, 6)


def _corner_lines(dice: Dice, columns: int, lines: int) -> list[list[Point]]:
    """Jittered corners on every horizontal line, two per cell width."""
    out: list[list[Point]] = []
    for r in range(lines + 1):
        row = []
        for k in range(2 * columns + 2):
            x = k * 0.5 + (dice.unit() - 0.5) * 0.26
            y = r + (dice.unit() - 0.5) * 0.46
            row.append(_warp(x, y, columns + 0.5, lines))
        out.append(row)
    return out


def _side_points(dice: Dice, columns: int, lines: int) -> list[list[Point]]:
    """One jittered bend in every upright side."""
    out: list[list[Point]] = []
    for r in range(lines):
        row = []
        for j in range(columns + 1):
            x = j + 0.5 * (r % 2) + (dice.unit() - 0.5) * 0.34
            y = r + 0.5 + (dice.unit() - 0.5) * 0.30
            row.append(_warp(x, y, columns + 0.5, lines))
        out.append(row)
    return out


def ring_centre(ring: list[Point]) -> Point:
    """The centre of gravity of a closed ring."""
    area = east = north = 0.0
    x0, y0 = ring[0]
    for (ax, ay), (bx, by) in itertools.pairwise(ring):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        area += cross
        east += (ax + bx - 2 * x0) * cross
        north += (ay + by - 2 * y0) * cross
    return x0 + east / (3 * area), y0 + north / (3 * area)


def build_mesh(dice: Dice, wanted: int) -> Mesh:
    """About ``wanted`` cells, laid like bricks and bent."""
    columns = max(6, round(math.sqrt(wanted)))
    lines = max(6, round(wanted / columns))
    while columns * lines < 40:
        lines += 1
    corners = _corner_lines(dice, columns, lines)
    sides = _side_points(dice, columns, lines)
    rings = []
    for r in range(lines):
        for i in range(columns):
            k = 2 * i + r % 2
            low, high = corners[r], corners[r + 1]
            ring = [low[k], low[k + 1], low[k + 2], sides[r][i + 1]]
            ring += [high[k + 2], high[k + 1], high[k], sides[r][i], low[k]]
            rings.append(ring)
    return Mesh(columns, lines, rings, [ring_centre(ring) for ring in rings])


def inside(ring: list[Point], point: Point) -> bool:
    """Is the point inside the ring (even-odd rule)?"""
    x, y = point
    result = False
    for (ax, ay), (bx, by) in itertools.pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            result = not result
    return result


def point_in(dice: Dice, ring: list[Point], centre: Point, reach: float) -> Point:
    """A point between the centre and the border, at most ``reach`` of the way."""
    for _ in range(8):
        i = dice.below(len(ring) - 1)
        t = dice.unit()
        ex = ring[i][0] + (ring[i + 1][0] - ring[i][0]) * t
        ey = ring[i][1] + (ring[i + 1][1] - ring[i][1]) * t
        s = reach * math.sqrt(dice.unit())
        point = (centre[0] + (ex - centre[0]) * s, centre[1] + (ey - centre[1]) * s)
        if inside(ring, point):
            return point
    return centre
