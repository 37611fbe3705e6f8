"""Codes of the registries: GB 32100 credit codes, GB 11714 organisation codes, old 15-digit numbers."""

from __future__ import annotations

from river_prefecture.dice import Dice

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, i, 31) for i in range(17)]
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "0123456789"


def credit_check(body: str) -> str:
    """The 18th character for 17 given ones (GB 32100-2015)."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def org_check(body: str) -> str:
    """The ninth character for eight given ones (GB 11714-1997)."""
    total = sum(int(c, 36) * w for c, w in zip(body, ORG_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def digits(dice: Dice, count: int) -> str:
    """A run of random digits."""
    return "".join(DIGITS[dice.below(10)] for _ in range(count))


def org_body(dice: Dice, year: int, serial: int) -> str:
    """Eight characters: numeric before the reform of late 2015, MA-numbers afterwards."""
    if year < 2016:
        return dice.pick("1234567") + digits(dice, 2) + f"{(serial * 7919) % 100000:05d}"
    tail = ""
    value = serial * 613 + 11
    for _ in range(4):
        tail = ALPHABET[value % 31] + tail
        value //= 31
    return "MA" + dice.pick("0123456789ABCDE") + dice.pick(ALPHABET) + tail


def credit_code(dice: Dice, kind: str, area: str, year: int, serial: int) -> str:
    """A valid credit code: ``kind`` is 91, 92, 93, 11, 12, N2; ``area`` six digits."""
    when = 2016 if kind in ("92", "N2") else year
    body = org_body(dice, when, serial)
    front = kind + area + body + org_check(body)
    return front + credit_check(front)


def register_number(dice: Dice, area: str, household: bool) -> str:
    """A 15-digit registration number of before 2015, check digit MOD 11,10."""
    body = area + ("6" if household else dice.pick("0123")) + digits(dice, 7)
    state = 10
    for char in body:
        state = (state + int(char)) % 10 or 10
        state = state * 2 % 11
    return body + str((11 - state) % 10)


def old_tax_number(code: str, area: str) -> str:
    """The tax number of before 2015: area and organisation code."""
    return area + code[8:17]


def person_tax_number(dice: Dice, area: str) -> str:
    """A household's tax number built on an identity number (area 99, so nobody's) and 00."""
    birth = f"{dice.between(1955, 1995)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"
    return area + birth + digits(dice, 3) + dice.pick("0123456789X") + "00"


def mistyped(dice: Dice, code: str) -> str:
    """One slip of the hand in a code: a wrong, look-alike, swapped, lost or doubled character."""
    at = dice.between(2, len(code) - 1)
    way = dice.below(6)
    if way == 0 and at + 1 < len(code) and code[at] != code[at + 1]:
        return code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if way == 1:
        return code[:at] + code[at + 1 :]
    if way == 2:
        return code[:at] + code[at] + code[at:]
    if way == 3 and "0" in code[9:]:
        where = code.index("0", 9)
        return code[:where] + "O" + code[where + 1 :]
    fresh = dice.pick("0123456789")
    while fresh == code[at]:
        fresh = dice.pick("0123456789")
    return code[:at] + fresh + code[at + 1 :]
