"""Work on parts of an array at the same time; results come in the order of the parts, whatever finishes first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST_THREADS = 8
"""Beyond this, memory is the limit and not the processors."""

SLICE_ROWS = 4096


def map_parts(function: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """Yield `function(part)` for each part, in order; numpy and GEOS let other threads run meanwhile."""
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(function, parts)


def by_slices(function: Callable[..., NDArray[np.bool_]], *arrays: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Apply a row-wise test to slices of arrays of one length, and put the answers together."""
    count = len(arrays[0])
    if count <= SLICE_ROWS:
        return function(*arrays)
    slices = [slice(first, first + SLICE_ROWS) for first in range(0, count, SLICE_ROWS)]
    return np.concatenate(list(map_parts(lambda part: function(*(array[part] for array in arrays)), slices)))
