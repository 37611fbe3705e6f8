"""Parquet as minglu writes it: page checksums, fixed row groups, bytes that depend on the content alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 100_000


def write_parquet(
    path: Path, batches: Iterable[pa.Table], schema: pa.Schema, *, group_rows: int = ROW_GROUP_ROWS
) -> int:
    """Write `batches` one behind the other as row groups of a fixed size; return the row count."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        waiting = schema.empty_table()
        for batch in batches:
            waiting = pa.concat_tables([waiting, batch.select(schema.names).cast(schema)])
            while waiting.num_rows >= group_rows:
                writer.write_table(waiting.slice(0, group_rows).combine_chunks(), row_group_size=group_rows)
                rows += group_rows
                waiting = waiting.slice(group_rows)
        if waiting.num_rows or not rows:
            writer.write_table(waiting.combine_chunks(), row_group_size=group_rows)
            rows += waiting.num_rows
    return rows


def read_parquet(path: Path, columns: Sequence[str] | None = None, where: pc.Expression | None = None) -> pa.Table:
    """Read one of our own tables, or some of its columns or rows, every page checked against its checksum."""
    return pq.read_table(path, columns=columns, filters=where, page_checksum_verification=True)


def read_pieces(path: Path, columns: Sequence[str], first: int = 0) -> Iterator[pa.Table]:
    """Yield some columns of one of our own tables from row `first` on, a row group at a time, checked as above."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for number in range(file.num_row_groups):
            rows = file.metadata.row_group(number).num_rows
            if first < rows:
                yield file.read_row_group(number, columns).slice(first)
            first = max(0, first - rows)


def count_rows(path: Path) -> int:
    """Return how many rows one of our own tables has."""
    rows: int = pq.read_metadata(path).num_rows
    return rows
