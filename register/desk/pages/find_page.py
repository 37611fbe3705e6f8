"""Find: one box, and the units that its text finds."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from minglu.register.desk.page_rendering import desk_of, render
from minglu.register.desk.queries.first_page import first_page_figures
from minglu.register.explain.find_units import HOW, Found
from minglu.register.language.code_labels import OUTCOMES


def show(request: Request) -> Response:
    """Show the box, and below it what the text finds or the run at a glance."""
    found = _found(request)
    figures = first_page_figures(desk_of(request)) if found is None else None
    return render(request, "find.html", found=found, figures=figures, how=HOW, outcomes=OUTCOMES)


def show_answers(request: Request) -> Response:
    """Show what the text finds, without the page around it: for the script that asks while somebody types."""
    return render(request, "found.html", found=_found(request), how=HOW, outcomes=OUTCOMES)


def _found(request: Request) -> Found | None:
    text = request.query_params.get("q", "").strip()
    return desk_of(request).index.find(text) if text else None
