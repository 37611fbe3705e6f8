"""Ctrl-C ends every command with exit code 130, at once, in one line at most, and nothing of a result is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.trust import county
from tests.trust.conftest import ENVIRONMENT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

AT_IMPORT = """
import os, signal, sys
class Counting:
    count = 0
    def find_spec(self, name, path=None, target=None):
        Counting.count += 1
        if Counting.count == {at}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Counting())
"""
AT_CALL = """
import os, signal, sys, threading
count = 0
def counting(frame, event, argument):
    global count
    if event == "call" and "/minglu/" in frame.f_code.co_filename:
        count += 1
        if count == {at}:
            sys.setprofile(None)
            os.killpg(os.getpgrp(), signal.SIGINT)
sys.setprofile(counting)
"""


def interrupted(prelude, *arguments):
    """Run the program as it is started; whatever `prelude` does, it is done before anything of it is loaded."""
    code = f"import sys\nfrom minglu.__main__ import run\n{prelude}\nsys.argv[0] = 'minglu'\nrun()\n"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        env=os.environ | ENVIRONMENT,
        start_new_session=True,
        check=False,
        timeout=600,
    )


def is_clean(done):
    """Say that a command was interrupted and nothing else: no traceback, one line, no result on stdout."""
    said = done.stderr.decode()
    words = {"", "Interrupted; no result was changed.\n", "Interrupted; the new result was in place already, whole.\n"}
    assert done.returncode == 130, (done.returncode, said)
    assert said in words, said
    assert b"Traceback" not in done.stdout


@pytest.mark.parametrize("at", [300, 700])
def test_an_interrupt_while_libraries_load_is_130(built, at):
    """Before the handler stands, and in the middle of numpy, pyarrow and DuckDB, which have their own words for it."""
    is_clean(interrupted(AT_IMPORT.format(at=at), "find", built, "厂"))


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 1300, 31))
def test_an_interrupt_at_any_import_is_130(built, at):
    done = interrupted(AT_IMPORT.format(at=at), "find", built, "厂")
    if done.returncode != 0:  # fewer imports than that: it was done
        is_clean(done)


def commands(folder, out):
    """Yield every command that works a while, with what it must not leave behind in `folder`."""
    yield ("build", folder / "census.toml", "--out", folder / "new", "--quiet"), "new"
    yield ("check", folder / "districts.gpkg", "--within", folder / "county.gpkg", "--out", folder / "faults"), "faults"
    yield ("review", out, "--to", folder / "review"), "review"
    yield ("sheets", out, "--to", folder / "sheets"), "sheets"
    yield ("forms", out, "--to", folder / "forms"), "forms"
    yield ("spotcheck", "draw", out, "--seed", "7", "--to", folder / "spot"), "spot"
    yield ("archive", "seal", out, "--by", "x", "--census", folder / "census.toml", "--to", folder / "bag"), "bag"
    yield ("report", out), ""
    yield ("explain", out, "厂", "--html", folder / "why.html"), "why.html"
    yield ("doctor", folder / "census.toml"), ""


NAMES = ("build", "check", "review", "sheets", "forms", "draw", "seal", "report", "explain", "doctor")


@pytest.mark.slow
@pytest.mark.parametrize("which", range(len(NAMES)), ids=NAMES)
def test_an_interrupt_at_any_call_of_any_command_is_130(census, which):
    """At the n-th call of a function of ours, for n over the whole command, to all processes of the terminal."""
    out = county.run(census)
    command, made = list(commands(census.parent, out))[which]
    before = county.everything(census.parent)
    at = 50
    while True:
        done = interrupted(AT_CALL.format(at=at), *command)
        if done.returncode != 130:
            assert done.returncode in {0, 1}, done.stderr.decode()
            break
        is_clean(done)
        after = county.everything(census.parent)
        if b"in place already" in done.stderr:
            break
        left = {name for name in after if name not in before and not name.endswith(".lock")}
        assert not left, (at, left)
        assert {name: after[name] for name in before} == before, at
        at = at * 5 // 3
    assert at > 100
    assert not made or (census.parent / made).exists() or done.returncode == 1


def test_a_failure_after_an_interrupt_is_an_interrupt(built):
    """A library that wraps the interrupt into an error of its own, as those that load others do."""
    prelude = (
        "import os, signal, minglu.register.explain.find_units as f\n"
        "def broken(*a, **k):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt: raise ImportError('numpy is broken') from None\n"
        "f.find_vouched = broken\n"
    )
    is_clean(interrupted(prelude, "find", built, "厂"))


def test_workers_never_see_ctrl_c(tmp_path):
    """The signal is blocked in a process that is started inside: it ends with its parent, not with a traceback."""
    from minglu.common.interruption import spared_from_interruption

    show = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with spared_from_interruption():
        inside = subprocess.run([sys.executable, "-c", show], capture_output=True, check=True)
    outside = subprocess.run([sys.executable, "-c", show], capture_output=True, check=True)
    assert (inside.stdout, outside.stdout) == (b"True\n", b"False\n")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
