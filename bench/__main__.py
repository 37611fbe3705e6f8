"""Run a benchmark: `python -m bench NAME [options]`.  Each prints what it measured, beside a peer if there is one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Hand the command line to the benchmark of that name; without one, list them and run the default."""
    names = benchmarks()
    arguments = sys.argv[1:] or ["build"]
    if arguments[0] in {"-h", "--help"}:
        print("\n".join(names))
        return
    if arguments[0] not in names:
        raise SystemExit(f"expected one of: {', '.join(names)}; found {arguments[0]}")
    importlib.import_module(names[arguments[0]]).main(arguments[1:])


def benchmarks() -> dict[str, str]:
    """Return name -> module of every benchmark: each module here, or one folder down, that has main(arguments)."""
    paths = sorted((*HERE.glob("*.py"), *HERE.glob("*/*.py")), key=lambda path: path.stem)
    return {
        path.stem: ".".join(path.relative_to(HERE.parent).with_suffix("").parts)
        for path in paths
        if "def main(arguments" in path.read_text("utf-8") and path.stem != "__main__"
    }


if __name__ == "__main__":
    main()
