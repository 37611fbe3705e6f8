"""Address -> levels, park, road, number, building, floor, room.  Nothing is compared or located here.

An address is read in two halves: the area part, names from large to small (浙江省杭州市萧山区城厢街道建设二路), and the
street part, which starts at the first number (23号3幢201室).  Area and street parts repeat far more often than whole
addresses, so each is read by itself, see `area_part` and `street_part`; here they are split and joined.
Every function is total: any string has parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from minglu.matching.parsing.area_part import read_area_part
from minglu.matching.parsing.grammar import grammar_of
from minglu.matching.parsing.numerals_and_signs import NUMERAL_CHARACTERS, arabic, tidy, without_brackets
from minglu.matching.parsing.street_part import read_street_part
from minglu.matching.parsing.vocabulary import Vocabulary

# --- one spelling -----------------------------------------------------------------------------------------------

_N = f"[{NUMERAL_CHARACTERS}]"
_BRACKET = re.compile(r"\([^()]*\)")
# A Chinese numeral is a number only before these signs: 二十三号, 三幢, 五组; the 二 of 建设二路 is part of a name.
_SIGN_BEHIND = "[号幢栋座层室楼弄期]|单元|小?[组队](?:$|[^织伍])|村民小组|社(?:$|[0-9])"
_COUNTED = re.compile(f"{_N}+(?={_SIGN_BEHIND})")
COUNTED = f"^(?P<before>.*?)(?P<numeral>{_N}+)(?P<behind>(?:{_SIGN_BEHIND}).*)$"
"""RE2 pattern: the first counted numeral of an address and what stands around it."""
_SUB_NUMERAL = re.compile(f"(?<=[0-9])号?之({_N}+)号?")
_SPELLINGS = (
    (re.compile(r"村民委员会|村委会|村村"), "村"),
    (re.compile(r"(?:社区)?(?:居民委员会|居委会)|社区社区"), "社区"),
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
SIGNS = ((" ", ""), ("#", "号"), ("街道办事处", "街道"), ("街道办", "街道"))
VILLAGE = (r"(..)行政村", r"\1村")
"""The commonest other spellings, for `re` and RE2 alike: with counted numerals they come first of all."""
NEEDS_CARE = (
    f"[^一-鿿A-Z0-9-]|{_N}(?:[号幢栋座层室楼弄期组队社]|单元|小[组队]|村民)|行政村|生产队|经济社|委会|委员会|村村|社区社区|街道办|小组|号[之附-]|[0-9]-?附|[0-9]之"
    "|门牌|N[O0]|^地址|^住所|^经营场所|^中国|^-|-$|[对隔旁附内里后前门处东西南北][面过壁边近口侧]?$"
)
"""RE2 pattern: a text without any such sign is its own plain spelling.  Wider than needed, never narrower."""

ROAD_NUMBER = "[国省县乡]道[SGXYC]?[0-9]{1,4}线?|[0-9]+(?:号?路|号?街|号?大道|号?公路|号桥|[国省县乡]道|高速)"
SPLIT = rf"^(?P<area>(?:[^0-9]*(?:{ROAD_NUMBER}))*[^0-9]*?)(?P<street>(?:[A-Z]?[0-9].*)?)$"
"""For `re` and RE2 alike: the street part starts at the first number that names no road, its letter included."""
_SPLIT = re.compile(SPLIT)
_CARE = re.compile(NEEDS_CARE)


class AddressParts(NamedTuple):
    """The parts of one address; "" where it is missing.  Areas stand without their suffix."""

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


def parse_address(text: str, vocabulary: Vocabulary) -> AddressParts:
    """Take an address apart.

    >>> from minglu.matching.parsing.vocabulary import vocabulary
    >>> parts = parse_address("杭州萧山城厢街道建设二路二十三号之一3幢201室", vocabulary(["杭州市", "萧山区"]))
    >>> parts.county, parts.town, parts.road, parts.number, parts.building, parts.room
    ('萧山', '城厢', '建设2路', '23-1', '3', '201')
    """
    plain = plain_address(text)
    area_text, street_text = split_address(plain)
    area, street = read_area_part(area_text, grammar_of(vocabulary)), read_street_part(street_text)
    number, building = street.number, street.building or area.building
    counted = (
        number
        or (street.group or area.group if area.hamlet else "")
        or (_hall_of(building) if area.park == area.anchor else "")
    )
    stall = f"{area.market}#{street.stall}" if area.market and street.stall else ""
    key = stall or (f"{area.anchor}#{counted}" if area.anchor and counted else "")
    parts = AddressParts(*area[:7], number, building, street.floor, street.room, key, plain)
    known = grammar_of(vocabulary).park_place(area.park, (area.town, area.village, area.county))
    if known is None or area.road or number or stall:
        return parts
    return parts._replace(road=known[0], number=known[1], key=f"{known[0]}#{known[1]}")


def _hall_of(building: str) -> str:
    """Return how a building stands for the number of a park that has none: 5幢."""
    return f"{building}幢" if building else ""


def plain_address(text: str) -> str:
    """Return one spelling: remarks in brackets gone, counted numerals in digits, 村委会 as 村, 对面 dropped."""
    text = _spell_common(text)
    while _CARE.search(text):
        plain = _plainer(tidy(text))
        if plain == text:
            break
        text = plain
    return text


def _spell_common(text: str) -> str:
    """Replace the commonest other spellings."""
    for sign, spelling in SIGNS:
        text = text.replace(sign, spelling)
    return _COUNTED.sub(lambda match: arabic(match[0]), re.sub(*VILLAGE, text))


def _plainer(text: str) -> str:
    """Take one step to the plain spelling; each step shortens the text or leaves fewer numerals in it."""
    if "(" in text or ")" in text:
        text = without_brackets(_BRACKET.sub("", text)) or without_brackets(text)
    text = _spell_common(text)
    text = _SUB_NUMERAL.sub(lambda match: f"-{arabic(match[1])}号", text)
    if _TO_SPELL.search(text):
        for pattern, spelling in _SPELLINGS:
            text = pattern.sub(spelling, text)
    return text


def split_address(plain: str) -> tuple[str, str]:
    """Return area part and street part; together they are the whole text.

    >>> split_address("兴业3路88号2幢")
    ('兴业3路', '88号2幢')
    """
    match = _SPLIT.match(plain)
    assert match, "the pattern matches any line"
    return match["area"], match["street"]
