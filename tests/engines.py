"""Which engines a test can run on here, and batch functions that workers of any engine can import."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from minglu.register.cleaning.make_entries import clean_batch

NO_PYSPARK = importlib.util.find_spec("pyspark") is None
NO_JAVA = shutil.which("java") is None and "JAVA_HOME" not in os.environ
needs_spark = pytest.mark.skipif(
    NO_PYSPARK or NO_JAVA,
    reason="no PySpark here: `make spark` runs this test" if NO_PYSPARK else "no Java here, which PySpark needs",
)
ENGINES = ("duckdb", pytest.param("spark", marks=needs_spark))


def double(batch):
    """Double a column."""
    return batch.append_column("m", pa.array([2 * n for n in batch["n"].to_pylist()], pa.int64()))


def add_up(group):
    """Add up the column n of a group."""
    return pa.table({"k": group["k"][:1], "n": pa.array([sum(group["n"].to_pylist())][: group.num_rows], pa.int64())})


def odd_types(batch):
    """Make columns of types that not every engine knows."""
    numbers = batch["n"].to_numpy()
    return pa.table(
        {
            "short": pa.array(numbers.astype("uint32")),
            "word": pa.array([f"w{n % 3}" for n in numbers.tolist()], pa.string()).dictionary_encode(),
            "long": pa.array([str(n) for n in numbers.tolist()], pa.large_string()),
        }
    )


def refuse(batch):
    """Fail as a kernel of ours may, with words that are meant to be read; an empty table passes."""
    from minglu.errors import CrsError

    if batch.num_rows:
        raise CrsError(en="two datums", zh="两种基准")
    return batch


def stumble(batch):
    """Fail as no kernel of ours should, with something in the message that nobody may see."""
    if batch.num_rows:
        raise ValueError("张三 13800000000")
    return batch


def die_once(batch, *, flag: str):
    """Kill this worker the first time, do nothing the second time."""
    if batch.num_rows and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return batch


def die_late(batch, *, flag: str):
    """Kill this worker the first time that a batch is not the first of its task; else double a column."""
    if batch.num_rows and batch["n"][0].as_py() % 100_000 >= 50_000:
        die_once(batch, flag=flag)
    return double(batch)


def weigh(batch):
    """Make 24 MB of each batch, other ones of each."""
    rng = np.random.default_rng(batch["n"][0].as_py() if batch.num_rows else 0)
    return pa.table({"rows": [batch.num_rows], "much": [rng.bytes(24_000_000 if batch.num_rows else 0)]})


def clean_and_die_once(batch, *, pack, keep_personal):
    """Stand in for `clean_batch`: the first batch of a run kills its worker."""
    die_once(batch, flag=os.environ["MINGLU_TEST_FLAG"])
    return clean_batch(batch, pack=pack, keep_personal=keep_personal)


def clean_and_lose_the_executor_once(batch, *, pack, keep_personal):
    """Stand in for `clean_batch`: the first batch of a run kills the Java process whose worker this is, and the worker."""
    if batch.num_rows and not Path(os.environ["MINGLU_TEST_FLAG"]).exists():
        parent = subprocess.run(["ps", "-o", "ppid=", "-p", str(os.getppid())], capture_output=True, check=True)
        os.kill(int(parent.stdout), signal.SIGKILL)
    return clean_and_die_once(batch, pack=pack, keep_personal=keep_personal)


class Times:
    """Multiply; holds much, as the comparing of pairs does."""

    def __init__(self, much) -> None:
        self.much = much

    def __call__(self, start):
        """Return the place and what is held there, times two."""
        return start, int(self.much[start]) * 2
