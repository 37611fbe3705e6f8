"""The area part of an address, before the first number: areas, park, road, a lettered building.

Areas are taken off a whole column at once; what stands behind them repeats far more often than whole area parts, and is
read once per different text.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.grammar import LEVELS, Grammar
from minglu.matching.parsing.numerals_and_signs import NUMERAL_CHARACTERS, arabic
from minglu.matching.parsing.text_columns import Characters, Integers, each_window, map_distinct

_N = f"[{NUMERAL_CHARACTERS}]"

_CITY = re.compile(
    r"(?P<city>[一-鿿]{2,4}?(?:自治州|地区|州(?=[一-鿿]{1,4}[市县])|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])|盟))"
)
_COUNTY = re.compile(
    r"(?P<county>[一-鿿]{2,5}?(?:自治[县旗]|新区)|[一-鿿]{1,4}?县(?!城(?!关镇|厢|郊|[东西南北中]?街道)|[道府])"
    r"|[一-鿿]{2,4}?(?:(?<![小社园厂库景地发业牧税片术化新城校院街市])区|(?<!红)旗|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])))"
)
_TOWN = re.compile(r"(?P<town>[一-鿿]{1,5}?(?:街道|民族乡|镇|乡|苏木))(?!路|街|大道|企业|政府)")
_VILLAGE = re.compile(r"(?P<village>[一-鿿]{1,6}?(?:社区|嘎查|村(?!路|大道|大街|街|民)))")
_PROVINCE = re.compile(r"[一-鿿]{2,3}?(?:省(?!道)|自治区)")
_WINDOW = 10
"""So many characters are all that these five look at."""
_GENERIC = {"province": _PROVINCE, "city": _CITY, "county": _COUNTY, "town": _TOWN, "village": _VILLAGE}
# 临浦路 is a road, not the town of 临浦; 朝阳区 is a county, not the city of 朝阳.  For `re` and RE2 alike.
_SUFFIX_AHEAD = "^(?:市(?:$|[^场政])|县(?:$|[^城])|[区旗州盟]|自治[县旗])"
_ROAD_AHEAD = (
    "^[东西南北中前后新老一二三四五六0-9]{0,2}(?:大道|大街|公路|[路巷弄桥]|街(?:$|[^道])|国道|省道|胡同|道(?:$|[0-9]))"
)
_AHEAD = 5
"""So many characters are all that these two look at."""

PARK = (
    r"[一-鿿A-Z]{0,12}?(?:(?:工业|产业|科技|创新|创业|物流|化工|生态|农业|高新|软件|食品|电商|小微|企业|科创|智造|装备|创意|文创|总部|循环经济|表面处理|电镀|标准厂房|五金|机电)园区?|园区|开发区|工业小?区|集中区|"
    r"集聚区|高新区|示范区|保税区|功能区|工业城|(?:创业|产业|工业)基地|孵化园|商贸城|"
    r"(?:五金|建材|家具|家居|汽车|汽配|服装|轻纺|小商品|电子|电脑|灯具|茶叶|花卉|水果|石材|装饰)城(?!路|街|大道)|"
    r"批发市场|市场(?!路|街))(?:[A-Z东西南北一二三四五六0-9]区|[一二三四五]期)?"
)
"""Pattern of a park, market or zone by its last word."""
_PARK = re.compile(PARK)
_ROAD = re.compile(
    r"[国省县乡]道[SGXYC]?[0-9]{1,4}线?|"
    r"(?:[0-9A-Z]{1,5}号?|[一-鿿]{1,9}?(?:[0-9]{1,3}号?)?|[一-鿿]{0,4}[SGXY][0-9]{1,4})"
    r"(?:大道|大街|公路|高速公路|高速|国道|省道|县道|乡道|胡同|环路|里弄|街(?!道)|[路巷]|(?<!街)道(?=$)|(?<=[一-鿿][路街道])线)"
    r"(?:[东西南北中上下一二三四五六][段路街]|[东西南北中](?=$|[0-9]))?"
)
_INNER_NUMERAL = re.compile(
    f"(?<=[^{NUMERAL_CHARACTERS}]){_N}+(?=(?:号?大道|大街|号路|环路|路|街|巷)[东西南北中上下]?段?$)"
)
_HEAD_BUILDING = re.compile(r"(?P<building>[A-Z]|[东西南北主副])(?:座|幢|栋|号?楼|号?厂房|号)$")
_NAMED_GROUP = re.compile("(?P<group>[一-鿿]{1,4}组)(?=$|.)")  # 老屋组: a group by its name
# What is left of an area part that names no road of a known kind is a place of its own: 东关里, 皮草城E区, 银河大厦.
_NAMED = re.compile("[一-鿿]{2}")
_LARGE = re.compile("大(?=[街道]$)")  # 站前大街 and 站前街 are one road
_ALLEY = re.compile("胡同$")  # 热河胡同 and 热河巷 are one: lists take one word for the other


class AreaPart(NamedTuple):
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
    group: str = ""
    """A villagers' group that has a name instead of a number: 老屋组."""


