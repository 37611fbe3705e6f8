"""The door turns other Pythons away with a sentence."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = Path(__file__).resolve().parents[2] / "start" / "__main__.py"


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 13), (3, 15, 0), (4, 0, 0)])
def test_other_pythons_are_refused_in_both_languages(version):
    """The sentence says what was found, what is needed and what to do."""
    refusal = runpy.run_path(str(MAIN))["refuse_other_pythons"](version)
    assert f"{version[0]}.{version[1]}" in refusal
    assert "needs 3.11" in refusal
    assert "需要 3.11" in refusal


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 0), (3, 14, 2)])
def test_supported_pythons_are_let_in(version):
    """All four versions that pyproject.toml promises."""
    assert runpy.run_path(str(MAIN))["refuse_other_pythons"](version) is None


def test_old_python_can_parse_the_door():
    """Syntax of 3.6 at most, or the sentence would never be seen."""
    tree = ast.parse(MAIN.read_text("utf-8"), feature_version=(3, 6))
    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign) for node in ast.walk(tree))


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["dmeo"], 2), (["demo", "extra"], 2), (["--help"], 0)])
def test_help_is_given_without_setting_anything_up(arguments, code):
    """A wrong word costs no installation."""
    done = subprocess.run(
        [sys.executable, str(MAIN.parent), *arguments], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == code
    assert "python3 start" in (done.stdout if code == 0 else done.stderr)
