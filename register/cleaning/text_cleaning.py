"""Texts of source cells made comparable: one form per character, no invisible ones.  Names and addresses aren't parsed.

A cleaned text is NFKC, in simplified characters, on one line, with round ASCII brackets,
one dash and one middle dot, and with spaces only between two Latin words.  A character that no
table knows stays: it keeps two names apart.  The raw value stays beside it in the table; nothing
here decides what two names have in common.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.unicode_forms import equivalent_ideographs, is_unassigned, nfkc
from minglu.register.rules.rule_pack import TextRules

FOLDED = {
    **{chr(point): chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F)},  # full width to half: NFKC, only sooner
    **dict.fromkeys("[{〔〖【⦗⟦［｛", "("),
    **dict.fromkeys("]}〕〗】⦘⟧］｝", ")"),
    **dict.fromkeys("‐‑‒–—―−⸺⸻", "-"),
    **dict.fromkeys("•‧∙・⋅●", "·"),
}
# What people can't see: controls, formats (bidi, zero width), surrogates.
DROPPED_CATEGORIES = frozenset(["Cc", "Cf", "Cs"])
VARIATION_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x3164])
LATIN = "0-9A-Za-zÀ-ɏ"
SPACES = re.compile(" +")
IDLE_SPACE = re.compile(rf"(?<![{LATIN}]) | (?![{LATIN}])")
ROUNDS = 4
WRAPPED = re.compile(r"""=?(?P<mark>["'])(?P<text>[^"']+)(?P=mark)""")
CJK_FIRST, CJK_LAST = 0x4E00, 0x9FA5
COLUMNWISE_FROM = 4000  # rows; compiling the pattern costs as much as some thousand texts one by one

TextFunction = Callable[[str], str]


class _Characters(dict[int, str | None]):
    """A translation table that decides each character once."""

    def __init__(self, rules: TextRules) -> None:
        simplified = dict(zip(rules.traditional, rules.simplified, strict=True))
        ideographs = {old: simplified.get(new, new) for old, new in equivalent_ideographs().items()}
        super().__init__({ord(old): new for old, new in {**ideographs, **simplified, **FOLDED}.items()})

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        if character.isspace():
            new: str | None = " "
        elif is_unassigned(character):
            new = character
        elif point in VARIATION_SELECTORS or unicodedata.category(character) in DROPPED_CATEGORIES:
            new = None
        else:
            new = character
        self[point] = new
        return new


class TextCleaner:
    """Cleans texts by one set of rules; a value function and a batch function that agree.

    >>> clean = TextCleaner(TextRules(traditional="廠", simplified="厂", blank_words=("无",)))
    >>> clean(" 杭州　某某（集團）廠 ")
    '杭州某某(集團)厂'
    >>> clean("ABC  Paper 厂"), clean("无")
    ('ABC Paper厂', '')
    """

    def __init__(self, rules: TextRules) -> None:
        self._table = _Characters(rules)
        self._unclean = _unclean_pattern(rules.traditional)
        self._blank_words = frozenset(self.in_one_form(word).lower() for word in rules.blank_words)
        self._blank_array = pa.array(sorted(self._blank_words), pa.string())
        self._blank_bytes = max((len(word.encode()) for word in self._blank_words), default=0)

    def __call__(self, text: str) -> str:
        """Return the cleaned text; empty where the text is a word for nothing.  Cleaning twice changes nothing."""
        cleaned = self.in_one_form(text)
        return "" if cleaned.lower() in self._blank_words else cleaned

    def batch(self, texts: pa.ChunkedArray | pa.Array, *, columnwise_from: int = COLUMNWISE_FROM) -> pa.Array:
        """Clean a column of texts; nulls become empty.

        In columns of `columnwise_from` rows or more, texts that are clean already never
        reach Python; below, making the pattern would take longer than it saves.
        """
        whole = one_array(texts)
        if says_nothing(whole):
            return whole
        if len(whole) < columnwise_from:
            return map_unique(whole, self)
        wide = pc.match_substring(whole, "（")
        narrow = pc.replace_substring(pc.replace_substring(whole.filter(wide), "（", "("), "）", ")")
        whole = pc.replace_with_mask(whole, wide, narrow)  # half of all names have brackets: all of them at once
        whole = replace_where(whole, pc.match_substring_regex(whole, self._unclean), self)
        short = pc.less_equal(pc.binary_length(whole), self._blank_bytes)
        blank = pc.is_in(pc.utf8_lower(whole.filter(short)), value_set=self._blank_array)
        return pc.replace_with_mask(whole, short, pc.if_else(blank, "", whole.filter(short)))

    def in_one_form(self, text: str) -> str:
        """Return the cleaned text, words for nothing kept."""
        cleaned = text.translate(self._table)
        for _ in range(ROUNDS):
            if " " in cleaned:
                cleaned = IDLE_SPACE.sub("", SPACES.sub(" ", cleaned)).strip(" ")
            normal = _unwrapped(nfkc(cleaned))
            if normal == cleaned:
                break
            cleaned = normal.translate(self._table)
        return cleaned


@lru_cache(maxsize=8)
def cleaner_for(rules: TextRules) -> TextCleaner:
    """Return the cleaner for some rules, made once: its tables take longer than a small batch."""
    return TextCleaner(rules)


def _unclean_pattern(traditional: str) -> str:
    """Return a pattern (RE2) that matches any text with a character that cleaning may touch."""
    touched = frozenset(traditional)
    plain = [chr(p) for p in range(CJK_FIRST, CJK_LAST + 1) if chr(p) not in touched]
    ascii_safe = [chr(p) for p in range(0x21, 0x7F) if chr(p) not in "[]{}"]
    return f"[^{_ranges(ascii_safe)}·、。{_ranges(plain)}]|^=?[\"']"


def _ranges(characters: Iterable[str]) -> str:
    """Return sorted characters as the inside of a regular expression's class."""
    points = np.array([ord(c) for c in characters])
    runs = np.split(points, np.flatnonzero(np.diff(points) > 1) + 1)
    return "".join(f"\\x{{{run[0]:X}}}-\\x{{{run[-1]:X}}}" for run in runs)


def _unwrapped(text: str) -> str:
    """Take off what programs put round a text: ="..." and quotation marks round the whole of it.

    >>> _unwrapped('="青禾县甲厂"'), _unwrapped('"甲"与"乙"')
    ('青禾县甲厂', '"甲"与"乙"')
    """
    found = WRAPPED.fullmatch(text)
    return found.group("text") if found else text


def replace_where(texts: pa.Array, where: pa.Array, function: TextFunction) -> pa.Array:
    """Return `texts` with `function` applied where the mask says so, each distinct text once."""
    where = where.fill_null(False)
    chosen = texts.filter(where).dictionary_encode()
    if len(chosen) == 0:
        return texts
    changed = pa.array([function(text) for text in chosen.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(texts, where, changed.take(chosen.indices))


def map_unique(texts: pa.ChunkedArray | pa.Array, function: TextFunction) -> pa.Array:
    """Return `function` of each text, asked once per distinct text; nulls count as empty."""
    encoded = one_array(texts).dictionary_encode()
    mapped = pa.array([function(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return mapped.take(encoded.indices)


def one_array(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array without nulls."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return whole.fill_null("")


def empty_texts(rows: int) -> pa.Array:
    """Return a column of empty texts: offsets only, no data."""
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(bytes(4 * (rows + 1))), pa.py_buffer(b"")])


def says_nothing(texts: pa.Array) -> bool:
    """Return whether all texts of a column without nulls are empty, by its first and last offset."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32) if len(texts) else np.zeros(1, dtype=np.int32)
    return bool(offsets[texts.offset] == offsets[texts.offset + len(texts)])
