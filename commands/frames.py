"""Data frames kept out of the process: no command needs them, and loading them takes half a second."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

FRAMES = frozenset({"pandas", "geopandas"})


class WithoutFrames(MetaPathFinder):
    """Say of pandas and geopandas that they are not installed: Arrow and pyogrio load them only because they are."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /) -> None:
        """Refuse the frames, leave everything else to the other finders."""
        if name in FRAMES:
            raise ModuleNotFoundError(f"{name} is kept out of this process", name=name)


def let_frames_in() -> None:
    """Let data frames be loaded after all: PySpark refuses to work without, though no table of ours is one."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, WithoutFrames)]
