"""The sample county on a desk that answers, and a browser to look at it."""

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from minglu.register.desk.opened_run import DeskOptions
from minglu.register.desk.serve import open_server

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """A copy of the sample county, built: its census file and its run folder."""
    folder = tmp_path_factory.mktemp("desk")
    for path in (ROOT / "sample_data").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    census, out = folder / "census.toml", folder / "out"
    if "decisions =" not in census.read_text("utf-8"):
        text = census.read_text("utf-8").replace("[census]\n", '[census]\ndecisions = "decisions.jsonl"\n', 1)
        census.write_text(text, "utf-8")
    command = [sys.executable, "-X", "utf8", "-m", "minglu", "build", census, "--out", out, "--quiet"]
    subprocess.run(list(map(str, command)), check=True, cwd=ROOT.parent, timeout=300)
    return census, out


@contextmanager
def serving(place, **options):
    """Answer for a run in a thread of this process; yields the server."""
    with open_server(place, DeskOptions(**options)) as server:
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join(20)


@pytest.fixture(scope="session")
def chromium():
    """A browser driven by playwright; skips with the reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no {CHROMIUM} (Debian: apt-get install chromium): the desk can't be looked at")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page, and everything that it complained of or asked for."""

    def __init__(self, browser, address, *, width=1280, language="zh", scheme="light"):
        self.base = address.split("/?")[0]
        self.complaints, self.requests = [], []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.on("console", lambda told: self.complaints.append(told.text) if told.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self.requests.append(asked.url))
        self.page.goto(address)
        self.page.goto(f"{self.base}/language/{language}?back=/")

    def open(self, path):
        """Go to a page of the desk and wait for its map, where it has one."""
        self.page.goto(self.base + path)
        if self.page.query_selector(".map[data-src]"):
            self.page.wait_for_selector(".map[data-drawn]", state="attached")
        return self.page

    def close(self):
        """Close the page; it must have complained of nothing and asked nobody else."""
        self.context.close()
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith((self.base, "data:"))] == []
