"""How a name sounds: tone-less pinyin, and a looser reading where confusable sounds are one.  No comparing here.

The table of readings is rules/sounds.txt (one reading per character); the confusions are rules/sounds.toml.
Latin words keep their characters in the exact sound, and get their metaphone in the loose one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import jellyfish
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.text_columns import letter_table, spelled_by_letter
from minglu.matching.parsing.wordlists import read_text, sound_folds

_LATIN = re.compile("[A-Za-z]{3,}")


@cache
def readings() -> Mapping[int, str]:
    """Return code point -> syllable and a blank, as `str.translate` wants it."""
    table: dict[int, str] = {}
    for line in read_text("sounds.txt").splitlines():
        syllable, characters = line.split(" ")
        table.update(dict.fromkeys(map(ord, characters), f"{syllable} "))
    return table


@cache
def loose_readings() -> Mapping[int, str]:
    """Return code point -> folded syllable and a blank."""
    return {code: f"{loosen(syllable[:-1])} " for code, syllable in readings().items()}


@cache
def loosen(syllable: str) -> str:
    """Fold one tone-less syllable: zhang -> zan, huang -> fan.

    >>> loosen("zhang"), loosen("nin"), loosen("hu")
    ('zan', 'lin', 'f')
    """
    for find, to, where in sound_folds():
        if where == "start" and syllable.startswith(find):
            syllable = to + syllable[len(find) :]
        elif where == "end" and syllable.endswith(find):
            syllable = syllable[: -len(find)] + to
    return syllable


def sound(text: str) -> str:
    """Return the tone-less pinyin of `text`, syllables apart by one blank; anything else in lower case.

    >>> sound("张记A1")
    'zhang ji a1'
    """
    return text.translate(readings()).lower().strip()


def loose_sound(text: str) -> str:
    """Return the folded sound of `text`; a Latin word of three characters or more by its metaphone.

    >>> loose_sound("张记") == loose_sound("赞几")
    True
    """
    if not text.isascii() and not _LATIN.search(text):
        return text.translate(loose_readings()).lower().strip()
    return _LATIN.sub(_metaphone, text).translate(loose_readings()).lower().strip()


def _metaphone(match: re.Match[str]) -> str:
    return jellyfish.metaphone(match[0]) or match[0]


def sounds(texts: pa.Array) -> pa.Array:
    """Return the sound of each text of a column (no nulls)."""
    return _all_at_once(texts, _sound_table())


def loose_sounds(texts: pa.Array) -> pa.Array:
    """Return the loose sound of each text, likewise."""
    latin = pc.match_substring_regex(texts, _LATIN.pattern)
    heard = pa.array([_LATIN.sub(_metaphone, text) for text in texts.filter(latin).to_pylist()], pa.string())
    return _all_at_once(pc.replace_with_mask(texts, latin, heard), _loose_table())


@cache
def _sound_table() -> pa.Array:
    return _in_lower_case(letter_table(readings()))


@cache
def _loose_table() -> pa.Array:
    return _in_lower_case(letter_table(loose_readings()))


def _in_lower_case(table: pa.Array) -> pa.Array:
    return pa.array([text.lower() for text in table.to_pylist()], pa.string())


def _all_at_once(texts: pa.Array, table: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(spelled_by_letter(texts, table))
