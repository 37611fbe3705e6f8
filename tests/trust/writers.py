"""Every command that writes, what it writes, and ways to let its n-th step fail.  Used by the tests of whole outputs."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NAMES = (
    "faults",
    "repair",
    "review",
    "sheets",
    "forms",
    "draw",
    "score",
    "seal",
    "rollup",
    "verifier",
    "page",
    "report",
    "init",
    "example",
)


@dataclass(frozen=True)
class Writer:
    """A command, and the place of what it writes, beside the census file of a built county."""

    arguments: tuple[str, ...]
    place: str
    replaces: bool = False
    """Whether it writes over what it wrote before."""


def writers(folder: Path) -> Mapping[str, Writer]:
    """Return every writing command for the county in `folder`, whose run is `folder`/out; `build` has tests of its own."""
    out, layers = str(folder / "out"), (str(folder / "districts.gpkg"), "--within", str(folder / "county.gpkg"))

    census = ("--census", str(folder / "census.toml"))

    def to(place: str) -> str:
        return str(folder / "made" / place)

    return {
        "faults": Writer(("check", *layers, "--out", to("faults")), "made/faults"),
        "repair": Writer(("check", *layers, "--suggest", to("repair")), "made/repair"),
        "review": Writer(("review", out, "--to", to("review")), "made/review"),
        "sheets": Writer(("sheets", out, "--to", to("sheets")), "made/sheets"),
        "forms": Writer(("forms", out, "--to", to("forms")), "made/forms"),
        "draw": Writer(("spotcheck", "draw", out, "--seed", "7", "--to", to("draw")), "made/draw"),
        "seal": Writer(
            (*("archive", "seal", out, "--by", "x", "--on", "2028-01-01"), *census, "--to", to("bag")),
            "made/bag",
        ),
        "score": Writer(("spotcheck", "score", str(folder / "spot"), "--to", to("score")), "made/score"),
        "rollup": Writer(
            ("rollup", str(folder / "sealed"), "--name", "x", "--force", "--out", to("up")), "made/up", replaces=True
        ),
        "verifier": Writer(("archive", "verifier", to("verify.py")), "made/verify.py"),
        "page": Writer(("report", out, "--internal", to("inside.html")), "made/inside.html"),
        "report": Writer(("report", out), "out", replaces=True),
        "init": Writer(("init", str(folder / "sent")), "sent/census.toml"),
        "example": Writer(("example", to("office")), "made/office"),
    }


def seen(place: Path) -> dict[str, bytes]:
    """Return everything at a place: nothing, a file, or the files of a folder; run.json alone may differ."""
    if place.is_file():
        return {place.name: place.read_bytes()}
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != "run.json" and path.suffix != ".lock"
    }


def traces(folder: Path) -> list[str]:
    """Return what a command that ended may not leave beside its output: parts of files, empty folders."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if "partial" in path.name
        or path.name.startswith(("tmp", ".part"))
        or (path.is_dir() and not any(path.iterdir()))
    )


class Steps:
    """Count opens for writing, or renames; let the n-th fail as on a full disk."""

    def __init__(self) -> None:
        self.kind, self.at, self.count, self.path = "", 0, 0, ""
        sys.addaudithook(self._heed)  # can't be taken off: it does nothing while `kind` is empty

    @contextlib.contextmanager
    def failing(self, kind: str, at: int) -> Iterator[None]:
        """Let the `at`-th step of a kind ("open" or "os.rename") fail inside."""
        self.kind, self.at, self.count, self.path = kind, at, 0, ""
        try:
            yield
        finally:
            self.kind = ""

    def _heed(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != self.kind or (event == "open" and not _writes(arguments)):
            return
        self.count += 1
        if self.count == self.at:
            self.path = str(arguments[0])  # zipfile tries the same name once more in another mode
        if self.path == str(arguments[0]):
            raise OSError(28, "No space left on device", self.path)


def _writes(arguments: tuple[object, ...]) -> bool:
    path, mode, flags = arguments
    if (
        not isinstance(path, str | bytes | Path)
        or str(path).startswith(("/dev", "/proc"))
        or "__pycache__" in str(path)
    ):
        return False
    asked = bool(set(str(mode or "")) & set("wax+"))
    return (asked or bool(int(str(flags or 0)) & (os.O_WRONLY | os.O_RDWR))) and not str(path).endswith(".lock")


KILL_AT = """
import os, signal, sys
count = 0
def heed(event, arguments):
    global count
    if event == "os.rename":
        count += 1
        if count == {at}:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(heed)
"""
