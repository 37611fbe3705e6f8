"""Where leftover edges meet: crossings, and end points that lie on another edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from minglu.common.parallel import over_threads
from minglu.geo.numerics.box_join import box_pairs
from minglu.geo.numerics.predicates import ERROR_BOUND, exact_cross, turn
from minglu.geo.numerics.sorting import order_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Nodes inside edges, in order along each edge; the edges' own ends are not among them."""

    edge: Ints
    node: Ints
    """Below the number of points: that point; from there on: crossings, in order."""
    crossings: Floats
    """Rounded coordinates of the crossings, (k, 2)."""
    same: Ints
    """Pairs of nodes, (m, 2), that are one point exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class _Meetings:
    """Nodes found inside edges, in no order."""

    edge: Ints
    other: Ints
    """The edge that is crossed, or -1 where an end point lies on `edge`."""
    node: Ints
    share: Floats
    """How far along the edge, 0 to 1."""
    error: Floats
    """Bound of the rounding error of `share`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """The edges with their ends as coordinates and as numbers of points."""

    points: Floats
    tail: Ints
    head: Ints
    start: Floats
    end: Floats


def find_splits(points: Floats, tail: Ints, head: Ints) -> Splits:
    """Return all nodes where the edges tail -> head cross or touch each other between their ends."""
    edges = _Edges(points, tail, head, points[tail], points[head])
    found: list[_Meetings] = []
    crossings: list[Floats] = [np.empty((0, 2))]
    count = len(points)
    pairs = box_pairs(np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end))
    for touches, crossed, places in over_threads(lambda pair: _meetings(*pair, edges), pairs):
        found += touches
        found += [replace(one, node=one.node + count) for one in crossed]
        crossings.append(places)
        count += len(places)
    return _in_order(_gather(found), edges, np.concatenate(crossings))


def _meetings(i: Ints, j: Ints, edges: _Edges) -> tuple[list[_Meetings], list[_Meetings], Floats]:
    """Return where edges touch each other and where they cross, the crossings numbered from 0, and their places."""
    i, j, sides = _meeting(i, j, edges)
    proper = (sides[0] * sides[1] < 0) & (sides[2] * sides[3] < 0)
    one, two = i[proper], j[proper]
    nodes = np.arange(len(one))
    crossed = [_crossed(one, two, nodes, edges), _crossed(two, one, nodes, edges)]
    places = edges.start[one] + crossed[0].share[:, None] * (edges.end[one] - edges.start[one])
    return list(_touches(i, j, sides, edges)), crossed, places


def _meeting(i: Ints, j: Ints, edges: _Edges) -> tuple[Ints, Ints, list[NDArray[np.int8]]]:
    """Keep the pairs in which neither edge lies on one side of the other, with their four exact turns.

    Neighbours that share an end meet nowhere else, unless they lie on one line.
    """
    one = _turns(i, edges.tail[j], edges)
    two = _turns(i, edges.head[j], edges)
    keep = one * two <= 0
    keep &= ~(((one != 0) & _is_end(edges.head[j], i, edges)) | ((two != 0) & _is_end(edges.tail[j], i, edges)))
    i, j, one, two = i[keep], j[keep], one[keep], two[keep]
    three = _turns(j, edges.tail[i], edges)
    four = _turns(j, edges.head[i], edges)
    keep = three * four <= 0
    return i[keep], j[keep], [one[keep], two[keep], three[keep], four[keep]]


def _turns(edge: Ints, point: Ints, edges: _Edges) -> NDArray[np.int8]:
    """Return on which side of its edge each point lies; an end of the edge lies on it."""
    sign = np.zeros(len(edge), np.int8)
    rows = np.flatnonzero(~_is_end(point, edge, edges))
    sign[rows] = turn(edges.start[edge[rows]], edges.end[edge[rows]], edges.points[point[rows]])
    return sign


def _is_end(point: Ints, edge: Ints, edges: _Edges) -> NDArray[np.bool_]:
    is_end: NDArray[np.bool_] = (point == edges.tail[edge]) | (point == edges.head[edge])
    return is_end


