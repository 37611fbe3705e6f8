"""The first hour of an office: a folder of messy files, from `init` to a report, without editing a file by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import geopandas
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from minglu.register.starter_file import write_census_file

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
ZONE = "EPSG:4525"  # CGCS2000, zone 37 of three degrees, its number in the easting


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """Lay out the sample county as an office sends it: GBK csv, ="..." codes, titles, two sheets, a shapefile without .prj."""
    folder = tmp_path_factory.mktemp("office") / "青禾县"
    folder.mkdir()
    lines = (SAMPLE / "business.csv").read_text("gb18030").splitlines()
    wrapped = [lines[0], *(f'="{line.partition(",")[0]}",{line.partition(",")[2]}' for line in lines[1:])]
    (folder / "工商登记2027.csv").write_bytes("\r\n".join(wrapped).encode("gb18030"))
    (folder / "名册二.xlsx").write_bytes((SAMPLE / "tax.xlsx").read_bytes())  # its headings must tell what it is
    permits = pd.read_csv(SAMPLE / "permit.csv", dtype=str, keep_default_na=False)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "说明"
    sheet.append(["本表由生态环境局提供"])
    sheet = book.create_sheet("排污许可")
    sheet.append(["青禾县排污许可单位一览表"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(permits.columns))
    sheet.append(list(permits.columns))
    for row in permits.itertuples(index=False):
        sheet.append(list(row))
    sheet.append([f"合计：{len(permits)} 家"])
    book.save(folder / "排污许可.xlsx")
    districts = geopandas.read_file(SAMPLE / "districts.gpkg").rename(columns={"code": "XQDM", "name": "小区名称"})
    districts.to_crs(ZONE).to_file(folder / "普查小区.shp", encoding="gbk")
    (folder / "普查小区.prj").unlink()
    return folder


def test_an_offices_folder_builds_without_editing_a_file(office):
    """`init`, `doctor`, `build`: every list with its kind, the layer with its columns and its zone."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "minglu", *arguments, "--lang", "en"],
            cwd=office,
            env=os.environ | {"PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    first = run("init", ".")
    assert first.returncode == 0, first.stderr
    text = (office / "census.toml").read_text("utf-8")
    for line in (
        'name = "青禾县清查"',
        'kind = "tax"',
        'kind = "permit"',
        'kind = "business"',
        'code = "XQDM"',
        'name = "小区名称"',
    ):
        assert line in text
    assert f'crs = "{ZONE}"' in text
    examined = run("doctor", "census.toml")
    assert examined.returncode in {0, 1}, examined.stdout + examined.stderr
    built = run("build", "census.toml", "--out", "成果")
    assert built.returncode in {0, 1}, built.stdout + built.stderr
    assert (office / "成果" / "report.html").is_file()
    rows = pq.read_table(office / "成果" / "tables" / "ledger.parquet").num_rows
    assert rows >= 2474
    placements = pq.read_table(office / "成果" / "tables" / "placements.parquet").column("method").to_pylist()
    assert placements.count("inside") > len(placements) / 2


def test_a_parent_is_found_by_its_extent(tmp_path):
    """The layer of one area around the others is the parent; its name is the census's."""
    for name, copy in (("districts.gpkg", "图层甲.gpkg"), ("county.gpkg", "图层乙.gpkg")):
        (tmp_path / copy).write_bytes((SAMPLE / name).read_bytes())
    path, notes = write_census_file(tmp_path)
    text = path.read_text("utf-8")
    assert text.index('path = "图层甲.gpkg"') < text.index("[parent]") < text.index('path = "图层乙.gpkg"')
    assert any("61 districts" in note.en for note in notes)
