"""What is shipped is what is declared: no module lost, none leaked, and it works away from the sources."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOT_MODULES = {"__init__.py", "__main__.py", "cli.py", "errors.py"}
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import minglu
for module in pkgutil.walk_packages(minglu.__path__, "minglu."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(minglu.__file__)
"""


def _wheel_module():
    spec = importlib.util.spec_from_file_location("minglu_tests_wheel", ROOT / "tests" / "wheel.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return _wheel_module().build_wheel(tmp_path_factory.mktemp("wheel"))


def test_every_package_on_disk_is_declared():
    """A package that is missing from pyproject.toml would vanish from the wheel only."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    on_disk = {"minglu", "minglu.sample_data"}  # the sample holds data alone
    for floor in ("commands", "common", "geo", "matching", "register"):
        for path in (ROOT / floor).rglob("__init__.py"):
            on_disk.add(".".join(("minglu", *path.parent.relative_to(ROOT).parts)))
    assert sorted(declared) == sorted(on_disk)


def test_only_four_modules_lie_in_the_root():
    """Any other module in the root would be shipped as part of the package."""
    assert {path.name for path in ROOT.glob("*.py")} <= ROOT_MODULES


def test_wheel_ships_exactly_the_golden_list(wheel):
    """Renewed by `make golden` (python3 start run python tests/wheel.py); its diff is reviewed."""
    module = _wheel_module()
    assert module.contents(wheel).splitlines() == module.GOLDEN.read_text("utf-8").splitlines()


def test_installed_wheel_imports_from_another_folder(wheel, tmp_path):
    """Every module imports from an unpacked wheel, with the sources out of sight."""
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALL, str(target)],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(target)
