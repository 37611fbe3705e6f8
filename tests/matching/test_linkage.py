"""The whole linkage of small lists: right, in any order, and unshaken by strange lists."""

import random

import pyarrow as pa
import pytest

from minglu.matching.linkage import link_rows
from minglu.matching.linkage_schemas import (
    CLUSTERS,
    COMPARISONS,
    CUTS,
    FREQUENCIES,
    LINKAGE_FIGURES,
    SCORED_PAIRS,
    UNCOMPARED,
    WEIGHTS,
)
from minglu.matching.model.match_waterfall import explain_pair, near_misses, spanning_pairs
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.settings.linkage_settings import load_linkage_settings
from tests.matching.drawn_lists import COLUMNS, draw, entry, pair_scores, rows_of, table

SCHEMAS = {
    "scored_pairs": SCORED_PAIRS,
    "clusters": CLUSTERS,
    "cuts": CUTS,
    "uncompared": UNCOMPARED,
    "weights": WEIGHTS,
    "linkage_figures": LINKAGE_FIGURES,
    "crowds": FREQUENCIES,
}


def link(entries):
    return link_rows(rows_of(entries), load_linkage_settings(), VerdictRules())


@pytest.fixture(scope="module")
def drawn():
    """A drawn county of three lists, linked."""
    entries, truth = draw(800, seed=11)
    return entries, truth, link(entries)


def check_laws(entries, linkage):
    """Every entry once; keys are smallest members; one site, one legal unit; tables as declared."""
    rows = linkage.clusters.to_pylist()
    assert [row["entry_id"] for row in rows] == sorted(entries["entry_id"].to_pylist())
    for column in ("site_key", "legal_key"):
        groups = {}
        for row in rows:
            groups.setdefault(row[column], []).append(row["entry_id"])
        assert all(key == min(members) for key, members in groups.items())
    legal = {}
    for row in rows:
        assert legal.setdefault(row["site_key"], row["legal_key"]) == row["legal_key"]
    for name, made in linkage.tables().items():
        assert made.schema.equals(SCHEMAS[name]), name
    for row in linkage.scored_pairs.to_pylist():
        assert row["left"] < row["right"]
        assert 0 <= row["p_site"] <= row["p_legal"] <= 1


def test_drawn_county_is_linked_well(drawn):
    """Precision and recall floors over pairs of entries, for sites and for legal units."""
    entries, truth, linkage = drawn
    check_laws(entries, linkage)
    precision, recall = pair_scores(linkage.clusters, "site_key", truth, 0)
    assert precision >= 0.995
    assert recall >= 0.90
    precision, recall = pair_scores(linkage.clusters, "legal_key", truth, 1)
    assert precision >= 0.985  # the drawn county lets two units bear one full name, which the law does not
    assert recall >= 0.90


def test_order_of_rows_does_not_matter(drawn):
    """Shuffled entries give the same tables, to the byte."""
    entries, _, linkage = drawn
    order = list(range(entries.num_rows))
    random.Random(1).shuffle(order)
    for name, made in link(entries.take(order)).tables().items():
        assert made.equals(linkage.tables()[name]), name


def test_no_barred_pair_shares_a_site(drawn):
    """Cannot-links hold in the final clusters."""
    _, _, linkage = drawn
    site = dict(zip(*(linkage.clusters[name].to_pylist() for name in ("entry_id", "site_key")), strict=True))
    for row in linkage.scored_pairs.to_pylist():
        if row["barrier"]:
            assert site[row["left"]] != site[row["right"]]


def test_waterfall_adds_up_to_the_score(drawn):
    """The bits of the explanation are the log-odds behind the stored probabilities."""
    _, _, linkage = drawn
    for row in linkage.scored_pairs.slice(0, 50).to_pylist():
        told = explain_pair({name: row[name] for name in COMPARISONS}, linkage.weights)
        legal, site = (1 / (1 + 2**-bits) for bits in (told.bits_legal, told.bits_site))
        assert legal == pytest.approx(row["p_legal"], abs=1e-9)
        assert legal * site == pytest.approx(row["p_site"], abs=1e-9)
        assert all(len(told.lines(language)) == len(told.steps) for language in ("zh", "en"))


