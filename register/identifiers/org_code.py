"""Organisation code 组织机构代码, GB 11714-1997: 8 characters and a check character.

The check is modulo 11 with weights 3 7 9 10 5 8 4 2; 10 is written X, 11 is 0.  Here
letters count A=10 to Z=35, unlike in the USCC: code that mixes the two gets other
checks.  PDY00001 to PDY99999 are private codes that must not be exchanged.

Source: GB 11714-1997, by copies (S62); a wrong copy S63.

>>> is_valid("D2143569-X")
True
>>> validate("69922961-8").en
"check character 9 is '8'; the others ask for '7'"
>>> validate("PDY000012").code.name
'ID_PLACEHOLDER'
>>> format("699229617")
'69922961-7'
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from minglu.register.identifiers.compacting import compact_code
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.fixed import NO_VALUE, fixed_width, looks_made_up, lookup
from minglu.register.identifiers.identifier_faults import (
    Fault,
    damaged,
    placeholder,
    wrong_character,
    wrong_check,
    wrong_length,
)
from minglu.register.identifiers.placeholders import is_placeholder

LENGTH = 9
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "0123456789X0"


def compact(text: str) -> str:
    """Return the code without hyphen and spaces, upper case, half width."""
    return compact_code(text)


def check_character(body: str) -> str:
    """Return the check character of 8 body characters.

    >>> check_character("MA1G4L1W")  # 31-letter values would give 8
    '0'
    """
    return CHECKS[11 - sum(VALUES[c] * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def validate(text: str) -> Fault | None:
    """Return what is wrong with a code, None where it is valid."""
    if is_scientific(text):
        return damaged()
    code = compact(text)
    if is_placeholder(code):
        return placeholder()
    if len(code) != LENGTH:
        return wrong_length(len(code), "9")
    for position, character in enumerate(code[:-1], 1):
        if character not in VALUES:
            return wrong_character(position, character, "a digit or a letter A-Z", "数字或字母 A-Z")
    if code[-1] not in CHECKS:
        return wrong_character(LENGTH, code[-1], "a digit or X", "数字或 X")
    expected = check_character(code[:-1])
    return None if code[-1] == expected else wrong_check(LENGTH, code[-1], expected)


def is_valid(text: str) -> bool:
    """Return whether a text is a valid code."""
    return validate(text) is None


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the code as people write it, a hyphen before the check character."""
    code = compact(text)
    return f"{code[:-1]}-{code[-1]}" if len(code) == LENGTH else code


_LOOKUP = lookup(VALUES)
_WEIGHTS = np.array(WEIGHTS, dtype=np.int16)
_CHECKS = np.frombuffer(CHECKS.encode(), dtype=np.uint8)


def org_codes_valid(codes: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return for each text whether it is a valid code *and already compact*; null is not.

    Agrees with `compact(x) == x and is_valid(x)` for every text.
    """
    rows, table = fixed_width(codes, LENGTH)
    mask = np.zeros(len(codes), dtype=bool)
    mask[rows] = bytes_valid(table)
    return mask


def bytes_valid(table: np.ndarray) -> np.ndarray:
    """Return for each row of an (n, 9) table of bytes whether it is a valid code."""
    values = _LOOKUP[table[:, :-1]]
    fits: np.ndarray = (values != NO_VALUE).all(axis=1)
    values[~fits] = 0
    fits &= _CHECKS[11 - values.astype(np.int16) @ _WEIGHTS % 11] == table[:, -1]
    for row in np.flatnonzero(fits & looks_made_up(table[:, :-1])):
        fits[row] = is_valid(table[row].tobytes().decode())
    return fits
