"""Command line of the world: ``python highland_province --out FOLDER --rows 20000 --seed 1``."""

import argparse
import sys
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from highland_province.world import build


def main() -> None:
    """Read the options and write the world."""
    parser = argparse.ArgumentParser(prog="highland_province", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--rows", type=int, default=20000, help="rows over all lists")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    build(options.out, options.rows, options.seed)


if __name__ == "__main__":
    main()
