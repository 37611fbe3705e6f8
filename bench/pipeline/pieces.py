"""What can go to workers and what can't: processor seconds of each batch function, and of all else, on one processor.

    python -m bench pieces --rows 100000

The embedded engine with one thread, every call of a batch function timed by the processor's clock: figures hold on a
busy machine.  What is left of a stage when its functions are taken off is what a driver does alone (queries included).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

import minglu.register.build as pipeline
from bench.pipeline.build import generate
from minglu.register.engine.duckdb_engine import EmbeddedEngine

Function = Callable[[pa.Table], pa.Table]


class Timed(EmbeddedEngine):
    """The embedded engine, which notes what the functions cost that it is given."""

    def __init__(self, *, workspace: Path, **_: object) -> None:
        super().__init__(workspace=workspace, threads=1)
        self.costs: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.inside = 0.0

    def map(self, name: str, function: Function, source: str, *, heavy: bool = False, order_by: str = "") -> None:
        """Time a map."""
        super().map(name, self._timed(f"map {name}", function), source, heavy=heavy, order_by=order_by)

    def flow(self, function: Function, source: str, *, order_by: str) -> Iterator[pa.Table]:
        """Time a flow."""
        return super().flow(self._timed(f"flow {source}", function), source, order_by=order_by)

    def map_groups(self, name: str, function: Function, source: str, *, by: str) -> None:
        """Time the groups."""
        super().map_groups(name, self._timed(f"map_groups {name}", function), source, by=by)

    def spread(self, work: Callable[[int], Any], starts: range) -> Iterator[Any]:
        """Time the pieces."""
        return super().spread(self._timed("spread", work), starts)

    def _timed(self, name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(what: Any) -> Any:
            begun = time.process_time()
            made = function(what)
            spent = time.process_time() - begun
            self.inside += spent
            self.costs[name].append((getattr(what, "num_rows", 0), spent))
            return made

        return call


class Watch:
    """Notes for each stage its processor seconds, and those spent inside functions."""

    def __init__(self) -> None:
        self.engine: Timed | None = None
        self.stages: dict[str, tuple[float, float]] = {}

    @contextmanager
    def stage(self, *, en: str, zh: str) -> Iterator[None]:  # noqa: ARG002
        """Time a stage."""
        begun, inside = time.process_time(), self._inside()
        yield
        self.stages[en] = (time.process_time() - begun, self._inside() - inside)

    def note(self, *, en: str, zh: str) -> None:
        """Do nothing."""

    def times(self) -> Mapping[str, Any]:
        """Return no times."""
        return {}

    def open(self, _kind: str, *, workspace: Path, **_: object) -> Timed:
        """Stand in for `open_engine`."""
        self.engine = Timed(workspace=workspace)
        return self.engine

    def _inside(self) -> float:
        return self.engine.inside if self.engine else 0.0


def main(arguments: list[str]) -> None:
    """Generate, build once, print two tables."""
    parser = argparse.ArgumentParser(prog="python -m bench pieces", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_271_231)
    parser.add_argument("--vocabulary", default="open")
    parser.add_argument("--keep", type=Path, help="keep the data here")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)) / f"{options.vocabulary}-{options.rows}-{options.seed}"
        generate(folder, options.rows, options.seed, options.vocabulary)
        watch = Watch()
        pipeline.open_engine = watch.open  # type: ignore[assignment]
        pipeline.build(folder / "census.toml", Path(scratch) / "out", progress=watch)
    assert watch.engine is not None
    print(f"{'function':<28}{'pieces':>8}{'rows':>12}{'seconds':>10}{'slowest':>9}")
    for name, calls in watch.engine.costs.items():
        rows, seconds = (sum(column) for column in zip(*calls, strict=True))
        print(f"{name:<28}{len(calls):8}{rows:12,}{seconds:10.2f}{max(spent for _, spent in calls):9.2f}")
    print(f"\n{'stage':<28}{'seconds':>10}{'in functions':>14}{'all else':>10}")
    for name, (whole, inside) in watch.stages.items():
        print(f"{name:<28}{whole:10.2f}{inside:14.2f}{whole - inside:10.2f}")
