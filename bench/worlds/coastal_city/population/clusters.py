"""Clusters: groups with numbered subsidiaries, foreign firms, families, plating halls, public works."""

from __future__ import annotations

from coastal_city import words
from coastal_city.model import Firm, Name, Park, Place
from coastal_city.population.firms import moved, second_works
from coastal_city.population.trades import BY_CODE, Trade
from coastal_city.world import WORKS_TABLE, World

CHINESE_HEADS = ("LEE MING HO", "CHEN CHIA-WEI", "黃志明", "林國榮", "陳俊傑", "WONG KAM FAI", "張家豪", "蔡明宏")
FOREIGN_HEADS = (
    "KIM DONG SU",
    "TANAKA KENJI",
    "MUELLER THOMAS",
    "ROSSI MARCO",
    "SMITH JOHN",
    "SATO HIROSHI",
    "PARK SANG WOO",
)
NUMBERS = "一二三四五六七八"


def groups(world: World, share: float) -> None:
    """Add groups (集团): a head office, subsidiaries by number or trade, numbered works."""
    dice = world.dice
    goal = len(world.sites) + int(world.wanted * share)
    while len(world.sites) < goal:
        brand = words.brand(dice)[:2]
        trade = dice.draw(WORKS_TABLE)
        home = world.places.on_road()
        county = home.town.county
        area = dice.pick(("临瀛市", "临瀛", "澜江", "临瀛"))
        form = dice.case((0.6, "集团有限公司"), (0.3, "集团股份有限公司"), (0.1, "控股集团有限公司"))
        rep = words.person(dice)
        head = world.firm("company", Name(area, brand, dice.pick(("", "", trade.words[0])), form), county, trade, rep)
        head.seat = None
        makes = dice.chance(0.55)
        mine = trade if makes else BY_CODE["7212"]
        world.site(head, home, (0.95, 0.9, 0.8 if makes else 0.0), "head", trade=mine)
        for serial in range(dice.between(2, 6)):
            _subsidiary(world, head, home, trade, serial)
        for serial in range(dice.between(0, 4)):
            _numbered_works(world, head, trade, serial)


def _subsidiary(world: World, head: Firm, home: Place, trade: Trade, serial: int) -> None:
    """Add a subsidiary: a legal unit of its own under the group's brand."""
    dice = world.dice
    mine = trade if dice.chance(0.5) else dice.draw(WORKS_TABLE)
    group = head.name.brand + ("集团" if dice.chance(0.7) else "")
    numbered = f"第{NUMBERS[serial]}" if dice.chance(0.45) else ""
    area = dice.pick(("临瀛", "临瀛市", "澜江", head.name.area, "浦宁"))
    sector = dice.pick(mine.words)
    if numbered or dice.chance(0.4):
        name = Name(area, group, numbered + sector, "有限公司", dice.pick(("lead", "lead", "brandmid")))
        name.area = name.area.removesuffix("市") if name.order == "brandmid" else name.area
    else:
        name = Name(area.removesuffix("市"), head.name.brand, sector, "有限公司", dice.pick(("lead", "mid")))
    place = world.places.room_next_to(home) if dice.chance(0.5) else world.places.on_road()
    firm = world.firm(
        "company",
        name,
        place.town.county,
        mine,
        head.rep if dice.chance(0.5) else words.person(dice, head.rep[0] if dice.chance(0.5) else ""),
        head.phone if dice.chance(0.4) else "",
    )
    firm.seat = home if dice.chance(0.2) else None
    firm.agent = ""
    world.rename(firm, 0.12)
    world.site(firm, place, (0.95, 0.85, 0.72))


def _numbered_works(world: World, head: Firm, trade: Trade, serial: int) -> None:
    """Add a numbered works of the head company, with or without a registration of its own."""
    dice = world.dice
    tail = dice.pick(("第{}分公司", "第{}分厂", "{}分厂", "第{}" + trade.words[0] + "厂")).replace(
        "{}", NUMBERS[serial]
    )
    now = head.name
    place = world.places.on_road()
    if dice.chance(0.7):
        name = Name(now.area, now.brand, now.sector, now.form, now.order, tail, outlet=tail)
        world.site(head, place, (0.9, 0.6, 0.8), "branch", name, trade)
    else:
        site = world.site(head, place, (0.05, 0.1, 0.95), "works", trade=trade)
        site.label, site.serial = tail, serial + 2


def foreign(world: World, share: float) -> None:
    """Add foreign-invested firms: brands by sound, places in brackets, old character forms."""
    dice = world.dice
    goal = len(world.sites) + int(world.wanted * share)
    while len(world.sites) < goal:
        trade = dice.draw(WORKS_TABLE)
        chinese, latin = words.foreign_brand(dice)
        hong_kong = dice.chance(0.4)
        if hong_kong:
            chinese, latin = words.brand(dice), ""
        elif dice.chance(0.25):
            latin = (
                dice.pick("ABCDEFGHKLMNPRSTVX")
                + dice.pick(("&", "", "-", ""))
                + dice.pick("BCDEFGHKMNPST")
                + dice.pick(("K", "T", "S", "3", "8", "X"))
            )
        for round_ in range(1 if dice.chance(0.8) else 2):
            _foreign_firm(world, trade, chinese, latin, hong_kong, round_)


