"""Command line of the world: write the lists, the maps and the truth into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coastal_city.build import build_world


def main() -> None:
    """Read the arguments and build the world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    build_world(args.out, args.rows, args.seed)


if __name__ == "__main__":
    main()
