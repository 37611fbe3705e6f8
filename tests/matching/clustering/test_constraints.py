"""What a person decided stands, whatever the machine thinks of it; and nothing else is shaken by it."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.common.graphs import connect_here
from minglu.matching.clustering.constrained_clusters import Links, cluster
from minglu.matching.clustering.constraints import DIFFERENT, NOTHING_DECIDED, SAME_LEGAL, SAME_SITE, Decided
from minglu.matching.linkage import link_rows
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.settings.linkage_settings import load_linkage_settings
from tests.matching.drawn_lists import draw, entry, rows_of, table


def decide(*triples: tuple[int, int, int]) -> Decided:
    ordered = [(min(one, two), max(one, two), relation) for one, two, relation in triples]
    return Decided(*(np.array([triple[column] for triple in ordered], dtype=np.int64) for column in range(3)))


def labels(linkage):
    """Return (site, legal unit) per row, in the order of entry_id."""
    rows = sorted(linkage.clusters.to_pylist(), key=lambda row: row["entry_id"])
    return [(row["site_key"], row["legal_key"]) for row in rows]


def check_kept(decided: Decided, label) -> None:
    for one, two, relation in zip(
        *(column.tolist() for column in (decided.left, decided.right, decided.relation)), strict=True
    ):
        same_site, same_legal = label[one][0] == label[two][0], label[one][1] == label[two][1]
        assert same_site == (relation == SAME_SITE)
        assert same_legal == (relation != DIFFERENT)


@pytest.fixture(scope="module")
def county():
    rows = rows_of(draw(60, seed=21)[0])
    return rows, link_rows(rows, load_linkage_settings(), VerdictRules())


def from_truth(size: int, sites: list[int], legal: list[int], chosen: list[tuple[int, int]]) -> Decided:
    """Decide the chosen pairs as a person would who believes in these sites and legal units: no contradiction."""
    triples = {}
    for pair in chosen:
        one, two = sorted(row % size for row in pair)
        if one != two:
            site = sites[one % len(sites)] == sites[two % len(sites)]
            unit = legal[sites[one % len(sites)] % len(legal)] == legal[sites[two % len(sites)] % len(legal)]
            triples[one, two] = SAME_SITE if site else SAME_LEGAL if unit else DIFFERENT
    return decide(*((one, two, relation) for (one, two), relation in triples.items()))


some = st.integers(0, 400)


row = st.one_of(st.integers(0, 6), st.integers(2**28, 2**28 + 3))
pair = st.tuples(row, row).filter(lambda ends: ends[0] < ends[1])


@given(st.dictionaries(pair, st.integers(DIFFERENT, SAME_SITE)), st.lists(pair, unique=True))
def test_what_was_decided_is_found_among_any_pairs(judged, pairs):
    """Asked of pairs in any order, and for their places among pairs in order."""
    decided = decide(*((*ends, relation) for ends, relation in judged.items()))
    ends = [np.array([one[side] for one in pairs], dtype=np.int32) for side in (0, 1)]
    assert decided.among(*ends).tolist() == [judged.get(one, -1) for one in pairs]
    ordered = sorted(pairs)
    ends = [np.array([one[side] for one in ordered], dtype=np.int32) for side in (0, 1)]
    assert decided.places_in(*ends).tolist() == [place for place, one in enumerate(ordered) if one in judged]


def test_lessons_are_the_pairs_that_scores_brought_to_people():
    chosen = Decided(*(np.array(column) for column in ([0, 2, 4], [1, 3, 5], [DIFFERENT, SAME_SITE, SAME_LEGAL])))
    assert chosen.lessons() is chosen
    some = replace(chosen, for_calibration=np.array([True, False, True])).lessons()
    assert [column.tolist() for column in (some.left, some.right, some.relation)] == [[0, 4], [1, 5], [0, 1]]


def test_bounds_say_what_must_go_together_and_what_must_not():
    """One site and one legal unit are bounds of their own; inside one site nothing is left to say of legal units."""
    decided = decide((0, 1, SAME_SITE), (2, 3, SAME_LEGAL), (4, 5, DIFFERENT), (6, 7, SAME_LEGAL))
    sites = decided.site_bounds((np.array([8]), np.array([9])))
    legal = decided.legal_bounds(np.array([0, 0, 2, 3, 4, 5, 6, 6]))
    columns = ("must_left", "must_right", "apart_left", "apart_right")
    assert [getattr(sites, name).tolist() for name in columns] == [[0], [1], [2, 4, 6, 8], [3, 5, 7, 9]]
    assert [getattr(legal, name).tolist() for name in columns] == [[2], [3], [4], [5]]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=7),
    st.lists(st.integers(0, 9), min_size=3),
    st.lists(st.tuples(some, some), max_size=40),
)
def test_no_decision_is_ever_broken(county, sites, legal, chosen):
    """Any beliefs that do not contradict themselves come out as decided, against every barrier of the machine."""
    rows, _ = county
    decided = from_truth(len(rows), sites, legal, chosen)
    check_kept(decided, labels(link_rows(rows, load_linkage_settings(), VerdictRules(), decided)))


def test_order_of_decisions_does_not_matter(county):
    """The same decisions in another order give the same tables."""
    rows, _ = county
    decided = from_truth(len(rows), list(range(25)), [0, 1, 2], [(3 * n, 7 * n + 1) for n in range(40)])
    back = Decided(decided.left[::-1], decided.right[::-1], decided.relation[::-1])
    one, two = (link_rows(rows, load_linkage_settings(), VerdictRules(), given).tables() for given in (decided, back))
    assert all(one[name].equals(two[name]) for name in one)


def test_nothing_decided_changes_nothing(county):
    """No decision, or decisions that the machine had made itself: the same clusters."""
    rows, plain = county
    assert link_rows(rows, load_linkage_settings(), VerdictRules(), NOTHING_DECIDED).clusters.equals(plain.clusters)
    ids = rows.entry_id.to_pylist()
    sites = [
        (row["left"], row["right"])
        for row in plain.scored_pairs.to_pylist()
        if row["verdict"] == "link" and row["relation"] == "same_site"
    ]
    site = dict(zip(ids, labels(plain), strict=True))
    agreed = decide(
        *((ids.index(one), ids.index(two), SAME_SITE) for one, two in sites if site[one][0] == site[two][0])
    )
    assert len(agreed) > 20
    assert link_rows(rows, load_linkage_settings(), VerdictRules(), agreed).clusters.equals(plain.clusters)


def test_decided_pair_is_kept_and_marked(county):
    """scored_pairs says what was decided beside the machine's own verdict, which stays."""
    rows, plain = county
    pair = next(row for row in plain.scored_pairs.to_pylist() if row["verdict"] == "link")
    ids = rows.entry_id.to_pylist()
    made = link_rows(
        rows,
        load_linkage_settings(),
        VerdictRules(),
        decide((ids.index(pair["left"]), ids.index(pair["right"]), DIFFERENT)),
    )
    found = next(
        row for row in made.scored_pairs.to_pylist() if (row["left"], row["right"]) == (pair["left"], pair["right"])
    )
    assert (found["decided"], found["verdict"], found["p_site"]) == ("different", "link", pair["p_site"])


