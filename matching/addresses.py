"""Address -> levels, park, road, number, building, floor, room.  Nothing is compared or located here.

An address is read in two halves: the head, names from large to small (浙江省杭州市萧山区城厢街道建设二路), and the
tail, which starts at the first number (23号3幢201室).  Heads and tails repeat far more often than whole
addresses, so a batch reads each different half once (see `features`); `parse_address` joins the same two readings.
Every function is total: any string has parts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from minglu.matching.grammar import LEVELS, Grammar, grammar_of
from minglu.matching.text import NUMERAL_CHARACTERS, arabic, tidy, without_brackets
from minglu.matching.vocabulary import Vocabulary

# --- one spelling -----------------------------------------------------------------------------------------------

_N = f"[{NUMERAL_CHARACTERS}]"
_BRACKET = re.compile(r"\([^()]*\)")
# A Chinese numeral is a number only before these signs: 二十三号, 三幢, 五组; the 二 of 建设二路 is part of a name.
_COUNTED = re.compile(f"{_N}+(?=[号幢栋座层室楼弄期]|单元|小?[组队](?!织|伍)|村民小组|社(?=$|[0-9]))")
_SUB_NUMERAL = re.compile(f"(?<=[0-9])号?之({_N}+)号?")
_SPELLINGS = (
    (re.compile(r"村民委员会|村委会|村村|(?<=..)行政村"), "村"),
    (re.compile(r"(?:社区)?(?:居民委员会|居委会)|社区社区"), "社区"),
    (re.compile(r"街道办(?:事处)?"), "街道"),
    (re.compile(r"村民小组|小组|生产队|经济社"), "组"),
    (re.compile(r"([0-9])号之([0-9]+)号?"), r"\1-\2号"),
    (re.compile(r"([0-9])号?(?:附|-附)([0-9]+)号?"), r"\1-\2号"),
    (re.compile(r"([0-9])之([0-9])"), r"\1-\2"),
    (re.compile(r"([0-9])号-([0-9]{1,2})(?:号|$)"), r"\1-\2号"),
    (re.compile(r"门牌号?:?|(?:NO|N0)[.:]?(?=[0-9])|^(?:地址|住所|经营场所|中国):?"), ""),
    (re.compile(r"[、.:/&+@-]+$|^[、.:/&+@-]+"), ""),
    (re.compile(r"(?:斜?对[面过]|隔壁|旁边?|附近|院?内|里面|[后前]面|门口|处|以[东西南北]|[东西南北]侧)$"), ""),
)
_TO_SPELL = re.compile("|".join(pattern.pattern for pattern, _ in _SPELLINGS))
SIGNS = ((" ", ""), ("#", "号"))
"""The commonest other spellings, replaced first of all."""
NEEDS_CARE = (
    f"[^一-鿿A-Z0-9-]|{_N}(?:[号幢栋座层室楼弄期组队社]|单元|小[组队]|村民)|行政村|生产队|经济社|委会|委员会|村村|社区社区|街道办|小组|号[之附-]|[0-9]-?附|[0-9]之"
    "|门牌|N[O0]|^地址|^住所|^经营场所|^中国|^-|-$|[对隔旁附内里后前门处东西南北][面过壁边近口侧]?$"
)
"""RE2 pattern: a text without any such sign is its own plain spelling.  Wider than needed, never narrower."""

ROAD_NUMBER = "[国省县乡]道[SGXYC]?[0-9]{1,4}线?|[0-9]+(?:号?路|号?街|号?大道|号?公路|号桥|[国省县乡]道|高速)"
SPLIT = rf"^(?P<head>(?:[^0-9]*(?:{ROAD_NUMBER}))*[^0-9]*)(?P<tail>.*)$"
"""Pattern for `re` and RE2 alike: the tail starts at the first number that is not the name of a road."""
_SPLIT = re.compile(SPLIT)
_CARE = re.compile(NEEDS_CARE)

# --- areas ------------------------------------------------------------------------------------------------------

_CITY = re.compile(
    r"(?P<city>[一-鿿]{2,4}?(?:自治州|地区|州(?=[一-鿿]{1,4}[市县])|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])|盟))"
)
_COUNTY = re.compile(
    r"(?P<county>[一-鿿]{2,5}?(?:自治[县旗]|新区)|[一-鿿]{1,4}?县(?![城道府])"
    r"|[一-鿿]{2,4}?(?:(?<![小社园厂库景地发业牧税片术化新城校院街市])区|(?<!红)旗|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])))"
)
_TOWN = re.compile(r"(?P<town>[一-鿿]{1,5}?(?:街道|民族乡|镇|乡|苏木))(?!路|街|大道|企业|政府)")
_VILLAGE = re.compile(r"(?P<village>[一-鿿]{1,6}?(?:社区|嘎查|村(?!路|大道|大街|街|民)))")
_PROVINCE = re.compile(r"[一-鿿]{2,3}?(?:省(?!道)|自治区)")
_GENERIC = {"province": _PROVINCE, "city": _CITY, "county": _COUNTY, "town": _TOWN, "village": _VILLAGE}
# 临浦路 is a road, not the town of 临浦; 朝阳区 is a county, not the city of 朝阳.
_SUFFIX_AHEAD = re.compile(r"市(?![场政])|县(?!城)|[区旗州盟]|自治[县旗]")
_ROAD_AHEAD = re.compile(
    r"[东西南北中前后新老一二三四五六0-9]{0,2}(?:大道|大街|公路|[路巷弄桥]|街(?!道)|国道|省道|胡同|道(?=$|[0-9]))"
)

# --- places -----------------------------------------------------------------------------------------------------

_PARK = re.compile(
    r"[一-鿿A-Z]{0,12}?(?:(?:工业|产业|科技|创新|创业|物流|化工|生态|农业|高新|软件|食品|电商|小微)园区?|园区|开发区|工业小?区|集中区|"
    r"集聚区|高新区|示范区|保税区|功能区|工业城|(?:创业|产业|工业)基地|孵化园|商贸城|"
    r"(?:五金|建材|家具|家居|汽车|汽配|服装|轻纺|小商品|电子|电脑|灯具|茶叶|花卉|水果|石材|装饰)城(?!路|街|大道)|"
    r"批发市场|市场(?!路|街))(?:[A-Z东西南北一二三四五六0-9]区|[一二三四五]期)?"
)
_ROAD = re.compile(
    r"[国省县乡]道[SGXYC]?[0-9]{1,4}线?|"
    r"(?:[0-9A-Z]{1,5}号?|[一-鿿]{1,9}?(?:[0-9]{1,3}号?)?|[一-鿿]{0,4}[SGXY][0-9]{1,4})"
    r"(?:大道|大街|公路|高速公路|高速|国道|省道|县道|乡道|胡同|环路|里弄|街(?!道)|[路巷]|(?<!街)道(?=$)|(?<=[一-鿿][路街道])线)"
    r"(?:[东西南北中上下一二三四五六][段路街]|[东西南北中](?=$|[0-9]))?"
)
_INNER_NUMERAL = re.compile(
    f"(?<=[^{NUMERAL_CHARACTERS}]){_N}+(?=(?:号?大道|大街|号路|环路|路|街|巷)[东西南北中上下]?段?$)"
)
_HEAD_BUILDING = re.compile(r"(?P<building>[A-Z]|[东西南北主副])(?:座|幢|栋|楼)$")
# What is left of a head that names no road of a known kind is a place of its own: 东关里, 皮草城E区, 银河大厦.
_NAMED = re.compile("[一-鿿]{2}")
_LARGE = re.compile("大(?=[街道]$)")  # 站前大街 and 站前街 are one road
_ALLEY = re.compile("胡同$")  # 热河胡同 and 热河巷 are one: lists take one word for the other
_LANE = re.compile(r"^(?P<lane>[0-9]+)(?:弄|支弄|巷)")
_GROUP = re.compile(r"(?P<group>[0-9]+)(?:组|队|社|屯)(?!区)")
_NUMBER = re.compile(
    r"(?P<number>[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)*)(?:[、/][0-9]+(?:-[0-9]+)*)*(?:号(?!楼|幢|栋|座|厂|车间|库|仓|门|店|铺|商铺|房|摊))"
)
_BARE = re.compile(
    r"^(?P<number>[0-9]+(?:-[0-9]{1,3})?)(?:-(?P<room>[0-9]{3,4}))?(?=$|[一-鿿])(?!幢|栋|座|楼|层|室|号|单元|组|队|弄|米|公里|期|房|店|铺|门|车间|厂)"
)
_BUILDING = re.compile(
    r"(?P<building>[0-9]{1,3}[A-Z]?|[A-Z][0-9]{0,2}|[东西南北主副])(?:号楼|号厂房|号车间|号?[幢栋座]|号库)"
)
_FLOOR = re.compile(r"(?P<floor>负?[0-9]{1,2}|底)[楼层]")
_ROOM = re.compile(r"(?P<room>[0-9A-Z]+(?:-[0-9A-Z]+)*)(?:室|号?房|号?商?铺|号?门面|号?店面|号?摊)")
_STALL = re.compile(r"^(?P<stall>[0-9]+(?:-[0-9]+)*)号?(?:摊位?|商?铺位?|[门店]面)(?![0-9])")
_LAST_ROOM = re.compile(r"(?:[幢栋座楼层]|单元|号)-?(?P<room>[0-9A-Z]{2,5}(?:-[0-9]+)?)$")


class AddressParts(NamedTuple):
    """The parts of one address; "" where it is silent.  Areas stand without their suffix."""

    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    village: str = ""
    park: str = ""
    """Industrial or other park or market, as written."""
    road: str = ""
    number: str = ""
    """House number in digits, a sub-number behind a hyphen (12-3), a lane before it (123弄5)."""
    building: str = ""
    floor: str = ""
    room: str = ""
    key: str = ""
    """market#stall, else road#number, village#number or park#number: the canonical place; "" unless both are known.
    In a village without numbers the group counts, in a park without numbers the building."""
    text: str = ""
    """The whole address in one spelling."""


class HeadParts(NamedTuple):
    """What the names before the first number say."""

    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    village: str = ""
    park: str = ""
    road: str = ""
    building: str = ""
    anchor: str = ""
    """What a house number counts along: road, else village, else park."""
    hamlet: str = ""
    """The anchor where villagers' groups count along it: a village, or a place that is no road."""
    market: str = ""
    """The park that stalls count along: the one named last, nothing behind it."""


