"""Run a benchmark: `python -m bench NAME [options]`.  Each prints what it measured, beside a peer if there is one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Hand the command line to the benchmark of that name; without one, list them and run the default."""
    names = sorted(path.stem for path in HERE.glob("*.py") if "def main(" in path.read_text("utf-8"))
    names.remove("__main__")
    arguments = sys.argv[1:] or ["build"]
    if arguments[0] not in names:
        raise SystemExit(f"expected one of: {', '.join(names)}; found {arguments[0]}")
    importlib.import_module(f"bench.{arguments[0]}").main(arguments[1:])


if __name__ == "__main__":
    main()
