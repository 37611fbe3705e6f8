"""Review in a browser: by keyboard alone, side by side, safe from pages of others, and nothing answered is lost."""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from minglu.register.clerical.decisions import read_chain
from tests.register.desk.conftest import ROOT, Watched, serving

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(county, tmp_path):
    """A county of its own for a test that answers."""
    shutil.copytree(county[0].parent, tmp_path / "county")
    return tmp_path / "county"


@pytest.fixture
def server(folder):
    with serving(folder / "out", names=("张三",), census=folder / "census.toml") as server:
        yield server


def records(folder):
    path = folder / "decisions.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def press(page, key):
    """Press a key that leads to the next question, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")


def test_a_queue_is_judged_by_keyboard(chromium, server, folder):
    desk = Watched(chromium, server.address)
    page = desk.open("/review")
    assert not page.locator(".score").evaluate("part => part.open"), "the score is hidden until asked for"
    seen = []
    for key in "1230":
        seen.append(page.input_value("[name=key]"))
        press(page, key)
    assert len(set(seen)) == len(seen)
    chain = read_chain(folder / "decisions.jsonl")
    assert {one.relation for one in chain.decisions} == {"same_site", "same_legal", "different"}
    lines = chain.lines
    press(page, "u")
    chain = read_chain(folder / "decisions.jsonl")
    assert chain.undone > 0
    assert chain.lines > lines
    assert page.input_value("[name=key]") == seen[2]
    while page.locator("[name=key]").count():
        press(page, "3")
    assert "minglu build" in page.locator("main").inner_text()
    desk.close()


def test_keys_typed_into_a_field_answer_nothing(chromium, server, folder):
    desk = Watched(chromium, server.address)
    page = desk.open("/review")
    page.fill("#why", "")
    page.focus("#why")
    page.keyboard.type("1号楼 3 u 0")
    assert records(folder) == []
    page.locator("button[data-key='3']").click()
    page.wait_for_load_state("networkidle")
    assert records(folder)[0]["why"] == "1号楼 3 u 0"
    desk.close()


def test_two_windows_get_two_questions(chromium, server):
    one, two = Watched(chromium, server.address), Watched(chromium, server.address)
    keys = [window.open("/review").input_value("[name=key]") for window in (one, two)]
    assert keys[0] != keys[1]
    one.close()
    two.close()


def test_a_page_of_others_can_post_nothing(chromium, server, folder, tmp_path):
    """A page on another port of this machine, with the cookie in the same browser: neither form nor fetch gets through."""
    key = None
    desk = Watched(chromium, server.address)
    key = desk.open("/review").input_value("[name=key]")
    site = tmp_path / "evil"
    site.mkdir()
    (site / "index.html").write_text(
        f"""<form id=f method=post action="{desk.base}/review/answer"><input name=key value="{key}">
        <input name=answer value=different></form><iframe name=frame></iframe><script>
        fetch("{desk.base}/review/answer", {{method: "POST", mode: "no-cors", credentials: "include",
          headers: {{"content-type": "application/x-www-form-urlencoded"}}, body: "key={key}&answer=different"}})
          .catch(function () {{}}).then(function () {{ document.title = "sent"; document.getElementById("f").submit(); }});
        </script>"""
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(site))

        def log_message(self, *arguments):
            """Do nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        page = desk.context.new_page()
        page.goto(f"http://127.0.0.1:{other.server_address[1]}/index.html")
        page.wait_for_url(f"{desk.base}/review/answer")
        assert "403" in page.inner_text("body")
        other.shutdown()
    assert records(folder) == []
    desk.context.close()


def test_without_a_name_nothing_can_be_answered(chromium, county):
    with serving(county[1], census=county[0]) as server:
        desk = Watched(chromium, server.address)
        page = desk.open("/review")
        assert page.locator("button[name=answer]").count() == 0
        told = page.evaluate(
            "fetch('/review/answer', {method: 'POST', body: new URLSearchParams({answer: 'different'})}).then(a => a.status)"
        )
        assert told == 400
    assert not (county[0].parent / "decisions.jsonl").exists()


def test_a_killed_server_loses_no_answer(chromium, folder):
    command = [sys.executable, "-X", "utf8", "-m", "minglu", "desk", folder / "out", "--no-browser", "--by", "张三"]
    command += ["--census", folder / "census.toml"]
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, cwd=ROOT.parent, env=os.environ | {"MINGLU_LANG": "zh"}
    ) as process:
        desk = Watched(chromium, process.stdout.readline().decode().strip())
        page = desk.open("/review")
        press(page, "3")
        press(page, "1")
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    desk.context.close()
    chain = read_chain(folder / "decisions.jsonl")
    assert {one.relation for one in chain.decisions} >= {"different", "same_site"}


def test_who_answers_is_chosen_where_there_are_several(chromium, folder):
    with serving(folder / "out", names=("张三", "李四"), census=folder / "census.toml") as server:
        desk = Watched(chromium, server.address)
        page = desk.open("/review")
        page.get_by_role("button", name="李四").click()
        page.wait_for_url("**/review")
        press(page, "3")
        desk.close()
    assert {record["by"] for record in records(folder)} == {"李四"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_question(chromium, server, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    desk = Watched(chromium, server.address, scheme=scheme)
    found = axe.run(desk.open("/review")).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []
    desk.close()
