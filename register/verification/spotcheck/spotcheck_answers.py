"""The answers of a spot check's workbooks, every row checked against what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import NUMBER, Form, Line, note_other_sheets, read_form
from minglu.register.clerical.returned_workbook import foreign, read_hidden
from minglu.register.clerical.sheet_problems import Place, Problems
from minglu.register.verification.spotcheck import spotcheck_workbooks
from minglu.register.verification.spotcheck.spotcheck_workbooks import (
    AREA_BOOK,
    COMMAND,
    LIST_BOOK,
    LOOKUP_BOOK,
    SCHEMA,
    blind,
    is_blind,
)

Key = Mapping[str, str]
Named = list[tuple[str, Place]]
LISTED = "listed"
SHEETS: Mapping[str, tuple[str, ...]] = {
    LIST_BOOK: (spotcheck_workbooks.UNIT_SHEET, spotcheck_workbooks.EXCLUDED_SHEET),
    AREA_BOOK: (spotcheck_workbooks.WALK_SHEET, spotcheck_workbooks.DONE_SHEET),
    LOOKUP_BOOK: (spotcheck_workbooks.LOOKUP_SHEET,),
}
"""The sheets of each workbook."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back of one draw, all workbooks together."""

    design: Mapping[str, Any]
    """Register, seed, townships, districts, strata: as written into the workbooks of the draw; without any count of
    units where only the workbook of those who walk came back."""
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
    named: tuple[tuple[str, Place], ...] = ()
    """Ids of units that people wrote (the other of a duplicate, what was looked up), and where they stand."""


def read_answers(paths: Sequence[Path], problems: Problems | None = None) -> Answers:
    """Read the workbooks of one draw; what is not taken over is noted in `problems`.

    Raises SourceError for a workbook of another kind or draw and for one that came twice, and with all places (sheet,
    row and column) for changed keys, answers that contradict themselves and remarks without an answer.
    """
    problems = problems or Problems()
    designs: dict[str, dict[str, Any]] = {}
    read = _Read(problems)
    for path in paths:
        with problems.collect():
            design, keys = read_hidden(path, SCHEMA, command=COMMAND)
            book = str(design.pop("book", ""))
            _refuse_other_draw(path, book, design, designs)
            designs[book] = design
            _read_book(path, book, keys, read)
    problems.raise_errors()
    filled = sorted(designs.keys() - {LOOKUP_BOOK})
    if not filled:
        raise SourceError(
            en=f"{paths[0].name}: is the office's list to look units up in and holds no answers. Name {LIST_BOOK} and "
            f"{AREA_BOOK}, or their folder.",
            zh=f"{paths[0].name}：是办公室查对用的名录，不含核查结果。请指定 {LIST_BOOK} 和 {AREA_BOOK}，或其文件夹。",
        )
    return Answers(
        min(designs.values(), key=is_blind),
        tuple(read.visited),
        tuple(read.left_out),
        tuple(read.found),
        tuple(read.walked),
        tuple(filled),
        tuple(read.named),
    )


class _Read:
    """What was read so far."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.visited: list[tuple[Key, str]] = []
        self.left_out: list[tuple[Key, str]] = []
        self.found: list[tuple[str, str, str]] = []
        self.walked: list[tuple[str, str]] = []
        self.named: Named = []


def _read_book(path: Path, book: str, keys: Sequence[Mapping[str, str]], read: _Read) -> None:
    if book == LIST_BOOK:
        _visited(path, _form(spotcheck_workbooks.UNIT_SHEET, spotcheck_workbooks.UNIT_FIELDS, keys), read)
        _left_out(path, _form(spotcheck_workbooks.EXCLUDED_SHEET, spotcheck_workbooks.EXCLUDED_FIELDS, keys), read)
    elif book == AREA_BOOK:
        _found(path, _form(spotcheck_workbooks.WALK_SHEET, spotcheck_workbooks.WALK_FIELDS, keys, more=True), read)
        _walked(path, _form(spotcheck_workbooks.DONE_SHEET, spotcheck_workbooks.DONE_FIELDS, keys), read)
    elif book != LOOKUP_BOOK:
        foreign(path, COMMAND)
    note_other_sheets(path, SHEETS[book], read.problems)


def _refuse_other_draw(path: Path, book: str, design: Mapping[str, Any], seen: Mapping[str, Mapping[str, Any]]) -> None:
    if book in seen or any(not _same_draw(design, other) for other in seen.values()):
        raise SourceError(
            en=f"{path.name}: is of another draw than the workbooks before it, or came twice. Expected each workbook "
            "of one draw once.",
            zh=f"{path.name}：与前面的工作簿不属同一次抽样，或重复提交。同一次抽样的每个工作簿应各交一次。",
        )


def _same_draw(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Compare two designs, as far as both tell."""
    if is_blind(one) or is_blind(other):
        return blind(one) == blind(other)
    return one == other


