"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_FILES = [
    *ROOT.glob("*.py"),
    *(path for floor in ("commands", "common", "geo", "matching", "register") for path in (ROOT / floor).rglob("*.py")),
]
MOST_LINES = 400
MOST_FUNCTION_LINES = 40
MOST_MODULES = 15
FEWEST_WORDS = 3
REGISTRY_HOST = re.compile(r"py(?:pi|thonhosted)[.]o[r]g|mirrors?[.][a-z]+[.](?:com|cn|edu)")


def _tool(*command: str, cwd: Path = ROOT, **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=os.environ | {"PYTHONUTF8": "1"} | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _tracked() -> list[Path]:
    """List the files under version control; skip where there is none (an unpacked archive)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("no git here")
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


def test_linter_finds_nothing():
    """Ruff with all rules, minus those that pyproject.toml names with a reason."""
    _tool("ruff", "check", "--output-format", "concise", ".")


def test_formatter_changes_nothing():
    """One format, so that a diff shows only what was meant."""
    _tool("ruff", "format", "--check", ".")


@pytest.mark.slow
def test_types_are_strict_in_the_package(tmp_path):
    """Mypy strict, on the package as it is installed."""
    cache = os.environ.get("MYPY_CACHE_DIR", str(ROOT / ".mypy_cache"))
    _tool("mypy", "--config-file", str(ROOT / "pyproject.toml"), "-p", "minglu", cwd=tmp_path, MYPY_CACHE_DIR=cache)


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_types_are_strict_in_the_bootstrap(tmp_path, platform):
    """The bootstrap has branches per system that can't all run here."""
    config = str(ROOT / "pyproject.toml")
    options = ("--config-file", config, "--platform", platform, "--cache-dir", str(tmp_path / "cache"))
    _tool("mypy", *options, "-m", "commands", cwd=tmp_path, MYPYPATH=str(ROOT / "start"))


@pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_is_short_enough_to_read(path):
    """Past 400 lines a module holds two ideas."""
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_a_long_function_gives_its_reason():
    """Functions have 40 lines at most, or a comment that begins with `Long:` and says why they have more."""
    unexplained = []
    for path in PACKAGE_FILES:
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = text.splitlines()[node.lineno - 1 : node.end_lineno]
                if len(body) > MOST_FUNCTION_LINES and not any("# Long: " in line for line in body):
                    unexplained.append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name} ({len(body)})")
    assert unexplained == []


def test_no_folder_of_the_product_is_crowded():
    """A folder holds about 15 modules at most, so that its content can be seen at a glance."""
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in PACKAGE_FILES if path.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_two_modules_have_the_same_name():
    """A module is found by its file name alone; `__init__` is the folder's, `__main__` an entry point's."""
    names = Counter(path.name for path in PACKAGE_FILES if path.stem not in {"__init__", "__main__"})
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_no_tracked_file_names_a_registry():
    """Where packages come from is the business of the machine that installs them."""
    found = []
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" not in content and REGISTRY_HOST.search(content.decode("utf-8", "replace")):
            found.append(path.relative_to(ROOT).as_posix())
    assert found == []


def test_lock_names_no_place():
    """The lock says what, never from where."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--find-links" not in lock
    assert " @ " not in lock


def test_every_test_says_what_it_promises():
    """By its docstring, or by a name of at least three words."""
    mute = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = node.name.split("_")[1:]
                if len(words) < FEWEST_WORDS and not ast.get_docstring(node):
                    mute.append(f"{path.relative_to(ROOT).as_posix()}: {node.name}")
    assert mute == []
