"""Households, farms, cooperatives and villages' collectives."""

from __future__ import annotations

from river_prefecture.dice import Weighted
from river_prefecture.ground.places import Village
from river_prefecture.ground.spots import Spot
from river_prefecture.population.maker import Maker
from river_prefecture.population.people import Person
from river_prefecture.population.trades import (
    BY_KEY,
    CROP,
    FARM,
    HOUSE_INDUSTRY,
    HOUSE_SERVICE,
    OPEN_AIR,
    SPECIAL,
    Trade,
)
from river_prefecture.units import Unit

NAME_FORMS = Weighted(
    [("brand", 34.0), ("owner", 24.0), ("bare_brand", 12.0), ("village_owner", 13.0), ("village", 9.0), ("none", 8.0)]
)
PROCESSING = ("rice", "rice", "oil", "oil", "tea", "tea", "noodle", "pickle", "tofu", "bamboo", "manure")
HEADS = {
    "0313": ("年出栏生猪{}头", 30, 480, 500, 3000),
    "0321": ("存栏蛋鸡{}羽", 200, 1900, 2000, 30000),
    "0311": ("年出栏肉牛{}头", 5, 45, 50, 300),
    "0322": ("年出栏鸭{}羽", 300, 5000, 6000, 20000),
}


def house_word(maker: Maker, trade: Trade) -> str:
    """The word for the shop or works."""
    return maker.dice.pick(trade.house)


def house_name(maker: Maker, trade: Trade, spot: Spot, owner: Person, year: int, form: str) -> tuple[str, str]:
    """The registered name and the short one people use."""
    country = maker.country
    village = country.villages[spot.village]
    town = country.towns[village.town]
    county = maker.county_word(spot.county, year)
    old = bool(town.former) and year < (2024 if town.former.endswith("镇") else 2016)
    town_word = town.former if old else town.name
    village_word = (village.former if village.former and year < 2017 else village.name) + (
        "社区" if village.urban else "村"
    )
    word = house_word(maker, trade)
    brand = maker.brand()
    if form == "none":
        return owner.name, owner.name + word
    short = {"brand": brand, "bare_brand": brand, "owner": owner.name, "village_owner": village_word + owner.name}.get(
        form, village_word
    )
    middle = {
        "brand": town_word,
        "owner": town_word,
        "bare_brand": "",
        "village_owner": town_word,
        "village": town_word,
    }[form]
    tail = "（个体工商户）" if year >= 2023 and maker.dice.chance(0.45) else ""
    return county + middle + short + word + tail, short + word


def household(maker: Maker, trade: Trade, on: tuple[float, float, float], street: float, form: str = "") -> Unit:
    """An individual household at its place."""
    dice = maker.dice
    t = maker.town(rural=trade.scope)
    spot = maker.place(t, 0.02 if trade.scope else 0.0, street)
    village = maker.country.villages[spot.village]
    owner = maker.owner(village, spot.county, 0.05)
    year = maker.year(1998)
    name, short = house_name(maker, trade, spot, owner, year, form or dice.draw(NAME_FORMS))
    unit = maker.register("92", name, spot.county, year, owner, spot)
    site = maker.site(unit, name, trade, spot, on)
    site.short = short
    _house_rename(maker, unit)
    maker.close(unit, 0.13)
    return unit


def _house_rename(maker: Maker, unit: Unit) -> None:
    """Some households got the new district's name, some a new trade name."""
    old = maker.country.counties[1].former
    if unit.county == 1 and old in unit.name and maker.dice.chance(0.15):
        unit.former, unit.renamed = unit.name, 2025
        name = unit.name.replace(old, "潋川市潋东区")
        seat = maker.country.towns[maker.country.counties[1].towns[0]]
        unit.name = unit.sites[0].name = name.replace(seat.former, seat.name)
    elif maker.dice.chance(0.03) and unit.year < 2024 and len(unit.name) > 5:
        unit.former, unit.renamed = unit.name, maker.dice.between(max(2016, unit.year + 1), 2026)
        site = unit.sites[0]
        name, short = house_name(maker, site.trade, site.spot, unit.owner, unit.year, "brand")
        unit.name = site.name = name
        site.short = short


