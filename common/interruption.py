"""Ctrl-C: asked once, obeyed at once, never mistaken for another failure."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
"""Exit code of a command that somebody interrupted: 128 + SIGINT."""
_requested, _published = threading.Event(), threading.Event()


def request_interruption() -> None:
    """Note that somebody pressed Ctrl-C; what fails from now on fails because of that."""
    _requested.set()


def is_interrupted() -> bool:
    """Return whether somebody pressed Ctrl-C."""
    return _requested.is_set()


def note_published() -> None:
    """Note that a result has taken its place, so that nobody says afterwards that nothing was changed."""
    _published.set()


def is_published() -> bool:
    """Return whether a result of this process is in its place already."""
    return _published.is_set()


@contextmanager
def spared_from_interruption() -> Iterator[None]:
    """Let processes that are started inside never get Ctrl-C: their parent does, and ends them.

    The terminal sends it to all, and one that still loads its libraries would print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
