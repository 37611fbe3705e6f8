"""Ordinary units: firms, co-operatives and households, and what became of them."""

from highland_province.codes import credit_check
from highland_province.dice import Dice
from highland_province.ground.places import COUNTIES, PREFECTURES
from highland_province.ground.region import Region
from highland_province.lexicon import BRAND_MARKS, BRANDS
from highland_province.model import Name, Site, Spot, Unit
from highland_province.population.tongues import Spelled
from highland_province.population.trades import FIRM_TRADES, SHOP_TRADES, Trade

CO_OPERATIVE = {
    "茶业": "茶叶",
    "畜牧": "养殖",
    "坚果": "坚果种植",
    "农业开发": "生猪养殖",
    "生物科技": "坚果种植",
    "农产品开发": "农产品",
    "咖啡": "咖啡种植",
    "核桃": "核桃种植",
}
SCALE = {"0313": 0.35, "0321": 0.3}
BOILER = {"6110": 0.12}


def brand(dice: Dice) -> Spelled:
    """A trade brand; the favourite ones are borne by many unrelated firms."""
    if dice.chance(0.62):
        return Spelled(dice.early(BRANDS))
    first, second = dice.pick(BRAND_MARKS), dice.pick(BRAND_MARKS)
    return Spelled(first + second if first != second else "鑫" + second)


def area(dice: Dice, county: int) -> str:
    """The administrative part of a new name."""
    place = COUNTIES[county]
    turn = dice.unit()
    if turn < 0.22:
        return place.full
    if turn < 0.50:
        return place.short
    if turn < 0.80:
        return place.stem
    return PREFECTURES[place.prefecture][1 if turn < 0.88 else 2]


def fresh(region: Region, name: Name) -> Name:
    """The name, under another brand where the registry would refuse it as already taken."""
    while name.official() in region.taken:
        name.brand = brand(region.dice)
    return name


def highland_word(region: Region, county: int, word: str) -> str:
    """The word, or what grows in the north where no coffee does."""
    return word.replace("咖啡", "核桃") if COUNTIES[county].north else word


def trade_spot(region: Region, trade: Trade) -> Spot:
    """A place for a trade; sugar and rubber are found in the warm south only."""
    spot = region.spot(trade.where)
    while trade.industry[0] in ("1340", "2919") and COUNTIES[region.county(spot.district)].north:
        spot = region.spot(trade.where)
    return spot


def firm_name(region: Region, county: int, trade: Trade, spot: Spot | None) -> Name:
    """The name of a firm or a co-operative."""
    dice = region.dice
    word = highland_word(region, county, dice.pick(trade.words))
    stem = brand(dice)
    if spot is not None and spot.kind != "park" and dice.chance(trade.placed):
        stem = region.stem(spot.district)
    form = "有限公司" if dice.chance(0.78) else "有限责任公司"
    if word.endswith(("厂", "矿")):
        form = dice.pick(("", "", "有限公司", "有限责任公司"))
    elif trade.industry[0] in ("1530", "0313", "0321", "1399") and dice.chance(0.3):
        form = "农民专业合作社"
        word = CO_OPERATIVE.get(word, word)
    name = Name(county, area(dice, county), stem, word, form)
    name.bracketed = form.startswith("有限") and dice.chance(0.06)
    if name.bracketed:
        name.area = COUNTIES[county].stem
    return fresh(region, name)


def shop_name(region: Region, county: int, trade: Trade, spot: Spot, owner: Spelled) -> Name:
    """The name of a household: by owner, by village or by brand."""
    dice, place = region.dice, COUNTIES[county]
    town = region.tree.townships[region.tree.districts[spot.district].township]
    front = place.full if dice.chance(0.25) else place.short
    if dice.chance(0.35):
        front += town.full
    turn = dice.unit()
    if turn < 0.34:
        stem = owner
    elif turn < 0.44:
        surname = owner.official[0]
        stem = Spelled(dice.pick(("老", "小")) + surname if len(owner.official) < 4 else owner.official)
    elif turn < 0.44 + trade.placed * 0.8:
        stem = spot.hamlet if spot.kind == "village" else region.stem(spot.district)
    else:
        stem = brand(dice)
    if stem.official[-1] == "队" or len(stem.official) == 1:
        stem = owner
    name = Name(county, front, stem, highland_word(region, county, dice.pick(trade.shop)), "")
    return fresh(region, name) if dice.chance(0.5) else name


def _lines(dice: Dice, trade: Trade) -> int:
    """How many facilities the permit officer wrote down one by one."""
    if len(trade.facilities) < 2 or dice.chance(0.45):
        return 1
    return dice.between(2, len(trade.facilities) + 1)


def _scope(dice: Dice, trade: Trade) -> dict[str, object]:
    """The scope mark where the class alone does not decide."""
    share = SCALE.get(trade.industry[0], BOILER.get(trade.industry[0]))
    return {} if share is None else {"in_scope": dice.chance(share)}


