"""No small count can be read off a published hierarchy, checked against every table that a reader could imagine."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.disclosure import K, hide_counts, hide_splits


def tree_of(groups):
    """Build a hierarchy all -> groups -> leaves from nested counts; a group may have one leaf."""
    parents, counts = {"all": None}, {"all": sum(map(sum, groups))}
    for g, leaves in enumerate(groups):
        parents[f"g{g}"], counts[f"g{g}"] = "all", sum(leaves)
        for n, leaf in enumerate(leaves):
            parents[f"g{g}l{n}"], counts[f"g{g}l{n}"] = f"g{g}", leaf
    return parents, counts


def leaves_of(parents):
    return [node for node in parents if node not in set(parents.values())]


def tables_that_fit(parents, counts, hidden, most):
    """Yield every assignment of the hidden leaves, each at least one, that agrees with all that is printed."""
    leaves = leaves_of(parents)
    unknown = [leaf for leaf in leaves if leaf in hidden]
    for guess in product(range(1, most + 1), repeat=len(unknown)):
        guessed = dict(zip(unknown, guess, strict=True))
        sums = dict.fromkeys(parents, 0)
        for leaf in leaves:
            node = leaf
            while node is not None:
                sums[node] += guessed.get(leaf, counts[leaf])
                node = parents[node]
        if all(sums[node] == counts[node] for node in parents if node not in hidden):
            yield sums


groups = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=2)


@given(groups)
def test_no_small_count_can_be_worked_out(groups):
    """Every small count, of a leaf or an area, could as well be K for a reader who knows all that is printed."""
    parents, counts = tree_of(groups)
    hidden = hide_counts(parents, counts)
    small = [node for node in parents if 0 < counts[node] < K]
    assert hidden.issuperset(small)
    fitting = list(tables_that_fit(parents, counts, hidden, most=9))
    for node in small:
        assert max(table[node] for table in fitting) >= K
        assert len({table[node] for table in fitting}) > 1


@given(groups)
def test_zero_is_always_printed(groups):
    """An empty area is a finding, not a secret."""
    parents, counts = tree_of(groups)
    assert all(counts[node] for node in hide_counts(parents, counts))


@given(groups)
def test_nothing_is_hidden_without_a_small_count(groups):
    """Where every count is printable, all are printed."""
    parents, counts = tree_of([[leaf * K for leaf in leaves] for leaves in groups])
    assert hide_counts(parents, counts) == frozenset()


splits = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=3), min_size=1, max_size=2
)


@given(splits)
def test_no_small_part_can_be_worked_out_from_printed_totals(groups):
    """With all totals printed, a hidden part of a leaf may have at least two values."""
    parents, first = tree_of([[a for a, _ in leaves] for leaves in groups])
    _, totals = tree_of([[a + b for a, b in leaves] for leaves in groups])
    parts = {node: (first[node], totals[node] - first[node]) for node in parents}
    hidden = hide_splits(parents, parts)
    assert all(node in hidden for node, pair in parts.items() if any(0 < part < K for part in pair))
    leaves = leaves_of(parents)
    unknown = [leaf for leaf in leaves if leaf in hidden]
    seen = {leaf: set() for leaf in unknown}
    for guess in product(*(range(totals[leaf] + 1) for leaf in unknown)):
        guessed = first | dict(zip(unknown, guess, strict=True))
        sums = dict.fromkeys(parents, 0)
        for leaf in leaves:
            node = leaf
            while node is not None:
                sums[node] += guessed[leaf]
                node = parents[node]
        if all(sums[node] == first[node] for node in parents if node not in hidden):
            for leaf in unknown:
                seen[leaf].add(guessed[leaf])
    assert all(len(values) > 1 for values in seen.values())


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        # one small leaf takes its smallest sibling with it
        ([[1, 9, 20]], {"g0l0", "g0l1"}),
        # two leaves of one unit each: their sum, 2, would tell both
        ([[1, 1, 9, 20]], {"g0l0", "g0l1", "g0l2"}),
        # an only child tells its parent: both go, and another area is opened
        ([[2], [9, 20]], {"g0", "g0l0", "g1", "g1l0"}),
        # nothing else to hide: the area itself, up to the whole
        ([[2]], {"all", "g0", "g0l0"}),
    ],
)
def test_what_is_hidden_with_a_small_count(groups, hidden):
    parents, counts = tree_of(groups)
    assert hide_counts(parents, counts) == hidden
