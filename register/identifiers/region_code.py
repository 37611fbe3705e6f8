"""Region and census district codes 区划代码, 普查小区代码: digits whose prefixes are the areas above.

Structure: 2 province, 2 prefecture, 2 county, 3 township, 3 village = 12 digits; census
districts add 2 (14) or 3 (15); the pollution census stored 16 and one more character.
17 may also be 12 + 2 + 3 of the yearly statistics list: nothing distinguishes them, so only
prefixes up to 12 are read as areas.  Development zones have codes of their own though
they lie in another county: the tree of codes is no map.  Which provinces exist is not
tested: codes are made up for exercises, and revoked codes stay in lists for years.

Source: S72, S73, S75; districts S17, S31, S33.

>>> levels("330603107001")
('33', '3306', '330603', '330603107', '330603107001')
>>> validate("33060310700").en
'11 characters; expected 6, 9, 12, 14, 15, 16 or 17'
>>> format("330603 107 001.0")
'330603107001'
"""

from __future__ import annotations

import unicodedata

from minglu.register.identifiers.compacting import compact_code, trim_number
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.identifier_faults import Fault, damaged, placeholder, wrong_character, wrong_length

LENGTHS = (6, 9, 12, 14, 15, 16, 17)
LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
LEVELS_ZH = {2: "省", 4: "市", 6: "县", 9: "乡镇", 12: "村"}


def compact(text: str) -> str:
    """Return the code without separators and without the ".0" of a number column.

    >>> compact("３３０６０３．０")
    '330603'
    """
    return compact_code(trim_number(unicodedata.normalize("NFKC", text)))


def validate(text: str) -> Fault | None:
    """Return what is wrong with a code, None where it is valid."""
    if is_scientific(text):
        return damaged()
    code = compact(text)
    if len(set(code)) <= 1:
        return placeholder()
    if len(code) not in LENGTHS:
        return wrong_length(len(code), "6, 9, 12, 14, 15, 16 or 17")
    for position, character in enumerate(code, 1):
        if not "0" <= character <= "9" and not (position == 17 and "A" <= character <= "Z"):
            return wrong_character(position, character, "a digit", "数字")
    return None


def is_valid(text: str) -> bool:
    """Return whether a text is a code of one of the known lengths."""
    return validate(text) is None


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the code as lists print it: digits without a gap."""
    return compact(text)


def levels(code: str) -> tuple[str, ...]:
    """Return the areas a compact code lies in, the largest first, the code itself last.

    Zeros that only fill a code up to 12 digits name no area.

    >>> levels("330603000000")
    ('33', '3306', '330603')
    >>> levels("330603107001002")[-2:]
    ('330603107001', '330603107001002')
    """
    named = significant(code)
    above = [named[:length] for length in LEVELS if length < len(named)]
    return (*above, named) if named else ()


def significant(code: str) -> str:
    """Return a code of 12 digits or less without the pairs and triples of zeros that only fill it up.

    >>> significant("330000"), significant("330603107000"), significant("330603107001000")
    ('33', '330603107', '330603107001000')
    """
    if len(code) > 12:
        return code
    bounds = [0, *(length for length in LEVELS if length <= len(code))]
    for start, end in zip(reversed(bounds[:-1]), reversed(bounds[1:]), strict=True):
        if end < len(code) and code[end:].strip("0"):
            return code
        if code[start:end].strip("0"):
            return code[:end]
    return ""


def level(code: str) -> str:
    """Return the level of a compact code: province, city, county, township, village or district.

    >>> level("330603"), level("330603107001002")
    ('county', 'district')
    """
    return LEVELS.get(len(significant(code)), "district")
