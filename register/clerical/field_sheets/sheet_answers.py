"""One sheet in: a filled-in workbook checked against what was written in it.  Nothing is stored here.

It may come back from another office program, sorted, with columns moved or hidden; it must hold
every line it was written with, its keys unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.field_facts.fact_chain import CORRECTED, DUPLICATE, MOVED, NEW
from minglu.register.clerical.field_sheets.sheet_columns import COLUMNS, COMMAND, PAGE, RIGHT, SCHEMA, SEPARATORS, WORDS
from minglu.register.clerical.field_sheets.value_checks import Checker
from minglu.register.clerical.form_workbook import NUMBER, Form, Line, read_form
from minglu.register.clerical.returned_workbook import Place, foreign, read_hidden

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


def read_sheet(path: Path, checker: Checker) -> Sheet:
    """Read a filled-in workbook; `checker` knows which values can be.

    Raises SourceError, naming sheet, row and column, for a workbook that `minglu sheets` did not write, a
    changed key, an unknown word, a value that can't be, and a value that its result gives no meaning to.
    """
    header, keys = read_hidden(path, SCHEMA, command=COMMAND)
    try:
        wanted = {key["shown"][NUMBER]: (key["unit"], tuple(Anchor(**side) for side in key["anchors"])) for key in keys}
        about = {key: str(header[key]) for key in ("census", "reference_date", "run")}
        only = header["districts"][0] if len(header["districts"]) == 1 else ""
    except (KeyError, TypeError):
        foreign(path, COMMAND)
    rows, spare = ([key["shown"] for key in keys if bool(key["unit"]) is known] for known in (True, False))
    given: list[Answer] = []
    for line in read_form(path, Form(PAGE, COLUMNS, rows, spare), command=COMMAND):
        unit, anchors = wanted[line.number]
        given += _answers(line, unit, anchors, checker, only)
    units = {unit: anchors for unit, anchors in wanted.values() if unit}
    answered = {one.unit for one in given if one.unit}
    return Sheet(path, units=units, given=tuple(given), open=len(units.keys() - answered), **about)


def _answers(line: Line, unit: str, anchors: tuple[Anchor, ...], checker: Checker, only: str) -> list[Answer]:
    """Return what a line says: nothing, its result, and further sites as new units."""
    result = _result(line, unit)
    by, note = line.texts["enumerator"], " ".join(line.texts["note"].split())
    given = []
    if result:
        said = line.where("duplicate_of" if result == DUPLICATE else "result")
        values = checker.values(line)
        if result == NEW:
            values = _of_new_unit(line, values, only)
        given.append(Answer(unit, anchors, result, values, line.texts["duplicate_of"], by, note, said))
    for address in _addresses(line.texts["other_sites"]):
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
    """Return the values of a new unit with its district; it needs an address or a code to be told from others."""
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
