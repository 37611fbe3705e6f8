"""Headless Chromium over its debugging pipe, with the standard library alone: load a page, press keys, listen."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WAIT_S = 60


def find_chromium() -> str:
    """Return the program, or skip the test with the reason."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on PATH (Debian: apt-get install chromium): the page can't be looked at")
    return found


class Browser:
    """One page in one headless browser."""

    def __init__(self, profile: Path) -> None:
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()

        def place_ends() -> None:
            # dup2 to high numbers first: an end may itself sit on 3 or 4
            reader, writer = os.dup(to_child), os.dup(from_child)
            high = os.dup2(reader, 60), os.dup2(writer, 61)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--disable-extensions"]
        options += ["--disable-background-networking", "--no-first-run", "--hide-scrollbars"]
        self._process = subprocess.Popen(
            [find_chromium(), *options, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=place_ends,  # noqa: PLW1509 -- no threads in this test
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._number, self._rest, self.events = 0, b"", []
        target = self._send("Target.createTarget", {"url": "about:blank"}, session=None)["targetId"]
        attached = self._send("Target.attachToTarget", {"targetId": target, "flatten": True}, session=None)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        os.close(self._in)
        os.close(self._out)

    def send(self, method: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command to the page and return its answer; events on the way are kept."""
        return self._send(method, values or {}, session=self._session)

    def _send(self, method: str, values: dict[str, Any], *, session: str | None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": values} | ({"sessionId": session} if session else {})
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)
        raise TimeoutError(method)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in, 1 << 20)
            if not more:
                message = "the browser went away"
                raise RuntimeError(message)
            self._rest += more
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def size(self, width: int, height: int) -> None:
        """Set the size of the window."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def load(self, path: Path, *, script: bool = True) -> None:
        """Load a local page and wait until it is there."""
        self.send("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.events.clear()
        self.send("Page.navigate", {"url": path.as_uri()})
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            if any(event.get("method") == "Page.loadEventFired" for event in self.events):
                return
            self.events.append(self._receive())
        raise TimeoutError(path)

    def prepare(self, script: str) -> None:
        """Run a script in every page before the page's own."""
        self.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def run(self, script: str) -> Any:
        """Evaluate a script in the page and return its value."""
        answer = self.send("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key."""
        values = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        self.send("Input.dispatchKeyEvent", values | {"type": "keyDown"})
        self.send("Input.dispatchKeyEvent", values | {"type": "keyUp"})

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.send("Input.insertText", {"text": text})

    def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse."""
        spot = self.run(
            f"(function () {{ var e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center', behavior: 'instant'}); var b = e.getBoundingClientRect(); "
            "return [b.left + b.width / 2, b.top + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": spot[0], "y": spot[1], "button": "left", "clickCount": 1},
            )

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for since it was loaded."""
        sent = (event for event in self.events if event.get("method") == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in sent]

    def complaints(self) -> list[Any]:
        """Return errors and warnings of the console since the page was loaded."""
        found = [event["params"] for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        found += [e["params"] for e in self.events if e.get("method") == "Log.entryAdded"]
        found += [e["params"] for e in self.events if e.get("method") == "Runtime.consoleAPICalled"]
        return found

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what is seen as PNG."""
        answer = self.send("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        path.write_bytes(base64.b64decode(answer["data"]))

    def print_pdf(self, path: Path) -> None:
        """Save the page as printed on A4."""
        answer = self.send("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        path.write_bytes(base64.b64decode(answer["data"]))
