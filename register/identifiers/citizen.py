"""Citizen identity numbers 公民身份号码, recognised so that they can be withheld.  Never a key, never stored.

Structure (GB 11643-1999): 6 area, 8 date of birth, 3 sequence, 1 check modulo 11-2; the
older form has 15 digits, a two-digit year and no check.  Recognition is generous: a
number wrongly withheld costs a little evidence, one wrongly stored harms a person.

Source: tax numbers of individuals embed them (S67); the structure is general knowledge.
"""

from __future__ import annotations

import re

MODERN = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", re.ASCII)
HOLDING = (18, 20, 22)
"""Lengths of codes that may begin with it: itself, a person's tax number, a permit."""
OLDER = re.compile(r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}", re.ASCII)
# 18 or 20 digits in scientific notation: six of area, then the date of birth.
ROUNDED = re.compile(r"(?P<whole>\d)\.?(?P<rest>\d*)E\+?(?P<exponent>17|19)", re.ASCII)


def is_citizen_start(scientific: str) -> bool:
    """Return whether a number in scientific notation may have been a citizen's number, or one and two digits.

    >>> is_citizen_start("9.99999199001010E+17"), is_citizen_start("9.13301007109E+17")
    (True, False)
    """
    found = ROUNDED.fullmatch(scientific.strip().upper())
    if found is None:
        return False
    digits = (found.group("whole") + found.group("rest")).ljust(14, "0")[:14]
    return found.group("exponent") == "19" or is_citizen_number(f"{digits}0000")


def is_citizen_number(compact: str) -> bool:
    """Return whether 18 characters have the shape of a citizen's number, its check fitting or not.

    The numbers here are invented: no area 999999 exists.

    >>> is_citizen_number("99999919990101001X"), is_citizen_number("91350100M000100Y43")
    (True, False)
    """
    return MODERN.fullmatch(compact) is not None


def holds_citizen_number(compact: str) -> bool:
    """Return whether a compact code is, or begins with, a citizen's number: alone, or with what tax and permits add.

    >>> holds_citizen_number("99999919990101001X00"), holds_citizen_number("91350100M000100Y43001P")
    (True, False)
    """
    return len(compact) in HOLDING and is_citizen_number(compact[:18])


def is_older_citizen_number(compact: str) -> bool:
    """Return whether 15 digits could be a citizen's number of the older form (one number in thirty can)."""
    return OLDER.fullmatch(compact) is not None
