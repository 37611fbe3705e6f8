"""Which of many boxes overlap: a join on square cells, each box in cells of about its own size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from minglu.common.parallel import over_threads
from minglu.geo.numerics.sorting import order_column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH_PAIRS = 1 << 17
"""Candidate pairs looked at together: what is worked out for them stays in the processor's cache."""

_FINEST = 2.0**-24  # cells are never smaller than this share of the whole extent, so that cell numbers stay small
_ROOM = 1.001  # a box is a little smaller than its cells: it reaches two of them a side at most, whatever the rounding
_COMMON = 0.95  # this share of the boxes fits into the finest cells; each further size costs a pass over all smaller


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The boxes in the cells of one size: their corners, and first and last column and row of each box."""

    low: Floats
    high: Floats
    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Boxes entered into every cell they reach, sorted by cell."""

    key: Ints
    box: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Entries on the left at `rows`, each with the `count` ones on the right from `begin` on."""

    left: _Entries
    rows: Ints
    begin: Ints
    count: Ints
    right: _Entries


def box_pairs(low: Floats, high: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield every pair of overlapping or touching boxes once, the smaller number first, in batches; corners (n, 2)."""
    if len(low) < 2:
        return
    origin = low.min(0)
    extent = float((high - origin).max())
    size = (high - low).max(1)
    finest = max(float(np.quantile(size, _COMMON)), extent * _FINEST) or 1.0  # all boxes may be one point
    level = np.ceil(np.log2(np.maximum(size / finest, 1.0))).astype(np.int64)
    for step in np.flatnonzero(np.bincount(level)):
        side = finest * 2.0**step * _ROOM
        cells = (((corners - origin) / side).astype(np.int64) for corners in (low, high))
        grid = _Grid(low, high, *cells)
        large = _enter(grid, np.flatnonzero(level == step))
        small = _enter(grid, np.flatnonzero(level < step), only=large.key)
        yield from over_threads(partial(_pairs, grid), chain(_among(large), _between(small, large)))


def _enter(grid: _Grid, boxes: Ints, *, only: Ints | None = None) -> _Entries:
    """Enter boxes into their cells; with `only`, into these cells alone."""
    first, last = grid.first[boxes], grid.last[boxes]
    keys, entered = [], []
    for right in (0, 1):
        for up in (0, 1):
            reaches = np.flatnonzero((first[:, 0] + right <= last[:, 0]) & (first[:, 1] + up <= last[:, 1]))
            key = ((first[reaches, 0] + right) << 32) | (first[reaches, 1] + up)
            if only is not None:
                wanted = only[np.minimum(np.searchsorted(only, key), len(only) - 1)] == key
                key, reaches = key[wanted], reaches[wanted]
            keys.append(key)
            entered.append(boxes[reaches])
    key, box = np.concatenate(keys), np.concatenate(entered)
    order = order_column(key, stable=True)
    return _Entries(key[order], box[order])


def _among(entries: _Entries) -> Iterator[_Batch]:
    """Yield the entries of one cell with each other."""
    opens = np.flatnonzero(np.diff(entries.key, prepend=-1))
    ends = np.repeat(np.append(opens, len(entries.key))[1:], np.diff(np.append(opens, len(entries.key))))
    following = np.arange(1, len(entries.key) + 1)
    yield from _batches(entries, following, ends - following, entries)


def _between(small: _Entries, large: _Entries) -> Iterator[_Batch]:
    """Yield the smaller boxes with the larger ones of one cell."""
    begin = np.searchsorted(large.key, small.key)
    count = np.searchsorted(large.key, small.key, side="right") - begin
    yield from _batches(small, begin, count, large)


def _batches(left: _Entries, begin: Ints, count: Ints, right: _Entries) -> Iterator[_Batch]:
    rows = np.flatnonzero(count)
    for some in np.split(rows, np.flatnonzero(np.diff(np.cumsum(count[rows]) // BATCH_PAIRS)) + 1):
        yield _Batch(left, some, begin[some], count[some], right)


def _pairs(grid: _Grid, batch: _Batch) -> tuple[Ints, Ints]:
    """Return the pairs of a batch that overlap, each only in the first cell that both boxes reach."""
    row = np.repeat(batch.rows, batch.count)
    step = np.arange(len(row)) - np.repeat(np.cumsum(batch.count) - batch.count, batch.count)
    one, two = batch.left.box[row], batch.right.box[np.repeat(batch.begin, batch.count) + step]
    corner = np.maximum(grid.first[one], grid.first[two])
    here = batch.left.key[row] == ((corner[:, 0] << 32) | corner[:, 1])
    one, two = np.minimum(one, two)[here], np.maximum(one, two)[here]
    keep = ((grid.low[one] <= grid.high[two]) & (grid.low[two] <= grid.high[one])).all(1)
    return one[keep], two[keep]
