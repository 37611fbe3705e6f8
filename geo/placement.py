"""Units placed in districts, exactly one row per unit.  The policy is in `decision`, point tests in `locator`.

Rows whose point lies strictly inside one district, agrees with what is declared and
has no border within its radius need no decision; they are most rows and are done by
columns.  Every other row becomes a `Case` and is decided one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from minglu.geo.decision import CODES, NOWHERE, Case, Verdict, decide
from minglu.geo.declared import DeclaredCodes
from minglu.geo.districts import Districts, Parent
from minglu.geo.limits import limits
from minglu.geo.locator import INSIDE, NONE, Hits, Locator
from minglu.geo.metres import Metre
from minglu.geo.tables import PLACEMENTS

MOST_LISTED = 20  # candidates of a wide area; all of a border or an overlap are listed, which are few

Numbers = NDArray[np.float64]
Index = NDArray[np.intp]


def place(
    units: pa.Table,
    districts: Districts,
    proof_is_proven: bool,
    *,
    nearest_limit_m: float,
    declared_conflict: str,
    parent: Parent | None = None,
) -> pa.Table:
    """Place each unit in a district.

    Reads `units` (unit_id, lon, lat, precision_m, declared): degrees in the districts' own
    geographic datum or null, metres or null, a declared code or "".  Returns PLACEMENTS,
    one row per unit in input order.  A point on a shared border goes to the smaller code
    and is flagged; one outside every district goes to the nearest within
    `nearest_limit_m`, as `nearest`; `declared_conflict` ("coordinates" or "declared") says
    who wins where point and declared district disagree.
    """
    assert declared_conflict in ("coordinates", "declared"), declared_conflict
    work = _Work(units, districts, Locator(districts, proven=proof_is_proven), parent)
    cases = work.cases(nearest_limit_m)
    verdicts = ((row, decide(case, declared_conflict == "declared")) for row, case in cases)
    return _table(units.column("unit_id"), districts.codes, work.hits.first, work.simple, verdicts)


class _Work:
    """The facts about one batch of units, column by column."""

    def __init__(self, units: pa.Table, districts: Districts, locator: Locator, parent: Parent | None) -> None:
        self._districts = districts
        self._parent = parent
        self._metre = Metre(districts)
        self._lon, self._lat, precision = (_numbers(units, name) for name in ("lon", "lat", "precision_m"))
        self._precision = np.nan_to_num(precision, nan=0.0)
        self._missing = np.isnan(self._lon) | np.isnan(self._lat)
        with np.errstate(invalid="ignore"):
            self._usable = (np.abs(self._lon) <= 180.0) & (np.abs(self._lat) <= 90.0)
        self.hits = self._locate(locator)
        self._declared = _Declared(units.column("declared"), districts)
        self._border_m, self._reach = self._radius(locator)
        agrees = self._declared.agrees(self.hits.first)
        self.simple = (self.hits.state == INSIDE) & agrees & np.isnan(self._border_m)

    def _locate(self, locator: Locator) -> Hits:
        if self._usable.all():
            return locator.locate(self._lon, self._lat)
        rows = np.flatnonzero(self._usable)
        part = locator.locate(self._lon[rows], self._lat[rows])
        hits = Hits(np.full(len(self._lon), -1, np.int32), np.zeros(len(self._lon), np.int8), {})
        hits.first[rows], hits.state[rows] = part.first, part.state
        hits.candidates.update((int(rows[row]), several) for row, several in part.candidates.items())
        return hits

    def _radius(self, locator: Locator) -> tuple[Numbers, dict[int, tuple[int, ...]]]:
        """Return the distance to a border that the radius crosses (else NaN), and the districts in reach."""
        border_m = np.full(len(self._lon), np.nan)
        rows = np.flatnonzero((self.hits.state == INSIDE) & (self._precision > 0))
        rows = rows[~locator.clear(self._lon[rows], self._lat[rows], self._precision[rows])]
        lon, lat, precision = self._lon[rows], self._lat[rows], self._precision[rows]
        distance = self._metre.distances(lon, lat, self.hits.first[rows].astype(np.intp), to_border=True)
        crossed = rows[distance <= precision]
        border_m[crossed] = distance[distance <= precision]
        point, district, _ = self._metre.within(self._lon[crossed], self._lat[crossed], self._precision[crossed])
        return border_m, _grouped(crossed[point], district, self._districts.codes)

    def cases(self, nearest_limit_m: float) -> Iterator[tuple[int, Case]]:
        """Yield every row that needs a decision, with its facts."""
        rows = np.flatnonzero(~self.simple)
        nearest = self._nearest(np.flatnonzero(self._usable & (self.hits.state == NONE)), nearest_limit_m)
        in_parent = self._in_parent(rows)
        declared_m = self._declared_distances(rows)
        known = limits()
        for position, row in enumerate(rows.tolist()):
            members, virtual = self._declared.members(row)
            state = int(self.hits.state[row])
            close = nearest.get(row)
            border = float(self._border_m[row])
            yield (
                row,
                Case(
                    point="usable" if self._usable[row] else "none" if self._missing[row] else "invalid",
                    state=state,
                    found=self.hits.candidates.get(row, (int(self.hits.first[row]),) if state == INSIDE else ()),
                    nearest=close[0] if close else (),
                    nearest_m=close[1] if close else 0.0,
                    in_parent=in_parent[position],
                    precision_m=float(self._precision[row]),
                    coarse=bool(self._precision[row] >= known.coarse_from_m),
                    untrusted=bool(self._precision[row] >= known.untrusted_from_m),
                    reach=self._reach.get(row, ()),
                    border_m=None if np.isnan(border) else border,
                    declared=self._declared.text(row),
                    members=members,
                    virtual=virtual,
                    declared_m=float(declared_m[position]),
                ),
            )

    def _nearest(self, rows: Index, limit_m: float) -> dict[int, tuple[tuple[int, ...], float]]:
        """Return, for rows outside every district, the nearest districts within the limit (several at a tie)."""
        point, district, metres = self._metre.within(self._lon[rows], self._lat[rows], np.full(len(rows), limit_m))
        result: dict[int, tuple[tuple[int, ...], float]] = {}
        if len(point):
            starts = np.flatnonzero(np.diff(point, prepend=-1))
            smallest = np.minimum.reduceat(metres, starts)
            tied = metres == np.repeat(smallest, np.diff(starts, append=len(point)))
            groups = _grouped(rows[point[tied]], district[tied], self._districts.codes)
            result = {
                row: (groups[row], distance)
                for row, distance in zip(rows[point[starts]].tolist(), smallest.tolist(), strict=True)
            }
        return result

    def _in_parent(self, rows: Index) -> Sequence[bool | None]:
        parent = self._parent
        if parent is None or not parent.crs.equals(self._districts.crs, ignore_axis_order=True):
            return [None] * len(rows)
        shapely.prepare(parent.geometry)
        x, y = self._metre.project(np.nan_to_num(self._lon[rows]), np.nan_to_num(self._lat[rows]))
        inside: list[bool | None] = shapely.intersects_xy(parent.geometry, x, y).tolist()
        return inside

    def _declared_distances(self, rows: Index) -> Numbers:
        """Return metres from each point to the nearest district that its declared code can mean, where that matters."""
        declared = self._declared
        result = np.full(len(rows), np.nan)
        wanted = [
            (position, member)
            for position, row in enumerate(rows.tolist())
            if self._usable[row]
            for member in declared.members(row)[0][:MOST_LISTED]
        ]
        if wanted:
            position, member = (np.array(column, dtype=np.intp) for column in zip(*wanted, strict=True))
            metres = self._metre.distances(self._lon[rows[position]], self._lat[rows[position]], member)
            np.fmin.at(result, position, metres)
        return result


class _Declared:
    """The declared codes of a batch, each distinct code looked up once."""

    def __init__(self, column: pa.ChunkedArray, districts: Districts) -> None:
        encoded = pc.fill_null(column.combine_chunks(), "").dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        self._kind = encoded.indices.to_numpy()
        self._texts = encoded.dictionary.to_pylist()
        codes = DeclaredCodes(districts.codes)
        self._members = [tuple(codes.members(codes.area(text))) if text else () for text in self._texts]
        shapes = districts.geometries
        self._virtual = [len(m) == 1 and (shapes[m[0]] is None or shapes[m[0]].is_empty) for m in self._members]

    def text(self, row: int) -> str:
        """Return the declared code of a row."""
        text: str = self._texts[self._kind[row]]
        return text

    def members(self, row: int) -> tuple[tuple[int, ...], bool]:
        """Return the districts that the code of a row can mean, and whether it is a virtual one."""
        return self._members[self._kind[row]], self._virtual[self._kind[row]]

    def agrees(self, found: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Say for each row whether the found district is one that the code can mean, or nothing is declared."""
        only = np.array([m[0] if len(m) == 1 else -2 for m in self._members], dtype=np.int64)
        silent = np.array([not text for text in self._texts], dtype=bool)
        result: NDArray[np.bool_] = silent[self._kind] | (only[self._kind] == found)
        for kind in (kind for kind, members in enumerate(self._members) if len(members) > 1):
            rows = np.flatnonzero(self._kind == kind)
            result[rows] = np.isin(found[rows], self._members[kind])
        return result