def test_different_codes_yield_to_a_person():
    """Two valid codes are a hard barrier for the machine and none for a person."""
    code = (
        {"uscc": "919901010000000010", "org_code": "000000001"},
        {"uscc": "919901010000000020", "org_code": "000000002"},
    )
    entries = [
        entry(f"E{n}", list=("tax", "business")[n], name="示例县瑞丰家具厂", site_address="东山镇人民路1号", **code[n])
        for n in range(2)
    ]
    rows = rows_of(table(entries))
    assert len({site for site, _ in labels(link_rows(rows, load_linkage_settings(), VerdictRules()))}) == 2
    assert (
        len(
            {
                site
                for site, _ in labels(
                    link_rows(rows, load_linkage_settings(), VerdictRules(), decide((0, 1, SAME_SITE)))
                )
            }
        )
        == 1
    )


def test_machine_may_not_bring_together_what_was_decided_apart():
    """Where a = b and c = d by the machine, a ~ c and b != d by a person: one of the machine's links gives way."""
    none = np.empty(0, dtype=np.int64)
    links = Links(np.array([0, 2]), np.array([1, 3]), np.array([0.99, 0.98]), none, none, none, none)
    decided = decide((0, 2, SAME_LEGAL), (1, 3, DIFFERENT))
    sites = cluster(4, links, {}).label
    left, right = decided.clashes(sites)
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (2, 3)]
    assert not len(decided.clashes(connect_here(4, none, none))[0])


@given(
    st.lists(st.integers(0, 9), min_size=10, max_size=10),
    st.lists(st.integers(0, 9), min_size=6, max_size=10),
    st.lists(st.integers(0, 3), min_size=4),
    st.lists(st.tuples(some, some), max_size=12),
)
def test_clashes_are_the_pairs_of_a_site_through_which_a_contradiction_runs(heads, sites, legal, chosen):
    """Of each group that sites and decisions bring together against a decision: rows of one site, not joined by people."""
    decided = from_truth(10, sites, legal, chosen)
    label = [heads.index(head) for head in heads]
    pairs = list(zip(*(column.tolist() for column in (decided.left, decided.right, decided.relation)), strict=True))
    rows = sorted({row for one in pairs for row in one[:2]})
    said, all_in_all = nx.Graph(), nx.Graph()
    said.add_nodes_from(rows)
    said.add_edges_from(one[:2] for one in pairs if one[2] != DIFFERENT)
    all_in_all.add_edges_from([*said.edges, *((row, f"site {label[row]}") for row in rows)])
    groups = [nx.node_connected_component(all_in_all, row) for row in range(10) if row in all_in_all]
    broken = [
        row
        for row in rows
        for group in groups
        if row in group and any(one in group and two in group for one, two, relation in pairs if relation == DIFFERENT)
    ]
    expected = {
        (one, two)
        for one in broken
        for two in broken
        if one < two and label[one] == label[two] and not nx.has_path(said, one, two)
    }
    left, right = decided.clashes(np.array(label))
    assert {*zip(left.tolist(), right.tolist(), strict=True)} == expected
