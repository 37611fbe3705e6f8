"""`minglu build --engine spark` makes the bytes of the embedded engine, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import needs_spark
from tests.trust import county
from tests.trust.conftest import ENVIRONMENT

pytestmark = needs_spark
SAMPLE = county.SAMPLE / "census.toml"
WITHOUT_JAVA = """
import os, signal
import minglu.register.build as b
real = b.locate_entries
def deadly(*arguments, **options):
    from pyspark import SparkContext
    os.kill(SparkContext._gateway.proc.pid, signal.SIGKILL)
    return real(*arguments, **options)
b.locate_entries = deadly
"""
DEADLY = "import minglu.register.cleaning.make_entries as e\nimport tests.engines as t\ne.clean_batch = t.{}\n"
EXECUTORS = "local-cluster[2,1,1024]"
"""A master, two workers and their executors, each a process of its own, as on a cluster."""


def minglu(*arguments, prelude="", **environment):
    """Run the command line in a process of its own, and Java in another."""
    code = f"{prelude}\nimport sys\nfrom minglu.cli import main\nsys.argv[0] = 'minglu'\nmain()\n"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        env=os.environ | ENVIRONMENT | environment,
        timeout=900,
        check=False,
    )


def small_pieces(rows):
    """Return Python that has pairs compared in ranges of so few rows: many pieces of work even on small lists."""
    return (
        f"import minglu.matching.comparing.compare_pairs as s\ns.compare_rows.__kwdefaults__['rows_at_once'] = {rows}\n"
    )


IN_ROUNDS = "import minglu.register.engine.spark.spark_engine as k\nk.MOST_EDGES = 0\n"
"""Python that has the components of any graph found in rounds of joins, as those of a nation would be."""


def test_the_sample_county_has_the_same_bytes_on_every_engine(tmp_path):
    """Every table of every stage, every report: one digest each; and nothing is said but the stages."""
    county.run(SAMPLE, tmp_path / "embedded")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    prelude = small_pieces(300) + IN_ROUNDS
    done = minglu("build", SAMPLE, "--out", tmp_path / "spark", "--engine", "spark", prelude=prelude)
    assert done.returncode == 0, done.stderr
    assert county.digests(tmp_path / "spark") == county.digests(tmp_path / "embedded")
    said = done.stderr.decode().splitlines()
    assert [line for line in said if not line.endswith(" s") and not line.startswith("  next: ")] == []
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")) == [
        "elsewhere",
        "embedded",
        "spark",
    ]


@settings(max_examples=3, deadline=None)
@given(first=st.integers(0, 400), sites=st.integers(0, 12), turned=st.booleans())
@pytest.mark.slow
def test_small_lists_of_any_kind_have_the_same_bytes_on_every_engine(tmp_path_factory, first, sites, turned):
    """A few sites of the sample, none at all, rows turned round: the same digests."""
    content = county.lists(first, sites)
    if turned:
        content = content.with_rows({kind: rows[::-1] for kind, rows in content.rows.items()})
    census = county.make_county(tmp_path_factory.mktemp("county"), content)
    outs = [county.run(census, census.parent / engine, engine=engine) for engine in ("duckdb", "spark")]
    assert county.digests(outs[0]) == county.digests(outs[1])


@pytest.mark.slow
def test_100_000_generated_rows_have_the_same_bytes_on_every_engine(tmp_path):
    """Several batches, several ranges of pairs, blocks above their cap."""
    generator = county.SAMPLE / "generator"
    options = ["--rows", "100000", "--seed", "8", "--format", "csv", "--out", str(tmp_path / "data")]
    subprocess.run([sys.executable, str(generator), *options], check=True, stdout=subprocess.DEVNULL)
    census = tmp_path / "data" / "census.toml"
    for engine in ("duckdb", "spark"):
        done = minglu("build", census, "--out", tmp_path / engine, "--engine", engine, "--quiet")
        assert done.returncode in (0, 1), done.stderr
    assert county.digests(tmp_path / "duckdb") == county.digests(tmp_path / "spark")


@pytest.mark.parametrize(
    ("master", "loss", "code"),
    [
        ("local[2]", "clean_and_die_once", 5),
        ("local[2,4]", "clean_and_die_once", 0),
        (EXECUTORS, "clean_and_lose_the_executor_once", 0),
    ],
)
def test_a_worker_killed_in_mid_run_ends_right_or_not_at_all(tmp_path, master, loss, code):
    """Where Spark may try a task again, the bytes are those of a quiet run; else exit code 5 and the old output intact."""
    census = county.make_county(tmp_path / "county")
    out = county.run(census)
    quiet, before = county.digests(out), county.everything(out)
    flag = tmp_path / "died"
    options = ("--engine", "spark", "--spark-master", master, "--quiet")
    done = minglu("build", census, "--out", out, *options, prelude=DEADLY.format(loss), MINGLU_TEST_FLAG=str(flag))
    assert flag.exists()
    assert done.returncode == code, done.stderr
    assert county.digests(out) == quiet
    if code:
        assert county.everything(out) == before
        assert done.stderr.startswith(b"Spark gave up: a worker")
    assert sorted(path.name for path in out.parent.iterdir() if path.name.startswith(".out")) == [".out.lock"]


def test_a_driver_that_loses_its_java_says_so_and_leaves_nothing(tmp_path):
    """Killed by the system for its memory, say: exit code 5, one message, the old output intact."""
    census = county.make_county(tmp_path / "county")
    out = county.run(census)
    before = county.everything(out)
    done = minglu("build", census, "--out", out, "--engine", "spark", "--quiet", prelude=WITHOUT_JAVA)
    assert done.returncode == 5, done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"Spark gave up: a worker or the driver's Java process was lost")
    assert county.everything(out) == before
    assert sorted(path.name for path in out.parent.iterdir() if path.name.startswith(".out")) == [".out.lock"]
