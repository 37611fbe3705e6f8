"""Many-sited units founded again and again: stations, mines, mills, pumps, inns."""

from highland_province.ground.places import COUNTIES, NUMERALS
from highland_province.ground.region import Region
from highland_province.lexicon import BUREAU_POSTS
from highland_province.model import Name, Site, Spot, Unit
from highland_province.population.founding import area, brand, firm_name, fresh, trade_spot
from highland_province.population.networks import plain, tailed
from highland_province.population.tongues import Spelled, toponym
from highland_province.population.trades import FIRM_TRADES, FUEL, HYDRO, INN, MINES, OFFICE, SUGAR, TEA, Trade

OILS = (("岭西石油股份有限公司", "岭西石油"), ("边江石化销售有限公司", "边江石化"))
INNS = ("云上花间", "山城驿", "七彩假日", "茶马驿站", "尚品")


def found_hydro(region: Region) -> None:
    """The stages of one river, built by one company or by several."""
    dice = region.dice
    spot = region.spot("village")
    county = region.county(spot.district)
    river = toponym(dice, COUNTIES[county].north, 0.7)
    stages = dice.pick((1, 1, 2, 2, 3, 4))
    shared = dice.chance(0.6)
    unit: Unit | None = None
    town = region.tree.townships[region.tree.districts[spot.district].township]
    for stage in range(stages):
        if unit is None or not shared:
            stem = Spelled(river.official + "河", tuple(o + "河" for o in river.others))
            own = stem if dice.chance(0.6) and stage == 0 else brand(dice)
            name = Name(county, area(dice, county), own, dice.pick(("水电开发", "电力", "水电")), "有限公司")
            unit = region.unit(fresh(region, name), region.owner(county))
            if shared and stages > 1:
                office = region.spot("town", region.seat(county))
                region.site(unit, office, HYDRO, on=(1, int(dice.chance(0.9)), 0), in_scope=False)
        grade = (
            "" if stages == 1 else dice.pick((f"{NUMERALS[stage]}级", f"第{NUMERALS[stage]}级", f"{NUMERALS[stage]}级"))
        )
        _station(region, unit, river, grade, dice.pick(town.districts), shared and stages > 1, stage + 1)


def _station(region: Region, unit: Unit, river: Spelled, grade: str, district: int, part: bool, stage: int) -> None:
    """One stage of a river."""
    dice, spot = region.dice, region.spot("village", district)
    tail = f"{river.official}河{grade}{dice.pick(('电站', '水电站'))}"
    licensed = part and dice.chance(0.3)
    site = region.site(
        unit,
        spot,
        HYDRO,
        name=tailed(unit.name, tail) if part or dice.chance(0.3) else unit.name,
        branch=part,
        serial=stage,
        facilities=("危险废物暂存间", "生态流量泄放口"),
        code=unit.code if not part else region.branch_code(unit.name.county) if licensed else "",
        on=region.presence(0.9 if licensed or not part else 0.0, 0.35 if part else 0.85, 0.6),
        contact=region.citizen(unit.name.county) if part else None,
        registered=spot if part or dice.chance(0.6) else region.spot("town", region.seat(unit.name.county)),
    )
    other = river.write(dice, 0.4)
    site.short = (
        tail,
        f"{other}河{grade or '电'}站",
        f"{unit.name.brand.official}{unit.name.trade}{other}{grade}站",
    )


def found_mine(region: Region) -> None:
    """A mining company: one or several pits, sometimes a dressing plant and its office."""
    dice = region.dice
    industry, mineral = dice.pick(MINES)
    spot = region.spot("village")
    county = region.county(spot.district)
    stem = region.stem(spot.district) if dice.chance(0.5) else brand(dice)
    form = dice.pick(("有限公司", "有限责任公司", "有限公司", ""))
    name = fresh(region, Name(county, area(dice, county), stem, mineral, form))
    stem = name.brand
    unit = region.unit(name, region.owner(county))
    if dice.chance(0.12):
        unit.former = Name(county, COUNTIES[county].short, brand(dice), mineral, "")
    parts = dice.pick(((), (), ("一采区", "二采区"), ("选矿厂",), ("一号矿井", "二号矿井", "选厂"), ("尾矿库",)))
    site = region.site(
        unit,
        spot,
        industry,
        facilities=("矿井涌水排口", "破碎粉尘排放口", "1号炉"),
        on=region.presence(0.92, 0.8, 0.75, dice.between(1, 3)),
        registered=spot if dice.chance(0.6) else region.spot("town", region.seat(county)),
    )
    if parts and parts[0][0] == "一":
        site.name, site.short = tailed(unit.name, parts[0]), (stem.official + mineral + parts[0],)
        parts = parts[1:]
    _mine_parts(region, site, parts)


def _mine_parts(region: Region, first: Site, parts: tuple[str, ...]) -> None:
    """The further pits, dressing plants and ponds of a mine, in the same township."""
    dice, unit = region.dice, first.unit
    town = region.tree.townships[region.tree.districts[first.spot.district].township]
    stem, mineral = unit.name.brand.official, unit.name.trade
    for serial, part in enumerate(parts, 2):
        other = region.site(
            unit,
            region.spot("village", dice.pick(town.districts)),
            first.industry,
            name=tailed(unit.name, part),
            branch=True,
            code="",
            serial=serial,
            facilities=("尾矿库排口", "破碎粉尘排放口", "污水回用池"),
            on=region.presence(0.1, 0.15, 0.9, dice.between(1, 3)),
        )
        other.short = (f"{stem}{mineral}{part}", f"{stem}{part}")


