"""The permit list's clerk (生态环境局): what applicants and consultants typed into the platform."""

from __future__ import annotations

from river_prefecture.clerks.desk import CodeHabits, Desk, surveyed
from river_prefecture.clerks.slips import blanks, brackets, slip, traditional
from river_prefecture.ground.spots import Style, misnamed, write_address
from river_prefecture.units import Site, Unit

HEADING = [
    "单位名称",
    "统一社会信用代码",
    "许可证编号/登记编号",
    "管理类别",
    "行业类别",
    "行业代码",
    "生产经营场所地址",
    "所属区县",
    "所属乡镇",
    "法定代表人",
    "环保联系人",
    "联系电话",
    "经度",
    "纬度",
    "有效期起",
    "状态",
    "备注",
]
STYLE = Style(
    province=0.18,
    city=0.42,
    county=0.90,
    old_county=0.07,
    old_town=0.06,
    old_village=0.15,
    mark=0.6,
    both=0.4,
    drop_village=0.03,
)
HABITS = CodeHabits(blank=0.125, typo=0.018, other=0.009, old15=0.012, parent=0.35)
HEAVY = {"paper", "chem", "plate", "cast", "lime", "brick", "meat", "dump"}


def _house_name(desk: Desk, unit: Unit, site: Site) -> str:
    dice = desk.dice
    village = desk.country.villages[site.spot.village]
    town = desk.country.towns[village.town]
    r = dice.unit()
    if r < 0.55 and len(site.name) > 4:
        return site.name
    if r < 0.72:
        return town.name + site.short
    word = dice.pick(site.trade.house)
    if r < 0.84:
        return village.name + ("社区" if village.urban else "村") + unit.owner.name + word
    if r < 0.92:
        return unit.owner.name + word
    if r < 0.97:
        return town.name + village.name + ("" if village.urban else "村") + word
    return site.short


def _plant_name(desk: Desk, unit: Unit, site: Site) -> str:
    """A plant or station of a larger unit."""
    dice = desk.dice
    if unit.kind == "11" or site.trade.key in ("sewage", "tap"):
        county = desk.county_name(site.spot, 0.12)
        return dice.pick([site.alone, site.alone, county + site.alone, county + site.alone, site.name])
    r = dice.unit()
    if r < 0.42:
        return site.name
    if r < 0.62:
        return site.short
    if r < 0.74:
        return f"{unit.name}（{site.alone}）" if site.alone else site.name
    if r < 0.80:
        return f"{site.alone}（{unit.name}）" if site.alone else site.name
    if r < 0.88:
        return site.alone or site.short
    return unit.name


def _name(desk: Desk, unit: Unit, site: Site, older: bool) -> str:
    dice = desk.dice
    text = site.name
    if unit.former and text == unit.name and (older or dice.chance(0.2)):
        text = unit.former
    elif site.origin and dice.chance(0.3):
        text = site.origin[0]
    elif unit.house:
        text = _house_name(desk, unit, site)
    elif site.alone:
        text = _plant_name(desk, unit, site)
    elif dice.chance(0.06):
        text = site.short or text
    elif dice.chance(0.015):
        text = text + site.trade.goods.split("、")[0] + "项目"
    text = traditional(dice, slip(dice, text, 0.036), 0.007)
    return blanks(dice, brackets(dice, text, 0.5), 0.012)


def _number(desk: Desk, site: Site, code: str, level: str) -> str:
    """Permit number or receipt number; both start with the code that was filed."""
    dice = desk.dice
    if len(code) != 18 or dice.chance(0.22):
        return ""
    letter = "P" if level != "登记管理" else dice.pick("WXYZW")
    return f"{code}{site.serial if site.serial > 1 and dice.chance(0.8) else 1:03d}{letter}"


def _level(desk: Desk, site: Site) -> str:
    dice = desk.dice
    if site.trade.key in HEAVY:
        return dice.pick(["重点管理", "简化管理", "简化管理"])
    return "简化管理" if dice.chance(0.22) else "登记管理"


def _contact(desk: Desk, unit: Unit, site: Site) -> tuple[str, str]:
    dice = desk.dice
    owner = site.head or unit.owner
    r = dice.unit()
    if r < 0.13:
        adviser = dice.pick(desk.offices.consultants)
        return adviser.name, adviser.mobile
    if r < 0.19 and unit.kind in ("92", "93"):
        helper = desk.offices.helpers[site.spot.village]
        return helper.name, helper.mobile
    if r < 0.55 or (unit.house and r < 0.8):
        return owner.name, desk.own_phone(owner, 0.14)
    other = desk.someone(site.spot)
    return other.name, desk.own_phone(other, 0.0)


def _filed_trade(desk: Desk, site: Site) -> tuple[str, str]:
    """The category, sometimes with a boiler, sometimes the division only."""
    dice = desk.dice
    trade = desk.trade(site, 0.9, 0.03)
    if trade is None:
        return "", ""
    label = trade.label
    if "锅炉" in site.size or (trade.key in ("tofu", "noodle", "wine", "cloth", "feed") and dice.chance(0.25)):
        label += dice.pick([",锅炉", "，锅炉", "、热力生产和供应"])
    code = trade.code if dice.chance(0.85) else trade.code[:3]
    return label, code if dice.chance(0.88) else ""


def _address(desk: Desk, unit: Unit, site: Site, older: bool) -> str:
    dice = desk.dice
    named = misnamed(dice, desk.country, site.spot) if site.spot.kind == "group" and dice.chance(0.015) else site.spot
    old = unit.year < 2024 and dice.chance(0.6 if older else 0.14)
    return slip(dice, write_address(dice, desk.country, named, STYLE, old), 0.035)


def _status(desk: Desk, site: Site, older: bool) -> str:
    if site.closed and desk.dice.chance(0.6):
        return "已注销"
    return desk.dice.pick(["已注销", "过期", "有效"]) if older else "有效"


def _start(desk: Desk, site: Site, older: bool) -> str:
    first, last = (2017, 2021) if older or site.closed else (2019, 2027)
    return f"{desk.dice.between(first, last)}/{desk.dice.between(1, 12)}/{desk.dice.between(1, 28)}"


def _note(desk: Desk, unit: Unit, site: Site) -> str:
    if site.size and desk.dice.chance(0.55):
        return site.size
    return "原名" + unit.former if unit.former and desk.dice.chance(0.12) else ""


def row(desk: Desk, unit: Unit, site: Site, older: bool = False) -> list[str]:
    """One line of the permit platform's export."""
    dice = desk.dice
    code = desk.code(unit, site, HABITS)
    level = _level(desk, site)
    number = _number(desk, site, code, level)
    code = "" if older and dice.chance(0.35) else code
    label, industry = _filed_trade(desk, site)
    contact, phone = _contact(desk, unit, site)
    x, y = surveyed(dice, desk.country, site.spot) if dice.chance(0.88) else ("", "")
    boss = site.head if site.head and dice.chance(0.3) else unit.owner
    return [
        _name(desk, unit, site, older),
        code,
        number,
        level,
        label,
        industry,
        _address(desk, unit, site, older),
        desk.county_name(site.spot, 0.18),
        desk.town_name(site.spot, 0.35),
        desk.person(boss.name, 0.02),
        contact if dice.chance(0.9) else "",
        phone if dice.chance(0.94) else "",
        x,
        y,
        _start(desk, site, older),
        _status(desk, site, older),
        _note(desk, unit, site),
    ]
