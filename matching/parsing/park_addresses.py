"""Parks with a house number, learned from the addresses that give both: 兴业支路428号海晏科创园C座, 海晏科创园C座.

Lists write the tenants of a park by its road and number or by its name alone.  Where nearly all addresses that give
both name one road and number, the park is read as that place; its buildings and rooms stay what they are.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from minglu.matching.parsing.addresses import describe_addresses
from minglu.matching.parsing.area_part import PARK
from minglu.matching.parsing.grammar import Grammar, grammar_of
from minglu.matching.parsing.numerals_and_signs import tidy
from minglu.matching.parsing.vocabulary import SAMPLE, Vocabulary, vocabulary

LEAST_ADDRESSES = 3
"""So many different addresses must give the park and its number together."""
LEAST_SHARE = 0.8
"""Of them so many must agree: a zone of many roads is a park too."""
LEAST_LETTERS = 4
"""A shorter name (工业园) is that of many parks."""
_BEHIND = re.compile(rf"[0-9]号\(?(?P<park>{PARK})")


def learn_parks(addresses: Iterable[str], words: Vocabulary) -> Vocabulary:
    """Return the vocabulary with the parks that `addresses` show; each different address counts once.

    >>> from minglu.matching.parsing.vocabulary import vocabulary
    >>> shown = [f"银景路83号恒达装备产业园{hall}号楼" for hall in range(1, 5)]
    >>> learn_parks(shown, vocabulary()).parks
    ('恒达装备产业园=银景路#83',)
    """
    different = sorted(set(addresses))
    step = 1 + len(different) // SAMPLE
    chosen = [text for text in different if zlib.crc32(text.encode("utf-8", "surrogatepass")) % step == 0]
    grammar = grammar_of(words)
    parts = describe_addresses(pa.array(chosen, pa.string()), grammar)
    columns = [parts[name].to_pylist() for name in ("road", "number", "park")]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, road, number, park in zip(chosen, *columns, strict=True):
        if road and number:
            for name in _parks_of(text, park, grammar):
                counts[name][f"{road}#{number}"] += 1
    return vocabulary(words.places, words.trades, words.markets, _agreed(counts))


def _parks_of(text: str, park: str, grammar: Grammar) -> Iterator[str]:
    """Yield the names of an address's park: before the road or behind the number, with and without its area."""
    found = _BEHIND.search(tidy(text))
    for name in dict.fromkeys(filter(None, (park, found["park"] if found else ""))):
        yield name
        area = grammar.area_at(name, 0)
        if area and len(name) - len(area) >= LEAST_LETTERS:
            yield name[len(area) :]


def _agreed(counts: Mapping[str, Counter[str]]) -> Iterator[str]:
    """Yield the parks whose addresses agree on one road and number."""
    for name, places in counts.items():
        total = sum(places.values())
        place, most = max(places.items(), key=lambda item: (item[1], item[0]))
        if len(name) >= LEAST_LETTERS and most >= max(LEAST_ADDRESSES, LEAST_SHARE * total):
            yield f"{name}={place}"
