"""Districts and points as the desk's maps draw them: a district with its neighbours, in longitude and latitude."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.register.engine.run_queries import RunQueries
from minglu.register.report.html.map_shapes import STEP_DEG, Drawing, draw, encode_shapes
from minglu.register.storage.run_store import read_table

MOST_AT_ONCE = 100_000
"""Districts that are held together; of a larger layer those of one county."""
COUNTY = 6
"""Characters of a county's code."""
MOST_DRAWN = 60
MOST_CORNERS = 40_000


class _Part(NamedTuple):
    codes: list[str]
    names: list[str]
    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    row_of: Mapping[str, int]


class DistrictMap:
    """The districts of a run, read when they are first asked for."""

    def __init__(self, run: Path, queries: RunQueries) -> None:
        self._queries = queries
        self._crs = CRS.from_wkt(read_table(run, "districts", ["code"]).schema.metadata[b"crs"].decode())
        self._whole = _is_small(queries)
        self._parts: dict[str, _Part] = {}
        self._lock = threading.Lock()

    def neighbours(self, code: str) -> list[tuple[str, str]]:
        """Return code and name of the districts that touch one, ordered by code."""
        part = self._part(code)
        row = part.row_of.get(code)
        if row is None or part.shapes[row] is None:
            return []
        near = part.tree.query(part.shapes[row], predicate="intersects")
        return sorted((part.codes[one], part.names[one]) for one in near if one != row)

    def drawing(self, codes: Iterable[str], points: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return what the page's script draws: the districts, those beside them, and points.

        A point has lon, lat (degrees, in the districts' datum) and whatever the script shows of it.
        """
        wanted = [code for code in dict.fromkeys(codes) if code]
        around = [near for code in wanted for near, _ in self.neighbours(code)]
        around += self._around(points, wanted)
        shown = list(dict.fromkeys([*wanted, *around]))[:MOST_DRAWN]
        shapes = []
        for code in shown:
            part = self._part(code)
            row = part.row_of.get(code)
            if row is not None and part.shapes[row] is not None:
                shapes.append((code, part.names[row], part.shapes[row]))
        return {
            "step": STEP_DEG,
            "districts": _encoded(shapes, self._crs, set(wanted)),
            "points": [point for point in points if point["lon"] is not None and point["lat"] is not None],
        }

    def _around(self, points: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> list[str]:
        """Return the districts that points lie in; only where the layer is in degrees, as the points are."""
        if not self._crs.is_geographic or not points:
            return []
        part = self._part(codes[0] if codes else "")
        known = [(one["lon"], one["lat"]) for one in points if one["lon"] is not None and one["lat"] is not None]
        if not known:
            return []
        _, rows = part.tree.query(shapely.points(known), predicate="dwithin", distance=0.0)
        return sorted({part.codes[row] for row in rows})

    def outline(self, code: str) -> Any:
        """Return a district's shape in longitude and latitude, or None."""
        part = self._part(code)
        row = part.row_of.get(code)
        if row is None or part.shapes[row] is None:
            return None
        return draw(part.shapes[row : row + 1], self._crs).shapes[0]

    def _part(self, code: str) -> _Part:
        key = "" if self._whole else code[:COUNTY]
        with self._lock:
            if key not in self._parts:
                self._parts[key] = self._read(key)
            return self._parts[key]

    def _read(self, prefix: str) -> _Part:
        table = self._queries.table(
            "SELECT code, name, geometry FROM districts WHERE starts_with(code, $prefix) ORDER BY code",
            {"prefix": prefix},
        )
        codes = table.column("code").to_pylist()
        shapes = shapely.from_wkb(table.column("geometry").to_numpy())
        rows = {code: row for row, code in enumerate(codes)}
        return _Part(codes, table.column("name").to_pylist(), shapes, shapely.STRtree(shapes), rows)


def _is_small(queries: RunQueries) -> bool:
    return bool(queries.rows("SELECT count(*) <= $most AS small FROM districts", {"most": MOST_AT_ONCE})[0]["small"])


def _encoded(shapes: Sequence[tuple[str, str, Any]], crs: CRS, wanted: set[str]) -> list[dict[str, Any]]:
    if not shapes:
        return []
    geometries = np.array([shape for _, _, shape in shapes], object)
    drawing: Drawing = draw(geometries, crs, most_corners=MOST_CORNERS)
    rings = encode_shapes(drawing)
    return [
        {"code": code, "name": name, "own": code in wanted, "rings": ring}
        for (code, name, _), ring in zip(shapes, rings, strict=True)
    ]
