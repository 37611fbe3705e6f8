"""Field packs: the files of one district, to be taken along."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from minglu.register.desk.field_pack import field_gpx, field_kml, field_page
from minglu.register.desk.page_rendering import desk_of, session_of

TYPES = {
    "html": "text/html; charset=utf-8",
    "gpx": "application/gpx+xml; charset=utf-8",
    "kml": "application/vnd.google-earth.kml+xml; charset=utf-8",
}


def send(request: Request) -> Response:
    """Send a file of a district, to be saved."""
    code, _, kind = request.path_params["name"].rpartition(".")
    desk = desk_of(request)
    if kind not in TYPES:
        raise HTTPException(404)
    if kind == "html":
        text = field_page(desk, code, session_of(request).language)
    else:
        text = (field_gpx if kind == "gpx" else field_kml)(desk, code)
    name = "".join(letter for letter in code if letter.isalnum())
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(text, headers=headers, media_type=TYPES[kind])
