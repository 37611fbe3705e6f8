"""The licences of everything in the lock, as the packages themselves state them; as a program, renew docs/reference/licences.md.

python3 start run python tests/licences.py
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, files, metadata
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


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(f"| {name} | {licence_of(name)} |\n" for name in sorted(locked()))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE)  # noqa: T201
