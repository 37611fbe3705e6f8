"""Business registration number 工商注册号, GS 15-2006: 15 digits; replaced by the USCC since 2015, still met.

Structure: 6 digits of the registering office (100000 the national one), 8 of sequence,
1 check digit by ISO 7064 MOD 11,10.  That the check is MOD 11,10 is general knowledge;
four well-known numbers pass it.

Source: GS 15-2006 (S64, S65), GB/T 17710 (S70).

>>> is_valid("110108000000016")
True
>>> validate("110108000000017").en
"check character 15 is '7'; the others ask for '6'"
>>> format("1101 0800 0000 016")
'110108000000016'
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from minglu.register.identifiers.compacting import compact_code
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.fixed import fixed_width, looks_made_up
from minglu.register.identifiers.identifier_faults import (
    Fault,
    damaged,
    placeholder,
    wrong_character,
    wrong_check,
    wrong_length,
)
from minglu.register.identifiers.placeholders import is_placeholder

LENGTH = 15


def compact(text: str) -> str:
    """Return the number without separators, half width."""
    return compact_code(text)


def check_digit(body: str) -> str:
    """Return the MOD 11,10 check digit of a run of digits of any length.

    >>> check_digit("0794")
    '5'
    """
    product = 10
    for character in body:
        product = ((product + ord(character) - ord("0")) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def validate(text: str) -> Fault | None:
    """Return what is wrong with a number, None where it is valid."""
    if is_scientific(text):
        return damaged()
    number = compact(text)
    if is_placeholder(number):
        return placeholder()
    if len(number) != LENGTH:
        return wrong_length(len(number), "15")
    for position, character in enumerate(number, 1):
        if not "0" <= character <= "9":
            return wrong_character(position, character, "a digit", "数字")
    expected = check_digit(number[:-1])
    return None if number[-1] == expected else wrong_check(LENGTH, number[-1], expected)


def is_valid(text: str) -> bool:
    """Return whether a text is a valid number."""
    return validate(text) is None


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the number as licences print it: 15 digits without a gap."""
    return compact(text)


def reg_nos_valid(numbers: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return for each text whether it is a valid number *and already compact*; null is not.

    Agrees with `compact(x) == x and is_valid(x)` for every text.
    """
    rows, table = fixed_width(numbers, LENGTH)
    mask = np.zeros(len(numbers), dtype=bool)
    mask[rows] = bytes_valid(table)
    return mask


def bytes_valid(table: np.ndarray) -> np.ndarray:
    """Return for each row of an (n, 15) table of bytes whether it is a valid number."""
    digits = table.astype(np.int16) - ord("0")
    fits: np.ndarray = np.asarray(((digits >= 0) & (digits <= 9)).all(axis=1))
    product = np.full(len(table), 10, dtype=np.int16)
    for column in range(LENGTH - 1):
        total = (product + digits[:, column]) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    fits = np.asarray(fits & ((11 - product) % 10 == digits[:, -1]))
    for row in np.flatnonzero(fits & looks_made_up(table[:, :-1])):
        fits[row] = is_valid(table[row].tobytes().decode())
    return fits
