"""Discharge permit number 排污许可证编号, HJ 608-2017: the unit's code, a serial of its site, a letter.

Structure: 1-18 USCC, 19-21 serial of the site of that unit (001, 002 ...), 22 a letter.
The letter is P in the standard's annex for both sites of one unit, and others occur: it
is no check character.  A unit without a USCC has, by the trial rule, in place of it
`H9` + 6 area + 9 organisation code + a small letter, or `H9` + 6 area + 0000 + 5 serial +
a small letter; whether the standard kept that is unknown, so both are read.

Source: HJ 608-2017 Annex A (S26), trial rule of 2017 (S60).

>>> is_valid("91130200699229617X001P"), serial("91130200699229617X002P")
(True, '002')
>>> validate("91130200699229617X0O1P").en
"character 20 is 'O'; expected a digit"
>>> format("h9330100 69922961-7 A 001p")
'H9330100699229617a001P'
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.identifiers import org_code, uscc
from minglu.register.identifiers.compacting import compact_code
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.identifier_faults import (
    Fault,
    damaged,
    placeholder,
    wrong_character,
    wrong_length,
)
from minglu.register.identifiers.placeholders import is_placeholder

LENGTH = 22
UNIT_LENGTH = 18
SHAPE = re.compile(r"([0-9A-Z]{18})(\d{3})([A-Z])", re.ASCII)
WITHOUT_USCC = re.compile(r"H9(\d{6})(?:0000(\d{5})|([0-9A-Z]{8}[0-9X]))([A-HJ-NP-Z])", re.ASCII)


def compact(text: str) -> str:
    """Return the number without separators, upper case, half width."""
    return compact_code(text)


def unit_code(text: str) -> str:
    """Return the first 18 characters where they are a valid USCC, else an empty text."""
    code = compact(text)[:UNIT_LENGTH]
    return code if uscc.is_valid(code) else ""


def unit_org_code(text: str) -> str:
    """Return the valid organisation code inside the number, from USCC or H9 form, else an empty text.

    >>> unit_org_code("H9330100699229617A001P")
    '699229617'
    """
    number = compact(text)
    found = WITHOUT_USCC.fullmatch(number[:UNIT_LENGTH])
    code = found.group(3) or "" if found else unit_code(number)[8:17]
    return code if code and org_code.is_valid(code) else ""


def serial(text: str) -> str:
    """Return the serial of the site, else an empty text; a mistyped unit code does not unmake it."""
    found = SHAPE.fullmatch(compact(text))
    return found.group(2) if found else ""


def validate(text: str) -> Fault | None:
    """Return what is wrong with a number, None where it is valid."""
    if is_scientific(text):
        return damaged()
    number = compact(text)
    if is_placeholder(number):
        return placeholder()
    if WITHOUT_USCC.fullmatch(number):
        return None
    if len(number) != LENGTH:
        return wrong_length(len(number), "22")
    if not WITHOUT_USCC.fullmatch(number[:UNIT_LENGTH]):
        fault = uscc.validate(number[:UNIT_LENGTH])
        if fault is not None:
            return fault
    for position in (19, 20, 21):
        if not "0" <= number[position - 1] <= "9":
            return wrong_character(position, number[position - 1], "a digit", "数字")
    return None if "A" <= number[-1] <= "Z" else wrong_character(LENGTH, number[-1], "a letter A-Z", "字母 A-Z")


def is_valid(text: str) -> bool:
    """Return whether a text is a valid number."""
    return validate(text) is None


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the number as permits print it: the letter that ends an H9 unit code is small."""
    number = compact(text)
    if WITHOUT_USCC.fullmatch(number[:UNIT_LENGTH]):
        return number[:17] + number[17].lower() + number[18:]
    return number


def permits_valid(numbers: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return for each text whether it is a USCC, a serial and a letter, all valid *and already compact*; null is not.

    The rare H9 forms are left to the value function; but for them it agrees with
    `compact(x) == x and is_valid(x)`.
    """
    shaped = pc.match_substring_regex(numbers, r"^[0-9A-Z]{18}[0-9]{3}[A-Z]$").fill_null(False)
    units = uscc.usccs_valid(pc.utf8_slice_codeunits(numbers, 0, UNIT_LENGTH))
    both: np.ndarray = shaped.to_numpy(zero_copy_only=False) & units
    return both
