"""The things of the world: spots on the ground, names, legal units and their sites."""

from dataclasses import dataclass, field

from highland_province.population.tongues import Spelled


@dataclass(slots=True)
class Spot:
    """A door: its district, its position and the words used to describe it."""

    district: int
    x: float
    y: float
    kind: str  # village | street | park | highway
    hamlet: Spelled
    detail: str


@dataclass(slots=True)
class Person:
    """A citizen with the telephone he or she leaves at offices."""

    name: Spelled
    phone: str


@dataclass(slots=True)
class Name:
    """A registered name in its parts."""

    county: int
    area: str
    brand: Spelled
    trade: str
    form: str
    tail: str = ""
    bracketed: bool = False

    def official(self) -> str:
        """The name as the registry first wrote it."""
        body = self.brand.official + self.trade
        if self.bracketed:
            return f"{body}（{self.area}）{self.form}{self.tail}"
        return self.area + body + self.form + self.tail


@dataclass(slots=True)
class Unit:
    """A legal unit."""

    key: str
    code: str
    registration: str
    name: Name
    owner: Person
    household: bool
    founded: str
    former: Name | None = None
    public: bool = False
    closed: bool = False


@dataclass(slots=True)
class Site:
    """A place of operation of a legal unit and where the lists know it from."""

    key: str
    unit: Unit
    name: Name
    code: str  # own code: the branch's, else the unit's, else empty
    spot: Spot
    registered: Spot
    industry: tuple[str, str]
    short: tuple[str, ...] = ()
    branch: bool = False
    facilities: tuple[str, ...] = ()
    in_scope: bool = False
    on: tuple[int, int, int] = (0, 0, 0)  # rows on business, tax and permit lists
    serial: int = 1
    phone: str = ""
    contact: Person | None = None


@dataclass(slots=True)
class Row:
    """One row of a list with its truth."""

    cells: list[str]
    site: Site


@dataclass(slots=True)
class Lists:
    """The rows of the three lists."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {"business": [], "tax": [], "permit": []})
