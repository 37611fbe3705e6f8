"""The words of the lists, learned as a build learns them."""

from __future__ import annotations

import pyarrow as pa

from minglu.matching.parsing.park_addresses import learn_parks
from minglu.matching.parsing.vocabulary import Vocabulary, learn
from minglu.register.build import WORD_SAMPLE_ROWS


def learn_words(entries: pa.Table, places: tuple[str, ...]) -> Vocabulary:
    """Learn the words from the entries with the smallest ids, which come first."""
    sample = entries.select(["name", "site_address", "address"]).slice(0, WORD_SAMPLE_ROWS).to_pydict()
    addresses = [site or seat for site, seat in zip(sample["site_address"], sample["address"], strict=True)]
    return learn_parks(addresses, learn(sample["name"], addresses, places))
