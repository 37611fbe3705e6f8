"""Spot checks: what is drawn depends on the seed alone, what comes back is checked, what it shows is not overstated."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pyarrow.parquet as pq
import pytest

from minglu.errors import OutputError, SourceError, UsageError
from minglu.register.clerical import form_workbook, returned_workbook
from minglu.register.clerical.form_workbook import HEADER_ROWS
from minglu.register.clerical.returned_workbook import HIDDEN, foreign
from minglu.register.coverage.completeness import estimate_completeness
from minglu.register.coverage.spotcheck_result import read_field_check
from minglu.register.rules import load_pack
from minglu.register.verification.spotcheck.draw_and_score import (
    make_sample,
    require_same_draw,
    score_sheets,
    write_score,
)
from minglu.register.verification.spotcheck.sampling_plan import Plan, plan_for
from minglu.register.verification.spotcheck.score_sample import score
from minglu.register.verification.spotcheck.spotcheck_answers import Answers, read_answers
from minglu.register.verification.spotcheck.spotcheck_text import draw_lines
from minglu.register.verification.spotcheck.spotcheck_workbooks import (
    AREA_BOOK,
    CLASS_WORDS,
    DONE_SHEET,
    EXCLUDED_SHEET,
    LIST_BOOK,
    LOOKUP_BOOK,
    UNIT_SHEET,
    WALK_SHEET,
    write_sheets,
)
from tests.clearing.scores import design, rates, visited

FEW = {"units_per_class": 12}
RULES = load_pack("pollution-2", None).spotcheck
DRAWN_RULES = replace(RULES, **FEW)


@pytest.fixture(autouse=True)
def unguarded(request, monkeypatch):
    """Read workbooks in this process: a sandbox for each takes a second, and tests marked `guarded` have it."""
    if "guarded" in request.fixturenames:
        return

    def read(path, sheet, *, command):
        book = openpyxl.load_workbook(path)
        rows = book[sheet].iter_rows(values_only=True) if sheet in book.sheetnames else foreign(path, command)
        return {number: ["" if cell is None else str(cell) for cell in row] for number, row in enumerate(rows, 1)}

    monkeypatch.setattr(returned_workbook, "read_cells", read)
    monkeypatch.setattr(form_workbook, "read_cells", read)


@pytest.fixture
def guarded():
    """Ask for the sandbox in which workbooks are read."""


@pytest.fixture(scope="module")
def drawn(sealed, tmp_path_factory):
    """A sample of the sealed sample county."""
    return make_sample(sealed[0], "3 17 22 28", tmp_path_factory.mktemp("drawn"), asked=FEW)


@pytest.fixture
def books(drawn, tmp_path):
    """Copies of the workbooks, to be filled in."""
    for path in drawn.files:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def fill(path, sheet, answers, **cells):
    """Fill in as another program would: `answers` maps a row's number to {Chinese heading: text}."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    places = {page.cell(1, place).value: place for place in range(1, page.max_column + 1)}
    for number, texts in answers.items():
        for heading, text in texts.items():
            page.cell(HEADER_ROWS + number, places[heading], text)
    for cell, value in cells.items():
        page[cell] = value
    book.save(path)
    return page.max_row - HEADER_ROWS


def test_draw_depends_on_seed_and_register_alone(sealed, drawn, tmp_path):
    """Same seed, same sample and bytes; another seed, another sample."""
    again = make_sample(sealed[0], "3 17 22 28", tmp_path / "again", asked=FEW)
    assert [path.read_bytes() for path in again.files] == [path.read_bytes() for path in drawn.files]
    other = make_sample(sealed[0], "3 17 22 29", tmp_path / "other", asked=FEW)
    assert {row["unit_id"] for _, row in other.drawn.units} != {row["unit_id"] for _, row in drawn.drawn.units}


def test_draw_keeps_to_the_plan(drawn):
    """30 % of 6 townships rounded up is 2; districts and units lie in them; every class has its share."""
    told = drawn.drawn
    assert len(drawn.frame.townships) == 6
    assert len(told.townships) == 2
    assert Counter(row["township"] for row in told.districts) == dict.fromkeys(told.townships, 2)
    visits = [row for kind, row in told.units if kind == "visit"]
    assert {row["township"] for row in visits} <= set(told.townships)
    assert {row["outcome"] for row in visits} == {"unit"}
    counted = Counter(row["source_class"] for row in visits)
    for stratum in told.strata:
        if stratum.kind == "visit":
            assert counted[stratum.source_class] == stratum.drawn == min(12, stratum.reachable)
    assert sum(kind == "excluded" for kind, _ in told.units) == 3
    assert drawn.frame.sealed


