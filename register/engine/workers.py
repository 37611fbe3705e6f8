"""Batches through a function on several processes: bounded in memory, results in the order of the batches."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pyarrow as pa

from minglu.register.engine.boundary import BatchFunction

AHEAD = 2  # batches a worker may have waiting: enough to keep it busy, few enough to bound memory


def map_batches(function: BatchFunction, batches: Iterable[pa.Table], *, workers: int) -> Iterator[pa.Table]:
    """Yield `function(batch)` for every batch, in order; `workers` = 1 stays in this process.

    The first batch alone decides: if no second one comes, starting processes would only
    cost time.  `function` must be picklable; an error in a worker is raised here as it is.
    """
    stream = iter(batches)
    first = next(stream, None)
    second = next(stream, None)
    head = [batch for batch in (first, second) if batch is not None]
    if workers == 1 or second is None:
        yield from map(function, _chain(head, stream))
        return
    waiting: deque[Future[pa.Table]] = deque()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for batch in _chain(head, stream):
            waiting.append(pool.submit(function, batch))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _chain(head: list[pa.Table], rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give back what was looked at, letting go of each batch once it is given."""
    while head:
        yield head.pop(0)
    yield from rest
