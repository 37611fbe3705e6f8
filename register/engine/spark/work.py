"""What runs inside a Spark worker: a batch function on the batches of a partition or of a group.  No session.

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
from typing import Any

import pyarrow as pa

from minglu import __version__
from minglu.errors import MingluError, ShortageError, UsageError
from minglu.register.engine.spark.held import Held
from minglu.register.engine.spark.plain import as_plain
from minglu.register.memory import is_shortage

MARK = re.compile(r"minglu<([A-Za-z0-9+/=]+)>")
DECIDING = ("numpy", "pyarrow", "pyproj", "rapidfuzz", "scipy", "shapely")
"""Libraries whose version may decide a byte of the result."""


class WorkerError(RuntimeError):
    """What a worker says to the driver, see `tell`."""


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


def map_batches(batches: Iterator[pa.RecordBatch], *, held: Held, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the columns of `schema` that the held batch function makes of each batch."""
    for batch in batches:
        with _telling():
            made = as_plain(held.value()(pa.Table.from_batches([batch]))).select(schema.names).cast(schema)
        yield from made.combine_chunks().to_batches()


def pack_batches(batches: Iterator[pa.RecordBatch], *, held: Held) -> Iterator[pa.RecordBatch]:
    """Yield what the held batch function makes of each batch as one cell, since Spark has not all types of Arrow."""
    for batch in batches:
        with _telling():
            made = held.value()(pa.Table.from_batches([batch]))
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, made.schema) as writer:
                writer.write_table(made)
        yield _one_cell(sink.getvalue().to_pybytes())


def work_on_starts(batches: Iterator[pa.RecordBatch], *, held: Held) -> Iterator[pa.RecordBatch]:
    """Yield what the held work makes of each start, pickled into one cell."""
    for batch in batches:
        for start in batch.column("start").to_pylist():
            with _telling():
                made = pickle.dumps(held.value()(start), protocol=5)
            yield _one_cell(made)


def map_group(held: Held, schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """Return the held batch function for groups: Spark wants to see from the signature what it takes."""

    def on_group(group: pa.Table) -> pa.Table:
        with _telling():
            return as_plain(held.value()(group)).select(schema.names).cast(schema)

    return on_group


def unpack(cell: bytes) -> pa.Table:
    """Return the table of one cell of `pack_batches`."""
    return pa.ipc.open_stream(cell).read_all()


def tell(error: Exception) -> str:
    """Say an error so that `told` finds it again in whatever Spark makes of it."""
    if not isinstance(error, MingluError):
        error = ShortageError.of_memory() if is_shortage(error) else _by_its_place(error)
    return f"minglu<{base64.b64encode(pickle.dumps(error)).decode()}>"


def told(text: str) -> MingluError | None:
    """Return the error that a worker told, if there is one in `text`."""
    found = MARK.search(text)
    return pickle.loads(base64.b64decode(found[1])) if found else None  # noqa: S301 - a worker of this run wrote it


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, only its kind may travel
        raise WorkerError(tell(error)) from None


def _unlike(found: str, wanted: str) -> UsageError:
    return UsageError(
        en=f"--engine spark: a worker has {found}, the driver {wanted}. Expected the same environment everywhere: "
        "other versions may make other bytes. Pack one and name its Python with PYSPARK_PYTHON (docs/spark.md).",
        zh=f"--engine spark：工作节点为 {found}，驱动端为 {wanted}。各处环境应当一致，版本不同结果可能不同。"
        "请打包同一环境并用 PYSPARK_PYTHON 指定（见 docs/spark.md）。",
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


def _one_cell(value: Any) -> pa.RecordBatch:
    return pa.record_batch({"made": pa.array([value], pa.binary())})
