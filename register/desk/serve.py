"""The desk's server: bound to the loopback address alone, until somebody closes it."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from minglu.errors import UsageError
from minglu.register.desk.access_guard import AccessGuard, Sessions
from minglu.register.desk.opened_run import DeskOptions, OpenedRun, open_run
from minglu.register.desk.routes import make_app

HOST = "127.0.0.1"


@dataclass(eq=False)
class Server:
    """A desk that is ready to answer."""

    address: str
    """With the token: whoever has it may use the desk."""
    desk: OpenedRun
    _server: uvicorn.Server
    _socket: socket.socket

    def serve(self) -> None:
        """Answer until the server is stopped (Ctrl-C)."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Tell the server to stop; what was answered lies on the disk already."""
        self._server.should_exit = True


@contextmanager
def open_server(place: Path, options: DeskOptions, *, port: int = 0) -> Iterator[Server]:
    """Open a run and bind its server; 0 takes any free port.

    Raises UsageError where the port is taken, and as `open_run`.
    """
    with open_run(place, options) as desk, _bound(port) as bound:
        number: int = bound.getsockname()[1]
        sessions = Sessions(options.names, options.language)
        guard = AccessGuard(make_app(desk), port=number, sessions=sessions, is_unchanged=desk.is_unchanged)
        settings = uvicorn.Config(
            guard,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        yield Server(f"http://{HOST}:{number}/?token={sessions.token}", desk, uvicorn.Server(settings), bound)


def run_desk(
    place: Path, options: DeskOptions, *, port: int = 0, browser: bool = True, on_ready: Callable[[str], None]
) -> None:
    """Serve a run until Ctrl-C; `on_ready` gets the address first."""
    with open_server(place, options, port=port) as server:
        on_ready(server.address)
        threading.Thread(target=lambda: server.desk.index, daemon=True).start()  # ready before somebody asks
        if browser:
            threading.Thread(target=webbrowser.open, args=[server.address], daemon=True).start()
        server.serve()


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        try:
            bound.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                en=f"--port {port}: can't be used ({error.strerror}). Name another one, or leave it out to take any "
                "free one.",
                zh=f"--port {port}：无法使用（{error.strerror}）。请换一个端口，或不写以自动选用空闲端口。",
            ) from error
        yield bound
