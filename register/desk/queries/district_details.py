"""Everything that a run says of one district: its units, what to check, its faults, its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minglu.errors import UsageError
from minglu.register.desk.opened_run import OpenedRun

MOST_UNITS = 2_000
Row = Mapping[str, Any]
UNITS = """
SELECT u.unit_id, u.unit_code, u.name, u.outcome, u.lists, u.entries, u.lon, u.lat, p.method, p.code, p.reason,
  CASE WHEN u.site_address <> '' THEN u.site_address ELSE u.address END AS address
FROM placements p JOIN units u ON u.unit_id = p.unit_id
WHERE p.district_code = $code ORDER BY u.outcome = 'unit' DESC, u.unit_id LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class DistrictDetails:
    """One district as its page shows it."""

    code: str
    name: str
    counts: Row
    """Its row of the table coverage; empty where it has none."""
    units: Sequence[Row]
    """Kept units first."""
    faults: Sequence[Row]
    neighbours: Sequence[tuple[str, str]]

    @property
    def to_check(self) -> list[Row]:
        """Return the kept units whose placement has a remark."""
        return [unit for unit in self.units if unit["code"] and unit["outcome"] == "unit"]


def district_details(desk: OpenedRun, code: str) -> DistrictDetails:
    """Return everything about a district; raises UsageError for a code that the layer has not."""
    found = desk.queries.rows("SELECT name FROM districts WHERE code = $code", {"code": code})
    if not found:
        raise UsageError(
            en=f"{code}: the layer has no district of that code. Look it up by its name or the beginning of its code.",
            zh=f"{code}：图层中没有该代码的小区。请按名称或代码开头查找。",
        )
    counts = desk.queries.rows("SELECT * FROM coverage WHERE code = $code ORDER BY level", {"code": code})
    faults = desk.queries.rows(
        "SELECT fault_id, kind, severity, area_m2, width_m, districts, place, reason FROM faults "
        "WHERE contains('+' || districts || '+', '+' || $code || '+') ORDER BY fault_id LIMIT 200",
        {"code": code},
    )
    return DistrictDetails(
        code,
        found[0]["name"],
        counts[0] if counts else {},
        desk.queries.rows(UNITS, {"code": code, "most": MOST_UNITS}),
        faults,
        desk.map.neighbours(code),
    )


def numbered_points(units: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the points of kept units, numbered as their list is."""
    kept = [unit for unit in units if unit["outcome"] == "unit"]
    return [
        {
            "lon": unit["lon"],
            "lat": unit["lat"],
            "label": f"{number}  {unit['name']}",
            "number": number,
            "href": f"/unit/{unit['unit_id']}",
            "own": True,
        }
        for number, unit in enumerate(kept, 1)
    ]
