"""Row counts of the running step, reported by the engine and read by the progress display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int], None]
"""Called with the rows of one batch and the rows of the whole table."""

_watcher: ContextVar[Watcher | None] = ContextVar("rows_watched", default=None)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Have `watcher` called for every batch that is taken up inside the context."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def rows_done(rows: int, whole: int) -> None:
    """Report that a batch of `rows` rows of a table of `whole` rows was taken up."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(rows, whole)
