"""What one walk through a layer leaves behind: codes, extents, areas, and the edges without a twin.  No verdict.

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
from minglu.geo.layer.district_index import Listing
from minglu.geo.layer.piecewise import Layer, Piece
from minglu.geo.tiling.edge_cancellation import Edges, cancel_pairs, join_edges, leftover_edges
from minglu.geo.tiling.fault_locations import Ints, Places, join_places, no_places
from minglu.geo.tiling.validity import refuse_antimeridian, sound_shapes

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

LEAST_WAITING = 500_000
"""Edges that may wait before they are compared again; beyond it, twice as many as were left the last time."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey(Listing):
    """A listing, with what the walk along all edges found."""

    areas: Floats
    """In square units of the layer; of what can be walked."""
    vertices: Ints
    invalid: Places
    """A place for each geometry that is not a valid polygon."""
    mended: Shapes
    """For each of `invalid` what can be walked of it, or None."""
    edges: Edges
    """Directed edges that had not met their twin; those last read may still find it among the others."""
    total_edges: int

    def listing(self) -> Listing:
        """Return what is worth keeping once the edges have been looked at."""
        return Listing(self.layer, self.codes, self.names, self.bounds, self.present)

    def shapes_near(self, places: Shapes) -> Shapes:
        """Return what can be walked of the districts whose extents touch those of some places; None for most others.

        More places than districts are all over the layer.
        """
        placed = np.flatnonzero(np.isfinite(self.bounds).all(1))
        return self._sound(placed if len(places) > len(self) else self._touching(placed, places))

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

    def _sound(self, rows: Ints) -> Shapes:
        """Return an array of all positions with the sound shapes of `rows`."""
        shapes = np.full(len(self), None, object)
        mended = np.isin(rows, self.invalid.member_district)
        shapes[rows[~mended]] = self.layer.shapes(rows[~mended])
        shapes[self.invalid.member_district] = self.mended
        return shapes


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What one piece has to say."""

    piece: Piece
    """Without its geometries, which nobody needs any more."""
    bounds: Floats
    present: NDArray[np.bool_]
    areas: Floats
    vertices: Ints
    invalid: Places
    mended: Shapes
    edges: Edges
    total_edges: int


def take_survey(layer: Layer) -> Survey:
    """Walk through a layer once.

    Raises GeometryError for edges across the antimeridian, and whatever reading raises.
    """
    looks: list[_Look] = []
    invalid, waiting = no_places(), _Waiting()
    for look in over_threads(_look_at, layer.pieces()):
        looks.append(look)
        waiting.add(look.edges)
        invalid = join_places(invalid, look.invalid)
    rows = np.concatenate([look.piece.rows for look in looks])
    back = np.argsort(rows)
    codes = [code for look in looks for code in look.piece.districts.codes]
    names = [name for look in looks for name in look.piece.districts.names]
    return Survey(
        layer=layer,
        codes=tuple(codes[i] for i in back),
        names=tuple(names[i] for i in back),
        bounds=np.concatenate([look.bounds for look in looks])[back],
        present=np.concatenate([look.present for look in looks])[back],
        areas=np.concatenate([look.areas for look in looks])[back],
        vertices=np.concatenate([look.vertices for look in looks])[back],
        invalid=invalid,
        mended=np.concatenate([look.mended for look in looks]),
        edges=waiting.joined(),
        total_edges=sum(look.total_edges for look in looks),
    )


def _look_at(piece: Piece) -> _Look:
    whole, rows = piece.districts, piece.rows
    refuse_antimeridian(whole.geometries, whole.crs, whole.source)
    shapes, bad, invalid = sound_shapes(whole.geometries)
    edges, total = leftover_edges(shapes, rows)
    empty = np.full(len(rows), None, object)
    return _Look(
        piece=Piece(rows, type(whole)(whole.codes, whole.names, empty, whole.crs, whole.source)),
        bounds=shapely.bounds(whole.geometries),
        present=~shapely.is_missing(whole.geometries) & ~shapely.is_empty(whole.geometries),
        areas=np.nan_to_num(shapely.area(shapes)),
        vertices=shapely.get_num_coordinates(shapes).astype(np.int64),
        invalid=Places(invalid.kinds, invalid.shapes, invalid.reasons, invalid.parts, invalid.member_place, rows[bad]),
        mended=shapes[bad],
        edges=edges,
        total_edges=total,
    )


class _Waiting:
    """Edges that wait for their twins from other pieces."""

    def __init__(self) -> None:
        self._parts: list[Edges] = []
        self._count, self._most = 0, LEAST_WAITING

    def add(self, edges: Edges) -> None:
        self._parts.append(edges)
        self._count += len(edges)
        if self._count > self._most:
            settled = cancel_pairs(self.joined())
            self._parts, self._count = [settled], len(settled)
            self._most = max(LEAST_WAITING, 2 * len(settled))

    def joined(self) -> Edges:
        return join_edges(self._parts)
