"""A lock that the operating system takes back when its holder dies: no stale lock files, no clock.

The file itself stays and means nothing; only the lock on it counts.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_S = 0.2

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Take the lock if it is free."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Take the lock if it is free."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held(path: Path, *, when_busy: Callable[[], None]) -> Iterator[int]:
    """Hold the lock on `path`; say so once, through `when_busy`, if it must be waited for.

    Yields the descriptor.  A child process that inherits it keeps the lock even if this
    process is killed: an orphaned pip that still writes keeps the next run waiting.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not try_lock(descriptor):
            when_busy()
            while not try_lock(descriptor):
                time.sleep(PAUSE_S)
        yield descriptor
    finally:
        os.close(descriptor)
