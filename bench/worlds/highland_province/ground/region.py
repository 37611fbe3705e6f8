"""The region at work: choosing places and people, and numbering units and sites."""

from highland_province.codes import credit_code, organisation_code, registration_number
from highland_province.dice import Dice, Table
from highland_province.ground.grid import Ground
from highland_province.ground.places import COUNTIES, NUMERALS, Tree
from highland_province.lexicon import HIGHWAYS, ROADS
from highland_province.model import Name, Person, Site, Spot, Unit
from highland_province.population.tongues import Spelled, person_name, toponym
from highland_province.population.trades import Industry, industrial

TAX_REACH, PERMIT_REACH = 1.12, 0.76  # how thoroughly the two offices went through the province
WEIGHTS = {
    "village": {"seat": 1.0, "town": 1.2, "village": 1.0, "farm": 0.5},
    "town": {"seat": 7.0, "town": 3.5, "village": 0.45, "farm": 0.4},
    "any": {"seat": 3.0, "town": 2.0, "village": 0.8, "farm": 0.5},
}


class Region:
    """Places, people and counters shared by all who found units."""

    def __init__(self, dice: Dice, tree: Tree, ground: Ground) -> None:
        """Settle hamlets, parks, agents and bookkeepers."""
        self.dice, self.tree, self.ground = dice, tree, ground
        self.sites: list[Site] = []
        self.units: list[Unit] = []
        self._places = {
            kind: Table([(i, w[d.kind]) for i, d in enumerate(tree.districts)]) for kind, w in WEIGHTS.items()
        }
        self.taken: set[str] = set()  # names already registered
        self._organisations: set[str] = set()
        self._hearts: dict[tuple[int, str], tuple[float, float]] = {}
        self.hamlets = [self._hamlets(i) for i in range(len(tree.districts))]
        self.owners: list[list[Person]] = [[] for _ in COUNTIES]
        self.agents = [[self._phone() for _ in range(4)] for _ in COUNTIES]
        self.accountants = [[self.citizen(c) for _ in range(12)] for c in range(len(COUNTIES))]
        self.parks = [self._park(c) for c in range(len(COUNTIES))]
        self.clusters = [self._cluster(c) for c in range(len(COUNTIES))]

    def _hamlets(self, district: int) -> list[Spelled]:
        """The natural villages of a district; the first bears the village's name."""
        county = self.county(district)
        kind = self.tree.districts[district]
        if kind.kind == "farm":
            return [Spelled(NUMERALS[i] + "队") for i in range(self.dice.between(4, 9))]
        north = COUNTIES[county].north
        return [kind.name] + [toponym(self.dice, north, 0.5) for _ in range(self.dice.between(2, 6))]

    def _park(self, county: int) -> int:
        """The district in which the county's industrial park lies."""
        mine = [i for i, d in enumerate(self.tree.districts) if self.county(i) == county and d.kind != "farm"]
        return mine[min(len(mine) - 1, 1)]

    def _cluster(self, county: int) -> Spot:
        """The room at which agents register paper firms of the county."""
        spot = self.spot("town", self.seat(county))
        spot.hamlet = Spelled(self.dice.pick(ROADS))
        spot.detail = self.dice.pick(("88号政务服务中心三楼集群注册托管", "12号电商产业园二楼"))
        return spot

    def county(self, district: int) -> int:
        """The county a district lies in."""
        return self.tree.townships[self.tree.districts[district].township].county

    def village(self, county: int) -> int:
        """Any district of the county outside the farms."""
        mine = [i for t in self.tree.townships if t.county == county and not t.farm for i in t.districts]
        return self.dice.pick(mine)

    def stem(self, district: int) -> Spelled:
        """The local name that units there put into theirs."""
        place = self.tree.districts[district]
        return self.tree.townships[place.township].name if place.kind == "farm" else place.name

    def centre(self, district: int) -> int:
        """The district where the township has its seat."""
        return self.tree.townships[self.tree.districts[district].township].districts[0]

    def seat(self, county: int) -> int:
        """The district where the county has its seat."""
        return next(t.districts[0] for t in self.tree.townships if t.county == county)

    def spot(self, kind: str, district: int | None = None) -> Spot:
        """A new door of the given kind of place."""
        dice = self.dice
        if district is None:
            district = dice.from_table(
                self._places["village" if kind == "highway" else kind if kind in WEIGHTS else "any"]
            )
            if kind == "park":
                district = self.parks[self.county(district)]
        place = self.tree.districts[district]
        hamlet = dice.pick(self.hamlets[district])
        if kind == "park":
            return self._door(district, "park", hamlet, self._hall(), 0.35)
        if place.kind in ("seat", "town") and kind != "village":
            number = "" if dice.chance(0.12) else f"{dice.between(1, 260)}号"
            return self._door(district, "street", Spelled(dice.pick(ROADS)), number, 0.3)
        if kind == "highway" and dice.chance(0.6):
            detail = f"{dice.pick(HIGHWAYS)}{dice.between(1, 900)}公里处"
            return self._door(district, "highway", hamlet, detail, 0.9)
        number = f"{dice.between(1, 120)}号" if dice.chance(0.45) else ""
        return self._door(district, "village", hamlet, number, 0.95)

    def _hall(self) -> str:
        """A place inside an industrial park, often none at all."""
        dice = self.dice
        if dice.chance(0.5):
            return ""
        if dice.chance(0.5):
            return f"标准厂房{dice.between(1, 12)}栋"
        return f"{dice.pick(('A', 'B', 'C', '绿色食品加工', '冶金'))}区"

    def _door(self, district: int, kind: str, hamlet: Spelled, detail: str, spread: float) -> Spot:
        spot = Spot(district, *self.ground.point(self.dice, district, spread), kind, hamlet, detail)
        if kind == "village":
            self.move_to(spot, hamlet)
        spot.x, spot.y = self.ground.inward(district, spot.x, spot.y)
        return spot

    def move_to(self, spot: Spot, hamlet: Spelled) -> None:
        """Put a door into a hamlet: near the hamlet's own place, some hundred metres around."""
        key = spot.district, hamlet.official
        if key not in self._hearts:
            self._hearts[key] = self.ground.point(self.dice, spot.district, 0.85)
        (hx, hy), share = self._hearts[key], 0.25 * self.dice.unit() ** 1.5
        spot.x, spot.y = hx + (spot.x - hx) * share, hy + (spot.y - hy) * share
        spot.x, spot.y = self.ground.inward(spot.district, spot.x, spot.y)
        spot.hamlet = hamlet

    def beside(self, spot: Spot) -> Spot:
        """The same door once more, as another unit uses it."""
        return Spot(spot.district, spot.x, spot.y, spot.kind, spot.hamlet, spot.detail)

    def _phone(self) -> str:
        dice = self.dice
        return dice.pick(("138", "139", "135", "150", "159", "187", "189", "133", "180")) + dice.digits(8)

    def landline(self, county: int) -> str:
        """A fixed line of the county."""
        area = "0896" if COUNTIES[county].north else "0869"
        return f"{area}-{self.dice.pick('2345678')}{self.dice.digits(6)}"

    def citizen(self, county: int) -> Person:
        """A citizen of the county."""
        return Person(person_name(self.dice, COUNTIES[county].north), self._phone())

    def owner(self, county: int, again: float = 0.08) -> Person:
        """An owner: now and then one who already has a firm in the county."""
        pool = self.owners[county]
        if pool and self.dice.chance(again):
            return self.dice.pick(pool)
        pool.append(self.citizen(county))
        return pool[-1]

    def unit(self, name: Name, owner: Person, prefix: str = "91", closed: bool = False) -> Unit:
        """A new legal unit with its numbers."""
        dice, area = self.dice, COUNTIES[name.county].code
        household = prefix == "92"
        code = credit_code(prefix, area, self._organisation())
        self.taken.add(name.official())
        year = dice.between(1998, 2016) if closed else 2027 - int(27 * dice.unit() ** 1.6)
        founded = f"{year}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"
        unit = Unit(
            f"U{len(self.units):06d}",
            code,
            registration_number(dice, area, household),
            name,
            owner,
            household,
            founded,
            public=prefix == "12",
            closed=closed,
        )
        self.units.append(unit)
        return unit

    def _organisation(self) -> str:
        """An organisation code nobody has yet."""
        code = organisation_code(self.dice)
        while code in self._organisations:
            code = organisation_code(self.dice)
        self._organisations.add(code)
        return code

    def branch_code(self, county: int) -> str:
        """The code of a branch with a licence of its own."""
        return credit_code("91", COUNTIES[county].code, self._organisation())

    def site(self, unit: Unit, spot: Spot, industry: Industry, **more: object) -> Site:
        """A new site of a unit; by default under the unit's own name and code."""
        given = {
            "name": unit.name,
            "code": unit.code,
            "registered": spot,
            "in_scope": industrial(industry) and not unit.closed,
            "phone": unit.owner.phone,
            **more,
        }
        site = Site(f"S{len(self.sites):06d}", unit, spot=spot, industry=industry, **given)  # type: ignore[arg-type]
        self.sites.append(site)
        return site

    def presence(self, business: float, tax: float, permit: float, lines: int = 1) -> tuple[int, int, int]:
        """On which lists a site stands; at least on one."""
        dice = self.dice
        on = (
            int(dice.chance(business)),
            int(dice.chance(min(0.97, tax * TAX_REACH))),
            lines if dice.chance(permit * PERMIT_REACH) else 0,
        )
        if any(on):
            return on
        return (1, 0, 0) if business >= max(tax, permit) else (0, 1, 0) if tax > permit else (0, 0, lines)
