"""Build the wheel without a network and list what it ships; as a program, renew tests/golden/wheel.txt.

python3 start run python tests/wheel.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "wheel.txt"
SHIPPED = (
    "commands",
    "common",
    "geo",
    "matching",
    "register",
    "sample_data",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "NOTICE",
    "py.typed",
)
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def build_wheel(folder: Path) -> Path:
    """Build the wheel inside `folder` from a copy of the sources: an old `build/` must not leak into it."""
    source = folder / "source"
    source.mkdir()
    for path in (*ROOT.glob("*.py"), *(ROOT / name for name in SHIPPED)):
        if path.is_dir():
            shutil.copytree(path, source / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / path.name)
    built = subprocess.run(
        [sys.executable, "-I", "-c", BUILD, str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("minglu-*.whl"))


def contents(wheel: Path) -> str:
    """List the wheel's files, one a line, sorted, without the version in the metadata's folder."""
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(archive.namelist())
    version = wheel.name.split("-")[1]
    return "".join(f"{name.replace(f'minglu-{version}.', 'minglu-VERSION.')}\n" for name in names)


def main() -> None:
    """Renew the golden list."""
    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text(contents(build_wheel(Path(folder))), "utf-8")
    sys.stdout.write(f"{GOLDEN.relative_to(ROOT)} is renewed; read its diff before you commit it.\n")


if __name__ == "__main__":
    main()
