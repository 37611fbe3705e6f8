"""Everything a finished run shows people, rendered from the run folder's own tables."""

from __future__ import annotations

from pathlib import Path


def render_all(folder: Path) -> None:
    """Write every form of the run folder `folder` from its tables and coverage.json.

    The same tables give the same bytes.  Raises SourceError where `folder` is no
    unchanged run folder, OutputError where it can't be written.
    """
    # A check of layers needs only `report.layers`: it must not load the libraries of a whole report.
    from minglu.register.report.render_outputs import render  # noqa: PLC0415

    render(folder)


def render_again(out: Path) -> None:
    """Render every form of the run folder `out` anew; the old forms stay until all are written.

    Raises SourceError where `out` is no run folder, LockedError where another run writes
    there, OutputError where it can't be written.
    """
    from minglu.register.report.render_outputs import renew  # noqa: PLC0415

    renew(out)


def render_inside(out: Path, page: Path) -> None:
    """Write the page for the office itself at `page`, outside of `out`: single units and their rows.

    Raises SourceError where `out` is no run folder, UsageError where `page` would lie in
    it, OutputError where it can't be written.
    """
    from minglu.register.report.html.report_page import write_inside  # noqa: PLC0415

    write_inside(out, page)


def render_workbook(out: Path, book: Path, language: str) -> None:
    """Write the workbook of the register at `book`, outside of `out`, in `language`.

    Raises SourceError where `out` is no run folder, UsageError where `book` would lie in
    it, OutputError where it can't be written.
    """
    from minglu.register.report.office.register_workbook import write_workbook_outside  # noqa: PLC0415

    write_workbook_outside(out, book, language)
