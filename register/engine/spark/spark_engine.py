"""`Engine` on Spark; see the boundary for what each method promises.

Every table is a folder of Parquet files in the run's own folder, which driver and workers share: a task that is
lost is done again from them, and nothing is held in memory between two steps.  Queries are Spark's; batch functions
run in its Python workers, in the types and columns that they name themselves when they are given an empty table.
"""

from __future__ import annotations

import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from minglu.common.arrays import Integers
from minglu.common.graphs import connect_here
from minglu.register.engine.boundary import BatchFunction
from minglu.register.engine.parquet_files import write_parquet
from minglu.register.engine.spark.arrow_types import as_plain, plain_schema
from minglu.register.engine.spark.shared_values import SharedValue, share_value
from minglu.register.engine.spark.spark_errors import ignoring_closed_session, plainly
from minglu.register.engine.spark.spark_session import BATCH_ROWS, open_session
from minglu.register.engine.spark.star_components import find_components
from minglu.register.engine.spark.worker_functions import (
    flow_batches,
    look_around,
    map_batches,
    map_group,
    versions,
    work_on_starts,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

T = TypeVar("T")
MOST_EDGES = 100_000_000
"""Edges of a graph whose components the driver finds by itself, in some 3 GB; beyond, rounds of joins do."""
LEFT = "left string"
"""One column: the names of the files that tasks left."""


class SparkEngine:
    """Tables as Parquet, queries and batch functions in a Spark session of its own."""

    def __init__(self, *, workspace: Path, threads: int | None = None, master: str | None = None) -> None:
        self._folder = workspace / "spill"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._session = open_session(master=master, threads=threads, folder=self._folder)
        self._names = count()
        self._tables: dict[str, Path] = {}
        self._require_fit_workers()

    def put(self, name: str, table: pa.Table) -> None:
        plain, folder = as_plain(table), self._fresh(name)
        folder.mkdir()
        for start in range(0, max(plain.num_rows, 1), BATCH_ROWS):
            pq.write_table(plain.slice(start, BATCH_ROWS), folder / f"part-{start:012d}.parquet", compression="zstd")
        with self._job(f"put {name}"):
            self._adopt(name, folder, plain.schema)

    def get(self, name: str, *, order_by: str) -> pa.Table:
        with self._job(f"get {name}"):
            return pa.concat_tables(self._sorted(name, order_by))

    def save(self, name: str, path: Path, *, order_by: str, schema: pa.Schema) -> int:
        with self._job(f"save {name}"):
            return write_parquet(path, self._sorted(name, order_by), schema)

    def count(self, name: str) -> int:
        return sum(pq.read_metadata(part).num_rows for part in self._tables[name].glob("*.parquet"))

    def sql(self, name: str, query: str) -> None:
        with self._job(f"sql {name}"):
            self._write(name, self._session.sql(query))

    def map(self, name: str, function: BatchFunction, source: str, *, heavy: bool = False, order_by: str = "") -> None:
        with self._job(f"map {name}"):
            frame = self._ordered(source, order_by) if order_by else self._session.table(source)
            if heavy and not _can_travel(function):
                self.put(name, pa.concat_tables([function(batch) for batch in self._parts(frame)]))
                return
            schema = self._made_schema(function, source)
            folder = self._fresh(name)
            folder.mkdir()
            pq.write_table(schema.empty_table(), folder / "part-.parquet")  # for a source without partitions
            with (
                self._held(function) as held,
                self._left(partial(map_batches, held=held, schema=schema), frame) as left,
            ):
                for place, path in enumerate(left):
                    path.rename(folder / f"part-{place:06d}.parquet")
            self._adopt(name, folder, schema)

    def flow(self, function: BatchFunction, source: str, *, order_by: str) -> Iterator[pa.Table]:
        with self._job(f"flow {source}"), self._held(function) as held:
            if not self.count(source):
                yield function(_arrow_schema(self._session.table(source)).empty_table())
            with self._left(partial(flow_batches, held=held), self._ordered(source, order_by)) as left:
                for path in left:
                    yield pa.ipc.open_stream(path.read_bytes()).read_all()
                    path.unlink()

    def map_groups(self, name: str, function: BatchFunction, source: str, *, by: str) -> None:
        with self._job(f"map_groups {name}"), self._held(function) as held:
            schema = self._made_schema(function, source)
            groups = self._session.table(source).groupBy(by)
            self._write(name, groups.applyInArrow(map_group(held, schema), _spark_schema(schema)))

    def spread(self, work: Callable[[int], T], starts: range) -> Iterator[T]:
        with self._job("spread"), self._held(work) as held:
            tasks = self._session.range(starts.start, starts.stop, starts.step, len(starts)).toDF("start")
            with self._left(partial(work_on_starts, held=held), tasks) as left:
                for path in left:
                    yield pickle.loads(path.read_bytes())  # noqa: S301 - a worker of this run wrote it
                    path.unlink()

    def components(self, size: int, left: Integers, right: Integers) -> Integers:
        if len(left) <= MOST_EDGES:
            return connect_here(size, left, right)
        self.put("edges", pa.table({"left": left.astype(np.int64), "right": right.astype(np.int64)}))
        find_components(self, name="hanging", edges="edges", nodes=size, on_round=self._name_round)
        label = np.arange(size)
        for path in self._tables["hanging"].glob("*.parquet"):
            part = pq.read_table(path)
            label[part.column("node").to_numpy()] = part.column("component").to_numpy()
        self._session.sparkContext.setLocalProperty("spark.jobGroup.id", None)
        self.drop("edges", "hanging")
        return label

    def drop(self, *names: str) -> None:
        for name in names:
            if folder := self._tables.pop(name, None):
                with plainly():
                    self._session.catalog.dropTempView(name)
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        with ignoring_closed_session():
            self._session.stop()

    def _name_round(self, number: int, most: int) -> None:
        """State in Spark's own pages which round of joins its jobs are of."""
        group = f"components, round {number} of {most} at most"
        self._session.sparkContext.setLocalProperty("spark.jobGroup.id", group)

    @contextmanager
    def _job(self, what: str) -> Iterator[None]:
        """State in Spark's own pages and logs what a job is for, and in our words why it failed."""
        with plainly():
            self._session.sparkContext.setJobDescription(what)
            yield

    def _require_fit_workers(self) -> None:
        """Let every slot that there is now look around; close and raise where one is unfit."""
        sign = self._fresh("sign")
        sign.touch()
        slots = self._session.sparkContext.defaultParallelism
        look = partial(look_around, wanted=versions(), sign=str(sign))
        try:
            with self._job("look around"):
                self._session.range(0, slots, 1, slots).mapInArrow(look, "id long").collect()
        except BaseException:
            self.close()
            raise
        sign.unlink()

    # -- tables as folders -----------------------------------------------------------------------------------

    def _fresh(self, name: str) -> Path:
        return self._folder / f"{next(self._names):05d}-{name}"

    def _write(self, name: str, frame: DataFrame) -> None:
        """Make what a query or a function finds the table `name`, which it may have read."""
        folder = self._fresh(name)
        frame.write.parquet(_location(folder))
        self._adopt(name, folder, plain_schema(_arrow_schema(frame)))

    def _adopt(self, name: str, folder: Path, schema: pa.Schema) -> None:
        self.drop(name)
        self._tables[name] = folder
        plain = re.sub(r"([\[\]{}*?\\])", r"\\\1", _location(folder))  # what is read may be a pattern; a name is none
        self._session.read.schema(_spark_schema(schema)).parquet(plain).createOrReplaceTempView(name)

    def _sorted(self, name: str, order_by: str) -> Iterator[pa.Table]:
        """Yield a table in a stated order: a small one is sorted here, since to ask Spark costs more than to do it."""
        if self.count(name) > BATCH_ROWS:
            yield from self._parts(self._ordered(name, order_by))
        else:
            keys = [(column.strip(' "'), "ascending") for column in order_by.split(",")]
            yield pq.read_table(sorted(self._tables[name].glob("*.parquet"))).sort_by(keys)

    def _ordered(self, name: str, order_by: str) -> DataFrame:
        """Sort a table as the embedded engine does: nothing comes last."""
        order = ", ".join(f"{column} NULLS LAST" for column in order_by.split(","))
        return self._session.sql(f"SELECT * FROM {name} ORDER BY {order}")

    def _parts(self, frame: DataFrame) -> Iterator[pa.Table]:
        """Yield what a sorted frame finds, in its order, through files: it need not fit into any memory."""
        folder = self._fresh("parts")
        frame.write.parquet(_location(folder))
        schema = _arrow_schema(frame)
        yield schema.empty_table()
        for part in sorted(folder.glob("part-*.parquet")):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(BATCH_ROWS):
                    yield pa.Table.from_batches([batch]).cast(schema)
        shutil.rmtree(folder)

    # -- batch functions -------------------------------------------------------------------------------------

    @contextmanager
    def _held(self, function: Callable[..., object]) -> Iterator[SharedValue]:
        """Lay a function down, with all that it holds, where the workers find it."""
        path = self._fresh("held")
        try:
            yield share_value(function, path)
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _left(self, work: Callable[..., Iterator[pa.RecordBatch]], frame: DataFrame) -> Iterator[Iterator[Path]]:
        """Have tasks leave files of what they make of the batches of `frame`; give those of the tasks that ended well.

        They come in the order of `frame`, and are gone afterwards, but for those that were taken elsewhere.
        """
        folder = self._fresh("left")
        folder.mkdir()
        try:
            names = self._parts(frame.mapInArrow(partial(work, folder=str(folder.resolve())), LEFT))
            yield (folder / name for part in names for name in part.column("left").to_pylist())
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _made_schema(self, function: BatchFunction, source: str) -> pa.Schema:
        """Ask a batch function for its columns: it makes an empty table of an empty one."""
        return plain_schema(function(_arrow_schema(self._session.table(source)).empty_table()).schema)


def _can_travel(function: BatchFunction) -> bool:
    """Return whether a function can go to other processes: one may hold a file that is open in this one."""
    try:
        pickle.dumps(function, protocol=5, buffer_callback=lambda _: None)
    except (TypeError, AttributeError, pickle.PicklingError):
        return False
    return True


def _arrow_schema(frame: DataFrame) -> pa.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema  # noqa: PLC0415

    return pa.schema([field.with_nullable(True) for field in to_arrow_schema(frame.schema)])


def _spark_schema(schema: pa.Schema) -> StructType:
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return from_arrow_schema(schema)


def _location(folder: Path) -> str:
    """Return the folder as Spark wants it: a plain path would be looked for in the cluster's default file system."""
    return f"file://{folder.resolve().as_posix()}"
