"""Every command that writes leaves its output whole or not at all: on a full disk, killed, in a read-only place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from minglu import cli
from minglu.register.verification.archive.seal import SealOptions, seal
from minglu.register.verification.spotcheck.draw_and_score import make_sample
from tests.trust import county
from tests.trust.conftest import minglu
from tests.trust.writers import KILL_AT, NAMES, Steps, seen, traces, writers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and signals of POSIX")
STEPS = Steps()
QUICK = ("review", "draw", "seal", "verifier", "page", "init")
EACH = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A built county, and what each command writes for it when nothing goes wrong; not to be changed."""
    folder = tmp_path_factory.mktemp("whole") / "county"
    county.run(county.make_county(folder))
    seal(folder / "out", folder / "census.toml", folder / "sealed", SealOptions("x", "2028-01-01"))
    make_sample(folder / "out", "7", folder / "spot", asked={"units_per_class": 5})
    (folder / "sent").mkdir()
    for name in ("business.csv", "districts.gpkg", "county.gpkg"):
        shutil.copy(folder / name, folder / "sent")
    return folder


@pytest.fixture
def place(whole, tmp_path):
    """A copy of the county at the same path for every test: what is written may name it."""
    shutil.copytree(whole, tmp_path / "county")
    return tmp_path / "county"


def call(arguments, capsys):
    """Run a command in this process; return its exit code and what it said on stderr."""
    capsys.readouterr()
    code = cli.app(list(arguments), standalone_mode=False)
    return (code if isinstance(code, int) else 0), capsys.readouterr().err


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("MINGLU_LANG", "en")
    monkeypatch.setenv("MINGLU_QUIET", "1")


@pytest.mark.parametrize("kind", ["open", "os.rename"])
@pytest.mark.parametrize("name", EACH)
def test_a_full_disk_at_any_write_leaves_nothing_or_all(place, capsys, name, kind):
    """The n-th file opened for writing or renamed finds no room, for n = 1, 2, 3, 5 ... until the command is done.

    Exit code 5 in words, no traceback, the old output as it was, no part of the new one, and then the command runs.
    """
    writer = writers(place)[name]
    before = seen(place)
    at, following = 1, 2
    while True:
        with STEPS.failing(kind, at):
            code, said = call(writer.arguments, capsys)
        if STEPS.count < at:
            break
        assert code == 5, (at, said)
        assert "Traceback" not in said
        assert "Internal error" not in said
        assert seen(place) == before, (at, sorted(seen(place).keys() ^ before.keys()))
        assert traces(place) == [], at
        at, following = following, at + following  # 1, 2, 3, 5, 8 ...: the first ones matter most
    assert code in {0, 1}, said
    assert at > 1, "no step was counted"
    assert seen(place / writer.place)


@pytest.mark.parametrize(
    "name", [name for name in EACH if not {"report", "rollup"} & {str(getattr(name, "values", [name])[0])}]
)
def test_what_is_there_already_is_exit_code_2_and_stays(place, capsys, name):
    """The same command again: it "exists", and every byte is as the first one left it."""
    writer = writers(place)[name]
    assert call(writer.arguments, capsys)[0] in {0, 1}
    before = seen(place)
    code, said = call(writer.arguments, capsys)
    assert (code, "exist" in said) == (2, True), said
    assert seen(place) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_kill_at_any_rename_leaves_nothing_or_all(place, capsys, name):
    """SIGKILL before the n-th rename, for n = 1, 2, 3 ...; the same command then does its work or says that it is done."""
    writer = writers(place)[name]
    old = seen(place / writer.place)
    assert call(writer.arguments, capsys)[0] in {0, 1}
    new = seen(place / writer.place)
    for at in range(1, 30):
        _restore(place, writer, old)
        done = minglu(*writer.arguments, prelude=KILL_AT.format(at=at))
        found = seen(place / writer.place)
        assert found in (old, new), (at, sorted(found))
        if done.returncode != -9:
            break
        again = minglu(*writer.arguments)
        assert again.returncode in ({0, 1} if found == old or writer.replaces else {2}), again.stderr.decode()
        assert seen(place / writer.place) == new
        assert traces(place) == []
    assert found == new


def _restore(place, writer, old):
    target = place / writer.place
    if writer.replaces or not target.exists():
        return
    assert not old
    target.unlink() if target.is_file() else shutil.rmtree(target)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kilobytes", [1, 4, 16, 64])
def test_a_file_that_can_not_grow_leaves_nothing_or_all(place, name, kilobytes):
    """RLIMIT_FSIZE: the writers of GeoPackage, workbook, page and document fail in the middle, each in its own way."""
    writer = writers(place)[name]
    before = seen(place)
    prelude = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes << 10}, {kilobytes << 10}))\n"
    done = minglu(*writer.arguments, prelude=prelude)
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert traces(place) == []
    if done.returncode not in {0, 1}:
        assert done.returncode == 5, said
        assert seen(place) == before


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="a read-only mount takes root")
@pytest.mark.parametrize("name", NAMES)
def test_a_read_only_place_is_exit_code_5(place, name, tmp_path):
    """A medium that nobody can write: said in words; what it holds can still be read."""
    mounted = tmp_path / "county"
    bind = [["mount", "--bind", mounted, mounted], ["mount", "-o", "remount,bind,ro", mounted]]
    if any(subprocess.run(command, capture_output=True, check=False).returncode for command in bind):
        subprocess.run(["umount", mounted], capture_output=True, check=False)
        pytest.skip("no right to mount here")
    try:
        done = minglu(*writers(place)[name].arguments)
    finally:
        subprocess.run(["umount", mounted], check=True)
    assert done.returncode == 5, done.stderr.decode()
    assert b"ead-only" in done.stderr
    assert b"Traceback" not in done.stderr
