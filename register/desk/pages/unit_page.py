"""A unit: its rows and values with their sources, why it is one, why it is there, its past, its map."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from minglu.register.clerical.decisions import WORDS
from minglu.register.desk.page_rendering import desk_of, render
from minglu.register.desk.queries.unit_details import map_points, unit_details
from minglu.register.language.code_labels import METHODS, OUTCOMES
from minglu.register.schemas import STATUSES


def show(request: Request) -> Response:
    """Show the page of one unit."""
    details = unit_details(desk_of(request), request.path_params["unit_id"])
    return render(
        request, "unit.html", d=details, outcomes=OUTCOMES, methods=METHODS, statuses=STATUSES, relations=WORDS
    )


def show_map(request: Request) -> Response:
    """Send what the map of a unit draws."""
    desk = desk_of(request)
    codes, points = map_points(desk, request.path_params["unit_id"])
    return JSONResponse(desk.map.drawing(codes, points))
