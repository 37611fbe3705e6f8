"""Levels that the rule table spells out: each condition holds where it says, seen from either side."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from minglu.matching.comparing.comparisons import compare_pairs
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.plain_records import plain_rows
from minglu.matching.settings.level_conditions import Condition
from minglu.matching.settings.linkage_settings import Comparison, Level, LinkageSettings, load_linkage_settings

PACKS = sorted((Path(__file__).resolve().parents[3] / "bench" / "rules").iterdir())
EMPTY = {"first": "", "last": "", "phone": "", "trade": ""}


def holds(condition, left, right, *others):
    """Say whether a condition holds for two rows, `others` standing beside them; it must be so from either side."""
    level = Level("here", 0.0, 0.0, "", "", condition)
    settings = LinkageSettings((), (Comparison("it", ("legal",), (level,), "", "", (), ordered=True),), 0.0, 0.0)
    rows = [{"entry_id": str(number), **EMPTY, **row} for number, row in enumerate((left, right, *others))]
    facts = row_facts(plain_rows(pa.Table.from_pylist(rows), settings))
    both = [compare_pairs(facts, np.array([one]), np.array([two]), settings)[0, 0] for one, two in ((0, 1), (1, 0))]
    assert both[0] == both[1]
    return bool(both[0])


SAME, NEAR = {"first": "anna", "last": "berg"}, {"first": "anne", "last": "berg"}
SWAPPED, MISSING = {"first": "berg", "last": "anna"}, {"first": "anna"}
CASES = [
    (Condition(same=("first", "last")), SAME, SAME, True),
    (Condition(same=("first", "last")), SAME, NEAR, False),
    (Condition(same=("first", "last")), SAME, MISSING, False),
    (Condition(differ=("first",)), SAME, NEAR, True),
    (Condition(differ=("last",)), SAME, MISSING, False),
    (Condition(differ=("first", "last")), SAME, NEAR, False),
    (Condition(crossed=("first", "last")), SAME, SWAPPED, True),
    (Condition(crossed=("first", "last")), SAME, SAME, False),
    (Condition(crossed=("first", "last")), {"first": "anna", "last": "anna"}, {"first": "anna", "last": "anna"}, False),
    (Condition(crossed=("first", "last")), {}, {}, False),
    (Condition(like=("first",), least=0.7), SAME, NEAR, True),
    (Condition(like=("first",), least=0.7), SAME, SAME, True),
    (Condition(like=("first",), least=0.8), SAME, NEAR, False),
    (Condition(like=("last",), least=0.0), SAME, MISSING, False),
    (Condition(like=("first", "last"), least=0.7), SAME, SWAPPED, False),
    (Condition(same=("last",), like=("first",), least=0.7), SAME, NEAR, True),
    (Condition(same=("trade",)), {"trade": "x"}, {"trade": "x"}, True),
]


@pytest.mark.parametrize(("condition", "left", "right", "expected"), CASES)
def test_condition_holds_where_it_says(condition, left, right, expected):
    """A case table; silence neither agrees nor differs, whatever a column is called."""
    assert holds(condition, left, right) is expected


def test_rare_means_no_more_rows_than_said():
    """`rows = 2` holds while only these two rows have the phone, and not once a third has it."""
    phone, rare = {"phone": "1990"}, Condition(same=("phone",), rows=2)
    assert holds(rare, phone, phone, {"phone": "1991"}, {})
    assert not holds(rare, phone, phone, phone)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_rule_tables_of_the_benchmark_are_read_by_the_same_loader(pack):
    """Each asks one question, spells out every level, and learns without labels."""
    settings = load_linkage_settings(pack)
    assert all(comparison.declared for comparison in settings.comparisons)
    assert (settings.labels, settings.prior_site) == (None, float("inf"))
