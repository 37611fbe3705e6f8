"""A reader who has every report that was published, and works out small counts by integer programming.

Written apart from the product's own audit, from what stands in coverage.json: counts by area, totals, exception
classes, the overlap of lists, and the overlap in every stratum that has an estimate (an estimate gives it away).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

UNITS = ("units", "out_of_scope", "closed", "not_found", "to_check", "one_list_units")
ROWS = ("entries", "duplicates", "out_of_scope_rows", "closed_rows", "not_found_rows")
SMALL = (1, 2)
PRINTED_IF_NONE = ("units", "out_of_scope", "closed", "not_found")
SHARED_FROM = 9
"""Areas with codes of this length and more are the same in the reports of both levels of a roll-up."""


class Report(NamedTuple):
    """What one report says, and the truth that only the test knows."""

    coverage: Mapping[str, Any]
    truth: Sequence[Mapping[str, Any]]
    """Rows of the table `coverage`."""
    overlaps: Mapping[tuple[str, str], Mapping[str, int]]
    """True overlap of the lists in every county and township."""


class Told(NamedTuple):
    """A small count that the reader bounds more closely than the rule allows."""

    area: tuple[Any, ...]
    column: str
    low: int
    high: int


class Attacker:
    """All that is known, as linear constraints over whole numbers."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.place: dict[tuple[Any, ...], int] = {}
        self.lines: list[tuple[dict[int, int], float, float]] = []
        self.known: dict[int, int] = {}
        self.least: dict[int, int] = {}
        self.small: dict[tuple[tuple[Any, ...], str], int] = {}
        for number, report in enumerate(reports):
            self._read(number, report)

    def _var(self, *key: Any) -> int:
        return self.place.setdefault(key, len(self.place))

    def _area(self, number: int, level: str, code: str) -> tuple[Any, ...]:
        shared = len(code) >= SHARED_FROM and level != "exception"
        return (level, code) if shared else (number, level, code)

    def _know(self, terms: Mapping[int, int], low: float, high: float) -> None:
        self.lines.append((dict(terms), low, high))

    def _read(self, number: int, report: Report) -> None:
        printed = {(row["level"], row["code"]): row for row in report.coverage["areas"]}
        truth = {(row["level"], row["code"]): row for row in report.truth}
        veiled = set(printed["all", ""]["hidden"])
        combinations = sorted(report.coverage["accounting"]["overlap"])
        districts = [code for level, code in printed if level == "district"]
        whole_ones = {key for key in printed if all(code.startswith(key[1]) for code in districts)}  # no secret
        for key, row in printed.items():
            area = self._area(number, *key)
            whole = truth[key] if key[0] == "all" else row
            for column in (*UNITS, *ROWS):
                at = self._var(area, column)
                if whole[column] is not None:
                    self.known[at] = int(whole[column])
                else:
                    if column in PRINTED_IF_NONE and column not in veiled:
                        self.least[at] = 1
                    if truth[key][column] in SMALL and key not in whole_ones:
                        self.small[area, column] = int(truth[key][column])
            self._within(area)
            self._lists(number, key, report, combinations)
        self._sums(number, printed, report.coverage["levels"])

    def _within(self, area: tuple[Any, ...]) -> None:
        def at_least(more: Sequence[str], less: str) -> None:
            self._know({**{self._var(area, name): 1 for name in more}, self._var(area, less): -1}, 0, np.inf)

        at_least(["units"], "one_list_units")
        at_least(["units"], "to_check")
        at_least(["duplicates", "one_list_units"], "units")
        for kind in ("out_of_scope", "closed", "not_found"):
            at_least([f"{kind}_rows"], kind)
        parts = ("units", "duplicates", "out_of_scope_rows", "closed_rows", "not_found_rows")
        self._know({self._var(area, "entries"): 1, **{self._var(area, name): -1 for name in parts}}, 0, 0)

    def _lists(self, number: int, key: tuple[str, str], report: Report, combinations: Sequence[str]) -> None:
        """Units on exactly these lists add up to the units; known for the whole and where an estimate is printed."""
        area = self._area(number, *key)
        on = {name: self._var(area, f"on:{name}") for name in combinations}
        self._know({self._var(area, "units"): 1, **dict.fromkeys(on.values(), -1)}, 0, 0)
        alone = [at for name, at in on.items() if "+" not in name]
        self._know({self._var(area, "one_list_units"): 1, **dict.fromkeys(alone, -1)}, 0, 0)
        strata = {(row["kind"], row["key"]) for row in report.coverage["completeness"]["strata"]}
        told = report.coverage["accounting"]["overlap"] if key[0] == "all" else report.overlaps.get(key, {})
        if key[0] == "all" or key in strata:
            self.known |= {at: told.get(name, 0) for name, at in on.items()}

    def _sums(self, number: int, printed: Mapping[tuple[str, str], Any], levels: Mapping[str, int]) -> None:
        """Children add up to their parent, the largest areas with the exception classes to the whole."""
        order = [level for level in ("all", *levels, "district") if any(key[0] == level for key in printed)]
        below: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for level, code in printed:
            if level == "all":
                continue
            upper = ["all"] if level == "exception" else order[: order.index(level)]
            parents = [(name, code[: levels[name]] if name in levels else "") for name in reversed(upper)]
            below.setdefault(next(one for one in parents if one in printed), []).append((level, code))
        columns = sorted({key[-1] for key in self.place})
        for parent, parts in below.items():
            for column in columns:
                terms = {self._var(self._area(number, *part), column): -1 for part in parts}
                self._know({self._var(self._area(number, *parent), column): 1} | terms, 0, 0)

    def told(self, most: Mapping[str, int]) -> Iterator[Told]:
        """Yield the small counts that can be told or bounded below 3; `most` is what all districts have together."""
        entries = [(line, at, weight) for line, (terms, _, _) in enumerate(self.lines) for at, weight in terms.items()]
        rows, columns, weights = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((weights.astype(float), (rows, columns)), shape=(len(self.lines), len(self.place))).tocsr()
        limits = np.array([(low, high) for _, low, high in self.lines])
        low = np.array([float(self.known.get(at, self.least.get(at, 0))) for at in range(len(self.place))])
        high = np.array([float(self.known.get(at, 10**6)) for at in range(len(self.place))])
        constraint = LinearConstraint(matrix, limits[:, 0], limits[:, 1])
        for (area, column), true in self.small.items():
            ends = []
            for sign in (1, -1):
                aim = np.zeros(len(self.place))
                aim[self._var(area, column)] = sign
                found = milp(aim, constraints=constraint, bounds=Bounds(low, high), integrality=np.ones(len(aim)))
                assert found.success, found.message
                ends.append(round(sign * found.fun))
            assert ends[0] <= true <= ends[1]
            loose = column in {"one_list_units", "duplicates"}
            if ends[0] == ends[1] or (ends[1] < min(3, most[column]) and not loose):
                yield Told(area, column, *ends)


def most_in_districts(truth: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return the sums of all districts: no count of one can be larger, and its sum is printed."""
    return {column: sum(int(row[column]) for row in truth if row["level"] == "district") for column in (*UNITS, *ROWS)}


def true_overlaps(units: Sequence[Mapping[str, Any]], levels: Mapping[str, int]) -> dict[tuple[str, str], Counter]:
    """Return the overlap of the lists in every county and township; `units` have outcome, lists, district_code."""
    found: dict[tuple[str, str], Counter] = {}
    for unit in units:
        if unit["outcome"] == "unit" and unit["district_code"]:
            for level in ("county", "township"):
                found.setdefault((level, unit["district_code"][: levels[level]]), Counter())[unit["lists"]] += 1
    return found
