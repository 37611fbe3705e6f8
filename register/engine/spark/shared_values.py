"""One value that many workers read: laid into a file once, mapped by every process that needs it.

What is large in it (arrays of coded rows) is not copied when it is read: the workers of one machine share its pages.
"""

from __future__ import annotations

import mmap
import pickle
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ALIGNED = 64
"""Bytes: arrays want to start at a multiple of it."""
HEAD = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class SharedValue:
    """The place of a value that was laid down; small enough to travel with every task."""

    path: str

    def value(self) -> Any:
        """Return the value, read at most once in this process."""
        return _map_value(self.path, Path(self.path).stat().st_mtime_ns)


def share_value(value: object, path: Path) -> SharedValue:
    """Write `value` (picklable) so that its arrays can be mapped; the file is whole before it has its name."""
    arrays: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(pickled), *(one.raw() for one in arrays)]
    lengths = pickle.dumps([len(part) for part in parts])
    fresh = path.with_suffix(".partial")
    with fresh.open("wb") as file:
        file.write(HEAD.pack(len(lengths)) + lengths)
        for part in parts:
            file.seek(_round_up(file.tell()))
            file.write(part)
    fresh.replace(path)
    return SharedValue(str(path))


@lru_cache(maxsize=2)
def _map_value(path: str, _written_ns: int) -> Any:
    """Map a file, again if it was written again; what was read before the last two is let go of."""
    with Path(path).open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    end = HEAD.size + HEAD.unpack(whole[: HEAD.size])[0]
    parts = []
    for length in pickle.loads(whole[HEAD.size : end]):  # noqa: S301 - a file of this run, in a folder of its own
        start = _round_up(end)
        end = start + length
        parts.append(whole[start:end])
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301


def _round_up(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
