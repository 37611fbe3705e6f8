"""A district: its boundary, its units, what to check, its faults and neighbours."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from minglu.register.desk.page_rendering import desk_of, render
from minglu.register.desk.queries.district_details import district_details, numbered_points
from minglu.register.language.code_labels import METHODS, OUTCOMES


def show(request: Request) -> Response:
    """Show the page of one district."""
    details = district_details(desk_of(request), request.path_params["code"])
    return render(request, "district.html", d=details, outcomes=OUTCOMES, methods=METHODS)


def show_map(request: Request) -> Response:
    """Send what the map of a district draws."""
    desk = desk_of(request)
    details = district_details(desk, request.path_params["code"])
    return JSONResponse(desk.map.drawing([details.code], numbered_points(details.units)))
