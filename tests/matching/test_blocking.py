"""Blocking: every pair of a block once, nothing silent, nothing lost without being counted."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.blocking import candidate_pairs
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.encoding.text_hashing import MISSING
from minglu.matching.settings.block_rules import BlockRule, load_block_rules
from tests.matching.drawn_lists import draw, entry, rows_of, table


def coded(**columns):
    """Make rows that have codes only."""
    size = len(next(iter(columns.values())))
    nothing = np.full(size, np.nan)
    codes = {name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}
    return CodedRows(pa.array([f"E{i:04d}" for i in range(size)]), codes, {}, nothing, nothing, nothing)


def found(rows, *rules):
    pairs, uncompared = candidate_pairs(rows, rules)
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), pairs.rule.tolist(), strict=True)), uncompared


keys = st.lists(st.integers(0, 4), min_size=1, max_size=25)


@given(keys, st.data())
def test_pairs_equal_a_naive_reference(first, data):
    """With large caps, the pairs are all pairs that share a spoken key, booked to the first rule."""
    second = data.draw(st.lists(st.integers(0, 3), min_size=len(first), max_size=len(first)))
    rows = coded(a=first, b=second)
    rules = [BlockRule("a", ("a",), 99, (), False), BlockRule("b", ("b",), 99, (), False)]
    naive = []
    for left, right in itertools.combinations(range(len(first)), 2):
        hits = [number for number, codes in enumerate((first, second)) if codes[left] == codes[right] != MISSING]
        naive += [(left, right, hits[0])] if hits else []
    assert found(rows, *rules)[0] == naive


@given(keys)
def test_given_up_and_proposed_pairs_add_up(first):
    """What a capped rule proposes and what it counts as given up are all pairs of its blocks."""
    rows = coded(a=first, b=[1 + place % 3 for place in range(len(first))])
    pairs, lost = found(rows, BlockRule("a", ("a",), 3, ("b",), False))
    whole = sum(first[i] == first[j] != MISSING for i, j in itertools.combinations(range(len(first)), 2))
    assert len(pairs) + lost["pairs"][0].as_py() == whole


def test_pair_that_another_rule_compared_is_not_counted_as_given_up():
    """Ten rows of one phone are too many; those two that share a name are compared all the same."""
    rows = coded(a=[1] * 10, b=[1, 1, *range(2, 10)])
    pairs, lost = found(rows, BlockRule("a", ("a",), 4, (), False), BlockRule("b", ("b",), 4, (), False))
    assert pairs == [(0, 1, 1)]
    assert lost["pairs"].to_pylist() == [44, 0]


def test_large_block_is_split_by_the_next_column():
    """Six rows of one name in two towns are compared inside the towns."""
    rows = coded(a=[1] * 6, b=[1, 1, 1, 2, 2, 2])
    pairs, lost = found(rows, BlockRule("a", ("a",), 4, ("b",), False))
    assert len(pairs) == 6
    assert lost.to_pylist() == [{"rule": "a", "blocks": 1, "rows": 6, "pairs": 9}]


def test_block_of_a_million_rows_is_given_up_at_once():
    """A constant column costs no pairs and no time, and is counted."""
    size = 1_000_000
    pairs, lost = found(coded(a=np.ones(size)), BlockRule("a", ("a",), 20, (), False))
    assert pairs == []
    assert lost["pairs"][0].as_py() == size * (size - 1) // 2


def test_former_name_meets_the_name_of_another():
    """A renamed unit is proposed with the row that still has its old name, and not with itself."""
    rows = rows_of(
        table(
            [
                entry("E1", list="tax", name="示例县宏达塑料制品有限公司（原：永昌印染厂）"),
                entry("E2", list="permit", name="永昌印染厂"),
                entry("E3", list="permit", name="瑞丰家具厂", former_name="瑞丰家具厂"),
            ]
        )
    )
    rule = next(rule for rule in load_block_rules() if rule.name == "former_name")
    assert [pair[:2] for pair in found(rows, rule)[0]] == [(0, 1)]


def test_true_pairs_are_proposed():
    """On drawn lists (poorer in codes and addresses than real ones) hardly a true pair is missed."""
    entries, truth = draw(600, seed=5)
    rows = rows_of(entries)
    pairs, _ = candidate_pairs(rows, load_block_rules())
    ids = rows.entry_id.to_pylist()
    proposed = set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    for level, floor in ((0, 0.99), (1, 0.97)):
        true = [
            (i, j)
            for i, j in itertools.combinations(range(len(ids)), 2)
            if truth[ids[i]][level] == truth[ids[j]][level]
        ]
        assert sum(pair in proposed for pair in true) >= floor * len(true)


@pytest.mark.parametrize("rule", load_block_rules(), ids=lambda rule: rule.name)
def test_every_rule_reads_columns_that_exist(rule):
    """The rule table names columns of coded rows only."""
    columns = rows_of(table([entry("E1", list="tax", name="瑞丰家具厂")])).codes
    wanted = {*rule.columns, *rule.then} - {"former"}
    assert wanted <= columns.keys()
