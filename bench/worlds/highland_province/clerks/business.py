"""The business registry's export, kept by the county market supervision bureaus."""

from highland_province.clerks.addresses import AddressHabit, village_name, write_address
from highland_province.clerks.points import PointHabit, write_point
from highland_province.clerks.wording import NameHabit, write_name
from highland_province.codes import mistyped, registration_number
from highland_province.dice import Dice
from highland_province.ground.region import Region
from highland_province.model import Site
from highland_province.population.trades import neighbour

HEADINGS = (
    "企业名称",
    "统一社会信用代码",
    "注册号",
    "企业类型",
    "法定代表人（负责人）",
    "联系电话",
    "住所",
    "经营场所",
    "行业代码",
    "行业名称",
    "登记状态",
    "成立日期",
    "所属乡镇",
    "所属村居",
    "经度",
    "纬度",
)
NAMES = NameHabit(
    short=0.04,
    former=0.04,
    area=0.02,
    area_drop=0.01,
    form=0.01,
    form_drop=0.005,
    respell=0.05,
    typo=0.012,
    numeral=0.06,
    tail_drop=0.01,
    owner=0.02,
)
ADDRESSES = AddressHabit(
    province=0.45,
    prefecture=0.35,
    county=0.9,
    full=0.55,
    town_drop=0.05,
    former=0.35,
    village_drop=0.10,
    long_village=0.45,
    local_drop=0.12,
    detail_drop=0.08,
    respell=0.12,
)
POINTS = PointHabit(
    filled=0.46,
    measured=0.26,
    tapped=0.34,
    centre=0.16,
    shifted=0.07,
    coarse=0.03,
    seat=0.03,
)


def write(region: Region, site: Site, others: list[str]) -> list[str]:
    """One row of the registry."""
    dice, unit, home = region.dice, site.unit, site.registered
    code, number = _numbers(dice, site, others)
    industry = site.industry if dice.chance(0.93) else neighbour(site.industry)
    district = region.tree.districts[home.district]
    elsewhere = home is not site.spot
    address = write_address(region, home, ADDRESSES)
    workplace = ""
    if not elsewhere and dice.chance(0.25):
        workplace = address
    elif dice.chance(0.55 if elsewhere else 0.06):
        workplace = write_address(region, site.spot, ADDRESSES)
    point = write_point(region, site.spot if dice.chance(0.5) else home, POINTS)
    return [
        write_name(dice, site, NAMES),
        code,
        number,
        _type(site),
        _person(dice, site),
        _phone(dice, region, site),
        address,
        workplace,
        industry[0] if dice.chance(0.9) else "",
        industry[1] if dice.chance(0.85) else "",
        _status(dice, site),
        unit.founded if dice.chance(0.97) else "",
        region.tree.townships[district.township].full if dice.chance(0.7) else "",
        village_name(dice, district, ADDRESSES) if dice.chance(0.45) else "",
        *point,
    ]


def _numbers(dice: Dice, site: Site, others: list[str]) -> tuple[str, str]:
    """Credit code and old registration number; units closed early have the old one only."""
    unit = site.unit
    old = unit.founded < "2015-10"
    number = unit.registration if old and not unit.public and dice.chance(0.5) else ""
    code = site.code
    if site.branch:
        number = ""
    if site.branch and code and dice.chance(0.03):
        code = unit.code
    lost = 0.46 if unit.closed else 0.145 if old else 0.06
    if not code or dice.chance(lost):
        if site.branch and old:
            number = registration_number(dice, unit.code[2:8], household=False)
        return (number, "") if dice.chance(0.15) else ("", number)
    turn = dice.unit()
    if turn < 0.012:
        code = mistyped(dice, code)
    elif turn < 0.020 and others:
        code = dice.pick(others)
    elif turn < 0.026:
        code = dice.pick((code.lower(), code[:8] + " " + code[8:], code + " "))
    return code, number


def _type(site: Site) -> str:
    """The kind of registered unit."""
    if site.unit.household:
        return "个体工商户"
    if "信用" in site.name.trade:
        return "股份合作制" if not site.branch else "股份合作制分支机构"
    if site.unit.public:
        return "事业单位"
    if site.branch:
        return "分公司"
    if site.unit.code.startswith("93"):
        return "农民专业合作社"
    return "有限责任公司" if "公司" in site.name.form + site.name.trade else "个人独资企业"


def _person(dice: Dice, site: Site) -> str:
    """The legal representative; a branch names its own head."""
    person = site.contact if site.branch and site.contact else site.unit.owner
    return "" if dice.chance(0.03) else person.name.write(dice, 0.02)


def _phone(dice: Dice, region: Region, site: Site) -> str:
    """The telephone left at registration: the owner's, an agent's or an old one."""
    turn, county = dice.unit(), site.unit.name.county
    if turn < 0.20:
        return ""
    if turn < 0.29:
        return dice.pick(region.agents[county])
    if turn < 0.36:
        return region.landline(county)
    return site.phone


def _status(dice: Dice, site: Site) -> str:
    """The state in the register; it lags behind life."""
    if site.unit.closed:
        return (
            dice.pick(("注销", "注销", "注销", "吊销", "吊销，未注销"))
            if dice.chance(0.95)
            else "存续（在营、开业、在册）"
        )
    return (
        "存续（在营、开业、在册）" if dice.chance(0.94) else dice.pick(("吊销，未注销", "迁出", "存续（列入经营异常）"))
    )
