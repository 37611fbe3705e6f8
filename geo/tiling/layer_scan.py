"""One scan of a layer: codes, extents, areas, and the edges that no other edge cancels.

Each piece is tested for validity and its edges cancelled on their own; what is left over
waits for the other pieces.  So memory holds a few pieces and the borders between what
has been read and what has not, never the layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.common.parallel import over_threads
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.piecewise import Layer, Piece
from minglu.geo.tiling.edge_cancellation import Edges, cancel_pairs, join_edges, leftover_edges
from minglu.geo.tiling.fault_locations import Ints, Places, join_places, no_places
from minglu.geo.tiling.validity import refuse_antimeridian, walkable_shapes

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

LEAST_OPEN_EDGES = 500_000
"""Edges that may wait before they are compared again; beyond it, twice as many as were left the last time."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerScan(DistrictIndex):
    """A district index with what the scan of all edges found."""

    areas: Floats
    """In square units of the layer; of what can be walked."""
    vertices: Ints
    invalid: Places
    """A place for each geometry that is not a valid polygon."""
    repaired: Shapes
    """For each of `invalid` what can be walked of it, or None."""
    edges: Edges
    """Directed edges that had not met their twin; those last read may still find it among the others."""
    total_edges: int

    def index(self) -> DistrictIndex:
        """Return what is weights keeping once the edges have been looked at."""
        return DistrictIndex(self.layer, self.codes, self.names, self.bounds, self.present)

    def shapes_near(self, places: Shapes) -> Shapes:
        """Return what can be walked of the districts whose extents touch those of some places; None for most others.

        More places than districts are all over the layer.
        """
        placed = np.flatnonzero(np.isfinite(self.bounds).all(1))
        return self._walkable(placed if len(places) > len(self) else self._touching(placed, places))

    def nearest(self, places: Shapes) -> Ints:
        """Return the district nearest to each place, the first one of several; -1 where no district has a shape."""
        found = np.full(len(places), -1)
        for i, place in enumerate(places if self.present.any() else ()):
            west, south, east, north = shapely.bounds(place)
            aside = np.maximum(np.maximum(self.bounds[:, :2] - (east, north), (west, south) - self.bounds[:, 2:]), 0.0)
            least = np.hypot(*aside.T)
            most = least + np.hypot(*(self.bounds[:, 2:] - self.bounds[:, :2]).T) + np.hypot(east - west, north - south)
            rows = np.flatnonzero(least <= np.nanmin(most))
            found[i] = rows[np.nanargmin(shapely.distance(self.layer.shapes(rows), place))]
        return found

    def _touching(self, placed: Ints, places: Shapes) -> Ints:
        extents = (self.bounds[placed], shapely.bounds(places).reshape(-1, 4))
        boxes, wanted = (np.asarray(shapely.box(*corners.T)) for corners in extents)
        touching: Ints = placed[np.unique(shapely.STRtree(boxes).query(wanted)[1])].astype(np.int64)
        return touching

    def _walkable(self, rows: Ints) -> Shapes:
        """Return an array of all positions with the sound shapes of `rows`."""
        shapes = np.full(len(self), None, object)
        repaired = np.isin(rows, self.invalid.member_district)
        shapes[rows[~repaired]] = self.layer.shapes(rows[~repaired])
        shapes[self.invalid.member_district] = self.repaired
        return shapes


@dataclass(frozen=True, slots=True, eq=False)
class _PieceScan:
    """What one piece has to say."""

    piece: Piece
    """Without its geometries, which nobody needs any more."""
    bounds: Floats
    present: NDArray[np.bool_]
    areas: Floats
    vertices: Ints
    invalid: Places
    repaired: Shapes
    edges: Edges
    total_edges: int


def scan_layer(layer: Layer) -> LayerScan:
    """Walk through a layer once.

    Raises GeometryError for edges across the antimeridian, and whatever reading raises.
    """
    pieces: list[_PieceScan] = []
    invalid, waiting = no_places(), _OpenEdges()
    for part in over_threads(_scan_piece, layer.pieces()):
        pieces.append(part)
        waiting.add(part.edges)
        invalid = join_places(invalid, part.invalid)
    rows = np.concatenate([part.piece.rows for part in pieces])
    back = np.argsort(rows)
    codes = [code for part in pieces for code in part.piece.districts.codes]
    names = [name for part in pieces for name in part.piece.districts.names]
    return LayerScan(
        layer=layer,
        codes=tuple(codes[i] for i in back),
        names=tuple(names[i] for i in back),
        bounds=np.concatenate([part.bounds for part in pieces])[back],
        present=np.concatenate([part.present for part in pieces])[back],
        areas=np.concatenate([part.areas for part in pieces])[back],
        vertices=np.concatenate([part.vertices for part in pieces])[back],
        invalid=invalid,
        repaired=np.concatenate([part.repaired for part in pieces]),
        edges=waiting.joined(),
        total_edges=sum(part.total_edges for part in pieces),
    )


def _scan_piece(piece: Piece) -> _PieceScan:
    whole, rows = piece.districts, piece.rows
    refuse_antimeridian(whole.geometries, whole.crs, whole.source)
    shapes, bad, invalid = walkable_shapes(whole.geometries)
    edges, total = leftover_edges(shapes, rows)
    empty = np.full(len(rows), None, object)
    return _PieceScan(
        piece=Piece(rows, type(whole)(whole.codes, whole.names, empty, whole.crs, whole.source)),
        bounds=shapely.bounds(whole.geometries),
        present=~shapely.is_missing(whole.geometries) & ~shapely.is_empty(whole.geometries),
        areas=np.nan_to_num(shapely.area(shapes)),
        vertices=shapely.get_num_coordinates(shapes).astype(np.int64),
        invalid=Places(invalid.kinds, invalid.shapes, invalid.reasons, invalid.parts, invalid.member_place, rows[bad]),
        repaired=shapes[bad],
        edges=edges,
        total_edges=total,
    )


class _OpenEdges:
    """Edges that wait for their opposite from other pieces."""

    def __init__(self) -> None:
        self._parts: list[Edges] = []
        self._count, self._most = 0, LEAST_OPEN_EDGES

    def add(self, edges: Edges) -> None:
        self._parts.append(edges)
        self._count += len(edges)
        if self._count > self._most:
            cancelled = cancel_pairs(self.joined())
            self._parts, self._count = [cancelled], len(cancelled)
            self._most = max(LEAST_OPEN_EDGES, 2 * len(cancelled))

    def joined(self) -> Edges:
        return join_edges(self._parts)
