"""No network, and no file outside the named paths."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.licences import BUNDLED, PAGE, ROOT, bundled, locked
from tests.trust import county
from tests.trust.conftest import minglu

WATCH = """
import json, os, sys
log = open({log!r}, "a", encoding="utf-8")
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        writes = any(mark in str(arguments[1] or "") for mark in "wax+") or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if writes:
            note(event, arguments[0])
    elif event in {{"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree", "tempfile.mkstemp"}}:
        note(event, arguments[0])
    elif event in {{"socket.connect", "socket.getaddrinfo", "urllib.Request"}}:
        note("network", str(arguments[1:]))
    elif event == "subprocess.Popen":
        note("process", " ".join(map(os.fsdecode, arguments[1])))
def note(event, what):
    log.write(json.dumps([event, os.fsdecode(what)]) + "\\n"); log.flush()
sys.addaudithook(hook)
"""


def test_a_run_writes_to_its_output_alone_and_connects_nowhere(census, tmp_path):
    """Every opening for writing, renaming, removing, connecting and starting, as Python itself reports it."""
    shutil.copy(county.SAMPLE / "tax.xlsx", census.parent)
    county.write_census(census.parent, more={"tax": 'path = "tax.xlsx"\n'})
    log, temp, home = tmp_path / "log", tmp_path / "temp", tmp_path / "home"
    temp.mkdir()
    home.mkdir()
    before = {path.name for path in census.parent.iterdir()}
    env = {"TMPDIR": str(temp), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = minglu("build", census, "--out", census.parent / "out", prelude=WATCH.format(log=str(log)), env=env)
    assert done.returncode == 0, done.stderr.decode()
    seen = [tuple(json.loads(line)) for line in log.read_text("utf-8").splitlines()]
    assert not [what for event, what in seen if event == "network"]
    started = [what for event, what in seen if event == "process"]
    assert all("minglu.register.sources.workbooks.child_process" in what for what in started), started
    parent = str(census.parent)  # asked to be there, as every output is
    written = [what for event, what in seen if event not in {"network", "process"} and what != parent]
    assert written
    allowed = tuple(str(census.parent / name) for name in (".out.", "out"))
    outside = [
        what for what in written if Path(what).is_absolute() and not what.startswith((*allowed, "/dev/", "/proc/"))
    ]
    assert not outside
    assert {path.name for path in census.parent.iterdir()} - before == {"out", ".out.lock"}
    assert [*temp.iterdir(), *home.iterdir()] == []


@pytest.fixture
def listener():
    """A server on this machine that counts who comes."""
    visits = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def serve():
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                visits.append(1)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", visits
        done.set()
        thread.join()


POSING = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>http://{at}/x.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
    '{{"type":"gdal_streamed_alg","command_line":"gdal vector convert http://{at}/x.geojson"}}',
    '{{"type":"FeatureCollection","features":[],"links":[{{"rel":"next","href":"http://{at}/x"}}]}}',
    '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://{at}/x.dtd"><x/>',
)
PATHS = ("http://{at}/x.gpkg", "/vsicurl/http://{at}/x.gpkg", "WFS:http://{at}/x", "/vsizip//vsicurl/http://{at}/x.zip")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_a_document_posing_as_a_layer_fetches_nothing(census, listener, suffix):
    """Refused with exit code 3 or as a finding of an empty layer; the listener counts zero visits."""
    at, visits = listener
    text = census.read_text("utf-8").replace("districts.gpkg", f"posing.{suffix}")
    census.write_text(text, "utf-8")
    for document in POSING:
        (census.parent / f"posing.{suffix}").write_text(document.format(at=at), "utf-8")
        with pytest.raises(Exception) as caught:
            county.run(census)
        assert getattr(caught.value, "exit_code", None) in {2, 3}, caught.value
    assert visits == []


def test_an_address_in_place_of_a_path_fetches_nothing(census, listener):
    """In the census file and for a parent, for lists and layers alike."""
    at, visits = listener
    text = census.read_text("utf-8")
    for path in PATHS:
        for name in ("business.csv", "districts.gpkg", "county.gpkg"):
            census.write_text(text.replace(name, path.format(at=at)), "utf-8")
            with pytest.raises(Exception) as caught:
                county.run(census)
            assert getattr(caught.value, "exit_code", None) in {2, 3}, caught.value
    assert visits == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("unshare") is None, reason="needs Linux namespaces")
def test_without_any_route_the_result_is_the_same(built, census):
    """In a namespace that has no network at all."""
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no right to leave the network here")
    out = census.parent / "out"
    code = "import sys; from minglu.cli import main; main()"
    command = ["unshare", "-rn", sys.executable, "-c", code, "build", str(census), "--out", str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    assert county.digests(out) == county.digests(built)


def test_every_locked_package_has_its_licence_and_hashes():
    """The list is made by a command; nothing under the GPL, nothing without a hash, nothing left out."""
    page, _, libraries = PAGE.read_text("utf-8").partition("## What the wheels bring along")
    assert [name for name in locked() if f"| {name} |" not in page] == []
    assert "GPL" not in page
    assert "not stated" not in page
    assert bundled() <= {name for name in BUNDLED if f"| {name} |" in libraries}, "and what the wheels bring along"
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert lock.count("==") <= lock.count("--hash=sha256:")
    assert lock.count(" \\\n    --hash=sha256:") >= len(locked())