class PlaceParts(NamedTuple):
    """What stands behind the areas of an area part."""

    village: str = ""
    park: str = ""
    road: str = ""
    building: str = ""
    hamlet: str = ""
    """The road where it is a place of another kind."""
    market: str = ""
    town: str = ""
    """A township that stands behind a park."""
    group: str = ""


def read_area_part(area: str, grammar: Grammar) -> AreaPart:
    """Read areas, park, road and a lettered building from the part before the first number."""
    areas, rest = _take_areas(area, grammar)
    place = read_place(rest, grammar, in_village="village" in areas)
    village = areas.pop("village", "") or place.village
    areas["town"] = areas.get("town", "") or place.town
    return AreaPart(
        **areas,
        village=village,
        park=place.park,
        road=place.road,
        building=place.building,
        anchor=place.road or village or place.park,
        hamlet=place.hamlet if place.road else village,
        market=place.market,
        group=place.group if village else "",
    )


@lru_cache(maxsize=1 << 17)
def read_place(rest: str, grammar: Grammar, *, in_village: bool) -> PlaceParts:
    """Read what is left of an area part without its areas, of which a village may have been one."""
    parts: dict[str, str] = {}
    if match := _PARK.match(rest):
        parts["park"] = match[0]
        rest = rest[match.end() :]
        if town := _TOWN.match(rest):
            parts["town"], rest = grammar.bare(town["town"]), rest[town.end() :]
    if match := _ROAD.match(rest):
        parts["road"] = _spell_road(match[0])
        rest = rest[match.end() :]
    elif not in_village and rest in grammar.villages:
        parts["village"], in_village = rest, True
    if in_village and (match := _NAMED_GROUP.match(rest)):
        parts["group"] = match["group"]
    if match := _HEAD_BUILDING.search(rest):
        parts["building"] = match["building"]
        rest = rest[: match.start()]
    parts["market"] = parts.get("park", "") if not rest else ""
    if "road" not in parts and _NAMED.match(rest):
        parts["market"] = rest
        if not in_village:
            parts["road"] = parts["hamlet"] = rest
    return PlaceParts(**parts)


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
    for rank, name in enumerate(LEVELS):
        if area and rank not in grammar.ranks[area]:
            continue  # the turn of its level comes later
        if area and not _is_something_else(text, area, position + len(area), grammar):
            parts[name] = grammar.areas[area]
        elif unknown := _unknown_area_at(name, text, position):
            area, parts[name] = unknown, grammar.bare(unknown)
        else:
            continue
        position += len(area)
        area = grammar.area_at(text, position)
    return parts, text[position:]


def _unknown_area_at(level: str, text: str, position: int = 0) -> str:
    """Return the area of a level that only its suffix gives away, which stands in `text` at `position`; or ""."""
    match = _GENERIC[level].match(text, position)
    return match[0] if match else ""


def _is_something_else(text: str, area: str, end: int, grammar: Grammar) -> bool:
    """Return whether a known area only begins a road (临浦路, 东湖村路) or another area (朝阳 of 朝阳区)."""
    ahead, short = text[end : end + _AHEAD], area == grammar.areas[area]
    if (short or area.endswith("村")) and re.match(_ROAD_AHEAD, ahead):
        return True
    return short and re.match(_SUFFIX_AHEAD, ahead) is not None