def found_mill(region: Region) -> None:
    """A sugar or tea company with an office in the seat and mills in the villages."""
    dice = region.dice
    county = region.county(region.spot("village").district)
    sugar = dice.chance(0.4) and not COUNTIES[county].north
    trade = FIRM_TRADES.values[1 if sugar else 0]
    name = firm_name(region, county, trade, None)
    name.form = "有限责任公司" if sugar else "有限公司"
    unit = region.unit(name, region.owner(county))
    region.site(
        unit,
        region.spot("town", region.seat(county)),
        OFFICE if dice.chance(0.3) else trade.industry,
        on=(1, int(dice.chance(0.9)), 0),
        in_scope=False,
    )
    for serial in range(1, dice.between(2, 5)):
        _mill(region, unit, trade, serial)


def _mill(region: Region, unit: Unit, trade: Trade, serial: int) -> None:
    """One mill, mostly in the company's own county."""
    dice, county, sugar = region.dice, unit.name.county, trade.industry == SUGAR
    home = region.village(county) if dice.chance(0.75) else None
    spot = trade_spot(region, trade) if home is None else region.spot(trade.where, home)
    if region.tree.districts[spot.district].kind == "farm":
        return
    village = region.tree.districts[spot.district].name.official
    tail = village + ("糖厂" if sugar else dice.pick(("初制所", "茶厂", "茶叶初制所")))
    licensed = dice.chance(0.6)
    lines = dice.between(1, 3) if sugar else 1
    site = region.site(
        unit,
        spot,
        SUGAR if sugar else TEA,
        name=tailed(unit.name, tail),
        branch=True,
        serial=serial,
        code=region.branch_code(county) if licensed else "",
        facilities=trade.facilities,
        on=region.presence(0.92 if licensed else 0.0, 0.45, 0.8 if sugar else 0.4, lines),
    )
    site.short = (tail, unit.name.brand.official + tail, f"{COUNTIES[county].stem}{tail}")


class Pumps:
    """Filling stations: two companies' outlets, franchised and private ones."""

    def __init__(self, region: Region) -> None:
        """Found the two companies with their head offices."""
        self.region = region
        self.parents: list[Unit] = []
        self.numbers: dict[tuple[int, int, str], int] = {}
        for county, (name, _) in enumerate(OILS):
            unit = region.unit(plain(county, name), region.owner(county))
            region.site(unit, region.spot("town", region.seat(0)), FUEL, on=(1, 1, 0))
            self.parents.append(unit)

    def found(self) -> None:
        """One more station."""
        region, dice = self.region, self.region.dice
        spot = region.spot("highway" if dice.chance(0.6) else "town")
        county = region.county(spot.district)
        place, which = COUNTIES[county], int(dice.chance(0.35))
        district = region.tree.districts[spot.district]
        stem = dice.pick(BUREAU_POSTS) if district.kind == "seat" else district.name.official
        if district.kind == "farm":
            stem = region.tree.townships[district.township].name.official + "农场"
        if dice.chance(0.55):
            self._outlet(spot, stem, which)
            return
        own = Spelled(stem) if dice.chance(0.35) else brand(dice)
        form = dice.pick(("", "", "有限公司", "有限责任公司"))
        title = fresh(region, Name(county, place.short, own, "加油站", form))
        unit = region.unit(title, region.owner(county))
        site = region.site(unit, spot, FUEL, on=region.presence(0.92, 0.8, 0.4), facilities=("油气回收装置",))
        if dice.chance(0.2):
            site.short = (f"{OILS[which][1]}（加盟）{title.brand.official}加油站",)

    def _outlet(self, spot: Spot, stem: str, which: int) -> None:
        """A station of one of the two companies; a second one at a place is numbered."""
        region, county = self.region, self.region.county(spot.district)
        place, parent, name = COUNTIES[county], self.parents[which], OILS[which][1]
        number = self.numbers[which, county, stem] = self.numbers.get((which, county, stem), 0) + 1
        stem += "加油站" if number == 1 else f"第{NUMERALS[min(number, 10) - 1]}加油站"
        tail = f"{('澜岭', '贡塘')[place.prefecture]}销售分公司{place.stem}{stem}"
        site = region.site(
            parent,
            spot,
            FUEL,
            name=tailed(parent.name, tail),
            branch=True,
            code=region.branch_code(county),
            on=region.presence(0.95, 0.55, 0.35),
            facilities=("油气回收装置",),
            contact=region.citizen(county),
            phone=region.landline(county),
        )
        site.short = (f"{name}{place.stem}{stem}", f"{name}{stem}", f"{place.stem}{stem}")


def found_inn(region: Region) -> None:
    """A franchised inn: the brand is the chain's, the legal unit is the owner's own."""
    dice = region.dice
    spot = region.spot("town")
    county = region.county(spot.district)
    own = area(dice, county)
    town = region.tree.townships[region.tree.districts[spot.district].township]
    word = dice.pick(("酒店", "客栈", "精品酒店"))
    name = Name(
        county,
        own,
        Spelled(dice.early(INNS)),
        word,
        dice.pick(("", "有限公司", f"（{town.name.official}店）")),
    )
    company = name.form == "有限公司"
    unit = region.unit(name, region.owner(county), "91" if company else "92")
    site = region.site(
        unit,
        spot,
        INN,
        facilities=("热水锅炉",),
        in_scope=dice.chance(0.15),
        on=region.presence(0.9, 0.6, 0.15),
    )
    site.short = (
        f"{name.brand.official}（{town.name.official}店）",
        f"{name.brand.official}{word}",
    )
