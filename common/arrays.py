"""Names for the kinds of numpy arrays that linkage passes around, and what is made of them by sorting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.integer[Any]]
Levels = NDArray[np.int8]
Numbers = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]
Codes = Mapping[str, Integers]
"""Columns of coded rows by their names."""


def distinct(values: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the sorted distinct values, for each value its place among them, and how often each occurs.

    Sorts: numpy's own `unique` hashes and is twenty times slower on tens of millions of values.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts, counts = runs(ordered)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.repeat(np.arange(len(starts)), counts)
    return ordered[starts], place, counts


def union(one: Integers, two: Integers) -> Integers:
    """Return the sorted distinct values of both; numpy's own `union1d` hashes, see `distinct`."""
    values = np.sort(np.concatenate([one, two]))
    return values[runs(values)[0]]


def stand_together(keys: Integers) -> tuple[Integers, Integers]:
    """Return the rows in an order in which equal keys stand together, and the keys cut to fit that purpose.

    Only for well-mixed 64-bit codes: the low bits make room for the row's number, so
    that a plain sort does the work, at less than half the time of sorting an index.
    Two different keys fall together once in some 10^12 pairs.
    """
    bits = max(len(keys) - 1, 1).bit_length()
    mask = np.int64((1 << bits) - 1)
    packed = (keys & ~mask) | np.arange(len(keys))
    packed.sort()
    return packed & mask, packed >> bits


def runs(ordered: Integers) -> tuple[Integers, Integers]:
    """Return where each run of equal values starts, and how long it is."""
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    return starts, np.diff(np.append(starts, len(ordered)))


def group_sizes(keys: Integers) -> Integers:
    """Return for each row how many rows have its key; for well-mixed 64-bit keys (see `stand_together`)."""
    order, cut = stand_together(keys)
    _, lengths = runs(cut)
    sizes = np.empty(len(keys), dtype=np.int32)
    sizes[order] = np.repeat(lengths, lengths)
    return sizes
