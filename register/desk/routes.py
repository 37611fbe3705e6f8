"""The addresses of the desk and the pages that answer them."""

from __future__ import annotations

import threading

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from minglu.errors import MingluError
from minglu.register.desk.opened_run import OpenedRun
from minglu.register.desk.page_rendering import refuse, session_of, static_file
from minglu.register.desk.pages import (
    district_page,
    field_pack_page,
    find_page,
    limits_page,
    question_page,
    unit_page,
    verify_page,
)

STATIC = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "map.js": "text/javascript",
    "review.js": "text/javascript",
    "leaflet.css": "text/css",
    "leaflet.js": "text/javascript",
}


def make_app(desk: OpenedRun) -> Starlette:
    """Return the application that answers for an opened run; the guard stands in front of it."""
    app = Starlette(
        routes=[
            Route("/", find_page.show),
            Route("/find", find_page.show_answers),
            Route("/unit/{unit_id}", unit_page.show),
            Route("/unit/{unit_id}/map.json", unit_page.show_map),
            Route("/district/{code}", district_page.show),
            Route("/district/{code}/map.json", district_page.show_map),
            Route("/pack/{name}", field_pack_page.send),
            Route("/review", question_page.show),
            Route("/review/answer", question_page.answer, methods=["POST"]),
            Route("/review/map.json", question_page.show_map),
            Route("/what-if", limits_page.show),
            Route("/verify", verify_page.show),
            Route("/verify/boundary/{code}.json", verify_page.show_boundary),
            Route("/verify/{sheet}/{number}", verify_page.show_form),
            Route("/verify/{sheet}/{number}", verify_page.enter, methods=["POST"]),
            Route("/who", question_page.choose_person),
            Route("/who/set", question_page.set_person, methods=["POST"]),
            Route("/language/{language}", choose_language),
            Route("/static/{name}", send_static),
        ],
        exception_handlers={MingluError: _refused, HTTPException: _missing},
    )
    app.state.desk, app.state.making = desk, threading.Lock()
    app.state.questions = app.state.books = None
    return app


def choose_language(request: Request) -> Response:
    """Speak the other language in this browser, and go back to where it was chosen."""
    language = request.path_params["language"]
    if language in {"zh", "en"}:
        session_of(request).language = language
    return RedirectResponse(local_path(request.query_params.get("back", "/")), 303)


def local_path(given: str) -> str:
    """Return a path of the desk itself; any other address becomes the first page.

    >>> local_path("/unit/U1"), local_path("//elsewhere"), local_path("https://elsewhere")
    ('/unit/U1', '/', '/')
    """
    fine = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if fine else "/"


def send_static(request: Request) -> Response:
    """Send a style sheet or a script of the desk."""
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(static_file(name), media_type=f"{STATIC[name]}; charset=utf-8")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, MingluError)
    return refuse(request, (error.zh, error.en), status=400)


def _missing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(request, ("没有这一页。", "There is no such page."), status=error.status_code)
