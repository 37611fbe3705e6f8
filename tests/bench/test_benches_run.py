"""Every benchmark runs to its end on small inputs, without its peers: a figure nobody can reproduce is none."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "ablation": ["--rows", "2000", "--vocabulary", "open"],
    "build": ["--rows", "2000"],
    "cleaning": ["--rows", "2000"],
    "curve": ["--rows", "1000", "2000", "--vocabulary", "open"],
    "errors": ["--rows", "2000"],
    "general": ["--no-peers"],
    "linkage": ["--rows", "2000", "--vocabulary", "open"],
    "nation": ["--districts", "500", "1000"],
    "pieces": ["--rows", "2000"],
    "points": ["--cases", "20000x100", "--no-peer"],
    "report": ["--units", "2000", "--districts", "100", "--reviews", "100"],
    "resume": ["--rows", "2000"],
    "worlds": ["--rows", "2000", "--worlds", "river_prefecture", "--cells", "as_is", "names_only"],
    "territory": ["--districts", "400", "--files"],
}
ELSEWHERE = {"copies", "spark", "splink"}
"""They need a peer's environment, another engine, or what another benchmark has kept."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SMALL))
def test_benchmark_runs_to_its_end_and_prints_figures(name):
    """A change of the product that a benchmark does not follow shows here, not on the day of measuring."""
    command = [sys.executable, "-m", "bench", name, *SMALL[name]]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    assert any(character.isdigit() for character in done.stdout)


def test_every_benchmark_is_either_tried_or_excused():
    """A new benchmark is tried here, or its need for something else is named."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--help"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert set(done.stdout.split()) == set(SMALL) | ELSEWHERE
