"""The tax office's clerk: an old system with 20 characters for a name, two offices merged in 2018."""

from __future__ import annotations

from river_prefecture.clerks.desk import CodeHabits, Desk
from river_prefecture.clerks.slips import blanks, brackets, slip, traditional
from river_prefecture.codes import person_tax_number
from river_prefecture.ground.spots import Style, misnamed, write_address
from river_prefecture.population.people import Person
from river_prefecture.units import Site, Unit

HEADING = [
    "纳税人识别号",
    "纳税人名称",
    "法定代表人（负责人、业主）",
    "办税人",
    "注册地址",
    "生产经营地址",
    "联系电话",
    "办税人电话",
    "登记注册类型",
    "行业名称",
    "主管税务所（科、分局）",
    "街道乡镇",
    "村（社区）",
    "纳税人状态",
    "开业日期",
]
STYLE = Style(
    province=0.03,
    city=0.16,
    county=0.72,
    old_county=0.16,
    old_town=0.16,
    old_village=0.34,
    mark=0.45,
    both=0.25,
    drop_village=0.05,
)
HABITS = CodeHabits(blank=0.07, typo=0.012, other=0.008, old15=0.05, parent=0.10)
TYPES = {
    "92": ("个体工商户", "个体经营"),
    "93": ("农民专业合作社", "其他企业"),
    "12": ("事业单位",),
    "11": ("机关",),
    "N2": ("其他", "集体企业"),
    "91": ("其他有限责任公司", "私营有限责任公司", "有限责任公司"),
}


def _house_name(desk: Desk, unit: Unit, site: Site) -> str:
    """Households: the licence's name, the name without county, or just the owner."""
    dice = desk.dice
    town = desk.country.towns[desk.country.villages[site.spot.village].town]
    r = dice.unit()
    if r < 0.50:
        return site.name
    if r < 0.72:
        return town.name + site.short if dice.chance(0.6) else site.short
    if r < 0.86:
        return unit.owner.name + dice.pick(["", "", "", "（个体）", "（个体工商户）"])
    if r < 0.95:
        return unit.owner.name + dice.pick(site.trade.house)
    return town.name + unit.owner.name + dice.pick(site.trade.house)


def _renamed(desk: Desk, unit: Unit, name: str) -> str:
    """A unit with a former name in one of the clerk's manners."""
    r = desk.dice.unit()
    if r < 0.22:
        return unit.former
    if r < 0.40:
        return f"{name}（原{unit.former}）"
    if r < 0.50:
        return f"{name}（原名：{unit.former}）"
    if r < 0.56:
        return f"{name}（{unit.former}）"
    if r < 0.61:
        return f"{name} 曾用名{unit.former}"
    if r < 0.66:
        return f"{unit.former}（现{name}）"
    return name


def _name(desk: Desk, unit: Unit, site: Site, older: bool) -> str:
    dice = desk.dice
    text = site.name
    if unit.former and text == unit.name:
        text = unit.former if older else _renamed(desk, unit, text)
    elif unit.house:
        text = _house_name(desk, unit, site)
    elif site is not unit.sites[0] and dice.chance(0.3):
        text = site.short
    elif dice.chance(0.012):
        text = text + dice.pick(["（非正常户）", "(代扣代缴)", "（清算）", "-停用"])
    text = traditional(dice, slip(dice, text, 0.024), 0.006)
    text = blanks(dice, brackets(dice, text, 0.65), 0.008)
    return text[:20] if dice.chance(0.9) else text


def _number(desk: Desk, unit: Unit, site: Site, older: bool) -> str:
    """The taxpayer number; households' older rows stand under an identity number."""
    dice = desk.dice
    code = desk.code(unit, site, HABITS)
    if unit.house and dice.chance(0.35 if not unit.code or older else 0.02):
        return person_tax_number(dice, unit.area)
    if older and len(code) == 18 and dice.chance(0.7):
        return unit.area + code[8:17]
    return code


