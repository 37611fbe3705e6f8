"""Search for units by name, code, permit, address, telephone, initials or district."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from minglu.register.engine.run_queries import RunQueries
from minglu.register.explain.unit_index import SEPARATOR, TABLE, make_index, open_tables
from minglu.register.language.safe_text import plain_text
from minglu.register.storage.integrity import require_intact, require_unchanged, run_within

MOST = 50
MOST_TERMS = 6
MOST_CHARACTERS = 200
CANDIDATES = 2_000
"""So many units at most are compared one by one where nothing is found as it was written."""
CODE = re.compile(r"[0-9A-Z]{6,22}")
CODE_EDITS = 2
"""So many wrong, missing or surplus characters of a code are forgiven."""
PIECE = 3
MOST_CODES = 20_000
"""So many units at most that share a piece of a code are compared with it."""
PHONE_DIGITS = 4
LEAST_ALIKE = 60
"""Likeness of names, in percent, below which a unit is not offered."""
ALIKE_TERMS = 8
GENERAL = re.compile("有限责任公司|股份有限公司|有限公司|分公司|公司|合作社|经营部|加工厂|加工店|厂|店|部")

GUESSES = frozenset({"damaged_code", "similar_name"})
"""Ways that find what was not written: an offer, never an answer."""
HOW: Mapping[str, tuple[str, str]] = {
    "id": ("编号或代码", "id or code"),
    "row": ("来源行", "source row"),
    "name": ("名称", "name"),
    "part_of_name": ("名称的一部分", "part of the name"),
    "part_of_code": ("代码的一部分", "part of a code"),
    "phone": ("电话末位", "last digits of the telephone"),
    "initials": ("拼音首字母", "pinyin initials"),
    "address": ("地址", "address"),
    "district": ("普查小区", "district"),
    "damaged_code": ("代码相近（可能有错字）", "a code like it (mistyped?)"),
    "similar_name": ("名称相近", "a name like it"),
}
"""What a unit was found by: Chinese, English; in the order of the answers."""
RANKED = tuple(HOW)
COLUMNS = "unit_id, unit_code, legal_id, name, address, district_code, district_name, outcome, lists, entries, lon, lat"


@dataclass(frozen=True, slots=True)
class Found:
    """The units that a text finds, the likeliest first."""

    text: str
    units: tuple[Mapping[str, Any], ...]
    """Columns of COLUMNS, and `how`: a key of HOW."""
    more: bool
    """Whether there are further ones."""


class UnitIndex:
    """The index of one run, kept in memory; asked from several threads."""

    def __init__(self, queries: RunQueries) -> None:
        self._queries = queries
        make_index(queries)

    def find(self, text: str, *, most: int = MOST) -> Found:
        """Find units by a text; its words must all be found.

        Ties go to the unit whose whole address was given, the shorter name, the smaller id.
        """
        terms = _terms(text)
        if not terms:
            return Found(text, (), more=False)
        units = self._of_row(text) or self._as_written(terms, most + 1)
        if not units and len(terms) == 1:
            units = self._damaged_code(terms[0], most + 1) or self._similar_name(terms[0], most + 1)
        return Found(text, tuple(units[:most]), more=len(units) > most)

    def _of_row(self, text: str) -> list[dict[str, Any]]:
        """Find the unit of an entry, or of a source row FILE#ROW."""
        at = source_row(text)
        values: dict[str, Any] = {"entry": text.strip()}
        where = "entry_id = $entry"
        if at is not None:
            where, values = "file = $file AND row = $row", {"file": at[0], "row": at[1]}
        query = (
            f"SELECT {COLUMNS}, 'row' AS how FROM {TABLE} "
            f"WHERE unit_id IN (SELECT unit_id FROM members WHERE {where}) ORDER BY unit_id"
        )
        return self._queries.rows(query, values) if at or text.strip().startswith("E") else []

    def _as_written(self, terms: Sequence[str], most: int) -> list[dict[str, Any]]:
        ranks = [_rank(number, term) for number, term in enumerate(terms)]
        worst = f"greatest({', '.join(f'rank_{number}' for number in range(len(terms)))})"
        ranked = ", ".join(f"{rank} AS rank_{number}" for number, rank in enumerate(ranks))
        anywhere = " AND ".join(f"contains(everything, $term_{number})" for number in range(len(terms)))
        whole = " + ".join(f"contains(places, $whole_{number})::INTEGER" for number in range(len(terms)))
        query = (
            f"SELECT {COLUMNS}, {worst} AS rank FROM "
            f"(SELECT *, {ranked}, {whole} AS whole_address FROM {TABLE} WHERE {anywhere}) "
            f"WHERE {' AND '.join(f'rank_{number} < {len(RANKED)}' for number in range(len(terms)))} "
            f"ORDER BY rank, whole_address DESC, length(name), unit_id LIMIT {int(most)}"
        )
        values: dict[str, Any] = {}
        for number, term in enumerate(terms):
            values |= {f"term_{number}": term, f"whole_{number}": f"{SEPARATOR}{term}{SEPARATOR}"}
        found = self._queries.rows(query, values)
        return [row | {"how": RANKED[row.pop("rank")]} for row in found]

    def _damaged_code(self, term: str, most: int) -> list[dict[str, Any]]:
        """Find codes that differ in up to two characters: of three pieces of the wanted one, one must be whole."""
        if not CODE.fullmatch(term) or not any(letter.isdigit() for letter in term):
            return []
        body = term[8:] if len(term) > 8 + CODE_EDITS * PIECE else term  # before it stand region and registry
        bounds = [round(len(body) * part / (CODE_EDITS + 1)) for part in range(CODE_EDITS + 2)]
        pieces = {f"piece_{start}": body[start:end] for start, end in pairwise(bounds)}
        anywhere = " OR ".join(f"contains(codes, ${name})" for name in pieces)
        query = f"SELECT {COLUMNS}, codes FROM {TABLE} WHERE {anywhere} ORDER BY unit_id LIMIT {MOST_CODES}"
        near = []
        for row in self._queries.rows(query, pieces):
            far = min(_distance(term, code) for code in row.pop("codes").split(SEPARATOR) if code)
            if far <= CODE_EDITS:
                near.append((far, row["unit_id"], row | {"how": "damaged_code"}))
        return [row for _, _, row in sorted(near, key=lambda one: one[:2])[:most]]

    def _similar_name(self, term: str, most: int) -> list[dict[str, Any]]:
        """Find names that share pairs of characters with the wanted one, or sound alike, the likest first."""
        core = GENERAL.sub("", term) or term
        pairs = list(dict.fromkeys(core[at : at + 2] for at in range(len(core) - 1)))[:ALIKE_TERMS]
        if not pairs:
            return []
        values = {f"pair_{number}": pair for number, pair in enumerate(pairs)}
        shared = " + ".join(f"contains(names, ${name})::INTEGER" for name in values)
        query = (
            f"SELECT {COLUMNS}, names FROM (SELECT *, {shared} AS shared FROM {TABLE}) WHERE shared > 0 "
            f"ORDER BY shared DESC, length(name), unit_id LIMIT {CANDIDATES}"
        )
        rows = self._queries.rows(query, values)
        scores = [_likeness(term, core, row.pop("names")) for row in rows]
        order = sorted(range(len(rows)), key=lambda at: (-scores[at], rows[at]["unit_id"]))
        return [rows[at] | {"how": "similar_name"} for at in order[:most] if scores[at] >= LEAST_ALIKE]


