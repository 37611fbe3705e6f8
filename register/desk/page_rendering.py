"""Templates into answers: every value is escaped and freed of characters that mislead; one language a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from minglu.common.bilingual import Bilingual
from minglu.register.desk.access_guard import Session
from minglu.register.desk.answer_questions import QuestionDesk
from minglu.register.desk.opened_run import OpenedRun
from minglu.register.language.safe_text import plain_text
from minglu.register.report.html.assets import asset

Words = tuple[str, str]
PAGES = (
    ("/", "查找", "Find"),
    ("/review", "复核", "Review"),
    ("/what-if", "推演", "What-if"),
    ("/verify", "核查", "Verify"),
)
"""Address and names of what the head of every page leads to."""


def desk_of(request: Request) -> OpenedRun:
    """Return the run that the desk shows."""
    opened: OpenedRun = request.app.state.desk
    return opened


def questions_of(request: Request) -> QuestionDesk:
    """Return the questions of the run, and who has which."""
    state = request.app.state
    with state.making:
        if state.questions is None:
            state.questions = QuestionDesk(state.desk)
        questions: QuestionDesk = state.questions
        return questions


def session_of(request: Request) -> Session:
    """Return the session of a request that the guard let through."""
    session: Session = request.scope["desk_session"]
    return session


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page made from a template of the folder `templates`.

    Every template has `t` (Chinese, English -> the one to show), `lang`, `desk`, `session` and `path`.
    """
    session = session_of(request)
    page = environment().get_template(template)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = page.render(
        t=_chooser(session.language),
        w=lambda words: _chooser(session.language)(*words),
        said=lambda reason: _chooser(session.language)(*Bilingual.parse(reason).halves),
        lang=session.language,
        pages=PAGES,
        desk=desk_of(request),
        session=session,
        path=path,
        place=request.url.path,
        **values,
    )
    return HTMLResponse(text, status)


def refuse(request: Request, words: Words, *, status: int = 404) -> Response:
    """Return a page that says, Chinese and English, what was not found or not taken."""
    return render(request, "refusal.html", status=status, title=words, words=words)


def _chooser(language: str) -> Callable[[str, str], str]:
    return (lambda zh, _en: zh) if language == "zh" else (lambda _zh, en: en)


@cache
def environment() -> Environment:
    """Return the templates of the desk: everything put into them is escaped."""
    return Environment(
        loader=PackageLoader("minglu.register.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return plain_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def static_file(name: str) -> str:
    """Return the text of a file of the folder `static`, or one of the map library that the report brings along."""
    if name.startswith("leaflet."):
        return str(asset(f"vendor/{name}"))
    return resources.files("minglu.register.desk").joinpath("static", name).read_text("utf-8")
