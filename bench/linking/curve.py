"""What linkage costs as the lists grow, stage by stage, with the exponent between one size and the next.

    python -m bench curve --rows 100000 1000000 10000000

An exponent of 1 means ten times the rows in ten times the seconds.  Of every size the lists are read, cleaned and
located in one process, parsed and linked in another, so that the memory of linkage is its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import resource
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from bench.linking.linkage import generate, learn_words, link, parse_and_code, read_truth
from bench.support.clock import Clock
from bench.support.entries import store_entries

ROOT = Path(__file__).resolve().parents[2]
PEAK_CLEANING, PEAK_LINKING = "GB to clean", "GB to link"


def main(arguments: list[str]) -> None:
    """Measure every size and print seconds and exponents."""
    parser = argparse.ArgumentParser(prog="python -m bench curve", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[30_000, 100_000, 300_000])
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--vocabulary", default="held-out")
    parser.add_argument("--data", type=Path, help="keep what is generated in this folder, and take it from there")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        print(json.dumps(STEPS[options.step](options.folder)))
        return
    print_curve({rows: measure(rows, options) for rows in options.rows})


def measure(rows: int, options: argparse.Namespace) -> dict[str, float]:
    """Return the wall seconds of each stage at one size, and the peaks of memory."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.data or Path(scratch)) / f"{options.vocabulary}-{options.seed}-{rows}"
        if not (folder / "census.toml").exists():
            wanted = argparse.Namespace(rows=rows, seed=options.seed, vocabulary=options.vocabulary)
            generate(folder, wanted)
        return _in_a_process("clean", folder) | _in_a_process("link", folder)


def clean(folder: Path) -> dict[str, float]:
    """Read, clean and locate the lists of a folder; keep the entries beside them."""
    clock = Clock()
    places = store_entries(folder, folder / "entries.parquet", clock)
    (folder / "places.json").write_text(json.dumps(places), "utf-8")
    return _seconds(clock) | {PEAK_CLEANING: _peak_gb()}


def link_entries(folder: Path) -> dict[str, float]:
    """Parse and link the entries kept in a folder; what was found goes to the standard error."""
    clock, entries = Clock(), folder / "entries.parquet"
    with contextlib.redirect_stdout(sys.stderr):
        places = tuple(json.loads((folder / "places.json").read_text("utf-8")))
        with clock.step("learn words"):
            words = learn_words(entries, places)
        rows = parse_and_code(entries, words, clock)
        link(rows, read_truth(entries), clock)
        clock.show(len(rows))
    return _seconds(clock) | {PEAK_LINKING: _peak_gb()}


STEPS = {"clean": clean, "link": link_entries}


def _seconds(clock: Clock) -> dict[str, float]:
    return {name: wall for name, (wall, _) in clock.steps.items()}


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _in_a_process(step: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench", "curve", "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def print_curve(found: dict[int, dict[str, float]]) -> None:
    """One line per stage: the figure at every size, and between two sizes the exponent."""
    sizes = sorted(found)
    print(f"{'rows':<18}" + "".join(f"{size:>12,}" for size in sizes) + "   exponents")
    for stage in found[sizes[0]]:
        figures = [found[size][stage] for size in sizes]
        exponents = [
            math.log(max(more, 1e-3) / max(less, 1e-3)) / math.log(large / small)
            for (small, large), (less, more) in zip(pairwise(sizes), pairwise(figures), strict=True)
        ]
        print(f"{stage:<18}" + "".join(f"{one:12.2f}" for one in figures) + "".join(f"{one:8.2f}" for one in exponents))
