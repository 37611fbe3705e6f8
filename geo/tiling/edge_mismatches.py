"""Edges that should be one but have different vertices (T-vertices): they enclose no area.

Either the walks cancel once the edges are cut at each other's vertices, or the face
between them is thinner than the steps of its coordinates.  Nothing is covered twice or
left out, but a program that moves vertices (a projection, a simplification) will tear
such a border open.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.common.bilingual import Bilingual
from minglu.common.graphs import label_components
from minglu.geo.tiling.arrangement.leftover_faces import Arrangement
from minglu.geo.tiling.arrangement.planar_network import parts_and_walks
from minglu.geo.tiling.edge_cancellation import PARENT, Residual
from minglu.geo.tiling.faces import Faces, find_borders
from minglu.geo.tiling.fault_locations import Places, distinct_pairs, label_sets, no_places

Ints = NDArray[np.int64]

REASON = Bilingual("应为同一边界，但顶点不同", "edges that should be one have different vertices")


def find_mismatches(arrangement: Arrangement, residual: Residual, faces: Faces) -> Places:
    """Return one place for each run of mismatched edges of the same districts.

    A run is made of items that hang together: flat faces, and pieces on which all walks cancel.
    """
    network, gone = arrangement.network, arrangement.cancelled
    face_of = np.full(len(arrangement.winding), -1)
    face_of[faces.cycles[faces.flat]] = np.flatnonzero(faces.flat)
    half = np.flatnonzero(face_of[arrangement.cycle] >= 0)
    if not len(half) and not len(gone.tail):
        return no_places()
    items = len(faces.cycles) + len(gone.tail)
    item = np.concatenate([face_of[arrangement.cycle[half]], len(faces.cycles) + np.arange(len(gone.tail))])
    tail = np.concatenate([network.tail[half >> 1], gone.tail])
    head = np.concatenate([network.head[half >> 1], gone.head])
    piece, walk = parts_and_walks(gone, residual, np.arange(len(gone.tail)))
    borders = find_borders(arrangement, residual, faces.cycles, faces.flat)
    member_item, member = distinct_pairs(
        np.concatenate([borders.face, len(faces.cycles) + piece]),
        np.concatenate([borders.owner, residual.walk_owner[walk]]),
    )
    label = label_sets(member_item, member, items)
    run_of_item = _runs(item, tail, head, label, len(network.xy))
    run = run_of_item[item]
    count = int(run.max()) + 1
    district = member != PARENT
    place, owner = distinct_pairs(run_of_item[member_item[district]], member[district])
    return Places(
        kinds=np.full(count, "mismatch", object),
        shapes=_lines(run, tail, head, network.xy),
        reasons=np.full(count, REASON, object),
        parts=np.arange(count),
        member_place=place,
        member_district=owner,
    )


def _runs(item: Ints, tail: Ints, head: Ints, label: Ints, nodes: int) -> Ints:
    """Number the items with lines, so that those of one label that share a node get one number; others -1."""
    meeting = np.concatenate([label[item] * nodes + tail, label[item] * nodes + head])
    _, key = np.unique(meeting, return_inverse=True)
    who = np.concatenate([item, item])
    items = len(label)
    size = items + int(key.max()) + 1
    part = label_components(who, items + key, size)
    used = np.unique(item)
    number = np.full(items, -1)
    _, number[used] = np.unique(part[used], return_inverse=True)
    return number


def _lines(run: Ints, tail: Ints, head: Ints, xy: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the lines of each run, each piece once, joined where they meet."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((high, low, run))
    run, low, high = run[order], low[order], high[order]
    once = np.ones(len(run), bool)
    once[1:] = (run[1:] != run[:-1]) | (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    lines = np.asarray(shapely.linestrings(np.stack([xy[low[once]], xy[high[once]]], axis=1)))
    return np.asarray(shapely.line_merge(shapely.multilinestrings(lines, indices=run[once])))
