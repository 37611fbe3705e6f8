"""Units with many sites that come once: farms, credit co-operatives, schools, water."""

from highland_province.ground.places import COUNTIES, NUMERALS, Township
from highland_province.ground.region import Region
from highland_province.model import Name, Person, Site, Unit
from highland_province.population.tongues import Spelled
from highland_province.population.trades import (
    CITY_HOSPITAL,
    CREDIT,
    HOSPITAL,
    MIDDLE,
    PRIMARY,
    RUBBER,
    SEWAGE,
    WATER,
    Industry,
)

EMPTY = Spelled("")


def tailed(name: Name, tail: str) -> Name:
    """A site's name: the unit's name with its own tail."""
    return Name(name.county, name.area, name.brand, name.trade, name.form, tail, name.bracketed)


def plain(county: int, text: str, area: str = "") -> Name:
    """A name without brand, such as a public institution's."""
    return Name(county, area, EMPTY, text, "")


def found_networks(region: Region) -> None:
    """All units that exist once per county or township."""
    for county in range(len(COUNTIES)):
        _credit(region, county)
        _water(region, county)
    for town in region.tree.townships:
        if town.farm:
            _farm(region, town)
        else:
            _public(region, town)


def _credit(region: Region, county: int) -> None:
    """The county's credit co-operative and its outlets."""
    dice, place = region.dice, COUNTIES[county]
    unit = region.unit(plain(county, "农村信用合作联社", place.full), region.owner(county))
    head = region.site(unit, region.spot("town", region.seat(county)), CREDIT, on=(1, 1, 0))
    head.short = (f"{place.stem}农村信用联社", f"{place.short}联社", f"{place.short}农村信用社")
    for town in (t for t in region.tree.townships if t.county == county):
        for order, district in enumerate(town.districts):
            if order == 0 or dice.chance(0.18):
                _outlet(region, unit, town, order, district)


def _outlet(region: Region, unit: Unit, town: Township, order: int, district: int) -> None:
    """One outlet of the credit co-operative."""
    dice, county, place = region.dice, town.county, COUNTIES[town.county]
    stem = town.name.official if order == 0 else region.tree.districts[district].name.official
    if town.farm:
        stem = town.name.official + ("农场" if order == 0 else stem + "分场")
    tail = stem + ("信用社" if order == 0 else dice.pick(("分社", "分社", "储蓄所")))
    site = region.site(
        unit,
        region.spot("town", district),
        CREDIT,
        name=tailed(unit.name, tail),
        branch=True,
        code=region.branch_code(county),
        on=region.presence(0.92, 0.45, 0.03),
        phone=region.landline(county),
        contact=region.citizen(county),
    )
    site.short = (
        f"{place.stem}联社{tail}",
        tail,
        f"{place.short}农村信用联社{tail}",
        f"农村信用社{stem}网点",
    )


def _water(region: Region, county: int) -> None:
    """The county's water company with its works in every township, and the landfill."""
    dice, place = region.dice, COUNTIES[county]
    name = Name(county, place.short, EMPTY, "供排水", "有限责任公司")
    unit = region.unit(name, region.owner(county))
    region.site(unit, region.spot("town", region.seat(county)), WATER, on=(1, 1, 0), in_scope=False)
    for town in (t for t in region.tree.townships if t.county == county and not t.farm):
        works: list[tuple[str, Industry]] = [(f"{town.full}污水处理站", SEWAGE)]
        if dice.chance(0.5):
            works.append((f"{town.name.official}自来水厂", WATER))
        for serial, (tail, industry) in enumerate(works, 1):
            district = dice.pick(town.districts[:2])
            lines = dice.between(1, 2) if industry == SEWAGE else 1
            site = region.site(
                unit,
                region.spot("village", district),
                industry,
                name=tailed(name, tail),
                branch=True,
                code="",
                on=region.presence(0.06, 0.15, 0.85 if industry == SEWAGE else 0.3, lines),
                facilities=("进水口", "总排口"),
                serial=serial + dice.below(9),
                contact=region.citizen(county),
            )
            site.short = (tail, f"{place.stem}供排水公司{tail}", place.short + tail)


def _public(region: Region, town: Township) -> None:
    """Schools and hospitals of a township, known for their boilers."""
    county = town.county
    place, seat = COUNTIES[county], town.code.endswith("001")
    kinds: list[tuple[str, Industry, float]] = [
        (f"{town.full}中心卫生院" if town.suffix == "镇" else f"{town.full}卫生院", HOSPITAL, 0.4),
        (f"{town.full}中心小学", PRIMARY, 0.3),
        (f"{town.full}中学", MIDDLE, 0.6),
    ]
    if seat:
        kinds += [
            ("人民医院", CITY_HOSPITAL, 0.9),
            ("民族中学", MIDDLE, 0.8),
            ("中医医院", CITY_HOSPITAL, 0.8),
            ("第一中学", MIDDLE, 0.8),
            ("妇幼保健院", CITY_HOSPITAL, 0.4),
        ]
    for text, industry, boiler in kinds:
        area = place.full if region.dice.chance(0.5) else place.short
        _institution(region, town, plain(county, text, area), industry, region.dice.chance(boiler))


