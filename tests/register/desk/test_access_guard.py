"""Nobody but this machine's own browser, with the token, from the desk's own pages, is answered."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from minglu.register.desk.access_guard import MOST_BYTES, AccessGuard, Sessions
from minglu.register.desk.routes import local_path

PORT = 4711
HERE = f"http://127.0.0.1:{PORT}"


class Client:
    """A browser without a browser's manners: it sends what it is told, and keeps cookies."""

    def __init__(self, app):
        self._app, self.cookies = app, httpx.Cookies()

    def request(self, method, path, **more):
        """Return the answer to one request."""

        async def ask():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=self.cookies) as client:
                told = await client.request(method, path, **more)
                self.cookies = client.cookies
                return told

        return asyncio.run(ask())

    def get(self, path, **more):
        """Ask for a page."""
        return self.request("GET", path, **more)

    def post(self, path, **more):
        """Post a form."""
        return self.request("POST", path, **more)


def answer(request):
    return PlainTextResponse(request.scope["desk_session"].name)


@pytest.fixture
def sessions():
    return Sessions(("张三",), "zh")


def client_of(sessions, *, unchanged=True):
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    guard = AccessGuard(app, port=PORT, sessions=sessions, is_unchanged=lambda: unchanged)
    return Client(guard)


@pytest.fixture
def client(sessions):
    return client_of(sessions)


@pytest.fixture
def inside(client, sessions):
    assert client.get(f"/?token={sessions.token}").status_code == 303
    return client


def test_the_token_is_exchanged_for_a_strict_cookie(client, sessions):
    """It leaves the address at once, and no script can read the cookie."""
    entered = client.get(f"/?token={sessions.token}")
    cookie = entered.headers["set-cookie"].lower()
    assert entered.headers["location"] == "/"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert sessions.token.lower() not in cookie
    assert client.get("/").text == "张三"


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token="])
def test_without_the_token_nothing_is_shown(client, path):
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", ""])
def test_a_foreign_name_for_this_machine_is_refused(inside, host):
    """DNS rebinding: the browser would send the request here, but it names another host."""
    assert inside.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"http://127.0.0.1:{PORT + 1}", f"https://127.0.0.1:{PORT}"]
)
def test_a_post_from_elsewhere_is_refused(inside, origin):
    assert inside.post("/", headers={"origin": origin}).status_code == 403


def test_a_post_without_origin_is_refused(inside):
    assert inside.post("/").status_code == 403


def test_a_post_of_the_desk_itself_is_taken(inside):
    assert inside.post("/", headers={"origin": HERE}).status_code == 200


def test_a_cross_site_request_is_refused_even_with_the_cookie(inside):
    assert inside.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_form_without_end_is_refused(inside):
    headers = {"origin": HERE, "content-length": str(MOST_BYTES + 1)}
    assert inside.post("/", headers=headers, content=b"x").status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(inside, method):
    assert inside.request(method, "/").status_code == 405


def test_every_answer_forbids_foreign_content(inside, sessions):
    """Also a refusal: no inline script, no frame, no cache."""
    for told in (inside.get("/"), client_of(sessions).get("/")):
        policy = told.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert told.headers["cache-control"] == "no-store"


def test_a_run_that_was_built_again_is_not_shown(sessions):
    client = client_of(sessions, unchanged=False)
    client.get(f"/?token={sessions.token}")
    assert client.get("/").status_code == 409


def test_old_sessions_make_room(sessions):
    """Whoever holds the token can't fill the memory."""
    first = sessions.begin()
    for _ in range(200):
        last = sessions.begin()
    assert sessions.of(first) is None
    assert sessions.of(last) is not None


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\n/evil", ""])
def test_going_back_never_leads_elsewhere(given):
    assert local_path(given) == "/"
