"""District layers read piece by piece, from memory or from a file.

A layer in memory is read in the same way as one in a file, so that there is
one proof for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.geo.layer.districts import Districts

Ints = NDArray[np.int64]

CHUNK_EDGES = 200_000
"""Edges in one piece: small enough for the processor's cache, large enough for numpy."""

CACHED_VERTICES_MAX = 4_000_000
"""Vertices of a layer that is worth keeping, 100 MB: what is larger is read again where it is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some districts of a layer."""

    rows: Ints
    """Their positions in the layer."""
    districts: Districts


class Layer(Protocol):
    """Districts that need not be in memory all at once."""

    @property
    def crs(self) -> CRS:
        """The coordinate system of all pieces."""

    @property
    def source(self) -> str:
        """Where they come from, for messages."""

    def pieces(self) -> Iterator[Piece]:
        """Yield every district once; the positions are 0, 1, 2 ... in some order."""

    def shapes(self, rows: Ints) -> NDArray[np.object_]:
        """Return the raw geometries at some positions once more."""


@dataclass(frozen=True, slots=True, eq=False)
class InMemoryLayer:
    """A layer in memory; its pieces are neighbours, so that most edges meet their twin in the same piece."""

    districts: Districts

    @property
    def crs(self) -> CRS:
        """The coordinate system of the districts."""
        return self.districts.crs

    @property
    def source(self) -> str:
        """Where they come from."""
        return self.districts.source

    def pieces(self) -> Iterator[Piece]:
        """Yield the districts along a Z-curve."""
        shapes = self.districts.geometries
        order = _in_spatial_order(shapes)
        for rows in _chunks(order, shapely.get_num_coordinates(shapes)):
            yield Piece(rows.astype(np.int64), self.districts.take(rows))

    def shapes(self, rows: Ints) -> NDArray[np.object_]:
        """Return the geometries at some positions."""
        return self.districts.geometries[rows]


class CachedLayer:
    """A layer whose shapes stay in memory once it has been gone through, unless they are too many."""

    def __init__(self, layer: Layer, *, most: float = CACHED_VERTICES_MAX) -> None:
        """Keep up to `most` vertices, or none."""
        self._layer, self._most = layer, most
        self._districts: Districts | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process by the districts in memory; a layer that is not there stays with its open file."""
        if self._districts is None:
            raise TypeError(f"{self.source}: its shapes are not in memory")
        return InMemoryLayer, (self._districts,)

    @property
    def crs(self) -> CRS:
        """The coordinate system of the layer."""
        return self._layer.crs

    @property
    def source(self) -> str:
        """Where it comes from."""
        return self._layer.source

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of the layer."""
        kept: list[Piece] = []
        vertices = 0
        for piece in self._layer.pieces():
            vertices += int(shapely.get_num_coordinates(piece.districts.geometries).sum())
            kept = [*kept, piece] if vertices <= self._most else []
            yield piece
        if vertices <= self._most:
            self._districts = _in_one(kept, self.crs, self.source)

    def shapes(self, rows: Ints) -> NDArray[np.object_]:
        """Return the raw geometries at some positions once more."""
        return self._layer.shapes(rows) if self._districts is None else self._districts.geometries[rows]


def _in_one(pieces: list[Piece], crs: CRS, source: str) -> Districts:
    """Put the pieces of a layer together, each district at its position."""
    some = [piece.districts for piece in pieces]
    back = np.argsort(np.concatenate([np.empty(0, np.int64), *(piece.rows for piece in pieces)]))
    shapes = np.concatenate([np.empty(0, object), *(part.geometries for part in some)])
    codes = [code for part in some for code in part.codes]
    names = [name for part in some for name in part.names]
    return Districts(tuple(codes[i] for i in back), tuple(names[i] for i in back), shapes[back], crs, source)


def _in_spatial_order(shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return all positions along a Z-curve; what has no place comes first."""
    bounds = shapely.bounds(shapes)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    placed = np.isfinite(middle).all(1)
    low = middle[placed].min(0, initial=np.inf)
    span = middle[placed].max(0, initial=-np.inf) - low
    share = (middle[placed] - low) / np.where(span > 0, span, 1)
    cell = np.full((len(shapes), 2), -1)
    cell[placed] = (share * 1023).astype(np.int64)
    key = np.zeros(len(shapes), np.int64)
    for bit in range(10):
        key |= ((cell[:, 0] >> bit) & 1) << (2 * bit) | ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    key[~placed] = -1
    return np.argsort(key, kind="stable")


def _chunks(rows: NDArray[np.intp], sizes: NDArray[np.integer[Any]]) -> list[NDArray[np.intp]]:
    number = np.cumsum(sizes[rows]) // CHUNK_EDGES
    return np.split(rows, np.flatnonzero(np.diff(number)) + 1)
