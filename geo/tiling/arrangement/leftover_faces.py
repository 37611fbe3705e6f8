"""The faces that leftover edges enclose, each with its winding.  What a face means is decided in `faces`.

The edges are cut where they meet (`network`), every face is walked with its inside on
the left, and windings are handed from face to face across each piece.  The order of
nodes along edges and of edges around nodes is exact, so the walk can't go astray; that
all windings agree is checked on every piece all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minglu.common.graphs import find_predecessors, label_components, label_cycles
from minglu.common.parallel import together
from minglu.geo.tiling.arrangement.nesting import look_west
from minglu.geo.tiling.arrangement.planar_network import Network, Turns, before_due_west, build_network, find_turns
from minglu.geo.tiling.edge_cancellation import Residual

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Leftover edges with all their faces.  Cycles are numbered; each bounds one face on its left."""

    network: Network
    """Pieces that bound faces."""
    cancelled: Network
    """Pieces on which the walks cancel once the edges are cut: mismatches of vertices only."""
    turns: Turns
    cycle: Ints
    """The cycle of each half-edge."""
    component: Ints
    """The connected part each cycle belongs to."""
    outer: NDArray[np.bool_]
    """Whether a cycle runs around its part from outside."""
    inside: Ints
    """For an outer cycle: the cycle of the face that its part lies in, -1 for the open plane; else the cycle itself."""
    winding: Ints
    """Cover less expectation in the face on the left of each cycle."""
    sound: NDArray[np.bool_]
    """Whether all windings of the part agree; if not, its faces are undecided."""


def arrange(residual: Residual) -> Arrangement:
    """Cut the leftover edges, walk the faces, and find the winding of each."""
    whole = build_network(residual)
    network = whole.take(whole.weight != 0)
    turns, (part_of_node, westmost_node) = together(lambda: find_turns(network, residual), lambda: _parts(network))
    cycle, west = together(
        lambda: label_cycles(turns.following), lambda: look_west(network.xy[westmost_node], network, residual)
    )
    count = int(cycle.max(initial=-1)) + 1
    component = np.empty(count, np.int64)
    component[cycle] = part_of_node[turns.origin]
    around = cycle[before_due_west(westmost_node, turns, network, residual)]
    outer = np.zeros(count, bool)
    outer[around] = True
    winding, agree = _windings(network, cycle, around, west.winding)
    inside = np.arange(count)
    inside[around] = _containers(west.half_edges, cycle, outer, component, winding)
    nested = around[inside[around] >= 0]
    agree[nested] &= winding[nested] == winding[inside[nested]]
    sound = np.bincount(component, ~agree, minlength=len(around)) == 0
    return Arrangement(
        network=network,
        cancelled=whole.take(whole.weight == 0),
        turns=turns,
        cycle=cycle,
        component=component,
        outer=outer,
        inside=inside,
        winding=winding,
        sound=sound[component],
    )


def _parts(network: Network) -> tuple[Ints, Ints]:
    """Return the connected part of each node, and the westernmost node of each part.

    Nodes are numbered from west to east and a crossing is never the westernmost of its part.
    """
    nodes = len(network.xy)
    label = label_components(network.tail, network.head, nodes)
    used = np.zeros(nodes, bool)
    used[network.tail] = True
    west_to_east = np.flatnonzero(used)
    first = np.full(int(label.max(initial=-1)) + 1, nodes)
    first[label[west_to_east[::-1]]] = west_to_east[::-1]  # the last one written is the westernmost
    parts = np.flatnonzero(first < nodes)
    order = parts[np.argsort(first[parts])]
    number = np.full(len(first), -1)
    number[order] = np.arange(len(order))
    return number[label], first[order]


def _windings(network: Network, cycle: Ints, around: Ints, known: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Hand the known windings of outer cycles on across all pieces; say which cycles agree with all neighbours."""
    count = int(cycle.max(initial=-1)) + 1
    left, right = cycle[0::2], cycle[1::2]
    root = count
    rows = np.concatenate([left, right, np.full(len(around), root)])
    columns = np.concatenate([right, left, around])
    before = find_predecessors(rows, columns, root=root, count=count + 1)
    step = np.zeros(count + 1, np.int64)  # winding of each cycle less that of the one before it
    for one, other, rise in ((left, right, network.weight), (right, left, -network.weight)):
        there = before[one] == other
        step[one[there]] = rise[there]
    start = before[around] == root
    step[around[start]] = known[start]
    reached = before.copy()
    reached[reached < 0] = root
    while (reached != root).any():  # each round doubles how far back towards the root is added up
        step += step[reached]
        reached = reached[reached]
    winding = step[:count]
    wrong = winding[left] - winding[right] != network.weight
    agree = np.ones(count, bool)
    agree[left[wrong]] = False
    agree[right[wrong]] = False
    return winding, agree


def _containers(
    half_edges: list[list[int]], cycle: Ints, outer: NDArray[np.bool_], component: Ints, winding: Ints
) -> Ints:
    """Return for each part the cycle of the face it lies in, -1 for the open plane.

    The nearest piece to the west bounds that face, or is the outside of another part in
    the same face.  Where two pieces are nearer to each other than rounding, the winding decides.
    """
    own = np.full(len(half_edges), 0, np.int64)
    own[component[outer]] = winding[outer]
    container = np.full(len(half_edges), -1)
    for part, candidates in enumerate(half_edges):
        faces = [int(container[component[hit]]) if outer[hit] else int(hit) for hit in cycle[candidates].tolist()]
        fitting = [face for face in faces if (winding[face] if face >= 0 else 0) == own[part]]
        container[part] = next(iter(fitting or faces), -1)
    return container
