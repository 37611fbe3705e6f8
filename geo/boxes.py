"""Which of many boxes overlap: a join on square cells, each box in cells of about its own size.  No geometry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH_PAIRS = 2_000_000
"""Candidate pairs looked at together: bounds the memory, not the result."""

_FINEST = 2.0**-24  # cells are never smaller than this share of the whole extent, so that cell numbers stay small
_ROOM = 1.001  # a box is a little smaller than its cells: it reaches two of them a side at most, whatever the rounding


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The boxes in the cells of one size: first and last column and row of each box."""

    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Boxes entered into every cell they reach: cell key, box."""

    key: Ints
    box: Ints


def box_pairs(low: Floats, high: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield every pair of overlapping or touching boxes once, in batches; corners `low` and `high`, (n, 2)."""
    if len(low) < 2:
        return
    origin = low.min(0)
    extent = float((high - origin).max())
    size = (high - low).max(1)
    finest = max(float(np.median(size)), extent * _FINEST)
    level = np.ceil(np.log2(np.maximum(size / finest, 1.0))).astype(np.int64)
    for step in np.unique(level):
        side = finest * 2.0**step * _ROOM
        grid = _Grid(((low - origin) / side).astype(np.int64), ((high - origin) / side).astype(np.int64))
        large = _enter(grid, np.flatnonzero(level == step))
        order = np.argsort(large.key, kind="stable")
        large = _Entries(large.key[order], large.box[order])
        small = _enter(grid, np.flatnonzero(level <= step))
        for one, two in _meet(grid, small, large):
            keep = (level[one] < step) | (one < two)
            keep &= ((low[one] <= high[two]) & (low[two] <= high[one])).all(1)
            yield one[keep], two[keep]


def _enter(grid: _Grid, boxes: Ints) -> _Entries:
    first, last = grid.first[boxes], grid.last[boxes]
    keys, entered = [], []
    for right in (0, 1):
        for up in (0, 1):
            reaches = (first[:, 0] + right <= last[:, 0]) & (first[:, 1] + up <= last[:, 1])
            keys.append(((first[reaches, 0] + right) << 32) | (first[reaches, 1] + up))
            entered.append(boxes[reaches])
    return _Entries(np.concatenate(keys), np.concatenate(entered))


def _meet(grid: _Grid, small: _Entries, large: _Entries) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs that share a cell, each only in the first cell that both reach."""
    begin = np.searchsorted(large.key, small.key)
    count = np.searchsorted(large.key, small.key, side="right") - begin
    rows = np.flatnonzero(count)
    for batch in np.split(rows, np.flatnonzero(np.diff(np.cumsum(count[rows]) // BATCH_PAIRS)) + 1):
        times = count[batch]
        row = np.repeat(batch, times)
        step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        one, two = small.box[row], large.box[begin[row] + step]
        corner = np.maximum(grid.first[one], grid.first[two])
        here = small.key[row] == ((corner[:, 0] << 32) | corner[:, 1])
        yield one[here], two[here]
