"""What the parsers know beyond the rules: places of the layer, and words learned by counting the lists.

A Vocabulary is a value: made from counts that add up (`count`, `merge`, `choose`), so that batches may be counted
anywhere and in any order; equal counts give an equal vocabulary, distinguished by its digest.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain

import pyarrow as pa

from minglu.matching.linkage_schemas import WORDS
from minglu.matching.parsing.numerals_and_signs import tidy
from minglu.matching.parsing.wordlists import branches, forms, provinces, strong_forms, suffixes, trades

# A learned trade word must close this many different names, be preceded by this many different characters (制造 is
# preceded by anything, 械制造 by 机 alone), and stand at the end this many times as often as at the beginning, where
# the brands are.  Below some hundred names nothing is learned at all.
TRADE_LEAST_NAMES = 8
TRADE_LEAST_SHARE = 0.0005
TRADE_LEAST_NEIGHBOURS = 6
TRADE_LEAST_ODDS = 3
TRADE_MOST_LETTERS = 6
TRADE_LEAST_BOND = 0.6
"""集中供暖 is a trade of its own where, of all cases in which 集中 stands before a trade, so many are 供暖; the second
characters of brands stand before any trade."""
TRADE_MOST_SHARE = 0.2  # a list of one trade can't show what is bound to it
PLACE_LEAST_ADDRESSES = 3
MARKET_LEAST_ADDRESSES = 8
PLACE_LEAST_SHARE = 0.00002
SAMPLE = 50_000
"""From more names or addresses than this, every n-th is counted, chosen by its checksum and so in any order."""

Counts = Counter[tuple[str, str, str]]
"""(kind, word, left neighbour) -> in how many different texts; kinds: names, addresses, end, start, place, market."""

_TOWN_AND_VILLAGE = re.compile("(.{2,6}?(?:街道|镇|乡))(.{2,}(?:村|社区|嘎查))")
_DISTRICT_TAIL = re.compile(r"第?[0-9一二三四五六七八九十百]*普查小?区$")
_BRANCH_KINDS = tuple(sorted(kind for kind in branches() if len(kind) > 1))
_STRONG = re.compile("|".join(sorted(strong_forms(), key=lambda word: (-len(word), word))))
_AREAS_FIRST = re.compile(r"^(?:[一-鿿]{2,4}?[省市县区镇乡])+")
_PROVINCE_TAIL = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_COMMITTEE = re.compile(r"(?:村民委员会|村委会)$")
_RESIDENTS = re.compile(r"(?:社区)?(?:居民委员会|居委会)$")
_NOT_A_PLACE = "超城都夜门股上集菜花鱼楼早"
_LEVEL_OF = re.compile(
    r"(?:[一-鿿]{2,7}?(?:省|自治区|特别行政区))?"
    r"(?P<city>[一-鿿]{2,5}?(?:自治州|(?<![" + _NOT_A_PLACE + r"])市(?![场政])|盟))?"
    r"(?P<county>(?:(?![镇乡])[一-鿿]){1,5}?"
    r"(?:自治县|县|(?<![小社园厂库景市地发业牧税])区|(?<!红)旗|(?<![" + _NOT_A_PLACE + r"])市(?![场政])))?"
    r"(?P<town>[一-鿿]{1,5}?(?:街道|镇|乡))?(?:办事处)?(?P<village>[一-鿿]{1,5}?(?:社区|村(?!路|道)))?(?:民委员会|委会)?"
)
# The house numbers of a market are stalls: what stands between the areas and the first of them is its name.
_MARKET = re.compile(r"(?P<name>[一-鿿]{3,10}?)(?:[A-Z东西南北一二三四五六]区|[A-Z])?[0-9-]+号?(?:摊|铺|档|柜)")
_ORDINAL = re.compile(r"第[0-9一二三四五六七八九十]+")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Places and learned words, sorted; equal if the digests are."""

    places: tuple[str, ...] = ()
    """Names of areas at any level, with their suffix (萧山区, 城厢街道)."""
    trades: tuple[str, ...] = ()
    """Trade words learned from the names, beyond rules/trades.toml."""
    markets: tuple[str, ...] = ()
    """Markets learned from the addresses: names may carry them as an area, 青禾县茧市张记蚕茧店."""
    parks: tuple[str, ...] = ()
    """Parks with their road and house number, learned from the addresses: 恒达装备产业园=银景路#83."""
    digest: str = field(default="")
    """SHA-256 of the words; two vocabularies are equal if it is."""

    def table(self) -> pa.Table:
        """Return the words as the table WORDS."""
        kinds = (("place", self.places), ("trade", self.trades), ("market", self.markets), ("park", self.parks))
        rows = [{"kind": kind, "word": word} for kind, words in kinds for word in words]
        return pa.Table.from_pylist(rows, schema=WORDS)

    @classmethod
    def of_table(cls, table: pa.Table) -> Vocabulary:
        """Return the vocabulary that `table` made."""
        kinds: dict[str, list[str]] = {"place": [], "trade": [], "market": [], "park": []}
        for row in table.to_pylist():
            kinds[row["kind"]].append(row["word"])
        return vocabulary(kinds["place"], kinds["trade"], kinds["market"], kinds["park"])

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.digest == other.digest