def _touches(i: Ints, j: Ints, sides: list[NDArray[np.int8]], edges: _Edges) -> Iterator[_Meetings]:
    """Yield the end points that lie on another edge, between its ends."""
    tail, head = edges.tail, edges.head
    for on, point, side in ((i, tail[j], 0), (i, head[j], 1), (j, tail[i], 2), (j, head[i], 3)):
        rows = np.flatnonzero((sides[side] == 0) & (point != tail[on]) & (point != head[on]))
        edge, node = on[rows], point[rows]
        start, end, at = edges.start[edge], edges.end[edge], edges.points[node]
        inside = ((at >= np.minimum(start, end)) & (at <= np.maximum(start, end))).all(1)
        edge, node, start, end, at = edge[inside], node[inside], start[inside], end[inside], at[inside]
        axis = _long_axis(start, end)
        row = np.arange(len(edge))
        share = (at - start)[row, axis] / (end - start)[row, axis]
        yield _Meetings(edge, np.full(len(edge), -1), node, share, np.full(len(edge), 1e-15))


def _crossed(edge: Ints, other: Ints, nodes: Ints, edges: _Edges) -> _Meetings:
    """Return how far along `edge` it is crossed by `other`, with a bound of the rounding error."""
    base = edges.start[other]
    dx, dy = (edges.end[other] - base).T
    ax, ay = (edges.start[edge] - base).T
    bx, by = (edges.end[edge] - base).T
    before, after = dx * ay - dy * ax, dx * by - dy * bx
    room = ERROR_BOUND * (np.abs(dx * ay) + np.abs(dy * ax) + np.abs(dx * by) + np.abs(dy * bx))
    whole = np.abs(before - after)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(np.nan_to_num(np.abs(before) / whole, nan=0.5), 0.0, 1.0)
        error = np.nan_to_num(2 * room / whole, nan=1.0) + 1e-15
    return _Meetings(edge, other, nodes, share, error)


def _in_order(found: _Meetings, edges: _Edges, crossings: Floats) -> Splits:
    """Sort the nodes along their edges; where rounding leaves the order open, by rational numbers.

    An end point that touches an edge may have been found from several of its own edges: it counts once.
    """
    order = order_rows(found.edge + found.share / 2, found.share, found.node)
    edge, node = found.edge[order], found.node[order]
    share, error, other = found.share[order], found.error[order], found.other[order]
    again = np.zeros(len(edge), bool)
    again[1:] = (edge[1:] == edge[:-1]) & (node[1:] == node[:-1])
    edge, node, share, error, other = edge[~again], node[~again], share[~again], error[~again], other[~again]
    close = (edge[1:] == edge[:-1]) & (share[1:] - share[:-1] <= error[1:] + error[:-1])
    same: list[tuple[int, int]] = []
    for doubtful in np.unique(edge[1:][close]):
        low, high = np.searchsorted(edge, [doubtful, doubtful + 1])
        rows = range(low, high)
        exact = {k: _exact_share(int(edge[k]), int(other[k]), int(node[k]), edges) for k in rows}
        ranked = sorted(rows, key=lambda k: (exact[k], node[k]))
        same += [(int(node[a]), int(node[b])) for a, b in pairwise(ranked) if exact[a] == exact[b]]
        node[low:high] = node[ranked]
    return Splits(edge, node, crossings, np.array(same, np.int64).reshape(-1, 2))


def _exact_share(edge: int, other: int, node: int, edges: _Edges) -> Fraction:
    start, end = edges.start[edge], edges.end[edge]
    if other < 0:
        axis = int(_long_axis(start[None], end[None])[0])
        a, b, p = (Fraction(float(x[axis])) for x in (start, end, edges.points[node]))
        return (p - a) / (b - a)
    line = edges.start[other], edges.end[other]
    before = exact_cross(*line, line[0], start)
    after = exact_cross(*line, line[0], end)
    return before / (before - after)


def _long_axis(start: Floats, end: Floats) -> Ints:
    span = np.abs(end - start)
    return (span[:, 1] > span[:, 0]).astype(np.int64)


def _gather(found: list[_Meetings]) -> _Meetings:
    none, nothing = np.empty(0, np.int64), np.empty(0)
    return _Meetings(
        np.concatenate([none, *(part.edge for part in found)]),
        np.concatenate([none, *(part.other for part in found)]),
        np.concatenate([none, *(part.node for part in found)]),
        np.concatenate([nothing, *(part.share for part in found)]),
        np.concatenate([nothing, *(part.error for part in found)]),
    )
