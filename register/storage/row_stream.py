"""Rows that are too many to be held: read piece by piece, every time they are gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

PIECE_ROWS = 20_000
"""Most rows of a piece: some 10 MB of a register's texts."""

Read = Callable[[Sequence[str], int], Iterator[pa.Table]]
"""Columns wanted and number of the first row wanted -> tables that follow each other."""


@dataclass(frozen=True)
class Stream:
    """A table that is read while it is gone through; what it gives depends on nothing but its source."""

    schema: pa.Schema
    num_rows: int
    read: Read
    first: int = 0
    """The row of the source at which this part of it begins."""

    def select(self, columns: Sequence[str]) -> Stream:
        """Return the same rows with some of their columns, in that order."""
        schema = pa.schema([self.schema.field(name) for name in columns])
        return Stream(schema, self.num_rows, self.read, self.first)

    def slice(self, first: int, length: int) -> Stream:
        """Return `length` rows from row `first` on, or as many as there are."""
        rows = max(0, min(length, self.num_rows - first))
        return Stream(self.schema, rows, self.read, self.first + first)

    def pieces(self) -> Iterator[pa.Table]:
        """Yield the rows as tables of at most PIECE_ROWS rows."""
        left = self.num_rows
        for table in self.read(self.schema.names, self.first) if left else ():
            for start in range(0, min(table.num_rows, left), PIECE_ROWS):
                yield table.slice(start, min(PIECE_ROWS, left - start))
            left -= min(table.num_rows, left)
            if not left:
                return


def streamed(rows: pa.Table | Stream) -> Stream:
    """Return rows as a stream, whether they are in memory or not."""
    if isinstance(rows, Stream):
        return rows
    return Stream(rows.schema, rows.num_rows, lambda columns, first: iter([rows.select(columns).slice(first)]))
