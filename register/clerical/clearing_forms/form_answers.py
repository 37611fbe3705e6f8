"""One form in: a filled-in clearing form checked against what was written in it, its answers as field facts.

A cell that differs from what was written is a correction.  Nothing is believed without 核查结果 and 填表人; what the
register has no field for (设施类别, 受纳水体 ...) goes into the remark of the fact and is never dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from minglu.register.clerical.clearing_forms.form_columns_by_class import (
    COMMAND,
    DEGREES,
    PARTS,
    RESULTS,
    SCHEMA,
    from_boxes,
)
from minglu.register.clerical.clearing_forms.form_rows import anchors_in
from minglu.register.clerical.clearing_forms.make_forms import sheet_title
from minglu.register.clerical.field_facts.fact_chain import CORRECTED, DUPLICATE, MOVED, NEW, VALUES
from minglu.register.clerical.field_sheets.sheet_answers import Answer, Sheet
from minglu.register.clerical.field_sheets.value_checks import Checker
from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import NUMBER, Form, Line, note_other_sheets, read_form
from minglu.register.clerical.returned_workbook import foreign, read_hidden
from minglu.register.clerical.sheet_problems import Problems

SIGNED = ("result", "duplicate_of", "note", "filled_by", "checked_by", "filled_on", "scope")
"""Columns that say who found what; all others state values."""
Row = Mapping[str, str]


def read_form_book(path: Path, checker: Checker, problems: Problems, measures: Mapping[str, str]) -> Sheet:
    """Read a filled-in form; `measures` names the measure of each field that states one.

    Into `problems` goes every wrong cell with its place.  Raises CellError for a workbook that `minglu forms` did not
    write.
    """
    header, keys = read_hidden(path, SCHEMA, command=COMMAND)
    try:
        columns = tuple(Column(**{**row, "choices": tuple(row["choices"])}) for row in header["columns"])
        written: dict[str, Row] = {key["shown"][NUMBER]: key["shown"] for key in keys}
        unit_of = {key["shown"][NUMBER]: key["unit"] for key in keys}
        anchors = anchors_in(keys)
        about: dict[str, Any] = {name: str(header[name]) for name in ("census", "reference_date", "run")}
        name, every = str(header["round"]), {str(one): int(n) for one, n in header["sheets"].items()}
        title = sheet_title(str(header["title"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        foreign(path, COMMAND)
    rows, spare = ([row for no, row in written.items() if bool(unit_of[no]) is known] for known in (True, False))
    given: list[Answer] = []
    for line in read_form(path, Form(title, columns, rows, spare), problems, command=COMMAND):
        if line.wrong:
            continue
        with problems.collect():
            answer = _answer(line, columns, written[line.number], unit_of[line.number], (checker, measures))
            if answer is not None:
                given.append(_anchored(answer, anchors))
    note_other_sheets(path, [title], problems)
    still_open = len(anchors.keys() - {one.unit for one in given})
    return Sheet(path, units=anchors, given=tuple(given), open=still_open, name=name, round=every, **about)


def _anchored(answer: Answer, anchors: Mapping[str, Any]) -> Answer:
    return Answer(
        answer.unit, anchors.get(answer.unit, ()), answer.result, answer.values, answer.of, answer.by, answer.note,
        answer.where,
    )  # fmt: skip


def _answer(
    line: Line, columns: tuple[Column, ...], written: Row, unit: str, reading: tuple[Checker, Mapping[str, str]]
) -> Answer | None:
    """Return what a line says; None where nobody answered it."""
    changed = [
        column.field
        for column in columns
        if column.open
        and column.field not in SIGNED
        and line.texts[column.field] != " ".join(written.get(column.field, "").split())
    ]
    result = RESULTS.get(line.texts["result"], "")
    _require_result(line, result, changed, unit)
    if not result:
        return None
    values, remarks = _values(line, columns, changed, reading)
    if result == NEW and not (values.get("name") and (values.get("site_address") or values.get("uscc"))):
        line.refuse(
            "name", "a new unit needs its name, and its address or its USCC", "新增单位应填名称，以及地址或信用代码"
        )
    if result == NEW and not values.get("district_code"):
        line.refuse("district_code", "empty: a new unit needs its district", "此格为空：新增单位应填所在小区代码")
    note = "；".join([*remarks, *_signed_remarks(line), " ".join(line.texts["note"].split())]).strip("；")
    where = line.where("duplicate_of" if result == DUPLICATE else "result")
    return Answer(unit, (), result, values, line.texts["duplicate_of"], line.texts["filled_by"], note, where)


def _require_result(line: Line, result: str, changed: list[str], unit: str) -> None:
    """Refuse what has no result or signature, and a result that what was filled in does not fit."""
    word = line.texts["result"] or "空"
    if not result and (changed or line.texts["note"] or line.texts["duplicate_of"]):
        line.refuse("result", "empty beside what was filled in; choose a result", "已填写内容而未选核查结果，请选择")
    if result and not line.texts["filled_by"]:
        line.refuse("filled_by", "empty: who filled it in?", "此格为空：应填写填表人")
    if result and line.texts["filled_on"]:
        _require_date(line)
    if result and (result == NEW) != (not unit):
        line.refuse(
            "result", f"found {word}: 新增 is for the blank lines at the end", f"得到 {word}：新增只用于表末空行"
        )
    allowed = {CORRECTED, NEW} | ({MOVED} if "district_code" in changed else set())
    if result and changed and result not in allowed:
        line.refuse(
            changed[0],
            f"changed, but the result is {word}; expected 更正, or the cell as it was written",
            f"内容有改动，而核查结果为“{word}”；应选“更正”，或恢复原内容",
        )
    if result in {CORRECTED, MOVED} and not changed:
        line.refuse("result", f"{word}: nothing was changed", f"{word}：没有改动任何内容")
    if (result == DUPLICATE) != bool(line.texts["duplicate_of"]) and result:
        line.refuse("duplicate_of", "expected the other unit's id for a duplicate only", "仅重复单位应填另一单位的编号")


def _require_date(line: Line) -> None:
    try:
        dt.date.fromisoformat(line.texts["filled_on"].split()[0])
    except ValueError:
        found = line.texts["filled_on"][:20]
        line.refuse(
            "filled_on",
            f"found {found!r}; expected a date such as 2028-03-01",
            f"得到 {found!r}；应为日期，如 2028-03-01",
        )


def _values(
    line: Line, columns: tuple[Column, ...], changed: list[str], reading: tuple[Checker, Mapping[str, str]]
) -> tuple[dict[str, str], list[str]]:
    """Return the values that were changed, by canonical field, and remarks for what the register has no field for."""
    checker, measures = reading
    values: dict[str, str] = {}
    remarks, sizes = [], []
    boxes = {f"{axis}_{part}" for axis in DEGREES for part, _, _ in PARTS}
    headings = {column.field: column.zh for column in columns}
    for field in changed:
        text = " ".join(line.texts[field].split())
        if field in boxes:
            continue
        if field in measures:
            sizes.append(f"{measures[field]}{text}")
        elif field == "district_code":
            values[field] = checker.district(line, field)
        elif field in VALUES and text:
            values[field] = checker.read(line, field, field, text)
        else:
            remarks.append(f"{headings[field]}：{text or '（清空）'}")
    if sizes:
        values["measures"] = checker.read(line, "measures", next(f for f in changed if f in measures), "；".join(sizes))
    if boxes & set(changed):
        values |= {axis: _degrees(line, axis, checker) for axis in DEGREES}
    return values, remarks


def _degrees(line: Line, axis: str, checker: Checker) -> str:
    first, *rest = (f"{axis}_{part}" for part, _, _ in PARTS)
    try:
        degrees = from_boxes((line.texts[first], *(line.texts[one] for one in rest)))  # type: ignore[arg-type]
    except ValueError:
        line.refuse(first, "expected whole degrees, minutes and seconds below 60", "应为整数度，分、秒小于 60")
    return checker.read(line, axis, first, repr(degrees))


def _signed_remarks(line: Line) -> list[str]:
    """Return the answer about scope, and who checked it when, as remarks."""
    named = (("scope", "是否纳入普查"), ("checked_by", "审核人"), ("filled_on", "填表时间"))
    return [
        f"{zh}：{line.texts[field]}"
        for field, zh in named
        if line.texts[field] and (field, line.texts[field]) != ("scope", "纳入")
    ]
