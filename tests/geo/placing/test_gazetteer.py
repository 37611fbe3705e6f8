"""Districts read region by region: the same answers as from the whole layer, and no more of it in memory."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from minglu.errors import CrsError
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.layer.region_chunks import Regions
from minglu.geo.placing import gazetteer as module
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import add_regions, place

SIDE, STEP = 8, 0.01
WEST, SOUTH = 120.0, 30.0
RULES = {"nearest_limit_m": 300.0, "declared_conflict": "coordinates", "declared_tolerance_m": 50.0}


class Watched(InMemoryLayer):
    """A layer in memory that remembers what was asked for."""

    asked: list[list[int]]

    def shapes(self, rows):
        """Return shapes, and remember which."""
        self.asked.append(rows.tolist())
        return super().shapes(rows)


def villages() -> Districts:
    """Return 8 x 8 squares of a kilometre, one of them missing, and a virtual one."""
    squares = [
        shapely.box(WEST + c * STEP, SOUTH + r * STEP, WEST + (c + 1) * STEP, SOUTH + (r + 1) * STEP)
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    squares[20] = None
    codes = tuple(f"9901010{r:02d}{c:03d}" for r in range(SIDE) for c in range(SIDE))
    return Districts(codes, codes, np.array(squares, object), CRS("EPSG:4490"), "villages")


def watched(most: int, monkeypatch, **options) -> tuple[Gazetteer, list[list[int]]]:
    """Return a gazetteer with regions of at most so many districts, and the list of what it reads."""
    monkeypatch.setattr(module, "Regions", partial(Regions, most=most))
    asked: list[list[int]] = []
    layer = type("Layer", (Watched,), {"asked": asked})(villages())
    return Gazetteer(index_districts(layer), proven=False, **options), asked


def units(points, declared=None, precision=None) -> pa.Table:
    """Return units at (column, row) in squares, None for no coordinate."""
    count = len(points)
    return pa.table(
        {
            "unit_id": [f"U{number:03d}" for number in range(count)],
            "lon": pa.array([None if p is None else WEST + p[0] * STEP for p in points], pa.float64()),
            "lat": pa.array([None if p is None else SOUTH + p[1] * STEP for p in points], pa.float64()),
            "precision_m": pa.array(precision or [5.0] * count, pa.float64()),
            "declared": pa.array(declared or [""] * count, pa.string()),
        }
    )


POINT = st.one_of(
    st.none(), st.tuples(st.floats(-1, 9), st.floats(-1, 9)), st.tuples(st.integers(0, 8), st.integers(0, 8))
)
DECLARED = st.sampled_from(["", *villages().codes[::7], "990101003", "990101", "8801"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(POINT, DECLARED, st.sampled_from([5.0, 15.0, 800.0, 1500.0, 5000.0])), min_size=1, max_size=30
    )
)
def test_regions_of_any_size_give_the_rows_of_the_whole_layer(monkeypatch, rows):
    """In a gap, on borders between regions, declared far away, known to 5 km: the same table."""
    table = units(*(list(column) for column in zip(*rows, strict=True)))
    whole, _ = watched(1000, monkeypatch)
    parted, _ = watched(3, monkeypatch)
    assert place(table, parted, **RULES).equals(place(table, whole, **RULES))


def test_units_that_come_region_by_region_cost_each_region_one_reading(monkeypatch):
    """Sorted by `region`, batch by batch: as many readings as regions, and every district is in one of them."""
    ready, asked = watched(4, monkeypatch)
    noise = np.random.default_rng(1)
    table = add_regions(units([tuple(p) for p in noise.uniform(0, SIDE, (500, 2)).tolist()]), ready)
    table = table.sort_by([("region", "ascending"), ("unit_id", "ascending")])
    asked.clear()
    for first in range(0, 500, 50):
        place(table.slice(first, 50), ready, **RULES)
    assert len(asked) == len(set(table.column("region").to_pylist()))
    assert set().union(*asked) == set(range(SIDE * SIDE)) - {20}


def test_one_region_holds_its_own_districts_and_a_rim(monkeypatch):
    """A unit in the south-west corner asks for nothing of the north-east."""
    ready, asked = watched(4, monkeypatch)
    asked.clear()
    assert place(units([(0.5, 0.5)]), ready, **RULES).column("district_code").to_pylist() == ["990101000000"]
    assert len(asked) == 1
    assert len(asked[0]) <= 12


def test_a_declared_district_elsewhere_is_measured_and_not_kept(monkeypatch):
    """Seven kilometres away, in another region: its distance is the true one."""
    ready, _ = watched(4, monkeypatch)
    (row,) = place(units([(0.5, 0.5)], [villages().codes[-1]]), ready, **RULES).to_pylist()
    assert (row["code"], row["district_code"]) == ("PLACE_DECLARED_DIFFERS", "990101000000")
    expected = np.hypot(6.5 * STEP * 96_486, 6.5 * STEP * 110_850)
    told = float(row["reason"].rsplit(" m ", 1)[0].rsplit(" ", 1)[1])
    assert told == pytest.approx(expected, rel=2e-3)


def test_points_that_are_none_have_no_region(monkeypatch):
    """Missing, infinite, off the globe: -1, whatever the layer."""
    ready, _ = watched(4, monkeypatch)
    lon, lat = np.array([np.nan, np.inf, 200.0, 120.0]), np.array([30.0, 30.0, 30.0, 30.0])
    assert (ready.regions(lon, lat) < 0).tolist() == [True, True, True, False]


def test_a_parent_in_another_system_is_refused():
    """Whether a point lies in the parent is asked in the layer's coordinates."""
    parent = Parent(shapely.box(0, 0, 1, 1), CRS("EPSG:4547"), "county")
    with pytest.raises(CrsError, match="county"):
        Gazetteer(index_districts(InMemoryLayer(villages())), proven=False, parent=parent)
