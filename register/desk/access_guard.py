"""Access to the desk: this machine's browser, with the token, from the desk's own pages.

Every request must name the desk's own host (so that no foreign name that resolves to this machine passes for it),
carry the cookie that the token was exchanged for, and, where it changes anything, come from a page of the desk.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000
"""Of one posted form."""
MOST_SESSIONS = 64
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # none at all would take the origin away from forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}
OPEN_AGAIN = "请用命令行给出的完整地址打开。 Open the whole address that the command printed."


@dataclass(eq=False)
class Session:
    """One browser that was given the token."""

    number: int
    """From 1, in the order in which they came."""
    name: str
    """Who sits there; empty while it is not known, or where nobody may answer."""
    language: str
    message: tuple[str, str] | None = None
    """What the next page reports of the last action: Chinese, English."""

    def take_message(self) -> tuple[str, str] | None:
        """Return what was just done, once."""
        message, self.message = self.message, None
        return message


@dataclass(eq=False)
class Sessions:
    """The browsers that may talk to the desk."""

    names: tuple[str, ...]
    language: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _known: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> str:
        """Begin a session and return its secret; the oldest ends where there are too many."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            number = max((one.number for one in self._known.values()), default=0) + 1
            if len(self._known) >= MOST_SESSIONS:
                del self._known[next(iter(self._known))]
            name = self.names[0] if len(self.names) == 1 else ""
            self._known[secret] = Session(number, name, self.language)
        return secret

    def of(self, secret: str) -> Session | None:
        """Return the session with a secret."""
        return self._known.get(secret)


class AccessGuard:
    """Lets requests through to `app`, with their session, or refuses them; every answer gets the same headers."""

    def __init__(self, app: ASGIApp, *, port: int, sessions: Sessions, is_unchanged: Callable[[], bool]) -> None:
        self._app, self._sessions, self._is_unchanged = app, sessions, is_unchanged
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"minglu_desk_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        answer = self._refuse(request) or self._enter(request)
        session = self._sessions.of(request.cookies.get(self._cookie, ""))
        if answer is None and session is None:
            answer = PlainTextResponse(f"403  {OPEN_AGAIN}", 403)
        if answer is None and not self._is_unchanged():
            answer = PlainTextResponse(
                "409  结果已重新生成或被移走：请关闭工作台后重新打开。 "
                "The run was built again or moved: close the desk and open it again.",
                409,
            )
        scope["desk_session"] = session
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _refuse(self, request: Request) -> Response | None:
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return PlainTextResponse("421  host", 421)
        if request.method not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("405  method", 405)
        came_from = request.headers.get("sec-fetch-site", "none")
        if request.method == "POST":
            if request.headers.getlist("origin") != [f"http://{hosts[0]}"] or came_from not in {"none", "same-origin"}:
                return PlainTextResponse("403  origin", 403)
            length = request.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > MOST_BYTES:
                return PlainTextResponse("413  length", 413)
        elif came_from in {"cross-site", "same-site"} and "token" not in request.query_params:
            return PlainTextResponse(f"403  {OPEN_AGAIN}", 403)
        return None

    def _enter(self, request: Request) -> Response | None:
        """Exchange the token of the first address for a cookie that only the desk's own pages send."""
        given = request.query_params.get("token")
        if given is None or request.method != "GET" or request.url.path != "/":
            return None
        if not hmac.compare_digest(given.encode(), self._sessions.token.encode()):
            return PlainTextResponse(f"403  {OPEN_AGAIN}", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._sessions.begin(), httponly=True, samesite="strict", path="/")
        return answer


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
