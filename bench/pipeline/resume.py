"""What `--resume` costs and what it saves: a whole run, a run killed in the middle, the run that goes on from there.

    python -m bench resume --rows 100000 --after place

Each is a process of its own, killed with its workers once that step was kept.  Wall and processor seconds are printed
for each, and whether the digests of the resumed run are those of the whole one.  POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.pipeline.build import generate

STEPS = ("match", "fuse-and-screen", "place")
"""The steps that are kept, as their records are named."""


def main(arguments: list[str]) -> None:
    """Generate, build whole, kill, resume, compare; print what each took."""
    parser = argparse.ArgumentParser(prog="python -m bench resume", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_271_231)
    parser.add_argument("--after", choices=STEPS, default=STEPS[0])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        generate(folder, options.rows, options.seed, "open")
        print(f"{options.rows:,} rows, {os.cpu_count()} processors: wall and processor seconds")
        _run(folder, "whole", "without --resume")
        _run(folder, "kept", "with --resume, not interrupted", "--resume")
        _run(folder, "resumed", f"with --resume, killed after {options.after}", "--resume", kill=options.after)
        _run(folder, "resumed", "with --resume, going on", "--resume")
        same = _digests(folder / "whole") == _digests(folder / "kept") == _digests(folder / "resumed")
        print(f"  every digest the same: {'yes' if same else 'NO'}")


def _run(folder: Path, out: str, what: str, *more: str, kill: str = "") -> None:
    command = [sys.executable, "-m", "minglu", "build", folder / "census.toml", "--out", folder / out, "--quiet"]
    begun, before = time.monotonic(), os.times()
    process = subprocess.Popen([*command, *more], start_new_session=True, stdout=subprocess.DEVNULL)
    while kill and process.poll() is None:
        if (folder / f".{out}.steps" / f"{kill}.json").exists():
            os.killpg(process.pid, signal.SIGKILL)
            break
        time.sleep(0.05)
    code, after = process.wait(), os.times()
    if code not in ((-signal.SIGKILL,) if kill else (0, 1)):
        raise SystemExit(f"minglu build ended with {code}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"  {what:<46}{time.monotonic() - begun:>8.1f}{used:>9.1f}", flush=True)


def _digests(out: Path) -> dict[str, str]:
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    return {output["path"]: output["sha256"] for output in manifest["outputs"]}