def _places(desk: Desk, unit: Unit, site: Site, older: bool) -> tuple[str, str]:
    dice, country = desk.dice, desk.country
    home = unit.registered if site is unit.sites[0] else site.spot
    old = unit.year < 2024 and dice.chance(0.7 if older else 0.4)
    first = slip(dice, write_address(dice, country, home, STYLE, old), 0.03) if dice.chance(0.8) else ""
    spot = misnamed(dice, country, site.spot) if site.spot.kind == "group" and dice.chance(0.015) else site.spot
    if home is not site.spot and dice.chance(0.35):
        spot = home
    second = traditional(dice, slip(dice, write_address(dice, country, spot, STYLE, old), 0.03), 0.003)
    if first and dice.chance(0.35):
        second = first if spot is home else second
    return first, second if dice.chance(0.9) or not first else ""


def _town_office(desk: Desk, site: Site) -> str:
    town = desk.country.towns[desk.country.villages[site.spot.village].town]
    seat = desk.country.counties[site.spot.county].towns[0]
    near = town if desk.dice.chance(0.6) else desk.country.towns[seat]
    return near.stem + desk.dice.pick(["税务分局", "税务分局", "税务所"])


def _agent(desk: Desk, unit: Unit, site: Site, owner: Person) -> tuple[str, str]:
    """Who files the returns: a bookkeeping office, the owner, an employee, or nobody named."""
    dice = desk.dice
    if not unit.house and dice.chance(0.3):
        book = desk.served_by(desk.offices.bookkeepers[unit.county], unit)
        return book.name, book.mobile
    if not dice.chance(0.55):
        return "", ""
    if unit.house or dice.chance(0.4):
        return owner.name, owner.mobile
    person = desk.someone(site.spot)
    return person.name, person.mobile


def _status(desk: Desk, site: Site, older: bool) -> str:
    dice = desk.dice
    if older and dice.chance(0.4):
        return "注销"
    if site.closed and not dice.chance(0.12):
        return dice.pick(["注销", "注销", "注销", "非正常", "非正常户注销", "停业"])
    return dice.pick(["停业", "非正常"]) if dice.chance(0.02) else "正常"


def _opened(desk: Desk, site: Site) -> str:
    """The day of the licence or, as often, the day of the tax registration some weeks later."""
    dice = desk.dice
    if dice.chance(0.08):
        return ""
    date = site.date
    if dice.chance(0.5):
        year, month = int(date[:4]), int(date[5:7]) + dice.between(0, 3)
        year, month = (year, month) if month < 13 or year > 2026 else (year + 1, month - 12)
        date = f"{year}-{min(month, 12):02d}-{dice.between(1, 28):02d}"
    return date.replace("-", "") if dice.chance(0.3) else date


def row(desk: Desk, unit: Unit, site: Site, older: bool = False) -> list[str]:
    """One line of the tax office's export."""
    dice = desk.dice
    number = _number(desk, unit, site, older)
    first, second = _places(desk, unit, site, older)
    owner = site.head if site.head and site is not unit.sites[0] else unit.owner
    clerk, clerk_phone = _agent(desk, unit, site, owner)
    trade = desk.trade(site, 0.76, 0.12)
    if clerk_phone and dice.chance(0.3):
        phone = clerk_phone
    else:
        phone = "" if dice.chance(0.12) else desk.own_phone(owner, 0.18)
    return [
        number,
        _name(desk, unit, site, older),
        desk.person(owner.name, 0.02),
        clerk,
        first,
        second,
        phone,
        clerk_phone,
        dice.pick(TYPES[unit.kind]),
        trade.label if trade else "",
        _town_office(desk, site),
        desk.town_name(site.spot, 0.3),
        desk.village_name(site.spot, 0.6),
        _status(desk, site, older),
        _opened(desk, site),
    ]
