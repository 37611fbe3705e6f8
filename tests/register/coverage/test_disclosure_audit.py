"""All that a report publishes, tables and estimates and both levels of a roll-up, tells no hidden count."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from minglu.register.coverage.areas import SUMMED, count_districts
from minglu.register.coverage.disclosure_audit import WHOLE, audit_areas, audit_classes
from minglu.register.coverage.disclosure_control import K
from minglu.register.coverage.suppression import CLASS, publish, publish_areas
from tests.register.coverage.test_suppression import LEVELS as TOWNSHIPS
from tests.register.coverage.test_suppression import Reader, a_census, a_district

LEVELS = {"county": 6, "township": 9}
LISTS = ("a", "b", "a+b")


def a_county(seed, county="990101"):
    """Return rows and strata of a county: its townships' overlap of two lists, and all of it as one source class."""
    draw, rows, strata = random.Random(f"{county}{seed}"), {}, {(CLASS, "industry"): Counter()}
    for township in range(draw.randint(2, 3)):
        for number in range(draw.randint(2, 4)):
            code, counts = f"{county}00{township + 1}20{number}001", a_district(draw)
            for level, length in (("district", 15), ("township", 9), ("county", 6), ("all", 0)):
                empty = {"level": level, "code": code[:length], "name": ""} | dict.fromkeys(SUMMED, 0)
                row = rows.setdefault((level, code[:length]), empty)
                for name in SUMMED:
                    row[name] += counts[name]
            first = draw.choice([0, 1, counts["one_list_units"]])
            first = min(first, counts["one_list_units"])
            split = (first, counts["one_list_units"] - first, counts["units"] - counts["one_list_units"])
            overlap = {lists: units for lists, units in zip(LISTS, split, strict=True) if units}
            for key in (("township", code[:9]), ("county", county), (CLASS, "industry")):
                strata.setdefault(key, Counter()).update(overlap)
    return with_shares(rows), strata


def with_shares(rows):
    return [
        row | {"one_list_share": row["one_list_units"] / row["units"] if row["units"] else None}
        for row in rows.values()
    ]


def published(rows, strata, parts=()):
    classes = {"industry": next(row["units"] for row in rows if row["level"] == "all")}
    return publish(rows, strata, classes, area_km2={}, levels=LEVELS, parts=parts)


def as_document(found, classes=("industry",)):
    """Return the parts of a county's coverage.json that its roll-up heeds."""
    return {
        "areas": found.areas,
        "accounting": {"source_classes": dict.fromkeys(classes, 9)},
        "completeness": {"strata": [{"kind": kind, "key": key} for kind, key in found.strata]},
    }


@pytest.mark.parametrize("seed", range(12))
def test_audit_finds_what_integer_programming_finds(seed):
    """The ranges of a careless publication are those of an exact attack, for every small count of kept or closed units."""
    rows = a_census(seed)
    careless = [
        row | {name: None for name in SUMMED if 0 < row[name] < K and row["level"] != "all"} | {"hidden": []}
        for row in rows
    ]
    reader = Reader(rows, careless)
    exposed = {(one.area, one.column): [one.low, one.high] for one in audit_areas(rows, careless, TOWNSHIPS)}
    for row, shown in zip(rows, careless, strict=True):
        for name in ("units", "closed"):
            if shown[name] is None:
                area = (row["level"], row["code"])
                low, high = reader.range_of(area, name)
                told = low == high or high < K
                assert ((area, name) in exposed) == told


