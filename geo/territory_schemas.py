"""The schemas of `faults` and `placements`.

Codes are text, distances end in _m, areas in _m2.  Columns that hold several codes
join them with "+", smallest first.
"""

from __future__ import annotations

import pyarrow as pa


def column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    """Declare one column; the meaning travels with the table into Parquet."""
    return pa.field(name, kind, metadata={"meaning": meaning})


FAULTS = pa.schema(
    [
        column("fault_id", pa.string(), "F00001, F00002 ... in the order of the table"),
        column("kind", pa.string(), "overlap | gap | spill | mismatch | invalid | undecided"),
        column(
            "severity",
            pa.string(),
            "serious | sliver, by the rules' tolerance, which never hides a fault",
        ),
        column("geometry", pa.binary(), "WKB in the layer's own CRS"),
        column("area_m2", pa.float64(), "area on the ellipsoid, square metres; 0 for a mismatch"),
        column("width_m", pa.float64(), "mean width: twice the area over the perimeter, metres"),
        column("districts", pa.string(), "codes that cover the face, or border it, joined by +"),
        column("place", pa.string(), "where it is in words: code and name of the nearest district"),
        column("group", pa.string(), "faults of one cause share the smallest fault_id among them"),
        column("reason", pa.string(), "what is wrong, Chinese then English"),
    ]
)

PLACEMENTS = pa.schema(
    [
        column("unit_id", pa.string(), "the unit"),
        column("district_code", pa.string(), "the district it is placed in, or null"),
        column("method", pa.string(), "inside | boundary | nearest | declared | unplaced"),
        column(
            "distance_m",
            pa.float64(),
            "distance to the district, metres; 0 inside, null if not measured",
        ),
        column(
            "precision_m",
            pa.float64(),
            "radius within which the unit is known: its point's, or half the extent of the district it was placed by; "
            "null if unplaced",
        ),
        column(
            "probability",
            pa.float64(),
            "chance that the district is the right one where a border or a name leaves that open, 0 to 1; else null",
        ),
        column("candidates", pa.string(), "districts that could claim the unit, joined by +"),
        column(
            "code",
            pa.string(),
            "coded reason of docs/reference/codes.md, empty without a remark",
        ),
        column("reason", pa.string(), "the same in words, Chinese then English"),
    ]
)
