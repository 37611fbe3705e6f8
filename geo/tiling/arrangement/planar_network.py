"""Leftover edges cut at every node, as a planar network with exact neighbours around each node."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key, partial

import numpy as np
from numpy.typing import NDArray

from minglu.common.graphs import label_components, order_groups
from minglu.geo.numerics.predicates import cross_sign
from minglu.geo.numerics.sorting import order_rows
from minglu.geo.tiling.arrangement.crossings import Splits, find_splits
from minglu.geo.tiling.edge_cancellation import Residual

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAR_TURNS = 1e-8
"""Directions closer than this, in two full turns, are looked at again: the sort key has lost their last digits."""

NEAR_RADIANS = 1e-14
"""Directions closer than this are compared exactly; arctan2 is right to some 1e-16."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Pieces of leftover edges that meet at nodes only.

    Piece p is walked from `tail[p]` to `head[p]`, in the direction of the edges it is
    part of; it has the half-edges 2p (that way) and 2p + 1 (back).
    """

    xy: Floats
    """Nodes: raw points, then crossings with rounded coordinates."""
    tail: Ints
    head: Ints
    weight: Ints
    """Cover on the left less cover on the right; 0 for a piece on which the walks cancel after all."""
    part_piece: Ints
    """Pairs (part_piece, part_edge): which leftover edges run along which piece."""
    part_edge: Ints

    def take(self, keep: NDArray[np.bool_]) -> Network:
        """Return the network of the pieces in the mask `keep`."""
        number = np.cumsum(keep) - 1
        part = keep[self.part_piece]
        return Network(
            self.xy,
            self.tail[keep],
            self.head[keep],
            self.weight[keep],
            number[self.part_piece[part]],
            self.part_edge[part],
        )


def build_network(residual: Residual) -> Network:
    """Cut the leftover edges where they meet and add up the weights of pieces that coincide."""
    splits = find_splits(residual.points, residual.tail, residual.head)
    xy = np.concatenate([residual.points, splits.crossings])
    name = _merged(len(xy), splits.same)
    edge, first, second = _pieces(residual.tail, residual.head, splits)
    first, second = name[first], name[second]
    long = first != second  # between nodes that are one point there is no piece
    edge, first, second = edge[long], first[long], second[long]
    key = first * len(xy) + second
    order = order_rows(key, edge)
    edge, first, second = edge[order], first[order], second[order]
    new = np.diff(key[order], prepend=-1) != 0
    opens = np.flatnonzero(new)
    weight = np.add.reduceat(residual.weight[edge], opens)
    return Network(xy, first[opens], second[opens], weight, np.cumsum(new) - 1, edge)


def _merged(count: int, same: Ints) -> Ints:
    """Return for each node the smallest node that is the same point: a raw point before any crossing."""
    if not len(same):
        return np.arange(count)
    label = label_components(same[:, 0], same[:, 1], count)
    smallest = np.full(count, count)
    np.minimum.at(smallest, label, np.arange(count))
    return smallest[label]


def _pieces(tail: Ints, head: Ints, splits: Splits) -> tuple[Ints, Ints, Ints]:
    """Return edge, first node and second node of every piece between neighbouring nodes."""
    count = len(tail)
    inner = np.bincount(splits.edge, minlength=count)
    opens = np.cumsum(inner + 2) - (inner + 2)
    chain = np.empty(int((inner + 2).sum()), np.int64)
    owner = np.repeat(np.arange(count), inner + 2)
    chain[opens], chain[opens + inner + 1] = tail, head
    within = np.arange(len(splits.edge)) - np.repeat(np.cumsum(inner) - inner, inner)
    chain[opens[splits.edge] + 1 + within] = splits.node
    keep = owner[1:] == owner[:-1]
    return owner[1:][keep], chain[:-1][keep], chain[1:][keep]


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """How half-edges follow each other."""

    origin: Ints
    """The node from which each half-edge leaves."""
    following: Ints
    """The next half-edge around the face on the left: at the head, the clockwise neighbour of the way back."""
    leaving: Ints
    """All half-edges by the nodes they leave, counter-clockwise where there are more than two."""
    opens: Ints
    """Where in `leaving` those of each node begin."""


def find_turns(network: Network, residual: Residual) -> Turns:
    """Sort the half-edges around the nodes, exactly, and link each with its follower."""
    pieces = len(network.tail)
    origin = np.empty(2 * pieces, np.int64)
    origin[0::2], origin[1::2] = network.tail, network.head
    order, opens = order_groups(origin, len(network.xy))
    rows = np.flatnonzero((np.diff(opens) > 2)[origin[order]])
    order[rows] = _around(order[rows], origin, network, residual)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    clockwise = np.arange(len(order)) - 1
    used = np.flatnonzero(np.diff(opens))
    clockwise[opens[used]] = opens[used + 1] - 1
    way_back = np.arange(2 * pieces) ^ 1
    return Turns(origin, order[clockwise[place[way_back]]], order, opens)


def before_due_west(nodes: Ints, turns: Turns, network: Network, residual: Residual) -> Ints:
    """Return for each of some nodes the half-edge after which, counter-clockwise, due west comes."""
    count = turns.opens[nodes + 1] - turns.opens[nodes]
    ends = np.cumsum(count)
    rows = np.arange(int(count.sum())) + np.repeat(turns.opens[nodes] - (ends - count), count)
    return _around(turns.leaving[rows], turns.origin, network, residual).take(ends - 1)


def _around(half: Ints, origin: Ints, network: Network, residual: Residual) -> Ints:
    """Order half-edges, given node by node, around each node: counter-clockwise from due west; exactly."""
    bearer = np.empty(len(network.tail), np.int64)  # any leftover edge along the piece gives its exact direction
    bearer[network.part_piece] = network.part_edge
    edge, back = bearer[half >> 1], half % 2 == 1
    tail, head = residual.tail[edge], residual.head[edge]
    start, end = residual.points[np.where(back, head, tail)], residual.points[np.where(back, tail, head)]
    return half[_order_around(origin[half], start, end)]


def parts_and_walks(network: Network, residual: Residual, pieces: Ints) -> tuple[Ints, Ints]:
    """Return pairs (row of `pieces`, walk of the residual) for all walks along each piece."""
    row, part = _expand(network.part_piece, pieces)
    again, walk = _expand(residual.walk_edge, network.part_edge[part])
    return row[again], walk


def _expand(sorted_keys: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Return pairs (row of `wanted`, row of `sorted_keys`) with equal values."""
    begin = np.searchsorted(sorted_keys, wanted)
    times = np.searchsorted(sorted_keys, wanted, side="right") - begin
    row = np.repeat(np.arange(len(wanted)), times)
    return row, begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)


