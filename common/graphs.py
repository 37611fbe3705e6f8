"""Graphs: connected components, disjoint sets, cycles, shortest paths, groups.

scipy's graphs take a third of a second to load, and a layer without fault never asks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from minglu.common.arrays import Integers

if TYPE_CHECKING:
    from scipy.cluster.hierarchy import DisjointSet

Ints = NDArray[np.int64]
Node = TypeVar("Node", bound=Hashable)


class Connect(Protocol):
    """How components are found: here, or by whatever holds a graph that is too large for one process."""

    def __call__(self, size: int, left: Integers, right: Integers, /) -> Integers:
        """Return for each node 0 .. size - 1 the smallest node of its component; `left` and `right` are the edges."""


def connect_here(size: int, left: Integers, right: Integers) -> Integers:
    """Return for each node 0 .. size - 1 the smallest node of its connected component."""
    label = label_components(left, right, size)
    smallest = np.full(label.max(initial=-1) + 1, size, dtype=np.int64)
    smallest[label[::-1]] = np.arange(size - 1, -1, -1)  # of several nodes with one label the last one put stays
    return smallest[label]


def disjoint_sets(links: Iterable[tuple[Node, Node]]) -> DisjointSet[Node]:
    """Return the sets of nodes that links join, as a disjoint-set structure; nodes without a link are not in it.

    >>> sets = disjoint_sets([("a", "b"), ("c", "d"), ("b", "e")])
    >>> sets.connected("a", "e"), sets.connected("a", "c")
    (True, False)
    """
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 -- as the module says

    sets: DisjointSet[Node] = DisjointSet()
    for one, other in links:
        sets.add(one)
        sets.add(other)
        sets.merge(one, other)
    return sets


def label_components(one: Integers, other: Integers, count: int) -> Ints:
    """Number the connected parts of `count` nodes that the links (one, other) join; the label of each node."""
    from scipy.sparse import coo_array  # noqa: PLC0415 -- as the module says
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    link = coo_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
    _, label = connected_components(link, directed=False)
    return np.asarray(label, np.int64)


def label_cycles(following: Ints) -> Ints:
    """Number the cycles of things of which each is followed by one, and follows one; the label of each thing."""
    from scipy.sparse import csr_array  # noqa: PLC0415 -- as the module says
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    count = len(following)
    link = csr_array((np.ones(count, bool), following, np.arange(count + 1)), shape=(count, count))
    _, label = connected_components(link, connection="strong")
    return np.asarray(label, np.int64)


def find_predecessors(one: Ints, other: Ints, *, root: int, count: int) -> Ints:
    """Return for each of `count` nodes the one before it on a shortest way from `root` along links one -> other.

    The root is its own predecessor, what can't be reached has a negative one.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 -- as the module says
    from scipy.sparse.csgraph import breadth_first_order  # noqa: PLC0415

    graph = csr_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
    _, found = breadth_first_order(graph, root, directed=True, return_predecessors=True)
    before: Ints = found.astype(np.int64)
    before[root] = root
    return before


def order_groups(group: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the order of rows by group, stable, and where each of the `count` groups begins (count + 1 places)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 -- as the module says

    rows = len(group)
    table = csr_array((np.arange(rows), (group, np.arange(rows))), shape=(count, max(rows, 1)))
    return table.data, table.indptr.astype(np.int64)