def test_who_walks_learns_nothing_of_the_register(drawn, sealed):
    """The walk must be an independent list: no unit's id or name, and as many lines in every district."""
    book = openpyxl.load_workbook(next(path for path in drawn.files if path.name == AREA_BOOK))
    shown = {str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value}
    units = pq.read_table(sealed[0] / "data" / "run" / "tables" / "units.parquet", columns=["unit_id", "name"])
    everything = "\n".join(shown)
    assert not [unit for unit in units.column("unit_id").to_pylist() if unit in everything]
    assert not shown & set(units.column("name").to_pylist())
    lines = Counter(row[1].value for row in book[WALK_SHEET].iter_rows(min_row=HEADER_ROWS + 1))
    assert len(set(lines.values())) == 1


def test_workbook_for_walking_is_the_same_whatever_the_register_counts(drawn, tmp_path):
    """Hidden sheets and the number of lines as well: with other counts in the districts, not a byte changes."""
    other = replace(
        drawn.drawn,
        districts=tuple(row | {"kept": row["kept"] + 1} for row in drawn.drawn.districts),
        strata=tuple(replace(one, total=one.total + 5) for one in drawn.drawn.strata),
    )
    plan = Plan(*(drawn.design["rules"][key] for key in ("pack", "sha256")), DRAWN_RULES)
    write_sheets(tmp_path / "other", drawn.frame, other, plan)
    ours, theirs = (next(path for path in drawn.files if path.name == name) for name in (AREA_BOOK, LIST_BOOK))
    assert ours.read_bytes() == (tmp_path / "other" / AREA_BOOK).read_bytes()
    assert theirs.read_bytes() != (tmp_path / "other" / LIST_BOOK).read_bytes()


def test_workbook_for_walking_is_scored_with_another_one_or_the_register(books, sealed):
    """Alone it can't be: it does not know what the register has.  The office's list or the register do."""
    with pytest.raises(SourceError, match="--register"):
        score_sheets([books / AREA_BOOK])
    scores = [
        score_sheets([books / AREA_BOOK], register=sealed[0]),
        score_sheets([books / AREA_BOOK, books / LOOKUP_BOOK]),
    ]
    assert scores[0] == scores[1]
    assert scores[0]["verdict"] == "undecided"
    assert scores[0]["unanswered"]["books"] == [LIST_BOOK]


def test_score_counts_by_hand(guarded, books, drawn):
    """Every unit right but 2 wrong, 1 duplicate, 1 absent; 9 found on the walk, 1 of them missed, 1 out of scope."""
    visits = [row for kind, row in drawn.drawn.units if kind == "visit"]
    n = len(visits)
    answers = {number: {"核查结果": "属实", "核查人": "甲"} for number in range(1, n + 1)}
    answers |= {1: {"核查结果": "信息有误"}, 2: {"核查结果": "信息有误"}, 4: {"核查结果": "查无此单位"}}
    answers[3] = {"核查结果": "重复", "与何单位重复": visits[7]["unit_id"]}
    fill(books / LIST_BOOK, UNIT_SHEET, answers)
    fill(books / LIST_BOOK, EXCLUDED_SHEET, {1: {"核查结论": "排除正确"}, 2: {"核查结论": "应纳入"}})
    lines = fill(books / AREA_BOOK, DONE_SHEET, {n: {"是否走完": "已走完"} for n in (1, 2, 3, 4)})
    assert lines == 4
    seen = {
        n: {
            "实见单位名称": f"某厂{n}",
            "查对结果": "在名录中",
            "名录单位编号": f"U{n}",
            "源类": CLASS_WORDS["industry"],
        }
        for n in range(1, 8)
    }
    seen |= {8: {"实见单位名称": "某厂八", "查对结果": "漏查"}, 9: {"实见单位名称": "某店", "查对结果": "不属普查范围"}}
    fill(books / AREA_BOOK, WALK_SHEET, seen)
    scored = score_sheets([books / LIST_BOOK, books / AREA_BOOK])
    found = {
        name: (rates(scored, name)["errors"], rates(scored, name)["n"]) for name in ("wrong", "duplicate", "excess")
    }
    assert found == {"wrong": (2, n), "duplicate": (1, n), "excess": (1, n)}
    assert (rates(scored, "missed")["errors"], rates(scored, "missed")["n"]) == (1, 8)
    assert rates(scored, "missed")["by_rule"] == "above"
    excluded = rates(scored, "wrongly_excluded")
    assert (excluded["errors"], excluded["n"], excluded["unanswered"]) == (1, 2, 1)
    assert scored["verdict"] == "recheck"
    sample = scored["field_sample"]
    assert (sample["found"], sample["both"]) == (8, 7)
    assert sample["registered"] == sum(row["kept"] for row in drawn.drawn.districts)
    industry = [r for r in scored["rates"] if r["indicator"] == "missed" and r["source_class"] == "industry"]
    assert [(r["errors"], r["n"]) for r in industry] == [(0, 7)]
    for rate in scored["rates"]:
        if rate["rate"] is not None:
            assert rate["exact"][0] <= rate["rate"] <= rate["exact"][1]


