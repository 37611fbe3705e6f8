"""Companies: single plants, several plants, shells at agents' desks, and owners with two licences."""

from __future__ import annotations

from dataclasses import replace

from river_prefecture.ground.places import CITY
from river_prefecture.ground.spots import Spot, agent_spot
from river_prefecture.population.maker import Maker
from river_prefecture.population.people import Person
from river_prefecture.population.small import farm_size, household
from river_prefecture.population.trades import BY_KEY, FARM, FIRM_INDUSTRY, FIRM_SERVICE, OPEN_AIR, Trade
from river_prefecture.units import Unit
from river_prefecture.vocab import numeral

PARTNER = {
    "pig": "manure",
    "rice": "feed",
    "brick": "quarry",
    "saw": "biomass",
    "quarry": "concrete",
    "oil": "feed",
    "wine": "meal",
    "door": "iron",
    "scrap": "pellet",
    "plastic": "scrap",
    "tea": "shop",
    "noodle": "rice",
    "bamboo": "saw",
}


def firm_name(maker: Maker, trade: Trade, county: int, year: int, brand: str) -> str:
    """A company name; unique in the prefecture's register."""
    dice = maker.dice
    place = maker.country.counties[county]
    full = place.former if place.former and year < 2024 else place.name
    head = (
        full
        if full.endswith("县") and dice.chance(0.62)
        else full[:-1]
        if dice.chance(0.15)
        else CITY
        if dice.chance(0.45)
        else "潋川"
    )
    head = "南江" if dice.chance(0.1) else head
    tail = "有限责任公司" if dice.chance(0.22 if year < 2014 else 0.06) else "有限公司"
    tail = dice.pick(["厂", "有限公司"]) if year < 2004 and trade.scope else tail
    word = dice.pick(trade.firm)
    if tail == "厂":
        return head + brand + dice.pick(trade.house)
    if dice.chance(0.04):
        return f"{brand}{word}（{head.rstrip('市县区')}）{tail}"
    return head + brand + word + tail


def unique_name(maker: Maker, trade: Trade, county: int, year: int, brand: str = "") -> tuple[str, str]:
    """Draw names until the register accepts one."""
    for _ in range(12):
        stem = brand or maker.brand()
        name = firm_name(maker, trade, county, year, stem)
        if name not in maker.taken:
            break
    maker.taken.add(name)
    return name, stem


def _former_name(maker: Maker, unit: Unit, trade: Trade) -> None:
    """A tenth of the firms had another name; old works bore the county's or the township's name."""
    dice = maker.dice
    old = maker.country.counties[1].former
    if unit.county == 1 and old in unit.name and dice.chance(0.28):
        unit.former, unit.renamed, unit.regional_rename = unit.name, dice.between(2024, 2026), True
        unit.name = unit.name.replace(old, dice.pick(["潋川市潋东区", "潋东区", "潋川市"]))
        return
    if not dice.chance(0.11) or unit.year > 2023:
        return
    unit.former, unit.renamed = unit.name, dice.between(max(unit.year + 1, 2010), 2026)
    if dice.chance(0.3) and unit.year < 2012:
        town = maker.country.towns[maker.country.villages[unit.registered.village].town]
        unit.former = (
            maker.county_word(unit.county, 2000)
            + dice.pick([town.stem, "", (town.former or town.name)])
            + dice.pick(trade.house)
        )
    unit.name = unique_name(maker, trade, unit.county, unit.renamed)[0]


def company(
    maker: Maker, trade: Trade, on: tuple[float, float, float], spot: Spot, brand: str = "", owner: Person | None = None
) -> Unit:
    """A company with one site; a quarter registered elsewhere."""
    dice = maker.dice
    village = maker.country.villages[spot.village]
    person = owner or maker.owner(village, spot.county, 0.13)
    year = maker.year(1995, 1.8)
    name, stem = unique_name(maker, trade, spot.county, year, brand)
    registered = maker.office(village.town) if dice.chance(0.26) else spot
    unit = maker.register("91", name, spot.county, year, person, registered)
    _former_name(maker, unit, trade)
    site = maker.site(unit, unit.name, trade, spot, on)
    site.short = stem + dice.pick(trade.firm)
    unit.agent = registered.kind == "agent"
    return unit


def works(maker: Maker) -> Unit:
    """An industrial company; every fourteenth has more plants, some moved."""
    dice = maker.dice
    trade = dice.draw(FIRM_INDUSTRY)
    unit = company(
        maker,
        trade,
        (0.89, 0.83, 0.25 + 0.75 * trade.permit),
        maker.place(maker.town(), 0.04 if trade.key in OPEN_AIR else 0.40, 0.06),
    )
    if dice.chance(0.075):
        more_plants(maker, unit, dice.between(1, 2))
    elif dice.chance(0.02):
        moved(maker, unit)
    elif dice.chance(0.05) and unit.year > 2012:
        _was_household(maker, unit)
    maker.close(unit, 0.09)
    return unit


