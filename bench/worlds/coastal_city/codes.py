"""Codes with their check characters: GB 32100, GB 11714 and the old registration number."""

from __future__ import annotations

from coastal_city.dice import Dice

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WIDE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def unit_check(first17: str) -> str:
    """Return the check character of a unified social credit code."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first17, UNIT_WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def body_check(first8: str) -> str:
    """Return the check character of an organisation code."""
    total = sum(WIDE.index(sign) * weight for sign, weight in zip(first8, BODY_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def registration_check(first14: str) -> str:
    """Return the check digit of a registration number (MOD 11,10)."""
    state = 10
    for sign in first14:
        state = (state + int(sign)) % 10 or 10
        state = state * 2 % 11
    return str((11 - state) % 10)


def new_unit_code(dice: Dice, head: str, area: str, year: int) -> str:
    """Make a credit code; units founded after the reform carry an MA body."""
    if year >= 2016:
        body = "MA" + dice.pick("1234567CDEJ") + "".join(dice.pick(ALPHABET) for _ in range(5))
    else:
        body = dice.pick("1234567") + dice.digits(7)
    first = head + area + body + body_check(body)
    return first + unit_check(first)


def new_registration(dice: Dice, area: str, household: bool) -> str:
    """Make a 15-digit registration number of the old series."""
    lead = dice.pick("67") if household else dice.pick("0014")
    first = area + lead + dice.digits(7)
    return first + registration_check(first)


def old_tax_number(code: str) -> str:
    """Return the 15-digit tax number: area and organisation code."""
    return code[2:17]


def mistyped(dice: Dice, code: str) -> str:
    """Return the code as a tired clerk would key it: swapped, confused or lost signs."""
    place = dice.between(6, len(code) - 2)
    kind = dice.u()
    if kind < 0.45:
        wrong = str((int(code[place]) + dice.between(1, 9)) % 10) if code[place].isdigit() else dice.pick("ABCDEFG")
        return code[:place] + wrong + code[place + 1 :]
    if kind < 0.7 and code[place] != code[place + 1]:
        return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if kind < 0.85:
        return code[:place] + code[place + 1 :]
    pairs = {"0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}
    return code[:place] + pairs.get(code[place], dice.pick("0123")) + code[place + 1 :]