def test_silence_is_never_a_pass(books):
    """Nothing filled in: nothing is accepted, every unit is counted as not answered."""
    scored = score_sheets([books / LIST_BOOK, books / AREA_BOOK])
    assert scored["verdict"] == "undecided"
    assert rates(scored, "wrong")["n"] == 0
    assert rates(scored, "wrong")["unanswered"] > 0
    assert len(scored["not_walked"]) == 4


@pytest.mark.parametrize(
    ("book", "sheet", "answers", "cells", "told"),
    [
        (LIST_BOOK, UNIT_SHEET, {1: {"核查结果": "好"}}, {}, r"row 3, column B \(核查结果\): found '好'"),
        (LIST_BOOK, UNIT_SHEET, {1: {"核查结果": "重复"}}, {}, r"row 3, column C .*expected the id"),
        (LIST_BOOK, UNIT_SHEET, {1: {"核查结果": "属实", "与何单位重复": "U1"}}, {}, r"nothing otherwise"),
        (LIST_BOOK, UNIT_SHEET, {1: {"单位名称": "另一家"}}, {}, r"row 3, column J \(单位名称\): found '另一家'"),
        (LIST_BOOK, UNIT_SHEET, {2: {"序号": "1"}}, {}, r"row 4, column A \(序号\)"),
        (LIST_BOOK, UNIT_SHEET, {}, {"A1": "编号"}, r"row 1: the heading 序号 was found 0 times"),
        (AREA_BOOK, WALK_SHEET, {1: {"小区代码": "999999999999"}}, {}, r"row 3, column B \(小区代码\)"),
        (AREA_BOOK, WALK_SHEET, {1: {"查对结果": "在名录中"}}, {}, r"row 3, column H .*expected the id"),
        (
            AREA_BOOK,
            WALK_SHEET,
            {n: {"查对结果": "在名录中", "名录单位编号": "U1"} for n in (1, 2)},
            {},
            r"row 4, column H .*each on one line",
        ),
        (AREA_BOOK, DONE_SHEET, {1: {"是否走完": "差不多"}}, {}, r"已走完、未走完"),
    ],
)
def test_refusals_name_sheet_row_and_column(books, book, sheet, answers, cells, told):  # noqa: PLR0917
    """Whoever filled it in must find the place at once."""
    fill(books / book, sheet, answers, **cells)
    with pytest.raises(SourceError, match=told) as refused:
        score_sheets([books / book])
    assert f"[{sheet}]" in str(refused.value)


def test_a_row_taken_out_or_doubled_is_refused(books):
    """Every drawn unit must come back once."""
    book = openpyxl.load_workbook(books / LIST_BOOK)
    book[UNIT_SHEET].delete_rows(HEADER_ROWS + 2)
    book.save(books / LIST_BOOK)
    with pytest.raises(SourceError, match="1 rows are missing"):
        score_sheets([books / LIST_BOOK])


