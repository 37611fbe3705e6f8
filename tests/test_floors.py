"""Imports only go down; the contracts are in pyproject.toml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(config_filename=sys.argv[1]))"


def lint(package_parent: Path) -> subprocess.CompletedProcess[str]:
    """Check the package `minglu` inside `package_parent` against the project's contracts."""
    cache_free = ROOT / "pyproject.toml"
    return subprocess.run(
        [sys.executable, "-c", LINT.replace("sys.argv[1]", "sys.argv[1], no_cache=True"), str(cache_free)],
        cwd=package_parent,
        env=os.environ | {"PYTHONPATH": str(package_parent), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path) -> Path:
    """Copy the package, as it is imported, into an empty folder."""
    package = tmp_path / "minglu"
    package.mkdir()
    for path in ROOT.glob("*.py"):
        shutil.copy(path, package)
    for floor in ("commands", "common", "geo", "matching", "register"):
        shutil.copytree(ROOT / floor, package / floor, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def test_imports_only_go_down(copy):
    """Every contract is kept by the package as it stands."""
    done = lint(copy.parent)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("geo/planted.py", "import minglu.register.schemas"),
        ("matching/planted.py", "import minglu.geo"),
        ("matching/planted.py", "import duckdb"),
        ("geo/planted.py", "import pyogrio"),
        ("register/schemas.py", "import minglu.register.engine"),
        ("register/cleaning/clean_rows.py", "import duckdb"),
        ("errors.py", "import minglu.geo"),
        ("commands/planted.py", "import minglu.cli"),
        ("register/newcomer_without_floor.py", ""),
    ],
)
def test_planted_upward_import_is_caught(copy, module, line):
    """The contracts are awake: one wrong line, or a module without a floor, breaks them."""
    path = copy / module
    path.write_text((path.read_text("utf-8") if path.exists() else "") + f"\n{line}\n", "utf-8")
    done = lint(copy.parent)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
