"""Which pairs of rows are compared: keys by rule, blocks that adapt, pairs once each.  No comparison.

The blocks of a rule are kept as chains, each row pointing to the next one of its block.  So the pairs of any
range of rows can be made when they are wanted, and memory is bounded by the range, not by the number of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from minglu.common.arrays import Codes, Integers, runs, stand_together
from minglu.common.parallel import Spread, over_threads
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.encoding.encode_entries import FORMERS
from minglu.matching.encoding.text_hashing import MISSING, join_codes
from minglu.matching.linkage_schemas import UNCOMPARED
from minglu.matching.settings.block_rules import RULE_BITS, BlockRule

FORMER = ("former",)  # stands for all columns of former names, and the name itself
FORMER_COLUMNS = tuple(f"former_{number + 1}" for number in range(FORMERS))
NODE_BITS = 28  # 268 million rows; larger lists are linked county by county anyway


@dataclass(frozen=True, slots=True)
class Chains:
    """The blocks of one rule: each member points to the next one of its block."""

    row: Integers | None
    """Per member its row, in order; None where each row is a member, and the only one of its number."""
    following: Integers
    """Per member the next larger one of the same block, -1 at its end and outside of all blocks."""
    large: Integers
    """Rows of the blocks that were above the cap before they were split."""
    blocks: int
    """How many blocks those were."""
    inside: int
    """Pairs in those blocks."""
    split: int
    """Pairs that their parts propose."""


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Distinct pairs of row numbers, left < right, in order."""

    left: np.ndarray
    right: np.ndarray
    rule: np.ndarray
    """Per pair the number of the first rule that proposed it."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)


def block_keys(codes: Codes, rule: BlockRule) -> tuple[Integers | None, Integers]:
    """Return the rows of a rule's members (see Chains), and the key of each, MISSING where it has none.

    A rule on `former` has a member for the name of each row, and one for each of its former names.
    """
    if rule.columns != FORMER:
        return None, join_codes(*(codes[name] for name in rule.columns))
    columns = [codes[name] for name in FORMER_COLUMNS]
    old = np.concatenate([column[column != MISSING] for column in columns])
    columns.append(np.where(np.isin(codes["core"], old), codes["core"], MISSING))
    row = np.concatenate([np.flatnonzero(column != MISSING) for column in columns])
    order = np.argsort(row, kind="stable")
    return row[order], join_codes(np.concatenate([column[column != MISSING] for column in columns])[order])


class Blocks:
    """The blocks of all rules over all rows."""

    def __init__(self, rows: CodedRows, rules: tuple[BlockRule, ...], *, spread: Spread = over_threads) -> None:
        self.rules = rules
        self._codes = rows.codes
        read = {name: rows.codes[name] for name in _columns_of(rules)}
        self._chains = list(spread(partial(make_chains, read, rules), range(len(rules))))
        self._large = np.zeros(len(rows), dtype=np.uint64)  # one bit per rule: the row's block was above the cap
        for number, (rule, chains) in enumerate(zip(rules, self._chains, strict=True)):
            if rule.columns != FORMER:
                self._large[chains.large] |= np.uint64(1 << number)

    def pairs(self, start: int, stop: int) -> CandidatePairs:
        """Propose every pair that shares a block and has its smaller row in the range, booked to its first rule."""
        found = [
            (words << RULE_BITS) | number
            for number, chains in enumerate(self._chains)
            for words in _follow(chains, start, stop)
        ]
        words = np.concatenate([np.empty(0, dtype=np.int64), *found])
        found.clear()
        words.sort()
        keep = np.ones(len(words), dtype=np.bool_)
        np.not_equal(words[1:] >> RULE_BITS, words[:-1] >> RULE_BITS, out=keep[1:])
        words = words[keep]
        rule = (words & ((1 << RULE_BITS) - 1)).astype(np.int8)
        words >>= RULE_BITS
        return CandidatePairs(
            (words >> NODE_BITS).astype(np.int32), (words & ((1 << NODE_BITS) - 1)).astype(np.int32), rule
        )

    def proposed_in_large(self, pairs: CandidatePairs) -> Integers:
        """Count per rule the pairs that some rule proposed out of the blocks that this rule found too large."""
        both = self._large.take(pairs.left) & self._large.take(pairs.right)
        some = np.flatnonzero(both)
        both, left, right = both.take(some), pairs.left.take(some), pairs.right.take(some)
        counts = np.zeros(len(self.rules), dtype=np.int64)
        for number, rule in enumerate(self.rules):
            here = np.flatnonzero(both & np.uint64(1 << number))
            for name in rule.columns if len(here) else ():
                code = self._codes[name]
                here = here.compress(code.take(left.take(here)) == code.take(right.take(here)))
            counts[number] = len(here)
        return counts

    def given_up(self, proposed: Integers) -> pa.Table:
        """Report what was given up, rule by rule; `proposed` adds up `proposed_in_large` over all pairs.

        A rule on `former` gives a row several keys: there the count stays that of the rule alone.
        """
        given_up = []
        for rule, chains, elsewhere in zip(self.rules, self._chains, proposed.tolist(), strict=True):
            compared = chains.split if rule.columns == FORMER else elsewhere
            counts = {"blocks": chains.blocks, "rows": len(chains.large), "pairs": chains.inside - compared}
            given_up.append({"rule": rule.name, **counts})
        return pa.Table.from_pylist(given_up, schema=UNCOMPARED)


def candidate_pairs(rows: CodedRows, rules: tuple[BlockRule, ...]) -> tuple[CandidatePairs, pa.Table]:
    """Propose the pairs of all rows at once; returns them and what blocking gave up."""
    blocks = Blocks(rows, rules)
    pairs = blocks.pairs(0, len(rows))
    return pairs, blocks.given_up(blocks.proposed_in_large(pairs))


def _columns_of(rules: tuple[BlockRule, ...]) -> list[str]:
    """Return the columns that some rule reads."""
    former = ("core", *FORMER_COLUMNS)
    read = {name for rule in rules for name in (*(former if rule.columns == FORMER else rule.columns), *rule.then)}
    return sorted(read)


def make_chains(codes: Codes, rules: tuple[BlockRule, ...], number: int) -> Chains:
    """Find the blocks of one of the rules.

    Blocks above the cap are split by the next column of `then`; rows missing in it
    leave the split block, since a missing value is shared by all.
    """
    rule = rules[number]
    row, keys = block_keys(codes, rule)
    following = np.full(len(keys), -1, dtype=np.int32)
    members = np.flatnonzero(keys != MISSING)
    keys = keys.take(members)
    large_rows, blocks, inside, split = np.empty(0, dtype=np.int32), 0, 0, 0
    for depth, column in enumerate((*rule.then, None)):
        order, cut_keys = stand_together(keys)
        members = members.take(order)
        behind, sizes = _neighbours(cut_keys)
        large = sizes > rule.cap
        goes_on = np.flatnonzero(~large & (behind > 0))
        following[members.take(goes_on)] = members.take(goes_on + 1)
        above = np.flatnonzero(large)
        if depth:
            split += int(behind.take(goes_on).sum())
        else:
            large_rows, blocks = _rows_of(row, members.take(above)).astype(np.int32), int((large & (behind == 0)).sum())
            inside = int(behind.take(above).sum())
        if column is None and rule.parts_from is not None:
            followed = _cut_into_parts(rule, above, behind, sizes)
            following[members.take(followed)] = members.take(followed + 1)
            split += len(followed)
        if column is None or not len(above):
            break
        members = members.take(above)
        keys = join_codes(keys.take(order.take(above)), codes[column].take(_rows_of(row, members)))
        present = np.flatnonzero(keys != MISSING)
        members, keys = members.take(present), keys.take(present)
    return Chains(row, following, large_rows, blocks, inside, split)


def _cut_into_parts(rule: BlockRule, above: Integers, behind: Integers, sizes: Integers) -> Integers:
    """Return the places (among those `above` the cap) of members that are followed by one of the same part."""
    place = sizes.take(above) - 1 - behind.take(above)  # within its block
    last_of_part = (place - (rule.parts_from or 0)) % rule.cap == rule.cap - 1
    return above.compress(~last_of_part & (behind.take(above) > 0))


def _rows_of(row: Integers | None, members: Integers) -> Integers:
    return members if row is None else row.take(members)


def _neighbours(keys: Integers) -> tuple[Integers, Integers]:
    """Return for each row of sorted `keys` how many rows of its block stand behind it, and the block's size."""
    starts, lengths = runs(keys)
    ends = np.repeat(starts + lengths, lengths)
    return ends - 1 - np.arange(len(keys)), np.repeat(lengths, lengths)


def _follow(chains: Chains, start: int, stop: int) -> Iterator[Integers]:
    """Give every pair of a block whose smaller row is in the range once, packed as (left, right).

    All chains are followed at once: the next member of each, the one after it, and so on.
    """
    first, last = (start, stop) if chains.row is None else np.searchsorted(chains.row, [start, stop])
    members = chains.following[first:last]
    left = _rows_of(chains.row, np.arange(first, first + len(members)))
    while len(goes_on := np.flatnonzero(members >= 0)):
        left, members = left.take(goes_on), members.take(goes_on)
        right = _rows_of(chains.row, members)
        words = left << NODE_BITS | right
        yield words if chains.row is None else words[left != right]  # a row whose former name is its own name
        members = chains.following.take(members)
