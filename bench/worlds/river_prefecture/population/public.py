"""Institutions of the townships and units with a site in every township: hospitals, sewage, water, grain, petrol, pharmacies."""

from __future__ import annotations

from river_prefecture.ground.spots import Spot, rural_spot, street_spot
from river_prefecture.population.maker import Maker
from river_prefecture.population.people import Person
from river_prefecture.population.small import collective
from river_prefecture.population.trades import SPECIAL, Trade
from river_prefecture.units import Site, Unit
from river_prefecture.vocab import numeral

Chances = tuple[float, float, float]


def _seat(maker: Maker, t: int) -> Spot:
    return street_spot(maker.dice, maker.country, t)


def _head(maker: Maker, t: int) -> Person:
    village = maker.country.villages[maker.country.towns[t].villages[0]]
    return maker.owner(village, maker.country.towns[t].county, 0.0)


def hospital(maker: Maker, t: int) -> Unit:
    """A township hospital, or the county's; public institutions are not in the business register."""
    dice = maker.dice
    town = maker.country.towns[t]
    county = maker.county_word(town.county, 2018 if dice.chance(0.3) else 2025)
    seat = t in [c.towns[0] for c in maker.country.counties]
    trade = SPECIAL["hospital" if seat else "clinic"]
    if seat:
        local = county + dice.pick(["人民医院", "中医医院"])
    else:
        street = town.name.endswith("街道")
        local = county + town.name + ("社区卫生服务中心" if street else dice.pick(["卫生院", "中心卫生院"]))
    spot = _seat(maker, t)
    unit = maker.register("12", local, town.county, 2010, _head(maker, t), spot)
    if town.former and not seat:
        unit.former, unit.renamed = county + town.former + "卫生院", 2016
    site = maker.site(unit, local, trade, spot, (0.03, 0.72, 0.72))
    site.short = local.replace(county, "")
    if seat or dice.chance(0.25):
        site.size, site.scope = "1.5t/h生物质锅炉1台", True
    return unit


def _parent(maker: Maker, county: int, name: str, trade: Trade, year: int, on: Chances) -> Unit:
    """The legal unit in the county seat; its office is a site outside the census."""
    t = maker.country.counties[county].towns[0]
    spot = _seat(maker, t)
    unit = maker.register("91", name, county, year, _head(maker, t), spot)
    maker.taken.add(name)
    site = maker.site(unit, name, trade, spot, on)
    site.short, site.scope = name, False
    return unit


def _outlet(maker: Maker, unit: Unit, name: str, short: str, spot: Spot, on: Chances, branch: float) -> Site:
    """One station of the parent; perhaps with a branch licence."""
    trade = unit.sites[0].trade
    has = maker.dice.chance(branch)
    chances = on if has else (0.02, on[1] * 0.2, on[2])
    site = maker.site(unit, name, trade, spot, chances)
    site.alone = site.short = short
    if has:
        maker.license_branch(unit, site)
    if maker.dice.chance(0.5):
        site.head = _head(maker, maker.country.villages[spot.village].town)
    return site


def _sewage_operators(maker: Maker, county: int) -> list[Unit]:
    """The county's sewage company and a private operator."""
    dice = maker.dice
    trade = SPECIAL["sewage"]
    first = maker.county_word(county, 2025) + dice.pick(["城乡污水处理有限公司", "碧水水务有限公司"])
    stem = ("南江清源", "南江碧水", "潋川绿源", "南江润泽", "潋川蓝天")[county]
    second = stem + dice.pick(["环保科技", "水务运营", "环境工程"]) + "有限公司"
    on = (1.0, 0.9, 0.1)
    return [_parent(maker, county, first, trade, 2017, on), _parent(maker, county, second, trade, 2019, on)]


def _township_plant(maker: Maker, t: int, short: str, spot: Spot) -> Unit:
    """A plant run by the township's government itself."""
    town = maker.country.towns[t]
    word = maker.county_word(town.county, 2025)
    office = maker.register("11", word + town.name + "人民政府", town.county, 2005, _head(maker, t), _seat(maker, t))
    site = maker.site(office, word + short, SPECIAL["sewage"], spot, (0.0, 0.0, 1.0))
    site.alone = site.short = short
    return office


def sewage(maker: Maker, county: int) -> list[Unit]:
    """Sewage plants: the county's company runs most, a private firm some, townships the rest."""
    dice = maker.dice
    units = _sewage_operators(maker, county)
    for t in maker.country.counties[county].towns:
        town = maker.country.towns[t]
        if town.name.endswith("街道") and dice.chance(0.6):
            continue
        spot = rural_spot(dice, maker.country, town.villages[0])
        short = town.name + dice.pick(["污水处理厂", "集镇污水处理厂", "生活污水处理厂", "污水处理站"])
        if dice.chance(0.15):
            units.append(_township_plant(maker, t, short, spot))
            continue
        unit = units[0] if dice.chance(0.7) else units[1]
        _outlet(maker, unit, unit.name + short, short, spot, (0.6, 0.4, 0.95), 0.12)
    return units


