"""A small built county, its field sheets, and hands that fill them in with another program."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from minglu.register.clerical import form_workbook, returned_workbook
from minglu.register.clerical.field_sheets.make_sheets import SheetOptions, make_sheets
from minglu.register.clerical.field_sheets.sheet_columns import COLUMNS, PAGE
from minglu.register.clerical.form_workbook import HEADER_ROWS
from tests.trust import county

PLACE = {column.field: number for number, column in enumerate(COLUMNS, 1)}
SITES = 14


@pytest.fixture(scope="session")
def cleared(tmp_path_factory) -> Path:
    """A county that keeps facts, beside a finished run `out`; not to be changed."""
    folder = tmp_path_factory.mktemp("cleared")
    county.make_county(folder, county.lists(sites=SITES))
    county.write_census(folder, top='field = "field.jsonl"\ndecisions = "decisions.jsonl"\n')
    county.run(folder / "census.toml", folder / "out")
    return folder


@pytest.fixture(scope="session")
def printed(cleared, tmp_path_factory) -> Path:
    """A folder with one sheet for each township; not to be changed."""
    folder = tmp_path_factory.mktemp("printed")
    make_sheets(cleared / "out", folder, SheetOptions("township"))
    return folder


@pytest.fixture
def office(cleared, printed, tmp_path) -> Path:
    """A folder with the census (without its run) and the two fullest sheets."""
    shutil.copytree(cleared, tmp_path / "county", ignore=shutil.ignore_patterns("out"))
    (tmp_path / "sheets").mkdir()
    for path in fullest(printed)[:2]:
        shutil.copy(path, tmp_path / "sheets")
    return tmp_path


@pytest.fixture
def unguarded(monkeypatch):
    """Read workbooks in this process: a sandbox for each takes a second, and other tests have it."""

    def read(path, sheet, *, command):
        rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
        return {number: ["" if cell is None else str(cell) for cell in row] for number, row in enumerate(rows, 1)}

    monkeypatch.setattr(returned_workbook, "read_cells", read)
    monkeypatch.setattr(form_workbook, "read_cells", read)


def lines(path):
    """Return the sheet's lines as mappings, by number."""
    page = openpyxl.load_workbook(path)[PAGE]
    rows = page.iter_rows(min_row=HEADER_ROWS + 1, values_only=True)
    found = [{field: row[place - 1] or "" for field, place in PLACE.items()} for row in rows]
    return {line["no"]: line for line in found if line["no"]}


def fullest(folder):
    """Return the sheets with the most units, the fullest first."""
    return sorted(sorted(folder.glob("*.xlsx")), key=lambda path: -path.stat().st_size)


def fill(path, told):
    """Fill in a workbook as another program would: `told` maps a line's number to its cells by field."""
    book = openpyxl.load_workbook(path)
    page = book[PAGE]
    for number, cells in told.items():
        row = next(row for row in range(HEADER_ROWS + 1, page.max_row + 1) if page.cell(row, 1).value == number)
        for field, text in cells.items():
            page.cell(row, PLACE[field], text)
    book.save(path)
    return path
