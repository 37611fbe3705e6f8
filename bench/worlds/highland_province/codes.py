"""Numbers of units: credit codes, organisation codes, registration and tax numbers.

Area codes begin with 99, so no number belongs to a real unit.
"""

from highland_province.dice import Dice

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, place, 31) for place in range(17)]
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_check(body: str) -> str:
    """The last character of an 18-character credit code (GB 32100-2015)."""
    total = sum(ALPHABET.index(mark) * weight for mark, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_code(dice: Dice) -> str:
    """A nine-character organisation code (GB 11714-1997)."""
    body = "MA" + "".join(dice.pick(ALPHABET) for _ in range(6))
    if dice.chance(0.4):
        body = dice.pick("2567") + dice.digits(7)
    total = sum(int(mark, 36) * weight for mark, weight in zip(body, ORG_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return body + ("X" if rest == 10 else "0" if rest == 11 else str(rest))


def credit_code(prefix: str, area: str, organisation: str) -> str:
    """A credit code with its check character."""
    body = prefix + area + organisation
    return body + credit_check(body)


def registration_number(dice: Dice, area: str, household: bool) -> str:
    """A 15-digit business registration number (MOD 11,10)."""
    body = area + (dice.pick("67") if household else dice.pick("012")) + dice.digits(7)
    carry = 10
    for mark in body:
        carry = ((carry + int(mark)) % 10 or 10) * 2 % 11
    return body + str((11 - carry) % 10)


def citizen_tax_number(dice: Dice, area: str) -> str:
    """A 20-digit tax number of a household, made from an invented citizen number."""
    born = f"{dice.between(1955, 1996)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"
    return area + born + dice.digits(3) + dice.pick("0123456789X") + "00"


def mistyped(dice: Dice, code: str) -> str:
    """The code as a hurried hand keys it: one mark wrong, two swapped or one missing."""
    place = dice.between(6, len(code) - 2)
    turn = dice.unit()
    if turn < 0.35:
        return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if turn < 0.85:
        wrong = dice.pick(_NEAR.get(code[place], "0123456789"))
        return code[:place] + wrong + code[place + 1 :]
    return code[:place] + code[place + 1 :]


_NEAR = {"0": "O8D", "8": "B3", "B": "8", "1": "I7", "5": "S6", "2": "Z", "Q": "O0", "6": "58"}
