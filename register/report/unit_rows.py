"""The register as people see it: units with their placement, read a piece at a time, as a province has millions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import SourceError
from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.coverage.areas import TO_CHECK
from minglu.register.schemas import UNITS
from minglu.register.storage.row_stream import Stream
from minglu.register.storage.run_store import DISTRICTS, read_table, stream_table

OF_UNIT = {"declared_district" if name == "district_code" else name: name for name in UNITS.names}
OF_PLACEMENT = {
    "district_code": "district_code",
    "method": "method",
    "distance_m": "distance_m",
    "placement_code": "code",
    "placement_reason": "reason",
}
"""Columns of the register and where they come from."""
REGISTER = pa.schema(
    [UNITS.field(stored).with_name(name) for name, stored in OF_UNIT.items()]
    + [PLACEMENTS.field(stored).with_name(name) for name, stored in OF_PLACEMENT.items()]
    + [DISTRICTS.field("name").with_name("district_name")]
)
"""Units with their placement: one row per unit, in the order of unit_id."""
FOR_CHECKING = (
    *("unit_id", "name", "site_address", "outcome", "lon", "lat"),
    *("district_code", "district_name", "declared_district", "placement_code", "placement_reason"),
)
"""What finds a unit and says what to check of its placement."""


def stream_register(folder: Path) -> Stream:
    """Return units with their placement (columns of REGISTER) of the run folder `folder`.

    Raises SourceError, also while it is read, where the two tables are not of the same units.
    """
    units, placements = stream_table(folder, "units"), stream_table(folder, "placements")
    layer = read_table(folder, "districts", ["code", "name"])
    codes, names = layer.column("code").combine_chunks(), layer.column("name")
    if units.num_rows != placements.num_rows:
        raise _of_different_units(folder)

    def read(columns: Sequence[str], first: int) -> Iterator[pa.Table]:
        of_units = {"unit_id", *(OF_UNIT[name] for name in columns if name in OF_UNIT)}
        placed = {"unit_id", "district_code", *(OF_PLACEMENT[name] for name in columns if name in OF_PLACEMENT)}
        left, right = units.read(sorted(of_units), first), placements.read(sorted(placed), first)
        for unit, placement in zip(left, right, strict=True):
            if not unit.column("unit_id").equals(placement.column("unit_id")):
                raise _of_different_units(folder)
            found = {name: unit.column(OF_UNIT[name]) for name in columns if name in OF_UNIT}
            found |= {name: placement.column(OF_PLACEMENT[name]) for name in columns if name in OF_PLACEMENT}
            if "district_name" in columns:
                found["district_name"] = names.take(pc.index_in(placement.column("district_code"), codes))
            yield pa.table({name: found[name] for name in columns})

    return Stream(REGISTER, units.num_rows, read)


def _of_different_units(folder: Path) -> SourceError:
    return SourceError(
        en=f"{folder}: the tables units and placements are not of the same units. Expected an unchanged run folder; "
        "build it again.",
        zh=f"{folder}：units 与 placements 两表的单位不一致。应为未被改动的结果文件夹，请重新生成。",
    )


def to_check(register: Stream) -> pa.Table:
    """Return the kept units whose placement somebody should check (columns FOR_CHECKING), district by district."""
    asked = register.select(FOR_CHECKING)
    wanted = pc.field("placement_code").isin(TO_CHECK) & (pc.field("outcome") == "unit")
    found = [piece.filter(wanted) for piece in asked.pieces()]
    return pa.concat_tables([asked.schema.empty_table(), *found]).sort_by(
        [("district_code", "ascending"), ("placement_code", "ascending"), ("unit_id", "ascending")]
    )
