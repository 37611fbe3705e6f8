"""Counties, townships and villages of the invented prefecture 潋川市 (province 南江省)."""

from __future__ import annotations

from dataclasses import dataclass, field

from river_prefecture.dice import Dice
from river_prefecture.ground.mesh import Mesh, Point, build_mesh, point_in
from river_prefecture.vocab import GROUP_NAMES, PLACE_HEAD, PLACE_TAIL, SLOGAN_VILLAGES, STREETS, SURNAMES, numeral

PROVINCE, CITY = "南江省", "潋川市"
REFORM = 20240618
LANDMARKS = (
    "老粮站 供销社 村部 小学 卫生室 加油站 水库大坝 老砖厂 渡口 大樟树 三岔路口 敬老院 电排站 兽医站 种子站 林场 信用社 "
    "石拱桥 高速出口 变电站 老农机站 祠堂 G241国道 S218省道 S312省道 老茶场 中学 国道岔路口 公路养护站 老油榨"
).split()


PARK_ROADS = ("兴业路", "创业大道", "工业大道", "科技路", "园区一路", "园区二路")


@dataclass(slots=True)
class Village:
    """A village or residents' committee; one or two census districts."""

    name: str
    town: int
    cells: list[int]
    urban: bool
    former: str
    groups: list[str]
    spots: list[Point]
    landmarks: list[tuple[str, Point]]
    surnames: list[str]
    generation: str
    code: str = ""


@dataclass(slots=True)
class Town:
    """A township, town or street office."""

    name: str
    stem: str
    former: str
    county: int
    seat: int
    streets: list[tuple[str, int]] = field(default_factory=list)
    villages: list[int] = field(default_factory=list)
    code: str = ""


@dataclass(slots=True)
class Park:
    """An industrial park: one address for hundreds of firms."""

    name: str
    former: str
    village: int
    cell: int
    roads: list[str]


@dataclass(slots=True)
class County:
    """A county; ``former`` and ``former_area`` are what it was called before the reform."""

    name: str
    area: str
    former: str
    former_area: str
    towns: list[int] = field(default_factory=list)
    parks: list[Park] = field(default_factory=list)
    agents: list[tuple[str, int]] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """The name without its last character."""
        return self.name[:-1]


@dataclass(slots=True)
class Country:
    """The whole map with its names."""

    mesh: Mesh
    counties: list[County]
    towns: list[Town]
    villages: list[Village]
    cell_codes: list[str]
    cell_names: list[str]


def _counties() -> list[County]:
    return [
        County("潋城区", "990102", "", ""),
        County("潋东区", "990103", "桑陂县", "990124"),
        County("禾坪县", "990121", "", ""),
        County("石渡县", "990122", "", ""),
        County("云垭县", "990123", "", ""),
    ]


def _gap(a: Point, b: Point) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _seats(dice: Dice, mesh: Mesh) -> list[int]:
    """Cells of the township seats; the first five are the county seats."""
    xs = [c[0] for c in mesh.centres]
    ys = [c[1] for c in mesh.centres]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    wanted = [(0.48, 0.5), (0.82, 0.6), (0.2, 0.78), (0.3, 0.18), (0.75, 0.15)]
    seats: list[int] = []
    for u, v in wanted:
        target = (min(xs) + u * wide, min(ys) + v * high)
        seats.append(min(range(len(xs)), key=lambda i: _gap(mesh.centres[i], target)))
    least = (0.0235 * 2.7) ** 2
    for cell in dice.shuffled(range(len(xs))):
        if all(_gap(mesh.centres[cell], mesh.centres[s]) >= least for s in seats):
            seats.append(cell)
    return seats


def _stem(dice: Dice, taken: set[str], slogans: float) -> str:
    """A place name not yet taken."""
    while True:
        stem = dice.pick(SLOGAN_VILLAGES) if dice.chance(slogans) else dice.pick(PLACE_HEAD) + dice.pick(PLACE_TAIL)
        if stem not in taken or len(taken) > 1000:
            taken.add(stem)
            return stem


def _towns(dice: Dice, mesh: Mesh, counties: list[County]) -> list[Town]:
    towns: list[Town] = []
    taken: set[str] = set()
    for number, seat in enumerate(_seats(dice, mesh)):
        here = mesh.centres[seat]
        county = (
            number
            if number < 5
            else min(range(5), key=lambda i: _gap(here, mesh.centres[towns[i].seat]) * (0.55 if i else 1.6))
        )
        stem = _stem(dice, taken, 0.0)
        if number < 5:
            kind = "街道" if number < 2 else "镇"
            stem = stem if number < 2 else ("禾阳", "城关", "城关")[number - 2]
        else:
            kind = "镇" if dice.chance(0.62) else "乡"
            kind = "街道" if county == 0 and dice.chance(0.45) else kind
        former = _stem(dice, taken, 0.0) + "乡" if dice.chance(0.2) and kind != "街道" and number > 4 else ""
        if not former and kind == "镇" and number > 4 and dice.chance(0.3):
            former = stem + "乡"
        former = stem + "镇" if number == 1 else former
        town = Town(stem + kind, stem, former, county, seat)
        town.streets = [(s, dice.between(40, 420)) for s in dice.shuffled(STREETS)[: 14 if number < 5 else 4]]
        towns.append(town)
        counties[county].towns.append(number)
    return towns


