"""The licences of everything in the lock, as the packages themselves state them; as a program, renew docs/reference/licences.md.

python3 start run python tests/licences.py
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, PackagePath, files, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "licences.md"
HEAD = """# Licences of the locked packages 依赖包许可

Made by `make licences` from what each installed package states about itself; a test holds it against the lock.
Those with a version are installed with minglu or its tests; "elsewhere" means that another system or Python needs it.
What is vendored into the project itself stands in [NOTICE](../../NOTICE).

| package | licence |
|---|---|
"""
BUNDLED_HEAD = """
## What the wheels bring along 包内自带的程序库

Libraries that the packages' builders put into their wheels as files of their own; a test holds the list against the
installed wheels. What is compiled into a package (libxml2 in lxml, OpenSSL in cryptography, the libraries of Arrow and
DuckDB) stands in the licence files of that package; libgdal
holds GEOS, PROJ and SQLite once more.

| library | in | licence |
|---|---|---|
"""
BUNDLED = {
    "libcurl": ("pyproj", "curl licence (MIT-like)"),
    "libgdal": ("pyogrio", "MIT, parts under other permissive licences (GDAL's LICENSE.TXT)"),
    "libgeos": ("shapely", "LGPL-2.1-or-later; a shared library, to be replaced by whoever wants another"),
    "libgeos_c": ("shapely", "LGPL-2.1-or-later"),
    "libgfortran": ("numpy, scipy", "GPL-3.0 with the GCC Runtime Library Exception"),
    "libnghttp2": ("pyproj", "MIT"),
    "libproj": ("pyproj", "MIT"),
    "libquadmath": ("numpy, scipy", "LGPL-2.1-or-later"),
    "libscipy_openblas": ("scipy", "BSD-3-Clause"),
    "libscipy_openblas64_": ("numpy", "BSD-3-Clause"),
    "libsqlite3": ("pyproj", "public domain"),
    "libtiff": ("pyproj", "libtiff licence (BSD-like)"),
}
"""Library -> packages whose wheels have it on Linux, and its licence as its authors state it."""
LONGEST = 60
"""Some packages state the whole text; its first line names it."""


def locked() -> dict[str, str]:
    """Return name and version of every package in the lock."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))


def licence_of(name: str) -> str:
    """Return the licence that an installed package states: expression, classifiers, field, or its file's first line."""
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        return "elsewhere"
    if expression := facts.get("License-Expression"):
        return expression
    classifiers = facts.get_all("Classifier") or []
    named = [line.rsplit(" :: ", 1)[1] for line in classifiers if line.startswith("License ::")]
    named = [line for line in named if line != "OSI Approved"]
    field = (facts.get("License") or "").strip().partition("\n")[0]
    return ", ".join(named) or field[:LONGEST] or _first_line_of_file(name) or "not stated"


def _first_line_of_file(name: str) -> str:
    shipped = [path for path in files(name) or () if path.name.upper().startswith("LICENSE")]
    lines = [line.strip() for path in shipped for line in path.read_text("utf-8").splitlines()]
    return next((line[:LONGEST] for line in lines if line), "")


def bundled() -> set[str]:
    """Return the shared libraries that the installed wheels of the lock bring along, without version and hash."""
    shipped = {path for name in locked() for path in _files_of(name) if path.parts[0].endswith((".libs", ".dylibs"))}
    return {re.split(r"[-.]", path.name)[0] for path in shipped}


def _files_of(name: str) -> list[PackagePath]:
    try:
        return list(files(name) or ())
    except PackageNotFoundError:
        return []


def page() -> str:
    """Return the whole page."""
    packages = "".join(f"| {name} | {licence_of(name)} |\n" for name in sorted(locked()))
    libraries = "".join(f"| {name} | {where} | {licence} |\n" for name, (where, licence) in sorted(BUNDLED.items()))
    return HEAD + packages + BUNDLED_HEAD + libraries


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE)  # noqa: T201