def test_estimate_of_a_neighbour_does_not_tell_a_hidden_split():
    """One township of one unit on each list: its own estimate and one other are withheld, the third is printed."""
    rows = {}
    overlaps = {"1": (1, 1, 182), "2": (14, 21, 177), "3": (9, 21, 174)}
    for township, split in overlaps.items():
        for level, code in (("all", ""), ("township", f"99010100{township}")):
            row = rows.setdefault((level, code), {"level": level, "code": code, "name": ""} | dict.fromkeys(SUMMED, 0))
            row["units"] += sum(split)
            row["one_list_units"] += split[0] + split[1]
            row["duplicates"] += split[2]
            row["entries"] += sum(split) + split[2]
    strata = {
        ("township", f"99010100{township}"): dict(zip(LISTS, split, strict=True))
        for township, split in overlaps.items()
    }
    strata[CLASS, "industry"] = {"a": 24, "b": 43, "a+b": 533}
    found = publish(with_shares(rows), strata, {"industry": 600}, area_km2={}, levels=TOWNSHIPS)
    assert ("township", "990101001") not in found.strata
    assert sum(kind == "township" for kind, _ in found.strata) == 1
    printed = {key: strata[key] for key in strata if key[0] != CLASS} | {WHOLE: strata[CLASS, "industry"]}
    assert audit_areas(with_shares(rows), found.areas, TOWNSHIPS, printed), "printing all three would tell it"


@pytest.mark.parametrize("seed", range(25))
def test_no_report_tells_a_hidden_count(seed):
    """Areas and estimates together: what `publish` returns stands the audit, with the withheld overlaps attacked too."""
    rows, strata = a_county(seed)
    found = published(rows, strata)
    upper = {key: overlap for key, overlap in strata.items() if key[0] != CLASS}
    known = {key: overlap for key, overlap in upper.items() if key in found.strata}
    rest = {key: overlap for key, overlap in upper.items() if key not in found.strata}
    assert audit_areas(rows, found.areas, LEVELS, known | {WHOLE: strata[CLASS, "industry"]}, rest) == []


@pytest.mark.parametrize("seed", range(8))
def test_both_levels_of_a_roll_up_together_tell_no_hidden_count(seed):
    """A reader who has the reports of two counties, each with its totals, and that of their roll-up."""
    counties = [a_county(seed, county) for county in ("990101", "990102")]
    reports = [published(*county) for county in counties]
    rows, strata = together(counties)
    rolled = published(rows, strata, [as_document(report) for report in reports])
    own = {(row["level"], row["code"]): row for report in reports for row in report.areas if row["level"] != "all"}
    own |= {("county", county[:6]): row for county_rows, _ in counties for row, county in whole_of(county_rows)}
    both = [
        row | {n: own.get((row["level"], row["code"]), row)[n] if row[n] is None else row[n] for n in SUMMED}
        for row in rolled.areas
    ]
    both = [row | {"hidden": []} for row in both]
    known = {key for report in (*reports, rolled) for key in report.strata if key[0] != CLASS}
    known |= {("county", "990101"), ("county", "990102")}
    overlaps = {key: strata[key] for key in known} | {WHOLE: strata[CLASS, "industry"]}
    exposed = audit_areas(rows, both, LEVELS, overlaps)
    # A county too small to hide anything in hides a whole column, and its total is the largest that a count could be.
    veiled = {
        (county[:6], name) for report in reports for row, county in whole_of(report.areas) for name in row["hidden"]
    }
    assert [
        one
        for one in exposed
        if (one.area[1][:6], one.column) not in veiled and one.high < own["county", one.area[1][:6]][one.column]
    ] == []


def whole_of(rows):
    """Yield the row of a county's totals, which its report prints in its verdict, with the county's code."""
    code = next(row["code"] for row in rows if row["level"] == "district")
    yield next(row for row in rows if row["level"] == "all"), code


def together(counties):
    """Return rows and strata of the level above two counties."""
    rows, strata = {}, {}
    for county_rows, county_strata in counties:
        for row in county_rows:
            empty = row | dict.fromkeys(SUMMED, 0)
            whole = rows.setdefault((row["level"], row["code"]), empty)
            for name in SUMMED:
                whole[name] += row[name]
        for key, overlap in county_strata.items():
            strata.setdefault(key, Counter()).update(overlap)
    return with_shares(rows), strata


def test_roll_up_prints_no_count_that_a_county_hides():
    counties = [a_county(seed=3, county=county) for county in ("990101", "990102")]
    reports = [published(*county) for county in counties]
    rolled = published(*together(counties), [as_document(report) for report in reports])
    hidden = {(r["level"], r["code"], n) for p in reports for r in p.areas if r["level"] != "all" for n in r["hidden"]}
    assert hidden
    assert hidden <= {(r["level"], r["code"], n) for r in rolled.areas for n in r["hidden"]}


