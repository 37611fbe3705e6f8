"""Pieces of work side by side on the processors of this machine.  What they are is not known here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Piece = TypeVar("Piece")


class Spread(Protocol):
    """How pieces of work are spread over what there is to work with: threads, processes, machines."""

    def __call__(self, work: Callable[[int], T], starts: range, /) -> Iterator[T]:
        """Yield `work(start)` for each of `starts`, in their order."""


def over_threads(work: Callable[[Piece], T], pieces: Iterable[Piece], /) -> Iterator[T]:
    """Yield `work(piece)` for each piece, in their order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, pieces)


def together(first: Callable[[], Any], *others: Callable[[], Any]) -> list[Any]:
    """Return what each work returns, in their order; the first is done in this thread, the others beside it."""
    with ThreadPoolExecutor(len(others)) as pool:
        beside = [pool.submit(work) for work in others]
        return [first(), *(work.result() for work in beside)]
