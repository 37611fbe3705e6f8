"""A built county whose census keeps decisions, and hands that fill in its sheets."""

import contextlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from minglu.register.build import build
from minglu.register.clerical.form_workbook import HEADER_ROWS
from minglu.register.clerical.review import review_keys
from minglu.register.clerical.review.make_review import ReviewOptions, make_sheets

SAMPLE = Path(__file__).parents[4] / "sample_data"


def run(census, out):
    silence = SimpleNamespace(stage=lambda **_: contextlib.nullcontext(), times=dict)
    build(census, out, progress=silence, threads=1)
    return out


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """The sample county beside a finished run; not to be changed."""
    folder = tmp_path_factory.mktemp("county")
    for path in SAMPLE.iterdir():
        if path.is_file() and path.suffix in {".csv", ".xlsx", ".gpkg", ".toml"}:
            shutil.copy(path, folder)
    census = folder / "census.toml"
    text = census.read_text("utf-8").replace("[census]\n", '[census]\ndecisions = "decisions.jsonl"\n', 1)
    census.write_text(text, "utf-8")
    run(census, folder / "out")
    return folder


@pytest.fixture
def desk(county, tmp_path):
    """A clerk's desk: the county's census by itself, and sheets of the run."""
    shutil.copytree(county, tmp_path / "county")
    make_sheets(tmp_path / "county" / "out", tmp_path / "sheets", ReviewOptions(most=12))
    return tmp_path


def fill(path, answers, **cells):
    """Fill in the workbook as another program would: `answers` maps a pair's number to words for columns A, B, C."""
    book = openpyxl.load_workbook(path)
    page = book[review_keys.ANSWERS]
    for number, words in answers.items():
        for place, word in enumerate((words,) if isinstance(words, str) else words, 1):
            page.cell(number + HEADER_ROWS, place, word)
    for cell, value in cells.items():
        page[cell] = value
    book.save(path)
    return path
