"""What the parsers know beyond the rules: places of the layer, and words learned by counting the lists.

A Vocabulary is a value: made from counts that add up (`count`, `merge`, `choose`), so that batches may be counted
anywhere and in any order; equal counts give an equal vocabulary, told apart by its digest.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from minglu.matching.text import tidy
from minglu.matching.wordlists import branches, forms, provinces, suffixes, trades

# A learned trade word must close this many different names, be preceded by this many different characters (制造 is
# preceded by anything, 械制造 by 机 alone), and stand at the end this many times as often as at the beginning, where
# the brands are.  Below some hundred names nothing is learned at all.
TRADE_LEAST_NAMES = 8
TRADE_LEAST_SHARE = 0.0005
TRADE_LEAST_NEIGHBOURS = 6
TRADE_LEAST_ODDS = 3
PLACE_LEAST_ADDRESSES = 3
PLACE_LEAST_SHARE = 0.00002
SAMPLE = 50_000
"""From more names or addresses than this, every n-th is counted, chosen by its checksum and so in any order."""

Counts = Counter[tuple[str, str, str]]
"""(kind, word, left neighbour) -> in how many different texts; kinds: names, addresses, end, start, place."""

_DISTRICT_TAIL = re.compile(r"第?[0-9一二三四五六七八九十百]*普查小?区$")
_BRANCH_KINDS = tuple(sorted(kind for kind in branches() if len(kind) > 1))
_AREAS_FIRST = re.compile(r"^(?:[一-鿿]{2,4}?[省市县区镇乡])+")
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
    different_names, different_addresses = set(names), set(addresses)
    step = 1 + max(len(different_names), len(different_addresses)) // SAMPLE
    return choose(count(different_names, different_addresses, step=step), places)


def count(names: Iterable[str], addresses: Iterable[str], *, step: int = 1) -> Counts:
    """Count what `choose` needs, on one batch of different names and addresses; of `step` texts one is taken."""
    counts: Counts = Counter()
    for stem in map(_stem, _sampled(names, step)):
        counts["names", "", ""] += 1
        for length in range(2, min(4, len(stem) - 2) + 1):
            counts["end", stem[-length:], stem[-length - 1]] += 1
            counts["start", stem[:length], ""] += 1
    for address in _sampled(addresses, step):
        counts["addresses", "", ""] += 1
        match = _LEVEL_OF.match(tidy(address))
        for level, word in match.groupdict().items() if match else ():
            if word and len(word) > 1 + (level != "town"):
                counts["place", word, ""] += 1
    return counts


def _sampled(texts: Iterable[str], step: int) -> Iterable[str]:
    if step == 1:
        return texts
    return (text for text in texts if zlib.crc32(text.encode("utf-8", "surrogatepass")) % step == 0)


def merge(batches: Iterable[Counts]) -> Counts:
    """Add up the counts of batches."""
    total: Counts = Counter()
    for batch in batches:
        total.update(batch)
    return total


def choose(counts: Counts, places: Iterable[str]) -> Vocabulary:
    """Choose the words that are frequent enough; `places` (of the district layer) need no counting."""
    least = max(PLACE_LEAST_ADDRESSES, counts["addresses", "", ""] * PLACE_LEAST_SHARE)
    found = {word for (kind, word, _), number in counts.items() if kind == "place" and number >= least}
    return vocabulary({*found, *filter(None, map(_place, places))}, _choose_trades(counts))


def _choose_trades(counts: Counts) -> set[str]:
    """Choose trade words, short ones first: a word that ends in a known one teaches nothing new."""
    seen: Counter[str] = Counter()
    neighbours: Counter[str] = Counter()
    for (kind, word, _), number in counts.items():
        if kind == "end":
            seen[word] += number
            neighbours[word] += 1
    least = max(TRADE_LEAST_NAMES, counts["names", "", ""] * TRADE_LEAST_SHARE)
    known, learned = set(trades()), set[str]()
    for word in sorted(seen, key=lambda word: (len(word), word)):
        told = any(word[start:] in known for start in range(len(word) - 1))
        often = seen[word] >= max(least, TRADE_LEAST_ODDS * counts["start", word, ""])
        if often and not told and neighbours[word] >= TRADE_LEAST_NEIGHBOURS:
            learned.add(word)
            known.add(word)
    return learned


def _stem(name: str) -> str:
    """Return the name between its areas and its legal form; "" for branches and for names that end in no form."""
    name = tidy(name).split("(")[0]
    if name.endswith(_BRANCH_KINDS):
        return ""
    for length in range(min(10, len(name)), 0, -1):
        if name[-length:] in forms():
            return _AREAS_FIRST.sub("", name[:-length])
    return ""


def _place(name: str) -> str:
    """Return the name of an area as addresses write it: committees become 村 or 社区, 普查小区 numbers go."""
    name = _DISTRICT_TAIL.sub("", tidy(name))
    name = _RESIDENTS.sub("社区", name)
    return _COMMITTEE.sub("村", name).replace("村村", "村")


@lru_cache(maxsize=1 << 17)
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


@lru_cache(maxsize=1 << 17)
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
