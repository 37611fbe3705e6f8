"""The answers of one returned field sheet, checked against what was written in it.

It may come back from another office program, sorted, with columns moved or hidden; it must hold
every line it was written with, its keys unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path

from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.field_facts.fact_chain import CORRECTED, DUPLICATE, MOVED, NEW
from minglu.register.clerical.field_sheets.sheet_columns import (
    COLUMNS,
    COMMAND,
    NEW_WORD,
    PAGE,
    RIGHT,
    SCHEMA,
    SEPARATORS,
    WORDS,
)
from minglu.register.clerical.field_sheets.value_checks import Checker
from minglu.register.clerical.form_workbook import NUMBER, Form, Line, note_other_sheets, read_form
from minglu.register.clerical.returned_workbook import foreign, read_hidden
from minglu.register.clerical.sheet_problems import Place, Problems

STATED = ("district", "duplicate_of", *(f"right.{column.field}" for column in RIGHT))
"""What only a result gives a meaning to."""
ALLOWED: Mapping[str, frozenset[str]] = {
    CORRECTED: frozenset(field for field in STATED if field.startswith("right.")),
    MOVED: frozenset(field for field in STATED if field != "duplicate_of"),
    DUPLICATE: frozenset({"duplicate_of"}),
    NEW: frozenset(field for field in STATED if field != "duplicate_of"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered line."""

    unit: str
    """unit_id; empty for a new unit."""
    anchors: tuple[Anchor, ...]
    result: str
    """A key of ANSWERS."""
    values: Mapping[str, str]
    """Canonical fields, checked."""
    of: str
    """unit_id of the unit that it duplicates, or that a new unit is a further site of."""
    by: str
    note: str
    where: Place
    """Where the result stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One workbook, read and checked."""

    path: Path
    census: str
    reference_date: str
    run: str
    units: Mapping[str, tuple[Anchor, ...]]
    """Every unit of the sheet, answered or not."""
    given: tuple[Answer, ...]
    open: int
    """Units without an answer."""
    name: str = ""
    """What the round calls this sheet: a district, a township or an enumerator."""
    round: Mapping[str, int] = dataclass_field(default_factory=dict)
    """Every sheet of the round with its units; empty on sheets of earlier versions."""


def read_sheet(path: Path, checker: Checker, problems: Problems) -> Sheet:
    """Read a filled-in workbook; `checker` knows which values can be.

    Into `problems` goes, with sheet, row and column, a changed key, an unknown word, a value that can't be, and a
    value that its result gives no meaning to; remarks without a result are noted.  Raises CellError for a workbook
    that `minglu sheets` did not write.
    """
    header, keys = read_hidden(path, SCHEMA, command=COMMAND)
    try:
        wanted = {key["shown"][NUMBER]: (key["unit"], tuple(Anchor(**side) for side in key["anchors"])) for key in keys}
        about = {key: str(header[key]) for key in ("census", "reference_date", "run")}
        only = header["districts"][0] if len(header["districts"]) == 1 else ""
        name, others = str(header.get("round", "")), {str(k): int(v) for k, v in header.get("sheets", {}).items()}
    except (KeyError, TypeError, AttributeError, ValueError):
        foreign(path, COMMAND)
    rows = [key["shown"] for key in keys if key["unit"]]
    spare = [{**key["shown"], "unit_id": NEW_WORD} for key in keys if not key["unit"]]
    given: list[Answer] = []
    for line in read_form(path, Form(PAGE, COLUMNS, rows, spare), problems, command=COMMAND):
        given += _answers(line, wanted[line.number], checker, only, problems)
    note_other_sheets(path, [PAGE], problems)
    units = {unit: anchors for unit, anchors in wanted.values() if unit}
    answered = {one.unit for one in given if one.unit}
    still_open = len(units.keys() - answered)
    return Sheet(path, units=units, given=tuple(given), open=still_open, name=name, round=others, **about)


