"""What linkage costs as the lists grow, stage by stage, with the exponent between one size and the next.

    python -m bench curve --rows 100000 1000000 10000000

An exponent of 1 means ten times the rows in ten times the seconds.  Every size is generated, read, cleaned, parsed and
linked in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from bench.linkage import Clock, generate, link, prepare

ROOT = Path(__file__).resolve().parent.parent
PEAK = "peak memory, GB"


def main(arguments: list[str]) -> None:
    """Measure every size and print seconds and exponents."""
    parser = argparse.ArgumentParser(prog="python -m bench curve", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[30_000, 100_000, 300_000])
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--vocabulary", default="held-out")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options)))
        return
    found = {rows: _in_a_process(rows, options) for rows in options.rows}
    print_curve(found)


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Return the wall seconds of each stage at one size, and the peak of memory."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as scratch:
        wanted = argparse.Namespace(rows=options.rows[0], seed=options.seed, vocabulary=options.vocabulary)
        entries, places, truth = prepare(generate(Path(scratch), wanted), Path(scratch), clock)
    link(entries, places, truth, clock)
    seconds = {name: wall for name, (wall, _) in clock.steps.items()}
    return seconds | {PEAK: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def _in_a_process(rows: int, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, "-m", "bench", "curve", "--one", "--rows", str(rows), "--seed", str(options.seed)]
    command += ["--vocabulary", options.vocabulary]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
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
