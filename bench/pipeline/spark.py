"""The two engines beside each other on the same generated rows: seconds stage by stage, memory, and the same bytes.

    python3 start run python tests/spark.py python -m bench spark --rows 100000 1000000

Each engine runs as a user runs it, in a process of its own, the embedded one on two threads, Spark on local[2].
`--tasks` prints, job by job, how many tasks Spark ran, how long they took, and what they shuffled and wrote.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from bench.pipeline.build import generate
from tests.trust.county import digests

EVERY_S = 0.5
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
ENGINES = {"duckdb": ["--threads", "2"], "spark": ["--engine", "spark", "--spark-master", "local[2]"]}


def main(arguments: list[str]) -> None:
    """Generate, build on both engines, print; one block per size."""
    parser = argparse.ArgumentParser(prog="python -m bench spark", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--seed", type=int, default=20_271_231)
    parser.add_argument("--vocabulary", default="open")
    parser.add_argument("--keep", type=Path, help="keep data and run folders here")
    parser.add_argument("--tasks", action="store_true", help="print what each of Spark's jobs cost")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for rows in options.rows:
            folder = (options.keep or Path(scratch)) / f"{options.vocabulary}-{rows}-{options.seed}"
            generate(folder, rows, options.seed, options.vocabulary)
            runs = {engine: run(folder, engine) for engine in ENGINES}
            print_runs(rows, runs)
            same = digests(folder / "out-duckdb") == digests(folder / "out-spark")
            print(f"  the bytes of both run folders are {'the same' if same else 'DIFFERENT'}", flush=True)
            if options.tasks:
                print_tasks(folder / "events")


def run(folder: Path, engine: str) -> dict[str, float]:
    """Build once; return the seconds of each stage, of the whole process, and the peak of memory in GB."""
    out, events = folder / f"out-{engine}", folder / "events"
    command = [sys.executable, "-m", "minglu", "build", str(folder / "census.toml"), "--out", str(out), "--quiet"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, *ENGINES[engine]],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"SPARK_CONF_DIR": str(_settings(folder, events))},
    )
    peak, worked = 0.0, dict[int, float]()
    while process.poll() is None:
        seen = look_at(process.pid)
        peak = max(peak, sum(memory for memory, _ in seen.values()))
        worked |= {number: seconds for number, (_, seconds) in seen.items()}
        time.sleep(EVERY_S)
    if process.returncode not in (0, 1):
        raise SystemExit(f"minglu build ended with {process.returncode}")
    whole = time.perf_counter() - begun
    seconds: dict[str, float] = json.loads((out / "run.json").read_text("utf-8"))["seconds"]
    overall = {"start and end": whole - sum(seconds.values()), "in all": whole}
    return seconds | overall | {"processor seconds": sum(worked.values()), "peak, GB": peak}


def _settings(folder: Path, events: Path) -> Path:
    """Write a spark-defaults.conf that has Spark note what each task cost; return its folder."""
    for path in (folder / "conf", events):
        path.mkdir(exist_ok=True)
    for old in events.iterdir():
        old.unlink()
    lines = {"enabled": "true", "compress": "false", "rolling.enabled": "false", "dir": f"file://{events}"}
    text = "".join(f"spark.eventLog.{key} {value}\n" for key, value in lines.items())
    (folder / "conf" / "spark-defaults.conf").write_text(text, "utf-8")
    return folder / "conf"


def look_at(session: int) -> dict[int, tuple[float, float]]:
    """Return for each process of a session its memory in GB, shared pages once, and its processor seconds (Linux)."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(") ")[2].split()
            if int(fields[3]) == session:
                rollup = (status.parent / "smaps_rollup").read_text()
                memory = int(rollup.partition("Pss:")[2].split(maxsplit=1)[0]) / 1e6
                found[int(status.parent.name)] = (memory, (int(fields[11]) + int(fields[12])) / TICKS)
        except (OSError, ValueError, IndexError):  # it ended meanwhile
            continue
    return found


def print_runs(rows: int, runs: Mapping[str, Mapping[str, float]]) -> None:
    """One line per stage: both engines and the ratio."""
    print(f"\n{rows:,} rows, {os.cpu_count()} processors{'':<14}embedded     spark   ratio")
    for stage, embedded in runs["duckdb"].items():
        spark = runs["spark"][stage]
        ratio = f"{spark / embedded:8.1f}" if embedded >= EVERY_S else ""
        print(f"  {stage:<30}{embedded:10.2f}{spark:10.2f}{ratio}")


def print_tasks(events: Path) -> None:
    """One line per kind of job: tasks, their seconds, and megabytes read, shuffled and written."""
    print(f"\n  {'job':<28}{'tasks':>7}{'seconds':>9}{'slowest':>9}{'MB shuffled':>13}{'written':>10}")
    total: dict[str, float] = defaultdict(float)
    for job, costs in costs_of_jobs(events).items():
        print_costs(job, costs)
        for key, value in costs.items():
            total[key] = max(total[key], value) if key == "slowest" else total[key] + value
    print_costs("all", total)


def print_costs(job: str, costs: Mapping[str, float]) -> None:
    """Print one line."""
    megabytes = f"{costs['shuffled'] / 1e6:13.1f}{costs['written'] / 1e6:10.1f}"
    print(f"  {job:<28}{costs['tasks']:7.0f}{costs['seconds']:9.2f}{costs['slowest']:9.2f}{megabytes}")


def costs_of_jobs(events: Path) -> dict[str, dict[str, float]]:
    """Add up what Spark's own log of a run says of the tasks of each job, by the job's description."""
    (log,) = [path for path in events.iterdir() if not path.name.startswith(".")]
    job_of: dict[int, str] = {}
    found: dict[str, dict[str, float]] = {}
    for line in log.read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerJobStart":
            name = event["Properties"].get("spark.job.description", "?")
            job_of |= dict.fromkeys(event["Stage IDs"], name)
        elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            costs = found.setdefault(job_of.get(event["Stage ID"], "?"), defaultdict(float))
            for key, value in _costs(event["Task Metrics"]).items():
                costs[key] = max(costs[key], value) if key == "slowest" else costs[key] + value
    return found


def _costs(metrics: Mapping[str, float | Mapping[str, float]]) -> dict[str, float]:
    def part(name: str, key: str) -> float:
        inner = metrics[name]
        assert isinstance(inner, Mapping)
        return inner[key]

    ran = metrics["Executor Run Time"]
    assert isinstance(ran, (int, float))
    return {
        "tasks": 1,
        "seconds": ran / 1e3,
        "slowest": ran / 1e3,
        "shuffled": part("Shuffle Write Metrics", "Shuffle Bytes Written"),
        "written": part("Output Metrics", "Bytes Written"),
    }
