"""A vocabulary made ready for parsing: look-up tables of areas and trades.  Knows words, parses nothing whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from minglu.matching.parsing.text_columns import Trie
from minglu.matching.parsing.vocabulary import Vocabulary, bare, level_of
from minglu.matching.parsing.wordlists import forms, prefectures, provinces, trades

# An area that no list of words holds, recognised by its suffix.  The look-behinds keep 超市, 小区, 家乡, 农村 whole.
_UNKNOWN_AREA = re.compile(
    r"[一-鿿]{2,4}?(?:自治区|自治州|自治县|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])|县|"
    r"(?<![小社园厂库景市地发业牧税矿片])区|(?<![重冰])镇|(?<![故家水老城下同])乡|街道|省)(?=[一-鿿]{2})"
)
UNKNOWN_LETTERS = 9
"""So many characters are all that this pattern looks at."""
AREA_SIGNS = "省市州县区镇乡道"
_AREA_SIGN = re.compile(f".{{2,6}}[{AREA_SIGNS}]")


WEAK_TRADE = "加工"
"""Group of the trade words that say that something is made, not what."""
LEVELS = ("province", "city", "county", "town", "village")


@dataclass(frozen=True, slots=True, eq=False)
class KnownAreas:
    """Areas as whole columns look them up: a trie, and columns with a row for each of its meanings."""

    trie: Trie
    """Areas, with and without suffix, from their beginning; they mean themselves."""
    names: pa.Array
    """The name without suffix."""
    ranks: npt.NDArray[np.int8]
    """One bit per place in LEVELS that it may take."""
    is_short: npt.NDArray[np.bool_]
    """Written without a suffix."""
    is_doubtful: npt.NDArray[np.bool_]
    """May be the beginning of a road: written without a suffix, or a village."""

    @classmethod
    def of(cls, areas: Mapping[str, str], ranks: Mapping[str, Iterable[int]]) -> KnownAreas:
        """Lay areas and their places in LEVELS out in columns."""
        trie = Trie.of({area: area for area in areas if len(area) > 1})
        short = np.array([area == areas[area] for area in trie.meanings], dtype=np.bool_)
        return cls(
            trie,
            names=pa.array([areas[area] for area in trie.meanings], pa.string()),
            ranks=np.array([sum(1 << rank for rank in ranks[area]) for area in trie.meanings], dtype=np.int8),
            is_short=short,
            is_doubtful=short | [area.endswith("村") for area in trie.meanings],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """Look-up tables made from one vocabulary."""

    areas: Mapping[str, str]
    """Name of an area, with and without suffix -> the name without."""
    ranks: Mapping[str, frozenset[int]]
    """Name of an area, with and without suffix -> the places in LEVELS that it may take (白鹿: county and town)."""
    villages: frozenset[str]
    """Villages without suffix: never areas of a name, where they would eat brands like 红星."""
    lengths_by_prefix: Mapping[str, tuple[int, ...]]
    """First two characters of areas -> lengths of the areas that begin so, longest first."""
    trades: Mapping[str, str]
    """Trade word -> its group."""
    longest_trade: int
    known: KnownAreas
    """The areas, for whole columns."""
    trade_trie: Trie
    """Trade words from their end, likewise."""
    trade_start_trie: Trie
    """Trade words from their beginning, likewise."""
    form_trie: Trie
    """Legal forms from their end, likewise."""
    parks: Mapping[str, tuple[str, str]]
    """Park -> the road and house number that it has."""

    def bare(self, area: str) -> str:
        """Return `area` without its suffix."""
        return self.areas.get(area) or bare(area)

    def park_place(self, park: str, areas: Iterable[str]) -> tuple[str, str] | None:
        """Return road and number of a known park; it may have the name of an area that was read before it."""
        if not park or not self.parks:
            return None
        return next(
            (self.parks[name] for name in (park, *(f"{a}{park}" for a in areas if a)) if name in self.parks), None
        )

    def area_at(self, text: str, position: int) -> str:
        """Return the longest known area that stands in `text` at `position`, or ""."""
        for length in self.lengths_by_prefix.get(text[position : position + 2], ()):
            word = text[position : position + length]
            if word in self.areas:
                return word
        return ""

    def take_regions(self, text: str) -> tuple[list[str], str]:
        """Cut areas off the beginning: 浙江省杭州市东方餐饮 -> [浙江省, 杭州市], 东方餐饮."""
        found: list[str] = []
        position = 0
        while position < len(text):
            area = self.area_at(text, position) or unknown_area_at(text, position)
            if not area:
                break
            found.append(area)
            position += len(area)
        return found, text[position:]

    def take_last_region(self, text: str) -> tuple[str, str]:
        """Cut a known area off the end: 贸易萧山 -> 贸易, 萧山; "" where there is none."""
        for length in range(min(7, len(text) - 2), 1, -1):
            word = text[-length:]
            if word in self.areas:
                return text[:-length], self.areas[word]
        return text, ""


def unknown_area_at(text: str, position: int = 0) -> str:
    """Return the area that only its suffix gives away which stands in `text` at `position`, or ""."""
    match = _AREA_SIGN.match(text, position) and _UNKNOWN_AREA.match(text, position)
    return match[0] if match else ""


@lru_cache(maxsize=8)
def grammar_of(vocabulary: Vocabulary) -> Grammar:
    """Return the grammar of `vocabulary`; made once."""
    areas: dict[str, str] = {}
    ranks: dict[str, set[int]] = {}
    villages: set[str] = set()
    for place in sorted({*provinces(), *prefectures(), *vocabulary.places}):
        level, short = level_of(place), bare(place)
        if level == "village":
            villages.add(short)
        written = (place, short) if level in LEVELS[:4] else (place,)
        for word in written:
            areas[word] = short
            ranks.setdefault(word, set()).update(_ranks(level, place))
    for market in vocabulary.markets:  # an area in names; in addresses a place, no level
        if areas.setdefault(market, market) == market:
            ranks.setdefault(market, set())
    lengths_by_prefix: dict[str, set[int]] = {}
    for area in areas:
        if len(area) > 1:
            lengths_by_prefix.setdefault(area[:2], set()).add(len(area))
    words = _trade_groups(vocabulary.trades)
    return Grammar(
        areas,
        ranks={area: frozenset(found) for area, found in ranks.items()},
        villages=frozenset(villages),
        lengths_by_prefix={
            prefix: tuple(sorted(lengths, reverse=True)) for prefix, lengths in lengths_by_prefix.items()
        },
        trades=words,
        longest_trade=max(map(len, words)),
        known=KnownAreas.of(areas, ranks),
        trade_trie=Trie.of(words, backwards=True),
        trade_start_trie=Trie.of(words),
        form_trie=Trie.of(forms(), backwards=True),
        parks=dict(map(_park, vocabulary.parks)),
    )


def _park(word: str) -> tuple[str, tuple[str, str]]:
    """Return a park, and its road and number."""
    park, _, place = word.partition("=")
    road, _, number = place.partition("#")
    return park, (road, number)


def _trade_groups(learned: Sequence[str]) -> dict[str, str]:
    """Return trade word -> group: a learned word joins the group of the trade that it ends in, else it is its own."""
    groups = dict(trades())
    for word in sorted(set(learned) - set(groups), key=lambda word: (len(word), word)):
        ending = next((word[cut:] for cut in range(1, len(word) - 1) if word[cut:] in groups), word)
        groups[word] = word if groups.get(ending, word) == WEAK_TRADE else groups.get(ending, word)
    return groups


def _ranks(level: str, place: str) -> set[int]:
    """Return where in LEVELS an area may stand: a 市 may be a city or a county, 上海市 a province or a city."""
    if not level:
        return {LEVELS.index("village")}
    if level == "province" and not place.endswith(("省", "区")):
        return {0, 1}
    return {1, 2} if level == "city" and place.endswith("市") else {LEVELS.index(level)}
