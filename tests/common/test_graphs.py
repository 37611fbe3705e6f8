"""What hangs together, and the way back to a root."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.common.graphs import find_predecessors, label_components, label_cycles, order_groups

COUNT = 12
LINK = st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1))


def reached(start: int, links: list[tuple[int, int]]) -> set[int]:
    """Return all that a node can reach, one step after the other."""
    known = {start}
    while more := {b for a, b in links if a in known} - known:
        known |= more
    return known


@given(links=st.lists(LINK, max_size=15))
def test_nodes_have_one_label_just_when_links_join_them(links):
    """As a search from each node finds them."""
    one, other = np.array(links, np.int64).reshape(-1, 2).T
    label = label_components(one, other, COUNT)
    both = links + [(b, a) for a, b in links]
    for node in range(COUNT):
        assert {i for i in range(COUNT) if label[i] == label[node]} == reached(node, both)


@given(links=st.lists(LINK, min_size=1, max_size=15), root=st.integers(0, COUNT - 1))
def test_predecessors_lead_back_to_the_root(links, root):
    """Each step is a link; only what the root reaches has one."""
    one, other = np.array(links, np.int64).reshape(-1, 2).T
    before = find_predecessors(one, other, root=root, count=COUNT)
    assert before[root] == root
    assert {i for i in range(COUNT) if before[i] >= 0} == reached(root, links)
    assert all((int(before[i]), i) in links for i in range(COUNT) if before[i] >= 0 and i != root)


@given(groups=st.lists(st.integers(0, 5), max_size=30))
def test_groups_follow_each_other_and_keep_their_order(groups):
    """Stable, and the places where groups begin."""
    order, opens = order_groups(np.array(groups, np.int64), 6)
    assert order.tolist() == sorted(range(len(groups)), key=lambda i: groups[i])
    assert np.diff(opens).tolist() == [groups.count(number) for number in range(6)]


@given(st.permutations(range(12)))
def test_things_that_follow_each_other_are_one_cycle(following):
    """Every permutation falls into cycles: two things have one label exactly if going on from one reaches the other."""
    label = label_cycles(np.array(following))
    for start in range(12):
        reached, here = {start}, following[start]
        while here != start:
            reached.add(here)
            here = following[here]
        assert set(np.flatnonzero(label == label[start]).tolist()) == reached
