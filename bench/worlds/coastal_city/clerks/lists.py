"""The three lists, one row at a time."""

from __future__ import annotations

from collections.abc import Callable

from coastal_city.clerks import address, habits, naming
from coastal_city.model import Site
from coastal_city.world import World

Row = list[str]
BUSINESS = (
    "统一社会信用代码",
    "注册号",
    "企业名称",
    "曾用名",
    "企业类型",
    "法定代表人（负责人）",
    "成立日期",
    "登记状态",
    "住所",
    "生产经营地",
    "行业代码",
    "行业名称",
    "联系电话",
    "登记机关",
    "所属乡镇",
    "所属村居",
    "经度",
    "纬度",
)
TAX = (
    "纳税人识别号",
    "纳税人名称",
    "登记注册类型",
    "法定代表人姓名",
    "办税人姓名",
    "联系电话",
    "注册地址",
    "生产经营地址",
    "行业代码",
    "行业名称",
    "纳税人状态",
    "登记日期",
    "主管税务所（科、分局）",
    "街道乡镇",
    "经度",
    "纬度",
)
PERMIT = (
    "单位名称",
    "统一社会信用代码",
    "排污许可证（登记）编号",
    "管理类别",
    "法定代表人",
    "环保联系人",
    "联系电话",
    "注册地址",
    "生产经营场所地址",
    "行业类别代码",
    "行业类别",
    "经度",
    "纬度",
    "所在乡镇（街道）",
    "所在村（社区）",
    "所在工业园区",
    "发证（登记）日期",
    "证书状态",
)


Choices = tuple[tuple[float, str], ...]
STATES: dict[tuple[str, bool], Choices] = {
    ("business", True): ((0.55, "注销"), (0.25, "吊销，未注销"), (0.2, "存续")),
    ("business", False): ((0.8, "存续"), (0.12, "在业"), (0.08, "开业")),
    ("tax", True): ((0.5, "注销"), (0.3, "非正常"), (0.2, "正常")),
    ("tax", False): ((0.95, "正常"), (0.03, "非正常"), (0.02, "停业")),
    ("permit", True): ((0.5, "注销"), (0.5, "有效")),
    ("permit", False): ((0.96, "有效"), (0.04, "过期")),
}
OLD_STATES: Choices = ((0.8, "注销"), (0.2, "过期"))
HEAVY = frozenset(("3360", "1713", "1752", "1910", "2614", "2720", "3982", "4620", "4430", "7724", "2662"))
LEVELS: dict[bool, Choices] = {
    True: ((0.55, "重点管理"), (0.3, "简化管理"), (0.15, "登记管理")),
    False: ((0.03, "重点管理"), (0.2, "简化管理"), (0.77, "登记管理")),
}


def _type(site: Site) -> str:
    """Return the registry's type of unit."""
    name, firm = site.name, site.firm
    stock = "股份" in name.form
    if firm.kind == "household":
        return "个体工商户"
    if firm.kind == "public":
        return "事业单位"
    if site.kind == "branch":
        return "股份有限公司分公司(非上市)" if stock else "有限责任公司分公司(自然人投资或控股)"
    if firm.invested and not name.latin:
        return "有限责任公司(港澳台法人独资)" if int(firm.uid[1:]) % 2 else "有限责任公司(台港澳与境内合资)"
    if name.latin:
        return "有限责任公司(外国法人独资)" if int(firm.uid[1:]) % 3 else "有限责任公司(中外合资)"
    if "合伙" in name.form:
        return "普通合伙企业"
    if name.form.endswith("厂"):
        return "个人独资企业"
    return (
        "股份有限公司(非上市、自然人投资或控股)"
        if stock
        else ("有限责任公司(自然人投资或控股)", "有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)")[
            int(firm.uid[1:]) % 3
        ]
    )


def _registrar(world: World, site: Site) -> str:
    """Return the office that registered the unit, as its code says."""
    area = site.code[2:8]
    if area == "990301":
        return "临瀛市市场监督管理局"
    if area == "990371":
        return "临瀛市市场监督管理局经济技术开发区分局"
    county = next(one for one in world.places.land.counties if one.code == area)
    return f"{'' if county.own_city else '临瀛市'}{county.name}市场监督管理局"


