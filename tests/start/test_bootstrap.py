"""The bootstrap for real, in a fresh copy: takes a minute and needs packages to be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("start", "commands", "common", "geo", "matching", "register", "sample_data", "tests")

pytestmark = pytest.mark.slow


def _start(root, *arguments) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "start", *arguments],
        cwd=root,
        env=os.environ | {"MINGLU_LANG": "en", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_fresh_copy_sets_itself_up_reuses_it_and_notices_a_new_module(tmp_path):
    """The whole life of an environment, in a folder whose name has spaces and Chinese in it."""
    root = tmp_path / "名录 fresh copy"
    root.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, root)
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))

    first = _start(root, "run", "minglu", "--help")
    assert first.returncode == 0, first.stderr
    assert "Making" in first.stderr

    second = _start(root, "run", "minglu", "--help")
    assert second.returncode == 0
    assert second.stderr == ""

    (root / "register" / "newcomer.py").write_text("ANSWER = 42\n", "utf-8")
    question = "from minglu.register.newcomer import ANSWER; print(ANSWER)"
    third = _start(root, "run", "python", "-c", question)
    assert third.stdout == "42\n", third.stderr
    assert "Making" not in third.stderr

    (root / "register" / "newcomer.py").unlink()
    assert _start(root, "run", "python", "-c", question).returncode == 1

    none = _start(root, "test", "-k", "no_test_is_called_like_this", "tests/start/test_words.py")
    assert none.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
