"""Which pairs of rows are compared: keys by rule, blocks that adapt, pairs once each.  No comparison."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np
import pyarrow as pa

from minglu.matching.arrays import Integers, runs, stand_together
from minglu.matching.coding import SILENT, join_codes
from minglu.matching.rows import FORMERS, CodedRows
from minglu.matching.rulefiles import read_rules
from minglu.matching.tables import UNCOMPARED

Lost = dict[str, int]

RULE_BITS = 5  # a pair travels as one word: left, right, rule
COUNTED_AT_ONCE = 4_000_000  # pairs looked up at once in the blocks given up
NODE_BITS = 29  # 536 million rows; larger lists are linked county by county anyway


@dataclass(frozen=True, slots=True)
class BlockRule:
    """One row of blocking.toml."""

    name: str
    columns: tuple[str, ...]
    cap: int
    then: tuple[str, ...]
    on_code: bool


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Distinct pairs of row numbers, left < right, in order; and what blocking gave up."""

    left: np.ndarray
    right: np.ndarray
    rule: np.ndarray
    """Per pair the number of the first rule that proposed it."""
    rules: tuple[BlockRule, ...]
    uncompared: pa.Table

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)


def load_block_rules(folder: Traversable | None = None) -> tuple[BlockRule, ...]:
    """Read blocking.toml of `folder`, or the register's; raises RuleError for unknown keys."""
    required, optional = ("name", "columns", "cap", "then", "source", "since"), ("on_code",)
    rows = read_rules("blocking.toml", tables={"rule": (required, optional)}, folder=folder)["rule"]
    rules = tuple(
        BlockRule(row["name"], tuple(row["columns"]), row["cap"], tuple(row["then"]), row.get("on_code", False))
        for row in rows
    )
    assert [rule.on_code for rule in rules] == sorted(rule.on_code for rule in rules), "rules on codes come last"
    assert len(rules) < 1 << RULE_BITS
    return rules


def block_keys(rows: CodedRows, rule: BlockRule) -> tuple[Integers, Integers]:
    """Return the rows that have a key under `rule`, and their keys.

    A rule on `former` gives a row one key for its own name and one for each former name.
    """
    if rule.columns != ("former",):
        keys = join_codes(*(rows.codes[name] for name in rule.columns))
        nodes = np.flatnonzero(keys != SILENT)
        return nodes, keys[nodes]
    columns = [rows.codes[f"former_{number + 1}"] for number in range(FORMERS)]
    old = np.concatenate([column[column != SILENT] for column in columns])
    columns.append(np.where(np.isin(rows.codes["core"], old), rows.codes["core"], SILENT))
    nodes = np.concatenate([np.flatnonzero(column != SILENT) for column in columns])
    return nodes, np.concatenate([column[column != SILENT] for column in columns])


def candidate_pairs(rows: CodedRows, rules: tuple[BlockRule, ...]) -> CandidatePairs:
    """Propose every pair of rows that shares a block, once, booked to the first rule that found it."""

    def propose(number: int) -> tuple[Integers, Lost]:
        words, lost = _pairs_of_rule(rows, rules[number], *block_keys(rows, rules[number]))
        return (words << RULE_BITS) | number, lost

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        proposed, losses = zip(*pool.map(propose, range(len(rules))), strict=True)
    words = _once(proposed)
    pairs = words >> RULE_BITS
    left, right = (pairs >> NODE_BITS).astype(np.int32), (pairs & ((1 << NODE_BITS) - 1)).astype(np.int32)
    del pairs
    given_up = [
        {"rule": rule.name, **lost, "pairs": _never_compared(rows, rule, lost, left, right)}
        for rule, lost in zip(rules, losses, strict=True)
    ]
    return CandidatePairs(
        left=left,
        right=right,
        rule=(words & ((1 << RULE_BITS) - 1)).astype(np.int8),
        rules=rules,
        uncompared=pa.Table.from_pylist(given_up, schema=UNCOMPARED),
    )


def _never_compared(rows: CodedRows, rule: BlockRule, lost: Lost, left: np.ndarray, right: np.ndarray) -> int:
    """Return how many pairs of the blocks that `rule` gave up no rule proposed at all.

    A rule on `former` gives a row several keys: there the count stays that of the rule alone.
    """
    if not lost["pairs"] or rule.columns == ("former",):
        return lost["pairs"]
    nodes, keys = block_keys(rows, rule)
    order, sorted_keys = stand_together(keys)
    behind, sizes = _neighbours(sorted_keys)
    large = sizes > rule.cap
    block = np.zeros(len(rows), dtype=np.int64)
    block[nodes[order][large]] = sorted_keys[large]
    compared = 0
    for start in range(0, len(left), COUNTED_AT_ONCE):
        batch = slice(start, start + COUNTED_AT_ONCE)
        one = block[left[batch]]
        compared += int(((one != SILENT) & (one == block[right[batch]])).sum())
    return int(behind[large].sum()) - compared


def _once(proposed: Sequence[Integers]) -> Integers:
    """Sort the proposals and keep the first (lowest rule) of each pair."""
    words = np.concatenate(proposed)
    words.sort()
    keep = np.ones(len(words), dtype=np.bool_)
    np.not_equal(words[1:] >> RULE_BITS, words[:-1] >> RULE_BITS, out=keep[1:])
    return words[keep]


def _pairs_of_rule(rows: CodedRows, rule: BlockRule, nodes: Integers, keys: Integers) -> tuple[Integers, Lost]:
    """Return the packed pairs of one rule's blocks, and what was given up: blocks, rows, pairs.

    Blocks above the cap are split by the next column of `then`; rows silent in it
    leave the split block, since silence is shared by all.  Pairs given up are those of
    the large blocks that no part of them proposed.
    """
    found: list[Integers] = []
    lost = {"blocks": 0, "rows": 0, "pairs": 0}
    for depth, column in enumerate((*rule.then, None)):
        order, cut_keys = stand_together(keys)
        nodes, keys = nodes[order], keys[order]
        behind, sizes = _neighbours(cut_keys)
        large = sizes > rule.cap
        small = [*_enumerate(nodes[~large], behind[~large])]
        found += small
        if depth:
            lost["pairs"] -= sum(map(len, small))
        else:
            lost = {
                "blocks": int((large & (behind == 0)).sum()),
                "rows": int(large.sum()),
                "pairs": int(behind[large].sum()),
            }
        nodes, keys = nodes[large], keys[large]
        if column is None or not len(nodes):
            break
        keys = join_codes(keys, rows.codes[column][nodes])
        nodes, keys = nodes[keys != SILENT], keys[keys != SILENT]
    return (np.concatenate(found) if found else np.empty(0, dtype=np.int64)), lost


def _neighbours(keys: Integers) -> tuple[Integers, Integers]:
    """Return for each row of sorted `keys` how many rows of its block stand behind it, and the block's size."""
    starts, lengths = runs(keys)
    ends = np.repeat(starts + lengths, lengths)
    return ends - 1 - np.arange(len(keys)), np.repeat(lengths, lengths)


def _enumerate(nodes: Integers, behind: Integers) -> Iterator[Integers]:
    """Give every pair inside each block once, packed as (left, right); rows of a block stand together.

    Works by distance: the k-th neighbour to the right, for k up to the largest block.
    """
    here = np.flatnonzero(behind)
    distance = 1
    while len(here):
        one, two = nodes[here], nodes[here + distance]
        left, right = np.minimum(one, two), np.maximum(one, two)
        differ = left != right  # a row whose former name is its own name
        yield (left[differ] << NODE_BITS) | right[differ]
        distance += 1
        here = here[behind[here] >= distance]
