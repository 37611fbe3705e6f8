"""Which of many boxes overlap: a join on square cells, each box in cells of about its own size.  No geometry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH_PAIRS = 1 << 17
"""Candidate pairs looked at together: what is worked out for them stays in the processor's cache."""

_FINEST = 2.0**-24  # cells are never smaller than this share of the whole extent, so that cell numbers stay small
_ROOM = 1.001  # a box is a little smaller than its cells: it reaches two of them a side at most, whatever the rounding
_COMMON = 0.95  # this share of the boxes fits into the finest cells; each further size costs a pass over all smaller


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The boxes in the cells of one size: first and last column and row of each box."""

    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Boxes entered into every cell they reach, sorted by cell."""

    key: Ints
    box: Ints


def box_pairs(low: Floats, high: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield every pair of overlapping or touching boxes once, in batches; corners `low` and `high`, (n, 2)."""
    if len(low) < 2:
        return
    origin = low.min(0)
    extent = float((high - origin).max())
    size = (high - low).max(1)
    finest = max(float(np.quantile(size, _COMMON)), extent * _FINEST)
    level = np.ceil(np.log2(np.maximum(size / finest, 1.0))).astype(np.int64)
    for step in np.flatnonzero(np.bincount(level)):
        side = finest * 2.0**step * _ROOM
        grid = _Grid(((low - origin) / side).astype(np.int64), ((high - origin) / side).astype(np.int64))
        large = _enter(grid, np.flatnonzero(level == step))
        small = _enter(grid, np.flatnonzero(level < step), only=large.key)
        for one, two in (*_among(grid, large), *_between(grid, small, large)):
            keep = ((low[one] <= high[two]) & (low[two] <= high[one])).all(1)
            yield one[keep], two[keep]


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
    order = np.argsort(key)
    return _Entries(key[order], box[order])


def _among(grid: _Grid, entries: _Entries) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of entries in one cell."""
    opens = np.flatnonzero(np.diff(entries.key, prepend=-1))
    ends = np.repeat(np.append(opens, len(entries.key))[1:], np.diff(np.append(opens, len(entries.key))))
    following = np.arange(1, len(entries.key) + 1)
    yield from _expand(grid, entries, following, ends - following, entries)


def _between(grid: _Grid, small: _Entries, large: _Entries) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of a smaller and a larger box in one cell."""
    begin = np.searchsorted(large.key, small.key)
    count = np.searchsorted(large.key, small.key, side="right") - begin
    yield from _expand(grid, small, begin, count, large)


def _expand(grid: _Grid, left: _Entries, begin: Ints, count: Ints, right: _Entries) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of each left entry with `count` right ones from `begin`, each only in the first cell both reach."""
    rows = np.flatnonzero(count)
    for batch in np.split(rows, np.flatnonzero(np.diff(np.cumsum(count[rows]) // BATCH_PAIRS)) + 1):
        times = count[batch]
        row = np.repeat(batch, times)
        step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        one, two = left.box[row], right.box[begin[row] + step]
        corner = np.maximum(grid.first[one], grid.first[two])
        here = left.key[row] == ((corner[:, 0] << 32) | corner[:, 1])
        yield one[here], two[here]
