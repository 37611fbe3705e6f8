"""Whatever ends a run, the old output is byte-identical or the new one complete, and the next run leaves no orphan."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.trust import county
from tests.trust.conftest import ENVIRONMENT, minglu

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups of POSIX")

DIE_AT = """
import os, signal, threading
import minglu.register.storage.run_folder as runfolder
count, at, kind, how = 0, {at}, {kind!r}, {how!r}
def counted(real):
    def call(*arguments, **options):
        global count
        count += 1
        if count == at:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)
    return call
if kind == "fsync":
    os.fsync = counted(os.fsync)
else:
    os.rename = counted(os.rename); os.replace = counted(os.replace)
    runfolder._exchange = counted(runfolder._exchange) if {exchange} else (lambda one, other: False)
import atexit
"""
REWRITE = """
from pathlib import Path
from minglu.register.storage.run_folder import staged, write_json
import sys
out = Path(sys.argv[-1])
with staged(out) as folder:
    (folder / "tables").mkdir()
    for name in ("tables/a.bin", "tables/b.bin", "coverage.json"):
        (folder / name).write_text("new " + name)
    write_json(folder / "manifest.json", {"schema": "minglu/manifest/1", "run": "new"})
print("done", count)
"""
OURS = '{"schema": "minglu/manifest/1"}'
OLD = dict.fromkeys(("coverage.json", "tables/a.bin"), b"old") | {"manifest.json": OURS.encode()}
NEW = {name: f"new {name}".encode() for name in ("tables/a.bin", "tables/b.bin", "coverage.json")}
NEW["manifest.json"] = b'{\n "schema": "minglu/manifest/1",\n "run": "new"\n}\n'


def write_old(out):
    (out / "tables").mkdir(parents=True)
    for name, content in OLD.items():
        (out / name).write_bytes(content)


def leftovers(folder: Path, out: str = "out"):
    return sorted(
        path.name for path in folder.iterdir() if path.name.startswith(f".{out}.") and path.name != f".{out}.lock"
    )


def rewrite(out, **how):
    done = subprocess.run(
        [sys.executable, "-c", DIE_AT.format(**how) + REWRITE, str(out)], capture_output=True, check=False, timeout=60
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("how", ["kill", "fail"])
@pytest.mark.parametrize(("kind", "exchange"), [("fsync", True), ("rename", True), ("rename", False)])
def test_a_crash_at_every_step_leaves_old_or_new(tmp_path, kind, exchange, how):
    """The n-th fsync or rename ends the process or fails, for n = 1, 2, 3 ... until the run succeeds."""
    for at in range(1, 30):
        out = tmp_path / f"run{at}" / "out"
        write_old(out)
        code, _ = rewrite(out, kind=kind, exchange=exchange, how=how, at=at)
        found = county.everything(out) if out.exists() else None
        if code == 0:
            break
        between = found is None and not exchange and how == "kill"
        assert found in (OLD, NEW) or between, (at, found and sorted(found))
        if how == "fail":
            assert leftovers(out.parent) == []
        assert rewrite(out, kind=kind, exchange=exchange, how=how, at=0)[0] == 0
        assert county.everything(out) == NEW
        assert leftovers(out.parent) == []
    else:
        pytest.fail("the run never succeeded")
    assert found == NEW
    assert at > {"fsync": 6, "rename": 1}[kind], "the steps were counted"


def test_every_file_and_folder_is_on_the_disk_before_the_swap(tmp_path, monkeypatch):
    """A name that outlives a power cut must lead to content that outlived it too."""
    from minglu.register.storage import run_folder

    synced, swapped = [], []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda number: (synced.append(str(Path(f"/proc/self/fd/{number}").readlink())), real(number))
    )
    swap = run_folder._swap
    monkeypatch.setattr(run_folder, "_swap", lambda *a: (swapped.append(len(synced)), swap(*a)))
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc")
    with run_folder.staged(tmp_path / "out") as folder:
        (folder / "tables").mkdir()
        (folder / "tables" / "a.bin").write_text("x")
        (folder / "manifest.json").write_text("x")
    names = [Path(name).name for name in synced]
    assert names[: swapped[0]] == ["a.bin", "tables", "manifest.json", ".out.partial"] or set(names[: swapped[0]]) == {
        "a.bin",
        "tables",
        "manifest.json",
        ".out.partial",
    }
    assert names.index("a.bin") < names.index("tables") < names.index(".out.partial")
    assert synced[swapped[0] :] == [str(tmp_path)]


def test_a_file_in_the_making_is_for_its_owner_alone_and_a_finished_one_for_whom_the_user_says(tmp_path):
    """Whatever the user's own mask: 0600 and 0700 inside, and afterwards what that mask leaves; the mask comes back."""
    from minglu.register.storage.run_folder import staged

    mask = os.umask(0o027)
    try:
        for end in ("whole", "broken"):
            with contextlib.suppress(KeyError), staged(tmp_path / end) as folder:
                (folder / "tables").mkdir()
                (folder / "tables" / "a.bin").write_text("x")
                modes = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("", "tables", "tables/a.bin")]
                assert modes == [0o700, 0o700, 0o600]
                if end == "broken":
                    raise KeyError
            assert os.umask(0o027) == 0o027
    finally:
        os.umask(mask)
    out = tmp_path / "whole"
    modes = [stat.S_IMODE((out / name).stat().st_mode) for name in ("", "tables", "tables/a.bin")]
    assert modes == [0o750, 0o750, 0o640]


