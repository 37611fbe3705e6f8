"""The forms of a run, one after the other: layers, workbook, page.  What each looks like is said in its own module."""

from __future__ import annotations

import shutil
from pathlib import Path

from minglu.register import store
from minglu.register.report.gis import write_layers
from minglu.register.report.page import write_page
from minglu.register.report.run import open_run
from minglu.register.report.summary import write_summary
from minglu.register.report.workbook import write_workbook
from minglu.register.review.sheets import write_queue
from minglu.register.runfolder import staged
from minglu.register.safekeeping import protect, require_unchanged


def render(folder: Path) -> None:
    """Write every form of the run in `folder` beside its tables."""
    run = open_run(folder)
    write_layers(run, folder / "register.gpkg")
    write_workbook(run, folder / "register.xlsx")
    write_queue(folder, folder / "review.xlsx")
    write_summary(run, folder / "report.docx")
    write_page(run, folder / "report.html")


def renew(out: Path) -> None:
    """Render the run folder `out` again in a copy that then takes its place."""
    open_run(out)
    require_unchanged(out)
    with staged(out, allow=protect) as folder:
        shutil.copytree(out, folder, dirs_exist_ok=True)
        render(folder)
        store.renew_manifest(folder)
