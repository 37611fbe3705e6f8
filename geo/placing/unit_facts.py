"""The facts about each unit of a region: its point, the districts in reach, what it declares.

Facts are gathered by columns, for all units at once; only rows that need a decision are
then described one by one, as a `Case`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from minglu.geo.coordinates.limits import limits
from minglu.geo.layer.declared_codes import DeclaredCodes
from minglu.geo.placing.gazetteer import Gazetteer, Window
from minglu.geo.placing.locator import INSIDE, NONE, Hits
from minglu.geo.placing.placement_policy import Case, Members

MOST_MEASURED = 20
"""Districts of a declared area whose distance is measured: those whose extents are nearest to the point."""

BETWEEN = "\x1f"
"""Stands between a declared code and a named one where both are looked up together."""
Numbers = NDArray[np.float64]
Index = NDArray[np.intp]


class Batch:
    """The facts about some units of one region, column by column; rows that need no decision are `simple`."""

    def __init__(self, units: pa.Table, gazetteer: Gazetteer, window: Window) -> None:
        self._codes = gazetteer.districts.codes
        self._project = gazetteer.project
        self._bounds = gazetteer.districts.bounds
        self._is_geographic = gazetteer.districts.crs.is_geographic
        self._parent = gazetteer.parent
        self._window = window
        self._lon, self._lat, precision = (numbers(units, name) for name in ("lon", "lat", "precision_m"))
        self._precision = np.nan_to_num(precision, nan=0.0)
        self._missing = np.isnan(self._lon) | np.isnan(self._lat)
        with np.errstate(invalid="ignore"):
            self._usable = (np.abs(self._lon) <= 180.0) & (np.abs(self._lat) <= 90.0)
        self.hits = self._locate()
        named = units.column("named") if "named" in units.column_names else None
        self._declared = _Declared(units.column("declared"), named, gazetteer)
        self._border_m, self._reach = self._radius()
        agrees = self._declared.agrees(self.hits.first)
        self.simple = (self.hits.state == INSIDE) & agrees & np.isnan(self._border_m)

    def _locate(self) -> Hits:
        if self._usable.all():
            return self._window.locate(self._lon, self._lat)
        rows = np.flatnonzero(self._usable)
        part = self._window.locate(self._lon[rows], self._lat[rows])
        hits = Hits(np.full(len(self._lon), -1, np.int32), np.zeros(len(self._lon), np.int8), {})
        hits.first[rows], hits.state[rows] = part.first, part.state
        hits.candidates.update((int(rows[row]), several) for row, several in part.candidates.items())
        return hits

    def _radius(self) -> tuple[Numbers, dict[int, tuple[int, ...]]]:
        """Return the distance to a border that the radius crosses (else NaN), and the districts in reach."""
        border_m = np.full(len(self._lon), np.nan)
        rows = np.flatnonzero((self.hits.state == INSIDE) & (self._precision > 0))
        rows = rows[~self._window.clear(self._lon[rows], self._lat[rows], self._precision[rows])]
        lon, lat, precision = self._lon[rows], self._lat[rows], self._precision[rows]
        distance = self._window.distances(lon, lat, self.hits.first[rows].astype(np.intp), to_border=True)
        crossed = rows[distance <= precision]
        border_m[crossed] = distance[distance <= precision]
        return border_m, self._in_reach(crossed)

    def _in_reach(self, rows: Index) -> dict[int, tuple[int, ...]]:
        """Return row -> districts within its radius, each distinct point measured once: coarse points repeat."""
        circles, circle_of = np.unique(
            np.column_stack([self._lon[rows], self._lat[rows], self._precision[rows]]), axis=0, return_inverse=True
        )
        circle, district, _ = self._window.within(circles[:, 0], circles[:, 1], circles[:, 2])
        groups = _grouped(circle, district, self._codes)
        return {row: groups[circle] for row, circle in zip(rows.tolist(), circle_of.tolist(), strict=True)}

    def cases(self, nearest_limit_m: float) -> Iterator[tuple[Index, Case]]:
        """Yield every row that needs a decision, with its facts; rows without a point share them."""
        yield from self._pointless(np.flatnonzero(~self._usable))
        yield from self._pointed(np.flatnonzero(~self.simple & self._usable), nearest_limit_m)

    def _pointless(self, rows: Index) -> Iterator[tuple[Index, Case]]:
        """Yield the rows that have nothing but what they declare, one case per declared code."""
        kind = self._declared.kind[rows] * 2 + self._missing[rows]
        order = np.argsort(kind, kind="stable")
        starts = np.flatnonzero(np.diff(kind[order], prepend=-1))
        for group in np.split(rows[order], starts)[1:]:
            row = int(group[0])
            members, virtual = self._declared.members(row)
            declared = self._declared.text(row)
            point = "none" if self._missing[row] else "invalid"
            named = self._declared.named(row)
            yield group, Case(point=point, declared=declared, members=members, virtual=virtual, named=named)

    def _pointed(self, rows: Index, nearest_limit_m: float) -> Iterator[tuple[Index, Case]]:
        """Yield the rows with a point, one case each."""
        nearest = self._nearest(rows[self.hits.state[rows] == NONE], nearest_limit_m)
        in_parent = self._in_parent(rows)
        declared_m = self._declared_distances(rows)
        known = limits()
        coarse, untrusted = self._precision >= known.coarse_from_m, self._precision >= known.untrusted_from_m
        for position, row in enumerate(rows.tolist()):
            members, virtual = self._declared.members(row)
            near, near_m = nearest.get(row, ((), 0.0))
            border = float(self._border_m[row])
            case = Case(
                state=int(self.hits.state[row]),
                found=self.hits.at(row),
                nearest=near,
                nearest_m=near_m,
                in_parent=in_parent[position],
                precision_m=float(self._precision[row]),
                coarse=bool(coarse[row]),
                untrusted=bool(untrusted[row]),
                reach=self._reach.get(row, ()),
                border_m=None if np.isnan(border) else border,
                declared=self._declared.text(row),
                named=self._declared.named(row),
                members=members,
                virtual=virtual,
                declared_m=float(declared_m[position]),
            )
            yield rows[position : position + 1], case

    def _nearest(self, rows: Index, limit_m: float) -> dict[int, tuple[tuple[int, ...], float]]:
        """Return, for rows outside every district, the nearest districts within the limit (several at a tie)."""
        point, district, metres = self._window.within(self._lon[rows], self._lat[rows], np.full(len(rows), limit_m))
        result: dict[int, tuple[tuple[int, ...], float]] = {}
        if len(point):
            starts = np.flatnonzero(np.diff(point, prepend=-1))
            smallest = np.minimum.reduceat(metres, starts)
            tied = metres == np.repeat(smallest, np.diff(starts, append=len(point)))
            groups = _grouped(rows[point[tied]], district[tied], self._codes)
            result = {
                row: (groups[row], distance)
                for row, distance in zip(rows[point[starts]].tolist(), smallest.tolist(), strict=True)
            }
        return result

    def _in_parent(self, rows: Index) -> Sequence[bool | None]:
        parent = self._parent
        if parent is None:
            return [None] * len(rows)
        shapely.prepare(parent.geometry)
        x, y = self._project(self._lon[rows], self._lat[rows])
        inside: list[bool | None] = shapely.intersects_xy(parent.geometry, x, y).tolist()
        return inside

    def _declared_distances(self, rows: Index) -> Numbers:
        """Return metres from each point to the nearest district that its declared code can mean, where that matters."""
        declared = self._declared
        result = np.full(len(rows), np.nan)
        wanted = [
            (position, member)
            for position, row in enumerate(rows.tolist())
            for member in self._nearest_members(row, declared.members(row)[0])
        ]
        if wanted:
            position, member = (np.array(column, dtype=np.intp) for column in zip(*wanted, strict=True))
            metres = self._window.distances(self._lon[rows[position]], self._lat[rows[position]], member)
            np.fmin.at(result, position, metres)
        return result

    def _nearest_members(self, row: int, members: Members) -> Sequence[int]:
        """Return the districts of a declared area worth measuring: all of a small one, the nearest of a wide one."""
        if len(members) <= MOST_MEASURED:
            return tuple(members)
        several = np.fromiter(members, np.intp, len(members))
        x, y = (side[0] for side in self._project(self._lon[[row]], self._lat[[row]]))
        west, south, east, north = self._bounds[several].T
        wide = np.maximum(np.maximum(west - x, x - east), 0.0)
        high = np.maximum(np.maximum(south - y, y - north), 0.0)
        if self._is_geographic:
            wide *= np.cos(np.radians(self._lat[row]))
        order = np.argsort(np.nan_to_num(np.hypot(wide, high), nan=np.inf), kind="stable")
        return tuple(several[order[:MOST_MEASURED]].tolist())


class _Declared:
    """The declared codes of a batch, each distinct code looked up once."""

    def __init__(self, column: pa.ChunkedArray, named: pa.ChunkedArray | None, gazetteer: Gazetteer) -> None:
        declared = pc.fill_null(column.combine_chunks(), "")
        words = pa.array([""] * len(declared)) if named is None else pc.fill_null(named.combine_chunks(), "")
        encoded = pc.binary_join_element_wise(declared, words, BETWEEN).dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        self.kind = encoded.indices.to_numpy().astype(np.int64)
        codes = gazetteer.codes
        chosen = [_better(codes, *pair.split(BETWEEN)) for pair in encoded.dictionary.to_pylist()]
        self._texts, self._named = [text for text, _ in chosen], [by_name for _, by_name in chosen]
        self._members: list[Members] = [dict.fromkeys(codes.members(codes.area(text))) for text in self._texts]
        present = gazetteer.districts.present
        self._virtual = [len(members) == 1 and not present[next(iter(members))] for members in self._members]
        self._rank = codes.rank
        spans = [codes.span(codes.area(text)) for text in self._texts]
        self._low = np.array([span.start if text else 0 for span, text in zip(spans, self._texts, strict=True)])
        self._high = np.array(
            [span.stop if text else len(codes) for span, text in zip(spans, self._texts, strict=True)]
        )

    def text(self, row: int) -> str:
        """Return the declared code of a row."""
        text: str = self._texts[self.kind[row]]
        return text

    def named(self, row: int) -> bool:
        """Return whether the code of a row comes from a name and not from a code in the list."""
        by_name: bool = self._named[self.kind[row]]
        return by_name

    def members(self, row: int) -> tuple[Members, bool]:
        """Return the districts that the code of a row can mean, and whether it is a virtual one."""
        kind = self.kind[row]
        return self._members[kind], self._virtual[kind]

    def agrees(self, found: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return for each row whether the found district is one that the code can mean, or nothing is declared."""
        rank = self._rank[found]
        result: NDArray[np.bool_] = (rank >= self._low[self.kind]) & (rank < self._high[self.kind])
        return result


def _better(codes: DeclaredCodes, declared: str, named: str) -> tuple[str, bool]:
    """Return the code that says more, and whether it comes from a name: the declared one unless the name is finer.

    A declared code that the layer does not have gives way to a name that it has.
    """
    if not named:
        return declared, False
    wide, fine = codes.span(codes.area(declared)), codes.span(codes.area(named))
    finer = wide.start <= fine.start and fine.stop <= wide.stop and len(fine) < len(wide)
    return (named, True) if not len(wide) or finer else (declared, False)


def numbers(units: pa.Table, name: str) -> Numbers:
    """Return a column as floats, NaN for null."""
    column = units.column(name).cast(pa.float64())
    return np.array(column.to_numpy(), dtype=np.float64)


def _grouped(rows: Index, district: Index, codes: tuple[str, ...]) -> dict[int, tuple[int, ...]]:
    """Return row -> its districts, smallest code first."""
    groups: dict[int, list[int]] = {}
    for row, one in zip(rows.tolist(), district.tolist(), strict=True):
        groups.setdefault(row, []).append(one)
    return {row: tuple(sorted(several, key=lambda i: codes[i])) for row, several in groups.items()}
