"""The table of faults: severity by tolerance, order, ids and groups."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from minglu.geo.layer.districts import Parent
from minglu.geo.tiling.partition_proof import prove

ORIGIN_M = (500_000.0, 3_400_000.0)
ACROSS = shapely.box(0, 0, 400, 100)


def faults(districts_of, shapes, *, width_m: float, area_m2: float):
    layer = districts_of([shapely.transform(shape, lambda xy: np.add(xy, ORIGIN_M)) for shape in shapes])
    parent = Parent(shapely.transform(ACROSS, lambda xy: np.add(xy, ORIGIN_M)), layer.crs, "parent")
    return prove(layer, parent, sliver_width_m=width_m, sliver_area_m2=area_m2).faults.to_pylist()


@pytest.mark.parametrize(
    ("width_m", "area_m2", "severity"), [(1.0, 10.0, "serious"), (2.1, 10.0, "sliver"), (1.0, 210.0, "sliver")]
)
def test_tolerance_says_what_a_fault_means_and_never_whether_it_is_there(districts_of, width_m, area_m2, severity):
    """A gap of 2 m by 100 m: narrow, or small, or neither, by the tolerance alone.

    +----+ +----+
    | 0  | | 1  |
    +----+ +----+
    """
    shapes = [shapely.box(0, 0, 199, 100), shapely.box(201, 0, 400, 100)]
    (fault,) = [row for row in faults(districts_of, shapes, width_m=width_m, area_m2=area_m2) if row["kind"] == "gap"]
    assert fault["severity"] == severity
    assert fault["area_m2"] == pytest.approx(200, rel=1e-3)
    assert fault["width_m"] == pytest.approx(2 * 200 / 204, rel=1e-3)


def test_serious_comes_first_and_the_widest_before_the_narrow(districts_of):
    """Ids number the faults in that order.

    +---+   +--+ +---+   a gap of 60 m, one of 1 m
    | 0 |   | 1| | 2 |
    +---+   +--+ +---+
    """
    shapes = [shapely.box(0, 0, 100, 100), shapely.box(160, 0, 299, 100), shapely.box(300, 0, 400, 100)]
    rows = [row for row in faults(districts_of, shapes, width_m=2.0, area_m2=10.0) if row["kind"] == "gap"]
    assert [(row["severity"], row["districts"]) for row in rows] == [("serious", "00+01"), ("sliver", "01+02")]
    assert [row["fault_id"] for row in rows] == sorted(row["fault_id"] for row in rows)
    assert rows[0]["fault_id"] == "F00001"


def test_faults_of_one_cause_share_the_first_id_of_their_group(districts_of):
    r"""One border drawn twice, crossing itself: overlap and gap in turn, all one group.

    +-----/\-----+
    |  0  \/  1  |
    +-----/\-----+
    """
    wave = [(200, 0), (204, 25), (196, 50), (204, 75), (200, 100)]
    straight = shapely.box(200, 0, 400, 100)
    left = shapely.Polygon([(0, 0), *wave, (0, 100)])
    rows = [
        row for row in faults(districts_of, [left, straight], width_m=1.0, area_m2=1.0) if row["kind"] != "mismatch"
    ]
    assert {row["kind"] for row in rows} == {"overlap", "gap"}
    assert {row["group"] for row in rows} == {min(row["fault_id"] for row in rows)}
