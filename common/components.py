"""What hangs together by links: connected components.  What may be linked is not known here."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from minglu.common.arrays import Integers


class Connect(Protocol):
    """How components are found: here, or by whatever holds a graph that is too large for one process."""

    def __call__(self, size: int, left: Integers, right: Integers, /) -> Integers:
        """Return for each node 0 .. size - 1 the smallest node of its component; `left` and `right` are the edges."""


def connect_here(size: int, left: Integers, right: Integers) -> Integers:
    """Return for each node 0 .. size - 1 the smallest node of its connected component."""
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    smallest[label[::-1]] = np.arange(size - 1, -1, -1)  # of several nodes with one label the last one put stays
    return smallest[label]
