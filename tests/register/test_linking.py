"""Wiring linkage through the engine: all tables made, as declared, whatever the order of the entries."""

import pytest

from minglu.errors import RuleError
from minglu.matching.linkage_schemas import (
    CLUSTERS,
    CUTS,
    FREQUENCIES,
    LINKAGE_FIGURES,
    SCORED_PAIRS,
    UNCOMPARED,
    WEIGHTS,
    WORDS,
)
from minglu.register.engine import open_engine
from minglu.register.linking import link_entries
from tests.matching.drawn_lists import draw, pair_scores, words

TABLES = {
    "scored_pairs": (SCORED_PAIRS, '"left", "right"'),
    "clusters": (CLUSTERS, "entry_id"),
    "cuts": (CUTS, '"left", "right", "relation", "reason"'),
    "uncompared": (UNCOMPARED, "rule"),
    "weights": (WEIGHTS, "comparison, level"),
    "linkage_figures": (LINKAGE_FIGURES, "figure"),
    "crowds": (FREQUENCIES, "entry_id"),
    "words": (WORDS, "kind, word"),
}


@pytest.fixture
def engine(tmp_path):
    """An embedded engine with its own workspace."""
    opened = open_engine("duckdb", workspace=tmp_path, threads=1)
    yield opened
    opened.close()


def linked(engine, entries):
    """Link a table of entries; returns all tables by name."""
    engine.put("entries", entries)
    link_entries(engine, rules={}, vocabulary=words())
    return {name: engine.get(name, order_by=order) for name, (_, order) in TABLES.items()}


def test_tables_are_made_as_declared(engine):
    """Every table of linkage is in the engine with its columns; every entry is in one cluster."""
    entries, truth = draw(200, seed=21)
    made = linked(engine, entries)
    for name, (schema, _) in TABLES.items():
        assert made[name].schema.names == schema.names, name
    assert made["clusters"]["entry_id"].to_pylist() == sorted(truth)
    precision, recall = pair_scores(made["clusters"], "site_key", truth, 0)
    assert precision >= 0.99
    assert recall >= 0.85


def test_order_of_entries_does_not_matter(engine):
    """Entries put into the engine backwards give the same tables."""
    entries, _ = draw(120, seed=22)
    first = linked(engine, entries)
    second = linked(engine, entries.take(list(reversed(range(entries.num_rows)))))
    assert all(first[name].equals(second[name]) for name in TABLES)


def test_no_personal_value_reaches_a_table(engine):
    """Phones and persons leave linkage as levels only."""
    entries, _ = draw(60, seed=23)
    made = linked(engine, entries)
    text = " ".join(str(table.to_pylist()) for table in made.values())
    for column in ("phone", "legal_person"):
        assert not [value for value in entries[column].to_pylist() if value and value in text]


def test_rules_of_the_census_are_checked(engine):
    """An unknown key of the rule pack's linkage table is refused before anything is done."""
    engine.put("entries", draw(3, seed=24)[0])
    with pytest.raises(RuleError, match="max_wrong_merges"):
        link_entries(engine, rules={"max_wrong_merged": 0.1}, vocabulary=words())
