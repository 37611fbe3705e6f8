"""Findings about the codes of a district layer: each cause has its own."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from minglu.geo.layer.code_checks import check_codes
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer

SQUARE = shapely.box(0, 0, 1, 1)
CRS_M = CRS.from_epsg(4547)


def findings(codes, shapes=None, parent_code: str | None = None) -> list[tuple[str, tuple[str, ...]]]:
    """Check codes against the lengths 12 and 15; polygons are distinct squares unless given."""
    array = np.empty(len(codes), object)
    array[:] = shapes or [shapely.box(n, 0, n + 1, 1) for n in range(len(codes))]
    layer = Districts(tuple(codes), tuple(codes), array, CRS_M, "drawn")
    parent = None if parent_code is None else Parent(SQUARE, CRS_M, "p", code=parent_code)
    found = check_codes(index_districts(InMemoryLayer(layer)), parent, code_lengths=(12, 15), virtual_from=900)
    assert all(" / " in item.reason for item in found)
    return [(item.code, item.districts) for item in found]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["990101001001", "990101001002"], []),
        (["990101001001", "990101001001"], [("DISTRICT_CODE_TWICE", ("990101001001",))]),
        (["990101001001", ""], [("DISTRICT_NO_CODE", ())]),
        (["9901010010"], [("DISTRICT_CODE_LENGTH", ("9901010010",))]),
        (["99010100100一"], [("DISTRICT_CODE_CHARACTERS", ("99010100100一",))]),
        (["990101001001", "990101001001001"], [("DISTRICT_OTHER_LEVEL", ("990101001001",))]),
    ],
)
def test_each_mistake_has_its_own_finding(codes, expected):
    """Twice, none, another length, other characters, the level above in the same layer."""
    assert findings(codes) == expected


def test_codes_of_another_county_are_strangers():
    """Prefixes give the levels above."""
    found = findings(["990101001001", "990102001001"], parent_code="990101")
    assert found == [("DISTRICT_OTHER_PARENT", ("990102001001",))]


def test_only_virtual_districts_may_have_no_polygon():
    """Numbers from 900 are districts without a map; others lack their polygon."""
    codes = ["990101001001901", "990101001001001", "990101001001002"]
    found = findings(codes, [None, None, shapely.Polygon()])
    assert found == [("DISTRICT_NO_POLYGON", (code,)) for code in sorted(codes[1:])]


def test_same_polygon_under_two_codes():
    """The same ring from another start and the other way round is the same polygon."""
    turned = shapely.Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    found = findings(["990101001001", "990101001002", "990101001003"], [SQUARE, turned, shapely.box(5, 5, 6, 6)])
    assert found == [("DISTRICT_SAME_POLYGON", ("990101001001", "990101001002"))]


def test_a_layer_with_codes_of_another_system_is_one_finding():
    """7,701 villages with codes of eleven digits are one remark, not 7,701."""
    many = [f"6400013{n:04}" for n in range(30)]
    found = findings([*many, "990101001001", "99010100100"[:9]])
    assert [(code, len(districts)) for code, districts in found if code == "DISTRICT_CODE_LENGTH"] == [
        ("DISTRICT_CODE_LENGTH", 20),
        ("DISTRICT_CODE_LENGTH", 1),
    ]


def test_codes_of_any_area_of_the_parent_are_no_strangers():
    """A prefecture's counties: each code must begin with one of theirs."""
    found = findings(["990101001001", "990102001001", "990103001001"], parent_code="990101+990102")
    assert found == [("DISTRICT_OTHER_PARENT", ("990103001001",))]
