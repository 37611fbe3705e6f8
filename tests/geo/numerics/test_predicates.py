"""Signs of cross products: floating point, error-free products and rational numbers give one answer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.numerics.predicates import cross_sign, exact_cross, turn

NUMBER = st.floats(-1e7, 1e7) | st.integers(-3, 3).map(float) | st.sampled_from([0.1, 0.2, 0.3, 1e-300, 5e-324])
POINT = st.tuples(NUMBER, NUMBER)


@given(points=st.lists(st.tuples(POINT, POINT, POINT, POINT), min_size=1, max_size=20))
def test_sign_is_that_of_the_rational_numbers(points):
    """Whatever the coordinates, tiny, huge, equal or in line."""
    a, b, c, d = np.array(points, float).transpose(1, 0, 2)
    exact = [exact_cross(*row) for row in zip(a, b, c, d, strict=True)]
    assert cross_sign(a, b, c, d).tolist() == [(value > 0) - (value < 0) for value in exact]


def test_last_bit_beside_a_line_is_seen():
    """One float above the diagonal is left of it, one float below is right, the point between lies on it."""
    start, end = np.array([[0.0, 0.0]] * 3), np.array([[3e5, 3e5]] * 3)
    third = 1e5
    points = np.array([[third, np.nextafter(third, 1e9)], [third, third], [third, np.nextafter(third, 0)]])
    assert turn(start, end, points).tolist() == [1, 0, -1]


def test_exact_cross_is_the_textbook_formula():
    """(b - a) x (d - c) with whole numbers."""
    assert exact_cross(*np.array([[0, 0], [2, 1], [1, 1], [2, 4]], float)) == Fraction(5)
