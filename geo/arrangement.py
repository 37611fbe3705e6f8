"""The faces that leftover edges enclose, each with its winding.  What a face means is decided in `faces`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.geo.edges import Floats, Ints, Residual


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The bounded faces of an arrangement of leftover edges."""

    shapes: NDArray[np.object_]
    """Polygons with their holes."""
    winding: Ints
    """Districts that cover the face, less one inside the parent: how the signed edges turn around it."""
    left_face: Ints
    """Pairs (left_face, left_owner): the owner's edge borders the face with the owner's +1 on the face's side."""
    left_owner: Ints
    right_face: Ints
    """Pairs (right_face, right_owner): the owner's edge borders the face with the face on its other side."""
    right_owner: Ints
    component: Ints
    """Faces whose edges hang together share a component."""


def arrange(residual: Residual) -> Faces:
    """Node the leftover edges and return their bounded faces."""
    lines = shapely.linestrings(np.stack([residual.start, residual.end], axis=1))
    pieces = shapely.get_parts(shapely.union_all(lines))
    shapes = shapely.get_parts(shapely.polygonize(pieces))
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    none = np.empty(0, np.int64)
    zero = np.zeros(len(shapes), np.int64)
    return Faces(shapes, winding_at(points, residual), none, none, none, none, zero)


def winding_at(points: Floats, residual: Residual) -> Ints:
    """Add up, for each point, the edges crossed on the way to the far west."""
    total = np.zeros(len(points), np.int64)
    (x1, y1), (x2, y2) = residual.start.T, residual.end.T
    for i, (x, y) in enumerate(points):
        crossed = np.flatnonzero((y1 <= y) != (y2 <= y))
        side = (x2[crossed] - x1[crossed]) * (y - y1[crossed]) - (y2[crossed] - y1[crossed]) * (x - x1[crossed])
        up = y2[crossed] > y1[crossed]
        east = np.where(up, side < 0, side > 0)
        sign = np.where(up, 1, -1) * residual.weight[crossed]
        total[i] = -int(sign[east].sum())
    return total