def _foreign_firm(world: World, trade: Trade, chinese: str, latin: str, hong_kong: bool, round_: int) -> None:
    """Register one foreign-invested company; the second of a pair has another trade word or place."""
    dice = world.dice
    place = world.places.on_road() if dice.chance(0.5) else world.places.in_park(dice.draw(world.places.parks))
    county = place.town.county
    area = dice.case((0.6, "临瀛"), (0.15, county.short if county.own_city else "临瀛"), (0.15, "澜江"), (0.1, "中国"))
    if round_ and area == "临瀛":
        area = "澜江"
    sector = trade.words[(round_ + dice.below(2)) % len(trade.words)] + (
        dice.pick(("科技", "")) if len(trade.words[0]) == 2 else ""
    )
    name = Name(
        area, chinese, sector, "有限公司", dice.case((0.6, "mid"), (0.25, "brandmid"), (0.15, "lead")), latin=latin
    )
    if area == "中国" and name.order == "lead":
        name.order = "mid"
    firm = world.firm("company", name, county, trade)
    firm.seat, firm.trad, firm.invested = None, hong_kong and dice.chance(0.75), True
    if dice.chance(0.15):
        firm.rep = dice.pick(CHINESE_HEADS if hong_kong else FOREIGN_HEADS)
    world.rename(firm, 0.08)
    site = world.site(firm, place, (0.95, 0.85, 0.88))
    if dice.chance(0.12):
        second_works(world, site)


def families(world: World, share: float) -> None:
    """Add families: several firms in one building under brands that sound or look alike."""
    dice = world.dice
    goal = len(world.sites) + int(world.wanted * share)
    while len(world.sites) < goal:
        surname = dice.draw(words.SURNAMES)
        brand = words.brand(dice)[:2]
        trade = dice.draw(WORKS_TABLE)
        base = world.places.in_park(dice.draw(world.places.parks)) if dice.chance(0.6) else world.places.on_road()
        phone, rep = words.mobile(dice), words.person(dice, surname)
        for serial in range(dice.between(2, 5)):
            place = base if serial == 0 else world.places.room_next_to(base)
            mine = trade if dice.chance(0.6) else dice.draw(WORKS_TABLE)
            head = rep if dice.chance(0.45) else words.person(dice, surname)
            name = world.company_name(base.town.county, mine, brand if serial == 0 else _kin_brand(world, brand))
            firm = world.firm("company", name, base.town.county, mine, head, phone if dice.chance(0.5) else "")
            world.rename(firm, 0.1)
            moved(world, firm)
            world.site(firm, place, (0.93, 0.72, 0.5))


def _kin_brand(world: World, brand: str) -> str:
    """Return a relative of a brand."""
    dice = world.dice
    kind = dice.u()
    if kind < 0.25:
        return brand
    if kind < 0.45:
        return "新" + brand if not brand.startswith("新") else brand + "达"
    if kind < 0.6:
        return brand + dice.pick("特斯达宝诺")
    if kind < 0.85:
        other = "".join(words.SOUNDALIKE.get(sign, sign) if at else sign for at, sign in enumerate(brand))
        return other if other != brand else brand[0] + dice.draw(words.SECOND)
    return brand[0] + dice.draw(words.SECOND)


def plating(world: World, share: float) -> None:
    """Add plating centres: an operator and dozens of small shops in its halls."""
    each = int(world.wanted * share / len(world.places.halls))
    for park in world.places.halls:
        home = world.places.in_park(park, 1, 1)
        name = Name("临瀛市", park.operator.removeprefix("临瀛市").removesuffix("有限公司"), "", "有限公司")
        operator = world.firm("company", name, park.town.county, BY_CODE["7221"], phone=park.phone)
        operator.seat, operator.coded = None, True
        world.site(operator, home, (1.0, 1.0, 0.9)).closed = False
        sewage = world.site(
            operator, world.places.in_park(park, 1, 1), (0.0, 0.05, 1.0), "works", trade=BY_CODE["4620"]
        )
        sewage.label, sewage.closed, sewage.serial = "污水处理站", False, 2
        for _ in range(max(5, each)):
            _shop(world, park, operator)


def _shop(world: World, park: Park, operator: Firm) -> None:
    """Add a plating shop on a floor of a hall."""
    dice = world.dice
    place = world.places.in_park(park)
    county, trade = park.town.county, BY_CODE["3360"]
    rep = words.person(dice)
    brand = dice.pick(words.HALL_BRANDS) if dice.chance(0.65) else words.brand(dice)[:2]
    own = county.name if county.own_city else "临瀛市" + county.name
    form = dice.case((0.5, "有限公司"), (0.25, "厂"), (0.1, "厂(普通合伙)"), (0.15, "加工厂"))
    sector = dice.case((0.55, "电镀"), (0.15, "表面处理"), (0.12, "金属表面处理"), (0.1, "镀业"), (0.08, "五金电镀"))
    if sector == "镀业":
        form = "有限公司"
    name = Name(dice.case((0.5, own), (0.3, "临瀛市"), (0.2, "临瀛")), brand, sector, form)
    kind = "household" if form == "加工厂" else "company"
    firm = world.firm(kind, name, county, trade, rep, park.phone if dice.chance(0.12) else "")
    world.rename(firm, 0.12)
    site = world.site(firm, place, (0.85, 0.6, 0.85))
    if dice.chance(0.1):
        site.host_code = operator.code


def public(world: World, share: float) -> None:
    """Add hospitals and public works under public-institution codes."""
    dice = world.dice
    for _ in range(int(world.wanted * share)):
        place = world.places.on_road()
        county, town = place.town.county, place.town
        tail = dice.case(
            (0.5, town.name + ("社区卫生服务中心" if town.name.endswith("街道") else "卫生院")),
            (0.3, "第" + dice.pick("一二三四") + "人民医院"),
            (0.2, "中医院"),
        )
        area = county.name if county.own_city else "临瀛市" + county.name
        if area + tail in world.names:
            continue
        world.names.add(area + tail)
        firm = world.firm("public", Name(area, "", "", tail), county, BY_CODE["8411"])
        world.site(firm, place, (0.1, 0.7, 0.75))
