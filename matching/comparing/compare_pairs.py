"""All pairs of all rows, made and compared range by range; what stays of a pair is two rows and a pattern's number.

Every range gives its own table of patterns with their counts, and these add up: so the
result is the same for any size of range, and ranges may be worked on side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from minglu.common.arrays import Integers, distinct
from minglu.common.parallel import Spread, over_threads, together
from minglu.matching.blocking import Blocks
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.comparing.comparisons import compare_all
from minglu.matching.comparing.pair_batch import RowFacts, row_facts
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.model.weights import Patterns
from minglu.matching.settings.linkage_settings import LinkageSettings, unpack_levels

ROWS_AT_ONCE = 65_536  # some 500,000 proposals, 100 MB while they are compared


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one range of rows gives."""

    pairs: ComparedPairs
    """With patterns numbered as they came in this range."""
    packed: Integers
    """Per pattern its levels, packed."""
    counts: Integers
    shared: Integers
    proposed_in_large: Integers


def compare_rows(
    rows: CodedRows, settings: LinkageSettings, *, rows_at_once: int = ROWS_AT_ONCE, spread: Spread = over_threads
) -> tuple[ComparedPairs, Patterns, pa.Table]:
    """Propose and compare the pairs of all rows; returns them, their patterns, and what blocking gave up."""
    blocks, facts = together(partial(Blocks, rows, settings.blocks, spread=spread), partial(row_facts, rows))
    compare_part = partial(_compare_part, blocks, facts, settings, rows_at_once)
    parts = list(spread(compare_part, range(0, max(len(rows), 1), rows_at_once)))
    proposed = np.sum([one.proposed_in_large for one in parts], axis=0)
    return *_add_up(parts, settings), blocks.given_up(proposed)


def _compare_part(blocks: Blocks, facts: RowFacts, settings: LinkageSettings, rows_at_once: int, start: int) -> _Parts:
    """Propose and compare the pairs whose smaller row is in one range."""
    pairs = blocks.pairs(start, start + rows_at_once)
    coded = pa.array(compare_all(facts, pairs.left, pairs.right, settings)).dictionary_encode()
    number = coded.indices.to_numpy()
    on_code = np.array([rule.on_code for rule in blocks.rules], dtype=np.bool_)
    size = len(coded.dictionary)
    return _Parts(
        pairs=ComparedPairs(pairs.left, pairs.right, number),
        packed=coded.dictionary.to_numpy(),
        counts=np.bincount(number, minlength=size),
        shared=np.bincount(number.compress(~on_code.take(pairs.rule)), minlength=size),
        proposed_in_large=blocks.proposed_in_large(pairs),
    )


def _add_up(parts: list[_Parts], settings: LinkageSettings) -> tuple[ComparedPairs, Patterns]:
    """Number the patterns of all ranges alike, add up their counts, and put the pairs one behind the other."""
    packed, place, _ = distinct(np.concatenate([one.packed for one in parts]))
    places = np.split(place.astype(np.int32), np.cumsum([len(one.packed) for one in parts])[:-1])
    counts, shared = (
        np.bincount(place, weights=np.concatenate([getattr(one, name) for one in parts]), minlength=len(packed))
        for name in ("counts", "shared")
    )
    numbers = over_threads(lambda one: one[0].take(one[1].pairs.pattern_of), zip(places, parts, strict=True))
    left, right, pattern_of = together(
        lambda: np.concatenate([one.pairs.left for one in parts]),
        lambda: np.concatenate([one.pairs.right for one in parts]),
        lambda: np.concatenate(list(numbers)),
    )
    patterns = Patterns(unpack_levels(packed, settings), pairs=counts.astype(np.int64), shared=shared.astype(np.int64))
    return ComparedPairs(left, right, pattern_of), patterns
