"""Spark's errors translated into plain messages in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from minglu.errors import MingluError, ShortageError, UsageError
from minglu.register.engine.spark.worker_functions import decode_error

NO_MODULE = re.compile(r"No module named '([\w.]+)'")
NO_ROOM = ("No space left on device", "Disk quota exceeded")


@contextmanager
def plainly() -> Iterator[None]:
    """Raise the error that a worker encoded, or explain why Spark gave up; a wrong query stays a bug."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - here only where Spark is
    from pyspark.errors import AnalysisException, PySparkException  # noqa: PLC0415

    try:
        yield
    except AnalysisException:
        raise
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise explain(str(error)) from error


@contextmanager
def ignoring_closed_session() -> Iterator[None]:
    """Suppress errors where a session is closed whose Java is gone: whatever ended it has been reported."""
    from py4j.protocol import Py4JError  # noqa: PLC0415

    with suppress(Py4JError, ConnectionError):
        yield


def explain(text: str) -> MingluError:
    """Return the error behind the text of Spark's."""
    if own := decode_error(text):
        return own
    if found := NO_MODULE.search(text):
        return UsageError(
            en=f"--engine spark: a worker has no Python module {found[1]!r}. Expected the same environment on the "
            "driver and on every worker. Pack it and name its Python with PYSPARK_PYTHON (docs/how-to/spark.md).",
            zh=f"--engine spark：工作节点上没有 Python 模块 {found[1]!r}。驱动端与所有工作节点的环境应当一致。"
            "请打包环境并用 PYSPARK_PYTHON 指定其中的 Python（见 docs/how-to/spark.md）。",
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return UsageError(
            en="--engine spark: a worker runs another version of Python than the driver. Expected the same one. "
            "Name it with PYSPARK_PYTHON (docs/how-to/spark.md).",
            zh="--engine spark：工作节点的 Python 版本与驱动端不同，应当一致。"
            "请用 PYSPARK_PYTHON 指定（见 docs/how-to/spark.md）。",
        )
    if any(words in text for words in NO_ROOM):
        return ShortageError.of_room("Spark")
    return ShortageError(
        en="Spark gave up: a worker or the driver's Java process was lost, mostly for lack of memory; no result was "
        "changed. Give more with spark.driver.memory, spark.executor.memory and spark.executor.memoryOverhead, or "
        "fewer processors to each worker. MINGLU_DEBUG=1 shows what Spark says.",
        zh="Spark 中止：工作进程或驱动端 Java 进程丢失，多因内存不足；未改动任何结果。"
        "请调大 spark.driver.memory、spark.executor.memory、spark.executor.memoryOverhead，或减少每个工作节点的并行数。"
        "设 MINGLU_DEBUG=1 可看 Spark 的原话。",
    )
