"""Pieces of work side by side on the processors of this machine; their results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Piece = TypeVar("Piece")
MOST_THREADS = 8
"""Beyond this, memory is the limit and not the processors."""


class Spread(Protocol):
    """How pieces of work are spread over what there is to work with: threads, processes, machines."""

    def __call__(self, work: Callable[[int], T], starts: range, /) -> Iterator[T]:
        """Yield `work(start)` for each of `starts`, in their order."""


def over_threads(work: Callable[[Piece], T], pieces: Iterable[Piece], /) -> Iterator[T]:
    """Yield `work(piece)` for each piece, in their order; numpy and GEOS let other threads run meanwhile.

    Pieces are asked for as they are needed: at most two for each thread are there at once.
    """
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future[T]] = deque()
        for piece in pieces:
            pending.append(pool.submit(work, piece))
            if len(pending) >= 2 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def prefetch(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the same pieces, none of which is None; the next one is made while this one is worked on."""
    coming = iter(pieces)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, coming, None)
        while (piece := waiting.result()) is not None:
            waiting = pool.submit(next, coming, None)
            yield piece


def together(first: Callable[[], Any], *others: Callable[[], Any]) -> list[Any]:
    """Return what each work returns, in their order; the first is done in this thread, the others beside it."""
    with ThreadPoolExecutor(len(others)) as pool:
        beside = [pool.submit(work) for work in others]
        return [first(), *(work.result() for work in beside)]
