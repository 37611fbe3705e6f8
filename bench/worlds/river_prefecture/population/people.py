"""People and telephones: clans of villages, bookkeepers and consultants who serve many firms."""

from __future__ import annotations

from dataclasses import dataclass

from river_prefecture.codes import digits
from river_prefecture.dice import Dice
from river_prefecture.ground.places import Country, Village
from river_prefecture.vocab import FEMALE_FIRST, FEMALE_LAST, MALE_FIRST, MALE_LAST, SINGLE, SURNAMES

MOBILE = (
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "158",
    "159",
    "182",
    "187",
    "188",
    "130",
    "133",
    "153",
    "180",
    "189",
    "199",
    "173",
)


@dataclass(slots=True)
class Person:
    """An owner or a contact."""

    name: str
    mobile: str
    landline: str = ""


ODD = ("先生", "家家", "小小", "大大", "长长", "家发", "小发", "正平方")


def mobile(dice: Dice) -> str:
    """A mobile number."""
    return dice.pick(MOBILE) + digits(dice, 8)


def landline(dice: Dice) -> str:
    """A local number without area code."""
    return dice.pick("2345678") + digits(dice, 6)


def _given(dice: Dice, generation: str) -> str:
    if dice.chance(0.22):
        return dice.pick(SINGLE)
    if dice.chance(0.24):
        return dice.pick(FEMALE_FIRST) + dice.pick(FEMALE_LAST)
    first = dice.pick(generation) if dice.chance(0.4) else dice.pick(MALE_FIRST)
    last = dice.pick(MALE_LAST)
    return first + ("明" if first + last in ODD or first == last else last)


def make_person(dice: Dice, village: Village) -> Person:
    """Somebody of the village: half carry one of its three clan names."""
    clan = dice.chance(0.5) and not village.urban
    surname = dice.pick(village.surnames) if clan else dice.draw(SURNAMES)
    fixed = landline(dice) if dice.chance(0.15) else ""
    return Person(surname + _given(dice, village.generation), mobile(dice), fixed)


class Offices:
    """Agents, bookkeepers and environmental consultants of a county, and each village's helpful cadre."""

    def __init__(self, dice: Dice, country: Country, rows: int) -> None:
        each = max(3, rows // 3500)
        self.agents: list[list[Person]] = []
        self.bookkeepers: list[list[Person]] = []
        self.consultants: list[Person] = []
        self.helpers = [make_person(dice, village) for village in country.villages]
        for county in country.counties:
            seat = country.villages[country.towns[county.towns[0]].villages[0]]
            self.agents.append([make_person(dice, seat) for _ in range(each)])
            self.bookkeepers.append([make_person(dice, seat) for _ in range(2 * each)])
            self.consultants.extend(make_person(dice, seat) for _ in range(max(2, each // 2)))
