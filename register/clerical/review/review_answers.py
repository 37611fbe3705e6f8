"""The answers of a returned review workbook, checked against what was written in it.

The workbook is read in the sandbox for source lists: no cell takes effect.  It may come
back from another office program, with columns moved or hidden; it must hold every pair it
was written with, unchanged, and one of the four answers, or none, for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from minglu.register.clerical.decisions import UNDECIDED, WORDS
from minglu.register.clerical.form_workbook import NUMBER, Form, note_other_sheets, read_form
from minglu.register.clerical.returned_workbook import foreign, read_hidden
from minglu.register.clerical.review import review_keys
from minglu.register.clerical.review.review_workbook import CHOICES, SETTLED, columns
from minglu.register.clerical.sheet_problems import Place, Problems

BY_WORD = dict(zip(CHOICES, WORDS, strict=True))
COMMAND = "review"
COMPARED = ("list", "name", "uscc", "permit_no")
"""What stands of an entry in its key as it does on the sheet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered row."""

    key: review_keys.Key
    relation: str
    reviewer: str
    reason: str
    where: Place
    """Where the answer stands."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One workbook, read and checked."""

    path: Path
    header: review_keys.Header
    pairs: tuple[tuple[str, str], ...]
    """Both entries of every pair, answered or not."""
    given: tuple[Answer, ...]
    """In the order of the sheet; rows without an answer are left out."""


def read_answers(path: Path, problems: Problems) -> Answers:
    """Read a filled-in workbook.

    Into `problems` goes, with sheet, row and column, a changed key, an unknown answer and a reason without an answer.
    Raises CellError for a workbook that `minglu review` did not write.
    """
    try:
        header, expected = review_keys.parse(*read_hidden(path, review_keys.SCHEMA, command=COMMAND))
    except (ValueError, KeyError, TypeError):
        foreign(path, COMMAND)
    by_number = {str(key.no): key for key in expected}
    given = []
    for line in read_form(path, form_of(expected), problems, command=COMMAND):
        if line.wrong:
            continue
        if line.texts["judgement"]:
            texts = (line.texts["reviewer"], line.texts["reason"])
            relation = BY_WORD[line.texts["judgement"]]
            given.append(Answer(by_number[line.number], relation, *texts, line.where("judgement")))
        elif line.texts["reason"]:
            with problems.collect():
                line.refuse(
                    "judgement",
                    f"empty beside a reason; expected an answer, {WORDS[UNDECIDED][0]} where it can't be decided yet",
                    f"填写了理由而未作判定；暂不能判定的请选“{WORDS[UNDECIDED][0]}”",
                )
    note_other_sheets(path, [review_keys.ANSWERS], problems)
    return Answers(path, header, tuple((key.left.entry, key.right.entry) for key in expected), tuple(given))


def form_of(pairs: Sequence[review_keys.Key]) -> Form:
    """Return the sheet of answers as it was written for some pairs."""
    every = columns(with_scores=False)
    optional = tuple(column.zh for column in columns(with_scores=True) if column not in every or column in SETTLED)
    asked = tuple(column for column in every if column not in SETTLED)
    return Form(review_keys.ANSWERS, asked, [_written(key) for key in pairs], optional=optional)


def _written(key: review_keys.Key) -> dict[str, str]:
    """Return what the locked cells of a pair must show."""
    row = {NUMBER: str(key.no)}
    for side, anchor in (("left", key.left), ("right", key.right)):
        row |= {f"{side}.{field}": getattr(anchor, field) for field in COMPARED}
        row[f"{side}.entry_id"] = anchor.entry
    return row
