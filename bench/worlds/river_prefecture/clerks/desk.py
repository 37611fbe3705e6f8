"""What the three clerks share: codes with their mistakes, telephones, people, coordinates, industry columns."""

from __future__ import annotations

from dataclasses import dataclass

from river_prefecture.clerks.slips import slip
from river_prefecture.codes import mistyped, old_tax_number
from river_prefecture.dice import Dice
from river_prefecture.ground.mesh import Point
from river_prefecture.ground.places import Country
from river_prefecture.ground.spots import Spot
from river_prefecture.population.people import Offices, Person, landline, make_person, mobile
from river_prefecture.population.trades import HOUSE_SERVICE, NEIGHBOURS, SPECIAL, Trade
from river_prefecture.units import Site, Unit


@dataclass(frozen=True, slots=True)
class CodeHabits:
    """Shares of what goes into the code column."""

    blank: float
    typo: float
    other: float
    old15: float
    parent: float


class Desk:
    """One office's clerk."""

    def __init__(self, dice: Dice, country: Country, offices: Offices) -> None:
        self.dice = dice
        self.country = country
        self.offices = offices
        self.recent: list[str] = []
        self.fallback = HOUSE_SERVICE

    def code(self, unit: Unit, site: Site, habits: CodeHabits) -> str:
        """The code column of a row."""
        dice = self.dice
        right = site.code or unit.code
        if site.code and dice.chance(habits.parent):
            right = unit.code
        self.recent.append(right)
        r = dice.unit()
        if not right or r < habits.blank:
            return ""
        r -= habits.blank
        if r < habits.typo:
            return mistyped(dice, right)
        r -= habits.typo
        if r < habits.other:
            return self.recent[-1 - dice.below(min(60, len(self.recent)))]
        if r < habits.other + habits.old15 and unit.year <= 2015:
            return unit.regno if unit.regno and (unit.house or dice.chance(0.4)) else old_tax_number(right, unit.area)
        return right.lower() if dice.chance(0.003) else right

    def person(self, name: str, share: float = 0.012) -> str:
        """A person's name, seldom miswritten."""
        return slip(self.dice, name + "　　", share).strip("　") if self.dice.chance(share) else name

    def own_phone(self, person: Person, changed: float) -> str:
        """The person's number, or a newer or older one."""
        dice = self.dice
        if dice.chance(changed):
            return mobile(dice)
        if person.landline and dice.chance(0.5):
            return dice.pick(["0709-", "0709-", "", "0709"]) + person.landline
        text = person.mobile
        if dice.chance(0.012):
            at = dice.between(3, 10)
            return text[:at] + dice.pick("0123456789") + text[at + 1 :]
        return text

    def someone(self, spot: Spot) -> Person:
        """An employee of the place."""
        person = make_person(self.dice, self.country.villages[spot.village])
        if self.dice.chance(0.2):
            person.landline = landline(self.dice)
        return person

    def served_by(self, people: list[Person], unit: Unit) -> Person:
        """The unit's agent or bookkeeper; always the same one."""
        return people[int(unit.ident[1:]) % len(people)]

    def trade(self, site: Site, right: float, blank: float) -> Trade | None:
        """The trade as filed: right, blank, or that of an earlier business."""
        r = self.dice.unit()
        if r < right:
            return site.trade
        if r < right + blank:
            return None
        if site.trade.key in SPECIAL:
            return site.trade
        for length, share in ((2, 0.5), (1, 0.7)):
            near = [t for t in NEIGHBOURS[site.trade.code[:length]] if t is not site.trade]
            if near and self.dice.chance(share):
                return self.dice.pick(near)
        return self.dice.draw(self.fallback)

    def county_name(self, spot: Spot, old: float) -> str:
        """The county, sometimes by its former name."""
        county = self.country.counties[spot.county]
        return county.former if county.former and self.dice.chance(old) else county.name

    def town_name(self, spot: Spot, blank: float) -> str:
        """The township column."""
        if self.dice.chance(blank):
            return ""
        town = self.country.towns[self.country.villages[spot.village].town]
        return town.former if town.former and self.dice.chance(0.08) else town.name

    def village_name(self, spot: Spot, blank: float) -> str:
        """The village column."""
        if self.dice.chance(blank):
            return ""
        village = self.country.villages[spot.village]
        if village.former and self.dice.chance(0.2):
            return village.former + "村"
        return village.name + ("社区" if village.urban else "村")


def degrees(point: Point, places: int) -> tuple[str, str]:
    """Longitude and latitude as text."""
    return f"{point[0]:.{places}f}", f"{point[1]:.{places}f}"


def geocoded(dice: Dice, country: Country, spot: Spot) -> tuple[str, str]:
    """A point from an address service: the village, the township's seat or the county's."""
    village = country.villages[spot.village]
    r = dice.unit()
    if r < 0.55:
        base = country.mesh.centres[village.cells[0]]
    elif r < 0.8:
        base = country.mesh.centres[country.towns[village.town].seat]
    elif r < 0.95:
        base = (spot.point[0] + dice.spread(0.0015), spot.point[1] + dice.spread(0.0015))
    else:
        base = country.mesh.centres[country.towns[country.counties[spot.county].towns[0]].seat]
    return degrees(base, 6)


def surveyed(dice: Dice, country: Country, spot: Spot) -> tuple[str, str]:
    """A point filed by the applicant or his consultant."""
    east, north = spot.point
    r = dice.unit()
    width = 0.0004 if r < 0.72 else 0.0015
    point = (east + dice.spread(width), north + dice.spread(width))
    if dice.chance(0.10):
        point = (point[0] + 0.0051 + dice.spread(0.0002), point[1] - 0.0032 + dice.spread(0.0002))
    places = 6
    r = dice.unit()
    if r < 0.12:
        places = 4
    elif r < 0.15:
        places = 2
    elif r < 0.17:
        point = country.mesh.centres[country.towns[country.counties[spot.county].towns[0]].seat]
    elif r < 0.175:
        point = (point[0] + dice.pick([-1.0, 1.0, 0.1]), point[1])
    x, y = degrees(point, places)
    return (y, x) if dice.chance(0.006) else (x, y)
