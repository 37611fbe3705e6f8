"""Linkage settings: the register's own are whole, others run through the same code, wrong ones are refused."""

import random
import tomllib
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pytest

from minglu.errors import RuleError
from minglu.matching.linkage import link_rows
from minglu.matching.linkage_schemas import SCORED_PAIRS
from minglu.matching.model.match_waterfall import explain_pair
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.plain_records import plain_rows
from minglu.matching.settings.linkage_settings import load_linkage_settings

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heath",
    "inlet",
    "jetty",
    "knoll",
    "larch",
    "mesa",
    "north",
    "ocean",
    "prism",
    "quartz",
]
ONE_IN_A_HUNDRED = VerdictRules(max_wrong_merges=0.01, max_wrong_legal=0.01)  # two columns can't promise more
COMPARISON = """
[prior]
legal = -4.0

[[comparison]]
name = "title"
questions = ["legal"]
learned = ["legal"]
zh = "书名"
en = "title"
source = "invented"
since = "2026-11"
levels = [
  { key = "same", same = "title", legal = 6.0, zh = "相同", en = "same" },
  { key = "near", like = "title", least = 0.8, legal = 4.0, zh = "相近", en = "alike" },
  { key = "different", differ = "title", legal = -6.0, zh = "不同", en = "different" },
]

[[comparison]]
name = "year"
questions = ["legal"]
learned = ["legal"]
zh = "年份"
en = "year"
source = "invented"
since = "2026-11"
levels = [
  { key = "same", same = "year", legal = 2.0, zh = "相同", en = "same" },
  { key = "different", differ = "year", legal = -2.0, zh = "不同", en = "different" },
]
"""
CANNOT_LINK = """
[[barrier]]
name = "year"
legal = {{ {} = ["{}"] }}
zh = "年份不同"
en = "another year"
source = "invented"
since = "2026-11"
"""
BLOCKING = """
[[rule]]
name = "title"
columns = ["title"]
cap = 50
then = []
source = "invented"
since = "2026-11"

[[rule]]
name = "head"
columns = ["head"]
cap = 200
then = ["year"]
source = "invented"
since = "2026-11"
"""


def write_pack(folder: Path, comparisons: str = COMPARISON, blocking: str = BLOCKING) -> Path:
    """Write a rule pack of two tables."""
    (folder / "comparisons.toml").write_text(comparisons, encoding="utf-8")
    (folder / "blocking.toml").write_text(blocking, encoding="utf-8")
    return folder


def draw_books(books: int, seed: int) -> tuple[pa.Table, dict[str, int]]:
    """Draw two columns of text, two rows a book, half of the second rows with a slip of the pen; and the truth."""
    rng = random.Random(seed)
    rows, truth = [], {}
    for book in range(books):
        title, year = " ".join(rng.sample(WORDS, 4)), str(rng.randrange(1950, 2020))
        for copy in range(2):
            written = title
            if copy and rng.random() < 0.5:
                place = rng.randrange(6, len(title) - 1)
                written = title[:place] + title[place + 1] + title[place] + title[place + 2 :]
            ident = f"{rng.randrange(10**9):09d}"
            truth[ident] = book
            rows.append(
                {"entry_id": ident, "title": written, "year": year if rng.random() < 0.9 else "", "head": written[:5]}
            )
    return pa.Table.from_pylist(sorted(rows, key=lambda row: row["entry_id"])), truth


def test_scored_pairs_have_a_column_for_each_comparison_of_the_table():
    """The level columns of scored_pairs are the comparisons of comparisons.toml, in its order."""
    table = tomllib.loads((files("minglu.matching.rules") / "comparisons.toml").read_text("utf-8"))
    names = [row["name"] for row in table["comparison"]]
    assert [name for name in SCORED_PAIRS.names if name in names] == names


