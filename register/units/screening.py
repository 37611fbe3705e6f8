"""Screening 名录库筛选: the source class of each unit and whether the census wants it.  Decides by rule data alone.

Nothing is deleted here: out of scope and closed are outcomes, each with the rule that
decided, its source and the words it saw.  A unit of unknown trade stays in scope with a
remark: a polluter missed can't be found again, a shop too many is one visit.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.cleaning.size_measures import evidence, fits, load
from minglu.register.cleaning.text_cleaning import one_array
from minglu.register.rules.rule_pack import ClassRow, RulePack, ScopeRow, ScopeRules
from minglu.register.schemas import STATUSES

UNKNOWN = "unknown"
OTHER = "other"  # trades that no class of the census claims
SCREENED = ("source_class", "outcome", "outcome_code", "outcome_reason")


@dataclass(frozen=True, slots=True)
class Classed:
    """The source class of a unit, the rule that gave it and the words it saw."""

    source_class: str
    rule: str
    zh: str
    en: str


NO_EVIDENCE = Classed(UNKNOWN, "", "无行业代码，行业和名称中无可判断的词", "no industry code, no telling word")


def classify(industry_code: str, industry: str, name: str, rows: Sequence[ClassRow]) -> Classed:
    """Return the source class of one unit: strong names, else the code, else the industry's words, else the name.

    A strong word in the industry (锅炉 in the permit list) counts beside a code of no other class: the code that
    another list gives, a hospital's or a hotel's, is the trade of the house that the facility stands in.

    >>> row = ClassRow(id="i", source="", since="", order=1, source_class="industry", industry=("06-46",))
    >>> classify("3919", "", "", [row]).en
    'industry code 3919'
    >>> classify("", "", "某某", [row]).source_class
    'unknown'
    """
    for row in rows:
        found = _named(row, name) if row.strong else None
        if found:
            return found
    if industry_code:
        coded = _classify_code(industry_code, rows)
        classes = [found for row in rows if row.strong and (found := _worded(row, industry))]
        return classes[0] if classes and coded.source_class == OTHER else coded
    evidence = (*(_worded(row, industry) for row in rows), *(_named(row, name) for row in rows))
    return next((found for found in evidence if found), NO_EVIDENCE)


def _named(row: ClassRow, name: str) -> Classed | None:
    word = _telling_word(name, row.names, row.unless)
    return Classed(row.source_class, row.id, f"名称含“{word}”", f"name holds {word}") if word else None


def _worded(row: ClassRow, industry: str) -> Classed | None:
    word = _telling_word(industry, row.words, row.unless)
    return Classed(row.source_class, row.id, f"行业含“{word}”", f"industry holds {word}") if word else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What decides of a unit: its class, status, whether it has a permit number, and what lists state of its size."""

    classed: Classed
    status: str
    permit: bool
    measures: str
    """JSON text, as tables hold it."""


def decide(seen: Seen, rows: Sequence[ScopeRow], reference: dt.date) -> ScopeRow | None:
    """Return the first rule that fits a unit, None where none does and the unit is plainly kept."""
    stated = load(seen.measures)
    for row in rows:
        fits_class = not row.classes or seen.classed.source_class in row.classes
        fits_status = not row.status or seen.status in row.status
        if fits_class and fits_status and row.permit in (None, seen.permit) and fits(row, stated, reference):
            return row
    return None


def screen(units: pa.Table, pack: RulePack, *, reference: dt.date) -> pa.Table:
    """Fill source_class, outcome, outcome_code and outcome_reason of units.

    Reads industry_code, industry, name, status, permit_no and measures; dates are held against the `reference` date.
    Returns the same rows in the same order with those four columns replaced or added.  A code on a kept unit is a
    remark.  Never raises for any value.
    """
    classed = _classify_all(units, pack.scope.classes)
    statuses = one_array(units.column("status")).to_pylist()
    permits = pc.not_equal(one_array(units.column("permit_no")), "").to_pylist()
    measures = one_array(units.column("measures")).to_pylist()
    verdicts = dict[Seen, tuple[str, str, str, str]]()
    columns = tuple[list[str], list[str], list[str], list[str]](([], [], [], []))
    for seen in map(Seen, classed, statuses, permits, measures):
        if seen not in verdicts:
            verdicts[seen] = _verdict(seen, pack.scope, reference)
        for column, value in zip(columns, verdicts[seen], strict=True):
            column.append(value)
    table = units
    for name, values in zip(SCREENED, columns, strict=True):
        array = pa.array(values, pa.string())
        place = table.schema.get_field_index(name)
        table = table.append_column(name, array) if place < 0 else table.set_column(place, name, array)
    return table


