"""The administration of the ground: counties, towns, villages, district codes and names."""

from __future__ import annotations

from dataclasses import dataclass

from coastal_city import words
from coastal_city.dice import Dice
from coastal_city.ground.grid import Grid
from coastal_city.model import County, Town, Village

COUNTIES = (
    ("990302", "望潮区", "望潮", False, "", ""),
    ("990303", "澜东区", "澜东", False, "临瀛经济技术开发区", "990371"),
    ("990304", "金屿区", "金屿", False, "", ""),
    ("990305", "海晏区", "海晏", False, "海晏高新技术产业园区", "990305"),
    ("990381", "浦宁市", "浦宁", True, "浦宁经济开发区", "990381"),
    ("990322", "屿阳县", "屿阳", True, "", ""),
)


@dataclass(slots=True)
class Land:
    """All areas, and for each cell its district code and name."""

    counties: list[County]
    towns: list[Town]
    district_codes: list[str]
    district_names: list[str]


def make_land(dice: Dice, grid: Grid) -> Land:
    """Divide the cells among counties, towns and villages."""
    counties = [County(*row) for row in COUNTIES]
    blocks: dict[tuple[int, int], list[int]] = {}
    for cell, (i, j) in enumerate(grid.slots):
        blocks.setdefault((min(i // 4, (grid.columns - 1) // 4), j // 3), []).append(cell)
    cores = dice.shuffled([a + b for a in words.TOWN_A for b in words.TOWN_B if a != b])
    land = Land(counties, [], [""] * len(grid.slots), [""] * len(grid.slots))
    for rank, (key, cells) in enumerate(sorted(blocks.items())):
        right, top = (key[0] * 4) * 3 // grid.columns, (key[1] * 3) * 2 // grid.lines
        county = counties[(right + 3 * top) % 6]
        _add_town(dice, land, county, cores[rank % len(cores)], cells)
    return land


def _add_town(dice: Dice, land: Land, county: County, core: str, cells: list[int]) -> None:
    """Make one town from its cells and name its districts."""
    serial = len(county.towns) + 1
    kind, number = dice.case((0.42, ("街道", serial)), (0.45, ("镇", 100 + serial)), (0.13, ("乡", 200 + serial)))
    code = f"{county.code}{number:03d}"
    weight = (0.15 + dice.u()) ** 2 * {"街道": 1.6, "镇": 1.2, "乡": 0.3}[kind]
    villages = _villages(dice, core + kind, code, kind == "街道", cells, land)
    old = core + dice.pick(("镇", "乡")) if kind == "街道" and dice.chance(0.5) else ""
    town = Town(code, core + kind, core, county, villages, _roads(dice, core), weight, old)
    county.towns.append(town)
    land.towns.append(town)


def _villages(dice: Dice, town: str, code: str, urban: bool, cells: list[int], land: Land) -> list[Village]:
    """Cut the cells of a town into villages; big villages hold two districts."""
    out: list[Village] = []
    taken: set[str] = set()
    position = 0
    while position < len(cells):
        size = 2 if dice.chance(0.2) and position + 1 < len(cells) else 1
        core = dice.draw(words.VILLAGES)
        while core in taken:
            core = dice.draw(words.VILLAGES)
        taken.add(core)
        community = dice.chance(0.55 if urban else 0.12)
        name, formal = (core + "社区", core + "社区居民委员会") if community else (core + "村", core + "村村民委员会")
        part = cells[position : position + size]
        village = f"{code}{(len(out) + (1 if community else 200)):03d}"
        for serial, cell in enumerate(part):
            land.district_codes[cell] = f"{village}{serial + 1:03d}"
            land.district_names[cell] = f"{town}{formal}第{'一二'[serial]}普查小区"
        out.append(Village(name, formal, part))
        position += size
    return out


def _roads(dice: Dice, core: str) -> list[str]:
    """Return the road names of a town: common ones, own ones and their side roads."""
    roads: list[str] = [core + "路", core + "大道"] if dice.chance(0.5) else [core + "路"]
    while len(roads) < 12:
        road = (
            dice.draw(words.ROADS)
            if dice.chance(0.5)
            else dice.pick(words.ROAD_A)
            + dice.pick(words.ROAD_B)
            + dice.case((0.75, "路"), (0.17, "街"), (0.08, "大道"))
        )
        if road not in roads:
            roads.append(road)
    mains = [road for road in roads if road.endswith("路") and not road.startswith(("经", "纬"))]
    return [
        *roads,
        dice.pick(mains)[:-1] + "支路",
        dice.pick(mains).replace("路", "东路"),
        dice.pick(mains).replace("路", "西路"),
    ]
