"""Codes of other registers, which a census declares by their shape: 8 digits, a letter and 6 digits.

A shape is written as an example: 9 stands for a digit, A for a letter, X for either; anything else for itself.
Such a code has no check character that is known here, so it is believed where its shape is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from minglu.register.identifiers.compacting import compact_code

SHORTEST, LONGEST = 5, 32
"""A shorter code is met by chance: a door number, a postal code's part."""
STANDS_FOR = {"9": "[0-9]", "A": "[A-Z]", "X": "[0-9A-Z]"}


def shape_fault(shape: str) -> str:
    """Return why a text can't be the shape of a code: "length", "no digit", or "" where it can.

    >>> shape_fault("99999999"), shape_fault("A-99"), shape_fault("AAAAAA")
    ('', 'length', 'no digit')
    """
    code = compact_code(shape)
    if not SHORTEST <= len(code) <= LONGEST:
        return "length"
    return "" if "9" in code or "X" in code else "no digit"


def shapes_pattern(shapes: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern of compact codes of any of the shapes; None where none is declared.

    >>> pattern = shapes_pattern(["A-999999"])
    >>> [bool(pattern.fullmatch(code)) for code in ("H123456", "1123456", "H12345")]
    [True, False, False]
    """
    parts = ["".join(STANDS_FOR.get(character, re.escape(character)) for character in compact_code(s)) for s in shapes]
    return re.compile("|".join(parts)) if parts else None