def _verdict(seen: Seen, rules: ScopeRules, reference: dt.date) -> tuple[str, str, str, str]:
    """Return class, outcome, code and reason of one unit; the reason names rule, source and evidence."""
    rule, source_class = decide(seen, rules.outcomes, reference), seen.classed.source_class
    if rule is None:
        return source_class, "unit", "", ""
    status = STATUSES[seen.status or "unknown"]
    zh, en = (f"状态为{status[0]}", f"status {status[1]}") if rule.status else (seen.classed.zh, seen.classed.en)
    if size := evidence(rule, load(seen.measures), rules.measures, reference):
        zh, en = f"{zh}，{size[0]}", f"{en}, {size[1]}"
    by_class = f"classes.{seen.classed.rule} > " if seen.classed.rule and not rule.status else ""
    mark = f"[{by_class}scope.{rule.id}; {first_source(rule.source)}]"
    return source_class, rule.outcome, rule.code, Bilingual(f"{rule.zh}：{zh} {mark}", f"{rule.en}: {en} {mark}")


def first_source(source: str) -> str:
    """Return the first document that a rule's source names.

    >>> first_source("S20: closed before the year; S2 reference time")
    'S20'
    """
    return re.split(r"[:;,，；：]", source, maxsplit=1)[0].strip()


def _classify_all(units: pa.Table, rows: Sequence[ClassRow]) -> list[Classed]:
    """Classify every unit; only units without a code, or with a strong word, are looked at one by one."""
    codes = one_array(units.column("industry_code")).dictionary_encode()
    by_code = [_classify_code(code, rows) if code else NO_EVIDENCE for code in codes.dictionary.to_pylist()]
    classed = [by_code[index] for index in codes.indices.to_pylist()]
    names, industries = one_array(units.column("name")), one_array(units.column("industry"))
    single = pc.equal(one_array(units.column("industry_code")), "")
    for texts, field in ((names, "names"), (industries, "words")):
        strong = [re.escape(word) for row in rows if row.strong for word in getattr(row, field)]
        if strong:
            single = pc.or_(single, pc.match_substring_regex(texts, "|".join(strong)))
    places = np.flatnonzero(single.to_numpy(zero_copy_only=False))
    chosen = units.select(["industry_code", "industry", "name"]).take(pa.array(places))
    rest = zip(*(one_array(column).to_pylist() for column in chosen.columns), strict=True)
    for place, (code, industry, name) in zip(places.tolist(), rest, strict=True):
        classed[place] = classify(code, industry, name, rows)
    return classed


def _classify_code(code: str, rows: Sequence[ClassRow]) -> Classed:
    for row in rows:
        if any(_has_prefix(code, prefix) for prefix in row.industry):
            return Classed(row.source_class, row.id, f"行业代码 {code}", f"industry code {code}")
    return Classed(UNKNOWN, "", f"行业代码 {code} 无对应规则", f"no rule for industry code {code}")


def _has_prefix(code: str, prefix: str) -> bool:
    """Return whether a code begins with a prefix or its division lies in a range.

    >>> _has_prefix("0610", "06-46"), _has_prefix("46", "462")
    (True, False)
    """
    first, dash, last = prefix.partition("-")
    return first <= code[:2] <= last if dash else code.startswith(first)


def _telling_word(text: str, words: tuple[str, ...], unless: tuple[str, ...]) -> str:
    word = _first_word(text, words)
    return "" if not word or _first_word(text, unless) else word


def _first_word(text: str, words: tuple[str, ...]) -> str:
    found = _pattern(words).search(text) if words and text else None
    return found.group() if found else ""


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for any of the words, the longest first where several begin at one place."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))
