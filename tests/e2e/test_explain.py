"""`explain` answers whatever a clerk can point at, in one language at a time."""

import re

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from minglu.cli import app
from minglu.errors import SourceError, UsageError
from minglu.register.explain.explain_unit import explain_item
from tests.e2e.conftest import ROOT

CHINESE = re.compile("[一-鿿]")


@pytest.fixture(scope="module")
def out(demo):
    return demo[0]


def rows(out, name):
    return pq.read_table(out / "tables" / f"{name}.parquet").to_pylist()


@pytest.mark.parametrize("key", ["unit_id", "unit_code"])
def test_a_unit_is_found_by_id_and_code(out, key):
    unit = next(row for row in rows(out, "units") if row["unit_code"] and row["entries"] > 2)
    facts = explain_item(out, unit[key]).facts
    assert facts["unit"]["unit_id"] == unit["unit_id"]
    assert len(facts["entries"]) == unit["entries"]
    assert len(facts["reasons"]) == unit["entries"] - 1


def test_the_strongest_reasons_stand_before_the_table(out):
    unit = next(row for row in rows(out, "units") if row["entries"] > 1)
    answer = explain_item(out, unit["unit_id"])
    for language, headings in (
        ("en", ["for one site", "against", "legal   site"]),
        ("zh", ["支持为同一场所", "反对", "法人   场所"]),
    ):
        lines = answer.as_lines(language)
        first = next(number for number, line in enumerate(lines) if headings[0] in line)
        assert [heading in line for heading, line in zip(headings, lines[first:], strict=False)] == [True] * 3
    argument = answer.facts["reasons"][0]["argument"]
    assert 1 <= len(argument["for"]) <= 3 >= len(argument["against"])


def test_a_source_row_is_found_by_file_and_number(out):
    member = rows(out, "members")[0]
    facts = explain_item(out, f"{member['file']}#{member['row']}").facts
    assert facts["unit"]["unit_id"] == member["unit_id"]


def test_a_row_set_aside_says_why(out):
    reject = rows(out, "rejects")[0]
    answer = explain_item(out, f"{reject['file']}#{reject['row']}")
    assert reject["code"] in answer.as_lines("en")[0]
    assert not CHINESE.search(answer.as_lines("en")[0].split(":", 1)[1])


def test_a_legal_unit_with_several_sites_lists_them(out):
    legal = max(rows(out, "legal_units"), key=lambda row: row["sites"])
    assert explain_item(out, legal["legal_id"]).facts["of"] == legal["sites"] > 1


def test_two_strangers_are_shown_side_by_side(out):
    """Also where no comparison was kept, the reader sees both and can judge."""
    units = rows(out, "units")
    answer = explain_item(out, units[0]["unit_id"], units[-1]["unit_id"])
    assert (answer.facts["same_unit"], answer.facts["same_legal"]) == (False, False)
    assert all(any(unit["name"] in line for line in answer.as_lines("zh")) for unit in (units[0], units[-1]))


def test_two_that_were_never_compared_are_compared_now(out, tmp_path):
    """Every pair of units has a waterfall: where the run kept none, it is made now, and says that nothing proposed it."""
    units = rows(out, "units")
    answer = explain_item(out, units[0]["unit_id"], units[-1]["unit_id"])
    told = answer.facts["compared_now"]
    assert answer.facts["pairs"] == []
    assert (told["proposed_by"], told["verdict"]) == ([], "no_link")
    legal, site = (1 / (1 + 2 ** -told[bits]) for bits in ("bits_legal", "bits_site"))
    assert (told["p_legal"], told["p_site"]) == pytest.approx((legal, legal * site))
    assert any("never compared" in line for line in answer.as_lines("en"))
    page = tmp_path / "two.html"
    asked = ["explain", str(out), units[0]["unit_id"], units[-1]["unit_id"], "--html", str(page)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert "从未比较过" in page.read_text("utf-8")


def test_reasons_are_told_in_one_language(out):
    """Stored reasons hold both; a forbidden pair and an outcome are told in the reader's own."""
    unit = next(row for row in rows(out, "units") if row["outcome"] == "out_of_scope")
    answer = explain_item(out, unit["unit_id"])
    assert not CHINESE.search(answer.as_lines("en")[1])
    assert "out of scope" not in answer.as_lines("zh")[1]


@pytest.mark.parametrize("item", ["", "U", "nothing.csv#3", "#4", "E'; DROP TABLE units; --"])
def test_what_is_unknown_is_refused(out, item):
    with pytest.raises(UsageError):
        explain_item(out, item)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/tutorial/sample-county.md"])
def test_what_the_pages_ask_is_answered(out, page):
    """A newcomer types the commands of the pages as they stand."""
    asked = re.findall(r"minglu explain out/demo (\S+)(?: ([^\s#]+#\d+))?", (ROOT / page).read_text("utf-8"))
    assert asked
    for item, other in asked:
        assert explain_item(out, item, other or None).as_lines("en")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(SourceError):
        explain_item(tmp_path, "U1")


def test_weights_of_a_pair_add_up_to_its_probabilities(out):
    """The waterfall is the whole reason: its two sums give p_legal and p_site, in words and as values."""
    pair = next(row for row in rows(out, "scored_pairs") if row["verdict"] == "review")
    told = explain_item(out, pair["left"], pair["right"]).facts["pairs"][0]
    legal, site = (1 / (1 + 2 ** -told[bits]) for bits in ("bits_legal", "bits_site"))
    assert told["p_legal"] == pytest.approx(legal)
    assert told["p_site"] == pytest.approx(legal * site)
    assert sum(step["bits_legal"] for step in told["steps"]) == pytest.approx(told["bits_legal"])
    assert all(step["why_zh"] and step["why_en"] for step in told["steps"])


def test_reasons_are_written_as_a_page(out, tmp_path):
    """`--html` writes what the terminal would say, and prints where; the same bytes each time; OUT is left alone."""
    unit = next(row for row in rows(out, "units") if row["entries"] > 2)
    before = sorted(path.name for path in out.iterdir())
    pages = []
    for name in ("one.html", "two.html"):
        done = CliRunner().invoke(app, ["explain", str(out), unit["unit_id"], "--html", str(tmp_path / name)])
        assert (done.exit_code, done.stdout.strip()) == (0, str(tmp_path / name))
        pages.append((tmp_path / name).read_text("utf-8"))
    assert pages[0] == pages[1]
    assert unit["name"] in pages[0]
    assert pages[0].count('<table class="steps">') >= unit["entries"] - 1
    assert sorted(path.name for path in out.iterdir()) == before
    assert CliRunner().invoke(app, ["explain", str(out), unit["unit_id"], "--html", str(out / "x.html")]).exit_code == 2