def _numbers(units: pa.Table, name: str) -> Numbers:
    column = units.column(name).cast(pa.float64())
    return np.array(column.to_numpy(), dtype=np.float64)


def _grouped(rows: Index, district: Index, codes: tuple[str, ...]) -> dict[int, tuple[int, ...]]:
    """Return row -> its districts, smallest code first."""
    groups: dict[int, list[int]] = {}
    for row, one in zip(rows.tolist(), district.tolist(), strict=True):
        groups.setdefault(row, []).append(one)
    return {row: tuple(sorted(several, key=lambda i: codes[i])) for row, several in groups.items()}


def _table(
    unit_id: pa.ChunkedArray,
    codes: tuple[str, ...],
    found: NDArray[np.int32],
    simple: NDArray[np.bool_],
    verdicts: Iterator[tuple[int, Verdict]],
) -> pa.Table:
    """Write PLACEMENTS: simple rows by columns, decided rows over them."""
    district = np.where(simple, found, NOWHERE).astype(np.int64)
    methods = ("inside", "boundary", "nearest", "declared", "unplaced")
    method = np.zeros(len(found), dtype=np.int8)
    distance = np.zeros(len(found))
    texts: dict[str, int] = {"": 0}
    columns = {name: np.zeros(len(found), dtype=np.int32) for name in ("candidates", "code", "reason")}
    for row, verdict in verdicts:
        district[row], method[row] = verdict.district, methods.index(verdict.method)
        distance[row] = np.nan if verdict.distance_m is None else verdict.distance_m
        for name, text in (
            ("candidates", "+".join(sorted(codes[i] for i in verdict.candidates[:MOST_LISTED]))),
            ("code", verdict.code),
            ("reason", reason(verdict)),
        ):
            columns[name][row] = texts.setdefault(text, len(texts))
    words = pa.array(list(texts), pa.string())
    arrays = [
        unit_id.combine_chunks().cast(pa.string()),
        pa.array(codes, pa.string()).take(pa.array(district, mask=district == NOWHERE)),
        pa.array(methods).take(pa.array(method)),
        pa.array(distance, from_pandas=True),
        *(words.take(pa.array(values)) for values in columns.values()),
    ]
    return pa.Table.from_arrays(arrays, schema=PLACEMENTS)


def reason(verdict: Verdict) -> str:
    """Return a verdict's code in words, Chinese then English; "" without remark."""
    if not verdict.code:
        return ""
    sides = zip(CODES[verdict.code], verdict.remark, ("：", ": "), strict=True)
    return " / ".join(f"{word}{mark}{remark}" if remark else word for word, remark, mark in sides)
