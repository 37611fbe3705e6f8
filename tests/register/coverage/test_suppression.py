"""What is published of all columns together gives no small count away: attacked by integer programming."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from minglu.register.coverage.areas import ROW_COUNTS, SUMMED, UNIT_COUNTS, area_parents, unaccounted
from minglu.register.coverage.disclosure_control import K
from minglu.register.coverage.suppression import VIRTUAL, publish, publish_areas, publish_placement, publish_strata

LEVELS = {"township": 9}
WHOLE = ("all", "")
MOST = 900


def a_district(draw):
    """Return the counts of a district as a real one could have them: every unit brings its rows."""
    units = 0 if draw.random() < 0.15 else draw.choice([1, 2, 3, 3, 4, 5, 8, 9])
    one_list = draw.randint(0, units)
    more = sum(draw.randint(1, 2) for _ in range(units - one_list)) + (units > 0 and draw.random() < 0.2)
    outside, closed = draw.choice([0, 0, 1, 3, 3, 5]), draw.choice([0, 0, 0, 1, 3])
    rows = {"duplicates": more, "out_of_scope_rows": outside + draw.randint(0, 2) * (outside > 0)}
    rows["closed_rows"] = closed + draw.randint(0, 2) * (closed > 0)
    lost = draw.choice([0, 0, 0, 0, 2, 4])
    rows["not_found_rows"] = lost + draw.randint(0, 1) * (lost > 0)
    found = {"units": units, "out_of_scope": outside, "closed": closed, "not_found": lost}
    found["to_check"] = draw.randint(0, units)
    return found | rows | {"entries": units + sum(rows.values()), "one_list_units": one_list}


def a_census(seed):
    """Return the table `coverage` of two townships of a few districts, and some units in no district."""
    draw, rows = random.Random(seed), {}

    def add(level, code, counts):
        row = rows.setdefault((level, code), {"level": level, "code": code, "name": ""} | dict.fromkeys(SUMMED, 0))
        for name in SUMMED:
            row[name] += counts[name]

    for township in range(2):
        for number in range(draw.randint(2, 5)):
            code, counts = f"99010100{township + 1}20{number}001", a_district(draw)
            for level, length in (("district", 15), ("township", 9), ("all", 0)):
                add(level, code[:length], counts)
    if draw.random() < 0.5:
        counts = a_district(draw)
        add("exception", "PLACE_NO_COORDINATE", counts)
        add("all", "", counts)
    for row in rows.values():
        row["one_list_share"] = row["one_list_units"] / row["units"] if row["units"] else None
    return list(rows.values())


class Reader:
    """A reader who knows what is printed, the totals, how counts hang together, and the rules of hiding."""

    def __init__(self, rows, printed):
        self.areas = [(row["level"], row["code"]) for row in rows]
        self.place = {key: n for n, key in enumerate((area, name) for area in self.areas for name in SUMMED)}
        self.lines, self.least, self.most = [], [], []
        low, high = np.zeros(len(self.place)), np.full(len(self.place), float(MOST))
        for area, row, shown in zip(self.areas, rows, printed, strict=True):
            for name in SUMMED:
                value = row[name] if area == WHOLE else shown[name]
                at = self.place[area, name]
                if value is not None:
                    low[at] = high[at] = value
                elif name in ("units", "out_of_scope", "closed", "not_found"):
                    low[at] = 1  # what is empty is printed
            self._know_area(area)
        self._know_sums()
        self.bounds = Bounds(low, high)

    def _know(self, terms, least, most):
        line = np.zeros(len(self.place))
        for key, weight in terms:
            line[self.place[key]] += weight
        self.lines.append(line)
        self.least.append(least)
        self.most.append(most)

    def _know_area(self, area):
        def at_least(more, less):
            self._know([((area, name), 1) for name in more] + [((area, name), -1) for name in less], 0, np.inf)

        at_least(["units"], ["one_list_units"])
        at_least(["units"], ["to_check"])
        at_least(["out_of_scope_rows"], ["out_of_scope"])
        at_least(["closed_rows"], ["closed"])
        at_least(["not_found_rows"], ["not_found"])
        at_least(["duplicates", "one_list_units"], ["units"])
        parts = ("units", "duplicates", "out_of_scope_rows", "closed_rows", "not_found_rows")
        self._know([((area, "entries"), 1)] + [((area, name), -1) for name in parts], 0, 0)

    def _know_sums(self):
        parents = area_parents(self.areas, LEVELS)
        for whole in {parent for parent in parents.values() if parent}:
            below = [area for area, parent in parents.items() if parent == whole]
            for name in SUMMED:
                self._know([((whole, name), 1)] + [((area, name), -1) for area in below], 0, 0)

    def range_of(self, area, name):
        """Return the smallest and the largest value that agrees with everything known."""
        known = LinearConstraint(np.array(self.lines), self.least, self.most)
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(self.place))
            aim[self.place[area, name]] = sign
            found = milp(aim, constraints=known, bounds=self.bounds, integrality=np.ones(len(aim)))
            assert found.success, found.message
            ends.append(round(sign * found.fun))
        return ends


def attacked(seeds):
    """Yield every hidden count with what the reader can find out of it; a whole too small to hide in is left out."""
    for seed in seeds:
        rows = a_census(seed)
        printed = publish_areas(rows, {}, LEVELS)
        if any(row["hidden"] for row in printed if row["level"] == "all"):
            continue
        reader = Reader(rows, printed)
        for row, shown in zip(rows, printed, strict=True):
            for name in SUMMED:
                if shown[name] is None:
                    yield seed, name, row[name], *reader.range_of((row["level"], row["code"]), name)


def told(seeds):
    """Return what the reader can tell: a count exactly, or that it is a small one."""
    found = []
    for seed, name, truth, low, high in attacked(seeds):
        assert low <= truth <= high
        small = 0 < truth < K
        # How many duplicate rows there are is no count of units: as many as units on two lists need may be told.
        exact = low == high and (small or name != "duplicates")
        if exact or (small and high < K and name not in ("one_list_units", "duplicates")):
            found.append((seed, name, truth, low, high))
    return found


def test_no_hidden_count_can_be_worked_out_from_all_columns_together():
    """Neither exactly nor as a small one, whatever sums and columns are combined."""
    assert told(range(1)) == []


@pytest.mark.slow
def test_no_hidden_count_can_be_worked_out_in_many_censuses():
    assert told(range(100, 160)) == []


def test_attack_finds_what_a_careless_publication_tells():
    """Were only small counts hidden and nothing with them, the same attack would show each: it is no blunt weapon."""
    rows = a_census(3)
    careless = [row | {name: None for name in SUMMED if 0 < row[name] < K} for row in rows]
    small = [(row, name) for row in rows for name in ("units", "closed") if 0 < row[name] < K and row["level"] != "all"]
    assert small
    reader = Reader(rows, careless)
    assert any(reader.range_of((row["level"], row["code"]), name) == [row[name], row[name]] for row, name in small)


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_every_area_are_accounted_for_where_printed(seed):
    """Rows = kept + duplicates + out of scope + closed + not found, to the last row; a part is printed only with its whole."""
    for shown in publish_areas(a_census(seed), {}, LEVELS):
        if shown["entries"] is not None and shown["level"] != "all":
            assert all(shown[name] is not None for name in (*ROW_COUNTS, "units", "one_list_units"))
            assert unaccounted(shown) == 0


def test_classes_of_units_in_no_district_are_printed_as_they_are():
    """They are findings, no areas; their sum stands in the verdict, so hiding one would hide nothing."""
    for seed in range(20):
        for shown in publish_areas(a_census(seed), {}, LEVELS):
            assert shown["level"] != "exception" or not shown["hidden"]


def test_remark_on_virtual_districts_does_not_tell_a_hidden_one():
    """The units by declared code of the only virtual district would be that district's."""
    area = {"level": "district", "code": "1", "units": None, "area_km2": None}
    placement = {
        "methods": {"inside": 30, "declared": 1},
        "codes": [{"code": VIRTUAL, "units": 1}, {"code": "PLACE_X", "units": 9}],
    }
    shown = publish_placement(placement, [area])
    assert [row["units"] for row in shown["codes"]] == [None, 9]
    assert shown["methods"] == {"inside": None, "declared": None}
    assert publish_placement(placement, [area | {"units": 7}]) == placement