# --- whole columns ----------------------------------------------------------------------------------------------


def read_area_parts(area_parts: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Read a column of area parts (no nulls); county and all that follows it in AreaPart, rows in order."""
    characters = Characters.of(area_parts)
    areas, begin = _take_areas_of_all(characters, grammar)
    place = _read_places(characters.slices(begin, characters.first[1:]), areas["village"], grammar)
    village = first_present(areas["village"], place["village"])
    on_road = pc.not_equal(place["road"], "")
    return place | {
        "county": areas["county"],
        "town": first_present(areas["town"], place["town"]),
        "village": village,
        "group": pc.if_else(pc.equal(village, ""), "", place["group"]),
        "anchor": first_present(first_present(place["road"], village), place["park"]),
        "hamlet": pc.if_else(on_road, place["hamlet"], village),
    }


def first_present(first: pa.Array, second: pa.Array) -> pa.Array:
    """Return the first text of each row, the second where that is missing."""
    return pc.if_else(pc.equal(first, ""), second, first)


def _take_areas_of_all(characters: Characters, grammar: Grammar) -> tuple[dict[str, pa.Array], Integers]:
    """Do what `_take_areas` does for whole columns; return the areas of each level, and where the rest begins."""
    position, end = characters.first[:-1].copy(), characters.first[1:]
    areas: dict[str, pa.Array] = {}
    length, area = grammar.known.trie.longest(characters, position, end)
    for rank, level in enumerate(LEVELS):
        turn = np.flatnonzero(area >= 0)
        turn = turn[grammar.known.ranks[area[turn]] >> rank & 1 == 1]
        other = _are_something_else(characters, position[turn] + length[turn], end[turn], area[turn], grammar)
        taken, asked = turn[~other], np.concatenate([np.flatnonzero(area < 0), turn[other]])
        words, sizes = each_window(characters, position[asked], end[asked], _WINDOW, partial(_unknown_area_at, level))
        found = sizes > 0
        moved = np.concatenate([taken, asked[found]])
        unknown = map_distinct(words.filter(pa.array(found)), grammar.bare)
        named = pa.concat_arrays([grammar.known.names.take(pa.array(area[taken])), unknown])
        areas[level] = _scatter(named, moved, len(position))
        position[moved] += np.concatenate([length[taken], sizes[found]])
        length[moved], area[moved] = grammar.known.trie.longest(characters, position[moved], end[moved])
    return areas, position


def _are_something_else(
    characters: Characters, begin: Integers, end: Integers, area: Integers, grammar: Grammar
) -> npt.NDArray[np.bool_]:
    """Return the same as `_is_something_else` of many areas, `begin` being where each of them ends."""
    short, doubtful = grammar.known.is_short[area], grammar.known.is_doubtful[area]
    found = np.zeros(len(area), dtype=np.bool_)
    some = np.flatnonzero(doubtful)
    ahead = characters.slices(begin[some], np.minimum(begin[some] + _AHEAD, end[some]))
    road, suffix = (np.asarray(pc.match_substring_regex(ahead, pattern)) for pattern in (_ROAD_AHEAD, _SUFFIX_AHEAD))
    found[some] = road | (suffix & short[some])
    return found


def _scatter(texts: pa.Array, rows: Integers, size: int) -> pa.Array:
    """Return a column of `size` rows with `texts` in `rows`, "" in all others."""
    place = np.full(size, len(texts))
    place[rows] = np.arange(len(texts))
    return pa.concat_arrays([texts, pa.array([""], pa.string())]).take(pa.array(place))


def _read_places(rests: pa.Array, villages: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Read each different rest once; behind a village some are read in another way."""
    words, in_village = rests.dictionary_encode(), np.asarray(pc.not_equal(villages, ""))
    keys = pa.array(2 * words.indices.to_numpy() + in_village).dictionary_encode()
    texts = words.dictionary.to_pylist()
    read = [read_place(texts[key >> 1], grammar, in_village=bool(key & 1)) for key in keys.dictionary.to_pylist()]
    return {
        name: pa.array([parts[at] for parts in read], pa.string()).take(keys.indices)
        for at, name in enumerate(PlaceParts._fields)
    }
