"""Merged cells of a list's rows filled as a person sees them: every row of a range has the value of its first one.

Only ranges over several rows are filled, and only in rows that have content of their own: a note
merged over ten blank rows is one note.  A range across columns keeps its value in its first column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from minglu.register.sources.text_files.csv_records import RECORDS


class MergedCells:
    """The ranges of one sheet below its header, and how many cells they filled so far."""

    def __init__(self, ranges: Iterable[tuple[int, int, int]], header_row: int) -> None:
        """Keep the ranges (first row, last row, column from 0) that begin below `header_row`."""
        self.filled = 0
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for top, bottom, column in ranges:
            if top > header_row and column >= 0:
                self._starts.setdefault(top, []).append((bottom, column))
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the batches, RECORDS, with the cells of merged ranges filled."""
        for batch in batches:
            yield self._fill_batch(batch) if self._starts else batch

    def _fill_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        numbers, cells = batch.column("row").to_pylist(), batch.column("cells").to_pylist()
        for number, row in zip(numbers, cells, strict=True):
            for bottom, column in self._starts.get(number, ()):
                self._open[column] = (bottom, row[column] if column < len(row) else "")
            self._fill_row(number, row)
        return pa.RecordBatch.from_arrays(
            [batch.column("row"), pa.array(cells, RECORDS.field("cells").type)], schema=RECORDS
        )

    def _fill_row(self, number: int, row: list[str]) -> None:
        if not any(cell.strip() for cell in row):
            return
        for column, (bottom, text) in list(self._open.items()):
            if number > bottom:
                del self._open[column]
            elif text and column < len(row) and not row[column].strip():
                row[column] = text
                self.filled += 1
