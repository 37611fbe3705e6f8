"""The tables of several registers as tables of one: ids and files carry their county, nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from minglu.errors import CrsError
from minglu.geo.layer.districts import Districts
from minglu.register.engine import Engine
from minglu.register.storage.run_store import STORED, read_table, without_personal
from minglu.register.verification.rollup.audit_county import County

JOINED = (
    "entries", "members", "units", "legal_units", "placements", "ledger", "rejects", "value_faults",
    "scored_pairs", "cuts", "crowds",
)  # fmt: skip
"""Tables that are the counties' own, one under the other."""
OF_A_COUNTY = ("decisions", "field_facts", "succession", "retired", "weights", "words")
"""Tables that say nothing above a county: they stay in its archive and are empty here."""
IDS = frozenset({"entry_id", "unit_id", "legal_id", "left", "right"})
SUMMED = ("entries", "compared_pairs", "site_links", "legal_links", "review_pairs", "sites", "legal_units")
"""Figures of linkage that add up; thresholds and weights do not."""


def join_tables(engine: Engine, counties: Sequence[County]) -> None:
    """Make every stored table but `faults`, `coverage` and `claims` from those of the counties."""
    for name in JOINED:
        tables = [_named(read_table(county.run, name), county.key) for county in counties]
        schema = without_personal(STORED[name].schema) if name == "entries" else STORED[name].schema
        engine.put(name, pa.concat_tables([table.select(schema.names).cast(schema) for table in tables]))
    for name in OF_A_COUNTY:
        engine.put(name, STORED[name].schema.empty_table())
    for name in ("uncompared", "linkage_figures"):
        engine.put(f"all_{name}", pa.concat_tables([read_table(county.run, name) for county in counties]))
    engine.sql(
        "uncompared",
        "SELECT rule, CAST(sum(blocks) AS BIGINT) AS blocks, CAST(sum(rows) AS BIGINT) AS rows, "
        "CAST(sum(pairs) AS BIGINT) AS pairs FROM all_uncompared GROUP BY rule",
    )
    figures = ", ".join(f"'{name}'" for name in SUMMED)
    engine.sql(
        "linkage_figures",
        "SELECT figure, sum(value) AS value, min(meaning) AS meaning FROM all_linkage_figures "
        f"WHERE figure IN ({figures}) GROUP BY figure",
    )
    engine.drop("all_uncompared", "all_linkage_figures")
    engine.sql("source_rows", "SELECT list, file, sheet, row FROM ledger")


def join_districts(counties: Sequence[County]) -> Districts:
    """Return the districts of all counties as one layer; raises CrsError where their coordinate systems differ."""
    tables = [read_table(county.run, "districts") for county in counties]
    systems = [CRS.from_wkt(table.schema.metadata[b"crs"].decode()) for table in tables]
    for county, crs in zip(counties, systems, strict=True):
        if crs != systems[0]:
            raise CrsError(
                en=f"{county.name}: its districts are in {crs.name}, those of {counties[0].name} in {systems[0].name}. "
                "Expected one coordinate system; build the county again over a layer in it.",
                zh=f"{county.name}：小区图层坐标系为 {crs.name}，{counties[0].name} 为 {systems[0].name}。"
                "应使用同一坐标系，请用该坐标系的图层重新生成。",
            )
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    return Districts(
        codes=tuple(whole.column("code").to_pylist()),
        names=tuple(whole.column("name").to_pylist()),
        geometries=shapely.from_wkb(whole.column("geometry").to_numpy(zero_copy_only=False)),
        crs=systems[0],
        source="+".join(county.key for county in counties),
    )


def _named(table: pa.Table, key: str) -> pa.Table:
    """Put the county's key in front of every id (not of empty ones) and of every file."""
    for place, name in enumerate(table.column_names):
        column = table.column(name)
        if name == "file":
            named = pc.binary_join_element_wise(key, column, "/")
        elif name in IDS or name.endswith("_entry"):
            named = pc.if_else(pc.equal(column, ""), "", pc.binary_join_element_wise(key, column, "."))
        else:
            continue
        table = table.set_column(place, name, named)
    return table
