"""Everything that a run says of one unit: its rows, its values and their sources, its past."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minglu.errors import UsageError
from minglu.register.cleaning.size_measures import describe
from minglu.register.config.census_tables import DEFAULT_PACK
from minglu.register.desk.opened_run import OpenedRun
from minglu.register.explain.explain_unit import CHINESE, explain_item
from minglu.register.explain.explanation import Compared
from minglu.register.report.html.waterfall_chart import Step, waterfall_rows
from minglu.register.rules import load_pack
from minglu.register.schemas import FIELDS, FUSED_FIELDS

Row = Mapping[str, Any]
ENGLISH: Mapping[str, str] = {
    "name": "name",
    "former_name": "former name",
    "uscc": "USCC",
    "org_code": "organisation code",
    "reg_no": "registration number",
    "tax_no": "taxpayer number",
    "permit_no": "permit number",
    "address": "registered address",
    "site_address": "address of operation",
    "industry_code": "industry code",
    "industry": "industry",
    "status": "status",
    "lon": "longitude",
    "lat": "latitude",
    "district_code": "declared district",
    "phone": "telephone",
    "contact": "contact",
    "legal_person": "legal representative",
    "location": "coordinates",
    "area_code": "area by its names",
    "city": "city",
    "county": "county",
    "town": "township",
    "village": "village",
    "measures": "size and permit class",
}


@dataclass(frozen=True, slots=True)
class PairReason:
    """One compared pair and its waterfall."""

    pair: Row
    verdict: tuple[str, str]
    obstacles: Sequence[tuple[str, str]]
    argument: Sequence[tuple[tuple[str, str], Sequence[tuple[str, str]]]]
    """The strongest reasons for and against one site, below a heading."""
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """One unit as its page shows it."""

    unit: Row
    placement: Row
    district_name: str
    legal: Row
    siblings: Sequence[Row]
    entries: Sequence[Row]
    raw: Sequence[Sequence[tuple[str, str, str]]]
    """Of each entry: Chinese and English heading and the cell as the file gives it."""
    values: Sequence[tuple[tuple[str, str], str, str]]
    """Heading, value, entry that gave it."""
    reasons: Sequence[PairReason]
    near: Sequence[PairReason]
    decisions: Sequence[Row]
    visits: Sequence[Row]
    past: Sequence[Row]


def unit_details(desk: OpenedRun, unit_id: str) -> UnitDetails:
    """Return everything about a unit; raises UsageError for an id that the run does not know."""
    known = desk.queries.rows("SELECT unit_id FROM units WHERE unit_id = $unit", {"unit": unit_id})
    if not known:
        raise UsageError(
            en=f"{unit_id}: this run has no such unit. Look it up by name or code; a newer run may have another id.",
            zh=f"{unit_id}：本次结果中没有该单位。请按名称或代码查找；新一次结果中编号可能不同。",
        )
    answer = explain_item(desk.run, unit_id)
    facts = answer.facts
    compared = [_reason(part) for part in answer.parts if isinstance(part, Compared)]
    linked = len(facts["reasons"])
    unit, entries = facts["unit"], facts["entries"]
    values = {"unit": unit_id, "legal": unit["legal_id"], "district": facts["placement"]["district_code"]}
    return UnitDetails(
        unit,
        facts["placement"],
        _first(desk, "SELECT name FROM districts WHERE code = $district", values).get("name", ""),
        _first(desk, "SELECT * FROM legal_units WHERE legal_id = $legal", values),
        desk.queries.rows(
            "SELECT unit_id, name, site_address, address, outcome FROM units WHERE legal_id = $legal "
            "AND unit_id <> $unit ORDER BY unit_id LIMIT 50",
            {key: values[key] for key in ("unit", "legal")},
        ),
        entries,
        [_raw_cells(entry) for entry in entries],
        _values(unit),
        compared[:linked],
        compared[linked:],
        facts["decisions"],
        _rows(desk, "SELECT * FROM field_facts WHERE unit_id = $unit OR duplicate_of = $unit ORDER BY line", values),
        _rows(desk, "SELECT * FROM succession WHERE unit = $unit OR former = $unit ORDER BY former, unit", values),
    )


def map_points(desk: OpenedRun, unit_id: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the districts and points of a unit's map: its own point, and where each of its rows has one."""
    values = {"unit": unit_id}
    unit = _first(desk, "SELECT name, lon, lat, location_entry FROM units WHERE unit_id = $unit", values)
    placed = _first(desk, "SELECT district_code, candidates FROM placements WHERE unit_id = $unit", values)
    rows = _rows(
        desk,
        "SELECT e.file, e.row, e.lon, e.lat FROM members m JOIN entries e ON e.entry_id = m.entry_id "
        "WHERE m.unit_id = $unit AND e.lon IS NOT NULL AND e.lat IS NOT NULL ORDER BY e.entry_id LIMIT 100",
        values,
    )
    points = [{"lon": row["lon"], "lat": row["lat"], "label": f"{row['file']} #{row['row']}"} for row in rows]
    if unit:
        points.append({"lon": unit["lon"], "lat": unit["lat"], "label": unit["name"], "own": True})
    codes = [placed.get("district_code") or "", *(placed.get("candidates") or "").split("+")]
    return codes, points


def _reason(part: Compared) -> PairReason:
    return PairReason(part.pair, part.verdict, part.obstacles, part.argument, waterfall_rows(part.waterfall))


def _raw_cells(entry: Row) -> list[tuple[str, str, str]]:
    """Return what stands in the file's own cells, those of further columns last."""
    cells = [
        (zh, ENGLISH[field], entry[f"raw_{field}"])
        for field, zh in FIELDS.items()
        if entry.get(f"raw_{field}")  # columns of personal fields are not there unless they are kept
    ]
    extra = json.loads(entry["extra"]) if entry["extra"] else {}
    return cells + [(str(name), str(name), str(value)) for name, value in extra.items() if value not in {None, ""}]


def _values(unit: Row) -> list[tuple[tuple[str, str], str, str]]:
    found = []
    for name in FUSED_FIELDS:
        source = unit[f"{name}_entry"]
        if not source:
            continue
        value = f"{unit['lon']:.6f}, {unit['lat']:.6f}" if name == "location" else str(unit.get(name, ""))
        if name == "measures":
            value = describe(value, load_pack(DEFAULT_PACK, Path()).scope.measures)
        found.append(((CHINESE[name], ENGLISH[name]), value, source))
    return found


def _rows(desk: OpenedRun, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask with those of the values that the query names."""
    return desk.queries.rows(query, {key: value for key, value in values.items() if f"${key}" in query})


def _first(desk: OpenedRun, query: str, values: Mapping[str, Any]) -> dict[str, Any]:
    rows = _rows(desk, query, values)
    return rows[0] if rows else {}
