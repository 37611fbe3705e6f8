"""What the map draws: borders of the areas above the districts."""

import numpy as np
import shapely

from minglu.register.report.html.map_shapes import STEP_DEG, Drawing, upper_borders


def drawing(*boxes):
    """Return boxes of whole steps as a drawing; one of several parts is a list."""
    shapes = [shapely.MultiPolygon([shapely.box(*(np.array(box) * STEP_DEG))]) for box in boxes]
    return Drawing(np.array(shapes, object), np.zeros((len(shapes), 2)))


def length(lines):
    """Return the length of all lines, steps."""
    return sum(float(np.abs(np.array(line).reshape(-1, 2)[1:]).sum()) for line in lines)


def test_borders_between_areas_are_drawn_and_those_within_an_area_are_not():
    """Three squares in a row, two of one township: the outline and one of the two inner borders remain."""
    squares = drawing((0, 0, 100, 100), (100, 0, 200, 100), (200, 0, 300, 100))
    lines = upper_borders(squares, ["A1", "A2", "B1"], length=1)
    assert length(lines) == 2 * 300 + 2 * 100 + 100


def test_layer_without_shapes_has_no_borders():
    """Districts without geometry are no error."""
    nothing = Drawing(np.array([None], object), np.full((1, 2), np.nan))
    assert upper_borders(nothing, ["A1"], length=1) == []
