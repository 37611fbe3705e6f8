"""One at a time, and a dead holder holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

START = Path(__file__).resolve().parents[2] / "start"
HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
import oslock, pathlib
with oslock.held(pathlib.Path(sys.argv[2]), when_busy=lambda: print("busy", flush=True)):
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
"""


def _holder(path, seconds) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(START), str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )


def test_second_waits_for_first_and_says_so_once(tmp_path):
    """The message comes before the wait, the lock after it."""
    with _holder(tmp_path / "lock", 1) as first:
        assert first.stdout.readline() == "held\n"
        with _holder(tmp_path / "lock", 0) as second:
            assert second.stdout.read().split() == ["busy", "held"]


def test_lock_of_a_killed_process_is_free(tmp_path):
    """The file is still there; the lock is not."""
    import oslock

    with _holder(tmp_path / "lock", 60) as first:
        assert first.stdout.readline() == "held\n"
        first.kill()
    assert (tmp_path / "lock").exists()
    begun = time.monotonic()
    with oslock.held(tmp_path / "lock", when_busy=lambda: pytest.fail("nobody holds it")):
        assert time.monotonic() - begun < 30


@pytest.mark.skipif(os.name == "nt", reason="descriptors are inherited on POSIX only")
def test_child_that_inherits_the_lock_keeps_it(tmp_path):
    """A pip that outlives its killed parent still keeps others out."""
    import oslock

    with oslock.held(tmp_path / "lock", when_busy=lambda: None) as descriptor:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    with child:
        other = os.open(tmp_path / "lock", os.O_RDWR)
        assert not oslock.try_lock(other)
        child.communicate(b"\n")
        assert oslock.try_lock(other)
        os.close(other)