def test_two_columns_of_another_trade_run_through_the_same_engine(tmp_path):
    """Books of title and year, with a rule table of their own and no labels, are linked with few mistakes.

    Where a year is silent and the title has a slip, two columns can't be sure: a person is asked.
    """
    settings = load_linkage_settings(write_pack(tmp_path))
    table, truth = draw_books(400, seed=2)
    linkage = link_rows(plain_rows(table, settings), settings, ONE_IN_A_HUNDRED)
    groups: dict[str, list[str]] = {}
    for row in linkage.clusters.to_pylist():
        groups.setdefault(row["site_key"], []).append(row["entry_id"])
    joined = [(one, two) for group in groups.values() for one in group for two in group if one < two]
    right = sum(truth[one] == truth[two] for one, two in joined)
    assert right / len(joined) >= 0.99
    assert right / 400 >= 0.85
    told = [row for row in linkage.scored_pairs.to_pylist() if row["verdict"] != "no_link"]
    assert sum(truth[row["left"]] == truth[row["right"]] for row in told) / 400 >= 0.98
    pair = linkage.scored_pairs.to_pylist()[0]
    told = explain_pair({name: pair[name] for name in settings.names}, linkage.weights)
    assert {step.comparison for step in told.steps} <= {"prior", "title", "year"}


def test_barrier_of_a_table_is_never_crossed(tmp_path):
    """Settings that forbid two years in one book keep them apart, whatever the titles, and give the reason."""
    settings = load_linkage_settings(write_pack(tmp_path, COMPARISON + CANNOT_LINK.format("year", "different")))
    drawn = draw_books(200, seed=5)[0].to_pylist()
    table = pa.Table.from_pylist(
        [{**row, "year": "1900"} if place % 10 == 0 else row for place, row in enumerate(drawn)]
    )
    linkage = link_rows(plain_rows(table, settings), settings, ONE_IN_A_HUNDRED)
    year = {row["entry_id"]: row["year"] for row in table.to_pylist()}
    years: dict[str, set[str]] = {}
    for row in linkage.clusters.to_pylist():
        years.setdefault(row["legal_key"], set()).add(year[row["entry_id"]])
    assert all(len(found - {""}) <= 1 for found in years.values())
    barred = [row for row in linkage.scored_pairs.to_pylist() if row["barrier"]]
    assert {row["barrier"] for row in barred} == {"year"}


def test_switches_that_lift_barriers_are_rules_of_the_census():
    """Every barrier of the register that can be lifted names a switch that a rule pack may set."""
    lifted = {rule.lifted_by for rule in load_linkage_settings().cannot_links} - {""}
    assert lifted == {"second_licence_is_one"}
    assert all(isinstance(getattr(VerdictRules(), name), bool) for name in lifted)


def test_result_does_not_depend_on_who_is_first(tmp_path):
    """Under any settings the tables are the same whatever the order in which rows were drawn."""
    settings = load_linkage_settings(write_pack(tmp_path))
    table, _ = draw_books(60, seed=3)
    shuffled = table.take(pa.array(random.Random(1).sample(range(table.num_rows), table.num_rows))).sort_by("entry_id")
    one, two = (link_rows(plain_rows(each, settings), settings, ONE_IN_A_HUNDRED) for each in (table, shuffled))
    assert one.scored_pairs.equals(two.scored_pairs)
    assert one.clusters.equals(two.clusters)


WRONG = [
    (COMPARISON.replace('same = "year", ', ""), BLOCKING, "some levels"),
    (COMPARISON.replace("least = 0.8, ", ""), BLOCKING, "goes with `least`"),
    (COMPARISON.replace('same = "year"', 'sam = "year"'), BLOCKING, "Did you mean 'same'"),
    (COMPARISON.replace("[prior]", "[prior]\nlegals = 1"), BLOCKING, "Did you mean 'legal'"),
    (COMPARISON + CANNOT_LINK.format("years", "different"), BLOCKING, "Did you mean 'year'"),
    (COMPARISON + CANNOT_LINK.format("year", "differant"), BLOCKING, "Did you mean 'different'"),
    (COMPARISON, BLOCKING.replace("cap = 50", "cap = 50\ncaps = 1"), "Did you mean 'cap'"),
]


@pytest.mark.parametrize(("comparisons", "blocking", "told"), WRONG)
def test_wrong_table_is_refused(tmp_path, comparisons, blocking, told):
    """A half-spelled comparison, a condition that lacks its number, a key mistyped: each is named."""
    with pytest.raises(RuleError, match=told):
        load_linkage_settings(write_pack(tmp_path, comparisons, blocking))


def test_column_that_the_rows_have_not_is_named(tmp_path):
    """A rule that reads a column which the table lacks is refused before anything is compared."""
    settings = load_linkage_settings(write_pack(tmp_path))
    with pytest.raises(RuleError, match="'head'"):
        plain_rows(draw_books(3, seed=4)[0].drop_columns("head"), settings)
