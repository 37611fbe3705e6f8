"""The ground: an irregular grid of districts with shared corners, exact to the last digit."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from highland_province.dice import Dice
from highland_province.ground.places import COUNTIES

WEST, SOUTH, STEP = 99.2, 22.6, 0.055
Ring = list[tuple[float, float]]


@dataclass(slots=True)
class Ground:
    """Rings and middles of the districts, in the order of the tree."""

    rings: list[Ring]
    middles: list[tuple[float, float]]

    def point(self, dice: Dice, district: int, spread: float) -> tuple[float, float]:
        """A point in the district, nearer the middle with a small spread."""
        ring, (mx, my) = self.rings[district], self.middles[district]
        place = dice.below(len(ring))
        (ax, ay), (bx, by) = ring[place], ring[(place + 1) % len(ring)]
        along, out = dice.unit(), dice.unit() ** 0.5 * spread
        return (
            mx + (ax + (bx - ax) * along - mx) * out,
            my + (ay + (by - ay) * along - my) * out,
        )

    def holds(self, district: int, x: float, y: float) -> bool:
        """Whether the point lies in the district (even-odd rule)."""
        ring, inside = self.rings[district], False
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
        return inside

    def inward(self, district: int, x: float, y: float) -> tuple[float, float]:
        """The point, drawn towards the district's middle until it lies inside."""
        mx, my = self.middles[district]
        while not self.holds(district, x, y):
            x, y = mx + (x - mx) * 0.85, my + (y - my) * 0.85
        return x, y


def county_sizes(districts: int) -> tuple[int, int, list[int]]:
    """Grid width and height and the number of cells of every county."""
    width = max(6, round((districts * 1.3) ** 0.5))
    height = -(-districts // width)
    total = width * height
    bounds = [total * part // len(COUNTIES) for part in range(len(COUNTIES) + 1)]
    return width, height, [b - a for a, b in itertools.pairwise(bounds)]


def _shaken(dice: Dice, columns: int, rows: int) -> NDArray[np.float64]:
    """Corner and mid-edge points of a grid, each moved a little, rounded once for all."""
    points = np.zeros((rows * 2 + 1, columns * 2 + 1, 2))
    for row in range(rows * 2 + 1):
        for column in range(columns * 2 + 1):
            corner = row % 2 == 0 and column % 2 == 0
            reach = 0.22 if corner else 0.10
            x = column / 2 + (dice.unit() * 2 - 1) * reach
            y = row / 2 + (dice.unit() * 2 - 1) * reach
            points[row, column] = round(WEST + x * STEP, 6), round(SOUTH + y * STEP, 6)
    return points


def make_ground(dice: Dice, width: int, height: int) -> Ground:
    """The districts in serpentine order, so that a township's districts adjoin."""
    points = _shaken(dice, width, height)
    ground = Ground([], [])
    around = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
    for row in range(height):
        columns = range(width) if row % 2 == 0 else range(width - 1, -1, -1)
        for column in columns:
            ring = [points[row * 2 + up, column * 2 + side] for up, side in around]
            ground.rings.append([(float(x), float(y)) for x, y in ring])
            middle = points[row * 2 + 1, column * 2 + 1]
            corners = [ring[0], ring[2], ring[4], ring[6]]
            mean = sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4
            ground.middles.append((float(mean[0] * 0.9 + middle[0] * 0.1), float(mean[1] * 0.9 + middle[1] * 0.1)))
    return ground
