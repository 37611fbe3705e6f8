"""What lists say of a unit's size, permit class and dates: cells read, statements joined, compared and put into words.

Which headings, units and words there are is rule data (`measures.toml`).  A statement is a number in the measure's own
unit, one of its words, or a date in ISO text, of several lists all their dates.  A zero states nothing: who must fill
every cell writes it for "not counted".
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from minglu.common.bilingual import Bilingual
from minglu.register.cleaning.dates import read_date
from minglu.register.identifiers.identifier_faults import Code, Fault
from minglu.register.rules.rule_pack import MeasureRow, ScopeRow

Statements = Mapping[str, float | str]
"""Measure -> number in its unit, or word."""
NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(\S*)", re.ASCII)
PARTS = re.compile(r"[;、\n]+|,(?!\d)")
"""Between the statements that a person writes into one cell."""
ISO_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
AND = "、"
"""Between the dates that several lists state."""
WORD_PARTS = re.compile(r"[;,、,/|()+\n:。.和及与]+")
"""Between the words of one cell: a word inside another word decides nothing."""
ANY_UNIT = "?"
"""The unit of a heading that shows none where two are usual: the number is read in the unit that makes it largest."""
Words = tuple[str, str]
"""Chinese, English."""


def read_cell(text: str, row: MeasureRow, unit: str = "") -> float | str | None:
    """Return what one cell states; None for nothing, ValueError for what can't be read.

    `unit` is the one in the heading's brackets, ANY_UNIT where the heading leaves it open; one in the cell goes
    before it.

    >>> pigs = MeasureRow(id="pigs", source="", since="", zh="", en="", headings=(), unit="头", units={"万头": 10_000})
    >>> read_cell("1,250头", pigs), read_cell("0.3", pigs, "万头"), read_cell("0", pigs)
    (1250.0, 3000.0, None)
    """
    cell = unicodedata.normalize("NFKC", text).strip()
    if row.date:
        return read_date(text)
    if not cell:
        return None
    if row.words:
        return _read_words(cell, row)
    stated = NUMBER.fullmatch(cell)
    factors = {"": 1.0, row.unit: 1.0, ANY_UNIT: max((1.0, *row.units.values())), **row.units}
    if stated is None or (stated[3] or unit) not in factors or stated[3] == ANY_UNIT:
        raise ValueError(cell)
    return float(stated[1].replace(",", "") + (stated[2] or "")) * factors[stated[3] or unit] or None


def _read_words(cell: str, row: MeasureRow) -> str:
    """Return the one meaning of all words of a cell; ValueError where a part is no word, or two words differ.

    >>> words = {"电": "electric", "天然气": "gas"}
    >>> fuel = MeasureRow(id="fuel", source="", since="", zh="", en="", headings=(), words=words)
    >>> _read_words("天然气", fuel)
    'gas'
    """
    parts = [part.strip() for part in WORD_PARTS.split(cell.lower()) if part.strip()]
    meanings = {row.words.get(part, "") for part in parts}
    if len(meanings) != 1 or "" in meanings:
        raise ValueError(cell)
    return meanings.pop()


def read_cells(texts: str, rows: Mapping[str, MeasureRow], blank_words: frozenset[str]) -> tuple[str, Fault | None]:
    """Return the statements of one row of a list, and the fault of the first cell that can't be read.

    `texts` is the JSON text of ROWS, `{"pigs": "620", "boiler|MW": "1.4"}`; what comes back is JSON by measure, or "".
    """
    stated: dict[str, float | str] = {}
    fault = None
    for key, text in json.loads(texts or "{}").items():
        name, _, unit = key.partition("|")
        try:
            found = None if text.strip().lower() in blank_words else read_cell(text, rows[name], unit)
        except ValueError:
            fault = fault or _unreadable(rows[name])
            continue
        if found is not None:
            stated.setdefault(name, found)
    return dump(stated), fault


def read_statements(text: str, rows: Mapping[str, MeasureRow]) -> str:
    """Return what a person wrote, such as 生猪 620头；肉鸡 1.2万羽, as JSON text of ROWS.

    A part begins with a heading of its measure.  Raises ValueError for a part that names none or can't be read.
    """
    names = sorted(
        ((word, row) for row in rows.values() for word in (row.zh, *row.headings)), key=lambda one: -len(one[0])
    )
    values: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in PARTS.split(unicodedata.normalize("NFKC", text)))):
        word, row = next(((word, row) for word, row in names if part.startswith(word)), ("", None))
        if row is None or row.id in values or read_cell(part[len(word) :].strip(" :="), row) is None:
            raise ValueError(part)
        values[row.id] = part[len(word) :].strip(" :=")
    return dump(values)


def _unreadable(row: MeasureRow) -> Fault:
    if row.date:
        return Fault(
            Code.DATE_UNREADABLE,
            f"{row.zh}：无法识别，应为 2017-12-31 这样的日期",
            f"{row.en}: can't be read; expected a date such as 2017-12-31",
        )
    zh = "、".join(row.words) if row.words else f"以{row.unit}计的数"
    en = ", ".join(row.words) if row.words else f"a number of {row.unit}"
    return Fault(Code.SIZE_UNREADABLE, f"{row.zh}：无法识别，应为{zh}", f"{row.en}: can't be read; expected {en}")


def join_statements(texts: Iterable[str]) -> str:
    """Return the statements of several rows of a unit, the most believed row first: later ones fill in what is missing.

    >>> join_statements(['{"pigs": 620.0}', "", '{"permit": "key", "pigs": 90.0}'])
    '{"permit": "key", "pigs": 620.0}'
    """
    joined: dict[str, float | str] = {}
    for text in texts:
        stated = load(text)
        dates = {name: _all_dates(joined[name], value) for name, value in stated.items() if name in joined}
        joined = {**stated, **joined, **{name: both for name, both in dates.items() if both}}
    return dump(joined)


def _all_dates(known: float | str, other: float | str) -> str:
    """Return the dates of both statements, the earliest first; nothing where they are no dates."""
    texts = [*str(known).split(AND), *str(other).split(AND)]
    return AND.join(sorted(set(texts))) if all(ISO_DATE.fullmatch(text) for text in texts) else ""


def load(text: str) -> dict[str, float | str]:
    """Read statements as tables hold them."""
    return json.loads(text) if text else {}


def dump(stated: Statements) -> str:
    """Write statements as tables hold them; nothing for none."""
    return json.dumps(stated, ensure_ascii=False, sort_keys=True) if stated else ""


def fits(row: ScopeRow, stated: Statements, reference: dt.date) -> bool:
    """Return whether a unit's statements are as a rule asks; nothing stated fits no condition on size or date."""
    numbers = {name: value for name, value in stated.items() if isinstance(value, float)}
    below, reached = (
        [(numbers[name], limit) for name, limit in asked.items() if name in numbers]
        for asked in (row.below, row.reached)
    )
    return (
        (not row.below or (bool(below) and all(value < limit for value, limit in below)))
        and (not row.reached or any(value >= limit for value, limit in reached))
        and all(stated.get(name) == word for name, word in row.stated.items())
        and (not row.after_reference or any(_after(stated.get(name), reference) for name in row.after_reference))
        and (not row.before_year or any(_years(stated.get(name), below=reference.year) for name in row.before_year))
        and (not row.from_year or any(_years(stated.get(name), least=reference.year) for name in row.from_year))
        and (not row.dated or any(name in stated for name in row.dated))
    )