def _groups(dice: Dice) -> list[str]:
    count = dice.between(6, 14)
    if dice.chance(0.3):
        return [name + "组" for name in dice.shuffled(GROUP_NAMES)[:count]]
    return [numeral(i + 1) for i in range(count)]


def _village(dice: Dice, mesh: Mesh, town: int, cells: list[int], name: str, former: str, urban: bool) -> Village:
    groups = _groups(dice)
    spots = []
    for _ in groups:
        cell = dice.pick(cells)
        spots.append(point_in(dice, mesh.rings[cell], mesh.centres[cell], 0.8))
    marks = []
    for mark in dice.shuffled(LANDMARKS)[: dice.between(3, 6)]:
        cell = dice.pick(cells)
        marks.append((mark, point_in(dice, mesh.rings[cell], mesh.centres[cell], 0.75)))
    marks.append((name + "桥头", point_in(dice, mesh.rings[cells[0]], mesh.centres[cells[0]], 0.7)))
    surnames = [dice.draw(SURNAMES) for _ in range(3)]
    generation = dice.pick("建国德光永世正友祖先家克志文") + dice.pick("大春立振玉忠长海宏少")
    return Village(name, town, cells, urban, former, groups, spots, marks, surnames, generation)


def _villages(dice: Dice, mesh: Mesh, towns: list[Town]) -> list[Village]:
    homes: list[list[int]] = [[] for _ in towns]
    for cell, centre in enumerate(mesh.centres):
        homes[min(range(len(towns)), key=lambda t: _gap(centre, mesh.centres[towns[t].seat]))].append(cell)
    villages: list[Village] = []
    for number, town in enumerate(towns):
        taken: set[str] = set()
        free = [c for c in homes[number] if c != town.seat]
        seat_cells = [town.seat]
        if town.seat + 1 in free and (town.seat + 1) % mesh.columns and dice.chance(0.9 if number < 5 else 0.35):
            seat_cells.append(town.seat + 1)
            free.remove(town.seat + 1)
        for cells in [seat_cells, *([c] for c in free)]:
            urban = cells is seat_cells or dice.chance(0.35 if town.name.endswith("街道") else 0.03)
            first = town.stem if cells is seat_cells else ""
            stem = first or _stem(dice, taken, 0.3)
            taken.add(stem)
            former = _stem(dice, taken, 0.3) if dice.chance(0.28) and not urban else ""
            town.villages.append(len(villages))
            villages.append(_village(dice, mesh, number, cells, stem, former, urban))
    return villages


def _codes(country: Country) -> None:
    """Fifteen-digit codes: county, town, village, district."""
    for county in country.counties:
        counters = {"街道": 0, "镇": 99, "乡": 199}
        for t in county.towns:
            town = country.towns[t]
            kind = "街道" if town.name.endswith("街道") else town.name[-1]
            counters[kind] += 1
            town.code = county.area + f"{counters[kind]:03d}"
            serial = {True: 0, False: 199}
            for v in town.villages:
                village = country.villages[v]
                serial[village.urban] += 1
                village.code = town.code + f"{serial[village.urban]:03d}"
                full = village.name + ("社区居民委员会" if village.urban else "村民委员会")
                for k, cell in enumerate(village.cells):
                    country.cell_codes[cell] = village.code + f"{k + 1:03d}"
                    tail = f"第{numeral(k + 1)}普查小区" if len(village.cells) > 1 else ""
                    country.cell_names[cell] = full + tail


def _parks(dice: Dice, country: Country) -> None:
    """One or two parks and two agents' addresses for each county."""
    for number, county in enumerate(country.counties):
        seat = country.towns[county.towns[0]]
        for k in range(2 if number < 2 else 1):
            v = seat.villages[min(k + 1, len(seat.villages) - 1)]
            cell = country.villages[v].cells[0]
            stem = county.stem + ("经济开发区" if number == 1 else "工业园" if k else "工业集中区")
            former = county.former[:-1] + "县工业园" if county.former else ""
            county.parks.append(Park(stem, former, v, cell, dice.shuffled(PARK_ROADS)[:3]))
        for place in ("商务中心B座", "创业孵化基地", "政务中心旁写字楼")[: 2 if number else 3]:
            street, longest = dice.pick(seat.streets)
            county.agents.append((f"{street}{dice.between(1, longest)}号{place}", seat.villages[0]))


def build_country(dice: Dice, districts: int) -> Country:
    """The map with about the given number of census districts."""
    mesh = build_mesh(dice, districts)
    counties = _counties()
    towns = _towns(dice, mesh, counties)
    villages = _villages(dice, mesh, towns)
    blank = [""] * len(mesh.rings)
    country = Country(mesh, counties, towns, villages, blank, list(blank))
    _codes(country)
    _parks(dice, country)
    return country
