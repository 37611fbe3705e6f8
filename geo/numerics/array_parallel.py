"""Work on parts of an array at the same time; results come in the order of the parts, whatever finishes first."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
Other = TypeVar("Other")

MOST_THREADS = 8
"""Beyond this, memory is the limit and not the processors."""


def map_parts(function: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """Yield `function(part)` for each part, in order; numpy and GEOS let other threads run meanwhile.

    Parts are asked for as they are needed: at most two for each thread are there at once.
    """
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future[Result]] = deque()
        for part in parts:
            pending.append(pool.submit(function, part))
            if len(pending) >= 2 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the same parts, none of which is None; the next one is made while this one is worked on."""
    coming = iter(parts)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, coming, None)
        while (part := waiting.result()) is not None:
            waiting = pool.submit(next, coming, None)
            yield part


def both(one: Callable[[], Result], other: Callable[[], Other]) -> tuple[Result, Other]:
    """Return what two functions return that run at the same time."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other)
        return one(), waiting.result()
