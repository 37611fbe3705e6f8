"""Address -> levels, park, road, number, building, floor, room.  Nothing is compared or located here.

Read from large to small, as Chinese addresses are written; whatever is missing stays empty.  Names of areas come
from the vocabulary first (so that 浙江杭州萧山 is read without its suffixes) and from their suffixes second.
`parse_address` is total: any string has parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from minglu.matching.grammar import Grammar, grammar_of
from minglu.matching.text import NUMERAL_CHARACTERS, arabic, tidy, without_brackets
from minglu.matching.vocabulary import Vocabulary

LEVELS = ("province", "city", "county", "town", "village")

_BRACKET = re.compile(r"\([^()]*\)")
_N = f"[{NUMERAL_CHARACTERS}]"
# A Chinese numeral is a number only before these signs: 二十三号, 三幢, 五组; the 二 of 建设二路 is part of a name.
_COUNTED = re.compile(
    f"{_N}+(?=号(?!路|街|大街|公路|桥|线)|[幢栋座层室]|楼|单元|弄|[组队](?!织|伍)|村民小组|小组|号楼|期)"
    f"|(?<=[号0-9])之{_N}+"
)
_NOISE = re.compile(
    r"(?:门牌|(?:NO|N0)[.:]?|地址:?|住所:?|中国|(?:对面|隔壁|旁边?|附近|斜对面|院内|内|后面|前面|门口|处|以[东西南北])$)"
)
_SIGN = r"(?:街道办事处|街道办|街道|民族乡|镇|乡|苏木)"
_TOWN = re.compile(rf"(?P<town>[一-鿿]{{1,5}}?(?<![城村集市古])(?<!小城)){_SIGN}(?!路|街|大道|企业|政府|中路)")
_VILLAGE = re.compile(
    r"(?P<village>[一-鿿]{1,6}?)(?:村民委员会|村委会|社区居委会|社区居民委员会|居民委员会|居委会|社区|嘎查|村(?!路|大道|街|民))"
)
_COUNTY = re.compile(
    r"(?P<city>[一-鿿]{2,4}?(?:自治州|(?<![超城都夜门股上集菜花鱼楼早])市(?!场|政)|盟))?"
    r"(?P<county>[一-鿿]{1,4}?(?:自治县|自治旗|县(?!城|道|府)|(?<![小社园厂库景市地发业牧税矿片术化新])区|(?<![红])旗|市(?!场|政)))?"
)
_PARK = re.compile(
    r"(?P<park>[一-鿿A-Z]{0,12}?(?:工业园区|产业园区|科技园区|开发区|产业园|工业园|科技园|创业园|物流园|园区|工业区|集中区|集聚区|"
    r"高新区|工业小区|示范区|保税区|工业城|工业功能区|功能区|创业基地|产业基地|孵化园|小微园|创新园|商贸城|市场))(?P<part>[A-Z东西南北一二三四0-9]区)?"
)
_ROAD = re.compile(
    r"(?P<road>(?:[0-9A-Z]{1,4}(?:号|#)?|[一-鿿]{1,9}?|[SGXY][0-9]+)(?:大道|大街|公路|国道|省道|县道|胡同|环路|街|路|巷|里弄|线|道))"
    r"(?P<part>[东西南北中上下](?:[段路街]|大街)|[东西南北中](?=[0-9])|[一二三四五六]段)?"
)
_LANE = re.compile(r"(?P<lane>[0-9]+)(?:弄|巷|支弄)")
_GROUP = re.compile(r"(?P<group>[0-9]+)(?:村民小组|小组|组|队|社|屯)|[一-鿿]{1,3}(?:组|屯|自然村|庄|坞|湾)(?=[0-9]|$)")
_NUMBER = re.compile(
    r"(?P<number>[0-9]+[A-Z]?(?:[-、/#][0-9]+)*)(?:号(?!楼|幢|栋|座|厂房|车间|库|仓|门面|店面|铺|商铺|房|摊)|#(?!楼))(?:院|附)?"
    r"(?:[之附-](?P<sub>[0-9]+)号?)?"
)
_BARE_NUMBER = re.compile(
    r"(?P<number>[0-9]+(?:-[0-9]+)*)(?![0-9A-Z]*(?:幢|栋|座|楼|层|室|号|单元|组|#|米|公里|期|房|店|铺))"
)
_BUILDING = re.compile(
    r"(?P<building>[0-9A-Z]{1,4}|[东西南北中主副前后])(?:号楼|号厂房|号车间|#楼|号库|幢|栋|座|号幢|(?<=[0-9])楼(?=[0-9]{3}))"
)
_FLOOR = re.compile(r"(?P<floor>负?[0-9]{1,2}|[一-鿿]?底)(?:楼|层)")
_ROOM = re.compile(r"(?P<room>[0-9A-Z]+(?:-[0-9A-Z]+)*)(?:室|号?房间?|号?商?铺位?|号?门面|号?店面|号?摊位?)")
_LAST_ROOM = re.compile(r"(?:[幢栋座楼层]|单元)-?(?P<room>[0-9A-Z]{2,5}(?:-[0-9]+)?)$")
_INNER_NUMERAL = re.compile(f"(?<=.){_N}+(?=(?:大道|大街|号路|环路|路|街|巷|弄)$)")


@dataclass(frozen=True, slots=True)
class AddressParts:
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
    """road#number, or village#number: the canonical place; "" unless both are known."""
    text: str = ""
    """The whole address in one spelling."""