def test_after_the_swap_nothing_claims_that_nothing_changed(tmp_path, monkeypatch):
    """If only the last fsync fails, the message says that the new result is in place."""
    from minglu.errors import OutputError
    from minglu.register.storage import run_folder

    def fail(folder):
        if folder == tmp_path:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(run_folder, "_sync_folder", fail)
    with pytest.raises(OutputError, match="new result is in place"), run_folder.staged(tmp_path / "out") as folder:
        (folder / "manifest.json").write_text("new")
    assert (tmp_path / "out" / "manifest.json").read_text() == "new"


def test_a_link_keeps_leading_to_the_result(tmp_path):
    """OUT may be a link to a folder on a larger disk."""
    out = tmp_path / "disk" / "out"
    write_old(out)
    (tmp_path / "link").symlink_to(out)
    from minglu.register.storage.run_folder import staged

    for text in ("1", "2"):
        with staged(tmp_path / "link") as folder:
            (folder / "manifest.json").write_text(OURS)
            (folder / "coverage.json").write_text(text)
        assert (tmp_path / "link").is_symlink()
        assert (out / "coverage.json").read_text() == text
    assert leftovers(tmp_path, "link") == leftovers(out.parent) == []


def start(census, out, prelude="", **options):
    code = f"{prelude}\nimport sys\nfrom minglu.cli import main\nmain()\n"
    return subprocess.Popen(
        [sys.executable, "-c", code, "build", str(census), "--out", str(out), "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | ENVIRONMENT,
        start_new_session=True,
        **options,
    )


def temp_files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def kill_at_random(census, temp, *, times, seed):
    """Kill a rebuilding run `times` times; return how often each output was found afterwards."""
    folder = census.parent
    out = county.run(census, folder / "out")
    (folder / "out" / "run.json").write_text("old")
    old = county.everything(out)
    promised = county.digests(out)
    draw = random.Random(seed)
    begun = time.monotonic()
    whole = start(census, folder / "scratch")
    whole.communicate()
    longest = time.monotonic() - begun
    seen = {"old": 0, "new": 0}
    for _ in range(times):
        victim = start(census, out, prelude=f"import tempfile; tempfile.tempdir = {str(temp)!r}\n")
        time.sleep(draw.uniform(0.3, 1) * longest)
        if victim.poll() is None:
            os.killpg(victim.pid, signal.SIGKILL)
        victim.communicate()
        if county.everything(out) == old:
            seen["old"] += 1
        else:
            assert county.digests(out) == promised
            old = county.everything(out)
            seen["new"] += 1
    assert temp_files(temp) == [], "nothing of a run lies outside the staging folder"
    assert county.digests(county.run(census, out)) == promised
    assert leftovers(folder) == []
    return seen


@pytest.mark.parametrize("times", [2, pytest.param(300, marks=pytest.mark.slow)])
def test_a_kill_at_a_random_moment_leaves_old_or_new(census, tmp_path, times):
    """SIGKILL to the whole process group of a real run."""
    temp = tmp_path / "temp"
    temp.mkdir()
    seen = kill_at_random(census, temp, times=times, seed=times)
    assert sum(seen.values()) == times


WAITING = """
import pathlib, time
import minglu.register.run_inputs as b
real = b.check_layers
def waiting(*arguments):
    pathlib.Path({at!r}).touch()
    while not pathlib.Path({go!r}).exists():
        time.sleep(0.05)
    return real(*arguments)
b.check_layers = waiting
"""


def await_file(path, process):
    """Wait until the process has made a file, however busy the machine is."""
    while not path.exists() and process.poll() is None:
        time.sleep(0.02)


def test_of_two_runs_on_one_output_one_wins_and_the_other_leaves_at_once(census):
    """Exit code 75, before a list is opened."""
    out = census.parent / "out"
    first = start(census, out, prelude=WAITING.format(at=str(census.parent / "at"), go=str(census.parent / "go")))
    await_file(census.parent / "at", first)
    second = minglu("build", census, "--out", out)
    assert first.poll() is None, "the first is still at work"
    (census.parent / "go").touch()
    assert second.returncode == 75
    assert b"another run" in second.stderr
    first.communicate()
    assert first.returncode == 0
    assert (out / "manifest.json").exists()


def test_an_interrupted_run_says_so_and_leaves_nothing(census):
    """Ctrl-C: exit code 130, one line, no traceback, the old output as it was."""
    out = county.run(census)
    before = county.everything(out)
    victim = start(census, out, prelude=WAITING.format(at=str(census.parent / "at"), go=str(census.parent / "go")))
    await_file(census.parent / "at", victim)
    os.killpg(victim.pid, signal.SIGINT)
    said = victim.communicate()
    assert victim.returncode == 130, said
    assert said == (b"", b"Interrupted; no result was changed.\n")
    assert county.everything(out) == before
    assert leftovers(census.parent) == []


LONELY = """
import sys, time
import minglu.register.engine.duckdb_engine as embedded
embedded.BATCH_ROWS = 5
from minglu.register.engine import open_engine
from pathlib import Path
import pyarrow as pa
from tests.trust.sleepers import doze
engine = open_engine("duckdb", workspace=Path(sys.argv[1]), threads=2)
engine.put("numbers", pa.table({"n": list(range(40))}))
engine.map("dozed", doze, "numbers")
"""


def test_workers_end_with_a_killed_parent(tmp_path):
    """A run that the system kills for memory leaves no process behind that holds more of it."""
    root = Path(__file__).resolve().parents[2]
    env = os.environ | {
        "DOZE_FOLDER": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]),
    }
    parent = subprocess.Popen([sys.executable, "-c", LONELY, str(tmp_path)], env=env, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*.pid"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(workers) == 2
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in workers)


def alive(pid):
    """Return whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
