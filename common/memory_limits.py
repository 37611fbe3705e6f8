"""Memory: is there enough to begin, and did a failure come from a lack of memory or of disk space?

Libraries of linear algebra and geometry end the whole process where an allocation fails while they
load, some with an exit code that would mean "findings": so a limit that can't be kept is refused first.
"""

from __future__ import annotations

import errno
import os

from minglu.errors import ShortageError

LIBRARIES_BYTES = 2600 << 20
"""Address space, not memory in use: a run over a small county reserves 2.8 GB and uses 0.4 on two processors."""
PROCESSOR_BYTES = 100 << 20
"""What thread pools reserve for each processor."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
SHORTAGE_WORDS = (
    "cannot allocate memory",
    "failed to map segment",
    "bad_alloc",
    "can't start new thread",
    "temporarily unavailable",
)


def require_memory() -> None:
    """Raise ShortageError where a limit on this process (`ulimit -v`) leaves no room to load the libraries."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    wanted = LIBRARIES_BYTES + PROCESSOR_BYTES * (os.cpu_count() or 1)
    if limit == resource.RLIM_INFINITY or limit >= wanted:
        return
    found, needed = round(limit / 1e6), round(wanted / 1e6)
    raise ShortageError(
        en=f"Memory: this process is limited to {found:,} MB of address space (ulimit -v); expected {needed:,} MB "
        "at least. Nothing was changed. Raise the limit.",
        zh=f"内存不足：本进程的地址空间限制为 {found:,} MB（ulimit -v），至少需要 {needed:,} MB。"
        "未改动任何结果。请放宽限制。",
    )


def shortage(error: Exception) -> ShortageError | None:
    """Return the error to report where `error` means that memory or room ran out, else None."""
    if is_shortage(error):
        return ShortageError.of_memory()
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return ShortageError.of_room(str(error.filename or "OUT"))
    if type(error).__name__ == "FileCreateError":  # xlsxwriter's word for it, which is no OSError
        return ShortageError.of_room("OUT")
    return None


def is_shortage(error: Exception) -> bool:
    """Return whether `error` is a library's way of reporting that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return any(word in str(error).lower() for word in SHORTAGE_WORDS)
