"""The engine boundary: what a pipeline may ask of whatever moves its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

from minglu.common.arrays import Integers
from minglu.errors import UsageError

BatchFunction = Callable[[pa.Table], pa.Table]
T = TypeVar("T")


class Engine(Protocol):
    """Named tables, and the few ways to make one from another.

    SQL stays inside what DuckDB and Spark both understand: joins, aggregates, window
    functions, `coalesce`, `case`, no dialect functions on text.  Nothing here knows
    what a column means.
    """

    def put(self, name: str, table: pa.Table) -> None:
        """Register an in-memory table under `name`, replacing what was there."""

    def get(self, name: str, *, order_by: str) -> pa.Table:
        """Fetch a named table in a stated order: an unordered fetch is never deterministic."""

    def save(self, name: str, path: Path, *, order_by: str, schema: pa.Schema) -> int:
        """Write the columns of `schema` as Parquet with page checksums, in a stated order; return the row count.

        The bytes depend on the content alone: row groups have a fixed size.
        """

    def count(self, name: str) -> int:
        """Count the rows of a named table."""

    def sql(self, name: str, query: str) -> None:
        """Make the table `name` from a query over named tables."""

    def map(self, name: str, function: BatchFunction, source: str, *, heavy: bool = False, order_by: str = "") -> None:
        """Make `name` by giving `source` to `function` batch by batch, in no promised order unless one is stated.

        Batches may go to other processes: `function` must be picklable (a module-level function or a
        `partial` of one), and must not depend on which rows share its batch.  `heavy` says that it holds
        so much (a layer, an index) that taking it to other processes would cost more than it saves.
        An order can make it quicker, where it remembers something from batch to batch; it changes no row.
        """

    def flow(self, function: BatchFunction, source: str, *, order_by: str) -> Iterator[pa.Table]:
        """Yield `function(batch)` for the batches of `source` in a stated order, keeping none of them: see `map`.

        For a step that needs all rows at once, in a form of its own: nothing then holds them twice.
        """

    def map_groups(self, name: str, function: BatchFunction, source: str, *, by: str) -> None:
        """Make `name` by giving each group of `source` with one value of `by`, whole, to `function`.

        Groups may go to other processes, as batches do.
        """

    def spread(self, work: Callable[[int], T], starts: range) -> Iterator[T]:
        """Yield `work(start)` for each of `starts`, in their order; pieces are worked on side by side.

        For work that holds what all pieces read, and brings it along once.  It may go to other processes, and
        must be picklable, as its results.
        """

    def components(self, size: int, left: Integers, right: Integers) -> Integers:
        """Return for each node 0 .. size - 1 of a graph with these edges the smallest node of its component.

        A graph that is too large for one process may be gone through in rounds of joins.
        """

    def drop(self, *names: str) -> None:
        """Forget named tables and give their space back."""

    def close(self) -> None:
        """Release everything."""


def open_engine(kind: str, *, workspace: Path, threads: int | None = None, master: str | None = None) -> Engine:
    """Open the engine called `kind`, spilling into `workspace`; only Spark has a `master`.

    Raises UsageError for an engine that does not exist or is not installed.
    """
    if kind == "duckdb":
        from minglu.register.engine.duckdb_engine import EmbeddedEngine  # noqa: PLC0415

        if master is not None:
            raise UsageError(
                en="--spark-master goes with --engine spark only. Add that, or leave it out.",
                zh="--spark-master 只能与 --engine spark 一起使用。请补上，或不写。",
            )
        return EmbeddedEngine(workspace=workspace, threads=threads)
    if kind == "spark":
        from minglu.register.engine.spark.spark_engine import SparkEngine  # noqa: PLC0415

        return SparkEngine(workspace=workspace, threads=threads, master=master)
    raise UsageError(
        en=f"--engine: found {kind!r}, expected duckdb or spark. Leave the option out to use duckdb.",
        zh=f"--engine：得到 {kind!r}，应为 duckdb 或 spark。不写该选项即使用 duckdb。",
    )
