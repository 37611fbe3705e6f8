"""The whole way on generated rows: seconds per stage, peak memory, precision, recall, F1, placement.

    python -m bench build --rows 100000 1000000

The generator writes the lists and the truth; `minglu build` runs as a user runs it, in a
process of its own; the score is taken from its run folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.support.scoring import score_placement, score_register, score_scope

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "sample_data" / "generator"


def main(arguments: list[str]) -> None:
    """Generate, build, score, print; one block per size."""
    parser = argparse.ArgumentParser(prog="python -m bench build", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=20_271_231)
    parser.add_argument("--vocabulary", default="open", help="open, development, or held-out: words nobody tuned on")
    parser.add_argument("--keep", type=Path, help="keep data and run folders here")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for rows in options.rows:
            folder = (options.keep or Path(scratch)) / f"{options.vocabulary}-{rows}-{options.seed}"
            generate(folder, rows, options.seed, options.vocabulary)
            _measure(folder)


def generate(folder: Path, rows: int, seed: int, vocabulary: str) -> None:
    """Write lists, layers, census file and truth into a folder, unless they are there."""
    if (folder / "truth.parquet").exists():
        return
    subprocess.run(
        [sys.executable, str(GENERATOR), "--rows", str(rows), "--seed", str(seed), "--format", "csv",
         "--vocabulary", vocabulary, "--out", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _measure(folder: Path) -> None:
    out = folder / "out"
    command = [
        sys.executable,
        "-m",
        "minglu",
        "build",
        str(folder / "census.toml"),
        "--out",
        str(out),
        "--quiet",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    coverage = json.loads(process.communicate()[0])
    if process.returncode not in (0, 1):
        raise SystemExit(f"minglu build ended with {process.returncode}")
    seconds = json.loads((out / "run.json").read_text("utf-8"))["seconds"]
    print(f"\n{folder.name}: {coverage['accounting']['rows']:,} rows, {os.cpu_count()} processors")
    for stage, value in seconds.items():
        print(f"  {stage:<22}{value:>9.1f} s")
    print(f"  {'all stages':<22}{sum(seconds.values()):>9.1f} s   peak {_peak_gb():.2f} GB in the largest process")
    for level, score in score_register(out, folder / "truth.parquet").items():
        print(f"  {score.line(level)}")
    for method, (units, right) in score_placement(out, folder / "truth.parquet").items():
        print(f"  placed {method:<10}{units:>9,} units, {right / units:.4f} in their true district")
    for (in_scope, outcome), rows in score_scope(out, folder / "truth.parquet").items():
        print(f"  truly {'in' if in_scope else 'out of'} scope, outcome {outcome}: {rows:,} rows")


def _peak_gb() -> float:
    """Return the peak resident memory of the largest child so far, in GB; 0 where the system does not report it."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)
