"""Progress of the field: every listed unit is visited or not, with one result; two days can be compared."""

import json
import shutil
from collections import Counter

import docx
import pytest

from minglu.errors import UsageError
from minglu.register.clerical.field_facts.fact_chain import Fact, append_facts, fact_record
from minglu.register.clerical.field_sheets.visits import anchors_of
from minglu.register.clerical.hash_chain import START
from minglu.register.storage.run_store import read_table
from minglu.register.verification.progress.bulletin import NUMBERS, PAGE, PAPER, make_bulletin
from minglu.register.verification.progress.count_progress import COUNTED, RESULTS, count_progress, increase
from tests.register.clerical.review.conftest import SAMPLE, run

FILES = ("business.csv", "tax.xlsx", "permit.csv", "districts.gpkg", "county.gpkg", "census.toml")
EARLY, LATE = "2028-01-10", "2028-01-20"
NEW = {"name": "青禾县新来豆制品坊", "site_address": "青禾县双陂镇前坞村99号", "district_code": "990101100200001"}


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """The sample county before and after the field: the run, and unit -> answer."""
    folder = tmp_path_factory.mktemp("progress")
    for name in FILES:
        shutil.copy(SAMPLE / name, folder)
    census = folder / "census.toml"
    census.write_text(census.read_text("utf-8").replace("[census]\n", '[census]\nfield = "field.jsonl"\n', 1), "utf-8")
    first = run(census, folder / "first")
    kept = sorted(row["unit_id"] for row in read_table(first, "units").to_pylist() if row["outcome"] == "unit")
    said = dict(
        zip(
            kept[:40:4],
            ["confirmed"] * 4 + ["corrected"] * 2 + ["closed"] * 2 + ["not_found", "duplicate"],
            strict=True,
        )
    )
    anchors = anchors_of(first, [*said, kept[50]])
    facts = []
    for number, (unit, answer) in enumerate(said.items()):
        values = {"status": "停产"} if answer == "corrected" else {}
        other = {"of": kept[50], "of_anchors": anchors[kept[50]]} if answer == "duplicate" else {}
        when = EARLY if number < 3 else LATE
        facts.append(Fact(answer, unit, anchors[unit], "李", when, "", values, **other))
    facts.append(Fact("new", "", (), "李", LATE, "", NEW))
    append_facts(folder / "field.jsonl", [fact_record(fact) for fact in facts], head=START)
    return run(census, folder / "second"), said, len(kept)


def test_what_was_said_is_counted_once_and_all_that_was_listed_stays_listed(visited):
    out, said, kept = visited
    for level in ("province", "county", "township", "district"):
        found = count_progress([out], level)
        assert {kind: found.total(kind) for kind in RESULTS} == {kind: Counter(said.values())[kind] for kind in RESULTS}
        assert (found.total("listed"), found.total("visited"), found.total("new")) == (kept, len(said), 1)
        assert (found.until, found.lost) == (LATE, 0)


def test_two_days_are_compared_on_the_same_list(visited):
    """What is to be visited is the same on both days; the gain is what the later days brought."""
    out, said, kept = visited
    early, late = (count_progress([out], "township", day) for day in (EARLY, LATE))
    assert (early.total("listed"), early.total("visited")) == (kept, 3)
    assert increase(late, early)["visited"] == len(said) - 3
    assert increase(late, early)["listed"] == 0
    nothing = count_progress([out], "township", "2027-12-31")
    assert (nothing.total("listed"), nothing.total("visited"), nothing.share()) == (kept, 0, 0.0)


def test_paper_page_and_numbers_say_the_same(visited, tmp_path):
    out, said, kept = visited
    files, bulletin = make_bulletin([out], tmp_path / "made", since=EARLY)
    assert [path.name for path in files] == [PAPER, PAGE, NUMBERS]
    numbers = json.loads((tmp_path / "made" / NUMBERS).read_text("utf-8"))
    assert numbers["total"]["visited"] == len(said) == sum(cell["visited"] for cell in numbers["cells"])
    assert numbers["gained"]["visited"] == len(said) - 3
    paper = docx.Document(str(tmp_path / "made" / PAPER))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert f"应清查单位 {kept:,} 家，已清查 {len(said)} 家" in text
    last = [cell.text for cell in paper.tables[0].rows[-1].cells]
    assert last[1:-1] == [f"{bulletin.now.total(kind):,}" for kind in COUNTED]
    page = (tmp_path / "made" / PAGE).read_text("utf-8")
    assert f"{len(said)} of {kept:,} units were visited" in page
    assert all(area in page for area in bulletin.now.laggards() if area != "unplaced")
    assert "（滞后）" in page
    again, _ = make_bulletin([out], tmp_path / "again", since=EARLY)
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


def test_a_run_given_twice_and_what_is_no_day_are_refused(visited, tmp_path):
    out, *_ = visited
    with pytest.raises(UsageError, match="the same run as"):
        count_progress([out, out], "county")
    with pytest.raises(UsageError, match="--until 昨天: expected a day"):
        make_bulletin([out], tmp_path / "made", until="昨天")
    with pytest.raises(UsageError, match="--by village: expected one of"):
        count_progress([out], "village")
