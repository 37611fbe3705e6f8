"""Put the world together: units until the wanted number of rows is reached, then the files."""

from __future__ import annotations

import argparse
from pathlib import Path

from river_prefecture.clerks import clerk_business, clerk_permit, clerk_tax
from river_prefecture.clerks.desk import Desk
from river_prefecture.dice import Dice, Weighted
from river_prefecture.ground.places import build_country
from river_prefecture.output import KINDS, Line, write_lists, write_map, write_settings, write_truth
from river_prefecture.population import firms, groups, public, small
from river_prefecture.population.maker import Maker
from river_prefecture.population.people import Offices
from river_prefecture.population.trades import HOUSE_INDUSTRY
from river_prefecture.units import Site, Unit

HEADINGS = {"business": clerk_business.HEADING, "tax": clerk_tax.HEADING, "permit": clerk_permit.HEADING}
CLERKS = {"business": clerk_business.row, "tax": clerk_tax.row, "permit": clerk_permit.row}
AGAIN = {"business": 0.022, "tax": 0.032, "permit": 0.034}
MIX = Weighted(
    [
        ("farm", 17.0),
        ("workshop", 21.0),
        ("shop", 19.0),
        ("cooperative", 8.0),
        ("works", 20.0),
        ("ranch", 2.5),
        ("service", 9.0),
        ("shell", 4.5),
        ("twin", 1.6),
        ("group", 0.45),
    ]
)


class World:
    """The lists while they grow."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rows = rows
        self.country = build_country(Dice(seed, 1), max(40, rows // 50))
        offices = Offices(Dice(seed, 2), self.country, rows)
        self.maker = Maker(Dice(seed, 3), self.country, offices)
        self.desks = {kind: Desk(Dice(seed, 10 + n), self.country, offices) for n, kind in enumerate(KINDS)}
        self.desks["permit"].fallback = HOUSE_INDUSTRY
        self.order = Dice(seed, 20)
        self.lines: dict[str, list[Line]] = {kind: [] for kind in KINDS}

    def count(self) -> int:
        """Rows so far."""
        return sum(len(lines) for lines in self.lines.values())

    def _add(self, kind: str, unit: Unit, site: Site, cells: list[str]) -> None:
        district = self.country.cell_codes[site.spot.cell]
        self.lines[kind].append(Line(cells, site.ident, unit.ident, district, site.scope))

    def enter(self, unit: Unit) -> None:
        """Let the clerks write the unit's rows."""
        for site in unit.sites:
            for kind, listed in zip(KINDS, site.on, strict=True):
                if not listed:
                    continue
                desk = self.desks[kind]
                self._add(kind, unit, site, CLERKS[kind](desk, unit, site))
                if desk.dice.chance(AGAIN[kind]):
                    self._add(kind, unit, site, CLERKS[kind](desk, unit, site, older=True))
            if site.origin:
                self._add("business", unit, site, clerk_business.origin_row(self.desks["business"], unit, site))

    def draw(self) -> list[Unit]:
        """The next unit or units of the mixture."""
        maker = self.maker
        match maker.dice.draw(MIX):
            case "group":
                return groups.group(maker)
            case "twin":
                return firms.twin(maker)
            case "farm" | "workshop" | "shop" | "cooperative" as name:
                return [getattr(small, name)(maker)]
            case name:
                return [getattr(firms, name)(maker)]

    def fill(self) -> None:
        """Institutions first, then everybody else; finally each office's own order."""
        for unit in public.institutions(self.maker):
            self.enter(unit)
        while self.count() < self.rows:
            for unit in self.draw():
                self.enter(unit)
        for kind in KINDS:
            self.lines[kind] = self.order.shuffled(self.lines[kind])


def build(folder: Path, rows: int, seed: int) -> None:
    """Write a whole world into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(rows, seed)
    world.fill()
    write_lists(folder, HEADINGS, world.lines)
    write_truth(folder, world.lines)
    write_map(folder, world.country)
    write_settings(folder)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Invented administrative lists of a rural prefecture, with truth.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    build(given.out, given.rows, given.seed)