def test_other_draws_and_foreign_workbooks_are_refused(sealed, books, tmp_path):
    """Sheets of two draws, the office's look-up list, and a workbook with a changed key or a changed limit."""
    other = make_sample(sealed[0], "another", tmp_path / "other", asked=FEW)
    with pytest.raises(SourceError, match="another draw"):
        score_sheets([books / LIST_BOOK, other.files[1]])
    with pytest.raises(SourceError, match="holds no answers"):
        score_sheets([books / LOOKUP_BOOK])
    assert score_sheets([books / LOOKUP_BOOK, books / LIST_BOOK])["books"] == [LIST_BOOK]
    book = openpyxl.load_workbook(books / LIST_BOOK)
    whole = {cell: book[HIDDEN][cell].value for cell in ("A1", "A2")}
    book[HIDDEN]["A2"] = whole["A2"].replace('"no":"1"', '"no":"9"')
    book.save(books / LIST_BOOK)
    with pytest.raises(SourceError, match="hidden sheet"):
        score_sheets([books / LIST_BOOK])
    book[HIDDEN]["A2"] = whole["A2"]
    book[HIDDEN]["A1"] = whole["A1"].replace('"limit_wrong":0.05', '"limit_wrong":0.5')
    book.save(books / LIST_BOOK)
    with pytest.raises(SourceError, match="hidden sheet"):
        score_sheets([books / LIST_BOOK])


def test_score_belongs_to_one_register(books, county, bag):
    """Compared with the register they are said to be of; a damaged archive is refused before anything is drawn."""
    score_sheets([books / LIST_BOOK], register=county / "out")
    (bag / "data" / "run" / "coverage.json").write_text("{}")
    with pytest.raises(SourceError, match="not intact"):
        make_sample(bag, "1", books / "x")


def test_nothing_is_in_the_register_because_somebody_wrote_so(books, sealed):
    """With the register at hand, an id that it has not is refused where it stands."""
    fill(books / AREA_BOOK, WALK_SHEET, {1: {"查对结果": "在名录中", "名录单位编号": "U00000000000000000000"}})
    assert score_sheets([books / AREA_BOOK, books / LIST_BOOK])
    with pytest.raises(SourceError, match=r"row 3, column H .*expected the id of a unit of the register"):
        score_sheets([books / AREA_BOOK], register=sealed[0])


def test_sheets_must_hold_what_the_seed_draws(sealed, books, drawn):
    """A sample that somebody chose, in workbooks that agree with themselves, is not what the seed draws again."""
    read = read_answers([books / LIST_BOOK])
    steered = replace(read, visited=read.visited[1:])
    assert score_sheets([books / LIST_BOOK], register=sealed[0])["design"]["seed"] == "3 17 22 28"
    with pytest.raises(SourceError, match="do not hold the sample"):
        require_same_draw(sealed[0], steered, Plan("pollution-2", drawn.design["rules"]["sha256"], DRAWN_RULES))
    other = replace(read, design={**read.design, "seed": "4"})
    with pytest.raises(SourceError, match="seed '4'"):
        require_same_draw(sealed[0], other, Plan("pollution-2", drawn.design["rules"]["sha256"], DRAWN_RULES))


