"""Areas that papers are broken down by: the levels that a command offers, and the area of every unit of a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from minglu.errors import UsageError
from minglu.geo.layer.declared_codes import LEVELS
from minglu.register.storage.run_store import read_table

AREAS: Mapping[str, int] = {
    "province": LEVELS[0], "city": LEVELS[1], "county": LEVELS[2], "township": LEVELS[3], "district": 99,
}  # fmt: skip
"""Level of an area -> characters of its code."""
IN_COUNTY = ("county", "township", "district")
"""The levels inside a county's own run."""
UNPLACED = "unplaced"
"""Stands for the area of units in no district."""


def require_level(by: str, levels: Collection[str]) -> None:
    """Raise UsageError unless `by` is one of the levels that the command offers."""
    if by not in levels:
        raise UsageError(
            en=f"--by {by}: expected one of {', '.join(levels)}.", zh=f"--by {by}：应为 {'、'.join(levels)} 之一。"
        )


def area_of(district: str | None, by: str) -> str:
    """Return the area of the level `by` that a district lies in.

    >>> area_of("990101100200001", "township"), area_of(None, "township")
    ('990101100', 'unplaced')
    """
    return (district or "")[: AREAS[by]] or UNPLACED


def areas_of_units(out: Path, by: str) -> dict[str, str]:
    """Return the area of each unit of the run `out`, by its id."""
    placed = read_table(out, "placements", ["unit_id", "district_code"])
    columns = (placed.column(name).to_pylist() for name in ("unit_id", "district_code"))
    return {unit: area_of(district, by) for unit, district in zip(*columns, strict=True)}