def parse_address(text: str, vocabulary: Vocabulary) -> AddressParts:
    """Take an address apart.

    >>> from minglu.matching.vocabulary import vocabulary
    >>> parts = parse_address("杭州萧山城厢街道建设二路二十三号之一3幢201室", vocabulary(["杭州市", "萧山区"]))
    >>> parts.county, parts.town, parts.road, parts.number, parts.building, parts.room
    ('萧山', '城厢', '建设2路', '23-1', '3', '201')
    """
    return read_address(text, grammar_of(vocabulary))


def read_address(text: str, grammar: Grammar) -> AddressParts:
    """Take an address apart with a grammar already at hand: what batches call."""
    whole = tidy(text)
    line = _BRACKET.sub("", whole) if "(" in whole else whole
    line = _plain_numbers(without_brackets(line) or without_brackets(whole))
    parts, rest = _take_levels(line, grammar)
    parts |= _take_place(rest)
    road, village, number = parts.get("road", ""), parts.get("village", ""), parts.get("number", "")
    anchor = road or village or parts.get("park", "")
    key = f"{anchor}#{number}" if anchor and number else ""
    if not key and village and parts.get("group"):
        key = f"{village}#{parts['group']}组"
    parts.pop("group", "")
    return AddressParts(**parts, key=key, text=line)


def _plain_numbers(text: str) -> str:
    """Write counted numerals in digits, 之 as a hyphen, and drop words like 对面 at the end."""
    text = _COUNTED.sub(lambda match: arabic(match[0]).replace("之", "-"), text)
    text = re.sub(r"(?<=号)-(?=[0-9])|(?<=[0-9])号之(?=[0-9])", "之", text)
    while (shorter := _NOISE.sub("", text)) != text:
        text = shorter
    return text


def _take_levels(text: str, grammar: Grammar) -> tuple[dict[str, str], str]:
    """Cut the areas off the beginning: known ones by their names, others by their suffixes."""
    parts: dict[str, str] = {}
    position = 0
    while area := grammar.area_at(text, position):
        level = grammar.levels[area] or "village"
        if level in parts or text[position + len(area) : position + len(area) + 1] in _ROAD_SIGNS:
            break
        parts[level] = grammar.bare(area)
        position += len(area)
    if not parts.keys() & {"county", "town", "village"}:
        match = _COUNTY.match(text, position)
        for level in ("city", "county"):
            if match and match[level] and level not in parts:
                parts[level] = grammar.bare(match[level])
                position = match.end(level)
    for level, pattern in (("town", _TOWN), ("village", _VILLAGE)):
        if level not in parts and (match := pattern.match(text, position)):
            parts[level] = match[level]
            position = match.end()
    return parts, text[position:]


_ROAD_SIGNS = frozenset("路街巷弄")


def _take_place(text: str) -> dict[str, str]:
    """Read park, road, lane, group, number, building, floor and room from what follows the areas."""
    parts: dict[str, str] = {}
    if match := _PARK.match(text):
        parts["park"] = match[0]
        text = text[match.end() :]
    if match := _ROAD.match(text):
        parts["road"] = _INNER_NUMERAL.sub(lambda found: arabic(found[0]), match["road"]) + (match["part"] or "")
        text = text[match.end() :]
    if match := _GROUP.search(text):
        parts["group"] = match["group"] or match[0]
        text = text[: match.start()] + text[match.end() :]
    lane = _LANE.match(text)
    if lane:
        text = text[lane.end() :]
    number = _NUMBER.search(text) or _BARE_NUMBER.match(text)
    if number:
        found = number.groupdict()
        parts["number"] = re.sub("[、/#]", "-", found["number"]) + (f"-{found['sub']}" if found.get("sub") else "")
        text = text[: number.start()] + "|" + text[number.end() :]
    if lane:
        parts["number"] = f"{lane['lane']}弄{parts.get('number', '')}"
    for name, pattern in (("room", _ROOM), ("room", _LAST_ROOM), ("building", _BUILDING), ("floor", _FLOOR)):
        if name not in parts and (match := pattern.search(text)):
            parts[name] = match[name]
    return parts
