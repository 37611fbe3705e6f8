"""What may be walked: valid polygons of finite coordinates; what else there is, is named and repaired for its neighbours."""

from __future__ import annotations

import numpy as np
import shapely

from minglu.geo.tiling.validity import walkable_shapes


def test_sound_shapes_pass_and_others_are_named():
    """A bow-tie is repaired to its two wings, a line and a NaN to nothing, a virtual district is no fault."""
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(0, 0), (1, 0), (1, np.nan)])
    given = np.array([shapely.box(0, 0, 1, 1), bow, shapely.LineString([(0, 0), (1, 1)]), broken, None], object)
    shapes, bad, places = walkable_shapes(given)
    assert bad.tolist() == [1, 2, 3]
    assert shapes[0] is given[0]
    assert shapely.is_valid(shapes[1])
    assert shapely.area(shapes[1]) == 2.0
    assert [shapes[row] for row in (2, 3, 4)] == [None, None, None]
    assert [reason.en.split(":")[0].split("[")[0] for reason in places.reasons] == [
        "invalid polygon",
        "not a polygon but a LineString",
        "invalid polygon",
    ]
    assert given[1] is bow


def test_nothing_given_is_changed():
    """The layer stays as it was read."""
    given = np.array([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])], object)
    before = given[0].wkb
    walkable_shapes(given)
    assert given[0].wkb == before
