"""Units inside a site that is surveyed already (a factory's own boiler): one visit, one entry.  Which, rules say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from minglu.common.bilingual import Bilingual
from minglu.register.engine import Engine
from minglu.register.rules.rule_pack import InsideRow
from minglu.register.schemas import UNITS
from minglu.register.storage.sql_override import override
from minglu.register.units.screening import first_source

EARTH_RADIUS_M = 6_371_008.8
DISTANCE_M = (
    f"2 * {EARTH_RADIUS_M} * asin(sqrt(pow(sin(radians(h.lat - g.lat) / 2), 2) "
    "+ cos(radians(g.lat)) * cos(radians(h.lat)) * pow(sin(radians(h.lon - g.lon) / 2), 2)))"
)
"""Of the facility g from the host h; a null coordinate gives null, which is no reason."""
HOSTED = (
    "SELECT g.unit_id, min(h.unit_id) AS host FROM units g JOIN units h ON h.legal_id = g.legal_id "
    "AND h.unit_id <> g.unit_id JOIN guest_classes c ON c.source_class = g.source_class "
    "JOIN host_classes d ON d.source_class = h.source_class WHERE g.outcome = 'unit' AND h.outcome = 'unit' "
    "AND ((g.site_address <> '' AND g.site_address = h.site_address) OR {distance} <= {within}) GROUP BY g.unit_id"
)


def exclude_nested_sites(engine: Engine, rows: Sequence[InsideRow]) -> None:
    """Take kept units out that lie in a kept site of the same legal unit, rule by rule; changes `units`."""
    for row in rows:
        engine.put("guest_classes", _texts(source_class=row.classes))
        engine.put("host_classes", _texts(source_class=row.hosts))
        engine.sql("hosted", HOSTED.format(distance=DISTANCE_M, within=float(row.within_m)))
        hosted = engine.get("hosted", order_by="unit_id")
        engine.drop("guest_classes", "host_classes", "hosted")
        if hosted.num_rows:
            _leave_out(engine, row, hosted)


def _leave_out(engine: Engine, row: InsideRow, hosted: pa.Table) -> None:
    """Give units the outcome of a rule, with the host as its evidence."""
    units, hosts = (hosted.column(name).to_pylist() for name in ("unit_id", "host"))
    mark = f"[inside.{row.id}; {first_source(row.source)}]"
    left_out = _texts(
        unit_id=units,
        outcome=[row.outcome] * len(units),
        code=[row.code] * len(units),
        reason=[Bilingual(f"{row.zh}：{host} {mark}", f"{row.en}: {host} {mark}") for host in hosts],
    )
    engine.put("left_out", left_out)
    instead = {"outcome": "o.outcome", "outcome_code": "o.code", "outcome_reason": "o.reason"}
    override(engine, "units", UNITS.names, instead, by="left_out")


def _texts(**columns: Iterable[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
