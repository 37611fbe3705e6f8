"""The range in which the value of a setting makes sense.  One table; what is outside is refused, never clipped."""

from __future__ import annotations

from collections.abc import Mapping

from minglu.errors import RuleError

FARTHEST_M = 100_000.0
MANY = 1_000_000

RANGES: Mapping[str, tuple[float, float]] = {
    "placement.nearest_limit_m": (0, FARTHEST_M),
    "placement.declared_tolerance_m": (0, FARTHEST_M),
    "placement.default_point_rows": (2, MANY),
    "territory.sliver_width_m": (0, 100),
    "territory.sliver_area_m2": (0, 1e6),
    "territory.code_lengths": (1, 40),
    "territory.level_lengths": (1, 40),
    "territory.virtual_from": (1, MANY),
    "limits.units_per_district": (1, MANY),
    "spotcheck.township_share": (0, 1),
    "spotcheck.districts_per_township": (0, MANY),
    "spotcheck.units_per_class": (0, MANY),
    "spotcheck.added_units": (0, MANY),
    "spotcheck.excluded_units": (0, MANY),
    "spotcheck.limit_missed": (0, 1),
    "spotcheck.limit_duplicate": (0, 1),
    "spotcheck.limit_wrong": (0, 1),
    "spotcheck.limit_excess": (0, 1),
    "spotcheck.limit_merged": (0, 1),
    "inside.within_m": (0, FARTHEST_M),
}
"""Section and setting -> least and largest value; of a list, of each number in it.  Shares are from 0 to 1, lengths
of codes are characters, the others count or are metres and square metres as their names say."""


def require_in_range(value: object, setting: str, *, where: str) -> None:
    """Raise RuleError where a number, or one of a list, is outside the range of its setting; texts have none."""
    if setting not in RANGES:
        return
    least, most = RANGES[setting]
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, int | float) and not least <= number <= most:
            raise RuleError(
                en=f"{where}: found {number}; expected a number from {least:g} to {most:g}. Correct it.",
                zh=f"{where}：得到 {number}；应为 {least:g} 到 {most:g} 之间的数。请更正。",
            )
