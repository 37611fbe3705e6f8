"""Unified social credit code 统一社会信用代码, GB 32100-2015: 18 characters.

Structure: 1 registering department, 2 class, 3-8 area of the registering office,
9-17 organisation code (GB 11714), 18 check character modulo 31.  The area is that of
registration, not of production: never locate a unit by it.  When the weighted sum
leaves remainder 0 the check character is 0; much-copied code gets that case wrong.
An unknown department or class is a remark, not a fault: later amendments add some.

Source: GB 32100-2015 and its amendment, by copies (S56, S58); trap S57, S59.

>>> is_valid("91350100M000100Y43")
True
>>> validate("91350100M000100Y4Z").en
"character 18 is 'Z'; expected one of 0123456789ABCDEFGHJKLMNPQRTUWXY"
>>> validate("911101081000004460")  # remainder 0
>>> format("91350100m000100y43")
'91350100M000100Y43'
"""

from __future__ import annotations

import operator
import re

import numpy as np
import pyarrow as pa

from minglu.register.identifiers import org_code
from minglu.register.identifiers.compacting import compact_code
from minglu.register.identifiers.damage import is_rounded, is_scientific
from minglu.register.identifiers.fixed import fixed_width, looks_made_up, lookup
from minglu.register.identifiers.identifier_faults import (
    Code,
    Fault,
    damaged,
    placeholder,
    wrong_character,
    wrong_check,
    wrong_length,
)
from minglu.register.identifiers.placeholders import is_placeholder

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, i, 31) for i in range(LENGTH - 1))
PREFIXES = frozenset(["11", "12", "13", "19", "51", "52", "53", "59", "91", "92", "93", "Y1"])


def compact(text: str) -> str:
    """Return the code without separators, upper case, half width."""
    return compact_code(text)


def check_character(body: str) -> str:
    """Return the check character of 17 characters of the alphabet.

    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = sum(map(operator.mul, map(VALUES.__getitem__, body), WEIGHTS))
    return ALPHABET[-total % 31]


def validate(text: str) -> Fault | None:
    """Return what is wrong with a code, None where it is valid."""
    if is_scientific(text):
        return damaged()
    code = compact(text)
    if is_placeholder(code):
        return placeholder()
    if len(code) != LENGTH:
        return wrong_length(len(code), "18")
    for position, character in enumerate(code, 1) if not SHAPE.fullmatch(code) else ():
        if 3 <= position <= 8 and not ("0" <= character <= "9"):
            return wrong_character(position, character, "a digit", "数字")
        if character not in VALUES:
            return wrong_character(position, character, f"one of {ALPHABET}", f"以下字符之一：{ALPHABET}")
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return damaged() if is_rounded(code) else wrong_check(LENGTH, code[-1], expected)
    return placeholder() if is_placeholder(code[8:17]) else None


def is_valid(text: str) -> bool:
    """Return whether a text is a valid code; the quick way, without words for what is wrong."""
    code = compact(text)
    if not SHAPE.fullmatch(code) or check_character(code[:-1]) != code[-1]:
        return False
    return not is_placeholder(code) and not is_placeholder(code[8:17]) and not is_scientific(text)


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the code as the standard writes it: 18 characters without a gap."""
    return compact(text)


def remark(code: str) -> Fault | None:
    """Return a remark on a valid code: an unknown prefix, or an organisation code inside that fails its own check.

    >>> remark("91350100M000100Y43")
    """
    if code[:2] not in PREFIXES:
        return Fault(
            Code.ID_PREFIX,
            f"前两位 {code[:2]} 不是已知的登记管理部门和类别",
            f"{code[:2]} is no known registering department and class",
            position=1,
            found=code[:2],
        )
    inside = org_code.validate(code[8:17])
    if inside is None:
        return None
    return Fault(
        Code.ID_CHECK,
        "整体校验相符，但第 9-17 位组织机构代码的校验位不符",
        "the whole fits its check character, the organisation code in 9-17 does not",
        position=17,
    )


_LOOKUP = lookup(VALUES)
_WEIGHTS = np.array(WEIGHTS, dtype=np.int16)


def usccs_valid(codes: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return for each text whether it is a valid code *and already compact*; null is not.

    Fixed-width bytes and table look-ups; agrees with `compact(x) == x and is_valid(x)`
    for every text.
    """
    rows, table = fixed_width(codes, LENGTH)
    mask = np.zeros(len(codes), dtype=bool)
    values = _LOOKUP[table]
    fits = (values != 255).all(axis=1) & (values[:, 2:8] < 10).all(axis=1)
    values[~fits] = 0
    totals = values[:, :-1].astype(np.int16) @ _WEIGHTS
    fits &= (-totals % 31) == values[:, -1]
    # the rare rest: repeated or counting bodies, which the value function calls placeholders
    for row in np.flatnonzero(fits & looks_made_up(table[:, 8:16])):
        fits[row] = is_valid(table[row].tobytes().decode())
    mask[rows] = fits
    return mask
