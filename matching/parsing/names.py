"""Columns of names taken apart all at once: the same parts as `names.read_name`, a letter of every row at a time.

Only names that show a sign of brackets, a branch or a former name are peeled one by one; then all of them go through
the tries of `characters`, and those that need a second pass (an area that only its suffix gives away, a region that
would eat the brand) are read one by one again.  What each part
means is said in `names`; a test holds both readings against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.grammar import AREA_SIGNS, UNKNOWN_LETTERS, WEAK_TRADE, Grammar, unknown_area_at
from minglu.matching.parsing.name_text import (
    LONG_FORM,
    TO_PEEL,
    NameParts,
    StemParts,
    former_cores,
    join_trades,
    peel,
    read_stem,
)
from minglu.matching.parsing.text_columns import Characters, Integers, Trie, each_window, map_distinct
from minglu.matching.parsing.wordlists import strong_kinds

TEXT = pa.string()
PIECE_ROWS = 1 << 15
"""So many names are worked on at a time: their characters and spans stay in the processor's cache."""
_MOST_AREAS, _MOST_TRADES = 5, 6
_IS_SIGN = np.isin(np.arange(1 << 16), [ord(sign) for sign in AREA_SIGNS])
_ORDINAL_SIGN = ord("第")


def describe_names(names: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Take a column of different names (no nulls) apart; one array per part of NameParts, rows in order."""
    starts = range(0, max(len(names), 1), PIECE_ROWS)
    pieces = [_describe_piece(names.slice(start, PIECE_ROWS), grammar) for start in starts]
    return {name: pa.concat_arrays([piece[name] for piece in pieces]) for name in NameParts._fields}


def _describe_piece(names: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    peeled = _peel(names, grammar)
    stems = _read_stems(peeled["name"], grammar)
    outside = pc.or_(pc.equal(stems["region"], ""), pc.equal(peeled["region"], ""))
    both = pc.binary_join_element_wise(stems["region"], peeled["region"], pc.if_else(outside, "", "/"))
    key = peeled["key"]
    has_latin = pc.match_substring_regex(key, "[A-Z0-9]")
    latin = pc.replace_substring_regex(key.filter(has_latin), "[^A-Z0-9]+", "")
    strong = pc.and_(pc.is_in(stems["form"], pa.array(sorted(strong_kinds()), TEXT)), pc.not_equal(stems["core"], ""))
    spelled = pc.replace_substring_regex(peeled["name"], *LONG_FORM)
    joined = pc.binary_join_element_wise(peeled["region"], spelled, "|")
    columns = peeled | stems | {"region": both, "latin": _put(_missing(len(names)), has_latin, latin)}
    columns["full"] = pc.if_else(strong, joined, "")
    return {name: columns[name] for name in NameParts._fields}


def _peel(names: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Peel the names that show a sign of something to peel, one by one; the others are their own names."""
    rows = pc.match_substring_regex(names, TO_PEEL)
    parts = [peel(text, grammar) for text in names.filter(rows).to_pylist()]
    columns = {"key": names, "name": names, "region": _missing(len(names)), "branch": _missing(len(names))}
    for at, name in enumerate(columns):
        columns[name] = _put(columns[name], rows, pa.array([part[at] for part in parts], TEXT))
    core_of = read_cores((former for part in parts for former in part.formers), grammar)
    cores = (former_cores(map(core_of.__getitem__, part.formers)) for part in parts)
    formers = pa.array([(), *cores], pa.list_(TEXT))
    which = np.zeros(len(names), dtype=np.int64)
    which[rows.to_numpy(zero_copy_only=False)] = np.arange(1, len(parts) + 1)
    return columns | {"formers": formers.take(which)}


def read_cores(names: Iterable[str], grammar: Grammar) -> dict[str, str]:
    """Return the core of each different name."""
    different = sorted(set(names))
    cores = describe_names(pa.array(different, TEXT), grammar)["core"].to_pylist() if different else []
    return dict(zip(different, cores, strict=True))


def _read_stems(names: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Read peeled names all at once, then one by one those that the tries can't decide."""
    characters = Characters.of(names)
    spans = _find_spans(characters, grammar)
    trade = _joined(spans.trades[::-1], grammar.trade_trie, "+").dictionary_encode()
    trades = pa.array([join_trades(text.split("+")) for text in trade.dictionary.to_pylist()], TEXT)
    columns = {
        "core": characters.slices(spans.brand, spans.form),
        "brand": characters.slices(spans.brand, spans.trade),
        "trade": trades.take(trade.indices),
        "region": spans.region,
        "form": _joined([spans.forms], grammar.form_trie, ""),
    }
    rows = pa.array(~spans.sure)
    parts = [read_stem(text, grammar) for text in names.filter(rows).to_pylist()]
    return {
        name: _put(columns[name], rows, pa.array([part[at] for part in parts], TEXT))
        for at, name in enumerate(StemParts._fields)
    }


def _missing(rows: int) -> pa.Array:
    return pa.repeat(pa.scalar("", TEXT), rows)


def _put(column: pa.Array, rows: pa.Array, values: pa.Array) -> pa.Array:
    """Return `column` with `values` in the rows that are true, in order."""
    return pc.replace_with_mask(column, rows, values)


class _Spans(NamedTuple):
    """Where the parts of each name begin and end in the characters."""

    brand: Integers
    trade: Integers
    form: Integers
    sure: npt.NDArray[np.bool_]
    """Rows that this reading decides."""
    region: pa.Array
    trades: list[Integers]
    forms: Integers


def _find_spans(characters: Characters, grammar: Grammar) -> _Spans:
    """Cut areas off the beginning, the form and the trades off the end of every name."""
    first, end = characters.first[:-1], characters.first[1:]
    region, begin, sure = _cut_areas(characters, first, end, grammar)
    length, form = _find_forms(characters, begin, end, grammar)
    form_at = end - length
    trades, brand_end, decided = _cut_trades(characters, begin, form_at, grammar)
    sure &= decided & ~((begin > first) & (brand_end - begin < 2))
    sure &= ~_trade_ahead(characters, begin, brand_end, trades, grammar)
    at = np.flatnonzero(begin < end)
    sure[at] &= characters.at(begin[at]) != _ORDINAL_SIGN
    return _Spans(begin, brand_end, form_at, sure, region, trades, form)


def _find_forms(characters: Characters, begin: Integers, end: Integers, grammar: Grammar) -> tuple[Integers, Integers]:
    """Return length and meaning of the form that ends each name: the longest, or the next that leaves a trade."""
    form_at, trade_at = grammar.form_trie.longest_last, grammar.trade_trie.longest_last
    length, form = form_at(characters, begin, end)
    short = end - begin <= 2
    more = np.flatnonzero(length > 1)
    less, other = form_at(characters, end[more] - length[more] + 1, end[more])
    usable = (less > 0) & ~((less == 1) & short[more])
    usable &= trade_at(characters, begin[more], end[more] - length[more])[0] == 0
    usable &= trade_at(characters, begin[more], end[more] - less)[0] > 0
    length[more[usable]], form[more[usable]] = less[usable], other[usable]
    one = np.flatnonzero((length == 1) & ~np.isin(np.arange(len(length)), more))
    form[one[short[one]]] = -1
    whole = short[one] | (trade_at(characters, begin[one], end[one])[0] > 0)
    length[one[whole]] = 0  # 饭店 is a trade: the brand of 兴旺饭店 is not 兴旺饭
    return length, form


def _trade_ahead(
    characters: Characters, begin: Integers, end: Integers, trades: list[Integers], grammar: Grammar
) -> npt.NDArray[np.bool_]:
    """Return which brands begin with a trade although no strong one stands at the end."""
    weak = grammar.trade_trie.meanings.index(WEAK_TRADE)
    missing = np.ones(len(begin), dtype=np.bool_)
    for ids in trades:
        missing &= (ids < 0) | (ids == weak)
    at = np.flatnonzero(missing)
    found = np.zeros(len(begin), dtype=np.bool_)
    found[at] = grammar.trade_start_trie.longest(characters, begin[at], end[at], keep=2)[0] > 0
    return found


def _cut_areas(
    characters: Characters, begin: Integers, end: Integers, grammar: Grammar
) -> tuple[pa.Array, Integers, npt.NDArray[np.bool_]]:
    """Cut areas off the beginning: return them joined, where the rest begins, and which rows have no more of them."""
    moved, active, region = begin.copy(), np.arange(len(begin)), _missing(len(begin))
    for _ in range(_MOST_AREAS):
        length, area = grammar.known.trie.longest(characters, moved[active], end[active])
        names = grammar.known.names.take(pa.array(area, mask=area < 0))
        asked = np.flatnonzero((area < 0) & _sign_ahead(characters, moved[active], end[active]))
        rows = active[asked]
        words, length[asked] = each_window(characters, moved[rows], end[rows], UNKNOWN_LETTERS, unknown_area_at)
        names = _put(names, pa.array(_flags(asked, len(active))), map_distinct(words, grammar.bare))
        moved[active] += length
        active, names = active[length > 0], names.filter(pa.array(length > 0))
        before = region.take(pa.array(active))
        joined = pc.binary_join_element_wise(before, names, pc.if_else(pc.equal(before, ""), "", "/"))
        region = _put(region, pa.array(_flags(active, len(begin))), joined)
    return region, moved, ~_flags(active, len(begin))


def _cut_trades(
    characters: Characters, begin: Integers, end: Integers, grammar: Grammar
) -> tuple[list[Integers], Integers, npt.NDArray[np.bool_]]:
    """Cut trades off the end, of which only the first may be the whole text.

    Returns the meanings found in each round, where the rest ends, and which rows have no more of them.
    """
    moved, active, found = end.copy(), np.arange(len(end)), []
    for turn in range(_MOST_TRADES):
        length, meaning = grammar.trade_trie.longest_last(
            characters, begin[active], moved[active], keep=2, whole=turn == 0
        )
        ids = np.full(len(moved), -1, dtype=np.int64)
        ids[active] = meaning
        found.append(ids)
        moved[active] -= length
        active = active[length > 0]
    return found, moved, ~_flags(active, len(end))


def _flags(rows: Integers, size: int) -> npt.NDArray[np.bool_]:
    """Flag `rows` among `size` rows."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[rows] = True
    return flags


def _sign_ahead(characters: Characters, begin: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    """Return which rows have a suffix of areas two to six characters behind their beginning."""
    found = np.zeros(len(begin), dtype=np.bool_)
    for ahead in range(2, 7):
        at = np.flatnonzero(begin + ahead < end)
        found[at] |= _IS_SIGN[characters.at(begin[at] + ahead)]
    return found


def _taken(ids: Integers, trie: Trie) -> pa.Array:
    """Return the meanings of `ids`, null where -1."""
    return pa.array(trie.meanings, TEXT).take(pa.array(ids, mask=ids < 0))


def _joined(rounds: list[Integers], trie: Trie, separator: str) -> pa.Array:
    """Join the meanings found in each round, in order, leaving out what was not found."""
    joined = pa.repeat(pa.scalar("", TEXT), len(rounds[0]))
    for ids in rounds:
        rows = np.flatnonzero(ids >= 0)
        if len(rows):
            before, more = joined.take(rows), _taken(ids[rows], trie)
            after = pc.if_else(pc.equal(before, ""), more, pc.binary_join_element_wise(before, more, separator))
            joined = pc.replace_with_mask(joined, pa.array(ids >= 0), after)
    return joined
