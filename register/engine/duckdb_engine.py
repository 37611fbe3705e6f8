"""The default engine: DuckDB inside the process, spilling to disk, without network or extensions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from minglu.common.arrays import Integers
from minglu.common.graphs import connect_here
from minglu.common.rows_watched import rows_done
from minglu.errors import OutputError
from minglu.register.engine.boundary import BatchFunction
from minglu.register.engine.parquet_files import write_parquet
from minglu.register.engine.worker_pool import Workers

BATCH_ROWS = 100_000  # a batch of cleaned entries stays near 100 MB
UNNAMED = "result_without_a_name"
MEMORY_SHARE = "40%"
"""What DuckDB may take before it spills (80 % by default): Arrow tables lie beside, of which it knows nothing."""
T = TypeVar("T")


@contextmanager
def _plainly() -> Iterator[None]:
    """Translate DuckDB's errors into Python's own: no memory (MemoryError), no room to spill (OutputError)."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise MemoryError from error
    except duckdb.IOException as error:
        raise OutputError(
            en="The working files of the run can't be written. Nothing was changed. "
            "Free room on the disk that holds --out, or name a folder on another one.",
            zh="运行中的临时文件无法写入。原有结果未改动。请在 --out 所在磁盘释放空间，或指定其他磁盘上的文件夹。",
        ) from error


class EmbeddedEngine:
    """`Engine` on one machine; see the boundary for what each method promises.

    What comes as Arrow stays Arrow: queries read it where it lies.  Taking a wide table into DuckDB costs as much
    as cleaning it did, and most tables are read once.  What a query makes is a table of DuckDB's own, which spills.
    """

    @_plainly()
    def __init__(self, *, workspace: Path, threads: int | None = None) -> None:
        threads = threads or os.cpu_count() or 1
        self._threads = threads
        self._workers = Workers(threads, folder=workspace / "spill")
        self._held: dict[str, pa.Table] = {}
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "temp_directory": str(workspace / "spill"),
                "threads": threads,
                "memory_limit": MEMORY_SHARE,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "enable_external_access": True,
                "preserve_insertion_order": False,
                "python_enable_replacements": False,
            },
        )

    @_plainly()
    def put(self, name: str, table: pa.Table) -> None:
        self.drop(name)
        self._connection.register(name, table)
        self._held[name] = table

    @_plainly()
    def get(self, name: str, *, order_by: str) -> pa.Table:
        return self._connection.sql(f"SELECT * FROM {name} ORDER BY {order_by}").to_arrow_table()

    @_plainly()
    def save(self, name: str, path: Path, *, order_by: str, schema: pa.Schema) -> int:
        columns = ", ".join(f'"{column}"' for column in schema.names)
        query = f"SELECT {columns} FROM {name} ORDER BY {order_by}"
        reader = self._connection.sql(query).to_arrow_reader(BATCH_ROWS)
        return write_parquet(path, (pa.Table.from_batches([batch]) for batch in reader), schema)

    @_plainly()
    def count(self, name: str) -> int:
        (found,) = self._connection.execute(f"SELECT count(*) FROM {name}").fetchall()
        return int(found[0])

    @_plainly()
    def sql(self, name: str, query: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TABLE {UNNAMED} AS {query}")
        self.drop(name)  # only now: the query may have read the table whose name it takes
        self._connection.execute(f"ALTER TABLE {UNNAMED} RENAME TO {name}")

    @_plainly()
    def map(self, name: str, function: BatchFunction, source: str, *, heavy: bool = False, order_by: str = "") -> None:
        with self._batches(source, order_by) as batches:
            made = list(self._workers.map(function, batches, here=heavy))
        self.put(name, pa.concat_tables(made))

    def flow(self, function: BatchFunction, source: str, *, order_by: str) -> Iterator[pa.Table]:
        with _plainly(), self._reading(source) as reading:
            reader = reading.sql(f"SELECT * FROM {source} ORDER BY {order_by}").to_arrow_reader(BATCH_ROWS)
            yield from self._workers.map(function, _tables(reader))

    @_plainly()
    def map_groups(self, name: str, function: BatchFunction, source: str, *, by: str) -> None:
        table = self.get(source, order_by=by)
        made = self._workers.map(function, _groups(table, by), here=table.num_rows <= BATCH_ROWS)
        self.put(name, pa.concat_tables(list(made)))

    @contextmanager
    def _batches(self, source: str, order_by: str) -> Iterator[Iterator[pa.Table]]:
        """Open a table batch by batch; an empty one is one empty batch, to keep the columns."""
        if source in self._held and not order_by:
            table = self._held[source]
            starts = range(0, max(table.num_rows, 1), BATCH_ROWS)
            yield _watched((table.slice(start, BATCH_ROWS).combine_chunks() for start in starts), table.num_rows)
            return
        with self._reading(source) as reading:
            order = f" ORDER BY {order_by}" if order_by else ""
            batches = _tables(reading.sql(f"SELECT * FROM {source}{order}").to_arrow_reader(BATCH_ROWS))
            yield _watched(batches, self.count(source))

    @contextmanager
    def _reading(self, source: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a cursor that sees a table, also one that is held outside the database."""
        with self._connection.cursor() as reading:
            if source in self._held:
                reading.register(source, self._held[source])
            yield reading

    def spread(self, work: Callable[[int], T], starts: range) -> Iterator[T]:
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(work, starts)

    def components(self, size: int, left: Integers, right: Integers) -> Integers:
        return connect_here(size, left, right)

    @_plainly()
    def drop(self, *names: str) -> None:
        for name in names:
            if self._held.pop(name, None) is not None:
                self._connection.unregister(name)
            else:
                self._connection.execute(f"DROP TABLE IF EXISTS {name}")

    def close(self) -> None:
        self._workers.close()
        self._connection.close()


def _tables(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield what a query finds batch by batch; one empty table where it finds nothing, to keep the columns."""
    batch = None
    for batch in reader:
        yield pa.Table.from_batches([batch])
    if batch is None:
        yield reader.schema.empty_table()


def _watched(batches: Iterator[pa.Table], whole: int) -> Iterator[pa.Table]:
    """Yield the batches of a table of `whole` rows, saying of each that it was taken up."""
    for batch in batches:
        rows_done(batch.num_rows, whole)
        yield batch


def _groups(table: pa.Table, by: str) -> list[pa.Table]:
    """Cut a table sorted by `by` into its groups; an empty table is one empty group, to keep the columns."""
    if table.num_rows == 0:
        return [table]
    values = table.column(by).combine_chunks().dictionary_encode().indices.to_numpy()
    starts = np.flatnonzero(np.diff(values, prepend=-1))
    ends = np.append(starts[1:], len(values))
    return [table.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]
