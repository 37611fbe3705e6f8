"""The bootstrap is a folder that Python runs, not a package: put it on the path while its tests run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

START = Path(__file__).resolve().parents[2] / "start"
MODULES = ("commands", "environment", "fingerprint", "oslock", "words")


@pytest.fixture(autouse=True)
def _start_on_path(monkeypatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(START))
    yield
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def project(tmp_path) -> Path:
    """Draw the smallest folder that the bootstrap takes for a project."""
    root = tmp_path / "项目 with spaces"
    (root / "register" / "rules").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "__init__.py", "register/__init__.py"):
        (root / name).write_text("", "utf-8")
    (root / "register/rules/pack.toml").write_text("a = 1\n", "utf-8")
    return root
