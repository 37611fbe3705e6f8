"""What is published of the counts by area: small ones hidden, and with them whatever would tell them.  No queries.

The counts of an area hang together: a unit on one list or to check is a unit, a unit on
two lists has a duplicate row at least, rows are the sum of what became of them.  So a count
that is hidden takes with it the counts from which it could be worked out in the same area:

- kept units hide the units to check, the split into one list and several, and the rows;
- the split hides the rows (a unit on two lists has two at least);
- units out of scope hide their rows, closed ones and those not found theirs, and all of them the rows in all.

Then every hidden count can be moved, unit by unit with its rows, between the hidden areas of
its region without changing anything that is printed: what one column tells about its own
region (see `disclosure`) is all that can be learnt.  Classes of units in no district are
no areas, and are printed as they are: they are findings, and their sum stands in the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from minglu.register.coverage.areas import ROW_COUNTS, UNIT_COUNTS, Area, Levels, area_parents
from minglu.register.coverage.disclosure_control import K, hide_counts, hide_splits

PUBLISHED = (*UNIT_COUNTS, "one_list_share", *ROW_COUNTS)
VIRTUAL = "PLACE_VIRTUAL"

Json = dict[str, Any]
Counts = Mapping[Area, int]


def publish_areas(
    areas: Iterable[Mapping[str, Any]], area_km2: Mapping[str, float], levels: Levels
) -> list[dict[str, Any]]:
    """Return the rows of the table `coverage` as published: a hidden count is null and named in `hidden`.

    `area_km2` gives the size of each district that has a shape.
    """
    rows = {(row["level"], row["code"]): row for row in areas}
    hidden = _hidden({area: row for area, row in rows.items() if area[0] != "exception"}, levels)
    return [
        {
            **{name: row[name] for name in ("level", "code", "name")},
            **{name: None if area in hidden[name] else row[name] for name in PUBLISHED},
            **_density(row, area_km2, printed=area not in hidden["units"]),
            "hidden": [name for name in PUBLISHED if area in hidden[name]],
        }
        for area, row in rows.items()
    ]


def _hidden(rows: Mapping[Area, Mapping[str, Any]], levels: Levels) -> Mapping[str, frozenset[Area]]:
    """Return for each published column the areas in which it is hidden."""
    parents = area_parents(rows, levels)

    def column(name: str) -> Counts:
        return {area: row[name] for area, row in rows.items()}

    units, outside, closed, lost = (
        hide_counts(parents, column(name)) for name in ("units", "out_of_scope", "closed", "not_found")
    )
    to_check = hide_counts(parents, column("to_check"), also=units)
    splits = {area: (row["one_list_units"], row["units"] - row["one_list_units"]) for area, row in rows.items()}
    split = hide_splits(parents, splits, also=units)
    few = {area for area, row in rows.items() if 0 < row["duplicates"] < K}
    booked = hide_counts(parents, column("entries"), also=units | split | outside | closed | lost | few)
    return {
        "units": units,
        "out_of_scope": outside,
        "closed": closed,
        "not_found": lost,
        "to_check": to_check,
        "one_list_units": split,
        "one_list_share": split,
        "entries": booked,
        "duplicates": booked,
        "out_of_scope_rows": outside,
        "closed_rows": closed,
        "not_found_rows": lost,
    }


def publish_placement(placement: Json, areas: Iterable[Mapping[str, Any]]) -> Json:
    """Return the counts of placement without what would tell the units of a hidden district.

    Only the virtual districts (the only ones without a size) have a code of their own among the remarks.
    Few units by declared code would bound them, and the others' sum would tell those.
    """
    if not any(area["units"] is None and area["area_km2"] is None for area in areas if area["level"] == "district"):
        return placement
    codes = [row | ({"units": None} if row["code"] == VIRTUAL else {}) for row in placement["codes"]]
    few = placement["methods"]["declared"] < K
    methods = placement["methods"] | (dict.fromkeys(("declared", "inside")) if few else {})
    return placement | {"codes": codes, "methods": methods}


def publish_strata(
    strata: Mapping[tuple[str, str], Mapping[str, int]],
    areas: Iterable[Mapping[str, Any]],
    classes: Mapping[str, int | None],
) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Leave out the areas and source classes whose number of units is hidden: an estimate would tell it."""
    hidden = {(area["level"], area["code"]) for area in areas if "units" in area["hidden"]}
    hidden |= {("class", name) for name, units in classes.items() if units is None}
    return {key: overlap for key, overlap in strata.items() if key not in hidden}


def _density(row: Mapping[str, Any], area_km2: Mapping[str, float], *, printed: bool) -> dict[str, float | None]:
    size = area_km2.get(row["code"]) if row["level"] == "district" else None
    return {"area_km2": size, "density": round(row["units"] / size, 3) if size and printed else None}
