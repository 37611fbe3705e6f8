"""Where a site stands, and how different clerks write it down."""

from __future__ import annotations

from dataclasses import dataclass, replace

from river_prefecture.dice import Dice
from river_prefecture.ground.mesh import Point, inside, point_in
from river_prefecture.ground.places import CITY, PROVINCE, Country, Village
from river_prefecture.vocab import numeral

BEARINGS = ("东", "西", "南", "北")


@dataclass(slots=True)
class Spot:
    """A true place with the things a person would name to find it."""

    kind: str
    county: int
    village: int
    cell: int
    point: Point
    group: int = -1
    mark: str = ""
    bearing: str = ""
    metres: int = 0
    road: str = ""
    number: int = 0
    room: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """Habits of one office: shares of what is written."""

    province: float
    city: float
    county: float
    old_county: float
    old_town: float
    old_village: float
    mark: float
    both: float
    drop_village: float


def _near(dice: Dice, country: Country, cell: int, point: Point, width: float) -> Point:
    """A point close to another one, kept inside the cell."""
    for _ in range(6):
        near = (point[0] + dice.spread(width), point[1] + dice.spread(width))
        if inside(country.mesh.rings[cell], near):
            return near
    return point


def cell_of(country: Country, village: Village, point: Point) -> int:
    """The cell of the village in which the point lies."""
    for cell in village.cells:
        if inside(country.mesh.rings[cell], point):
            return cell
    return village.cells[0]


def rural_spot(dice: Dice, country: Country, v: int) -> Spot:
    """Somewhere in a village, known by its group and perhaps by a landmark."""
    village = country.villages[v]
    group = dice.below(len(village.groups))
    base, mark, bearing, metres = village.spots[group], "", "", 0
    if dice.chance(0.42):
        mark, base = dice.pick(village.landmarks)
        group = min(
            range(len(village.spots)),
            key=lambda g: abs(village.spots[g][0] - base[0]) + abs(village.spots[g][1] - base[1]),
        )
        bearing, metres = dice.pick(BEARINGS), dice.pick((20, 30, 50, 80, 100, 150, 200, 300, 500))
    cell = cell_of(country, village, base)
    county = country.towns[village.town].county
    point = _near(dice, country, cell, base, 0.0011)
    return Spot("group", county, v, cell, point, group, mark, bearing, metres)


def street_spot(dice: Dice, country: Country, t: int) -> Spot:
    """A house in the street of a township's seat."""
    town = country.towns[t]
    v = town.villages[0]
    village = country.villages[v]
    road, longest = dice.pick(town.streets)
    cell = village.cells[hash_road(road) % len(village.cells)]
    ring, centre = country.mesh.rings[cell], country.mesh.centres[cell]
    room = dice.pick(["1楼", "一楼门面", "101", "2栋3号门面", "门面"]) if dice.chance(0.15) else ""
    point = point_in(dice, ring, centre, 0.45)
    return Spot("street", town.county, v, cell, point, road=road, number=dice.between(1, longest), room=room)


def hash_road(road: str) -> int:
    """A stable small number for a road."""
    return sum(ord(c) for c in road)


def park_spot(dice: Dice, country: Country, county: int) -> Spot:
    """A plot in an industrial park."""
    k = dice.below(len(country.counties[county].parks))
    park = country.counties[county].parks[k]
    ring, centre = country.mesh.rings[park.cell], country.mesh.centres[park.cell]
    road = dice.pick(park.roads) if dice.chance(0.4) else ""
    room = dice.pick("ABC") + f"{dice.between(1, 12)}栋" if dice.chance(0.3) else ""
    return Spot(
        "park",
        county,
        park.village,
        park.cell,
        point_in(dice, ring, centre, 0.6),
        group=k,
        road=road,
        number=dice.between(1, 60),
        room=room,
    )


