"""Taxpayer number 纳税人识别号: 15, 18 or 20 characters.  One number, several things inside; no tax office's data.

- 18: the USCC itself, since 2015.
- 15: 6 area + 9 organisation code.  15 digits may also be a registration number written
  into the wrong column: the organisation code's check (7-15) and MOD 11,10 over all 15
  decide, and where both or neither fit the number stays ambiguous: text, never a key.
- 20: a person's identity number and 00, 01 ... (18 + 2) or its older form and five
  zeros (15 + 5).  So may be 18 and 15 characters.  Personal: withheld, never a key.

Source: S66, S67; the rule for the ambiguous case is inferred.

>>> kind("91110108551385082Q"), kind("110108551385082"), kind("110108000000016")
('uscc', 'organisation', 'registration')
>>> is_valid("110108551385082")
True
>>> validate("11010855138508").en
'14 characters; expected 15, 18 or 20'
"""

from __future__ import annotations

from minglu.register.identifiers import citizen, org_code, reg_no, uscc
from minglu.register.identifiers.compacting import compact_code
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.identifier_faults import (
    Code,
    Fault,
    damaged,
    personal,
    placeholder,
    wrong_character,
    wrong_length,
)
from minglu.register.identifiers.placeholders import is_placeholder

LENGTHS = (15, 18, 20)
WITHHELD = "(personal number withheld 个人号码已隐去)"


def compact(text: str) -> str:
    """Return the number without separators, upper case, half width."""
    return compact_code(text)


def kind(text: str) -> str:
    """Return the kind of a number: uscc, organisation, registration, ambiguous, personal, or empty for none of them."""
    number = compact(text)
    if is_personal(number):
        return "personal"
    if is_placeholder(number) or not number.isascii() or not number.isalnum():
        return ""
    if len(number) == 18:
        return "uscc" if uscc.is_valid(number) else ""
    if len(number) != 15 or not number[:6].isdigit():
        return ""
    organisation, registration = org_code.is_valid(number[6:]), reg_no.is_valid(number)
    if organisation == registration:
        return "ambiguous" if number[:-1].isdigit() or organisation else ""
    return "organisation" if organisation else "registration"


def is_personal(number: str) -> bool:
    """Return whether a compact number embeds, or may embed, a person's identity number.

    >>> is_personal("99999919990101001X00"), is_personal("99999999010100100000")
    (True, True)
    """
    if len(number) == 20:
        return number[:17].isdigit() and number.isascii()
    if len(number) == 18:
        return citizen.is_citizen_number(number)
    if len(number) != 15 or not citizen.is_older_citizen_number(number):
        return False
    return not org_code.is_valid(number[6:]) and not reg_no.is_valid(number)


def validate(text: str) -> Fault | None:
    """Return what is wrong with a number, None where it is valid; a personal number is a fault that shows nothing."""
    if is_scientific(text):
        return damaged()
    number = compact(text)
    if is_placeholder(number):
        return placeholder()
    match kind(number):
        case "personal":
            return personal()
        case "uscc" | "organisation":
            return None
        case "registration":
            return Fault(Code.ID_MOVED, "是工商注册号，不是税号", "a registration number, no tax number")
        case "ambiguous":
            return Fault(Code.ID_AMBIGUOUS, "无法判断是税号还是注册号", "tax or registration number, can't be told")
    if len(number) not in LENGTHS:
        return wrong_length(len(number), "15, 18 or 20")
    if len(number) == 18:
        return uscc.validate(number)
    for position, character in enumerate(number, 1):
        if not (character.isascii() and (character.isdigit() if position <= 6 else character.isalnum())):
            return wrong_character(position, character, "a digit", "数字")
    return org_code.validate(number[6:])


def is_valid(text: str) -> bool:
    """Return whether a text is a valid tax number of a unit."""
    return validate(text) is None


def format(text: str) -> str:  # noqa: A001, the same four verbs for every identifier
    """Return the number as it may be shown: compact, a personal one withheld."""
    number = compact(text)
    return WITHHELD if is_personal(number) else number