def _institution(region: Region, town: Township, name: Name, industry: Industry, heated: bool) -> None:
    """One school or hospital, with or without a boiler of note."""
    dice, county, text = region.dice, town.county, name.trade
    head = Person(region.citizen(county).name, region.landline(county))
    unit = region.unit(name, head, "12")
    lines = dice.between(1, 3) if industry == CITY_HOSPITAL else 1
    medical = industry in (HOSPITAL, CITY_HOSPITAL)
    site = region.site(
        unit,
        region.spot("town", town.districts[0]),
        industry,
        in_scope=heated,
        facilities=("燃油锅炉房", "医疗废水处理站", "1号锅炉") if medical else ("生物质锅炉", "食堂锅炉房"),
        on=region.presence(0.02, 0.75, 0.95 if heated else 0.15, lines),
    )
    stem = COUNTIES[county].stem + text
    site.short = (stem,) if town.code.endswith("001") else (text, stem)
    if industry == CITY_HOSPITAL and dice.chance(0.5):
        _campus(region, unit, town)


def _campus(region: Region, unit: Unit, town: Township) -> None:
    """A hospital's new campus across the town: a second site of the same unit."""
    spot = region.spot("town", region.dice.pick(town.districts))
    site = region.site(
        unit,
        spot,
        CITY_HOSPITAL,
        name=tailed(unit.name, "新院区"),
        branch=True,
        code="",
        in_scope=True,
        facilities=("1号燃气锅炉", "2号燃气锅炉", "污水处理站"),
        serial=2,
        on=region.presence(0.0, 0.1, 0.95, region.dice.between(1, 3)),
    )
    site.short = (
        unit.name.trade + "（新院区）",
        COUNTIES[town.county].stem + unit.name.trade + "新区",
    )


def _farm(region: Region, town: Township) -> None:
    """A farm of the state reclamation: headquarters, branch farms and their teams' works."""
    dice, county, stem = region.dice, town.county, town.name
    name = Name(county, "澜岭农垦", stem, "农场", "有限责任公司")
    unit = region.unit(name, region.owner(county))
    spot = region.spot("village", town.districts[0])
    head = region.site(unit, spot, RUBBER, on=(1, 1, 0), in_scope=False)
    head.short = (
        f"国营{stem.official}农场",
        f"{stem.official}农场",
        f"农垦{stem.official}农场场部",
    )
    unit.former = Name(county, "国营", stem, "农场", "") if dice.chance(0.7) else None
    for order, district in enumerate(town.districts):
        number = region.tree.districts[district].name.official
        _farm_site(region, unit, district, f"{number}分场制胶厂", 0.6, 1 + order)
        for team in range(dice.between(1, 4)):
            works = dice.pick(("收胶站", "收胶站", "茶叶初制所", "红砖厂", "养猪场"))
            squad = NUMERALS[team] + "队"
            text = f"{number}分场{dice.pick(('', '第'))}{squad}{works}"
            works_site = _farm_site(region, unit, district, text, 0.4, 10 + order * 10 + team)
            region.move_to(works_site.spot, Spelled(squad))


def _farm_site(region: Region, unit: Unit, district: int, tail: str, licensed: float, serial: int) -> Site:
    """One works of a farm."""
    dice, stem = region.dice, unit.name.brand.official
    has_licence = dice.chance(licensed)
    industry = RUBBER
    for word, other in (
        ("茶叶", ("1530", "精制茶加工")),
        ("砖", ("3031", "粘土砖瓦及建筑砌块制造")),
        ("猪", ("0313", "猪的饲养")),
    ):
        if word in tail:
            industry = other
    site = region.site(
        unit,
        region.spot("village", district),
        industry,
        name=tailed(unit.name, tail),
        branch=True,
        code=region.branch_code(unit.name.county) if has_licence else "",
        serial=serial,
        on=region.presence(0.95 if has_licence else 0.05, 0.4, 0.55, dice.between(1, 2)),
        facilities=("污水处理站", "干燥线排气筒"),
        contact=region.citizen(unit.name.county),
    )
    site.short = (f"{stem}农场{tail}", f"农垦{stem}农场{tail}", f"国营{stem}农场{tail}", tail)
    return site