class TailParts(NamedTuple):
    """What stands from the first number on."""

    number: str = ""
    building: str = ""
    floor: str = ""
    room: str = ""
    group: str = ""
    """Villagers' group 村民小组 in digits and 组: stands in for the number where there is none."""
    stall: str = ""
    """A stall or shop in digits, where the tail starts with it: the house number of a market 市场."""


def parse_address(text: str, vocabulary: Vocabulary) -> AddressParts:
    """Take an address apart.

    >>> from minglu.matching.vocabulary import vocabulary
    >>> parts = parse_address("杭州萧山城厢街道建设二路二十三号之一3幢201室", vocabulary(["杭州市", "萧山区"]))
    >>> parts.county, parts.town, parts.road, parts.number, parts.building, parts.room
    ('萧山', '城厢', '建设2路', '23-1', '3', '201')
    """
    plain = plain_address(text)
    head_text, tail_text = split_address(plain)
    head, tail = read_head(head_text, grammar_of(vocabulary)), read_tail(tail_text)
    number, building = tail.number, tail.building or head.building
    counted = number or (tail.group if head.hamlet else "") or (_hall_of(building) if head.park == head.anchor else "")
    stall = f"{head.market}#{tail.stall}" if head.market and tail.stall else ""
    key = stall or (f"{head.anchor}#{counted}" if head.anchor and counted else "")
    return AddressParts(*head[:7], number, building, tail.floor, tail.room, key, plain)