def vocabulary(
    places: Iterable[str] = (), learned: Iterable[str] = (), markets: Iterable[str] = (), parks: Iterable[str] = ()
) -> Vocabulary:
    """Make a Vocabulary from words in any order; repeated words count once."""
    kinds = [tuple(sorted(set(kind))) for kind in (places, learned, markets, parks)]
    text = "\n\n".join("\n".join(kind) for kind in kinds)
    return Vocabulary(kinds[0], kinds[1], kinds[2], kinds[3], hashlib.sha256(text.encode()).hexdigest())


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
        for length in range(2, min(TRADE_MOST_LETTERS, len(stem) - 2) + 1):
            counts["end", stem[-length:], stem[-length - 1]] += 1
            counts["start", stem[:length], ""] += 1
    for address in _sampled(addresses, step):
        counts["addresses", "", ""] += 1
        text = tidy(address)
        areas = _LEVEL_OF.match(text)
        assert areas, "the pattern matches any text"
        for level, word in areas.groupdict().items():
            if word and len(word) > 1 + (level != "town"):
                counts["place", word, ""] += 1
        if market := _MARKET.match(text, areas.end()):
            counts["market", market["name"], ""] += 1
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
    addresses = counts["addresses", "", ""] * PLACE_LEAST_SHARE
    least = {"place": max(PLACE_LEAST_ADDRESSES, addresses), "market": max(MARKET_LEAST_ADDRESSES, addresses)}
    found: dict[str, set[str]] = {kind: set() for kind in least}
    for (kind, word, _), number in counts.items():
        if kind in least and number >= least[kind]:
            found[kind].add(word)
    given = set(filter(None, chain.from_iterable(map(_places, places))))
    return vocabulary(found["place"] | given, _choose_trades(counts, found["market"]), found["market"] - given)


def _choose_trades(counts: Counts, markets: set[str]) -> set[str]:
    """Choose trade words, short ones first; what ends in a known one must be bound to it (集中 to 供暖)."""
    seen: Counter[str] = Counter()
    neighbours: Counter[str] = Counter()
    in_market = {m[:length]: counts["start", m, ""] for m in sorted(markets) for length in range(2, len(m))}
    for (kind, word, _), number in counts.items():
        if kind == "end":
            seen[word] += number
            neighbours[word] += 1
    least = max(TRADE_LEAST_NAMES, counts["names", "", ""] * TRADE_LEAST_SHARE)
    likely = {
        word
        for word in seen
        if seen[word] >= max(least, TRADE_LEAST_ODDS * (counts["start", word, ""] - in_market.get(word, 0)))
        and neighbours[word] >= TRADE_LEAST_NEIGHBOURS
        and not _ORDINAL.fullmatch(word)
        and not _is_cut_short(word, seen)
    }
    known, learned = set(trades()), set[str]()
    before = _before_trades(seen, known | likely)
    for word in sorted(likely - known, key=lambda word: (len(word), word)):
        ending = next((word[cut:] for cut in range(1, len(word) - 1) if word[cut:] in known), "")
        known_before = any(word.removesuffix(ending).endswith(other) for other in known) if ending else False
        if not ending or (not known_before and _is_bound(word, ending, seen, before)):
            learned.add(word)
            known.add(word)
    return learned


def _before_trades(seen: Counter[str], words: set[str]) -> Counter[str]:
    """Count how often each beginning stands before any of `words`; the whole ("") as well."""
    before: Counter[str] = Counter()
    for text, number in seen.items():
        for cut in range(len(text) - 1):
            if text[cut:] in words:
                before[text[:cut]] += number
    return before


def _is_bound(word: str, ending: str, seen: Counter[str], before: Counter[str]) -> bool:
    """Return whether what stands before the trade `ending` in `word` stands there for no other trade."""
    bond = seen[word] / before[word.removesuffix(ending)]
    return bond >= TRADE_LEAST_BOND and seen[ending] <= TRADE_MOST_SHARE * before[""]


def _is_cut_short(word: str, seen: Counter[str]) -> bool:
    """Return whether the longest form ate the end of `word`: 直播电 of 直播电商 + 店, since 商店 is a form too."""
    return any(seen[word + start] >= seen[word] for start in _form_starts())


@cache
def _form_starts() -> tuple[str, ...]:
    """Return what stands before a shorter form in a longer one: 商 in 商店."""
    table = forms()
    return tuple(sorted({word[:cut] for word in table for cut in range(1, len(word)) if word[cut:] in table}))


def _stem(name: str) -> str:
    """Return the name between its areas and its legal form, if any; "" for branches."""
    name = tidy(name).split("(")[0]
    if name.endswith(_BRANCH_KINDS):
        return ""
    whole = _STRONG.split(name)[0]
    for length in range(min(10, len(name)), 0, -1):
        if whole == name and name[-length:] in forms():
            whole = name[:-length]
            break
    return _AREAS_FIRST.sub("", whole)


def _places(name: str) -> tuple[str, ...]:
    """Return the areas that the name of a district names: a township before its village is an area of its own."""
    place = _place(name)
    both = _TOWN_AND_VILLAGE.fullmatch(place)
    return both.groups() if both else (place,)


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
