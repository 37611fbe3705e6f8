"""Legal units and their sites."""

from __future__ import annotations

from dataclasses import dataclass, field

from river_prefecture.ground.spots import Spot
from river_prefecture.population.people import Person
from river_prefecture.population.trades import Trade


@dataclass(slots=True)
class Site:
    """A 产业活动单位: one unit at one place."""

    ident: str
    name: str
    trade: Trade
    spot: Spot
    on: tuple[bool, bool, bool]
    alone: str = ""
    short: str = ""
    code: str = ""
    date: str = ""
    scope: bool = False
    closed: int = 0
    serial: int = 1
    size: str = ""
    head: Person | None = None
    origin: tuple[str, str, int] | None = None


@dataclass(slots=True)
class Unit:
    """A legal unit: 法人单位 or household."""

    ident: str
    kind: str
    name: str
    code: str
    regno: str
    area: str
    county: int
    year: int
    date: str
    owner: Person
    registered: Spot
    former: str = ""
    renamed: int = 0
    regional_rename: bool = False
    village_text: str = ""
    agent: bool = False
    sites: list[Site] = field(default_factory=list)

    @property
    def house(self) -> bool:
        """Is it an individual household?"""
        return self.kind == "92"
