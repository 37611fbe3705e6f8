"""How a name looks: characters that eyes and scanners confuse, folded to one of their class.  No comparing here.

The classes are rules/shapes.txt: one class per line, its representative first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyarrow as pa

from minglu.errors import RuleError
from minglu.matching.parsing.text_columns import letter_table, spelled_by_letter
from minglu.matching.parsing.wordlists import read_text


@cache
def classes() -> Mapping[int, str]:
    """Return code point -> representative of its class; a character may stand in one class only."""
    table: dict[int, str] = {}
    for line in read_text("shapes.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        for character in line:
            if ord(character) in table:
                raise RuleError(
                    en=f"matching/rules/shapes.txt: {character!r} stands in two classes; a character has one.",
                    zh=f"matching/rules/shapes.txt：{character!r} 出现在两个类中，一个字只能属于一类。",
                )
            table[ord(character)] = line[0]
    return table


def shape(text: str) -> str:
    """Return `text` with every character replaced by the representative of its look-alikes.

    >>> shape("末来土木") == shape("未来士木")
    True
    """
    return text.translate(classes())


def shapes(texts: pa.Array) -> pa.Array:
    """Return the shape of each text of a column (no nulls)."""
    return spelled_by_letter(texts, _table())


@cache
def _table() -> pa.Array:
    return letter_table(classes())
