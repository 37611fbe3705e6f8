"""Disclosure audit: all published counts as one linear system, attacked as a reader would.

The reader knows every printed count, the totals, how counts hang together (children add up to their parent, a unit
brings at least one row, a unit on two lists at least two) and that hidden kept, excluded, closed and unfound units
are not none.  Of a stratum with an estimate the reader is taken to know the whole overlap of the lists, as an
estimate with its interval gives it away.  Linear programming (HiGHS) then finds the range of every hidden count
(Willenborg & de Waal 2001, auditing).  Ranges are of real numbers rounded inwards to whole ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from minglu.register.coverage.areas import SUMMED, Area, Levels, area_parents
from minglu.register.coverage.disclosure_control import K

WHOLE: Area = ("all", "")
NOT_NONE = ("units", "out_of_scope", "closed", "not_found")
"""A hidden count of these is one at least: what is empty is printed."""
SPLIT_KNOWN = ("one_list_units", "duplicates")
"""Of these a small count need not look large, only not be certain: how many rows units have is no count of units."""
AT_LEAST = (
    (("units",), ("one_list_units",)),
    (("units",), ("to_check",)),
    (("out_of_scope_rows",), ("out_of_scope",)),
    (("closed_rows",), ("closed",)),
    (("not_found_rows",), ("not_found",)),
    (("duplicates", "one_list_units"), ("units",)),
)
"""In every area the sum of the first columns is no less than that of the second."""
ROWS_OF = ("units", "duplicates", "out_of_scope_rows", "closed_rows", "not_found_rows")
BELOW_STRATA = ("village", "district")
"""Levels whose areas have no estimate of their own."""
EPSILON = 1e-6
WORTH_REPEATING = 5
"""Open counts are moved together again while so many of them are decided at a time: alone each takes a solution."""

Key = tuple[Area, str]
"""An area and a column; a column "on:a+b" counts the units that are on exactly these lists."""
Counts = Mapping[Area, Mapping[str, int]]
Floats = npt.NDArray[np.float64]


class Exposed(NamedTuple):
    """A hidden count that a reader can derive, or bound too closely."""

    area: Area
    column: str
    low: int
    high: int


class Line(NamedTuple):
    """One thing known: low <= sum of weight x count <= high."""

    terms: Mapping[Key, int]
    low: float
    high: float


def audit_areas(
    rows: Iterable[Mapping[str, Any]],
    printed: Iterable[Mapping[str, Any]],
    levels: Levels,
    overlaps: Counts | None = None,
    withheld: Counts | None = None,
) -> list[Exposed]:
    """Return the hidden counts of areas that can be derived from all that is published, none where all is well.

    `rows` are the true rows of the table `coverage`, `printed` the same rows as published, `overlaps` the overlap of
    the lists inside every area whose estimate is published, the whole's among them, `withheld` that inside areas
    whose estimate is not: of it small counts must stay hidden.  The whole's own counts are public, and so are
    those of an area that is all of it, and no count need look larger than the whole's.
    """
    truth = {(row["level"], row["code"]): row for row in rows}
    shown = {(row["level"], row["code"]): row for row in printed}
    counts = {(area, name): int(truth[area][name]) for area in truth for name in SUMMED}
    secret = truth.keys() - _all_of_it(truth, levels)
    hidden = {key: n for key, n in counts.items() if key[0] in secret and shown[key[0]][key[1]] is None}
    known = {key: n for key, n in counts.items() if key not in hidden}
    hidden |= {
        (area, f"on:{lists}"): units
        for area, overlap in (withheld or {}).items()
        for lists, units in overlap.items()
        if area in secret and 0 < units < K
    }
    if not hidden:
        return []
    lines = [*_area_lines(truth), *_sum_lines(truth, levels), *_overlap_lines(truth, levels, overlaps or {}, known)]
    most = _ceilings(truth, overlaps or {})
    not_none = _not_none(hidden, levels, frozenset(shown[WHOLE]["hidden"]))
    found = _ranges(_System(known, hidden, lines, not_none, most))
    return [one for one in found if _too_close(one, hidden[one.area, one.column], most[one.column])]


def audit_classes(
    printed: Mapping[str, int | None], overlaps: Counts, shown: Iterable[Area], whole: Mapping[str, int]
) -> list[Exposed]:
    """Return the hidden counts of source classes that can be derived from all that is published of classes.

    `printed` are the kept units of each class, None where hidden; `overlaps` the true overlap of the lists inside
    every class, as keys ("class", name); `shown` are those with an estimate, which gives theirs away; `whole` is the
    overlap of all units, which is printed.
    """
    shown = set(shown)
    lists = sorted(whole)
    columns = ["units", *(f"on:{name}" for name in lists)]
    counts = {WHOLE: whole, **overlaps}
    true = {(area, f"on:{name}"): counts[area].get(name, 0) for area in counts for name in lists}
    true |= {(area, "units"): sum(counts[area].values()) for area in counts}
    known = {key: n for key, n in true.items() if key[0] == WHOLE or key[0] in shown}
    known |= {(area, "units"): true[area, "units"] for area in overlaps if printed[area[1]] is not None}
    hidden = {key: n for key, n in true.items() if key not in known and (key[1] == "units" or 0 < n < K)}
    if not hidden or len(overlaps) == 1:
        return []
    lines = [Line({(WHOLE, name): 1, **{(area, name): -1 for area in overlaps}}, 0, 0) for name in columns]
    lines += [Line({(area, "units"): 1, **{(area, name): -1 for name in columns[1:]}}, 0, 0) for area in overlaps]
    most = {name: true[WHOLE, name] for name in columns}
    not_none = {key for key in hidden if key[1] == "units"}
    found = _ranges(_System(known, hidden, lines, not_none, most))
    return [one for one in found if _too_close(one, hidden[one.area, one.column], most[one.column])]


def _ceilings(truth: Mapping[Area, Mapping[str, Any]], overlaps: Counts) -> dict[str, int]:
    """Return for each column what all districts have together: no count in one of them can be larger.

    It is the whole less the units in no district, and both are printed.
    """
    outside = [row for area, row in truth.items() if area[0] == "exception"]
    most = {name: int(truth[WHOLE][name]) - sum(int(row[name]) for row in outside) for name in SUMMED}
    return most | {f"on:{lists}": units for lists, units in overlaps.get(WHOLE, {}).items()}


def _all_of_it(areas: Iterable[Area], levels: Levels) -> set[Area]:
    """Return the whole and the areas that are all of it but for units in no district: its only area, and so on down."""
    below: dict[Area, list[Area]] = {}
    for area, parent in area_parents(areas, levels).items():
        if parent is not None and area[0] != "exception":
            below.setdefault(parent, []).append(area)
    found, area = {WHOLE}, WHOLE
    while len(below.get(area, ())) == 1:
        area = below[area][0]
        found.add(area)
    return found


def _not_none(hidden: Mapping[Key, int], levels: Levels, veiled: frozenset[str]) -> set[Key]:
    """Return the hidden counts that a reader knows to be one at least.

    In a column of `veiled`, and beside a hidden count that is none, everything was hidden, what is empty as well.
    """
    parents = area_parents({WHOLE, *(area for area, _ in hidden)}, levels)
    beside = {(parents[area], column) for (area, column), units in hidden.items() if not units}
    return {
        (area, column)
        for area, column in hidden
        if column in NOT_NONE and column not in veiled and (parents[area], column) not in beside
    }


def _too_close(found: Exposed, true: int, most: int) -> bool:
    """Say whether a reader learns too much, where all districts together have `most`.

    That an area has none of something is printed anyway, and no secret.
    """
    small = 0 < true < K
    if not true:
        return False
    if found.low == found.high:
        return small or found.column != "duplicates"
    return small and found.high < min(K, most) and found.column not in SPLIT_KNOWN


def _area_lines(areas: Iterable[Area]) -> Iterator[Line]:
    for area in areas:
        for more, less in AT_LEAST:
            yield Line({**{(area, name): 1 for name in more}, **{(area, name): -1 for name in less}}, 0, math.inf)
        yield Line({(area, "entries"): 1, **{(area, name): -1 for name in ROWS_OF}}, 0, 0)


def _sum_lines(areas: Iterable[Area], levels: Levels, columns: Sequence[str] = SUMMED) -> Iterator[Line]:
    below: dict[Area, list[Area]] = {}
    for area, parent in area_parents(areas, levels).items():
        if parent is not None:
            below.setdefault(parent, []).append(area)
    for parent, parts in below.items():
        for name in columns:
            yield Line({(parent, name): 1, **{(part, name): -1 for part in parts}}, 0, 0)


def _overlap_lines(truth: Iterable[Area], levels: Levels, overlaps: Counts, known: dict[Key, int]) -> Iterator[Line]:
    """Add the overlaps that are as good as published to what is known; yield how they and the counts hang together.

    Below the levels that have estimates an overlap can always be shared out, so nothing is learnt there.
    """
    combinations = sorted({lists for overlap in overlaps.values() for lists in overlap})
    if not combinations:
        return
    columns = [f"on:{lists}" for lists in combinations]
    alone = [f"on:{lists}" for lists in combinations if "+" not in lists]
    for area, overlap in overlaps.items():
        known |= {(area, f"on:{lists}"): overlap.get(lists, 0) for lists in combinations}
    upper = [area for area in truth if area[0] not in BELOW_STRATA]
    yield from _sum_lines(upper, levels, columns)
    for area in upper:
        yield Line({(area, "units"): 1, **{(area, name): -1 for name in columns}}, 0, 0)
        yield Line({(area, "one_list_units"): 1, **{(area, name): -1 for name in alone}}, 0, 0)


def _ranges(system: _System) -> list[Exposed]:
    """Return the range of every hidden count; those in `not_none` are one at least.

    A count needs no exact range once two values of it are found, one of them K or more where it is small: each
    solution shows a value of every count, so first all that are open are moved together, then each of the rest alone.
    Components that share no unknown are solved side by side in one program.
    """
    for sign in (1.0, -1.0):
        waiting = system.waiting(sign)
        while waiting.any():
            system.solve(waiting / system.reach, sign, far_enough=K)
            before, waiting = waiting.sum(), system.waiting(sign)
            if before - waiting.sum() < WORTH_REPEATING:
                break
        while (aims := system.aims(sign)).any():
            system.solve(aims.astype(np.float64), sign)
            system.tried[sign] |= aims
    return [
        Exposed(*key, math.ceil(system.low[n] - EPSILON), math.floor(system.high[n] + EPSILON))
        for n, key in enumerate(system.keys)
        if system.asked[n]
    ]


class _System:
    """The unknown counts with what is known of them, and the values that solutions have shown so far."""

    def __init__(
        self,
        known: Mapping[Key, int],
        hidden: Mapping[Key, int],
        lines: Sequence[Line],
        not_none: set[Key],
        most: Mapping[str, int],
    ) -> None:
        self.keys = sorted({key for line in lines for key in line.terms if key not in known} | set(hidden))
        columns = [column for _, column in self.keys]
        self.least = np.array([float(key in not_none) for key in self.keys])
        self.most = np.array([float(most.get(column, 0)) for column in columns])
        true = np.array([float(hidden.get(key, 0)) for key in self.keys])
        split = np.array([column in SPLIT_KNOWN for column in columns])
        self.small = (true > 0) & (true < K) & ~split
        self.asked = true > 0
        self.reach = np.maximum(self.most, 1.0)
        self.low, self.high = true.copy(), true.copy()
        self.tried = {sign: np.zeros(len(self.keys), dtype=np.bool_) for sign in (1.0, -1.0)}
        self._arrange(known, lines)

    def _arrange(self, known: Mapping[Key, int], lines: Sequence[Line]) -> None:
        """Write what is known as a matrix over the unknown counts; find the components of counts it ties together."""
        place = {key: n for n, key in enumerate(self.keys)}
        entries: list[tuple[int, int, float]] = []
        limits: list[tuple[float, float]] = []
        for line in lines:
            unknown = [(place[key], weight) for key, weight in line.terms.items() if key not in known]
            if unknown:
                fixed = sum(weight * known[key] for key, weight in line.terms.items() if key in known)
                entries += [(len(limits), n, float(weight)) for n, weight in unknown]
                limits.append((line.low - fixed, line.high - fixed))
        table = np.array(entries, dtype=np.float64).reshape(-1, 3)
        where = table[:, :2].astype(np.int64)
        shape = (len(limits), len(self.keys))
        self.matrix = csr_array(coo_array((table[:, 2], (where[:, 0], where[:, 1])), shape=shape))
        self.limits = np.array(limits, dtype=np.float64).reshape(-1, 2)
        tied = abs(self.matrix)
        self.part = connected_components(tied.T @ tied, directed=False)[1]

    def waiting(self, sign: float) -> npt.NDArray[np.bool_]:
        """Return which counts of one or more this direction can still tell something about."""
        settled = np.where(self.small & (sign > 0), self.high >= np.minimum(K, self.most), self.low < self.high)
        return self.asked & ~self.tried[sign] & ~settled

    def aims(self, sign: float) -> npt.NDArray[np.bool_]:
        """Return which counts this direction is to be tried for next: one of each component that has any left."""
        waiting = np.flatnonzero(self.waiting(sign))
        chosen = np.zeros(len(self.keys), dtype=np.bool_)
        chosen[waiting[np.unique(self.part[waiting], return_index=True)[1]]] = True
        return chosen

    def solve(self, weights: Floats, sign: float, far_enough: float = math.inf) -> None:
        """Make the weighted sum as large (sign 1) or small (-1) as all that is known allows; note all values seen.

        No small count is moved beyond `far_enough`, so that what can be shared out shows as many counts as it may.
        """
        inside = np.isin(self.part, self.part[weights > 0])
        matrix: Any = self.matrix[:, inside]
        rows = np.flatnonzero(np.diff(matrix.indptr))
        matrix, limits = matrix[rows], self.limits[rows]
        most = np.where(self.small & (weights > 0), np.minimum(self.most, far_enough), self.most)
        found = milp(
            -sign * weights[inside],
            constraints=LinearConstraint(matrix, limits[:, 0], limits[:, 1]),
            bounds=Bounds(self.least[inside], most[inside]),
        )
        if found.x is None:
            message = f"the published counts contradict each other: {found.message}"
            raise ValueError(message)
        self.low[inside] = np.minimum(self.low[inside], found.x)
        self.high[inside] = np.maximum(self.high[inside], found.x)
