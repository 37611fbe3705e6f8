"""A clerical sample tells how good the register is: against the known truth of the sample county."""

import json
from importlib.resources import files

import jsonschema
import pyarrow.parquet as pq
import pytest

from minglu.errors import OutputError, UsageError
from minglu.register.clerical.review.apply_review import apply_sheets
from minglu.register.clerical.review.clerical_sample import draw_sample
from minglu.register.clerical.review.make_review import ReviewOptions, make_sheets
from minglu.register.coverage.clerical_quality import estimate_quality
from minglu.register.schemas import MEMBERS
from minglu.register.storage.run_store import read_table
from tests.register.clerical.review.conftest import SAMPLE, fill, run
from tests.register.clerical.review.test_apply_review import SIGNED, census_of, pairs_of


def truth_of(out):
    """Return (site, legal unit) of each entry, as the county was drawn."""
    known = {
        (row["list"], row["file"], row["sheet"] or "", row["row"]): row
        for row in pq.read_table(SAMPLE / "truth.parquet").to_pylist()
    }
    found = {}
    for row in read_table(out, "members", MEMBERS.names).to_pylist():
        true = known[row["list"], row["file"], row["sheet"], row["row"]]
        found[row["entry_id"]] = (true["site"], true["legal_unit"])
    return found


def judge(truth, pair):
    one, two = (truth[entry] for entry in pair)
    return "同一单位" if one[0] == two[0] else "同一法人不同场所" if one[1] == two[1] else "不同单位"


def test_draw_is_by_hash_and_covers_every_stratum(county):
    """Same seed, same pairs; another seed, others; each stratum has two pairs, or all of its own."""
    first, again, other = (draw_sample(county / "out", 120, seed) for seed in ("a", "a", "b"))
    assert first == again
    assert first.name != other.name
    assert [pair.key for pair in first.pairs] != [pair.key for pair in other.pairs]
    assert all(one["drawn"] >= min(2, one["pairs"]) for one in first.design)
    assert 100 <= len(first.pairs) <= 120
    assert sum(one["drawn"] for one in first.design) == len({pair.key for pair in first.pairs})


def test_too_small_a_sample_says_how_many_are_needed(county):
    with pytest.raises(UsageError, match="pairs at least"):
        draw_sample(county / "out", 3, "a")


def test_estimate_from_a_judged_sample_agrees_with_the_truth(desk):
    """Precision and recall within four standard errors (or the bound) of what the truth says of all kept pairs."""
    out = desk / "county" / "out"
    truth = truth_of(out)
    (sheet, _) = make_sheets(out, desk / "drawn", ReviewOptions(sample=240, seed="2028")).files
    pairs = pairs_of(sheet)
    fill(sheet, {number: judge(truth, pair) for number, pair in enumerate(pairs, 1)})
    taken = apply_sheets([sheet], census_of(desk), SIGNED)
    assert len(taken.chain.samples) == 1
    unit_of = {row["entry_id"]: row["unit_id"] for row in read_table(out, "members", MEMBERS.names).to_pylist()}
    kept = [(row["left"], row["right"]) for row in read_table(out, "scored_pairs").to_pylist()]
    linked = [pair for pair in kept if unit_of[pair[0]] == unit_of[pair[1]]]
    right = [pair for pair in linked if judge(truth, pair) == "同一单位"]
    matches = [pair for pair in kept if judge(truth, pair) == "同一单位"]
    run(census_of(desk), out)
    coverage = json.loads((out / "coverage.json").read_text("utf-8"))
    quality = coverage["linkage"]["quality"]
    site = quality["levels"]["site"]
    assert (quality["status"], quality["judged"]) == ("estimated", len(pairs))
    assert abs(site["precision"] - len(right) / len(linked)) <= 4 * site["precision_error"] + 0.01
    assert abs(site["recall"] - len(right) / len(matches)) <= 4 * site["recall_error"] + 0.01
    assert site["recall_bound"] <= site["recall"]
    assert site["precision_bound"] < site["precision"]
    schema = json.loads(files("minglu.register.report").joinpath("schema/coverage-1.json").read_text("utf-8"))
    jsonschema.validate(coverage, schema)
    assert str(len(pairs)) in quality["en"]
    assert "未比较" in quality["zh"]
    assert coverage["linkage"]["decisions"]["head"] == taken.chain.head


def test_half_judged_sample_is_no_estimate(desk):
    """Missing answers are never counted as passes: a stratum without answers leaves quality unknown."""
    out = desk / "county" / "out"
    (sheet, _) = make_sheets(out, desk / "drawn", ReviewOptions(sample=120)).files
    fill(sheet, {1: "同一单位", 2: "待定"})
    quality = estimate_quality(apply_sheets([sheet], census_of(desk), SIGNED).chain)
    assert quality["status"] == "unknown"
    assert "were judged" in quality["en"]


def test_filled_sheets_are_never_written_over(desk):
    with pytest.raises(OutputError, match="may hold answers"):
        make_sheets(desk / "county" / "out", desk / "sheets", ReviewOptions())


def test_run_folder_is_not_written_into(desk):
    out = desk / "county" / "out"
    with pytest.raises(UsageError, match="vouches"):
        make_sheets(out, out / "review", ReviewOptions())


def test_sheets_are_the_same_bytes_and_hide_scores(desk):
    """Without --with-scores no score is on the sheet or the page; the page loads nothing."""
    out = desk / "county" / "out"
    one, two = (make_sheets(out, desk / name, ReviewOptions(most=12)) for name in ("one", "two"))
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]
    page = one.files[1].read_text("utf-8")
    assert "P(site)" not in page
    assert "<mark>" in page
    assert not any(word in page for word in ("<script", "http:", "https:", "src="))
    assert "P(site)" in make_sheets(out, desk / "open", ReviewOptions(most=12, with_scores=True)).files[1].read_text(
        "utf-8"
    )
