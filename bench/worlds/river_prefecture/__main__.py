"""Entry: python bench/worlds/river_prefecture --out FOLDER --rows 20000 --seed 1."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(here.parent), *(p for p in sys.path if Path(p or ".").resolve() != here)]

from river_prefecture.build import main

if __name__ == "__main__":
    main()
