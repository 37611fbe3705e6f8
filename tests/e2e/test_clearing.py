"""The loop on the sample county as a user walks it: build, sheets, apply, rebuild, diff, with their exit codes."""

import openpyxl
import pytest

from minglu.register.clerical.field_sheets.sheet_columns import COLUMNS, PAGE
from tests.e2e.conftest import minglu

PLACE = {column.field: number for number, column in enumerate(COLUMNS, 1)}


@pytest.fixture
def census(county, demo):
    """A census that keeps facts and goes on from the run `demo`."""
    out, _ = demo
    path = county / "census.toml"
    lines = f'[census]\nfield = "field.jsonl"\nprevious = "{out.as_posix()}"\n'
    path.write_text(path.read_text("utf-8").replace("[census]\n", lines, 1), "utf-8")
    return path


@pytest.mark.slow
def test_sheets_go_out_come_back_and_show_in_the_next_register(demo, census, tmp_path):
    """`minglu sheets OUT` needs no sub-command; each step says what comes next; diff exits 1 with differences, else 0."""
    out, _ = demo
    made = minglu("sheets", out, "--to", tmp_path / "sheets", "--by", "township")
    assert made.code == 0, made.err
    assert "next: visit" in made.err
    sheet = max(map(type(tmp_path), made.out.splitlines()), key=lambda path: path.stat().st_size)
    book = openpyxl.load_workbook(sheet)
    page = book[PAGE]
    page.cell(3, PLACE["result"]).value = "现场未找到"
    page.cell(4, PLACE["result"]).value = "更正"
    page.cell(4, PLACE["right.name"]).value = "更正后的名字厂"
    book.save(sheet)
    done = minglu("sheets", "apply", sheet, "--census", census, "--by", "王科长", "--on", "2028-03-01")
    assert done.code == 0, done.err
    assert "2 facts taken over: corrected 1, not found 1" in done.out
    assert "next: run minglu build" in done.out
    again = minglu("build", census, "--out", tmp_path / "again")
    assert again.code == 0, again.err
    changed = minglu("diff", out, tmp_path / "again")
    assert changed.code == 1
    assert "更正后的名字厂" not in changed.out
    told = minglu("diff", out, tmp_path / "again", "--units")
    assert "更正后的名字厂" in told.out
    assert "FIELD_NOT_FOUND" in told.out
    assert minglu("diff", out, out).code == 0
    undone = minglu("sheets", "undo", "1", "--census", census, "--by", "王科长", "--why", "误判")
    assert (undone.code, "3  head" in undone.out) == (0, True)


def test_wrong_sheets_and_places_have_their_exit_codes(demo, census, tmp_path):
    """Unusable sheet 3, run folder as target 2, no such run 3, a chain that was changed 3."""
    out, _ = demo
    foreign = tmp_path / "foreign.xlsx"
    openpyxl.Workbook().save(foreign)
    refused = minglu("sheets", "apply", foreign, "--census", census, "--by", "王科长", "--lang", "zh")
    assert refused.code == 3
    assert "不是 `minglu sheets` 生成的工作簿" in refused.err
    assert minglu("sheets", out, "--to", out / "sheets").code == 2
    assert minglu("sheets", tmp_path / "none").code == 3
    assert minglu("diff", out, tmp_path / "none").code == 3
    (census.parent / "field.jsonl").write_text('{"schema": "minglu/field/1", "n": 1, "prev": "x"}\n', "utf-8")
    finished = minglu("build", census, "--out", tmp_path / "out")
    assert finished.code == 3
    assert "field.jsonl line 1: the chain is broken" in finished.err


def test_what_is_no_run_folder_is_called_so(tmp_path):
    """A folder that was never made is not said to have been changed by somebody."""
    refused = minglu("diff", tmp_path / "none", tmp_path / "none")
    assert (refused.code, "is no run folder of minglu" in refused.err) == (3, True)
