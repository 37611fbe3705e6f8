"""The index of a district layer: codes, names and extents, without the shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import Layer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PORTION = 1024
"""Districts that are in memory at a time where all are gone through."""


@dataclass(frozen=True, slots=True, eq=False)
class DistrictIndex:
    """The districts of a layer without their shapes, which can be asked for."""

    layer: Layer
    codes: tuple[str, ...]
    names: tuple[str, ...]
    bounds: Floats
    """West, south, east, north of each district as it stands in the layer, (n, 4)."""
    present: NDArray[np.bool_]
    """Whether a district has a geometry that is not empty."""

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def crs(self) -> CRS:
        """The coordinate system of the layer."""
        return self.layer.crs

    @property
    def source(self) -> str:
        """Where the layer comes from, for messages."""
        return self.layer.source

    def districts(self, rows: Ints) -> Districts:
        """Return some districts with their shapes."""
        codes, names = (tuple(texts[row] for row in rows.tolist()) for texts in (self.codes, self.names))
        return Districts(codes, names, self.layer.shapes(rows), self.crs, self.source)

    def portions(self, rows: Ints | None = None) -> Iterator[Districts]:
        """Yield all districts, or those at `rows`, in their order and with their shapes, a few at a time."""
        wanted = np.arange(len(self)) if rows is None else rows
        for first in range(0, len(wanted), PORTION):
            yield self.districts(wanted[first : first + PORTION])

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all districts; NaN where none has a place."""
        placed = self.bounds[np.isfinite(self.bounds).all(1)]
        if not len(placed):
            return math.nan, math.nan, math.nan, math.nan
        (west, south), (east, north) = placed[:, :2].min(0).tolist(), placed[:, 2:].max(0).tolist()
        return west, south, east, north


def index_districts(layer: Layer) -> DistrictIndex:
    """Walk through a layer once, and keep of each district what needs no room."""
    parts = [(piece.rows, _listed(piece.districts)) for piece in layer.pieces()]
    back = np.argsort(np.concatenate([rows for rows, _ in parts]))
    codes = [code for _, part in parts for code in part[0]]
    names = [name for _, part in parts for name in part[1]]
    return DistrictIndex(
        layer=layer,
        codes=tuple(codes[i] for i in back),
        names=tuple(names[i] for i in back),
        bounds=np.concatenate([part[2] for _, part in parts])[back],
        present=np.concatenate([part[3] for _, part in parts])[back],
    )


def _listed(some: Districts) -> tuple[tuple[str, ...], tuple[str, ...], Floats, NDArray[np.bool_]]:
    shapes = some.geometries
    return some.codes, some.names, shapely.bounds(shapes), ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
