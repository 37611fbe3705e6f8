"""The discharge permits, one line per facility, kept by the ecology bureaus."""

from highland_province.clerks.addresses import AddressHabit, write_address
from highland_province.clerks.points import PointHabit, write_point
from highland_province.clerks.wording import NameHabit, write_name
from highland_province.codes import mistyped
from highland_province.ground.places import COUNTIES
from highland_province.ground.region import Region
from highland_province.model import Site
from highland_province.population.trades import neighbour

HEADINGS = (
    "单位名称",
    "统一社会信用代码",
    "许可证（登记）编号",
    "排放设施名称",
    "排放口编号",
    "生产经营场所地址",
    "行业类别",
    "行业代码",
    "管理类别",
    "法定代表人",
    "环保联系人",
    "联系电话",
    "所在乡镇",
    "有效期至",
    "证书状态",
    "经度",
    "纬度",
)
NAMES = NameHabit(
    short=0.36,
    former=0.35,
    area=0.14,
    area_drop=0.07,
    form=0.05,
    form_drop=0.06,
    respell=0.25,
    typo=0.028,
    numeral=0.40,
    tail_drop=0.05,
    owner=0.05,
)
ADDRESSES = AddressHabit(
    province=0.15,
    prefecture=0.2,
    county=0.65,
    full=0.15,
    town_drop=0.08,
    former=0.30,
    village_drop=0.10,
    long_village=0.12,
    local_drop=0.22,
    detail_drop=0.35,
    respell=0.28,
)
POINTS = PointHabit(
    filled=0.85,
    measured=0.50,
    tapped=0.22,
    centre=0.08,
    shifted=0.09,
    coarse=0.04,
    seat=0.01,
)


def write_all(region: Region, site: Site, others: list[str], lines: int) -> list[list[str]]:
    """The rows of one site, one per facility; name and code are copied down most of the time."""
    dice = region.dice
    rows: list[list[str]] = []
    first = ""
    facilities = list(site.facilities) or [""]
    for line in range(lines):
        facility = facilities[line % len(facilities)]
        if rows and dice.chance(0.62):
            row = [first, *rows[0][1:]]
            row[15:17] = write_point(region, site.spot, POINTS)
        else:
            row = _write(region, site, others)
            first = first or row[0]
        row[3] = facility if dice.chance(0.9) else ""
        row[4] = "" if dice.chance(0.35) else f"{'DW' if '水' in facility else 'DA'}{line + 1:03d}"
        if facility and lines > 1 and dice.chance(0.12):
            row[0] += dice.pick((f"（{facility}）", f"({facility})", f"-{facility}", facility))
        rows.append(row)
    return rows


def _write(region: Region, site: Site, others: list[str]) -> list[str]:
    """One row of the permit list."""
    dice, unit = region.dice, site.unit
    code = _code(region, site, others)
    grade = dice.pick(("登记管理", "登记管理", "简化管理", "重点管理"))
    industry = site.industry if dice.chance(0.85) else neighbour(site.industry)
    town = region.tree.townships[region.tree.districts[site.spot.district].township]
    person, phone = _contact(region, site)
    return [
        write_name(dice, site, NAMES),
        code,
        _licence(region, site, code, grade),
        "",
        "",
        write_address(region, site.spot, ADDRESSES),
        industry[1] if dice.chance(0.92) else "",
        industry[0] if dice.chance(0.8) else "",
        grade,
        unit.owner.name.write(dice, 0.25) if dice.chance(0.75) else "",
        person,
        phone,
        town.full if dice.chance(0.5) else town.former if dice.chance(0.3) else "",
        f"{dice.between(2026, 2032)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}",
        "注销" if unit.closed or dice.chance(0.04) else "有效",
        *write_point(region, site.spot, POINTS),
    ]


def _code(region: Region, site: Site, others: list[str]) -> str:
    """The credit code; a branch's line mostly carries the parent's."""
    dice, unit = region.dice, site.unit
    code = unit.code if site.branch and (not site.code or dice.chance(0.6)) else site.code
    if dice.chance(0.185):
        return ""
    turn = dice.unit()
    if turn < 0.02:
        return mistyped(dice, code)
    if turn < 0.032 and others:
        return dice.pick(others)
    if turn < 0.06 and unit.founded < "2015-10":
        return unit.registration
    if turn < 0.08:
        return dice.pick((code[8:16] + "-" + code[16], code + " ", code.lower()))
    return code


def _licence(region: Region, site: Site, code: str, grade: str) -> str:
    """The number of the permit or of the receipt."""
    dice = region.dice
    if len(code) != 18 or dice.chance(0.25):
        office = "贡环许" if COUNTIES[site.unit.name.county].north else "澜环许"
        local = f"{office}〔{dice.between(2018, 2027)}〕{dice.between(1, 260)}号"
        return "" if dice.chance(0.7) else local
    return f"{code}{site.serial:03d}{'P' if grade != '登记管理' else dice.pick('WXYZ')}"


def _contact(region: Region, site: Site) -> tuple[str, str]:
    """The person on site and the telephone: owner, site manager or an environmental agent."""
    dice, county = region.dice, site.unit.name.county
    turn = dice.unit()
    if turn < 0.12:
        agent = region.accountants[county][dice.below(3)]
        return agent.name.official, agent.phone
    if turn < 0.45 or (site.contact and turn < 0.8):
        manager = site.contact or region.citizen(county)
        site.contact = manager
        return manager.name.write(dice, 0.15), manager.phone if dice.chance(0.9) else ""
    return site.unit.owner.name.write(dice, 0.15), site.phone if dice.chance(0.9) else ""
