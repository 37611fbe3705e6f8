"""The tax office's list of taxpayers, merged from the former national and local offices."""

from highland_province.clerks.addresses import AddressHabit, write_address
from highland_province.clerks.points import PointHabit, write_point
from highland_province.clerks.wording import NameHabit, write_name
from highland_province.codes import citizen_tax_number, mistyped
from highland_province.ground.places import COUNTIES
from highland_province.ground.region import Region
from highland_province.model import Site
from highland_province.population.trades import neighbour

HEADINGS = (
    "纳税人识别号",
    "纳税人名称",
    "纳税人状态",
    "法定代表人姓名",
    "财务负责人",
    "移动电话",
    "注册地址",
    "生产经营地址",
    "行业",
    "国标行业代码",
    "街道乡镇",
    "主管税务所（科、分局）",
    "登记日期",
    "经度",
    "纬度",
)
NAMES = NameHabit(
    short=0.16,
    former=0.40,
    area=0.09,
    area_drop=0.03,
    form=0.025,
    form_drop=0.02,
    respell=0.18,
    typo=0.02,
    numeral=0.25,
    tail_drop=0.05,
    owner=0.11,
)
ADDRESSES = AddressHabit(
    province=0.12,
    prefecture=0.18,
    county=0.72,
    full=0.2,
    town_drop=0.12,
    former=0.45,
    village_drop=0.18,
    long_village=0.2,
    local_drop=0.25,
    detail_drop=0.2,
    respell=0.22,
)
POINTS = PointHabit(
    filled=0.14,
    measured=0.10,
    tapped=0.35,
    centre=0.25,
    shifted=0.10,
    coarse=0.05,
    seat=0.05,
)


def write(region: Region, site: Site, others: list[str]) -> list[str]:
    """One row of the tax list."""
    dice, unit = region.dice, site.unit
    home = site.registered if dice.chance(0.8) else site.spot
    industry = site.industry if dice.chance(0.85) else neighbour(site.industry)
    county = COUNTIES[region.county(site.spot.district)]
    town = region.tree.townships[region.tree.districts[site.spot.district].township]
    address = write_address(region, home, ADDRESSES) if dice.chance(0.93) else ""
    workplace = write_address(region, site.spot, ADDRESSES) if dice.chance(0.55) else ""
    if home is site.spot and workplace and dice.chance(0.6):
        workplace = address
    return [
        _number(region, site, others),
        write_name(dice, site, NAMES),
        _status(region, site),
        unit.owner.name.write(dice, 0.22) if dice.chance(0.92) else "",
        _bookkeeper(region, site),
        _phone(region, site),
        address,
        workplace,
        industry[1] if dice.chance(0.9) else "",
        industry[0] if dice.chance(0.6) else "",
        town.full if dice.chance(0.4) else "",
        f"国家税务总局{county.short}税务局"
        + dice.pick(("第一税务分局", "第二税务分局", f"{town.name.official}税务分局")),
        _registered(region, unit.founded) if dice.chance(0.4) else "",
        *write_point(region, site.spot if dice.chance(0.6) else home, POINTS),
    ]


def _number(region: Region, site: Site, others: list[str]) -> str:
    """The tax number: a credit code, an old 15-digit number, or none."""
    dice, unit = region.dice, site.unit
    code = site.code or (unit.code if dice.chance(0.75) else "")
    if site.branch and dice.chance(0.25):
        code = unit.code
    if not code or dice.chance(0.155):
        return "" if dice.chance(0.9) else dice.pick(("0", "无", "999999999999999"))
    area = COUNTIES[region.county(site.spot.district)].code
    old = 0.68 if unit.founded < "2015-10" else 0.25
    turn = dice.unit()
    if turn < 0.012:
        return mistyped(dice, code)
    if turn < 0.020 and others:
        return dice.pick(others)
    if dice.chance(old):
        if unit.household and dice.chance(0.12):
            return citizen_tax_number(dice, area)
        return area + code[8:17]
    return code if dice.chance(0.99) else code.lower()


def _registered(region: Region, founded: str) -> str:
    """The day of tax registration: now and then the founding day, else some weeks later."""
    dice = region.dice
    if dice.chance(0.3):
        return founded
    year, month = int(founded[:4]), int(founded[5:7]) + dice.between(0, 2)
    year, month = (year + 1, month - 12) if month > 12 else (year, month)
    return f"{year}-{month:02d}-{dice.between(1, 28):02d}"


def _bookkeeper(region: Region, site: Site) -> str:
    """Who keeps the books: an accountant of many firms, the owner or nobody."""
    dice = region.dice
    turn = dice.unit()
    if turn < 0.4:
        return ""
    if turn < 0.65:
        return dice.pick(region.accountants[site.unit.name.county]).name.official
    return site.unit.owner.name.write(dice, 0.1)


def _phone(region: Region, site: Site) -> str:
    """The telephone the office calls: the owner's, the accountant's or none."""
    dice, county = region.dice, site.unit.name.county
    turn = dice.unit()
    if turn < 0.12:
        return ""
    if turn < 0.30:
        return dice.pick(region.accountants[county]).phone
    if turn < 0.36:
        return dice.pick(region.agents[county])
    if turn < 0.44:
        return region.landline(county)
    return site.phone


def _status(region: Region, site: Site) -> str:
    """The state of the taxpayer."""
    if site.unit.closed:
        return region.dice.pick(("注销", "非正常", "清算"))
    return region.dice.pick(("正常",) * 17 + ("停业", "非正常", "报验"))
