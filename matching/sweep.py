"""All pairs of all rows, made and compared range by range; what stays of a pair is two rows and a pattern's number.

Every range gives its own table of patterns with their counts, and these add up: so the
result is the same for any size of range, and ranges may be worked on side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from minglu.matching.arrays import Integers
from minglu.matching.blocking import Blocks
from minglu.matching.compared import ComparedPairs
from minglu.matching.comparisons import compare_all
from minglu.matching.model import Patterns
from minglu.matching.pairs import RowFacts, row_facts
from minglu.matching.policy import Policy, unpack_levels
from minglu.matching.rows import CodedRows
from minglu.matching.threads import Spread, over_threads

ROWS_AT_ONCE = 65_536  # some 500,000 proposals, 100 MB while they are compared


@dataclass(frozen=True, slots=True)
class _Swept:
    """What one range of rows gives."""

    pairs: ComparedPairs
    """With patterns numbered as they came in this range."""
    packed: Integers
    """Per pattern its levels, packed."""
    counts: Integers
    shared: Integers
    proposed_in_large: Integers


def compare_rows(
    rows: CodedRows, policy: Policy, *, rows_at_once: int = ROWS_AT_ONCE, spread: Spread = over_threads
) -> tuple[ComparedPairs, Patterns, pa.Table]:
    """Propose and compare the pairs of all rows; returns them, their patterns, and what blocking gave up."""
    blocks, facts = Blocks(rows, policy.blocks, spread=spread), row_facts(rows)
    sweep = partial(_sweep, blocks, facts, policy, rows_at_once)
    swept = list(spread(sweep, range(0, max(len(rows), 1), rows_at_once)))
    proposed = np.sum([one.proposed_in_large for one in swept], axis=0)
    return *_add_up(swept, policy), blocks.given_up(proposed)


def _sweep(blocks: Blocks, facts: RowFacts, policy: Policy, rows_at_once: int, start: int) -> _Swept:
    """Propose and compare the pairs whose smaller row is in one range."""
    pairs = blocks.pairs(start, start + rows_at_once)
    coded = pa.array(compare_all(facts, pairs.left, pairs.right, policy)).dictionary_encode()
    number = coded.indices.to_numpy()
    on_code = np.array([rule.on_code for rule in blocks.rules], dtype=np.bool_)
    size = len(coded.dictionary)
    return _Swept(
        pairs=ComparedPairs(pairs.left, pairs.right, number),
        packed=coded.dictionary.to_numpy(),
        counts=np.bincount(number, minlength=size),
        shared=np.bincount(number.compress(~on_code.take(pairs.rule)), minlength=size),
        proposed_in_large=blocks.proposed_in_large(pairs),
    )


def _add_up(swept: list[_Swept], policy: Policy) -> tuple[ComparedPairs, Patterns]:
    """Number the patterns of all ranges alike, add up their counts, and put the pairs one behind the other."""
    packed = np.unique(np.concatenate([one.packed for one in swept]))
    counts, shared = np.zeros(len(packed), dtype=np.int64), np.zeros(len(packed), dtype=np.int64)
    numbers = []
    for one in swept:
        place = np.searchsorted(packed, one.packed).astype(np.int32)
        counts[place] += one.counts
        shared[place] += one.shared
        numbers.append(place.take(one.pairs.pattern_of))
    left, right = (np.concatenate([getattr(one.pairs, side) for one in swept]) for side in ("left", "right"))
    pairs = ComparedPairs(left, right, np.concatenate(numbers))
    return pairs, Patterns(levels=unpack_levels(packed, policy), pairs=counts, shared=shared)
