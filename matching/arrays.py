"""Names for the kinds of numpy arrays that linkage passes around, and two sorts made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Levels = NDArray[np.int8]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def distinct(values: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the sorted distinct values, for each value its place among them, and how often each occurs.

    Sorts: numpy's own `unique` hashes and is twenty times slower on tens of millions of values.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    return ordered[starts], place, np.diff(np.append(starts, len(values)))


def group_sizes(values: Integers) -> Integers:
    """Return for each value how often it occurs."""
    _, place, counts = distinct(values)
    return counts[place]
