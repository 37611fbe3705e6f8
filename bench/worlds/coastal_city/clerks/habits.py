"""Habits shared by the three agencies: codes, telephones, coordinates, areas, dates, trades."""

from __future__ import annotations

from coastal_city import codes, words
from coastal_city.model import Place, Site
from coastal_city.population.trades import BY_CODE, NEAR
from coastal_city.world import World

BLANKS = {"business": (0.085, 0.17, 0.16), "tax": (0.085, 0.19, 0.14), "permit": (0.15, 0.22, 0.2)}
WRONGS = {
    "business": (0.008, 0.006, 0.025, 0.05),
    "tax": (0.016, 0.008, 0.05, 0.3),
    "permit": (0.03, 0.014, 0.03, 0.32),
}


def code_cell(world: World, site: Site, kind: str, former: bool) -> str:
    """Return the code as the agency holds it: blank, old, mistyped, another's or the parent's."""
    dice, firm = world.dice, site.firm
    blanks = BLANKS[kind]
    blank = blanks[1] if firm.kind == "household" else blanks[2] if site.kind in ("branch", "works") else blanks[0]
    if dice.chance(0.95 if not firm.coded else blank):
        return ""
    typo, other, old, parent = WRONGS[kind]
    if kind == "permit" and site.host_code:
        return site.host_code
    own = firm.code if site.kind == "branch" and dice.chance(parent) else site.code
    if former and site.upgraded:
        own = site.upgraded
    point = dice.u()
    if point < typo:
        return codes.mistyped(dice, own)
    if point < typo + other:
        return dice.pick(world.firms).code
    if point < typo + other + old and site.founded < 2016:
        return codes.old_tax_number(own) if kind == "tax" or dice.chance(0.3) else site.number
    return own


def telephone(world: World, site: Site, kind: str) -> str:
    """Return the telephone on the row: the firm's, the agent's, the park's or the consultant's."""
    dice, firm = world.dice, site.firm
    agent = firm.agent
    if kind == "tax":
        number = dice.case((0.05, ""), (0.95, agent if agent and dice.chance(0.82) else site.phone))
    elif kind == "business":
        number = dice.case((0.09, ""), (0.91, agent if agent and dice.chance(0.28) else site.phone))
    else:
        park = site.place.park
        number = dice.case(
            (0.05, ""),
            (0.48, site.phone),
            (0.06, park.phone if park else site.phone),
            (0.05, dice.draw(world.consultants)),
            (0.36, words.mobile(dice)),
        )
    if number.startswith("0509-") and dice.chance(0.35):
        return number[5:] if dice.chance(0.6) else number.replace("-", "")
    return number if not dice.chance(0.004) else number[:-1]


def person(world: World, name: str, changed: float) -> str:
    """Return a representative, now and then a predecessor."""
    return words.person(world.dice) if world.dice.chance(changed) else name


def trade_cells(world: World, site: Site, doubt: float) -> tuple[str, str]:
    """Return trade code and name; a neighbour class or wholesale by doubt."""
    dice, trade = world.dice, site.trade
    if dice.chance(doubt):
        if trade.code in NEAR and dice.chance(0.7):
            return NEAR[trade.code]
        if dice.chance(0.25):
            trade = BY_CODE["5193"]
        else:
            return "", trade.name if dice.chance(0.3) else ""
    return trade.code, trade.name


def date(site: Site) -> tuple[int, int, int]:
    """Return the founding date."""
    serial = int(site.uid[1:])
    return site.founded, serial * 7 % 12 + 1, serial * 13 % 28 + 1


def seat_of(world: World, site: Site, stale: float) -> Place:
    """Return the registered seat as a list knows it, stale where the firm has moved."""
    firm = site.firm
    if site.kind == "old":
        return site.place
    if site.kind == "branch":
        return site.place
    if firm.old_seat is not None and world.dice.chance(stale):
        return firm.old_seat
    if site.kind == "works":
        first = world.first_place.get(firm.uid)
        return first if first is not None and world.dice.chance(0.8) else site.place
    return firm.seat or site.place


def areas(world: World, place: Place, town_share: float, village_share: float, wrong: float) -> tuple[str, str]:
    """Return township and village as the list has them."""
    dice, town, village = world.dice, place.town, place.village
    if dice.chance(wrong):
        if dice.chance(0.5):
            town = dice.pick(town.county.towns)
        village = dice.pick(town.villages)
    first = (town.old_name if town.old_name and dice.chance(0.08) else town.name) if dice.chance(town_share) else ""
    return first, village.name if dice.chance(village_share) else ""


def _text(lon: float, lat: float, digits: int) -> tuple[str, str]:
    return f"{lon:.{digits}f}", f"{lat:.{digits}f}"


def geocoded(world: World, place: Place, share: float) -> tuple[str, str]:
    """Return coordinates made from the address by a search service: street, park or town centre."""
    dice = world.dice
    if not dice.chance(share):
        return "", ""
    choice = dice.u()
    if place.park is not None and choice < 0.7:
        lon, lat = place.park.spots[0]
        return _text(lon, lat, 6)
    if choice < 0.8:
        return _text(place.lon + dice.normal() * 0.0018, place.lat + dice.normal() * 0.0016, 6)
    village = place.village if choice < 0.93 else place.town.villages[0]
    ring = world.places.grid.rings[village.cells[0]]
    return _text(sum(x for x, _ in ring) / 8, sum(y for _, y in ring) / 8, 6)


def measured(world: World, site: Site) -> tuple[str, str]:
    """Return coordinates as applicants enter them on the permit form."""
    dice, place = world.dice, site.place
    lon, lat = place.lon + dice.normal() * 0.00025, place.lat + dice.normal() * 0.00022
    choice = dice.u()
    if choice < 0.11:
        return "", ""
    if choice < 0.62:
        return _text(lon, lat, 6)
    if choice < 0.72:
        return _text(lon, lat, 4)
    if choice < 0.82:
        return _text(lon + 0.0046 + dice.normal() * 0.0002, lat - 0.0024 + dice.normal() * 0.0002, 6)
    if choice < 0.92 and place.park is not None:
        return _text(*place.park.spots[0], 6)
    if choice < 0.95:
        return _text(lon, lat, 2)
    if choice < 0.975:
        seat = seat_of(world, site, 0.5)
        return _text(seat.lon, seat.lat, 5)
    if choice < 0.982:
        return _text(lat, lon, 6)
    if choice < 0.99:
        return _minutes(lon), _minutes(lat)
    return _text(lon, lat, 6)


def _minutes(value: float) -> str:
    """Write degrees, then minutes and seconds as if they were decimals."""
    whole = int(value)
    minutes = int((value - whole) * 60)
    seconds = int(((value - whole) * 60 - minutes) * 60)
    return f"{whole}.{minutes:02d}{seconds:02d}"