def _form(title: str, columns: tuple[Column, ...], keys: Iterable[Mapping[str, str]], *, more: bool = False) -> Form:
    return Form(title, columns, [key for key in keys if key["sheet"] == title], more=more)


def _written(form: Form) -> Mapping[str, Key]:
    return {row[NUMBER]: row for row in form.rows}


def _visited(path: Path, form: Form, read: _Read) -> None:
    """Read the results; a duplicate must say of what (which is added to `named`), and nothing else may."""
    known = _written(form)
    by_word = {word: key for key, word in spotcheck_workbooks.RESULTS.items()}
    for line in read_form(path, form, read.problems, command=COMMAND):
        result = by_word.get(line.texts["result"], "")
        other = line.texts["duplicate_of"]
        with read.problems.collect():
            if (result == "duplicate") != bool(other) or other == line.texts["unit_id"]:
                line.refuse(
                    "duplicate_of",
                    f"found {other[:40]!r} beside {line.texts['result']!r}; expected the id of the other unit for a "
                    "duplicate, and nothing otherwise",
                    f"得到 {other[:40]!r}，核查结果为 {line.texts['result']!r}；重复的应填另一单位的编号，其余应留空",
                )
            _require_answer(line, "result", ("wrong_fields", "note"))
        if other:
            read.named.append((other, line.where("duplicate_of")))
        if line.number in known:
            read.visited.append((known[line.number], result))


def _require_answer(line: Line, answer: str, remarks: Sequence[str]) -> None:
    """Refuse a remark beside an empty answer: it would be lost."""
    if not line.texts[answer] and any(line.texts[field] for field in remarks):
        line.refuse(
            answer,
            "empty beside a remark; expected a result, 未能核查 or 未走完 where it was not settled",
            "填写了备注而未填结果；未能核查或未走完的请选相应结果",
        )


def _left_out(path: Path, form: Form, read: _Read) -> None:
    known, by_word = _written(form), {word: key for key, word in spotcheck_workbooks.JUDGEMENTS.items()}
    for line in read_form(path, form, read.problems, command=COMMAND):
        with read.problems.collect():
            _require_answer(line, "judgement", ("note",))
        read.left_out.append((known[line.number], by_word.get(line.texts["judgement"], "")))


def _found(path: Path, form: Form, read: _Read) -> None:
    """Read the units seen; a line with any text is a unit, and must say of which district it is.

    What was looked up and found is added to `named`.
    """
    by_word = {word: key for key, word in spotcheck_workbooks.FINDINGS.items()}
    asked = [column.field for column in form.columns if column.open]
    districts = {row["district"] for row in form.rows}
    for line in read_form(path, form, read.problems, command=COMMAND):
        if not any(line.texts[name] for name in asked):
            continue
        with read.problems.collect():
            if line.texts["district"] not in districts:
                line.refuse(
                    "district",
                    f"found {line.texts['district'][:20]!r}; expected a district of this draw",
                    f"得到 {line.texts['district'][:20]!r}；应为本次抽中的小区",
                )
            finding = by_word.get(line.texts["finding"], "not_settled")
            if finding == LISTED:
                read.named.append((_looked_up(line, [unit for unit, _ in read.named]), line.where("unit_id")))
            read.found.append((line.texts["district"], line.texts["source_class"], finding))


def _looked_up(line: Line, before: Sequence[str]) -> str:
    """Return the unit of the register that a unit seen is reported to be: one, and no other line's."""
    unit = line.texts["unit_id"]
    if not unit or unit in before:
        line.refuse(
            "unit_id",
            f"found {unit[:40]!r} beside {line.texts['finding']!r}; expected the id of the register's unit, each "
            "on one line. What the register has not for itself was missed",
            f"得到 {unit[:40]!r}，查对结果为 {line.texts['finding']!r}；应填名录中该单位的编号，且每个编号只填一行。"
            "名录中没有单独登记的，应为漏查",
        )
    return unit


def _walked(path: Path, form: Form, read: _Read) -> None:
    known, by_word = _written(form), {word: key for key, word in spotcheck_workbooks.WALKED.items()}
    for line in read_form(path, form, read.problems, command=COMMAND):
        with read.problems.collect():
            _require_answer(line, "walked", ("note",))
        read.walked.append((known[line.number]["district"], by_word.get(line.texts["walked"], "")))
