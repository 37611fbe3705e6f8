"""On which side, exactly: signs of cross products of raw coordinates.

Floating point answers first, with a proven error bound; what it leaves open is decided
by error-free products where the differences are exact (they nearly always are for
neighbours on a map), and by rational numbers for the rest.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Signs = NDArray[np.int8]

ERROR_BOUND = 1e-15
"""Relative error of a cross product: two rounded differences, a product, a difference; 4 * 2**-53 and some room."""

_SPLITTER = 134217729.0  # 2**27 + 1 cuts a double into two halves of 26 bits


def cross_sign(a: Floats, b: Floats, c: Floats, d: Floats) -> Signs:
    """Return the exact sign of (b - a) x (d - c), all of shape (n, 2): +1 where d - c turns left of b - a.

    >>> zero, one = np.array([[0.0, 0.0]]), np.array([[1.0, 1.0]])
    >>> cross_sign(zero, one, zero, np.array([[0.0, 1.0]])).tolist()
    [1]
    """
    along, across = b - a, d - c
    left, right = along[:, 0] * across[:, 1], along[:, 1] * across[:, 0]
    cross = left - right
    sign = np.sign(cross).astype(np.int8)
    open_ones = np.flatnonzero((np.abs(cross) <= ERROR_BOUND * (np.abs(left) + np.abs(right))) & (left != right))
    equal = np.flatnonzero((left == right) & (left != 0.0))  # zero times anything is exact, other products are not
    for rows in (open_ones, equal):
        if len(rows):
            sign[rows] = _exact_sign(a[rows], b[rows], c[rows], d[rows])
    return sign


def turn(a: Floats, b: Floats, p: Floats) -> Signs:
    """Return +1 where p lies left of the line from a to b, -1 right of it, 0 on it; exactly."""
    return cross_sign(a, b, a, p)


def exact_cross(a: Floats, b: Floats, c: Floats, d: Floats) -> Fraction:
    """Return (b - a) x (d - c) of four single points as a rational number."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ((Fraction(float(p[0])), Fraction(float(p[1]))) for p in (a, b, c, d))
    return (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)


def _exact_sign(a: Floats, b: Floats, c: Floats, d: Floats) -> Signs:
    (along, along_tail), (across, across_tail) = _difference(b, a), _difference(d, c)
    left, left_tail = _product(along[:, 0], across[:, 1])
    right, right_tail = _product(along[:, 1], across[:, 0])
    sign = np.where(left == right, np.sign(left_tail - right_tail), np.sign(left - right)).astype(np.int8)
    for row in np.flatnonzero((along_tail != 0).any(1) | (across_tail != 0).any(1)):
        value = exact_cross(a[row], b[row], c[row], d[row])
        sign[row] = (value > 0) - (value < 0)
    return sign


def _difference(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return a - b rounded, and what rounding lost (Knuth's two-sum)."""
    value = a - b
    back = a - value
    return value, (a - (value + back)) + (back - b)


def _product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return a * b rounded, and what rounding lost (Dekker's product)."""
    value = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    return value, a_low * b_low - (((value - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(a: Floats) -> tuple[Floats, Floats]:
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high
