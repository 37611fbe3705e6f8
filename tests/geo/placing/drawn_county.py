"""A drawn county of six districts with a gap, an overlap and a virtual district, and units placed in it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS

from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import place
from minglu.geo.territory_schemas import PLACEMENTS

CGCS2000 = CRS("EPSG:4490")
STEP = 0.01  # degrees; about 963 m by 1108 m
WEST, SOUTH = 120.0, 30.0


def box(column: float, row: float, wide: float = 1, high: float = 1):
    return shapely.box(
        WEST + column * STEP, SOUTH + row * STEP, WEST + (column + wide) * STEP, SOUTH + (row + high) * STEP
    )


def layer(*shapes, codes) -> Districts:
    return Districts(tuple(codes), tuple(codes), np.array(shapes, dtype=object), CGCS2000, "drawn")


def county() -> tuple[Districts, Parent]:
    """+----+----+----+
    | 03 |::::| 04 |   :::: a gap: nobody's, but the county's
    +----+----+----+
    | 01 | 02 ** 05|   ** 02 and 05 overlap, a tenth of a square wide
    +----+----+----+      901: virtual, without geometry
    """
    shapes = [box(0, 0), box(1, 0, 1.1), box(0, 1), box(2, 1), box(2, 0), None]
    codes = [f"9901010010{n:02d}001" for n in (1, 2, 3, 4, 5)] + ["990101001001901"]
    return layer(*shapes, codes=codes), Parent(box(0, 0, 3, 2), CGCS2000, "county")


def code(n: int) -> str:
    return f"9901010010{n:02d}001"


def units(*rows):
    """Make units from (column, row, precision, declared) in squares of the county; None for no point."""
    filled = [(*row, *(5.0, "")[len(row) - 2 :]) if len(row) < 4 else row for row in rows]
    return pa.table(
        {
            "unit_id": pa.array([f"U{i}" for i in range(len(filled))], pa.string()),
            "lon": pa.array([None if r[0] is None else WEST + r[0] * STEP for r in filled], pa.float64()),
            "lat": pa.array([None if r[1] is None else SOUTH + r[1] * STEP for r in filled], pa.float64()),
            "precision_m": pa.array([None if r[0] is None else r[2] for r in filled], pa.float64()),
            "declared": pa.array([r[3] for r in filled], pa.string()),
        }
    )


def ready(districts: Districts, *, proven: bool = False, parent: Parent | None = None) -> Gazetteer:
    return Gazetteer(index_districts(InMemoryLayer(districts)), proven=proven, parent=parent)


def placed(*rows, wins: str = "coordinates", limit_m: float = 200.0, within: bool = True, tolerance_m: float = 0.0):
    """Place units in the drawn county and return their rows."""
    districts, parent = county()
    table = place(
        units(*rows),
        ready(districts, parent=parent if within else None),
        nearest_limit_m=limit_m,
        declared_conflict=wins,
        declared_tolerance_m=tolerance_m,
    )
    assert table.schema.equals(PLACEMENTS)
    assert table.column("unit_id").to_pylist() == [f"U{i}" for i in range(len(rows))]
    return table.to_pylist()


def one(*row, **rules):
    return placed(row, **rules)[0]
