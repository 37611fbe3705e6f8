"""The door opens quickly: asking for help loads no heavy library."""

from __future__ import annotations

import subprocess
import sys
import time

HEAVY = {"duckdb", "geopandas", "jellyfish", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "scipy", "shapely"}
HELP = """
import sys
from minglu.cli import main
sys.argv = ["minglu", "--help"]
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
# Help draws the commands, a bare import does not; a heavy library would cost ten times as much.
MOST_TIMES_SLOWER = 4


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)


def _best_s(code: str, rounds: int = 5) -> float:
    """Return the least time of several runs: the one least disturbed by others on the machine."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        _run(code)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_help_imports_no_heavy_library():
    """Heavy imports happen inside the commands."""
    done = _run(HELP)
    assert done.returncode == 0, done.stderr
    assert "build" in done.stdout
    assert HEAVY.isdisjoint(done.stderr.split())


def test_help_costs_little_more_than_its_own_library():
    """Measured against the bare command-line library in the same minute, not against a clock."""
    assert _best_s(HELP) < MOST_TIMES_SLOWER * _best_s("import typer, rich.console")
