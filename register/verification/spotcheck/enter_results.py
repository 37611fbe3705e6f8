"""Results of a spot check entered one row at a time into the workbooks as drawn, checked as returned ones are."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import NUMBER, Form, Line, read_form
from minglu.register.clerical.returned_workbook import read_hidden
from minglu.register.clerical.sheet_problems import Problems
from minglu.register.storage.run_folder import locked, replace_file
from minglu.register.verification.spotcheck.spotcheck_answers import read_answers
from minglu.register.verification.spotcheck.spotcheck_workbooks import (
    AREA_BOOK,
    COMMAND,
    DONE_FIELDS,
    DONE_SHEET,
    EXCLUDED_FIELDS,
    EXCLUDED_SHEET,
    LIST_BOOK,
    SCHEMA,
    UNIT_FIELDS,
    UNIT_SHEET,
    WALK_FIELDS,
    WALK_SHEET,
)


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """One sheet to be filled in."""

    book: str
    title: str
    columns: tuple[Column, ...]
    answer: str
    """The open column without which a row counts as not filled in."""
    more: bool = False


SHEETS: Mapping[str, ResultSheet] = {
    "units": ResultSheet(LIST_BOOK, UNIT_SHEET, UNIT_FIELDS, "result"),
    "excluded": ResultSheet(LIST_BOOK, EXCLUDED_SHEET, EXCLUDED_FIELDS, "judgement"),
    "found": ResultSheet(AREA_BOOK, WALK_SHEET, WALK_FIELDS, "name", more=True),
    "walked": ResultSheet(AREA_BOOK, DONE_SHEET, DONE_FIELDS, "walked"),
}


class ResultBooks:
    """The workbooks of one drawn spot check, in their folder; used from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._kept: dict[str, tuple[tuple[int, int], list[Line]]] = {}
        missing = [book for book in (LIST_BOOK, AREA_BOOK) if not (folder / book).is_file()]
        if missing:
            raise UsageError(
                en=f"{folder / missing[0]}: is not there; expected the folder that `minglu spotcheck draw` wrote.",
                zh=f"{folder / missing[0]}：不存在；应为 `minglu spotcheck draw` 写出的文件夹。",
            )
        self.design = read_hidden(folder / LIST_BOOK, SCHEMA, command=COMMAND)[0]

    def rows(self, sheet: str) -> Sequence[Line]:
        """Return the rows of a sheet as they stand, in its order; raises SourceError where it was changed."""
        path = self.folder / SHEETS[sheet].book
        with self._lock:
            status = path.stat()
            stamp = status.st_mtime_ns, status.st_size
            if self._kept.get(sheet, (None,))[0] != stamp:
                self._kept[sheet] = stamp, self._read(path, SHEETS[sheet])
            return self._kept[sheet][1]

    def row(self, sheet: str, number: str) -> Line:
        """Return one row; raises UsageError where there is none of that number."""
        return _numbered(self.rows(sheet), number)

    def enter(self, sheet: str, number: str, texts: Mapping[str, str]) -> None:
        """Write the open cells of one row; the workbook must then pass as a returned one, else nothing is changed.

        Raises UsageError for a row or a column that is not to be filled in, SourceError for what the answers of
        returned sheets are refused for.
        """
        of = SHEETS[sheet]
        path = self.folder / of.book
        open_fields = {column.field for column in of.columns if column.open}
        if surplus := sorted(set(texts) - open_fields):
            raise UsageError(
                en=f"{surplus[0]}: is no column to fill in; expected one of {', '.join(sorted(open_fields))}.",
                zh=f"{surplus[0]}：不是填写列；应为 {'、'.join(sorted(open_fields))} 之一。",
            )
        with self._lock, locked(path):
            line = self.row(sheet, number)
            book = openpyxl.load_workbook(path)
            page: Any = book[of.title]
            for field, text in texts.items():
                cell = page.cell(row=line.row, column=line.places[field] + 1)
                cell.value = text or None
                if text:
                    cell.data_type = "s"  # a text stays a text, whatever it begins with
            with replace_file(path) as fresh:
                book.save(fresh)
                read_answers([fresh])
            self._keep_others(sheet, path)

    def _keep_others(self, sheet: str, path: Path) -> None:
        """Let the other sheets of a workbook that was just written stand as they were read: only one row changed."""
        status = path.stat()
        for name, (_, lines) in list(self._kept.items()):
            if SHEETS[name].book == SHEETS[sheet].book and name != sheet:
                self._kept[name] = (status.st_mtime_ns, status.st_size), lines

    def _read(self, path: Path, of: ResultSheet) -> list[Line]:
        _, keys = read_hidden(path, SCHEMA, command=COMMAND)
        form = Form(of.title, of.columns, [key for key in keys if key["sheet"] == of.title], more=of.more)
        problems = Problems()
        lines = read_form(path, form, problems, command=COMMAND)
        problems.raise_errors()
        return lines


def is_filled(sheet: str, line: Line) -> bool:
    """Return whether a row has an answer."""
    return bool(line.texts[SHEETS[sheet].answer])


def _numbered(lines: Sequence[Line], number: str) -> Line:
    found = next((line for line in lines if line.texts[NUMBER] == number and number), None)
    if found is None:
        raise UsageError(en=f"no. {number}: the sheet has no such row.", zh=f"序号 {number}：表中没有该行。")
    return found


def require_register(books: ResultBooks, head: str) -> None:
    """Raise SourceError unless the sample was drawn from the register with this head."""
    if books.design["register_head"] != head:
        raise SourceError(
            en=f"{books.folder}: was drawn from another register than the one that is open. Name the folder of its own "
            "spot check.",
            zh=f"{books.folder}：核查表并非从当前打开的名录抽取。请指定本名录的核查文件夹。",
        )