def _order_around(node: Ints, start: Floats, end: Floats) -> Ints:
    """Return the order of directions, given node by node, counter-clockwise from due west at each node; exactly."""
    along = end - start
    angle = np.arctan2(along[:, 1], along[:, 0])
    angle[(along[:, 1] == 0) & (along[:, 0] < 0)] = -np.pi  # due west comes first, whatever the sign of zero
    group = np.cumsum(np.diff(node, prepend=node[:1]) != 0)
    key = group + angle / (4 * np.pi) + 0.25  # whole part: the node; fraction: the direction
    order = np.argsort(key)
    group = group[order]
    near = (group[1:] == group[:-1]) & (np.diff(key[order]) < NEAR_TURNS)
    for one in sorted(set(group[1:][near].tolist())):
        low, high = np.searchsorted(group, [one, one + 1])
        run = list(zip(order[low:high].tolist(), angle[order[low:high]].tolist(), strict=True))
        run.sort(key=cmp_to_key(partial(_turn_order, start=start, end=end)))
        order[low:high] = [number for number, _ in run]
    return order


def _turn_order(one: tuple[int, float], two: tuple[int, float], start: Floats, end: Floats) -> int:
    """Compare two directions counter-clockwise from due west: by angle, close ones by an exact product."""
    (a, first), (b, second) = one, two
    if abs(first - second) >= NEAR_RADIANS:
        return -1 if first < second else 1
    return -int(cross_sign(start[a : a + 1], end[a : a + 1], start[b : b + 1], end[b : b + 1])[0])