def _after(dates: float | str | None, reference: dt.date) -> bool:
    """Return whether all stated dates are after a day, as far as they go: of a mere year, whether it is a later one."""
    day = reference.isoformat()
    return isinstance(dates, str) and all(one > day[: len(one)] for one in dates.split(AND))


def _years(dates: float | str | None, *, least: int = 0, below: int = 10_000) -> bool:
    """Return whether the years of all stated dates lie between two."""
    return isinstance(dates, str) and all(least <= int(one[:4]) < below for one in dates.split(AND))


def evidence(row: ScopeRow, stated: Statements, measures: Mapping[str, MeasureRow], reference: dt.date) -> Words | None:
    """Return the size and dates that a rule used; None where it needs none."""
    evidence_parts = [*_measured(row, stated, measures), *_dated(row, stated, measures, reference)]
    return (
        ("，".join(zh for zh, _ in evidence_parts), ", ".join(en for _, en in evidence_parts))
        if evidence_parts
        else None
    )


def _measured(row: ScopeRow, stated: Statements, measures: Mapping[str, MeasureRow]) -> Iterator[Words]:
    for asked in (row.below, row.reached):
        for name, limit in asked.items():
            value, measure = stated.get(name), measures[name]
            if isinstance(value, float):
                comparison = f"{value:g} {measure.unit} {'<' if value < limit else '≥'} {limit:g}"
                yield f"{measure.zh} {comparison}", f"{measure.en} {comparison}"
    for name, word in row.stated.items():
        yield f"{measures[name].zh} {_word_of(word, measures[name])}", f"{measures[name].en} {word}"


def _dated(
    row: ScopeRow, stated: Statements, measures: Mapping[str, MeasureRow], reference: dt.date
) -> Iterator[Words]:
    for name in (*row.after_reference, *row.before_year, *row.from_year, *row.dated):
        if name in stated:
            measure, dates = measures[name], str(stated[name])
            yield (
                f"{measure.zh} {dates}（普查时点 {reference.isoformat()}）",
                f"{measure.en} {dates.replace(AND, ', ')} (reference date {reference.isoformat()})",
            )


def _word_of(value: str, measure: MeasureRow) -> str:
    return next(word for word, meaning in measure.words.items() if meaning == value)


def describe(text: str, rows: Mapping[str, MeasureRow]) -> Bilingual:
    """Return stored measures in words; one that the rules do not know is called by its id.

    >>> describe('{"x": 3.0, "y": "2027-01-01"}', {})
    'x 3，y 2027-01-01 / x 3, y 2027-01-01'
    """
    halves: tuple[list[str], list[str]] = ([], [])
    for name, value in load(text).items():
        shown = f"{value:.15g}" if isinstance(value, float) else value
        row = rows.get(name)
        unit = row.unit if row is not None else ""
        for half, called in zip(halves, (row.zh, row.en) if row is not None else (name, name), strict=True):
            half.append(f"{called} {shown}{unit}")
    return Bilingual("，".join(halves[0]), ", ".join(halves[1]))
