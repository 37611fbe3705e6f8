"""Render the outputs of a run, one after the other: layers, workbook, page."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from minglu.common.interruption import spared_from_interruption
from minglu.register.clerical.review.make_review import write_queue
from minglu.register.engine.worker_pool import follow_parent
from minglu.register.report.finished_run import Run, open_run
from minglu.register.report.html.report_page import write_page
from minglu.register.report.office.register_workbook import write_workbook
from minglu.register.report.office.summary_docx import write_summary
from minglu.register.report.register_gpkg import write_layers
from minglu.register.storage import run_store
from minglu.register.storage.integrity import protect, require_unchanged
from minglu.register.storage.run_folder import staged

Write = Callable[[Run, Path], None]
BOOK: Mapping[str, Write] = {"register.xlsx": write_workbook}
OTHERS: Mapping[str, Write] = {
    "register.gpkg": write_layers,
    "review.xlsx": lambda run, path: write_queue(run.folder, path),
    "report.docx": write_summary,
    "report.html": write_page,
}
MANY_UNITS = 20_000
"""From here on the workbook, half of the work, is worth a process of its own."""


def render(folder: Path) -> None:
    """Write every form of the run in `folder` beside its tables.

    Raises MemoryError where the other process was killed: nothing but a lack of memory does that unasked.
    """
    run = open_run(folder)
    if run.register.num_rows < MANY_UNITS:
        _write(run, {**BOOK, **OTHERS})
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=follow_parent) as beside:
        with spared_from_interruption():
            other, book = beside.submit(os.getpid), beside.submit(_write_book, folder)
        try:
            _write(run, OTHERS)
            book.result()
        except BrokenProcessPool as problem:
            raise MemoryError from problem
        except BaseException:  # an interrupt as well: nobody waits for a workbook that is not wanted any more
            os.kill(other.result(), signal.SIGTERM)
            raise


def _write_book(folder: Path) -> None:
    _write(open_run(folder), BOOK)


def _write(run: Run, forms: Mapping[str, Write]) -> None:
    for name, write in forms.items():
        write(run, run.folder / name)


def _copy_files(source: Path, to: Path) -> None:
    """Copy a folder file by file: a full disk is an OSError that says so, which copytree hides in a list."""
    for path in sorted(source.rglob("*")):
        if path.is_dir():
            (to / path.relative_to(source)).mkdir(exist_ok=True)
        else:
            shutil.copyfile(path, to / path.relative_to(source))


def renew(out: Path) -> None:
    """Render the run folder `out` again in a copy that then takes its place."""
    open_run(out)
    require_unchanged(out)
    with staged(out, allow=protect) as folder:
        _copy_files(out, folder)
        render(folder)
        run_store.renew_manifest(folder)
