"""The run at a glance: the three statements, and what waits for somebody."""

from __future__ import annotations

from typing import Any, NamedTuple

from minglu.register.coverage.assemble_coverage import summary_lines
from minglu.register.desk.opened_run import OpenedRun


class Figures(NamedTuple):
    """What the first page shows of a run."""

    lines: tuple[list[str], list[str]]
    """The summary, Chinese and English, as `minglu build` printed it."""
    units: int
    legal_units: int
    districts: int
    waiting: int
    """Pairs that wait for a clerk."""


def first_page_figures(desk: OpenedRun) -> Figures:
    """Return the figures of the first page."""
    counts: dict[str, Any] = desk.queries.rows(
        "SELECT (SELECT count(*) FROM units WHERE outcome = 'unit') AS units, "
        "(SELECT count(*) FROM legal_units) AS legal_units, (SELECT count(*) FROM districts) AS districts, "
        "(SELECT count(*) FROM scored_pairs WHERE verdict = 'review' AND decided = '') AS waiting"
    )[0]
    return Figures((summary_lines(desk.account, "zh"), summary_lines(desk.account, "en")), **counts)
