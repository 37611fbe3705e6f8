"""The things of the city: counties, towns, parks, places, firms and sites."""

from __future__ import annotations

from dataclasses import dataclass, field

from coastal_city.population.trades import Trade

PROVINCE, CITY = "澜江省", "临瀛市"


@dataclass(slots=True)
class County:
    """A county-level area; ``code`` is the area code used in credit codes."""

    code: str
    name: str
    short: str
    own_city: bool
    zone: str = ""
    zone_code: str = ""
    towns: list[Town] = field(default_factory=list)


@dataclass(slots=True)
class Village:
    """A village or community and the census districts (cells) it is cut into."""

    name: str
    formal: str
    cells: list[int]


@dataclass(slots=True)
class Town:
    """A township-level area with its roads and villages."""

    code: str
    name: str
    core: str
    county: County
    villages: list[Village]
    roads: list[str]
    weight: float
    old_name: str = ""


@dataclass(slots=True)
class Park:
    """An industrial park or office tower: one address for many."""

    name: str
    aliases: list[str]
    town: Town
    village: Village
    road: str
    number: int
    old_road: str
    old_number: int
    word: str
    floors: int
    spots: list[tuple[float, float]]
    phone: str
    letters: bool = False
    operator: str = ""

    def mark(self, building: int) -> str:
        """Return what stands on the wall of a building: a letter or a number."""
        return "ABCDEFGHJKLMNPQRSTUVWXYZ"[(building - 1) % 24] if self.letters else str(building)


@dataclass(slots=True)
class Place:
    """A place of operation, down to the room where there is one."""

    kind: str
    town: Town
    village: Village
    lon: float
    lat: float
    road: str = ""
    number: int = 0
    lane: int = 0
    park: Park | None = None
    building: int = 0
    unit: int = 0
    floor: int = 0
    room: int = 0
    cross: str = ""
    side: str = ""
    kilo: int = 0
    cell: int = -1


@dataclass(slots=True)
class Name:
    """The parts of a registered name; ``tail`` is what a branch adds to the parent's name."""

    area: str
    brand: str
    sector: str
    form: str
    order: str = "lead"
    tail: str = ""
    short: str = ""
    latin: str = ""
    outlet: str = ""


@dataclass(slots=True)
class Firm:
    """A legal unit."""

    uid: str
    kind: str
    name: Name
    county: County
    area_code: str
    code: str
    number: str
    rep: str
    phone: str
    founded: int
    trade: Trade
    seat: Place | None = None
    old: Name | None = None
    agent: str = ""
    status: str = "存续"
    trad: bool = False
    old_seat: Place | None = None
    coded: bool = True
    invested: bool = False


@dataclass(slots=True)
class Site:
    """One activity of a firm at one place, and the lists it stands on."""

    uid: str
    firm: Firm
    place: Place
    name: Name
    kind: str
    trade: Trade
    chances: tuple[float, float, float]
    code: str
    number: str
    rep: str
    phone: str
    contact: str
    founded: int
    label: str = ""
    serial: int = 1
    closed: bool = False
    upgraded: str = ""
    host_code: str = ""
