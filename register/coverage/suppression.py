"""Suppression: the published counts by area, small ones hidden together with whatever would reveal them.

The counts of an area hang together: a unit on one list or to check is a unit, a unit on
two lists has a duplicate row at least, rows are the sum of what became of them.  So a count
that is hidden takes with it the counts from which it could be worked out in the same area:

- kept units hide the units to check, the split into one list and several, and the rows;
- the split hides the rows (a unit on two lists has two at least);
- units out of scope hide their rows, closed ones and those not found theirs, and all of them the rows in all.

Then every hidden count can be moved, unit by unit with its rows, between the hidden areas of
its region without changing anything that is printed: what one column reveals about its own
region (see `disclosure_control`) is all that can be learnt; `disclosure_audit` attacks the result before it is
published.  Classes of units in no district are no areas, and are printed as they are: they are findings, and their
sum stands in the verdict.

An estimate with its interval gives the overlap of the lists away from which it was made, so an area or source class
has one only where that overlap could be printed; classes are attacked as areas are.  A roll-up prints a count only
where every county prints its part: then both reports together reveal nothing that the counties' own do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from minglu.register.config.census_file import FIELD
from minglu.register.coverage.areas import ROW_COUNTS, UNIT_COUNTS, Area, Levels, area_parents
from minglu.register.coverage.disclosure_audit import WHOLE, audit_areas, audit_classes
from minglu.register.coverage.disclosure_control import K, hide_counts, hide_splits

PUBLISHED = (*UNIT_COUNTS, "one_list_share", *ROW_COUNTS)
VIRTUAL = "PLACE_VIRTUAL"
CLASS = "class"
MOST_ROUNDS = 5
"""So often more is hidden after an audit that found something; then everything is."""

Json = dict[str, Any]
Counts = Mapping[Area, int]
Hidden = Mapping[str, frozenset[Area]]
"""Published column -> areas in which it is hidden."""
Strata = Mapping[tuple[str, str], Mapping[str, int]]
"""Kind and key of a stratum -> names of lists joined by "+" -> units that are on exactly these."""
Areas = list[dict[str, Any]]


class Published(NamedTuple):
    """What a report prints of its counts by area and by source class."""

    areas: Areas
    """Rows of the table `coverage`; a hidden count is null and named in `hidden`."""
    strata: Strata
    """Those that may have an estimate, without units that only the field knows."""
    classes: Mapping[str, int | None]
    """Kept units by source class; a hidden count is null."""


def publish(
    rows: Iterable[Mapping[str, Any]],
    strata: Strata,
    classes: Mapping[str, int | None],
    *,
    area_km2: Mapping[str, float],
    levels: Levels,
    parts: Iterable[Mapping[str, Any]] = (),
) -> Published:
    """Hide what must be hidden, attack the result as a reader would, and hide more until nothing can be derived.

    `rows` are those of the table `coverage`, `classes` kept units by source class as printed, `parts` what the
    coverage.json of each county of a roll-up says.  In the end no area is printed at all: then nothing is published but
    what the totals of the whole reveal, which are no secret: of a county with one placed unit they say where it can be.
    """
    rows, parts = list(rows), list(parts)
    shown, classes = _publish_classes(strata, classes, parts)
    parents = area_parents(((row["level"], row["code"]) for row in rows), levels)
    below, also = _hidden_below(parts), frozenset[Area]()
    for attempt in range(MOST_ROUNDS + 1):
        last = attempt == MOST_ROUNDS
        also = frozenset(parents) if last else also
        areas = publish_areas(rows, area_km2, levels, also=also, below=below)
        chosen = publish_strata(strata, areas, levels, parts)
        if last:
            break
        estimated, withheld = (
            {key: overlap for key, overlap in strata.items() if key[0] != CLASS and (key in chosen) is printed}
            for printed in (True, False)
        )
        exposed = audit_areas(rows, areas, levels, estimated | {WHOLE: _whole(strata)}, withheld)
        if not exposed:
            break
        near = {parents[one.area] for one in exposed} | {one.area for one in exposed}
        also |= {area for area, parent in parents.items() if parent in near or area in near} - {WHOLE}
    return Published(areas, {key: _on_lists(overlap) for key, overlap in {**chosen, **shown}.items()}, classes)


def _publish_classes(
    strata: Strata, classes: Mapping[str, int | None], parts: Sequence[Mapping[str, Any]]
) -> tuple[Strata, Mapping[str, int | None]]:
    """Return the source classes that may have an estimate, and the counts of classes; both stand the attack."""
    by_class = {key: overlap for key, overlap in strata.items() if key[0] == CLASS}
    small = {key for key in by_class if classes[key[1]] is None}
    hidden = _unprintable(by_class, {WHOLE: None, **dict.fromkeys(by_class, WHOLE)}, small)
    shown = {key: by_class[key] for key in by_class.keys() - hidden if not _left_out(key, parts)}
    whole = _whole(strata)
    if audit_classes(classes, by_class, shown, whole):
        shown = {}
        if audit_classes(classes, by_class, shown, whole):
            classes = dict.fromkeys(classes)
    return shown, classes


def publish_areas(
    rows: Iterable[Mapping[str, Any]],
    area_km2: Mapping[str, float],
    levels: Levels,
    *,
    also: frozenset[Area] = frozenset(),
    below: Hidden | None = None,
) -> Areas:
    """Return the rows of the table `coverage` as published: a hidden count is null and named in `hidden`.

    `area_km2` gives the size of each district that has a shape; areas in `also` are hidden in every column, those in
    `below` in that column.
    """
    by_area = {(row["level"], row["code"]): row for row in rows}
    hidden = _hidden({area: row for area, row in by_area.items() if area[0] != "exception"}, levels, also, below or {})
    return [
        {
            **{name: row[name] for name in ("level", "code", "name")},
            **{name: None if area in hidden[name] else row[name] for name in PUBLISHED},
            **_density(row, area_km2, printed=area not in hidden["units"]),
            "hidden": [name for name in PUBLISHED if area in hidden[name]],
        }
        for area, row in by_area.items()
    ]


def _hidden(rows: Mapping[Area, Mapping[str, Any]], levels: Levels, also: frozenset[Area], below: Hidden) -> Hidden:
    """Return for each published column the areas in which it is hidden."""
    parents = area_parents(rows, levels)

    def given(name: str) -> frozenset[Area]:
        return (also | below.get(name, frozenset())) & frozenset(rows)

    def hide(name: str, with_it: frozenset[Area] = frozenset()) -> frozenset[Area]:
        forced = given(name)
        return forced | hide_counts(parents, {area: row[name] for area, row in rows.items()}, also=with_it | forced)

    units, outside, closed, lost = (hide(name) for name in ("units", "out_of_scope", "closed", "not_found"))
    to_check = hide("to_check", units)
    splits = {area: (row["one_list_units"], row["units"] - row["one_list_units"]) for area, row in rows.items()}
    forced = units | given("one_list_units")
    split = forced | hide_splits(parents, splits, also=forced)
    few = frozenset(area for area, row in rows.items() if 0 < row["duplicates"] < K)
    booked = hide("entries", units | split | outside | closed | lost | few)
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


def _hidden_below(parts: Iterable[Mapping[str, Any]]) -> Hidden:
    """Return for each column the areas that a county of a roll-up hides; its total stands in its own report."""
    rows = [row for part in parts for row in part["areas"] if row["level"] not in (WHOLE[0], "exception")]
    return {name: frozenset((row["level"], row["code"]) for row in rows if row[name] is None) for name in PUBLISHED}


def publish_placement(placement: Json, areas: Iterable[Mapping[str, Any]]) -> Json:
    """Return the counts of placement without what would reveal the units of a hidden district.

    Only the virtual districts (the only ones without a size) have a code of their own among the remarks.
    Few units by declared code would bound them, and the others' sum would reveal those.
    """
    if not any(area["units"] is None and area["area_km2"] is None for area in areas if area["level"] == "district"):
        return placement
    codes = [row | ({"units": None} if row["code"] == VIRTUAL else {}) for row in placement["codes"]]
    few = placement["methods"]["declared"] < K
    methods = placement["methods"] | (dict.fromkeys(("declared", "inside")) if few else {})
    return placement | {"codes": codes, "methods": methods}


def publish_strata(
    strata: Strata, areas: Iterable[Mapping[str, Any]], levels: Levels, parts: Iterable[Mapping[str, Any]] = ()
) -> Strata:
    """Return the areas whose overlap could be printed as it is: an estimate with its interval gives it away.

    In every combination of lists areas are a table of their own under the whole's overlap, which is printed; areas
    whose units or split are hidden have no estimate in any case.
    """
    veiled = {(row["level"], row["code"]) for row in areas if {"units", "one_list_units"} & set(row["hidden"])}
    upper = {key: overlap for key, overlap in strata.items() if key[0] != CLASS}
    hidden = _unprintable(upper, area_parents([WHOLE, *upper], levels), veiled & upper.keys())
    return {key: overlap for key, overlap in upper.items() if key not in hidden and not _left_out(key, parts)}


def _unprintable(strata: Strata, parents: Mapping[Area, Area | None], also: Iterable[Area]) -> set[Area]:
    """Return the strata of a tree whose overlap would reveal a small count, of their own or of another one."""
    combinations = sorted({lists for overlap in strata.values() for lists in overlap})
    whole: Counter[str] = Counter()
    for key, overlap in strata.items():
        if parents[key] == WHOLE:
            whole.update(overlap)
    counts = {
        lists: {WHOLE: whole[lists]} | {key: overlap.get(lists, 0) for key, overlap in strata.items()}
        for lists in combinations
    }
    hidden, before = set(also), None
    while hidden != before:
        before = set(hidden)
        for lists in combinations:
            hidden |= hide_counts(parents, counts[lists], also=sorted(hidden)) - {WHOLE}
    return hidden


def _left_out(key: tuple[str, str], parts: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a county of a roll-up has units of this stratum and no estimate for it."""
    return any(
        not any((row["kind"], row["key"]) == key for row in part["completeness"]["strata"])
        for part in parts
        if _holds(part, key)
    )


def _holds(part: Mapping[str, Any], key: tuple[str, str]) -> bool:
    kind, name = key
    if kind == CLASS:
        return name in part["accounting"]["source_classes"]
    return any((row["level"], row["code"]) == key for row in part["areas"])


def _whole(strata: Strata) -> Mapping[str, int]:
    """Return the overlap of the whole, which is printed: that of all source classes together."""
    whole: Counter[str] = Counter()
    for (kind, _), overlap in strata.items():
        if kind == CLASS:
            whole.update(overlap)
    return whole


def _on_lists(overlap: Mapping[str, int]) -> Mapping[str, int]:
    return {lists: units for lists, units in overlap.items() if lists != FIELD}


def _density(row: Mapping[str, Any], area_km2: Mapping[str, float], *, printed: bool) -> dict[str, float | None]:
    size = area_km2.get(row["code"]) if row["level"] == "district" else None
    return {"area_km2": size, "density": round(row["units"] / size, 3) if size and printed else None}