def _office(region: Region, county: int, spot: Spot) -> Spot:
    """The registered address of a firm: mostly its door, else a room in the county seat."""
    if region.dice.chance(0.82):
        return spot
    if region.dice.chance(0.3):
        return region.beside(region.clusters[county])
    return region.spot("town", region.seat(county))


def found_firm(region: Region) -> Site:
    """One firm with one place of operation, and sometimes a second one."""
    dice = region.dice
    trade = dice.from_table(FIRM_TRADES)
    spot = trade_spot(region, trade)
    county = region.county(spot.district)
    unit = region.unit(firm_name(region, county, trade, spot), region.owner(county))
    if unit.name.form == "农民专业合作社":
        unit.code = "93" + unit.code[2:17]
        unit.code += credit_check(unit.code)
    if dice.chance(0.05):
        unit.former = firm_name(region, county, trade, None)
    site = region.site(
        unit,
        spot,
        trade.industry,
        facilities=trade.facilities,
        registered=_office(region, county, spot),
        on=region.presence(0.88, 0.78, trade.permit, _lines(dice, trade)),
        **_scope(dice, trade),
    )
    if trade.facilities and dice.chance(0.05):
        _second_works(region, unit, trade)
    elif trade.facilities and dice.chance(0.012):
        _old_works(region, site, trade)
    if dice.chance(0.25):
        predecessor(region, site, trade)
    return site


def _second_works(region: Region, unit: Unit, trade: Trade) -> None:
    """A second works of a firm in another village of the county."""
    dice = region.dice
    spot = region.spot(trade.where, region.village(unit.name.county))
    village = region.stem(spot.district).official
    tail = dice.pick(("分厂", "第二分厂", "二厂", f"{village}分公司", f"{village}厂"))
    name = unit.name
    branch = Name(name.county, name.area, name.brand, name.trade, name.form, tail, name.bracketed)
    licensed = dice.chance(0.5)
    region.site(
        unit,
        spot,
        trade.industry,
        name=branch,
        branch=True,
        facilities=trade.facilities,
        serial=2,
        code=region.branch_code(name.county) if licensed else "",
        on=region.presence(0.9 if licensed else 0.0, 0.5, 0.75, _lines(dice, trade)),
    )


def _old_works(region: Region, site: Site, trade: Trade) -> None:
    """The works a firm gave up when it moved; only the old permit still speaks of it."""
    spot = region.spot(trade.where, region.village(site.unit.name.county))
    old = region.site(site.unit, spot, trade.industry, facilities=trade.facilities, on=(0, 0, 1))
    old.in_scope = False
    site.serial = 2


def predecessor(region: Region, site: Site, trade: Trade) -> None:
    """A dissolved unit that used the same door before: another code, another name."""
    dice, county = region.dice, region.county(site.spot.district)
    same = trade if dice.chance(0.7) else dice.from_table(FIRM_TRADES)
    if same.where != trade.where:
        same = trade
    owner = site.unit.owner if dice.chance(0.12) else region.owner(county)
    shop = dice.chance(0.4)
    for _ in range(6):
        name = shop_name(region, county, same, site.spot, owner.name) if shop else firm_name(region, county, same, None)
        if name.brand.official != site.unit.name.brand.official:
            break
    else:
        return
    unit = region.unit(name, owner, "92" if shop else "91", closed=True)
    spot = region.beside(site.spot)
    if dice.chance(0.25):
        spot.detail = ""
    region.site(unit, spot, same.industry, on=(1, int(dice.chance(0.12)), int(dice.chance(0.04))))


def found_shop(region: Region) -> Site:
    """One household, named by its owner, its village or a brand."""
    dice = region.dice
    trade = dice.from_table(SHOP_TRADES)
    spot = trade_spot(region, trade)
    county = region.county(spot.district)
    owner = region.owner(county, 0.05)
    unit = region.unit(shop_name(region, county, trade, spot, owner.name), owner, "92")
    site = region.site(
        unit,
        spot,
        trade.industry,
        facilities=trade.facilities,
        on=region.presence(0.82, 0.42, trade.permit * 0.5),
        **_scope(dice, trade),
    )
    if dice.chance(0.18):
        predecessor(region, site, trade)
    return site


def found_paper_firm(region: Region) -> Site:
    """A firm that exists on paper, registered at an agent's shared address."""
    dice = region.dice
    county = dice.below(len(COUNTIES))
    spot = region.beside(region.clusters[county])
    trade = FIRM_TRADES.values[-4] if dice.chance(0.7) else dice.from_table(FIRM_TRADES)
    unit = region.unit(firm_name(region, county, trade, None), region.owner(county))
    site = region.site(unit, spot, trade.industry, on=region.presence(0.95, 0.4, 0.0))
    site.in_scope = False
    site.phone = dice.pick(region.agents[county])
    return site
