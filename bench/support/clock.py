"""A clock for benchmarks: wall and processor seconds of named steps, those of worker processes too."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Wall and processor seconds of each step, in order; a step that comes again adds up."""

    steps: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        wall, processor = time.perf_counter(), _processor_seconds()
        yield
        before = self.steps.get(name, (0.0, 0.0))
        spent = time.perf_counter() - wall, _processor_seconds() - processor
        self.steps[name] = (before[0] + spent[0], before[1] + spent[1])

    def show(self, rows: int) -> None:
        """Print one line per step."""
        for name, (wall, processor) in self.steps.items():
            per_million = wall / rows * 1e6
            print(f"{name:<18} {wall:7.1f} s  processor {processor:7.1f} s  {per_million:6.1f} s per million rows")


def _processor_seconds() -> float:
    """Return the processor time of this process, and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
