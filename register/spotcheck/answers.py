"""The workbooks of a spot check taken back: every row checked against what was written, answers as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.forms import NUMBER, Field, Form, Line, read_form
from minglu.register.returned import cell_place, foreign, read_hidden, refuse
from minglu.register.spotcheck import sheets
from minglu.register.spotcheck.sheets import AREA_BOOK, COMMAND, LIST_BOOK, SCHEMA

Key = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back of one draw, all workbooks together."""

    design: Mapping[str, Any]
    """Register, seed, townships, districts, strata: as written into every workbook of the draw."""
    visited: tuple[tuple[Key, str], ...]
    """Drawn unit and its result (a key of RESULTS), empty where there is no answer."""
    left_out: tuple[tuple[Key, str], ...]
    """Unit that the register leaves out, and the judgement on that."""
    found: tuple[tuple[str, str, str], ...]
    """Of each unit seen in a walked district: the district, its source class in words, what looking up gave."""
    walked: tuple[tuple[str, str], ...]
    """District -> whole | partly, empty where there is no answer."""
    books: tuple[str, ...]
    """Which workbooks came back."""


def read_answers(paths: Sequence[Path]) -> Answers:
    """Read the workbooks of one draw.

    Raises SourceError, naming sheet, row and column, for a workbook of another kind or draw, for
    one that came twice, for a changed key and for an answer that contradicts itself.
    """
    designs: dict[str, dict[str, Any]] = {}
    visited, left_out, found, walked = [], [], [], []
    for path in paths:
        design, keys = read_hidden(path, SCHEMA, command=COMMAND)
        book = str(design.pop("book", ""))
        _refuse_other_draw(path, book, design, designs)
        designs[book] = design
        if book == LIST_BOOK:
            visited += _visited(path, _form(sheets.UNIT_SHEET, sheets.UNIT_FIELDS, keys))
            left_out += _left_out(path, _form(sheets.EXCLUDED_SHEET, sheets.EXCLUDED_FIELDS, keys))
        elif book == AREA_BOOK:
            found += _found(path, _form(sheets.WALK_SHEET, sheets.WALK_FIELDS, keys))
            walked += _walked(path, _form(sheets.DONE_SHEET, sheets.DONE_FIELDS, keys))
        else:
            foreign(path, COMMAND)
    return Answers(
        designs[min(designs)], tuple(visited), tuple(left_out), tuple(found), tuple(walked), tuple(sorted(designs))
    )


def _refuse_other_draw(path: Path, book: str, design: Mapping[str, Any], seen: Mapping[str, Mapping[str, Any]]) -> None:
    if book in seen or any(design != other for other in seen.values()):
        raise SourceError(
            en=f"{path.name}: is of another draw than the workbooks before it, or came twice. Expected each workbook "
            "of one draw once.",
            zh=f"{path.name}：与前面的工作簿不属同一次抽样，或重复提交。同一次抽样的每个工作簿应各交一次。",
        )


def _form(title: str, fields: tuple[Field, ...], keys: Iterable[Mapping[str, str]]) -> Form:
    return Form(title, fields, [key for key in keys if key["sheet"] == title])


def _written(form: Form) -> Mapping[str, Key]:
    return {row[NUMBER]: row for row in form.rows}


def _visited(path: Path, form: Form) -> list[tuple[Key, str]]:
    """Read the results; a duplicate must say of what, and nothing else may."""
    known, answers = _written(form), []
    by_word = {word: key for key, word in sheets.RESULTS.items()}
    for line in read_form(path, form, command=COMMAND):
        if not line.number:
            _stray(path, form, line)
        result = by_word.get(line.texts["result"], "")
        other = line.texts["duplicate_of"]
        if (result == "duplicate") != bool(other) or other == line.texts["unit_id"]:
            place = next(n for n, field in enumerate(form.fields) if field.name == "duplicate_of")
            refuse(
                path,
                form.title,
                cell_place(line.row, place, "与何单位重复"),
                f"found {other[:40]!r} beside {line.texts['result']!r}; expected the id of the other unit for a "
                "duplicate, and nothing otherwise",
                f"得到 {other[:40]!r}，核查结果为 {line.texts['result']!r}；重复的应填另一单位的编号，其余应留空",
            )
        answers.append((known[line.number], result))
    return answers


def _left_out(path: Path, form: Form) -> list[tuple[Key, str]]:
    known, by_word = _written(form), {word: key for key, word in sheets.JUDGEMENTS.items()}
    answers = []
    for line in read_form(path, form, command=COMMAND):
        if not line.number:
            _stray(path, form, line)
        answers.append((known[line.number], by_word.get(line.texts["judgement"], "")))
    return answers


def _found(path: Path, form: Form) -> list[tuple[str, str, str]]:
    """Read the units seen; a line with any text is a unit, and must say of which district it is."""
    by_word = {word: key for key, word in sheets.FINDINGS.items()}
    asked = [field.name for field in form.fields if field.open]
    districts = {row["district"] for row in form.rows}
    answers = []
    for line in read_form(path, form, command=COMMAND):
        if not any(line.texts[name] for name in asked):
            continue
        if line.texts["district"] not in districts:
            refuse(
                path,
                form.title,
                cell_place(line.row, 1, "小区代码"),
                f"found {line.texts['district'][:20]!r}; expected a district of this draw",
                f"得到 {line.texts['district'][:20]!r}；应为本次抽中的小区",
            )
        answers.append(
            (line.texts["district"], line.texts["source_class"], by_word.get(line.texts["finding"], "not_settled"))
        )
    return answers


def _walked(path: Path, form: Form) -> list[tuple[str, str]]:
    known, by_word = _written(form), {word: key for key, word in sheets.WALKED.items()}
    lines = read_form(path, form, command=COMMAND)
    return [(known[line.number]["district"], by_word.get(line.texts["walked"], "")) for line in lines if line.number]


def _stray(path: Path, form: Form, line: Line) -> None:
    refuse(
        path,
        form.title,
        (f"row {line.row}", f"第 {line.row} 行"),
        "found a row without a number; expected the rows as written and no others",
        "该行没有序号；应只保留原有各行",
    )
