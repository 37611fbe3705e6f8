"""What Spark needs is looked at before it starts, what goes wrong is said plainly, and a lost worker loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from minglu.errors import MingluError, ShortageError, UsageError
from minglu.register.engine import open_engine
from minglu.register.engine.spark import spark_session, worker_functions
from minglu.register.engine.spark.arrow_types import as_plain, plain_schema
from minglu.register.engine.spark.shared_values import share_value
from minglu.register.engine.spark.star_components import most_rounds
from minglu.register.engine.spark.worker_functions import WorkerError, decode_error
from tests.engines import Times, die_late, die_once, needs_spark, weigh

# -- without PySpark ---------------------------------------------------------------------------------------------


def test_what_is_held_is_mapped_and_not_copied(tmp_path):
    """Arrays of any kind and empty ones come back equal, read only, and lie in the file."""
    numbers = np.arange(100_000)
    value = {"one": numbers, "none": np.empty(0, dtype=np.int8), "text": pa.array(["甲", None, "乙"]), "n": 7}
    held = share_value(value, tmp_path / "held")
    back = held.value()
    assert back["n"] == 7
    assert back["text"].equals(value["text"])
    assert back["one"].tolist() == numbers.tolist()
    assert len(back["none"]) == 0
    assert not back["one"].flags.writeable
    assert held.value() is back
    assert share_value("another", tmp_path / "held").value() == "another"
    assert Times(numbers)(5) == share_value(Times(numbers), tmp_path / "work").value()(5)


def test_every_type_that_spark_lacks_becomes_one_that_it_has():
    table = pa.table(
        {
            "a": pa.array([1, None], pa.uint32()),
            "b": pa.array(["x", "y"]).dictionary_encode(),
            "c": pa.array(["x", None], pa.large_string()),
            "d": pa.array([2**31], pa.uint32()).take(pa.array([0, 0])),
        }
    )
    plain = as_plain(table)
    assert plain.schema == plain_schema(table.schema)
    assert [str(field.type) for field in plain.schema] == ["int64", "string", "string", "int64"]
    assert plain.to_pylist() == table.to_pylist()


@pytest.mark.parametrize("error", [UsageError(en="a", zh="甲"), MemoryError(), ValueError("张三")])
def test_an_error_survives_whatever_spark_makes_of_its_text(error):
    """A refusal travels whole, a lack of memory as such, any other by its kind alone."""
    with pytest.raises(WorkerError) as caught, worker_functions._telling():
        raise error
    found = decode_error(f"org.apache.spark.SparkException: ... {caught.value}\n\tat java.lang.Thread")
    if isinstance(error, UsageError):
        assert (type(found), found.en, found.zh) == (UsageError, "a", "甲")
    elif isinstance(error, MemoryError):
        assert isinstance(found, ShortageError)
    else:
        assert "ValueError" in found.en
        assert "张三" not in found.en + found.zh
    assert decode_error("nothing of ours") is None


def test_the_bound_on_rounds_grows_with_the_digits():
    assert [most_rounds(nodes) for nodes in (0, 1, 2, 1_000, 10**8)] == [2, 2, 5, 101, 730]


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """A PySpark of any version, and a Java that says what it is told; neither does anything."""

    def make(pyspark="4.3.0", java=None, jar=None):
        for name in ("pyspark", "java", "home"):
            (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.setattr(spark_session.importlib.util, "find_spec", lambda _name: pyspark)
        monkeypatch.setitem(sys.modules, "pyspark", type(sys)("pyspark"))
        sys.modules["pyspark"].__version__ = pyspark
        monkeypatch.delenv("SPARK_HOME", raising=False)
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path / "java"))
        if java:
            program = tmp_path / "java" / "java"
            program.write_text(f"#!/bin/sh\necho '{java}' >&2\n", "utf-8")
            program.chmod(0o755)
        if jar:
            (tmp_path / "home" / "jars").mkdir()
            (tmp_path / "home" / "jars" / jar).touch()
            monkeypatch.setenv("SPARK_HOME", str(tmp_path / "home"))
        return partial(open_engine, "spark", workspace=tmp_path)

    return make


def refused(opening, **options):
    """Return what an engine that does not open says in both languages."""
    with pytest.raises(UsageError) as caught:
        opening(**options)
    assert caught.value.zh
    return caught.value.en


def test_a_missing_pyspark_is_named_with_its_cure(stub):
    assert "pip install 'minglu[spark]'" in refused(stub(pyspark=None))


@pytest.mark.parametrize("version", ["3.5.6", "5.0.0"])
def test_another_major_version_of_pyspark_is_refused(stub, version):
    assert f"found PySpark {version}, expected 4.x" in refused(stub(pyspark=version))


def test_a_spark_home_of_another_version_is_refused(stub):
    said = refused(stub(jar="spark-core_2.13-4.0.1.jar"))
    assert "found SPARK_HOME 4.0.1, expected 4.3.0" in said


@pytest.mark.skipif(os.name == "nt", reason="the stub is a shell script")
@pytest.mark.parametrize(
    ("java", "found"),
    [
        (None, "found no Java (not on PATH), expected Java 17"),
        ('java version "1.8.0_392"', "found Java 8 ("),
        ('openjdk version "11.0.22" 2024-01-16', "found Java 11 ("),
        ("no such thing", "found no Java ("),
    ],
)
def test_a_missing_or_old_java_is_named(stub, java, found):
    assert found in refused(stub(java=java))


@pytest.mark.skipif(os.name == "nt", reason="the stub is a shell script")
def test_spark_connect_is_refused_before_anything_starts(stub):
    assert "Spark Connect can't be used" in refused(stub(java='openjdk version "21"'), master="sc://host")


def test_the_users_own_defaults_are_read_as_spark_reads_them(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    assert spark_session._defaults() == {}
    lines = ["# a comment", "spark.master   spark://host:7077", "spark.executor.memory=8g", "", "other.key 1"]
    (tmp_path / "spark-defaults.conf").write_text("\n".join(lines), "utf-8")
    assert spark_session._defaults() == {"spark.master": "spark://host:7077", "spark.executor.memory": "8g"}


# -- with PySpark ------------------------------------------------------------------------------------------------


@contextmanager
def opened(workspace, **options):
    """Open an engine, close it whatever happens."""
    engine = open_engine("spark", workspace=workspace, **options)
    try:
        yield engine
    finally:
        engine.close()


@needs_spark
def test_a_killed_worker_ends_the_job_or_the_job_ends_right(tmp_path):
    """Where a task may fail once, another worker takes it and nothing is lost or doubled; else the job says why."""
    numbers = pa.table({"n": list(range(120_000))})
    for master in ("local[2]", "local[2,4]"):
        deadly = partial(die_once, flag=str(tmp_path / f"{master}.died"))
        with opened(tmp_path / master, master=master) as engine:
            engine.put("numbers", numbers)
            if master == "local[2]":
                with pytest.raises(ShortageError, match="a worker or the driver's Java process was lost"):
                    engine.map("seen", deadly, "numbers")
            else:
                engine.map("seen", deadly, "numbers")
                assert engine.get("seen", order_by="n")["n"].to_pylist() == list(range(120_000))
        assert (tmp_path / f"{master}.died").exists()


@needs_spark
def test_what_a_lost_worker_left_is_not_read(tmp_path):
    """It dies with a part of its work in files: another one does it again, and each batch comes once, in order."""
    with opened(tmp_path, master="local[2,4]") as engine:
        engine.put("numbers", pa.table({"n": list(range(300_000))}))
        deadly = partial(die_late, flag=str(tmp_path / "died"))
        flowed = [m for batch in engine.flow(deadly, "numbers", order_by="n") for m in batch["m"].to_pylist()]
        assert (tmp_path / "died").exists()
        assert flowed == list(range(0, 600_000, 2))
        (tmp_path / "died").unlink()
        engine.map("seen", deadly, "numbers", order_by="n")
        assert (tmp_path / "died").exists()
        assert engine.get("seen", order_by="n")["m"].to_pylist() == flowed


@needs_spark
@pytest.mark.slow
def test_what_is_made_of_batches_need_not_fit_into_java(tmp_path):
    """2.4 GB of codes come out of a driver of 2 GB, as ten million rows do."""
    with opened(tmp_path) as engine:
        engine.put("numbers", pa.table({"n": np.arange(5_000_000)}))
        rows = 0
        for batch in engine.flow(weigh, "numbers", order_by="n"):
            assert len(batch["much"][0].as_py()) == 24_000_000
            rows += batch["rows"][0].as_py()
        assert rows == 5_000_000


@needs_spark
def test_a_worker_without_the_package_is_told_what_it_lacks(tmp_path, monkeypatch):
    """A bare Python on the workers: the module is named, and what to do."""
    venv.create(tmp_path / "bare")
    monkeypatch.setenv("PYSPARK_PYTHON", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(UsageError, match="a worker has no Python module 'minglu'"):
        open_engine("spark", workspace=tmp_path)


@needs_spark
def test_a_worker_of_other_versions_is_refused(tmp_path, monkeypatch):
    """Kernels of another version may make other bytes: versions are compared before the first row moves."""
    from minglu.register.engine.spark import spark_engine

    monkeypatch.setattr(spark_engine, "versions", lambda: {"minglu": "0.0.0"})
    with pytest.raises(UsageError, match=r"a worker has minglu .*, the driver 0\.0\.0"):
        open_engine("spark", workspace=tmp_path)


@needs_spark
def test_a_master_that_does_not_answer_is_a_usage_error():
    code = (
        "from pathlib import Path; import tempfile\n"
        "from minglu.register.engine import open_engine\n"
        "open_engine('spark', workspace=Path(tempfile.mkdtemp()), master='no://such.master')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert "UsageError: --engine spark: no session could be opened on no://such.master" in done.stderr


@needs_spark
def test_a_wrong_query_stays_the_mistake_that_it_is(tmp_path):
    """It is no lack of memory."""
    with opened(tmp_path) as engine, pytest.raises(Exception, match="nowhere") as caught:
        engine.sql("found", "SELECT 1 FROM nowhere")
    assert not isinstance(caught.value, MingluError)


@needs_spark
@pytest.mark.parametrize("name", ["a folder [1]", "名录 {x}", "50%20"])
def test_the_run_folder_may_have_any_name(tmp_path, name):
    """Brackets, blanks and percent signs are no patterns."""
    with opened(tmp_path / name) as engine:
        engine.put("numbers", pa.table({"n": [2, 1]}))
        engine.sql("more", "SELECT n + 1 AS n FROM numbers")
        assert engine.get("more", order_by="n")["n"].to_pylist() == [2, 3]
    assert [path.name for path in Path(tmp_path / name).iterdir()] == ["spill"]