def test_strata_of_hidden_areas_get_no_estimate():
    """An estimate says how many units were seen, and its overlap can't hide behind a sum of its own."""
    strata = {("township", "9"): {"tax": 120}}
    areas = [{"level": "township", "code": "9", "hidden": ["units"]}]
    assert list(publish_strata(strata, areas, LEVELS)) == []


def test_every_unit_count_is_attacked():
    assert set(SUMMED) == set(UNIT_COUNTS) | set(ROW_COUNTS)


@pytest.mark.parametrize("placed", [0, 1, 2])
@pytest.mark.parametrize("unplaced", [0, 1, 8])
def test_a_census_of_one_placed_unit_is_published_with_all_its_areas_hidden(placed, unplaced):
    """Its totals say where it can be; a report is made all the same, and no area is printed that need not be."""
    rows = {}
    for code, units in (("990101001001", placed), ("990101001002", 0), ("990101002001", 0)):
        counts = dict.fromkeys(SUMMED, 0) | {"units": units, "entries": units, "one_list_units": units}
        # As the table has it: an area above the districts stands there only where it has units.
        for level, length in (("district", 15), ("township", 9), ("all", 0)):
            if units or level != "township":
                row = rows.setdefault((level, code[:length]), dict.fromkeys(SUMMED, 0))
                rows[level, code[:length]] = {name: row[name] + counts[name] for name in SUMMED}
    if unplaced:
        counts = dict.fromkeys(SUMMED, 0) | dict.fromkeys(("units", "entries", "one_list_units"), unplaced)
        rows["exception", "PLACE_NO_COORDINATE"] = counts
        rows[WHOLE] = {name: rows[WHOLE][name] + counts[name] for name in SUMMED}
    table = [
        {"level": level, "code": code, "name": "", "one_list_share": 1.0} | counts
        for (level, code), counts in rows.items()
    ]
    strata = {(level, code): {"tax": row["units"]} for (level, code), row in rows.items() if level == "township"}
    strata |= {("class", "industry"): {"tax": placed + unplaced}}
    found = publish(table, strata, {"industry": placed + unplaced}, area_km2={}, levels=LEVELS)
    shown = {(row["level"], row["code"]): row["units"] for row in found.areas}
    assert shown["district", "990101001001"] in ((None,) if placed else (None, 0))