def farm(maker: Maker) -> Unit:
    """A livestock household; large ones are in the census and mostly hold a permit or a receipt."""
    trade = maker.dice.draw(FARM)
    large = maker.dice.chance(0.42) and trade.code in HEADS
    permit = min(0.8, trade.permit * 1.7) if large else trade.permit * 0.25
    form = maker.dice.draw(
        Weighted([("owner", 30.0), ("village_owner", 20.0), ("village", 16.0), ("brand", 28.0), ("none", 6.0)])
    )
    unit = household(maker, trade, (0.72, 0.27, permit), 0.0, form)
    farm_size(maker, unit, large)
    return unit


def farm_size(maker: Maker, unit: Unit, large: bool) -> None:
    """Write the farm's size and decide the scope by it."""
    site = unit.sites[0]
    site.scope = large and not 0 < site.closed < 2027
    if site.trade.code in HEADS:
        text, a, b, c, d = HEADS[site.trade.code]
        number = maker.dice.between(c, d) if large else maker.dice.between(a, b)
        site.size = text.format(number if number < 100 else number // 10 * 10)


def workshop(maker: Maker) -> Unit:
    """A household with a small works."""
    trade = maker.dice.draw(HOUSE_INDUSTRY)
    street = 0.0 if trade.key in OPEN_AIR else 0.2
    return household(maker, trade, (0.78, 0.56, 0.08 + trade.permit * 0.92), street)


def shop(maker: Maker) -> Unit:
    """A household in trade or services."""
    trade = maker.dice.draw(HOUSE_SERVICE)
    return household(maker, trade, (0.86, 0.6, trade.permit), 0.62)


def _cooperative_name(maker: Maker, village: Village, county: str, word: str) -> tuple[str, str]:
    """A name that the register has not given yet, with its stem."""
    name = stem = ""
    while not name or name in maker.taken:
        stem = village.name if maker.dice.chance(0.15) else maker.brand()
        name = county + stem + word + maker.dice.pick(["专业合作社", "专业合作社", "农民专业合作社"])
    maker.taken.add(name)
    return name, stem


def cooperative(maker: Maker) -> Unit:
    """A farmers' cooperative; a fifth keep livestock, some mill rice."""
    dice = maker.dice
    kind = dice.below(10)
    trade = dice.draw(CROP) if kind < 6 else dice.draw(FARM) if kind < 9 else BY_KEY[dice.pick(PROCESSING)]
    spot = maker.place(maker.town(), 0.0, 0.04)
    village = maker.country.villages[spot.village]
    owner = maker.owner(village, spot.county, 0.12)
    year = maker.year(2007, 1.3)
    word = {True: "养殖", False: dice.pick(["种植", "种养", "农机服务", "蔬菜种植", "水稻种植"])}[
        trade.code.startswith("03")
    ]
    word = trade.goods.split("、")[0] if trade.scope else word
    name, stem = _cooperative_name(maker, village, maker.county_word(spot.county, year), word)
    unit = maker.register("93", name, spot.county, year, owner, spot)
    site = maker.site(unit, name, trade, spot, (0.9, 0.55, trade.permit * 0.8))
    site.short = stem + word + "合作社"
    farm_size(maker, unit, dice.chance(0.4)) if trade.code.startswith("03") else None
    maker.close(unit, 0.14)
    return unit


def collective(maker: Maker, v: int) -> Unit:
    """The village's own economic organisation."""
    country = maker.country
    village = country.villages[v]
    town = country.towns[village.town]
    spot = maker.place(village.town, 0.0, 0.0)
    spot = spot if spot.village == v else _office_of(maker, v)
    owner = maker.owner(village, town.county, 0.0)
    year = maker.dice.between(2019, 2022)
    name = (
        maker.county_word(town.county, year)
        + town.name
        + village.name
        + "村股份经济合作"
        + maker.dice.pick(["社", "社", "联合社"])
    )
    unit = maker.register("N2", name, town.county, year, owner, spot)
    site = maker.site(unit, name, SPECIAL["collective"], spot, (0.05, 0.75, 0.0))
    site.short = village.name + "村股份经济合作社"
    return unit


def _office_of(maker: Maker, v: int) -> Spot:
    """The village office itself."""
    village = maker.country.villages[v]
    county = maker.country.towns[village.town].county
    point = maker.country.mesh.centres[village.cells[0]]
    return Spot("group", county, v, village.cells[0], point, 0, "村部", "东", 50)
