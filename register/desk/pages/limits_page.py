"""What-if: what was learned, how scores lie, what other limits would give, what stayed alone and why."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from minglu.register.desk.page_rendering import desk_of, render
from minglu.register.desk.queries.linkage_figures import REASONS, linkage_figures


def show(request: Request) -> Response:
    """Show the figures of linkage, and those of the limits that are asked for."""
    limit, low = (_share(request.query_params.get(name, "")) for name in ("limit", "low"))
    figures = linkage_figures(desk_of(request).queries, limit=limit, low=low)
    largest = [
        max((row["pairs"] for row in scores), default=1) for scores in (figures.site_scores, figures.legal_scores)
    ]
    scores = [
        (("同一场所", "One site"), figures.site_scores, largest[0]),
        (("同一法人", "One legal unit"), figures.legal_scores, largest[1]),
    ]
    return render(request, "limits.html", f=figures, scores=scores, reasons=REASONS, limit=limit, low=low)


def _share(text: str) -> float | None:
    """Return a probability that somebody typed; anything else asks for nothing.

    >>> _share("0.97"), _share("97%"), _share("much"), _share("nan")
    (0.97, 0.97, None, None)
    """
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        return None
    return value if 0 < value < 1 else None