def _hall_of(building: str) -> str:
    """Return how a building stands for the number of a park that has none: 5幢."""
    return f"{building}幢" if building else ""


def plain_address(text: str) -> str:
    """Return one spelling: remarks in brackets gone, counted numerals in digits, 村委会 as 村, 对面 dropped."""
    text = _replace_signs(text)
    while _CARE.search(text):
        plain = _plainer(_replace_signs(tidy(text)))
        if plain == text:
            break
        text = plain
    return text


def _replace_signs(text: str) -> str:
    for sign, spelling in SIGNS:
        text = text.replace(sign, spelling)
    return text


def _plainer(text: str) -> str:
    """Take one step to the plain spelling; each step shortens the text or leaves fewer numerals in it."""
    if "(" in text or ")" in text:
        text = without_brackets(_BRACKET.sub("", text)) or without_brackets(text)
    text = _COUNTED.sub(lambda match: arabic(match[0]), text)
    text = _SUB_NUMERAL.sub(lambda match: f"-{arabic(match[1])}号", text)
    if _TO_SPELL.search(text):
        for pattern, spelling in _SPELLINGS:
            text = pattern.sub(spelling, text)
    return text


def split_address(plain: str) -> tuple[str, str]:
    """Return head and tail; together they are the whole text.

    >>> split_address("兴业3路88号2幢")
    ('兴业3路', '88号2幢')
    """
    match = _SPLIT.match(plain)
    assert match, "the pattern matches any line"
    return match["head"], match["tail"]