def test_plan_and_limits_come_from_the_archive(drawn, county, sealed, tmp_path):
    """Without --rules the register's own rules hold; a run folder with rules of an office's own asks for them."""
    told = drawn.design["rules"]
    assert (told["pack"], told["limit_missed"], told["units_per_class"]) == ("pollution-2", 0.03, 12)
    assert told["sha256"] == json.loads((sealed[0] / "data/run/manifest.json").read_text("utf-8"))["rules"]["sha256"]
    row = '[spotcheck.limit_missed]\nvalue = 0.01\nsource = "our office"\nsince = "2027"\n'
    (tmp_path / "strict.toml").write_text(row, "utf-8")
    strict = load_pack("strict.toml", tmp_path)
    (tmp_path / "bag/data/run").mkdir(parents=True)
    manifest = {"rules": {"name": strict.name, "version": strict.version, "sha256": strict.digest}}
    (tmp_path / "bag/data/run/manifest.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "bag/data/rules.json").write_text(strict.canonical, "utf-8")
    plan = plan_for(tmp_path / "bag", None, {"added_units": 9})
    assert (plan.pack, plan.sha256, plan.rules.limit_missed, plan.rules.added_units) == (
        "strict",
        strict.digest,
        0.01,
        9,
    )
    with pytest.raises(UsageError, match="--rules"):
        plan_for(tmp_path / "bag/data/run", None, {})
    assert plan_for(tmp_path / "bag", "pollution-2", {}).rules == RULES


def test_what_the_size_shows_is_kept(books, drawn):
    """Bound without an error and two points of the curve stand in score.json, for every class and for the walk."""
    scored = score_sheets([books / LIST_BOOK])
    for stratum in scored["design"]["strata"]:
        assert (stratum["shows"] is not None) == (stratum["kind"] == "visit" and stratum["drawn"] > 0)
    shows = scored["design"]["walk"]["shows"]
    assert shows["limit"] == RULES.limit_missed
    assert 0 < shows["bound_without_error"] < 1
    assert 1 >= shows["passes_at_limit"] >= shows["passes_at_twice_limit"] > 0
    told = draw_lines(drawn.design, Path("REGISTER"), drawn.files, "en")
    assert any("with" in line and "chance at 5%" in line for line in told)
    assert any("registered units in the districts to walk" in line for line in told)


def test_no_seed_and_taken_places_are_refused(sealed, drawn):
    """An empty seed steers nothing; sheets that may hold answers are never written over."""
    with pytest.raises(UsageError, match="--seed"):
        make_sample(sealed[0], " ", drawn.files[0].parent / "no")
    with pytest.raises(OutputError, match="may hold answers"):
        make_sample(sealed[0], "1", drawn.files[0].parent)


def test_score_feeds_the_next_report(books, drawn, county, tmp_path):
    """Named in the census file, the walk stands beside the estimates, with its counts and the register it is of."""
    write_score(score_sheets([books / AREA_BOOK, books / LIST_BOOK]), tmp_path)
    check = read_field_check(tmp_path / "score.json")
    assert (check.sample["status"], check.sample["districts"], check.visits["status"]) == ("none", 0, "none")
    answers = Answers(
        design(districts=[{"code": "T00000001001", "township": "T00000001", "kept": 20}]),
        visited(["right"] * 56 + ["duplicate"] * 3 + ["merged"] + [""]), (), tuple(("T00000001001", "工业源", f) for f in ["listed"] * 16 + ["missed"] * 2),
        (("T00000001001", "whole"),), (),
    )  # fmt: skip
    (tmp_path / "score.json").write_text(json.dumps(score(answers, RULES) | {"design": {"register_head": "0" * 64}}))
    sample, visits = read_field_check(tmp_path / "score.json")
    assert (sample["status"], visits["status"]) == ("estimated", "estimated")
    assert (visits["visited"], visits["unanswered"]) == (60, 1)
    assert (visits["duplicate"]["errors"], visits["duplicate"]["rate"]) == (3, pytest.approx(0.05))
    assert (visits["merged"]["errors"], visits["merged"]["low"] > 0, visits["merged"]["covered"]) == (1, True, 1.0)
    assert "5.00% (95 %" in visits["en"]
    assert (sample["registered"], sample["found"], sample["both"]) == (20, 18, 16)
    assert round(sample["estimate"]["units"], 2) == round(21 * 19 / 17 - 1, 2)
    found = estimate_completeness({"a": 10, "b": 10, "a+b": 10}, {"a": "business", "b": "tax"}, field_sample=sample)
    assert found["field_sample"]["both"] == 16
    (tmp_path / "score.json").write_text("{}")
    with pytest.raises(SourceError, match="no score"):
        read_field_check(tmp_path / "score.json")


def test_draft_report_is_a_document_with_the_figures(books, tmp_path):
    """It opens, holds every rate, and the same score gives the same bytes."""
    scored = score_sheets([books / AREA_BOOK, books / LIST_BOOK])
    write_score(scored, tmp_path / "one")
    write_score(scored, tmp_path / "two")
    path = next((tmp_path / "one").glob("*.docx"))
    assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    document = docx.Document(path)
    _, rates, by_township, townships = document.tables
    assert len(rates.rows) == 1 + len(scored["rates"])
    assert len(by_township.rows) == 1 + sum(len(one["rates"]) for one in scored["townships"])
    assert len(townships.rows) == 1 + len(scored["townships"])


@pytest.mark.slow
def test_score_json_is_plain(books):
    """It goes into the report of the next build: no number that is none, same bytes each time."""
    one, other = (score_sheets([books / AREA_BOOK, books / LIST_BOOK][::step]) for step in (1, -1))
    assert json.dumps(one, allow_nan=False) == json.dumps(other, allow_nan=False)
