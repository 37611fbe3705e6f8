"""The forms of a run, one after the other: layers, workbook, page.  What each looks like is said in its own module."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from minglu.register import store
from minglu.register.report.gis import write_layers
from minglu.register.report.page import write_page
from minglu.register.report.run import Run, open_run
from minglu.register.report.summary import write_summary
from minglu.register.report.workbook import write_workbook
from minglu.register.review.sheets import write_queue
from minglu.register.runfolder import staged
from minglu.register.safekeeping import protect, require_unchanged

Write = Callable[[Run, Path], None]
Form = tuple[str, Write]
STRANDS: Sequence[Sequence[Form]] = (
    (("register.xlsx", write_workbook),),
    (
        ("register.gpkg", write_layers),
        ("review.xlsx", lambda run, path: write_queue(run.folder, path)),
        ("report.docx", write_summary),
        ("report.html", write_page),
    ),
)
"""Every form; the strands are written side by side, as packing and GDAL leave the interpreter free."""


def render(folder: Path) -> None:
    """Write every form of the run in `folder` beside its tables."""
    run = open_run(folder)
    run.warm()
    with ThreadPoolExecutor(len(STRANDS)) as pool:
        for strand in [pool.submit(_write, run, forms) for forms in STRANDS]:
            strand.result()


def _write(run: Run, forms: Sequence[Form]) -> None:
    for name, write in forms:
        write(run, run.folder / name)


def renew(out: Path) -> None:
    """Render the run folder `out` again in a copy that then takes its place."""
    open_run(out)
    require_unchanged(out)
    with staged(out, allow=protect) as folder:
        shutil.copytree(out, folder, dirs_exist_ok=True)
        render(folder)
        store.renew_manifest(folder)
