"""Ctrl-C ends a run with exit code 130, a word, and no trace beside the old output."""

import os
import signal
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT, SAMPLE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals to a process group")


def test_ctrl_c_leaves_nothing_behind(tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", "minglu", "build", SAMPLE / "census.toml", "--out", tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT.parent,
        env=os.environ | {"MINGLU_LANG": "en"},
        start_new_session=True,
    )
    assert b"s\n" in run.stderr.readline()  # the first stage is done, the others are to come
    for _ in range(3):  # an impatient hand does not cut the cleaning up short
        os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode in {130, -signal.SIGINT}  # a shell calls both 130
    assert out == b""
    assert b"Interrupted; no result was changed." in err
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == []
