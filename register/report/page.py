"""report.html: the coverage report as one offline page.  Everything it says is in coverage.json."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from minglu.register.report.run import Run


def write_page(run: Run, path: Path) -> None:
    """Write the page at `path`."""
    environment = Environment(
        loader=PackageLoader("minglu.register.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("report.html").render(coverage=run.coverage)
    path.write_text(html, encoding="utf-8", newline="\n")
