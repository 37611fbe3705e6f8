"""The registrar's desk: makes legal units with codes, dates, owners and names."""

from __future__ import annotations

from river_prefecture.codes import credit_code, register_number
from river_prefecture.dice import Dice
from river_prefecture.ground.places import CITY, Country, Village
from river_prefecture.ground.spots import Spot, agent_spot, park_spot, rural_spot, street_spot
from river_prefecture.population.people import Offices, Person, make_person
from river_prefecture.population.trades import Trade
from river_prefecture.units import Site, Unit
from river_prefecture.vocab import BRAND_HEAD, BRAND_TAIL, BRANDS

REFORM_YEAR = 2024


class Maker:
    """Counters, used names and known owners, with helpers used for every kind of unit."""

    def __init__(self, dice: Dice, country: Country, offices: Offices) -> None:
        self.dice = dice
        self.country = country
        self.offices = offices
        self.taken: set[str] = set()
        self.known: list[list[Person]] = [[] for _ in country.counties]
        self.units = 0
        self.sites = 0
        self.town_of_county = [c.towns for c in country.counties]

    def brand(self) -> str:
        """A trade name; two thirds come from the stock that everybody uses."""
        if self.dice.chance(0.66):
            return self.dice.draw(BRANDS)
        return self.dice.pick(BRAND_HEAD) + self.dice.pick(BRAND_TAIL)

    def year(self, oldest: int, young: float = 2.0) -> int:
        """A founding year; higher ``young`` means more recent."""
        return oldest + int((2028 - oldest) * self.dice.unit() ** (1.0 / young))

    def date(self, year: int) -> str:
        """A day of that year, written as the registry does."""
        return f"{year}-{self.dice.between(1, 12):02d}-{self.dice.between(1, 28):02d}"

    def town(self, rural: bool = True) -> int:
        """A township: counties by population, county seats twice as likely unless ``rural``."""
        r = self.dice.unit()
        county = 0 if r < 0.24 else 1 if r < 0.45 else 2 if r < 0.65 else 3 if r < 0.83 else 4
        towns = self.town_of_county[county]
        if not rural and self.dice.chance(0.35):
            return towns[0]
        return self.dice.pick(towns)

    def owner(self, village: Village, county: int, again: float) -> Person:
        """A new owner, or one who already holds another licence in the county."""
        pool = self.known[county]
        if pool and self.dice.chance(again):
            return pool[-1 - self.dice.below(min(len(pool), 400))]
        person = make_person(self.dice, village)
        pool.append(person)
        return person

    def county_word(self, county: int, year: int) -> str:
        """The county as it stood in names registered that year."""
        place = self.country.counties[county]
        if place.former and year < REFORM_YEAR:
            return place.former
        if place.name.endswith("区"):
            return CITY + place.name if self.dice.chance(0.7) else place.name
        return place.name

    def area(self, county: int, year: int) -> str:
        """The registering office's area code."""
        place = self.country.counties[county]
        return place.former_area if place.former and year < REFORM_YEAR else place.area

    def register(self, kind: str, name: str, county: int, year: int, owner: Person, spot: Spot) -> Unit:
        """Enter a unit in the register."""
        dice = self.dice
        self.units += 1
        area = self.area(county, year)
        if kind == "91" and dice.chance(0.12):
            area = "990100"
        code = credit_code(dice, kind, area, year, self.units)
        regno = register_number(dice, area, kind == "92") if year <= 2015 else ""
        if kind == "92" and year < 2015 and dice.chance(0.25):
            code = ""
        ident = f"L{self.units:06d}"
        return Unit(ident, kind, name, code, regno, area, county, year, self.date(year), owner, spot)

    def license_branch(self, unit: Unit, site: Site) -> None:
        """Give a branch its own licence: a credit code and a date later than the parent's."""
        self.units += 1
        year = self.dice.between(min(max(unit.year, 2006), 2027), 2027)
        county = site.spot.county if self.dice.chance(0.8) else unit.county
        site.code = credit_code(self.dice, unit.kind, self.area(county, year), max(year, 2016), self.units)
        site.date = max(unit.date, self.date(year))

    def site(self, unit: Unit, name: str, trade: Trade, spot: Spot, on: tuple[float, float, float]) -> Site:
        """A site of the unit; ``on`` holds the chances to stand on each list."""
        self.sites += 1
        site = Site(f"S{self.sites:06d}", name, trade, spot, self.lists(on))
        site.scope = trade.scope
        site.serial = len(unit.sites) + 1
        site.date = unit.date
        unit.sites.append(site)
        return site

    def lists(self, on: tuple[float, float, float]) -> tuple[bool, bool, bool]:
        """Which lists know the site; at least one."""
        while True:
            got = (self.dice.chance(on[0]), self.dice.chance(on[1]), self.dice.chance(on[2]))
            if any(got):
                return got

    def close(self, unit: Unit, share: float) -> None:
        """Perhaps the unit closed; closed before the census year is out of scope."""
        if self.dice.chance(share) and unit.year < 2026:
            when = self.dice.between(max(unit.year + 1, 2016), 2027)
            for site in unit.sites:
                site.closed = site.closed or when
                site.scope = site.scope and when >= 2027

    def village_of(self, t: int) -> int:
        """A village of the township, the seat rather seldom."""
        return self.dice.pick(self.country.towns[t].villages)

    def place(self, t: int, park: float, street: float) -> Spot:
        """A place of operation in or near the township."""
        county = self.country.towns[t].county
        r = self.dice.unit()
        if r < park:
            return park_spot(self.dice, self.country, county)
        if r < park + street:
            return street_spot(self.dice, self.country, t)
        return rural_spot(self.dice, self.country, self.village_of(t))

    def office(self, t: int) -> Spot:
        """A registered address that is not the place of operation."""
        county = self.country.towns[t].county
        if self.dice.chance(0.4):
            return agent_spot(self.dice, self.country, county)
        if self.dice.chance(0.6):
            return street_spot(self.dice, self.country, self.country.counties[county].towns[0])
        return rural_spot(self.dice, self.country, self.village_of(t))
