"""Parsing a workbook in a child process with limits: whatever kills the parser is an error message here.

Parsers of workbooks can abort the whole process on hostile files, which no `except` catches.
So one child opens one file, within limits of memory and time, and sends texts through a pipe;
nothing is written to disk.  What the child checks and sends: `workbook_child`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa

from minglu.common.interruption import spared_from_interruption
from minglu.errors import SourceError
from minglu.register.sources.file_type import Format

BASE_SECONDS = 60
LAST_WORDS_SECONDS = 5
SECONDS_PER_MEGABYTE = 20
"""A megabyte of packed workbook takes one second on a slow machine."""


class Traits(NamedTuple):
    """What a sheet shows beside its values; rows count from 1, columns from 0 as they are read."""

    hidden_rows: list[int]
    hidden_columns: list[int]
    filtered: bool
    errors: int
    """Cells that show a formula's error."""
    formulas: int
    """Cells with a formula that no program has calculated."""
    merged: list[tuple[int, int, int]]
    """First row, last row and first column of each range of merged cells over several rows."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook, and a way to read the chosen ones in order."""

    sheets: tuple[str, ...]
    """All worksheets, in the workbook's order."""
    hidden: tuple[str, ...]
    """Those that are hidden."""
    chosen: tuple[str, ...]
    """Those that can be read: the one asked for, or all that are visible."""
    pipe: IO[bytes]
    """Where the chosen sheets come from, one Arrow stream of RECORDS after the other."""

    def next_traits(self) -> Traits:
        """Return what is to be known of the next chosen sheet beside its values; `next_sheet` comes after it."""
        try:
            return Traits(**json.loads(self.pipe.readline())["traits"])
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise _CutPipeError from problem

    def next_sheet(self) -> Iterator[pa.RecordBatch]:
        """Yield the next chosen sheet as RECORDS; it must be read to its end before the one after it.

        An Arrow stream may end anywhere without complaint, so the child says behind it how much it sent.
        """
        rows = 0
        try:
            for batch in pa.ipc.open_stream(self.pipe):
                rows += len(batch)
                yield batch
            answer = json.loads(self.pipe.readline())
        except (pa.ArrowException, OSError, ValueError) as problem:
            raise _CutPipeError from problem
        if answer != {"rows": rows}:
            raise _CutPipeError


class _CutPipeError(Exception):
    """The child stopped sending."""


@contextmanager
def open_workbook(path: Path, kind: Format, sheet: str | None, *, seconds: float | None = None) -> Iterator[Workbook]:
    """Open `path` in a child process.

    Raises SourceError for what the child refuses, and where the child dies or takes too long.
    """
    limit = seconds if seconds is not None else BASE_SECONDS + SECONDS_PER_MEGABYTE * path.stat().st_size / 1e6
    command = [sys.executable, "-P", "-X", "utf8", "-m", "minglu.register.sources.workbooks.child_process"]
    with spared_from_interruption():
        child = subprocess.Popen(  # noqa: S603 - our own module, no shell, no word from outside in the command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    late = threading.Event()
    timer = threading.Timer(limit, _end, (child, late))
    timer.start()
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        _ask(child.stdin, path, kind, sheet)
        answer = _first_answer(child.stdout)
        yield Workbook(tuple(answer["sheets"]), tuple(answer["hidden"]), tuple(answer["read"]), child.stdout)
        _await_success(child)
    except _CutPipeError as problem:
        raise _failure(path, child, late=late.is_set(), seconds=limit) from problem
    finally:
        timer.cancel()
        child.kill()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                _close(pipe)
        child.wait()


def _await_success(child: subprocess.Popen[bytes]) -> None:
    if child.wait() != 0:
        raise _CutPipeError


def _end(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _close(pipe: IO[bytes]) -> None:
    with suppress(OSError):  # what was not flushed to a dead child does not matter
        pipe.close()


def _ask(pipe: IO[bytes], path: Path, kind: Format, sheet: str | None) -> None:
    request = {"path": str(path.absolute()), "format": kind.value, "sheet": sheet}
    try:
        pipe.write(json.dumps(request).encode() + b"\n")
        pipe.flush()
    except OSError as problem:
        raise _CutPipeError from problem


def _first_answer(pipe: IO[bytes]) -> dict[str, list[str]]:
    try:
        answer: dict[str, list[str]] = json.loads(pipe.readline())
    except (OSError, ValueError) as problem:
        raise _CutPipeError from problem
    return answer


def _failure(path: Path, child: subprocess.Popen[bytes], *, late: bool, seconds: float) -> SourceError:
    """Return the child's own error where it left one, else say how it ended."""
    try:
        _, errors = child.communicate(timeout=LAST_WORDS_SECONDS)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        child.kill()
        errors = b""
    last = errors.strip().rpartition(b"\n")[2]
    if last.startswith(b'{"en"'):
        return SourceError(**json.loads(last))
    code = child.wait()
    if late:
        en, zh = f"was not read within {seconds:.0f} s", f"{seconds:.0f} 秒内未能读完"
    else:
        en, zh = f"stopped its reader (exit {code})", f"使读取程序中止（退出码 {code}）"
    return SourceError(
        en=(
            f"{path.name}: the workbook {en}; it is damaged, or a stray cell makes its sheet too large. "
            "Open it in Excel or WPS, copy the list into a new workbook, and save that as .xlsx or .csv."
        ),
        zh=(
            f"{path.name}：该工作簿{zh}；文件可能损坏，或有多余单元格使工作表过大。"
            "请用 Excel 或 WPS 打开，将名单复制到新工作簿，另存为 .xlsx 或 .csv。"
        ),
    )
