"""Nesting of connected parts: which face contains each part, by the winding west of a point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minglu.common.graphs import order_groups
from minglu.geo.numerics.predicates import turn
from minglu.geo.tiling.arrangement.planar_network import Network
from minglu.geo.tiling.edge_cancellation import Residual

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH_PAIRS = 2_000_000
"""Pairs of point and edge looked at together: bounds the memory, not the result."""


CANDIDATES = 4
"""Nearest edges kept for each point: where several pass within rounding, the winding decides which is right."""


@dataclass(frozen=True, slots=True, eq=False)
class West:
    """What a ray from each point to the west meets."""

    winding: Ints
    """Cover at the point less cover far away, added up over all raw edges on the way; exact."""
    half_edges: list[list[int]]
    """The half-edges of the nearest pieces that have the point's side on their left, nearest first."""


def look_west(points: Floats, network: Network, residual: Residual) -> West:
    """Follow a ray from each raw point, (n, 2), to the far west; edges through the point itself do not count."""
    near = np.flatnonzero(residual.points[residual.tail, 0] < points[:, 0].max(initial=-np.inf))
    start, end = residual.points[residual.tail[near]], residual.points[residual.head[near]]
    weight = residual.weight[near]
    rises = end[:, 1] > start[:, 1]
    low, high = np.where(rises[:, None], start, end), np.where(rises[:, None], end, start)
    winding = np.zeros(len(points), np.int64)
    found: list[list[tuple[float, int]]] = [[] for _ in points]
    for near_point, near_edge in _strip_pairs(points, low, high):
        west = turn(low[near_edge], high[near_edge], points[near_point]) < 0
        point, edge = near_point[west], near_edge[west]
        np.add.at(winding, point, np.where(rises[edge], -weight[edge], weight[edge]))
        run = high[edge] - low[edge]
        x = low[edge, 0] + (points[point, 1] - low[edge, 1]) / run[:, 1] * run[:, 0]
        order = np.lexsort((edge, -x, point))
        first = np.searchsorted(point[order], point[order])
        best = order[np.arange(len(order)) - first < CANDIDATES]
        for row in best.tolist():
            found[int(point[row])].append((-float(x[row]), int(near[edge[row]])))
    pieces = _PiecesOfEdges.of(network, residual)
    return West(winding, [pieces.at(y, sorted(edges)) for y, edges in zip(points[:, 1].tolist(), found, strict=True)])


@dataclass(frozen=True, slots=True, eq=False)
class _PiecesOfEdges:
    """Which pieces an edge is cut into."""

    network: Network
    rises: NDArray[np.bool_]
    order: Ints
    opens: Ints

    @staticmethod
    def of(network: Network, residual: Residual) -> _PiecesOfEdges:
        order, opens = order_groups(network.part_edge, len(residual))
        return _PiecesOfEdges(network, residual.end[:, 1] > residual.start[:, 1], network.part_piece[order], opens)

    def at(self, height: float, edges: list[tuple[float, int]]) -> list[int]:
        """Return the eastern half-edges of the pieces that the edges have at a height."""
        found = []
        for _, edge in edges[:CANDIDATES]:
            pieces = self.order[self.opens[edge] : self.opens[edge + 1]]
            one, other = self.network.xy[self.network.tail[pieces], 1], self.network.xy[self.network.head[pieces], 1]
            reached = (np.minimum(one, other) <= height) & (height < np.maximum(one, other))
            found += [2 * piece + int(self.rises[edge]) for piece in pieces[reached].tolist()]
        return found


def _strip_pairs(points: Floats, low: Floats, high: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs (point, edge) where the edge reaches the point's height: from its lower end up to below its upper.

    Edges are entered into horizontal strips, as many as keep the entries about twice the edges.
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
