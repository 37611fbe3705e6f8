"""The business register's clerk (市场监管局)."""

from __future__ import annotations

from river_prefecture.clerks.desk import CodeHabits, Desk, geocoded
from river_prefecture.clerks.slips import blanks, brackets, slip, traditional
from river_prefecture.ground.places import CITY
from river_prefecture.ground.spots import Spot, Style, misnamed, write_address
from river_prefecture.units import Site, Unit

HEADING = [
    "统一社会信用代码",
    "注册号",
    "企业名称",
    "曾用名",
    "企业类型",
    "法定代表人（负责人）",
    "住所",
    "生产经营地",
    "所属乡镇",
    "行业代码",
    "行业名称",
    "经营范围",
    "登记状态",
    "成立日期",
    "注册资本（万元）",
    "联系电话",
    "登记机关",
    "经度",
    "纬度",
]
HOUSE_CAPITAL = (2, 3, 5, 10, 20, 30)
FIRM_CAPITAL = (10, 30, 50, 50, 100, 100, 200, 300, 500, 1000)
STYLE = Style(
    province=0.14,
    city=0.40,
    county=0.95,
    old_county=0.05,
    old_town=0.10,
    old_village=0.22,
    mark=0.35,
    both=0.5,
    drop_village=0.01,
)
HABITS = CodeHabits(blank=0.075, typo=0.007, other=0.003, old15=0.01, parent=0.02)
TYPES = {
    "92": ("个体工商户", "个体工商户", "个体"),
    "93": ("农民专业合作社",),
    "12": ("事业单位",),
    "11": ("机关",),
    "N2": ("农村集体经济组织",),
    "91": (
        "有限责任公司(自然人投资或控股)",
        "有限责任公司(自然人独资)",
        "有限责任公司",
        "有限责任公司(自然人投资或控股)",
    ),
}


def _name(desk: Desk, unit: Unit, site: Site, older: bool) -> str:
    """The registered name; stale in an older record."""
    text = site.name
    if unit.former and text.startswith(unit.name) and (older or desk.dice.chance(0.05)):
        text = unit.former + text[len(unit.name) :]
    text = slip(desk.dice, text, 0.014)
    text = traditional(desk.dice, text, 0.005 if unit.year > 2003 else 0.03)
    return blanks(desk.dice, brackets(desk.dice, text, 0.35), 0.004)


def _status(desk: Desk, unit: Unit, site: Site) -> str:
    if site.closed:
        return desk.dice.pick(["注销", "注销", "注销", "注销", "吊销，未注销", "存续（在营、开业、在册）", "存续"])
    return (
        desk.dice.pick(["存续（在营、开业、在册）", "存续", "在营", "开业"])
        if not desk.dice.chance(0.01)
        else "经营异常"
    )


def _phone(desk: Desk, unit: Unit, site: Site) -> str:
    dice = desk.dice
    if dice.chance(0.09):
        return ""
    if not unit.house and dice.chance(0.7 if unit.agent else 0.09):
        return desk.served_by(desk.offices.agents[unit.county], unit).mobile
    if unit.kind in ("92", "93") and dice.chance(0.05):
        return desk.offices.helpers[site.spot.village].mobile
    return desk.own_phone(site.head or unit.owner, 0.18)


def _places(desk: Desk, unit: Unit, site: Site, older: bool) -> tuple[str, str]:
    """The registered address and, seldom, the place of operation."""
    dice, country = desk.dice, desk.country
    main = site is unit.sites[0]
    home = unit.registered if main else site.spot
    old = unit.year < 2024 and dice.chance(0.75 if older else 0.5)
    named = misnamed(dice, country, home) if home.kind == "group" and dice.chance(0.012) else home
    address = traditional(dice, slip(dice, write_address(dice, country, named, STYLE, old), 0.02), 0.003)
    if dice.chance(0.012):
        address = ""
    apart = main and unit.registered is not site.spot
    plant = ""
    if dice.chance(0.45 if apart else 0.10):
        plant = slip(dice, write_address(dice, country, site.spot, STYLE, old), 0.02)
    return address, plant


def _capital(desk: Desk, unit: Unit) -> str:
    dice = desk.dice
    if unit.house:
        return "" if dice.chance(0.5) else str(dice.pick(HOUSE_CAPITAL))
    return str(dice.pick(FIRM_CAPITAL))


def _office(desk: Desk, unit: Unit, spot: Spot) -> str:
    """The registering office by its name of then or now."""
    county = desk.county_name(spot, 0.5 if unit.year < 2024 else 0.0)
    old = unit.year < 2018 and desk.dice.chance(0.3)
    return (CITY if unit.area == "990100" else county) + ("工商行政管理局" if old else "市场监督管理局")


def row(desk: Desk, unit: Unit, site: Site, older: bool = False) -> list[str]:
    """One line of the business register's export."""
    dice = desk.dice
    code = desk.code(unit, site, HABITS)
    code = "" if older and dice.chance(0.6) else code
    address, plant = _places(desk, unit, site, older)
    branch = site is not unit.sites[0]
    home = site.spot if branch else unit.registered
    trade = desk.trade(site, 0.86, 0.05)
    kind = "有限责任公司分公司" if branch else dice.pick(TYPES[unit.kind])
    name = _name(desk, unit, site, older)
    former = unit.former if unit.former and unit.former[:8] != name[:8] and dice.chance(0.45) else ""
    x, y = geocoded(dice, desk.country, home) if dice.chance(0.15) else ("", "")
    goods = trade.goods if trade and dice.chance(0.9) else ""
    label = trade.label if trade and dice.chance(0.95) else ""
    regno = unit.regno if dice.chance(0.6) and not branch else ""
    boss = desk.person((site.head or unit.owner).name)
    return [
        code,
        regno,
        name,
        former,
        kind,
        boss,
        address,
        plant,
        desk.town_name(home, 0.25),
        trade.code if trade else "",
        label,
        goods,
        _status(desk, unit, site),
        site.date,
        _capital(desk, unit),
        _phone(desk, unit, site),
        _office(desk, unit, home),
        x,
        y,
    ]


def origin_row(desk: Desk, unit: Unit, site: Site) -> list[str]:
    """The cancelled household licence of a works that became a company."""
    line = row(desk, unit, site, older=False)
    assert site.origin is not None
    name, code, year = site.origin
    line[0], line[1] = (code, "") if len(code) == 18 else ("", code)
    line[2], line[3], line[4] = name, "", "个体工商户"
    line[6] = write_address(desk.dice, desk.country, site.spot, STYLE, True)
    line[12] = "注销" if desk.dice.chance(0.85) else "存续"
    line[13] = f"{year}{unit.date[4:]}"
    line[14] = str(desk.dice.pick([2, 5, 10]))
    return line
