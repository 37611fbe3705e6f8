"""Rule data of the parsers: word lists read from matching/rules, each row with its source.  No parsing here.

A row is `{ canonical, words, ..., source, since }`; `words` are separated by blanks.  An unknown key, a missing
one or a word that stands twice is a RuleError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from minglu.common.typed_toml import check_keys, read_toml

_RULES = files("minglu.matching.rules")
WEAK = "弱"
LEAST_SWAPPED = 4  # characters of a legal form that is recognised although two of them are swapped


def read_text(name: str) -> str:
    """Return the text of the rule file `name`."""
    return (_RULES / name).read_text(encoding="utf-8")


def read_rows(name: str, key: str, required: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the rows under `key` of the rule file `name`; each has exactly the `required` keys, source and since."""
    wanted = {*required, "source", "since"}
    rows: list[Mapping[str, Any]] = read_toml(_RULES / name).get(key, [])
    for number, row in enumerate(rows, 1):
        check_keys(row, known=wanted, required=wanted, where=f"matching/rules/{name} [[{key}]] {number}")
    return rows


def _spread(name: str, key: str, required: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in read_rows(name, key, required):
        for word in row["words"].split():
            yield word, row


def _canonical(name: str, key: str, *more: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for word, row in _spread(name, key, ["canonical", "words", *more]):
        table.setdefault(word, row["canonical"])
    return table


@cache
def forms() -> Mapping[str, str]:
    """Return word -> canonical legal form; a long word also with two neighbours swapped, 有限司公 for 有限公司."""
    table = _canonical("forms.toml", "form", "strong")
    return {slip: table[word] for word in sorted(table) for slip in _swapped(word)} | table


@cache
def strong_kinds() -> frozenset[str]:
    """Return the canonical forms that close a full name; 集团 may stand before another company's own name."""
    return frozenset(forms()[word] for word in strong_forms()) - {"集团公司"}


@cache
def strong_forms() -> frozenset[str]:
    """Return the words behind which only a branch can stand, also with two neighbours swapped."""
    rows = _spread("forms.toml", "form", ["canonical", "words", "strong"])
    words = {word for word, row in rows if row["strong"]}
    return frozenset(words | {slip for word in words for slip in _swapped(word)})


@cache
def form_kinds() -> Mapping[str, str]:
    """Return canonical legal form -> itself, or WEAK where clerks write one for another: 店, 铺, 行, 部, 处."""
    rows = read_rows("forms.toml", "form", ["canonical", "words", "strong"])
    strong = {row["canonical"] for row in rows if row["strong"]}
    return {row["canonical"]: row["canonical"] if row["canonical"] in strong else WEAK for row in rows}


def _swapped(word: str) -> Iterator[str]:
    """Yield `word` with each two neighbours swapped, if it is long enough to be known all the same."""
    if len(word) >= LEAST_SWAPPED:
        for place in range(len(word) - 1):
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


@cache
def notes() -> frozenset[str]:
    """Return the remarks in brackets that are no evidence about which unit it is."""
    return frozenset(word for word, _ in _spread("forms.toml", "note", ["words"]))


@cache
def branches() -> Mapping[str, str]:
    """Return word -> kind of branch."""
    return _canonical("branches.toml", "branch")


@cache
def trades() -> Mapping[str, str]:
    """Return word -> group of trades."""
    return _canonical("trades.toml", "trade")


@cache
def provinces() -> frozenset[str]:
    """Return the names of the divisions of the first level, full and short."""
    return frozenset(word for word, _ in _spread("regions.toml", "province", ["words"]))


@cache
def prefectures() -> frozenset[str]:
    """Return the names of the cities and autonomous prefectures of the second level, with their suffix."""
    return frozenset(word for word, _ in _spread("regions.toml", "city", ["words"]))


@cache
def suffixes() -> Mapping[str, tuple[str, ...]]:
    """Return level -> the suffixes of its names, longest first."""
    table: dict[str, tuple[str, ...]] = {}
    for row in read_rows("regions.toml", "suffix", ["level", "words"]):
        table[row["level"]] = tuple(sorted(row["words"].split(), key=lambda word: (-len(word), word)))
    return table


@cache
def sound_folds() -> tuple[tuple[str, str, str], ...]:
    """Return (find, to, where) in the order in which they are applied."""
    rows = read_rows("sounds.toml", "fold", ["find", "to", "where"])
    return tuple((row["find"], row["to"], row["where"]) for row in rows)
