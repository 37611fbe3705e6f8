"""What lies west of a point: the winding there, and the nearest piece.  Finds which parts lie inside which faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minglu.geo.network import Network
from minglu.geo.predicates import turn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH_PAIRS = 2_000_000
"""Pairs of point and piece looked at together: bounds the memory, not the result."""


@dataclass(frozen=True, slots=True, eq=False)
class West:
    """What a ray from each point to the west meets."""

    winding: Ints
    """Cover at the point less cover far away, added up over all pieces on the way."""
    half_edge: Ints
    """The half-edge of the nearest piece that has the point's side on its left; -1 where there is none."""


def look_west(points: Floats, network: Network) -> West:
    """Follow a ray from each point, (n, 2), to the far west; pieces through the point itself do not count."""
    near = np.flatnonzero(network.xy[network.tail, 0] < points[:, 0].max(initial=-np.inf))
    low_end, high_end, rises = _upright(network, near)
    weight = network.weight[near]
    winding = np.zeros(len(points), np.int64)
    nearest = np.full(len(points), -np.inf)
    half_edge = np.full(len(points), -1)
    for near_point, near_piece in _strip_pairs(points, low_end, high_end):
        west = turn(low_end[near_piece], high_end[near_piece], points[near_point]) < 0
        point, piece = near_point[west], near_piece[west]
        np.add.at(winding, point, np.where(rises[piece], -weight[piece], weight[piece]))
        low, high = low_end[piece], high_end[piece]
        x = low[:, 0] + (points[point, 1] - low[:, 1]) / (high[:, 1] - low[:, 1]) * (high[:, 0] - low[:, 0])
        order = np.lexsort((piece, x, point))
        last = np.ones(len(order), bool)
        last[:-1] = point[order[1:]] != point[order[:-1]]
        best = order[last]
        closer = x[best] > nearest[point[best]]
        best = best[closer]
        nearest[point[best]] = x[best]
        half_edge[point[best]] = 2 * near[piece[best]] + rises[piece[best]]
    return West(winding, half_edge)


def _upright(network: Network, pieces: Ints) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the lower and the upper end of each piece, and whether it is walked upwards."""
    start, end = network.xy[network.tail[pieces]], network.xy[network.head[pieces]]
    rises = end[:, 1] > start[:, 1]
    return np.where(rises[:, None], start, end), np.where(rises[:, None], end, start), rises


def _strip_pairs(points: Floats, low: Floats, high: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs (point, piece) where the piece reaches the point's height: from its lower end up to below its upper.

    Pieces are entered into horizontal strips, as many as keep the entries about twice the pieces.
    """
    if not len(points) or not len(low):
        return
    bottom, top = low[:, 1].min(), high[:, 1].max()
    rise = float((high[:, 1] - low[:, 1]).sum())
    strips = int(np.clip(len(low) * (top - bottom) / rise if rise > 0 else 1, 1, 1 << 20))
    scale = strips / (top - bottom) if top > bottom else 0.0
    first = np.minimum(((low[:, 1] - bottom) * scale).astype(np.int64), strips - 1)
    last = np.minimum(((high[:, 1] - bottom) * scale).astype(np.int64), strips - 1)
    spans = last - first + 1
    piece = np.repeat(np.arange(len(low)), spans)
    strip = np.repeat(first, spans) + np.arange(len(piece)) - np.repeat(np.cumsum(spans) - spans, spans)
    order = np.argsort(strip, kind="stable")
    strip, piece = strip[order], piece[order]
    height = np.clip(((points[:, 1] - bottom) * scale).astype(np.int64), 0, strips - 1)
    begin = np.searchsorted(strip, height)
    count = np.searchsorted(strip, height, side="right") - begin
    for batch in np.split(np.arange(len(points)), np.flatnonzero(np.diff(np.cumsum(count) // BATCH_PAIRS)) + 1):
        times = count[batch]
        point = np.repeat(batch, times)
        step = np.arange(len(point)) - np.repeat(np.cumsum(times) - times, times)
        other = piece[begin[point] + step]
        y = points[point, 1]
        reached = (low[other, 1] <= y) & (y < high[other, 1])
        yield point[reached], other[reached]
