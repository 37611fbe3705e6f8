"""Promises of the written files: same seed, same bytes; the truth names every row by its place in the file."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from generator import build, words
from generator.__main__ import explanations
from generator.knobs import Knobs
from generator.lists import KINDS

FILES = {"business": "business.csv", "tax": "tax.xlsx", "permit": "permit.csv"}
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def _rows(folder: Path, kind: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (row number as the truth counts, cells by heading) of the data rows of a list."""
    if kind == "tax":
        sheet = openpyxl.load_workbook(folder / "tax.xlsx").worksheets[0]
        lines = list(sheet.iter_rows(values_only=True))
        for number, cells in enumerate(lines[3:-2], start=4):
            yield number, dict(zip(lines[2], cells, strict=True))
        return
    encoding = {"business": "gb18030", "permit": "utf-8-sig"}[kind]
    with (folder / FILES[kind]).open(encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        heading = next(reader)
        for cells in reader:
            if any(cells):
                yield reader.line_num, dict(zip(heading, cells, strict=True))


def test_same_seed_same_bytes(county: Path, tmp_path: Path, knobs: Knobs) -> None:
    """Every file, workbook and layer included."""
    build.generate(tmp_path, knobs)
    made = {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    assert set(made) == {path.name for path in county.iterdir()}
    assert [name for name, data in made.items() if data != (county / name).read_bytes()] == []


@pytest.mark.parametrize(
    "name", ["business.csv", "permit.csv", "census.toml", "census-faulty.toml", "faults-planted.json"]
)
def test_committed_county_is_what_the_generator_makes(county: Path, name: str) -> None:
    """The text files of the sample in the repository, byte for byte."""
    assert (SAMPLE / name).read_bytes() == (county / name).read_bytes()


def test_committed_truth_is_what_the_generator_makes(county: Path) -> None:
    """The truth tables hold the same rows (their bytes may follow the version of a library)."""
    for name in ("truth.parquet", "truth_sites.parquet"):
        assert pq.read_table(SAMPLE / name).equals(pq.read_table(county / name))


def test_another_seed_makes_another_county(county: Path, tmp_path: Path) -> None:
    """The seed decides."""
    build.generate(tmp_path, Knobs(seed=1))
    assert (tmp_path / "permit.csv").read_bytes() != (county / "permit.csv").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_truth_has_one_row_per_source_row(county: Path, kind: str) -> None:
    """Read back with csv and openpyxl, the rows of a file are the rows of the truth."""
    truth = pq.read_table(county / "truth.parquet").to_pylist()
    named = [row["row"] for row in truth if row["list"] == kind]
    assert sorted(named) == [number for number, _ in _rows(county, kind)]
    assert len(set(named)) == len(named) > 300
    assert {row["file"] for row in truth if row["list"] == kind} == {FILES[kind]}
    assert {row["sheet"] for row in truth if row["list"] == kind} == {"税务登记" if kind == "tax" else ""}


def test_truth_row_speaks_of_the_row_in_the_file(county: Path) -> None:
    """Rows of one site in two lists mostly name the same phone: numbers are not shifted against the truth."""
    phones: dict[str, dict[str, str]] = {}
    truth = {(row["list"], row["row"]): row["site"] for row in pq.read_table(county / "truth.parquet").to_pylist()}
    for kind, heading in (("business", "联系电话"), ("permit", "联系电话")):
        for number, cells in _rows(county, kind):
            phones.setdefault(truth[kind, number], {})[kind] = str(cells[heading])
    pairs = [pair for pair in phones.values() if len(pair) == 2]
    assert len(pairs) > 200
    assert sum(pair["business"] == pair["permit"] for pair in pairs) / len(pairs) > 0.98


def test_tax_workbook_looks_like_an_office_made_it(county: Path) -> None:
    """Merged title, heading on row 3, footer, a hidden sheet, typed cells, codes rounded to fifteen digits."""
    book = openpyxl.load_workbook(county / "tax.xlsx")
    sheet, hidden = book.worksheets
    assert hidden.sheet_state == "hidden"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:N1"]
    assert sheet["B3"].value == "纳税人识别号"
    assert sheet.cell(sheet.max_row - 1, 1).value == "合计"
    assert str(sheet.cell(sheet.max_row, 1).value).startswith("填报人")
    codes = [sheet.cell(row, 2).value for row in range(4, sheet.max_row - 1)]
    rounded = [code for code in codes if isinstance(code, (int, float))]
    assert len(rounded) >= 5
    assert all(float(code) == float(f"{code:.14e}") for code in rounded)
    assert {type(sheet.cell(row, 12).value) for row in range(4, 200)} >= {float, str}


def test_text_lists_have_the_encodings_of_offices(county: Path) -> None:
    """The business list is GB18030 and not UTF-8; the permit list is UTF-8 and begins with the mark."""
    business = (county / "business.csv").read_bytes()
    assert "企业名称" in business.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        business.decode("utf-8")
    permit = (county / "permit.csv").read_bytes()
    assert permit.startswith(b"\xef\xbb\xbf")
    assert permit.count(b"\xef\xbb\xbf") == 1


def test_census_files_name_what_is_there(county: Path) -> None:
    """Both census files are valid TOML and every path in them exists."""
    for name, districts in (("census.toml", "districts.gpkg"), ("census-faulty.toml", "districts-faulty.gpkg")):
        census = tomllib.loads((county / name).read_text(encoding="utf-8"))
        assert [part["kind"] for part in census["lists"]] == list(KINDS)
        assert [part["crs"] for part in census["lists"]] == ["BD09", "auto", "auto"]
        paths = [*(part["path"] for part in census["lists"]), census["districts"]["path"], census["parent"]["path"]]
        assert all((county / path).exists() for path in paths)
        assert census["districts"]["path"] == districts


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_large_formats_keep_the_truth_in_step(tmp_path: Path, form: str) -> None:
    """Several blocks in one file: row numbers go on, and no site or code belongs to two blocks."""
    build.generate(tmp_path, Knobs(rows=3_000, block_units=400), form=form)
    truth = pq.read_table(tmp_path / "truth.parquet").to_pandas()
    for kind, part in truth.groupby("list"):
        if form == "parquet":
            assert pq.read_metadata(tmp_path / f"{kind}.parquet").num_rows == len(part)
            assert sorted(part["row"]) == list(range(1, len(part) + 1))
        assert part["row"].is_unique
    sites = pq.read_table(tmp_path / "truth_sites.parquet").to_pandas()
    assert sites["site"].is_unique
    assert set(truth["site"]) == set(sites.loc[sites["on_lists"] != "", "site"])
    assert (sites["on_lists"] == "").sum() > 100


def test_every_knob_is_explained() -> None:
    """Each field of Knobs has a docstring, shown by --help and in the README."""
    told, fields = explanations(), set(Knobs.__dataclass_fields__)
    assert set(told) == fields
    assert all(len(text) > 15 for text in told.values())
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(fields) if f"`{name}`" not in readme] == []


@pytest.mark.parametrize(("one", "other"), tuple(combinations(("open", "development", "held-out"), 2)))
def test_vocabularies_share_no_brand_trade_or_road(one: str, other: str) -> None:
    """What is held out is not seen in development; only single characters may recur."""
    words_of, others = words.load(one), words.load(other)
    for seen, new in (
        ({t["words"][0] for t in words_of.trades}, {t["words"][0] for t in others.trades}),
        (set(words_of.territory["roads"]), set(others.territory["roads"])),
        (set(words_of.territory["town_first"]), set(others.territory["town_first"])),
        (set(words_of.names["surnames"]), set(others.names["surnames"])),
    ):
        assert not seen & new
    assert others.rates
    assert set(others.rates) <= set(Knobs.__dataclass_fields__)
