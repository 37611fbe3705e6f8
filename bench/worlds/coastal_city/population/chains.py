"""Chains: filling stations, banks, pharmacies, supermarkets, depots and their franchises."""

from __future__ import annotations

from dataclasses import dataclass

from coastal_city import words
from coastal_city.model import County, Firm, Name, Place, Town
from coastal_city.population.trades import BY_CODE
from coastal_city.world import World


@dataclass(slots=True, frozen=True)
class Chain:
    """A parent company, how its outlets are called and how many there are per town."""

    parent: Name
    trade: str
    outlets: tuple[str, ...]
    density: float
    chances: tuple[float, float, float]
    city_level: bool = False
    franchise: float = 0.0


TWINS = {"东加油站": "西加油站", "南加油站": "北加油站", "第一加油站": "第二加油站"}


def _parent(area: str, brand: str, sector: str, form: str, short: str, order: str = "lead") -> Name:
    return Name(area, brand, sector, form, order, "", short)


CHAINS = (
    Chain(
        _parent("", "中澜石化", "销售", "股份有限公司", "中澜石化"),
        "5265",
        ("加油站", "加油站", "第一加油站", "第二加油站", "东加油站", "西加油站", "加能站"),
        1.6,
        (0.93, 0.5, 0.75),
        True,
    ),
    Chain(
        _parent("", "华岳石油天然气", "", "股份有限公司", "华岳石油"),
        "5265",
        ("加油站", "加油站", "南加油站", "北加油站", "二站", "加油加气站"),
        1.0,
        (0.93, 0.5, 0.72),
        True,
    ),
    Chain(
        _parent("澜江", "海能", "石油", "有限责任公司", "海能石油"), "5265", ("加油站", "加油点"), 0.6, (0.9, 0.6, 0.7)
    ),
    Chain(
        _parent("", "东澜", "银行", "股份有限公司", "东澜银行"),
        "6621",
        ("支行", "支行", "小微企业专营支行"),
        0.8,
        (0.96, 0.5, 0.0),
        True,
    ),
    Chain(
        _parent("澜江临瀛", "", "农村商业银行", "股份有限公司", "临瀛农商银行"),
        "6621",
        ("支行", "分理处", "分理处"),
        1.7,
        (0.96, 0.4, 0.0),
    ),
    Chain(
        _parent("", "海通城", "商业银行", "股份有限公司", "海通城商行"),
        "6621",
        ("支行", "社区支行"),
        0.6,
        (0.95, 0.5, 0.0),
        True,
    ),
    Chain(
        _parent("临瀛市", "康仁堂", "医药连锁", "有限公司", "康仁堂"),
        "5251",
        ("大药房", "店", "第{}分店", "药店"),
        1.8,
        (0.95, 0.6, 0.0),
        False,
        0.35,
    ),
    Chain(
        _parent("临瀛", "百草济民", "大药房连锁", "有限公司", "百草济民"),
        "5251",
        ("店", "分店", "第{}药店"),
        1.5,
        (0.95, 0.55, 0.0),
        False,
        0.15,
    ),
    Chain(
        _parent("澜江", "好邻里", "超市连锁", "有限责任公司", "好邻里超市"),
        "5212",
        ("店", "分店", "购物广场"),
        1.3,
        (0.94, 0.6, 0.0),
        False,
        0.2,
    ),
    Chain(
        _parent("", "驰远速运", "", "(澜江)有限公司", "驰远速运"),
        "6020",
        ("营业部", "营业点", "分拨中心", "第{}营业部"),
        1.5,
        (0.92, 0.55, 0.02),
        False,
        0.3,
    ),
    Chain(
        _parent("", "东捷", "物流", "(临瀛)有限公司", "东捷物流"),
        "5920",
        ("仓储分公司", "转运场", "分公司", "物流中心"),
        0.8,
        (0.92, 0.55, 0.08),
    ),
    Chain(
        _parent("临瀛市", "海晏", "混凝土", "有限公司", "海晏混凝土"),
        "3021",
        ("分公司", "搅拌站", "分站"),
        0.4,
        (0.85, 0.55, 0.95),
    ),
    Chain(
        _parent("临瀛市", "", "水务集团", "有限公司", "临瀛水务"),
        "4620",
        ("污水处理厂", "污水处理站", "污水处理分公司"),
        0.7,
        (0.6, 0.35, 0.97),
    ),
)


def add_chains(world: World, share: float) -> None:
    """Add every chain, scaled so that all outlets together fill the share."""
    goal = world.wanted * share
    total = sum(chain.density for chain in CHAINS)
    for chain in CHAINS:
        _add_chain(world, chain, max(4, round(goal * chain.density / total)))


def _add_chain(world: World, chain: Chain, count: int) -> None:
    """Register the parent and open its outlets, some of them franchises."""
    dice = world.dice
    trade = BY_CODE[chain.trade]
    seat = world.places.in_park(dice.draw(world.places.towers))
    parent = world.firm("company", chain.parent, seat.town.county, trade, founded=dice.between(1998, 2012))
    parent.agent, parent.seat, parent.coded = "", None, True
    world.site(parent, seat, (0.9, 0.9, 0.0), "head", trade=BY_CODE["7212"]).closed = False
    middle = ""
    if chain.city_level:
        middle = "澜江临瀛石油分公司" if chain.trade == "5265" else "临瀛"
        if chain.parent.brand == "华岳石油天然气":
            middle = "澜江临瀛销售分公司"
    for serial in range(1, count + 1):
        place = world.places.on_road() if dice.chance(0.85) else world.places.in_village()
        if dice.chance(chain.franchise):
            _franchise(world, chain, place)
        else:
            _outlet(world, chain, parent, place, middle, serial)