def agent_spot(dice: Dice, country: Country, county: int) -> Spot:
    """A desk at an agent's address."""
    text, v = dice.pick(country.counties[county].agents)
    cell = country.villages[v].cells[0]
    return Spot(
        "agent",
        county,
        v,
        cell,
        country.mesh.centres[cell],
        road=text,
        room=f"{dice.between(2, 6)}{dice.between(1, 20):02d}室",
    )


def misnamed(dice: Dice, country: Country, spot: Spot) -> Spot:
    """The same place, named after another village of the township."""
    town = country.towns[country.villages[spot.village].town]
    return replace(spot, village=dice.pick(town.villages), group=0)


def _region(dice: Dice, country: Country, spot: Spot, style: Style, old: bool) -> str:
    county = country.counties[spot.county]
    name = county.name
    if county.former:
        if old or dice.chance(style.old_county):
            name = county.former
        elif dice.chance(0.05):
            name = f"{county.name}（原{county.former}）"
    text = PROVINCE if dice.chance(style.province) else ""
    text += CITY if text or dice.chance(style.city) else ""
    return text + name if dice.chance(style.county) else text and text + name


def group_text(dice: Dice, village: Village, group: int) -> str:
    """A villagers' group in one of the usual manners."""
    label = village.groups[group % len(village.groups)]
    if label.endswith("组"):
        return label if dice.chance(0.8) else label[:-1]
    number = village.groups.index(label) + 1
    form = dice.below(10)
    if form < 4:
        return f"{label}组"
    if form < 7:
        return f"{number}组"
    return (f"第{label}村民小组", f"{label}队", f"第{number}组")[form - 7]


def mark_text(dice: Dice, spot: Spot) -> str:
    """A landmark with a word of relation."""
    form = dice.below(10)
    if form < 3:
        return spot.mark + "旁"
    if form < 6:
        return f"{spot.mark}{spot.bearing}{spot.metres}米"
    if form < 8:
        return f"{spot.mark}往{spot.bearing}{spot.metres}米处"
    return spot.mark + dice.pick(["附近", "对面", "边上", "旁边"])


def _rural(dice: Dice, country: Country, spot: Spot, style: Style) -> str:
    village = country.villages[spot.village]
    town = country.towns[village.town]
    text = town.former if town.former and dice.chance(style.old_town) else town.name
    if village.urban:
        label = village.name + dice.pick(["社区", "社区", "居委会"])
    else:
        label = village.name + dice.pick(["村", "村", "村", "村", "村", "村委会"])
    if village.former and dice.chance(style.old_village):
        label = village.former + "村" if dice.chance(0.6) else f"{label}（原{village.former}村）"
    if spot.kind == "street":
        return text + spot.road + (f"{spot.number}号{spot.room}" if dice.chance(0.75) else "")
    if not dice.chance(style.drop_village):
        text += label
    if spot.mark and dice.chance(style.mark):
        text += group_text(dice, village, spot.group) if dice.chance(style.both) else ""
        return text + mark_text(dice, spot)
    return text + (group_text(dice, village, spot.group) if dice.chance(0.88) else "")


def _park(dice: Dice, country: Country, spot: Spot) -> str:
    park = country.counties[spot.county].parks[spot.group]
    name = park.former if park.former and dice.chance(0.25) else park.name
    if dice.chance(0.3):
        name += "内"
    if spot.road and dice.chance(0.7):
        return name + spot.road + (f"{spot.number}号" if dice.chance(0.8) else "")
    return name + (spot.room if dice.chance(0.7) else "")


def write_address(dice: Dice, country: Country, spot: Spot, style: Style, old: bool) -> str:
    """An address as the office writes it; ``old`` if written before the county became a district."""
    region = _region(dice, country, spot, style, old)
    if spot.kind == "park":
        return region + _park(dice, country, spot)
    if spot.kind == "agent":
        return region + spot.road + spot.room
    return region + _rural(dice, country, spot, style)


__all__ = [
    "Spot",
    "Style",
    "agent_spot",
    "misnamed",
    "numeral",
    "park_spot",
    "rural_spot",
    "street_spot",
    "write_address",
]