def test_counts_of_the_whole_are_no_secret():
    """A census of one unit in one township: its total stands in the verdict, and that is all there is."""
    counts = dict.fromkeys(SUMMED, 0) | {"units": 1, "entries": 1, "one_list_units": 1}
    rows = [
        {"level": level, "code": code, "name": "", "one_list_share": 1.0} | counts
        for level, code in (("all", ""), ("township", "990101001"))
    ]
    assert audit_areas(rows, publish_areas(rows, {}, LEVELS), LEVELS) == []


def counted(overlaps):
    return {name: sum(overlap.values()) for (_, name), overlap in overlaps.items()}


def publish_classes(overlaps, printed):
    """Publish a census of one township in which only source classes could tell anything."""
    counts = dict.fromkeys(SUMMED, 0) | {"units": sum(counted(overlaps).values())}
    counts |= {"entries": counts["units"], "one_list_units": counts["units"]}
    rows = [{"level": "all", "code": "", "name": "", "one_list_share": 1.0} | counts]
    return publish(rows, overlaps, printed, area_km2={}, levels=LEVELS)


def test_hidden_classes_and_those_beside_them_get_no_estimate():
    """The estimate of every other class would tell the hidden one."""
    classes = {"industry": {"a": 200}, "boiler": {"a": 150}, "other": {"a": 90}, "clinic": {"a": 2}}
    overlaps = {(CLASS, name): overlap for name, overlap in classes.items()}
    found = publish_classes(overlaps, counted(overlaps) | {"clinic": None, "other": None})
    assert sorted(found.strata) == [(CLASS, "boiler"), (CLASS, "industry")]
    assert audit_classes(counted(overlaps) | {"clinic": None}, overlaps, [], {"a": 442}), "one alone is a difference"


OVERLAPS = some.fixed_dictionaries(dict.fromkeys(LISTS, some.sampled_from([0, 0, 1, 2, 3, 9, 60])))


@settings(max_examples=60)
@given(some.lists(OVERLAPS.filter(lambda one: any(one.values())), min_size=1, max_size=4))
def test_no_class_tells_a_hidden_count(classes):
    """Whatever the counts: classes as published, with the estimates that stand beside them, survive the attack."""
    overlaps = {(CLASS, f"c{n}"): overlap for n, overlap in enumerate(classes)}
    whole = sum(map(Counter, classes), Counter())
    small = {name: None if 0 < units < K else units for name, units in counted(overlaps).items()}
    found = publish_classes(overlaps, small)
    shown = [key for key in found.strata if key[0] == CLASS]
    assert audit_classes(found.classes, overlaps, shown, whole) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_census_too_small_to_hide_in_prints_no_area_and_says_so_at_once(seed):
    """One to four units in all: no area has a count, and the empty columns need no attack of their own."""
    draw = random.Random(seed)
    rows = {}
    for number in range(1, 7):
        units = draw.choice([0, 0, 0, 1])
        counts = dict.fromkeys(SUMMED, 0) | {"units": units, "entries": units, "one_list_units": units}
        code = f"99010100{1 + number % 2}20{number}001"
        for level, length in (("district", 15), ("township", 9), ("all", 0)):
            empty = {"level": level, "code": code[:length], "name": ""} | dict.fromkeys(SUMMED, 0)
            row = rows.setdefault((level, code[:length]), empty)
            for name in SUMMED:
                row[name] += counts[name]
    total = rows[WHOLE]["units"]
    found = publish(
        with_shares(rows), {(CLASS, "industry"): {"a": total}}, {"industry": None}, area_km2={}, levels=LEVELS
    )
    printed = {row["units"] for row in found.areas if row["level"] != "all"}
    assert printed <= ({None} if total else {0})
    assert count_districts(found.areas, 300) == {"DISTRICTS_EMPTY": 0 if total else 6, "DISTRICTS_OVER_LIMIT": 0}