def find_units(run: Path, text: str, *, most: int = MOST) -> Found:
    """Find units of a run folder by a text: see `UnitIndex.find`; raises SourceError where `run` is none."""
    queries = open_tables(run)
    try:
        return UnitIndex(queries).find(text, most=most)
    finally:
        queries.close()


def find_vouched(place: Path, text: str, *, most: int = MOST) -> Found:
    """Find units as `find_units` does, in a run folder or an archive that is whole and unchanged.

    Raises SourceError where it is not.
    """
    run = run_within(place)
    if run == place:
        require_unchanged(run)
    else:
        require_intact(place)
    return find_units(run, text, most=most)


def found_lines(found: Found, language: str) -> list[str]:
    """Describe what was found, one line a unit: id, code, name, address, district, and by what it was found."""
    zh = language == "zh"
    if not found.units:
        hint = "可换用名称的一部分、代码或地址再查" if zh else "try a part of the name, a code or an address"
        return [f"{found.text}：未找到单位；{hint}" if zh else f"{found.text}: no unit found; {hint}"]
    lines = []
    for unit in found.units:
        shown = (unit["unit_id"], unit["unit_code"], unit["name"], unit["address"], unit["district_code"])
        how = HOW[unit["how"]][0 if zh else 1]
        lines.append("  ".join(plain_text(part) for part in shown if part) + (f"（{how}）" if zh else f"  ({how})"))
    if found.more:
        lines.append("……还有更多，请补充文字" if zh else "... and more: add to the text")
    return lines