def test_unit_is_spanned_by_its_surest_pairs(drawn):
    """N linked entries are held together by n - 1 pairs; near misses lead outside."""
    _, _, linkage = drawn
    groups = {}
    for row in linkage.clusters.to_pylist():
        groups.setdefault(row["site_key"], []).append(row["entry_id"])
    members = max(groups.values(), key=len)
    tree = spanning_pairs(members, linkage.scored_pairs)
    assert len(tree) == len(members) - 1
    for row in near_misses(members, linkage.scored_pairs):
        assert (row["left"] in members) != (row["right"] in members)


STRANGE = {
    "empty": table([]),
    "one row": table([entry("E1", list="tax", name="瑞丰家具厂")]),
    "nameless rows": table([entry(f"E{i}", list="tax") for i in range(30)]),
    "constant columns": table(
        [
            entry(f"E{i:03d}", list="tax", name="示例县瑞丰家具厂", site_address="东山镇人民路1号", phone="1")
            for i in range(150)
        ]
    ),
    "without codes": draw(150, seed=2, codes=False)[0],
    "two lists": draw(150, seed=3, lists=("business", "tax"))[0],
    "one list": draw(150, seed=4, lists=("tax",))[0],
    "nulls for empty": table([entry("E1", list="tax", name="瑞丰家具厂")]).set_column(
        COLUMNS.index("phone"), "phone", pa.nulls(1, pa.string())
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_lists_keep_the_laws(name):
    """Empty, nameless, constant, uncoded, few lists: every entry is still in exactly one site and legal unit."""
    check_laws(STRANGE[name], link(STRANGE[name]))


def test_lists_without_codes_are_still_linked():
    """Without a single USCC the rule table's own weights carry the linkage."""
    entries, truth = draw(400, seed=8, codes=False)
    precision, recall = pair_scores(link(entries).clusters, "site_key", truth, 0)
    assert precision >= 0.99
    assert recall >= 0.5


def test_list_that_repeats_itself_is_one_register():
    """A list given twice over under one name links every row with its copy."""
    entries, _ = draw(120, seed=9, lists=("tax",))
    copies = entries.set_column(0, "entry_id", pa.array([f"{one}-2" for one in entries["entry_id"].to_pylist()]))
    clusters = link(pa.concat_tables([entries, copies])).clusters
    site = dict(zip(*(clusters[name].to_pylist() for name in ("entry_id", "site_key")), strict=True))
    together = [site[one] == site[f"{one}-2"] for one in entries["entry_id"].to_pylist()]
    assert sum(together) >= 0.95 * len(together)


def test_two_lists_are_enough():
    """Two lists are linked as surely as three."""
    entries, truth = draw(400, seed=12, lists=("business", "tax"))
    precision, recall = pair_scores(link(entries).clusters, "site_key", truth, 0)
    assert precision >= 0.99
    assert recall >= 0.8


def test_one_list_without_doubles_stays_as_it_is():
    """Where a list holds each site once, nothing is joined."""
    entries, _ = draw(400, seed=12, lists=("tax",))
    assert len(set(link(entries).clusters["site_key"].to_pylist())) == len(entries)


def test_register_linked_again_stays_as_it_is(drawn):
    """One entry per site that was found: linking these once more joins hardly any."""
    entries, _, linkage = drawn
    heads = set(linkage.clusters["site_key"].to_pylist())
    again = entries.filter(pa.array([one in heads for one in entries["entry_id"].to_pylist()]))
    sites = set(link(again).clusters["site_key"].to_pylist())
    assert len(sites) >= 0.98 * len(heads)


@pytest.mark.parametrize("rows", [600, pytest.param(5_000, marks=pytest.mark.slow)])
def test_chain_of_near_names_makes_no_giant(rows):
    """Names that change by one character from row to row never become one site."""
    characters = "宏兴瑞嘉永恒鼎盛泰和广安达旺丰源昌利发顺隆祥茂"
    chain = [characters[i // 529 % 23] + characters[i // 23 % 23] + characters[i % 23] for i in range(rows)]
    entries = [
        entry(
            f"E{i:04d}",
            list=("business", "tax", "permit")[i % 3],
            name=f"示例县{core}塑料制品有限公司",
            site_address="东山镇",
        )
        for i, core in enumerate(chain)
    ]
    sites = link(table(entries)).clusters["site_key"].to_pylist()
    assert max(sites.count(key) for key in set(sites)) <= 3