def waterworks(maker: Maker, county: int) -> list[Unit]:
    """The county's water company and the townships' works."""
    dice = maker.dice
    word = maker.county_word(county, 2012)
    unit = _parent(
        maker, county, word + "自来水" + dice.pick(["公司", "有限责任公司"]), SPECIAL["tap"], 2003, (1.0, 0.9, 0.2)
    )
    for t in maker.country.counties[county].towns:
        if dice.chance(0.7):
            town = maker.country.towns[t]
            spot = rural_spot(dice, maker.country, dice.pick(town.villages))
            short = town.stem + dice.pick(["自来水厂", "水厂", "中心水厂"])
            _outlet(maker, unit, unit.name + short, short, spot, (0.7, 0.5, 0.45), 0.3)
    return [unit]


def grain(maker: Maker, county: int) -> list[Unit]:
    """The former grain bureau's stations."""
    word = maker.county_word(county, 2006)
    unit = _parent(maker, county, word + "粮食购销有限责任公司", SPECIAL["grain"], 2006, (1.0, 0.9, 0.0))
    for t in maker.country.counties[county].towns:
        if maker.dice.chance(0.55):
            town = maker.country.towns[t]
            short = (town.former or town.name)[:-1].rstrip("街") + maker.dice.pick(["粮站", "粮库", "粮食收购站"])
            _outlet(maker, unit, unit.name + short, short, _seat(maker, t), (0.9, 0.4, 0.05), 0.7)
    return [unit]


def petrol(maker: Maker) -> list[Unit]:
    """Petrol stations: outlets of the oil company, and private ones that look the same."""
    dice = maker.dice
    unit = _parent(maker, 0, "南江石油销售有限公司潋川分公司", SPECIAL["petrol"], 2000, (1.0, 0.95, 0.1))
    units = [unit]
    for t, town in enumerate(maker.country.towns):
        for k in range(dice.between(0, 2)):
            spot = rural_spot(dice, maker.country, dice.pick(town.villages))
            short = town.stem + dice.pick(["", "", "第" + numeral(k + 1), "城南", "桥头"]) + "加油站"
            if dice.chance(0.5):
                _outlet(maker, unit, "南江石油销售有限公司潋川" + short, short, spot, (0.95, 0.8, 0.4), 0.9)
                continue
            year = maker.year(1996)
            name = maker.county_word(town.county, year) + dice.pick(["", maker.brand()]) + short
            own = maker.register(dice.pick(["91", "92"]), name, town.county, year, _head(maker, t), spot)
            site = maker.site(own, name, SPECIAL["petrol"], spot, (0.95, 0.85, 0.4))
            site.short = short
            units.append(own)
    return units


def pharmacy(maker: Maker, brand: str) -> list[Unit]:
    """A chain: half of its shops belong to it, half are franchises with their own owners."""
    dice = maker.dice
    unit = _parent(maker, dice.below(2), f"潋川{brand}大药房连锁有限公司", SPECIAL["drug"], 2009, (1.0, 0.95, 0.0))
    units = [unit]
    for t, town in enumerate(maker.country.towns):
        if not dice.chance(0.4):
            continue
        spot = _seat(maker, t)
        short = town.stem + dice.pick(["店", "店", spot.road + "店", "门店"])
        if dice.chance(0.5):
            _outlet(maker, unit, unit.name + short, brand + "大药房" + short, spot, (0.96, 0.8, 0.0), 0.96)
            continue
        year = dice.between(2012, 2026)
        name = dice.pick([maker.county_word(town.county, year), ""]) + brand + "大药房" + short
        own = maker.register("92", name, town.county, year, _head(maker, t), spot)
        site = maker.site(own, name, SPECIAL["drug"], spot, (0.95, 0.8, 0.0))
        site.short = brand + "大药房" + short
        units.append(own)
    return units


def institutions(maker: Maker) -> list[Unit]:
    """Everything that every county and township has."""
    units: list[Unit] = []
    for county in range(len(maker.country.counties)):
        units += sewage(maker, county) + waterworks(maker, county) + grain(maker, county)
    for t in range(len(maker.country.towns)):
        units.append(hospital(maker, t))
    units += petrol(maker)
    for brand in ("益康", "百姓", "康源"):
        units += pharmacy(maker, brand)
    for v, village in enumerate(maker.country.villages):
        if not village.urban and maker.dice.chance(0.55):
            units.append(collective(maker, v))
    return units
