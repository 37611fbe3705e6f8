"""No small count can be read off a published hierarchy, checked against every table that a reader could imagine."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.coverage.disclosure_control import K, hide_counts, hide_splits


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
    """Yield every assignment of the hidden leaves that agrees with all that is printed, the total in any case.

    A hidden leaf is known not to be empty, unless everything is hidden.
    """
    leaves = leaves_of(parents)
    unknown = [leaf for leaf in leaves if leaf in hidden]
    least = 0 if "all" in hidden else 1
    for guess in product(range(least, most + 1), repeat=len(unknown)):
        guessed = dict(zip(unknown, guess, strict=True))
        sums = dict.fromkeys(parents, 0)
        for leaf in leaves:
            node = leaf
            while node is not None:
                sums[node] += guessed.get(leaf, counts[leaf])
                node = parents[node]
        if all(sums[node] == counts[node] for node in parents if node not in hidden or node == "all"):
            yield sums


groups = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=2)


@given(groups)
def test_no_small_count_can_be_worked_out(groups):
    """Every small count, of a leaf or an area, could as well be K for a reader who knows all that is printed."""
    parents, counts = tree_of(groups)
    hidden = hide_counts(parents, counts)
    small = [node for node in parents if 0 < counts[node] < K]
    assert hidden.issuperset(node for node in small if node != "all" or hidden)
    fitting = list(tables_that_fit(parents, counts, hidden, most=9))
    for node in small:
        if node != "all" and len(leaves_of(parents)) > 1:  # the total is no secret
            assert max(table[node] for table in fitting) >= min(K, counts["all"])


@given(groups)
def test_zero_is_always_printed(groups):
    """An empty area is a finding, not a secret, unless the whole is so small that everything is hidden."""
    parents, counts = tree_of(groups)
    hidden = hide_counts(parents, counts)
    assert hidden == frozenset(parents) or all(counts[node] for node in hidden)


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
    small = {node for node, pair in parts.items() if any(0 < part < K for part in pair)}
    assert hidden.issuperset(small - {"all"})
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
        if all(sums[node] == first[node] for node in parents if node not in hidden or node == "all"):
            for leaf in unknown:
                seen[leaf].add(guessed[leaf])
    if len([leaf for leaf in unknown if totals[leaf]]) > 1 and 0 < first["all"] < totals["all"]:
        assert all(len(values) > 1 for leaf, values in seen.items() if totals[leaf])


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        # one small leaf takes its smallest sibling with it
        ([[1, 9, 20]], {"g0l0", "g0l1"}),
        # two leaves of one unit each: their sum, 2, would tell both
        ([[1, 1, 9, 20]], {"g0l0", "g0l1", "g0l2"}),
        # an only child tells its parent: both go, and another area is opened
        ([[2], [9, 20]], {"g0", "g0l0", "g1", "g1l0"}),
        # nothing else to hide: everything goes, empty areas as well
        ([[2], [0]], {"all", "g0", "g0l0", "g1", "g1l0"}),
    ],
)
def test_what_is_hidden_with_a_small_count(groups, hidden):
    parents, counts = tree_of(groups)
    assert hide_counts(parents, counts) == hidden
