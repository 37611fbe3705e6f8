"""What the parsers know beyond the rules: places of the layer, and words learned by counting the lists.

A Vocabulary is a value: made from counts that add up (`count`, `merge`, `choose`), so that batches may be counted
anywhere and in any order; equal counts give an equal vocabulary, told apart by its digest.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from minglu.matching.text import tidy
from minglu.matching.wordlists import forms, provinces, strong_forms, suffixes, trades

# A learned trade word must close this many different names, and this many different characters must stand before
# it: 制造 is preceded by anything, 械制造 by 机 alone.  Below some hundred names nothing is learned at all.
TRADE_LEAST_NAMES = 5
TRADE_LEAST_SHARE = 0.0005
TRADE_LEAST_NEIGHBOURS = 4
PLACE_LEAST_ADDRESSES = 3
PLACE_LEAST_SHARE = 0.00002

Counts = Counter[tuple[str, str, str]]

_DISTRICT_TAIL = re.compile(r"第?[0-9一二三四五六七八九十百]*普查小?区$")
_PROVINCE_TAIL = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_COMMITTEE = re.compile(r"(?:村民委员会|村委会)$")
_RESIDENTS = re.compile(r"(?:社区)?(?:居民委员会|居委会)$")
_NOT_A_PLACE = "超城都夜门股上集菜花鱼楼早"
_LEVEL_OF = re.compile(
    r"(?:[一-鿿]{2,7}?(?:省|自治区|特别行政区))?(?P<city>[一-鿿]{2,5}?(?:自治州|(?<![" + _NOT_A_PLACE + r"])市|盟))?"
    r"(?P<county>[一-鿿]{1,5}?(?:自治县|县|(?<![小社园厂库景市地发业牧税])区|旗|市))?"
    r"(?P<town>[一-鿿]{1,5}?(?:街道|镇|乡))?(?P<village>[一-鿿]{1,5}?(?:社区|村(?!路|道)))?"
)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Places and learned words, sorted; equal if the digests are."""

    places: tuple[str, ...] = ()
    """Names of areas at any level, with their suffix (萧山区, 城厢街道)."""
    trades: tuple[str, ...] = ()
    """Trade words learned from the names, beyond rules/trades.toml."""
    digest: str = field(default="")
    """SHA-256 of the words; two vocabularies are equal if it is."""

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.digest == other.digest


def vocabulary(places: Iterable[str] = (), learned: Iterable[str] = ()) -> Vocabulary:
    """Make a Vocabulary from words in any order; repeated words count once."""
    place_words, trade_words = tuple(sorted(set(places))), tuple(sorted(set(learned)))
    text = "\n".join((*place_words, "", *trade_words))
    return Vocabulary(place_words, trade_words, hashlib.sha256(text.encode()).hexdigest())


def learn(names: Iterable[str], addresses: Iterable[str], places: Iterable[str]) -> Vocabulary:
    """Learn from the lists: trade words before the legal form, places in the addresses; `places` are given ones.

    Each different name and address counts once, so neither order nor repetition matters.
    """
    return choose(count(set(names), set(addresses)), places)


def count(names: Iterable[str], addresses: Iterable[str]) -> Counts:
    """Count what `choose` needs, on one batch of different names and addresses."""
    counts: Counts = Counter()
    for name in names:
        stem = _stem(tidy(name))
        counts["names", "", ""] += 1
        for length in range(2, min(4, len(stem) - 2) + 1):
            counts["trade", stem[-length:], stem[-length - 1]] += 1
    for address in addresses:
        counts["addresses", "", ""] += 1
        match = _LEVEL_OF.match(tidy(address))
        for level, word in match.groupdict().items() if match else ():
            if word and len(word) > 1 + (level != "town"):
                counts["place", word, ""] += 1
    return counts


def merge(batches: Iterable[Counts]) -> Counts:
    """Add up the counts of batches."""
    total: Counts = Counter()
    for batch in batches:
        total.update(batch)
    return total


def choose(counts: Counts, places: Iterable[str]) -> Vocabulary:
    """Choose the words that are frequent enough; `places` (of the district layer) need no counting."""
    seen: Counter[str] = Counter()
    neighbours: dict[str, set[str]] = defaultdict(set)
    found = set(filter(None, (_place(name) for name in places)))
    least_trade = max(TRADE_LEAST_NAMES, counts["names", "", ""] * TRADE_LEAST_SHARE)
    least_place = max(PLACE_LEAST_ADDRESSES, counts["addresses", "", ""] * PLACE_LEAST_SHARE)
    for (kind, word, left), number in counts.items():
        if kind == "trade":
            seen[word] += number
            neighbours[word].add(left)
        elif kind == "place" and number >= least_place:
            found.add(word)
    known = trades()
    learned = {
        word
        for word, number in seen.items()
        if number >= least_trade and len(neighbours[word]) >= TRADE_LEAST_NEIGHBOURS and word not in known
    }
    return vocabulary(found, learned)


def _stem(name: str) -> str:
    """Return the name up to its legal form: everything before the last word of a form."""
    name = name.split("(", maxsplit=1)[0] or name
    for length in range(min(10, len(name)), 0, -1):
        if name[-length:] in forms() or name[-length:] in strong_forms():
            return name[:-length]
    return ""


def _place(name: str) -> str:
    """Return the name of an area as addresses write it: committees become 村 or 社区, 普查小区 numbers go."""
    name = _DISTRICT_TAIL.sub("", tidy(name))
    name = _RESIDENTS.sub("社区", name)
    return _COMMITTEE.sub("村", name).replace("村村", "村")


def level_of(place: str) -> str:
    """Return the level that the suffix of `place` says, or "" where it has none.

    >>> level_of("萧山区"), level_of("城厢街道"), level_of("浙江省"), level_of("东海")
    ('county', 'town', 'province', '')
    """
    if place in provinces():
        return "province"
    best = ("", "")
    for level, words in suffixes().items():
        for word in words:
            if place.endswith(word) and len(word) > len(best[1]) and len(place) > len(word):
                best = (level, word)
    return best[0]


def bare(place: str) -> str:
    """Return `place` without the suffix of its level, where two characters remain: 萧山区 -> 萧山, 县城 stays."""
    level = level_of(place)
    if level == "province":
        short = _PROVINCE_TAIL.sub("", place)
        return short if len(short) >= 2 else place
    for word in suffixes().get(level, ()):
        if place.endswith(word):
            return place[: -len(word)] if len(place) - len(word) >= 2 else place
    return place
