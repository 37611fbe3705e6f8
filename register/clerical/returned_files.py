"""Returned files: every file that was handed in is named, as taken or as not taken with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.sheet_problems import Note
from minglu.register.storage.run_folder import digest

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
SIDE_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
"""What systems leave in folders; never anybody's answers."""


@dataclass(frozen=True, slots=True)
class ReturnedFiles:
    """What a call names."""

    books: tuple[Path, ...]
    """Workbooks to read, each once."""
    others: tuple[Path, ...]
    """Every other file in the folders that were named."""

    def notes(self) -> list[Note]:
        """Return one note per file that is not read."""
        return [_left_out(path) for path in self.others]

    def lines(self, language: str) -> list[str]:
        """Return the files taken on one line, and one line for each that was not."""
        names = ", ".join(path.name for path in self.books)
        taken = f"读取 {len(self.books)} 个工作簿：{names}" if language == "zh" else f"{len(self.books)} read: {names}"
        return [taken, *(note.text(language) for note in self.notes())]


def find_returned(given: Sequence[Path]) -> ReturnedFiles:
    """Return the files that a call names: files, everything below a folder, or a pattern that no shell expanded.

    Raises UsageError for a name without a workbook, SourceError where one workbook came twice.
    """
    found: dict[str, Path] = {}
    others: list[Path] = []
    for one in given:
        named = list(_named(one))
        books = [path for path in named if path == one or _is_book(path)]
        if not books:
            _refuse_empty(one, named)
        others += [path for path in named if path not in books]
        for path in books:
            first = found.setdefault(digest(path), path)
            if first is not path:
                raise SourceError(
                    en=f"{path}: is the same as {first}, byte by byte. Name each workbook once; nothing was taken "
                    "over.",
                    zh=f"{path}：与 {first} 逐字节相同。同一工作簿只应提交一次；未采用任何内容。",
                )
    return ReturnedFiles(tuple(found.values()), tuple(dict.fromkeys(others)))


def find_sheets(given: Sequence[Path]) -> list[Path]:
    """Return the workbooks of `find_returned` alone."""
    return list(find_returned(given).books)


def _named(path: Path) -> Iterator[Path]:
    """Yield the files that one argument names, in order."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.is_file() and one.name.lower() not in SIDE_FILES)
    elif path.parent.is_dir():
        yield from sorted(one for one in path.parent.glob(path.name) if one.is_file())


def _is_book(path: Path) -> bool:
    """Return whether a file of a folder is a workbook; the marks of open ones (~$) are none."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", "."))


def _left_out(path: Path) -> Note:
    if path.name.startswith("~$"):
        why = ("an office program has the workbook open; close it", "办公软件正打开该工作簿，请关闭")
    elif path.name.startswith("."):
        why = ("a hidden file", "隐藏文件")
    else:
        kinds = ", ".join(SUFFIXES)
        why = (f"no workbook ({kinds}); answers in it are not read", f"不是工作簿（{kinds}），其中内容未读取")
    return Note(f"not taken: {path}: {why[0]}", f"未采用：{path}：{why[1]}")


def _refuse_empty(path: Path, named: Sequence[Path]) -> None:
    listed = ", ".join(one.name for one in named[:20])
    en, zh = (f" Found only: {listed}.", f"仅有：{listed}。") if listed else ("", "")
    raise UsageError(
        en=f"{path}: found no workbook there; expected a filled-in sheet, or a folder of them.{en} Check the path.",
        zh=f"{path}：没有工作簿；应为已填写的表，或存放它们的文件夹。{zh}请检查路径。",
    )
