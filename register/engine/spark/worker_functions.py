"""What runs inside a Spark worker: a batch function on the batches of a partition or of a group.

What they make goes into files of the run's folder, and only the names go to Java: a batch of codes would have to
fit into Java's memory many times.  What a lost task left, nobody reads.

An error there reaches the driver as text alone, through logs that are not ours.  So a refusal of minglu's own
travels whole, in letters nobody reads by chance, and of any other error only its kind and its place.
"""

from __future__ import annotations

import base64
import pickle
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from minglu import __version__
from minglu.common.memory_limits import is_shortage
from minglu.errors import MingluError, ShortageError, UsageError
from minglu.register.engine.spark.arrow_types import as_plain
from minglu.register.engine.spark.shared_values import SharedValue

Names = Iterator[pa.RecordBatch]
"""Names of the files that a task left, in their order."""
MARK = re.compile(r"minglu<([A-Za-z0-9+/=]+)>")
DECIDING = ("numpy", "pyarrow", "pyproj", "rapidfuzz", "scipy", "shapely")
"""Libraries whose version may decide a byte of the result."""


class WorkerError(RuntimeError):
    """What a worker reports to the driver, see `encode_error`."""


def versions() -> dict[str, str]:
    """Return what must be alike on the driver and on every worker."""
    return {"minglu": __version__, **{name: version(name) for name in DECIDING}}


def look_around(batches: Iterator[pa.RecordBatch], *, wanted: Mapping[str, str], sign: str) -> Iterator[pa.RecordBatch]:
    """Pass batches on where this worker has the driver's versions, and sees the file that the driver left."""
    with _telling():
        for name, found in versions().items():
            if wanted.get(name) != found:
                raise _unlike(f"{name} {found}", wanted.get(name, ""))
        if not Path(sign).exists():
            raise _unseen(Path(sign).parent)
    yield from batches


def map_batches(batches: Iterator[pa.RecordBatch], *, held: SharedValue, schema: pa.Schema, folder: str) -> Names:
    """Leave the columns of `schema` that the held batch function makes of each batch, as Parquet: a file per task."""
    path = _fresh(folder)
    with _telling(), pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            made = held.value()(pa.Table.from_batches([batch]))
            writer.write_table(as_plain(made).select(schema.names).cast(schema))
    yield _named(path)


def flow_batches(batches: Iterator[pa.RecordBatch], *, held: SharedValue, folder: str) -> Names:
    """Leave what the held batch function makes of each batch, as Arrow, since Spark has not all types of it."""
    for number, batch in enumerate(batches):
        with _telling():
            made = held.value()(pa.Table.from_batches([batch]))
            path = _fresh(folder, number)
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, made.schema) as writer:
                writer.write_table(made)
        yield _named(path)


def work_on_starts(batches: Iterator[pa.RecordBatch], *, held: SharedValue, folder: str) -> Names:
    """Leave what the held work makes of each start, pickled."""
    for batch in batches:
        for start in batch.column("start").to_pylist():
            with _telling():
                path = _fresh(folder, start)
                path.write_bytes(pickle.dumps(held.value()(start), protocol=5))
            yield _named(path)


def map_group(held: SharedValue, schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """Return the held batch function for groups: Spark wants to see from the signature what it takes."""

    def on_group(group: pa.Table) -> pa.Table:
        with _telling():
            return as_plain(held.value()(group)).select(schema.names).cast(schema)

    return on_group


def encode_error(error: Exception) -> str:
    """Encode an error so that `decode_error` finds it again in whatever Spark makes of it."""
    if not isinstance(error, MingluError):
        error = ShortageError.of_memory() if is_shortage(error) else _by_its_place(error)
    return f"minglu<{base64.b64encode(pickle.dumps(error)).decode()}>"


def decode_error(text: str) -> MingluError | None:
    """Return the error that a worker encoded, if there is one in `text`."""
    found = MARK.search(text)
    return pickle.loads(base64.b64decode(found[1])) if found else None  # noqa: S301 - a worker of this run wrote it


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, only its kind may travel
        raise WorkerError(encode_error(error)) from None


def _unlike(found: str, wanted: str) -> UsageError:
    return UsageError(
        en=f"--engine spark: a worker has {found}, the driver {wanted}. Expected the same environment everywhere: "
        "other versions may make other bytes. Pack one and name its Python with PYSPARK_PYTHON (docs/how-to/spark.md).",
        zh=f"--engine spark：工作节点为 {found}，驱动端为 {wanted}。各处环境应当一致，版本不同结果可能不同。"
        "请打包同一环境并用 PYSPARK_PYTHON 指定（见 docs/how-to/spark.md）。",
    )


def _unseen(folder: Path) -> UsageError:
    return UsageError(
        en=f"--engine spark: a worker does not see {folder}. Expected a folder that the driver and all workers share: "
        "name one with --out.",
        zh=f"--engine spark：工作节点看不到 {folder}。该文件夹须为驱动端与所有工作节点共享，请用 --out 指定共享目录。",
    )


def _by_its_place(error: Exception) -> MingluError:
    """Describe a mistake of our own by its kind and place: the message of a foreign error may hold data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno}"
    return MingluError(
        en=f"Internal error in a Spark worker ({what}); no result was written. Please report it.",
        zh=f"Spark 工作进程内部错误（{what}），未写出任何结果。请报告。",
    )


def _fresh(folder: str, number: int = 0) -> Path:
    """Return a path that no other task, and no other attempt at this one, will write to."""
    from pyspark import TaskContext  # noqa: PLC0415

    task = TaskContext.get()
    return Path(folder) / f"{task.partitionId():06d}-{task.taskAttemptId()}-{number}"


def _named(path: Path) -> pa.RecordBatch:
    return pa.record_batch({"left": pa.array([path.name], pa.string())})