def _answers(
    line: Line, known: tuple[str, tuple[Anchor, ...]], checker: Checker, only: str, problems: Problems
) -> list[Answer]:
    """Return what a line says: nothing, its result, and further sites as new units."""
    unit, anchors = known
    by, note = line.texts["enumerator"], " ".join(line.texts["note"].split())
    before = problems.found
    values = checker.values(line, problems)
    result = ""
    if "result" not in line.wrong:
        with problems.collect():
            result = _result(line, unit)
            if result == NEW and problems.found == before:
                values = _of_new_unit(line, values, only)
    if problems.found > before or line.wrong:
        return []
    given = []
    if result:
        stated = line.where("duplicate_of" if result == DUPLICATE else "result")
        given.append(Answer(unit, anchors, result, values, line.texts["duplicate_of"], by, note, stated))
    elif note:
        place = line.where("note")
        problems.note(
            f"not taken: {place.en}: a remark without a result; the unit stays open. Choose a result",
            f"未采用：{place.zh}：只有备注，没有核查结果，该单位仍为未核查。请选择核查结果",
        )
    for address in _addresses(line.texts["other_sites"]):
        with problems.collect():
            site = _further_site(line, anchors, address, only)
            given.append(Answer("", (), NEW, site, unit, by, "其他场所 other site", line.where("other_sites")))
    return given


def _result(line: Line, unit: str) -> str:
    """Return the result of a line, or ""; refuse cells that it gives no meaning to."""
    word = line.texts["result"]
    result = WORDS.get(word, "")
    if result and (result == NEW) != (not unit):
        line.refuse(
            "result",
            f"found {word!r}: 新增 is for the blank lines at the end, the other words for the units above",
            f"得到 {word!r}：新增只用于表末空行，其余各项只用于已有单位",
        )
    stated = [field for field in STATED if line.texts[field]]
    for field in stated:
        if field not in ALLOWED.get(result, frozenset()):
            line.refuse(
                field,
                f"found a value, which the result {word or '(empty)'} gives no meaning to. Choose another result, "
                "or empty the cell",
                f"此格有值，但核查结果“{word or '空'}”与之不符。请改选结果，或清空此格",
            )
    needed = {CORRECTED: "right.name", MOVED: "district", DUPLICATE: "duplicate_of", NEW: "right.name"}.get(result)
    lacking = needed and (not stated if result == CORRECTED else not line.texts[needed])
    if needed and lacking:
        line.refuse(
            needed,
            f"empty, but the result is {word}: it needs a value" + (" in one of these columns" * (result == CORRECTED)),
            f"此格为空，而核查结果为“{word}”，应填写" + ("（或其他更正栏）" * (result == CORRECTED)),
        )
    return result


def _of_new_unit(line: Line, values: dict[str, str], only: str) -> dict[str, str]:
    """Return the values of a new unit with its district; it needs an address or a code to be identified."""
    if not values.get("site_address") and not values.get("uscc"):
        line.refuse(
            "right.site_address",
            "empty: a new unit needs its address or its USCC",
            "此格为空：新增单位应填地址或信用代码",
        )
    if not values.get("district_code") and not only:
        line.refuse("district", "empty: a new unit needs its district", "此格为空：新增单位应填所在小区代码")
    return {"district_code": only, **values}


def _further_site(line: Line, anchors: Sequence[Anchor], address: str, only: str) -> dict[str, str]:
    """Return a further site of a unit as values of a new unit: same name and code, another address."""
    name = line.texts["right.name"] or next((side.name for side in anchors if side.name), "")
    uscc = line.texts["right.uscc"] or next((side.uscc for side in anchors if side.uscc), "")
    if not name and not uscc:
        line.refuse("other_sites", "the unit has neither name nor code", "该单位既无名称也无代码")
    found = {"name": name, "uscc": uscc, "site_address": address, "district_code": only}
    return {key: value for key, value in found.items() if value}


def _addresses(text: str) -> list[str]:
    for mark in SEPARATORS:
        text = text.replace(mark, "\n")
    return [" ".join(part.split()) for part in text.split("\n") if part.strip()]
