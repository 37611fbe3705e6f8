"""The whole pipeline on small drawn territories: what the sample county, being regular, does not show."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from minglu.errors import SourceError
from minglu.register.build import build
from minglu.register.coverage.assemble_coverage import exit_code
from minglu.register.sources.vector.gdal_drivers import vector_io

CODES = ("63000010001", "63000010002")  # eleven digits: no mainland code has so many
BOXES = (shapely.box(120, 30, 120.1, 30.1), shapely.box(120.1, 30, 120.2, 30.1))
HEADER = "单位名称,生产经营地址,经度,纬度,普查小区代码\n"


class Quiet:
    """No talk, no clock."""

    def stage(self, **_names):
        """Enter a stage."""
        return nullcontext()

    def note(self, **_words):
        """Do nothing."""

    def times(self):
        """Return nothing that a clock told."""
        return {}


@pytest.fixture
def census(tmp_path):
    """Write a census of two districts; return a function that adds its one list and runs it."""
    vector_io().raw.write(
        tmp_path / "districts.gpkg",
        shapely.to_wkb(np.array(BOXES, object)),
        [np.array(CODES, object)],
        np.array(["code"], object),
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4490",
    )

    def run(rows, crs="auto"):
        lines = [f"东河{n}号五金厂,和平路{n}号,{lon},{lat},{code}\n" for n, (lon, lat, code) in enumerate(rows)]
        (tmp_path / "list.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
        path = tmp_path / "census.toml"
        path.write_text(
            '[census]\nname = "试验县"\nreference_date = 2027-12-31\n'
            f'[[lists]]\nkind = "business"\npath = "list.csv"\ncrs = "{crs}"\n'
            '[districts]\npath = "districts.gpkg"\ncode = "code"\n',
            encoding="utf-8",
        )
        coverage = build(path, tmp_path / "out", progress=Quiet(), threads=1)
        return coverage, pq.read_table(tmp_path / "out" / "tables" / "placements.parquet").to_pylist()

    return run


def spread():
    """Return forty points across both districts, each declaring the one it is in."""
    return [(round(120.0025 + n * 0.005, 6), 30.05, CODES[n >= 20]) for n in range(40)]


def found(coverage):
    return {finding["code"]: finding["weight"] for finding in coverage["findings"]}


def test_a_row_may_declare_any_code_that_the_layer_has(census):
    """Whatever its length: else a layer with codes of its own could neither show a datum nor place by declaration."""
    coverage, placements = census(spread(), crs="CGCS2000")
    assert "VALUES_SET_ASIDE" not in found(coverage)
    assert coverage["datums"][0]["evidence"]["usable"] == 40
    assert {row["method"] for row in placements} == {"inside"}


def test_a_datum_that_the_lists_own_districts_contradict_fails_the_run(census):
    """Stated GCJ02, though every point lies where it is declared without any shift."""
    coverage, _ = census(edge_rows(), crs="GCJ02")
    assert coverage["datums"][0]["contradicted"]
    assert found(coverage)["DATUM_CONTRADICTED"] == "error"
    assert exit_code(coverage, strict=False) == 1


def test_a_list_without_rows_is_a_finding(census):
    coverage, placements = census([])
    assert placements == []
    assert found(coverage)["INPUT_EMPTY"] == "warning"


def test_one_file_given_as_two_lists_is_refused(census, tmp_path):
    """Two copies of one list would pass for two witnesses, and completeness be read off their agreement."""
    census(spread(), crs="CGCS2000")
    text = (tmp_path / "census.toml").read_text("utf-8")
    again = '[[lists]]\nkind = "permit"\npath = "copy.csv"\ncrs = "CGCS2000"\n'
    (tmp_path / "copy.csv").write_bytes((tmp_path / "list.csv").read_bytes())
    (tmp_path / "census.toml").write_text(text + again, "utf-8")
    with pytest.raises(SourceError, match=r"the same bytes as list\.csv"):
        build(tmp_path / "census.toml", tmp_path / "out", progress=Quiet(), threads=1)


def edge_rows():
    """Return forty points just east of the border and forty just west of it: any shift takes half of them across."""
    east = [(round(120.1005 + n * 0.00001, 6), 30.05, CODES[1]) for n in range(40)]
    west = [(round(120.0995 - n * 0.00001, 6), 30.05, CODES[0]) for n in range(40)]
    return [*east, *west]
