"""The whole loop of a clearing, by the command line alone, as docs/how-to/clearing.md tells it."""

import json
import re

import openpyxl
import pyarrow.parquet as pq
import pytest

from minglu.register.clerical.field_sheets import sheet_columns as sheet
from minglu.register.clerical.form_workbook import HEADER_ROWS
from minglu.register.clerical.review import review_keys
from minglu.register.verification.spotcheck import spotcheck_workbooks as spot
from tests.clearing.halves import sites_of, write_half
from tests.e2e.conftest import SAMPLE, minglu

CHAINS = 'decisions = "decisions.jsonl"\nfield = "field.jsonl"\n'


def ok(*arguments, code=0):
    """Run a command that must end with `code`; returns what it printed."""
    done = minglu(*arguments)
    assert done.code == code, done.out + done.err
    return done.out


def units(out):
    return pq.read_table(out / "tables" / "units.parquet", columns=["unit_id", "name", "outcome"]).to_pylist()


def judge(book, word):
    """A clerk gives every pair the same judgement; returns how many."""
    work = openpyxl.load_workbook(book)
    page = work[review_keys.ANSWERS]
    for row in range(HEADER_ROWS + 1, page.max_row + 1):
        page.cell(row, 1, word)
    work.save(book)
    return page.max_row - HEADER_ROWS


def visit(book, answers, finds=()):
    """An enumerator fills in a field sheet: `answers` maps unit names to cells, `finds` are new units."""
    place = {column.field: number for number, column in enumerate(sheet.COLUMNS, 1)}
    work = openpyxl.load_workbook(book)
    page = work[sheet.PAGE]
    blank = []
    for row in range(HEADER_ROWS + 1, page.max_row + 1):
        name = page.cell(row, place["name"]).value
        for field, text in answers.get(name, {}).items():
            page.cell(row, place[field], text)
        if not name:
            blank.append(row)
    for row, cells in zip(blank, finds, strict=False):
        for field, text in cells.items():
            page.cell(row, place[field], text)
    work.save(book)


def check_all_right(folder, lookup):
    """Verifiers find every drawn unit right, and on their walk exactly what the register has."""
    by_district = {}
    for row in openpyxl.load_workbook(folder / spot.LOOKUP_BOOK)[lookup].iter_rows(HEADER_ROWS + 1, values_only=True):
        by_district.setdefault(row[1], []).append(row)
    work = openpyxl.load_workbook(folder / spot.LIST_BOOK)
    for title, word in ((spot.UNIT_SHEET, "属实"), (spot.EXCLUDED_SHEET, "排除正确")):
        page = work[title]
        for row in range(HEADER_ROWS + 1, page.max_row + 1):
            if page.cell(row, 1).value:
                page.cell(row, 2, word)
    work.save(folder / spot.LIST_BOOK)
    work = openpyxl.load_workbook(folder / spot.AREA_BOOK)
    for page, column, word in ((work[spot.DONE_SHEET], 4, "已走完"), (work[spot.WALK_SHEET], 7, "在名录中")):
        for row in range(HEADER_ROWS + 1, page.max_row + 1):
            if column == 4:
                page.cell(row, column, word)
            elif known := by_district.get(page.cell(row, 2).value):
                unit = known.pop()
                page.cell(row, 3, unit[2])
                page.cell(row, column, word)
                page.cell(row, 8, unit[6])
    work.save(folder / spot.AREA_BOOK)


def add_lines(census, lines):
    census.write_text(census.read_text("utf-8").replace("[census]\n", f"[census]\n{lines}", 1), "utf-8")


def clear(folder, *, west, guests=()):
    """Build, judge, visit, build again, compare, seal, draw, score: one county's part of the loop."""
    census = write_half(folder, west=west, guests=guests)
    add_lines(census, CHAINS)
    first, second = folder / "out-1", folder / "out-2"
    ok("build", census, "--out", first)
    ok("review", first, "--to", folder / "review")
    if judge(folder / "review" / "review.xlsx", "不同单位"):
        ok(
            "review",
            "apply",
            folder / "review",
            "--census",
            census,
            "--by",
            "复核员",
            "--on",
            "2028-01-05",
        )
    ok("sheets", first, "--by", "township", "--to", folder / "sheets")
    shut = next(unit for unit in units(first) if unit["outcome"] == "unit")
    for book in sorted((folder / "sheets").glob("*.xlsx")):
        visit(book, {shut["name"]: {"result": "关闭"}})
    ok(
        "sheets",
        "apply",
        folder / "sheets",
        "--census",
        census,
        "--by",
        "普查员",
        "--on",
        "2028-01-20",
    )
    add_lines(census, 'previous = "out-1"\n')
    ok("build", census, "--out", second)
    assert {unit["unit_id"]: unit["outcome"] for unit in units(second)}[shut["unit_id"]] == "closed"
    ok("diff", first, second, code=1)
    told = ok(
        "archive",
        "seal",
        second,
        "--census",
        census,
        "--by",
        "县普查办",
        "--to",
        folder / "sealed",
        "--on",
        "2028-02-01",
    )
    head = re.search(r"^head (\S+)$", told, re.MULTILINE)[1]
    ok("spotcheck", "draw", folder / "sealed", "--seed", "3 17 22", "--to", folder / "spot")
    check_all_right(folder / "spot", spot.LOOKUP_SHEET)
    ok("spotcheck", "score", folder / "spot", "--register", folder / "sealed", "--to", folder / "score")
    ok("archive", "check", folder / "sealed", "--head", head)
    return folder / "sealed", folder / "score" / "score.json", head


@pytest.mark.slow
def test_the_whole_loop_of_a_clearing(tmp_path):
    """Two counties from lists to an audited, sealed city; a hand in the archive is found at the end."""
    west = clear(tmp_path / "west", west=True)
    east = clear(tmp_path / "east", west=False, guests=sites_of(west=True)[3:4])
    city = tmp_path / "city"
    asked = ("--score", west[1], "--score", east[1], "--within", SAMPLE / "county.gpkg", "--name", "示例市清查")
    told = ok("rollup", west[0], east[0], *asked, "--out", city, "--json")
    coverage = json.loads(told)
    assert not coverage["rollup"]["forced"]
    assert coverage["accounting"]["outcomes"]["closed"] >= 2
    ok("archive", "seal", city, "--by", "市普查办", "--to", tmp_path / "city-sealed", "--on", "2028-03-01")
    ok("archive", "check", tmp_path / "city-sealed")
    chain = west[0] / "data" / "decisions.jsonl"
    chain.write_bytes(chain.read_bytes() + b"{}\n")
    assert "CHANGED  data/decisions.jsonl" in ok("archive", "check", west[0], "--head", west[2], code=1)
    ok("rollup", west[0], east[0], *asked, "--out", tmp_path / "again", code=1)