def business_row(world: World, site: Site, former: bool) -> Row:
    """Write a row of the business registry."""
    dice, firm = world.dice, site.firm
    old = former or dice.chance(0.05)
    code = habits.code_cell(world, site, "business", former)
    seat = habits.seat_of(world, site, 0.9 if former else 0.13)
    address_text = address.business_address(dice, seat)
    apart = seat is not site.place
    there = address.business_address(dice, site.place)
    if apart:
        works = dice.case((0.45, ""), (0.55, there))
    else:
        works = dice.case((0.6, ""), (0.15, "同住所"), (0.2, address_text), (0.05, there))
    status = "注销" if former and site.upgraded else dice.case(*STATES["business", site.closed])
    alias = naming.registered(firm.old) if firm.old and not old and not site.name.tail and dice.chance(0.45) else ""
    trade = habits.trade_cells(world, site, 0.06)
    number = site.number if (not code or dice.chance(0.5)) and site.founded < 2018 and dice.chance(0.7) else ""
    year, month, day = habits.date(site)
    bureau = _registrar(world, site)
    return [
        code,
        number,
        naming.business_name(dice, site, old),
        alias,
        "个体工商户" if former and site.upgraded else _type(site),
        habits.person(world, site.rep, 0.03),
        f"{year}-{month:02d}-{day:02d}",
        status,
        address_text,
        works,
        *trade,
        habits.telephone(world, site, "business"),
        bureau,
        *habits.areas(world, seat, 0.9, 0.62, 0.02),
        *habits.geocoded(world, seat, 0.34),
    ]


def tax_row(world: World, site: Site, former: bool) -> Row:
    """Write a row of the tax bureau."""
    dice, firm = world.dice, site.firm
    seat = habits.seat_of(world, site, 0.8 if former else 0.4)
    seat_text = address.tax_address(dice, seat)
    if seat is site.place:
        works = dice.case((0.3, ""), (0.5, seat_text), (0.2, address.tax_address(dice, site.place)))
    else:
        works = dice.case((0.2, ""), (0.25, seat_text), (0.55, address.tax_address(dice, site.place)))
    state = dice.case(*STATES["tax", site.closed])
    agent = firm.agent
    clerk = (
        world.staff[agent] if agent and dice.chance(0.6) else dice.case((0.5, site.contact), (0.3, site.rep), (0.2, ""))
    )
    year, month, day = habits.date(site)
    when = (
        f"{year}/{month}/{min(day + dice.below(12), 28)}"
        if dice.chance(0.6)
        else f"{min(year + dice.below(3), 2027)}/{dice.between(1, 12)}/{dice.between(1, 28)}"
    )
    county = seat.town.county
    office = seat.town.core if dice.chance(0.85) else "第一"
    bureau = f"国家税务总局{'' if county.own_city else '临瀛市'}{county.name}税务局{office}税务所"
    return [
        habits.code_cell(world, site, "tax", former),
        naming.tax_name(dice, site, former),
        _type(site).split("(")[0] if dice.chance(0.8) else "",
        habits.person(world, site.rep, 0.06),
        clerk,
        habits.telephone(world, site, "tax"),
        seat_text,
        works,
        *habits.trade_cells(world, site, 0.15),
        state,
        when,
        bureau,
        habits.areas(world, seat, 0.86, 0.0, 0.03)[0],
        *habits.geocoded(world, seat, 0.05),
    ]


def permit_row(world: World, site: Site, former: bool) -> Row:
    """Write a row of the pollution permit platform."""
    dice, place = world.dice, site.place
    code = habits.code_cell(world, site, "permit", former)
    level = dice.case(*LEVELS[site.trade.code in HEAVY])
    number = _permit_number(world, site, code, level)
    seat = habits.seat_of(world, site, 0.35)
    seat_text = dice.case((0.15, ""), (0.85, address.business_address(dice, seat)))
    works = address.permit_address(dice, place)
    if site.kind == "main" and dice.chance(0.03):
        works = address.permit_address(dice, seat) if seat.kind != "desk" else works
    park = place.park.name if place.park and place.kind == "park" and dice.chance(0.6) else ""
    year = dice.between(max(site.founded, 2019), 2027)
    status = dice.case(*(OLD_STATES if site.kind == "old" else STATES["permit", site.closed]))
    trade = habits.trade_cells(world, site, 0.07)
    return [
        naming.permit_name(dice, site, former),
        code,
        number,
        level,
        habits.person(world, site.rep, 0.1),
        site.contact if dice.chance(0.85) else "",
        habits.telephone(world, site, "permit"),
        seat_text,
        works,
        *trade,
        *habits.measured(world, site),
        *habits.areas(world, place, 0.9, 0.55, 0.04),
        park,
        f"{year}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}",
        status,
    ]


def _permit_number(world: World, site: Site, code: str, level: str) -> str:
    """Return the permit or receipt number, which repeats the code and adds a serial."""
    dice = world.dice
    letter = dice.pick("PPPVQRU") if level != "登记管理" else dice.pick("WXYZ")
    if len(code) == 18:
        return "" if dice.chance(0.08) else f"{code}{site.serial:03d}{letter}"
    if dice.chance(0.15):
        return f"{site.code}{site.serial:03d}{letter}"
    return (
        "H9" + site.place.town.county.code + "0000" + dice.digits(5) + dice.pick("abcdefghjk")
        if dice.chance(0.1)
        else ""
    )


WRITERS: dict[str, tuple[tuple[str, ...], Callable[[World, Site, bool], Row]]] = {
    "business": (BUSINESS, business_row),
    "tax": (TAX, tax_row),
    "permit": (PERMIT, permit_row),
}
