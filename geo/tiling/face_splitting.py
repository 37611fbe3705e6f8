"""Faces cut where borders run through them that cancelled: on each part, the same districts throughout.

One district laid over two others makes one face of winding 1, although different
districts cover its halves: the border between them has cancelled.  The same happens
where an overlap goes over into a spill along the parent's own edge.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from minglu.geo.tiling.arrangement.leftover_faces import Arrangement
from minglu.geo.tiling.edge_cancellation import PARENT, Edges, Residual, join_edges, signed_edges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]


def split_faces(
    faces: Shapes, arrangement: Arrangement, residual: Residual, *, districts: Shapes, parent: Geometry | None
) -> tuple[Shapes, Ints]:
    """Return the parts of the faces, and for each part the position of its face.

    A face without borders inside stays as it is; so does one that can't be cut cleanly.
    """
    lines = np.concatenate([_lines_of(_cancelled(faces, residual, districts, parent)), _pieces_of(arrangement)])
    if not len(lines):
        return faces, np.arange(len(faces))
    line, face = _lines_inside(lines, faces)
    order = np.lexsort((line, face))
    line, face = line[order], face[order]
    cut = np.unique(face)
    parts, origin = [], []
    for one in cut:
        first, last = np.searchsorted(face, [one, one + 1])
        pieces = _cut(faces[one], lines[line[first:last]])
        parts.append(pieces)
        origin.append(np.full(len(pieces), one))
    whole = np.setdiff1d(np.arange(len(faces)), cut)
    return np.concatenate([faces[whole], *parts]), np.concatenate([whole, *origin])


def _lines_inside(lines: Shapes, faces: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs (line, face) where the line runs through the face's inside, be it in part."""
    face, line = shapely.STRtree(lines).query(faces, predicate="intersects")
    shapely.prepare(faces)
    inside = shapely.contains(faces[face], lines[line])  # quick, and true of nearly all where a face is full of lines
    rest = np.flatnonzero(~inside)
    inside[rest] = shapely.relate_pattern(faces[face[rest]], lines[line[rest]], "T********")
    return line[inside], face[inside]


def _cancelled(faces: Shapes, residual: Residual, districts: Shapes, parent: Geometry | None) -> Edges:
    """Return edges that cancelled, of the districts near the faces and of the parent."""
    shift = -PARENT
    left_over = np.bincount(residual.walk_owner + shift, minlength=len(districts) + shift)
    whole = np.flatnonzero(_most_edges(districts) > left_over[shift:])
    near = whole[np.unique(shapely.STRtree(districts[whole]).query(faces)[1])]
    edges = signed_edges(districts[near], near.astype(np.int64))
    if parent is not None:
        edges = join_edges([edges, signed_edges(np.array([parent], object), np.array([PARENT]), inside_left=False)])
    walked = np.bincount(edges.owner + shift, minlength=len(districts) + shift)
    some = walked > left_over
    return _without_residual(edges.take(some[edges.owner + shift]), residual, some[residual.walk_owner + shift])


def _most_edges(districts: Shapes) -> Ints:
    """Return how many edges each district has at most: vertices written twice would have none."""
    parts, part_of = shapely.get_parts(districts, return_index=True)
    _, ring_of = shapely.get_rings(parts, return_index=True)
    rings = np.bincount(part_of[ring_of], minlength=len(districts))
    return shapely.get_num_coordinates(districts).astype(np.int64) - rings


def _without_residual(edges: Edges, residual: Residual, walks: NDArray[np.bool_]) -> Edges:
    """Return the edges, each as its owner walks it, that are not among the leftover walks."""
    edge, forth = residual.walk_edge[walks], (residual.walk_sign[walks] > 0)[:, None]
    low, high = residual.start[edge], residual.end[edge]
    start = np.concatenate([edges.start, np.where(forth, low, high)])
    end = np.concatenate([edges.end, np.where(forth, high, low)])
    owner = np.concatenate([edges.owner, residual.walk_owner[walks]])
    _, same = np.unique(np.column_stack([start, end, owner]), axis=0, return_inverse=True)
    return edges.take(~np.isin(same[: len(edges)], same[len(edges) :]))


def _lines_of(edges: Edges) -> Shapes:
    """Return the edges as lines, each once, from west to east and in that order."""
    start, end = edges.start, edges.end
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    rows = np.where(back[:, None], np.hstack([end, start]), np.hstack([start, end]))
    return np.asarray(shapely.linestrings(np.unique(rows, axis=0).reshape(-1, 2, 2)))


def _pieces_of(arrangement: Arrangement) -> Shapes:
    xy, gone = arrangement.network.xy, arrangement.cancelled
    return np.asarray(shapely.linestrings(np.stack([xy[gone.tail], xy[gone.head]], axis=1)))


def _cut(face: Geometry, lines: Shapes) -> Shapes:
    """Cut one face along lines; where the parts don't make up the face again, leave it whole."""
    network = shapely.union_all(np.append(lines, np.array([shapely.boundary(face)], object)))
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    parts = parts[shapely.contains(face, shapely.point_on_surface(parts))]
    lost = abs(float(shapely.area(parts).sum()) - float(shapely.area(face)))
    if lost > 1e-9 * float(shapely.area(face)):
        return np.array([face], object)
    return np.asarray(shapely.normalize(parts))
