"""The order of the rows of large arrays by several columns, quickly."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from minglu.common.parallel import together

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LONG = 1 << 19
"""Rows from which on two threads sort faster than one."""

SAMPLE = 1001
"""Rows looked at to find a value near the middle."""


def order_rows(*columns: Floats | Ints) -> Ints:
    """Return the order of rows by the first column, then the second ...; rows equal in all have no fixed order.

    Most rows differ in the first column or in none: one fast sort by it, and a slow one only of the other ties.
    """
    order = order_column(columns[0])
    ranked = [column[order] for column in columns]
    tie = ranked[0][1:] == ranked[0][:-1]
    differs = np.zeros(len(tie), bool)
    for column in ranked[1:]:
        differs |= column[1:] != column[:-1]
    run = np.cumsum(np.append(True, ~tie)) - 1
    mixed = np.zeros(len(order) + 1, bool)
    mixed[run[1:][tie & differs]] = True
    rows = np.flatnonzero(mixed[run])
    if len(rows):
        order[rows] = order[rows][np.lexsort([column[rows] for column in reversed(ranked)])]
    return order


def order_column(column: Floats | Ints, *, stable: bool = False) -> Ints:
    """Return the order of one column; equal values keep theirs if `stable`, else they have no fixed one.

    The lower and the upper half of a long column are sorted at the same time.
    """
    sort = partial(np.argsort, kind="stable" if stable else None)
    if len(column) < LONG:
        return sort(column)
    below = column < np.median(column[:: len(column) // SAMPLE])
    low, high = np.flatnonzero(below), np.flatnonzero(~below)
    return np.concatenate(together(lambda: low[sort(column[low])], lambda: high[sort(column[high])]))


def distinct_points(xy: Floats) -> tuple[Floats, Ints]:
    """Return the distinct points of `xy`, (n, 2), by x and then y, and for each given point its position among them."""
    order = order_rows(xy[:, 0], xy[:, 1])
    ranked = xy[order]
    new = np.ones(len(xy), bool)
    new[1:] = (ranked[1:] != ranked[:-1]).any(1)
    position = np.empty(len(xy), np.int64)
    position[order] = np.cumsum(new) - 1
    return ranked[new], position