def _terms(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).upper()
    return plain.split()[:MOST_TERMS]


def _rank(number: int, term: str) -> str:
    """Return SQL for the place in RANKED that one term gives a unit; the number of places where it finds nothing."""
    whole, part = f"$whole_{number}", f"$term_{number}"
    cases = [
        (f"upper(unit_id) = {part} OR upper(legal_id) = {part} OR contains(codes, {whole})", "id"),
        (f"contains(names, {whole})", "name"),
        (f"contains(names, {part})", "part_of_name"),
    ]
    if term.isascii():
        cases.append((f"contains(codes, {part})", "part_of_code"))
    if term.isdecimal() and len(term) >= PHONE_DIGITS:
        cases.append((f"contains(phones, {part} || chr(10))", "phone"))
    if term.isascii() and len(term) > 1 and not term.isdecimal():
        cases.append((f"contains(initials, {part})", "initials"))
    if term.isdecimal():
        cases.append((f"starts_with(district_code, {part})", "district"))
    cases += [(f"contains(places, {part})", "address"), (f"contains(upper(district_name), {part})", "district")]
    branches = " ".join(f"WHEN {test} THEN {RANKED.index(how)}" for test, how in cases)
    return f"CASE {branches} ELSE {len(RANKED)} END"


def _distance(wanted: str, code: str) -> int:
    """Return how many characters differ between a wanted code and the code, or the part of it that is as long."""
    whole = Levenshtein.distance(wanted, code, score_cutoff=CODE_EDITS)
    if whole <= CODE_EDITS or len(code) <= len(wanted):
        return whole
    return min(
        Levenshtein.distance(wanted, code[at : at + len(wanted)], score_cutoff=CODE_EDITS)
        for at in range(len(code) - len(wanted) + 1)
    )


def _likeness(term: str, core: str, names: str) -> float:
    """Return how alike the wanted name and the likest of some names are, in percent; the general words count less."""
    choices = [name for name in names.split(SEPARATOR) if name]
    best = process.extractOne(term, choices, scorer=fuzz.ratio)
    part = process.extractOne(core, choices, scorer=fuzz.partial_ratio)
    return 0.0 if best is None or part is None else (best[1] + 2 * part[1]) / 3


def source_row(item: str) -> tuple[str, int] | None:
    """Take FILE#ROW apart.

    >>> source_row("tax.xlsx#12"), source_row("U00")
    (('tax.xlsx', 12), None)
    """
    file, mark, row = item.rpartition("#")
    return (file.strip(), int(row)) if mark and file and row.isdecimal() else None