def _was_household(maker: Maker, unit: Unit) -> None:
    """个转企: the same works was a household before; its cancelled licence is still listed."""
    site = unit.sites[0]
    word = maker.dice.pick(site.trade.house)
    stem = site.short[:2] if maker.dice.chance(0.6) else unit.owner.name
    town = maker.country.towns[maker.country.villages[site.spot.village].town]
    name = maker.county_word(unit.county, unit.year - 4) + town.name + stem + word
    shadow = maker.register("92", name, unit.county, unit.year - maker.dice.between(2, 5), unit.owner, site.spot)
    site.origin = (name, shadow.code or shadow.regno, shadow.year)


def more_plants(maker: Maker, unit: Unit, count: int) -> None:
    """Plants without licence of their own, and registered branches."""
    dice = maker.dice
    base = unit.sites[0]
    for k in range(count):
        t = maker.country.villages[base.spot.village].town
        t = t if dice.chance(0.4) else maker.town()
        spot = maker.place(t, 0.3, 0.0)
        town = maker.country.towns[maker.country.villages[spot.village].town]
        if dice.chance(0.35):
            label = dice.pick(
                [town.stem + "分公司", town.stem + "分厂", town.stem + "分公司", numeral(k + 2) + "分公司"]
            )
            site = maker.site(unit, unit.name + label, base.trade, spot, (0.85, 0.6, 0.7))
            maker.license_branch(unit, site)
        else:
            n = numeral(k + 2)
            label = dice.pick(
                [f"{n}分厂", f"{n}厂", f"第{n}分厂", f"{n}车间", f"{town.stem}厂区", f"{town.stem}分厂", "新厂区"]
            )
            site = maker.site(unit, unit.name + label, base.trade, spot, (0.04, 0.12, 0.9))
        site.alone = label
        site.short = base.short + label
        site.head = maker.owner(maker.country.villages[spot.village], spot.county, 0.0) if dice.chance(0.6) else None
    if dice.chance(0.35):
        base.alone = dice.pick(["一分厂", "老厂", "本部", "一厂", "老厂区"])


def moved(maker: Maker, unit: Unit) -> None:
    """The plant moved; the old place remains on a list as a closed site of the same unit."""
    base = unit.sites[0]
    spot = maker.place(maker.country.villages[base.spot.village].town, 0.1, 0.0)
    site = maker.site(unit, unit.name, base.trade, spot, (0.0, 0.15, 0.95))
    site.short, site.closed, site.scope, site.serial = base.short, maker.dice.between(2017, 2025), False, 1
    base.serial = 2 if maker.dice.chance(0.5) else 1


def service(maker: Maker) -> Unit:
    """A company outside industry."""
    trade = maker.dice.draw(FIRM_SERVICE)
    spot = maker.place(maker.town(rural=False), 0.06, 0.72)
    unit = company(maker, trade, (0.94, 0.82, trade.permit), spot)
    maker.close(unit, 0.11)
    return unit


def ranch(maker: Maker) -> Unit:
    """A company that keeps livestock, mostly large."""
    trade = maker.dice.draw(FARM)
    unit = company(
        maker, trade, (0.92, 0.7, 0.7 if trade.code != "0412" else 0.05), maker.place(maker.town(), 0.0, 0.0)
    )
    farm_size(maker, unit, maker.dice.chance(0.75) and trade.code != "0412")
    maker.close(unit, 0.1)
    return unit


def shell(maker: Maker) -> Unit:
    """A company that exists at an agent's desk only."""
    trade = maker.dice.draw(FIRM_SERVICE)
    county = maker.country.towns[maker.town()].county
    spot = agent_spot(maker.dice, maker.country, county)
    unit = company(maker, trade, (0.96, 0.72, 0.0), spot)
    unit.registered, unit.agent = spot, True
    maker.close(unit, 0.2)
    return unit


def twin(maker: Maker) -> list[Unit]:
    """One owner, two licences, two trades in one yard: two legal units that keep separate accounts."""
    dice = maker.dice
    key = dice.pick(sorted(PARTNER))
    first, second = BY_KEY[key], BY_KEY[PARTNER[key]]
    one = household(maker, first, (0.85, 0.6, first.permit), 0.05)
    if first.code.startswith("03"):
        farm_size(maker, one, dice.chance(0.6))
    spot = replace(one.sites[0].spot)
    brand = one.sites[0].short[:2] if dice.chance(0.5) and not one.name.startswith(one.owner.name) else ""
    two = company(maker, second, (0.95, 0.8, second.permit), spot, brand, one.owner)
    two.registered = spot
    return [one, two]
