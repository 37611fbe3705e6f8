"""The loop of clerical review on the command line: sheets, apply, undo, with their exit codes."""

import json

import openpyxl
import pytest

from tests.e2e.conftest import minglu


@pytest.fixture
def census(county):
    """A census file that names a file of decisions."""
    path = county / "census.toml"
    path.write_text(
        path.read_text("utf-8").replace("[census]\n", '[census]\ndecisions = "decisions.jsonl"\n', 1), "utf-8"
    )
    return path


def test_sheets_go_out_and_come_back(demo, census, tmp_path):
    """`minglu review OUT` needs no sub-command; answers are told in counts, with the head to keep and the next step."""
    out, _ = demo
    made = minglu("review", out, "--to", tmp_path / "sheets", "--most", "5")
    assert (made.code, made.out.split()) == (
        0,
        [str(tmp_path / "sheets" / name) for name in ("review.xlsx", "review.html")],
    )
    assert "next: fill in" in made.err
    sheet = tmp_path / "sheets" / "review.xlsx"
    book = openpyxl.load_workbook(sheet)
    book.worksheets[0]["A3"] = "不同单位"
    book.save(sheet)
    done = minglu("review", "apply", sheet, "--census", census, "--by", "王科长", "--on", "2028-01-05")
    assert done.code == 0, done.err
    assert "1 decisions taken over: different units 1" in done.out
    assert "next: run minglu build" in done.out
    lines = (census.parent / "decisions.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["when"] for line in lines] == ["2028-01-05"]
    undone = minglu("review", "undo", "1", "--census", census, "--by", "王科长", "--why", "误判")
    assert (undone.code, len((census.parent / "decisions.jsonl").read_text("utf-8").splitlines())) == (0, 2)
    assert minglu("review", "undo", "1", "--census", census, "--by", "王科长", "--why", "再次").code == 3


def test_wrong_sheets_and_places_have_their_exit_codes(demo, census, tmp_path):
    """Unusable sheet 3, run folder as target 2, sheets already there 2, no such run 3; in the language asked for."""
    out, _ = demo
    foreign = tmp_path / "foreign.xlsx"
    openpyxl.Workbook().save(foreign)
    refused = minglu("review", "apply", foreign, "--census", census, "--by", "王科长", "--lang", "zh")
    assert refused.code == 3
    assert "不是 `minglu review` 生成的工作簿" in refused.err
    assert minglu("review", out, "--to", out / "sheets").code == 2
    assert minglu("review", tmp_path / "none").code == 3
    (tmp_path / "review.xlsx").write_bytes(b"answers")
    assert minglu("review", out, "--to", tmp_path).code == 2
    assert (tmp_path / "review.xlsx").read_bytes() == b"answers"


def test_tampered_decisions_stop_a_build(census, tmp_path):
    """Exit 3 with the line, no output."""
    (census.parent / "decisions.jsonl").write_text('{"schema": "minglu/decisions/1", "n": 1, "prev": "x"}\n', "utf-8")
    finished = minglu("build", census, "--out", tmp_path / "out")
    assert finished.code == 3
    assert "decisions.jsonl line 1: the chain is broken" in finished.err
    assert not (tmp_path / "out").exists()
