"""Sheets in: a filled-in workbook checked against what was written in it.  Nothing is decided or stored here.

The workbook is read in the sandbox for source lists: no cell takes effect.  It may come
back from another office program, with columns moved or hidden; it must hold every pair it
was written with, unchanged, and one of the four answers, or none, for each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from minglu.errors import SourceError
from minglu.register.decisions import WORDS
from minglu.register.returned import HIDDEN, Cells, cell_place, foreign, read_cells, refuse
from minglu.register.review import keys
from minglu.register.review.workbook import CHOICES, columns

BY_WORD = dict(zip(CHOICES, WORDS, strict=True))
KEYS = ("no", "left.entry_id", "right.entry_id")
COMMAND = "review"
MOST_TEXT = 500
"""Letters of a reason or a name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered row."""

    key: keys.Key
    relation: str
    reviewer: str
    reason: str
    where: str
    """file [sheet] row n, column (heading): where the answer stands."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One workbook, read and checked."""

    path: Path
    header: keys.Header
    pairs: int
    given: tuple[Answer, ...]
    """In the order of the sheet; rows without an answer are left out."""


def read_answers(path: Path) -> Answers:
    """Read a filled-in workbook.

    Raises SourceError, naming sheet, row and column, for a workbook that `minglu review`
    did not write, for a changed key and for an unknown answer.
    """
    hidden = read_cells(path, HIDDEN, command=COMMAND)
    try:
        header, expected = keys.parse(["".join(row) for _, row in sorted(hidden.items()) if any(row)])
    except (ValueError, KeyError, TypeError):
        foreign(path, COMMAND)
    cells = read_cells(path, keys.ANSWERS, command=COMMAND)
    places = _places(path, cells)
    given = _check_rows(path, cells, places, expected)
    return Answers(path, header, len(expected), tuple(given))


def _places(path: Path, cells: Cells) -> Mapping[str, int]:
    """Find the columns by their Chinese headings."""
    heads = [text.strip() for text in cells.get(1, [])]
    wanted = {column.field: column.zh for column in columns(with_scores=False)}
    places = {}
    for field in ("judgement", "reviewer", "reason", *KEYS):
        if heads.count(wanted[field]) != 1:
            found = heads.count(wanted[field])
            refuse(
                path,
                keys.ANSWERS,
                ("row 1", "第 1 行"),
                f"the heading {wanted[field]} was found {found} times; expected once",
                f"标题“{wanted[field]}”出现 {found} 次；应为一次",
            )
        places[field] = heads.index(wanted[field])
    return places


def _check_rows(path: Path, cells: Cells, places: Mapping[str, int], expected: Sequence[keys.Key]) -> list[Answer]:
    """Match rows to keys by number (a clerk may have sorted them); every key must be there once, unchanged."""
    by_number = {str(key.no): key for key in expected}
    answers = []
    for row, texts in sorted(cells.items()):
        if row <= keys.HEADER_ROWS or not any(texts):
            continue
        found = {field: texts[place].strip() if place < len(texts) else "" for field, place in places.items()}
        key = by_number.pop(found["no"], None)
        if key is None:
            _changed(path, row, places["no"], "no", found["no"])
        for field, entry in (("left.entry_id", key.left.entry), ("right.entry_id", key.right.entry)):
            if found[field] != entry:
                _changed(path, row, places[field], field, found[field])
        answer = unicodedata.normalize("NFKC", found["judgement"]).strip()
        if not answer:
            continue
        where = f"{path.name} [{keys.ANSWERS}] {cell_place(row, places['judgement'], '判定')[0]}"
        if answer not in BY_WORD:
            _unknown(where, answer)
        texts_of = {field: " ".join(found[field].split())[:MOST_TEXT] for field in ("reviewer", "reason")}
        answers.append(Answer(key, BY_WORD[answer], **texts_of, where=where))
    if by_number:
        missing = next(iter(by_number))
        refuse(
            path,
            keys.ANSWERS,
            (f"no. {missing}", f"序号 {missing}"),
            f"{len(by_number)} pairs are missing; expected every pair as written. Leave the answer empty instead",
            f"缺少 {len(by_number)} 对；应保留每一对。不判定的请留空",
        )
    return answers


def _changed(path: Path, row: int, place: int, field: str, found: str) -> NoReturn:
    zh = next(column.zh for column in columns(with_scores=False) if column.field == field)
    refuse(
        path,
        keys.ANSWERS,
        cell_place(row, place, zh),
        f"found {found[:40]!r}; expected it once and as written: keys must not be changed. Take the sheet as written",
        f"得到 {found[:40]!r}；应与原表一致且只出现一次：编号不得改动。请恢复原表",
    )


def _unknown(where: str, answer: str) -> NoReturn:
    raise SourceError(
        en=f"{where}: found {answer[:40]!r}; expected one of {'、'.join(CHOICES)}, or nothing.",
        zh=f"{where}：得到 {answer[:40]!r}；应为 {'、'.join(CHOICES)} 之一，或留空。",
    )
