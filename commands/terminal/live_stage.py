"""The stage that runs, on a terminal: rows done, speed, time left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from minglu.common.rows_watched import watching


@contextmanager
def running(words: str, language: str) -> Iterator[None]:
    """Show a stage while it runs, and clear it away at its end.

    Rich draws in ASCII where the console's code page is not Unicode (GBK), and without colour under NO_COLOR.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    shown = Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[rows]}", markup=False),
        TimeRemainingColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )
    with shown:
        task = shown.add_task(words, total=None, rows="")

        def count(rows: int, whole: int) -> None:
            state = shown.tasks[0]
            if state.total != whole or state.finished:  # the next table of this stage
                shown.reset(task, total=whole, description=words, rows="")
            shown.advance(task, rows)
            shown.update(task, rows=_rows(state.completed, whole, state.speed, language))

        with watching(count):
            yield


def _rows(done: float, whole: int, speed: float | None, language: str) -> str:
    """Return how many rows are done and how many go through in a second.

    >>> _rows(20_000, 100_000, 5_000.0, "en")
    '20,000 / 100,000 rows  5,000/s'
    """
    unit, each = ("行", "行/秒") if language == "zh" else ("rows", "/s")
    rate = f"  {speed:,.0f}{each}" if speed else ""
    return f"{done:,.0f} / {whole:,} {unit}{rate}"
