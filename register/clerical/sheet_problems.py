"""What is wrong with workbooks that came back, each with its place: collected, then refused all at once.

What is neither wrong nor taken over (a further column, a file of another kind) is a note: named, never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from minglu.errors import SourceError

MOST_SHOWN = 200
"""So many problems are listed one by one; a workbook with more was filled in on another form."""
NOTHING_TAKEN = (" Nothing was taken over.", "未采用任何内容。")


class Place(NamedTuple):
    """Where something stands: file, sheet, row and column, in English and Chinese."""

    en: str
    zh: str


class Note(NamedTuple):
    """One thing that was not taken over, in English and Chinese."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        """Return it in `language`, "zh" or "en"."""
        return self.zh if language == "zh" else self.en


class CellError(SourceError):
    """A cell or line of a returned workbook is not as it must be."""


class _Collector:
    """A block whose CellError is kept."""

    def __init__(self, errors: list[CellError]) -> None:
        self._errors = errors

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if isinstance(error, CellError):
            self._errors.append(error)
            return True
        return False


class Problems:
    """Everything found wrong in the workbooks of one call, and what was not taken over."""

    def __init__(self) -> None:
        self._errors: list[CellError] = []
        self.notes: list[Note] = []

    def collect(self) -> _Collector:
        """Return a block: a CellError raised inside is kept for `raise_errors`, and work goes on behind it."""
        return _Collector(self._errors)

    def note(self, en: str, zh: str) -> None:
        """Name something that is not taken over."""
        self.notes.append(Note(en, zh))

    @property
    def found(self) -> int:
        """Return how many errors were collected."""
        return len(self._errors)

    def raise_errors(self) -> None:
        """Raise SourceError with every error that was collected, in the order of the sheets; none, nothing."""
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            en, zh = (_joined([error.text(language) for error in self._errors], language) for language in ("en", "zh"))
            raise SourceError(en=en, zh=zh)


def _joined(texts: Sequence[str], language: str) -> str:
    """Return one problem a line, then their number."""
    tail = NOTHING_TAKEN[language == "zh"]
    lines = list(dict.fromkeys(text.removesuffix(tail) for text in texts))
    shown = "\n".join(lines[:MOST_SHOWN])
    more = len(lines) - MOST_SHOWN
    if language == "zh":
        return f"{shown}\n共 {len(lines)} 处{f'，另 {more} 处未列出' if more > 0 else ''}。{tail}"
    return f"{shown}\n{len(lines)} places in all{f', {more} of them not listed' if more > 0 else ''}.{tail}"


def refuse(path: Path, sheet: str, place: tuple[str, str], en: str, zh: str) -> NoReturn:
    """Refuse a workbook for what stands at `place` (given in English and Chinese) of a sheet."""
    refuse_at(Place(*(f"{path.name} [{sheet}] {where}" for where in place)), en, zh)


def refuse_at(place: Place, en: str, zh: str) -> NoReturn:
    """Refuse a workbook for what stands at a place."""
    raise CellError(en=f"{place.en}: {en}.{NOTHING_TAKEN[0]}", zh=f"{place.zh}：{zh}。{NOTHING_TAKEN[1]}")


def cell_place(row: int, place: int, heading: str) -> tuple[str, str]:
    """Describe where a cell stands, in English and Chinese: sheet row (from 1) and column (from 0) with its heading."""
    letter = column_letter(place)
    return f"row {row}, column {letter} ({heading})", f"第 {row} 行 {letter} 列（{heading}）"


def column_letter(place: int) -> str:
    """Return the letter of a column, as office programs show it.

    >>> column_letter(0), column_letter(26)
    ('A', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column, from 0.

    >>> column_number("A"), column_number("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