def _word(world: World, chain: Chain, place: Place, serial: int) -> str:
    """Return the outlet's own words: where it is and what it is."""
    dice = world.dice
    town = place.town
    where = dice.case(
        (0.5, town.core),
        (0.18, place.village.name.removesuffix("社区").removesuffix("村")),
        (0.2, (place.road or town.core).removesuffix("路").removesuffix("大道")),
        (0.12, town.core + dice.pick(("东", "西", "南", "北"))),
    )
    if place.kind in ("km", "village") or where.startswith(("经", "纬")) or len(where) < 2:
        where = town.core
    outlet = dice.pick(chain.outlets).replace("{}", _number(serial))
    if where[-1] in "东西南北" and outlet[0] in "东西南北":
        where = town.core
    return (
        outlet if outlet.startswith("第") and outlet.endswith(("分店", "药店")) and dice.chance(0.4) else where + outlet
    )


def _number(value: int) -> str:
    """Write a number below 100 in characters."""
    signs = "零一二三四五六七八九"
    if value > 99:
        return str(value)
    tens, ones = divmod(value, 10)
    return (("" if tens == 1 else signs[tens]) + "十" if tens else "") + (signs[ones] if ones or not tens else "")


def _outlet(world: World, chain: Chain, parent: Firm, place: Place, middle: str, serial: int) -> None:
    """Open an outlet that belongs to the parent, with a code of its own in most cases."""
    dice = world.dice
    county = place.town.county
    word = _word(world, chain, place, serial)
    local = county.name if dice.chance(0.25) else county.short if dice.chance(0.6) else ""
    tail = middle + (local if chain.trade != "5265" or not middle else dice.pick(("", local))) + word
    name = Name(
        chain.parent.area,
        chain.parent.brand,
        chain.parent.sector,
        chain.parent.form,
        chain.parent.order,
        tail,
        chain.parent.short,
        outlet=word,
    )
    kind = "branch" if chain.chances[2] < 0.1 or dice.chance(0.88) else "works"
    site = world.site(parent, place, chain.chances if kind == "branch" else (0.05, 0.25, 0.95), kind, name)
    site.serial = serial % 900 + 2
    if word.endswith(tuple(TWINS)) and dice.chance(0.6):
        _twin(world, chain, parent, place, tail)
    if kind == "works":
        site.label = word


def _twin(world: World, chain: Chain, parent: Firm, place: Place, tail: str) -> None:
    """Open the sister station across the road or next door."""
    first = next(mark for mark in TWINS if tail.endswith(mark))
    other = tail.removesuffix(first) + TWINS[first]
    twin = world.places.room_next_to(place)
    twin.lat += 0.0009
    if twin.number:
        twin.number += world.dice.between(1, 9)
    up = chain.parent
    name = Name(up.area, up.brand, up.sector, up.form, up.order, other, up.short, outlet=place.town.core + TWINS[first])
    world.site(parent, twin, chain.chances, "branch", name)


def _franchise(world: World, chain: Chain, place: Place) -> None:
    """Open a franchise: an independent household or company under the chain's brand."""
    dice = world.dice
    county, town = place.town.county, place.town
    word = _word(world, chain, place, dice.between(9, 99))
    rep = words.person(dice)
    if dice.chance(0.75):
        area = county.name if county.own_city else "临瀛市" + county.name
        form = word.removeprefix(town.core).lstrip("东西南北") + dice.pick(("", "", "(个体工商户)"))
        firm = world.firm(
            "household",
            Name(area, town.core + chain.parent.short, "", form, short=chain.parent.short, outlet=word),
            county,
            BY_CODE[chain.trade],
            rep,
        )
    else:
        firm = world.firm(
            "company",
            Name("临瀛市", town.core + chain.parent.short, "", "有限公司", short=chain.parent.short),
            county,
            BY_CODE[chain.trade],
            rep,
        )
    world.site(firm, place, chain.chances)


def branch_offices(world: World, share: float) -> None:
    """Give some ordinary companies a registered branch of their own."""
    dice = world.dice
    firms = [firm for firm in world.firms if firm.kind == "company" and firm.name.form != "厂" and not firm.name.tail]
    for _ in range(int(world.wanted * share)):
        firm = dice.pick(firms)
        town: Town = world.places.town()
        county: County = town.county
        tail = dice.case(
            (0.4, town.core + "分公司"),
            (0.25, county.short + "分公司"),
            (0.1, "分公司"),
            (0.1, "第二分公司"),
            (0.15, town.core + "分厂"),
        )
        if not firm.trade.industrial:
            tail = tail.replace("分厂", "分公司")
        now = firm.name
        name = Name(now.area, now.brand, now.sector, now.form, now.order, tail, latin=now.latin, outlet=tail)
        place = world.places.on_road(town) if dice.chance(0.6) else world.places.in_park(dice.draw(world.places.parks))
        world.site(firm, place, (0.93, 0.55, 0.65 if firm.trade.industrial else 0.0), "branch", name)
