"""Clusters: naive components where nothing conflicts, cannot-links never broken, no chains, any order."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.common.graphs import connect_here
from minglu.matching.clustering.constrained_clusters import Links, WithinListPairs, cluster, contract
from minglu.matching.clustering.constraints import NO_ROWS, Bounds

SIZE = 14
pair = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda ends: ends[0] < ends[1])
pairs = st.lists(pair, unique=True, max_size=40)


def links(linked, barred=(), within_list=(), strength=None, late=()):
    """Make Links from lists of pairs; `twice` are pairs of one list with their log-odds."""
    ends = [np.array([one[side] for one in chosen], dtype=np.int64) for chosen in (linked, barred) for side in (0, 1)]
    strength = np.full(len(linked), 10.0) if strength is None else np.asarray(strength, dtype=float)
    one, two, bits = (np.array([pair[place] for pair in within_list]) for place in range(3))
    second = np.array([pair in late for pair in linked], dtype=np.bool_)
    return Links(ends[0], ends[1], strength, second, *ends[2:], WithinListPairs(one.astype(int), two.astype(int), bits))


def naive_components(size, linked):
    label = list(range(size))
    for _ in range(size):
        for one, two in linked:
            label[one] = label[two] = min(label[one], label[two])
    return label


@given(pairs)
def test_components_equal_a_naive_reference(linked):
    """Without conflicts clusters are the connected components, named by their smallest row."""
    assert connect_here(
        SIZE, *(np.array([p[s] for p in linked], dtype=np.int64) for s in (0, 1))
    ).tolist() == naive_components(SIZE, linked)
    assert cluster(SIZE, links(linked), {}).label.tolist() == naive_components(SIZE, linked)


@pytest.mark.parametrize("times", [255, 256, 512])
def test_an_edge_given_many_times_is_one_edge(times):
    """Second licences meet over as many pairs as two codes have rows: no counter may run over."""
    assert connect_here(3, np.zeros(times, dtype=np.int64), np.full(times, 2)).tolist() == [0, 1, 0]


@given(pairs, pairs, st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE), st.data())
def test_cannot_links_are_never_broken(linked, barred, codes, data):
    """No cluster holds a barred pair or two codes; every link is kept inside or cut with a reason."""
    strength = data.draw(st.lists(st.sampled_from([3.0, 4.0, 7.0]), min_size=len(linked), max_size=len(linked)))
    result = cluster(SIZE, links(linked, barred, strength=strength), {"code": np.array(codes)})
    for one, two in barred:
        assert result.label[one] != result.label[two]
    for head in set(result.label.tolist()):
        assert len({codes[row] for row in range(SIZE) if result.label[row] == head} - {0}) <= 1
    apart = [place for place, (one, two) in enumerate(linked) if result.label[one] != result.label[two]]
    assert result.cut.tolist() == apart
    assert len(result.reasons) == len(apart)


@given(pairs, pairs, st.randoms(use_true_random=False))
def test_order_of_links_does_not_matter(linked, barred, random):
    """Shuffled links give the same clusters."""
    strength = {one: 3.0 + sum(one) % 7 for one in linked}
    shuffled = sorted(linked, key=lambda _: random.random())
    first, second = (
        cluster(SIZE, links(order, barred, strength=[strength[one] for one in order]), {})
        for order in (linked, shuffled)
    )
    assert first.label.tolist() == second.label.tolist()


def test_two_rows_of_one_list_stay_apart_unless_the_list_may_hold_one_twice():
    """Rows 0 and 2 of one list meet over row 1: their own pair and the link that joins them decide together."""
    lists = np.array([7, 8, 7])
    linked = [(0, 1), (1, 2)]
    apart = cluster(3, links(linked, strength=[9.0, 8.0]), {}, lists=lists)
    assert apart.label.tolist() == [0, 0, 2]
    assert apart.reasons == ("list",)
    doubted = cluster(3, links(linked, within_list=[(0, 2, -6.0)], strength=[9.0, 8.0]), {}, lists=lists)
    assert doubted.label.tolist() == [0, 0, 2]
    together = cluster(3, links(linked, within_list=[(0, 2, -2.0)], strength=[9.0, 8.0]), {}, lists=lists)
    assert together.label.tolist() == [0, 0, 0]


def test_a_link_and_the_pair_itself_must_together_be_sure_enough():
    """Four bits in all bring two rows of one list together, a little less does not."""
    lists, linked = np.array([7, 8, 7]), [(0, 1), (1, 2)]
    for bits, label in ((-2.0, [0, 0, 0]), (-2.01, [0, 0, 2])):
        assert (
            cluster(3, links(linked, within_list=[(0, 2, bits)], strength=[9.0, 6.0]), {}, lists).label.tolist()
            == label
        )


few_codes = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=SIZE, max_size=SIZE)
few_lists = st.lists(st.integers(1, 9), min_size=SIZE, max_size=SIZE)


@given(pairs, pairs, few_codes, few_lists, st.dictionaries(pair, st.sampled_from([-1.0, 0.0, 5.0])))
def test_only_components_that_contradict_themselves_are_rebuilt(linked, barred, codes, lists, within_list):
    """A barred pair, two codes, or more pairs of one list than are likely duplicates."""
    within_list = {ends: bits for ends, bits in within_list.items() if lists[ends[0]] == lists[ends[1]]}
    given_links = links(linked, barred, within_list=[(*ends, bits) for ends, bits in within_list.items()])
    found = cluster(SIZE, given_links, {"code": np.array(codes)}, lists=np.array(lists))
    label = naive_components(SIZE, linked)
    contradict = 0
    for head in set(label):
        inside = [row for row in range(SIZE) if label[row] == head]
        both = [ends for ends in itertools.combinations(inside, 2) if lists[ends[0]] == lists[ends[1]]]
        likely = [ends for ends in both if within_list.get(ends, -1.0) >= 0]
        codes_inside = {codes[row] for row in inside} - {0}
        contradict += (
            any(one in inside and two in inside for one, two in barred)
            or len(codes_inside) > 1
            or len(both) > len(likely)
        )
    assert found.repaired == contradict


def test_three_rows_of_one_list_are_sound_only_if_all_their_pairs_are_likely_duplicates():
    linked, lists = [(0, 3), (1, 3), (2, 3)], np.array([7, 7, 7, 8])
    likely = [(0, 1, 5.0), (0, 2, 5.0), (1, 2, 5.0)]
    assert cluster(4, links(linked, within_list=likely), {}, lists).repaired == 0
    assert cluster(4, links(linked, within_list=likely[:2]), {}, lists).repaired == 1


def test_a_cut_names_rows_whose_values_the_other_side_does_not_hold():
    """A person has put codes 5 and 7 together, and 5 and 6: what keeps the two apart is 7 and 6, not 5."""
    made = links([(0, 2)])
    must = Bounds(np.array([0, 2]), np.array([1, 3]), NO_ROWS, NO_ROWS)
    found = cluster(4, replace(made, bounds=must), {"code": np.array([5, 7, 5, 6])})
    assert found.label.tolist() == [0, 0, 2, 2]
    assert [set(rows) for rows in found.obstacles] == [{1, 3}]


def test_two_licences_of_a_unit_stand_on_one_list_by_right():
    """Rows 0 and 2 have a code each: no list says one site twice there, so it does not keep them apart."""
    lists, licences = np.array([7, 8, 7]), np.array([1, 1, 2])
    linked = [(0, 1), (1, 2)]
    alone = links(linked, strength=[9.0, 8.0], late=[(1, 2)])
    assert cluster(3, alone, {}, lists, licences).label.tolist() == [0, 0, 0]
    assert cluster(3, alone, {}, lists, np.array([1, 1, 0])).label.tolist() == [0, 0, 2]


def test_second_licences_wait_for_the_rows_of_one_code():
    """Row 1 goes with 0, to which it is linked less surely, before the second licence 2 may have it."""
    found = cluster(3, links([(0, 1), (1, 2)], barred=[(0, 2)], strength=[4.0, 12.0], late=[(1, 2)]), {})
    assert found.label.tolist() == [0, 0, 2]


def test_cut_names_the_rows_that_stood_in_the_way():
    """Row 1 goes with 0; its link to 2 is cut because row 3, already with 2, has another code than 0."""
    linked = [(0, 1), (1, 2), (2, 3)]
    result = cluster(4, links(linked, strength=[7.0, 0.5, 7.0]), {"code": np.array([5, 0, 0, 6])})
    assert result.label.tolist() == [0, 0, 2, 2]
    assert result.reasons == ("code",)
    assert [set(rows) for rows in result.obstacles] == [{0, 3}]
    barred = cluster(3, links([(0, 1), (1, 2)], barred=[(0, 2)], strength=[7.0, 3.0]), {})
    assert [set(rows) for rows in barred.obstacles] == [{0, 2}]


@given(pairs, pairs, st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE))
def test_obstacles_stand_on_both_sides_of_a_cut(linked, barred, codes):
    """The two rows that a cut names ended in two clusters."""
    result = cluster(SIZE, links(linked, barred), {"code": np.array(codes)}, lists=np.arange(SIZE) % 5)
    for one, two in result.obstacles:
        assert result.label[one] != result.label[two]


def test_chain_of_five_thousand_stops_at_contradictions():
    """A chain in which every tenth row has another code falls into clusters of one code."""
    size = 5_000
    linked = [(row, row + 1) for row in range(size - 1)]
    codes = np.array([1 + row // 10 if row % 10 == 5 else 0 for row in range(size)])
    result = cluster(size, links(linked), {"code": codes})
    assert np.bincount(result.label).max() <= 20
    for head in set(result.label.tolist()):
        assert len(set(codes[result.label == head].tolist()) - {0}) <= 1


def test_chain_over_three_lists_is_cut_into_sites():
    """5,000 rows of three lists, each linked to the next, can't be one site: at most one row per list."""
    size = 5_000
    linked = [(row, row + 1) for row in range(size - 1)]
    lists = np.arange(size) % 3 + 1
    label = cluster(size, links(linked), {}, lists=lists).label
    assert np.bincount(label).max() == 3
    assert not any(lists[a] == lists[b] and label[a] == label[b] for a, b in itertools.pairwise(range(0, size, 3)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=4, max_size=12))
def test_a_cluster_takes_the_smallest_spoken_value_of_its_rows(rows):
    """At its smallest row; silence where no row speaks, and at the rows that head no cluster."""
    group = [one for one, _ in rows]
    label = np.array([group.index(one) for one in group])
    (found,) = contract(label, [np.array([code for _, code in rows], dtype=np.uint32)])
    for row in range(len(rows)):
        present = [code for place, (_, code) in enumerate(rows) if label[place] == row and code]
        assert found[row] == min(present, default=0)