@lru_cache(maxsize=1 << 16)
def read_head(head: str, grammar: Grammar) -> HeadParts:
    """Read areas, park, road and a lettered building from the part before the first number."""
    parts, rest = _take_areas(head, grammar)
    if match := _PARK.match(rest):
        parts["park"] = match[0]
        rest = rest[match.end() :]
    if match := _ROAD.match(rest):
        parts["road"] = _spell_road(match[0])
        rest = rest[match.end() :]
    elif "village" not in parts and rest in grammar.villages:
        parts["village"] = rest
    if match := _HEAD_BUILDING.search(rest):
        parts["building"] = match["building"]
        rest = rest[: match.start()]
    market = parts.get("park", "") if not rest else ""
    hamlet = parts.get("village", "") if "road" not in parts else ""
    if "road" not in parts and _NAMED.match(rest):
        market = rest
        if "village" not in parts:
            parts["road"] = hamlet = rest
    anchor = parts.get("road") or parts.get("village") or parts.get("park") or ""
    return HeadParts(**parts, anchor=anchor, hamlet=hamlet, market=market)


def _spell_road(road: str) -> str:
    """Spell a road in one of the ways that lists spell it: 第二胡同 as 第2巷, 站前大街 as 站前街.

    >>> _spell_road("热河胡同")
    '热河巷'
    """
    return _ALLEY.sub("巷", _LARGE.sub("", _INNER_NUMERAL.sub(lambda found: arabic(found[0]), road)))


def _take_areas(text: str, grammar: Grammar) -> tuple[dict[str, str], str]:
    """Cut areas off the beginning, large to small: known ones by their names, others by their suffixes."""
    parts: dict[str, str] = {}
    position = 0
    area = grammar.area_at(text, position)
    for rank, level in enumerate(LEVELS):
        if area and rank not in grammar.ranks[area]:
            continue  # the turn of its level comes later
        if area and not _is_something_else(text, area, position + len(area), grammar):
            parts[level] = grammar.areas[area]
        elif match := _GENERIC[level].match(text, position):
            area = match[0]
            parts[level] = grammar.bare(area)
        else:
            continue
        position += len(area)
        area = grammar.area_at(text, position)
    return parts, text[position:]


def _is_something_else(text: str, area: str, end: int, grammar: Grammar) -> bool:
    """Say whether a known area only begins a road (临浦路, 东湖村路) or another area (朝阳 of 朝阳区)."""
    short = area == grammar.areas[area]
    if (short or area.endswith("村")) and _ROAD_AHEAD.match(text, end):
        return True
    return short and _SUFFIX_AHEAD.match(text, end) is not None


@lru_cache(maxsize=1 << 16)
def read_tail(tail: str) -> TailParts:
    """Read lane, group, number, building, floor and room from the part that starts at the first number.

    >>> read_tail("23-1号3幢201室")
    TailParts(number='23-1', building='3', floor='', room='201', group='', stall='')
    """
    group = lane = number = room = ""
    stall = match["stall"] if (match := _STALL.match(tail)) else ""
    if match := _LANE.match(tail):
        lane, tail = f"{match['lane']}弄", tail[match.end() :]
    if match := _GROUP.search(tail):
        group, tail = f"{match['group']}组", tail[: match.start()] + "|" + tail[match.end() :]
    if match := _NUMBER.search(tail):
        number, tail = match["number"], f"{tail[: match.start()]}号{tail[match.end() :]}"
    elif match := _BARE.match(tail.removeprefix("|")):
        number, room = match["number"], match["room"] or ""
        tail = tail.removeprefix("|")[match.end() :]
    found = {"room": room}
    for name, pattern in (("room", _ROOM), ("room", _LAST_ROOM), ("building", _BUILDING), ("floor", _FLOOR)):
        if not found.get(name) and (match := pattern.search(tail)):
            found[name] = match[name]
    return TailParts(lane + number, found.get("building", ""), found.get("floor", ""), found["room"], group, stall)
