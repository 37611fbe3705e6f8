"""Batches through a function on several processes: bounded in memory, results in the order of the batches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pyarrow as pa

from minglu.register.engine.boundary import BatchFunction

AHEAD = 2  # batches a worker may have waiting: enough to keep it busy, few enough to bound memory


def map_batches(function: BatchFunction, batches: Iterable[pa.Table], *, workers: int) -> Iterator[pa.Table]:
    """Yield `function(batch)` for every batch, in order; `workers` = 1 stays in this process.

    The first batch alone decides: if no second one comes, starting processes would only
    cost time.  `function` must be picklable; an error in a worker is raised here as it is.
    Raises MemoryError where a worker was killed: nothing but a lack of memory does that unasked.
    """
    stream = iter(batches)
    first = next(stream, None)
    second = next(stream, None)
    head = [batch for batch in (first, second) if batch is not None]
    if workers == 1 or second is None:
        yield from map(function, _chain(head, stream))
        return
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_follow_parent) as pool:
            yield from _submitted(pool, function, _chain(head, stream), most=AHEAD * workers)
    except BrokenProcessPool as problem:
        raise MemoryError from problem


def _submitted(
    pool: ProcessPoolExecutor, function: BatchFunction, batches: Iterable[pa.Table], *, most: int
) -> Iterator[pa.Table]:
    """Yield the results in the order of the batches, `most` of them under way at a time."""
    waiting: deque[Future[pa.Table]] = deque()
    for batch in batches:
        waiting.append(pool.submit(function, batch))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _follow_parent() -> None:
    """Let a worker end with the run, and by nothing else.

    One whose parent was killed would wait for work for ever; one that heard Ctrl-C itself would print a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _chain(head: list[pa.Table], rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give back what was looked at, letting go of each batch once it is given."""
    while head:
        yield head.pop(0)
    yield from rest
