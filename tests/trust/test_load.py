"""Shapes of data that blow up naive algorithms: bounded time and memory, and what was given up is counted."""

from __future__ import annotations

import json
import random

import geopandas
import numpy as np
import pytest
import shapely

from tests.trust import county
from tests.trust.conftest import minglu

pytestmark = pytest.mark.slow
LETTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
SECONDS = 1800
HEADING = "单位名称,地址,经度,纬度,行业代码\n"
MEASURED = (
    "import atexit, resource, sys\n"
    "atexit.register(lambda: print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr))\n"
)


def built(folder, text, *, limit_megabytes):
    """Build one list within time and memory; return coverage.json and the units."""
    folder.mkdir()
    (folder / "other.csv").write_text(HEADING + text, "utf-8")
    county.write_layers(folder)
    census = county.write_census(folder, ["other"])
    done = minglu("build", census, "--out", folder / "out", prelude=MEASURED, timeout=SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    peak = int(done.stderr.decode().rsplit("PEAK", 1)[1])
    assert peak < limit_megabytes
    return json.loads((folder / "out" / "coverage.json").read_text("utf-8"))


def test_a_chain_of_names_does_not_become_one_unit(tmp_path):
    """5,000 names, each like its neighbours: joined by components alone they would be one unit."""
    draw = random.Random(7)
    text = "".join(draw.choice(LETTERS) for _ in range(5_010))
    rows = "".join(
        f"青禾县{text[at : at + 6]}食品厂,青禾县梅溪镇兴业路{at // 3}号,112.4{at:05d},30.57,1499\n"
        for at in range(5_000)
    )
    built(tmp_path / "chain", rows, limit_megabytes=4_000)
    units = county.table(tmp_path / "chain" / "out", "units")
    assert max(unit["entries"] for unit in units) < 50


@pytest.mark.parametrize("rows", [100_000, 1_000_000])
def test_a_block_of_rows_at_one_address_is_bounded_and_counted(tmp_path, rows):
    """A registration office as everybody's address: compared with few, and the rest is said to be uncompared."""
    draw = random.Random(rows)
    names = ("".join(draw.choices(LETTERS, k=5)) for _ in range(rows))
    text = "".join(f"青禾县{name}商行,青禾县梅溪镇兴业路1号,112.44,30.57,5299\n" for name in names)
    coverage = built(tmp_path / "block", text, limit_megabytes=4_000 + rows * 8 // 1_000)
    assert coverage["accounting"]["rows"] == rows
    assert any(
        finding["code"] == "PAIRS_NOT_COMPARED" or "not compared" in finding["en"] for finding in coverage["findings"]
    )


def test_a_hundred_thousand_districts_of_one_prefix_are_proven(tmp_path):
    """One county with 10^5 districts, their codes alike to the last five digits."""
    side = 317
    x, y = (112 + np.arange(side + 1) / 1000), (30 + np.arange(side + 1) / 1000)
    cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(side) for j in range(side)]
    codes = [f"9901010{at:08d}" for at in range(len(cells))]
    layer = geopandas.GeoDataFrame({"code": codes, "name": codes}, geometry=cells, crs="EPSG:4490")
    layer.to_file(tmp_path / "districts.gpkg")

    edge = shapely.Polygon(
        [
            *((v, y[0]) for v in x),
            *((x[-1], v) for v in y[1:]),
            *((v, y[-1]) for v in x[-2::-1]),
            *((x[0], v) for v in y[-2:0:-1]),
        ]
    )
    geopandas.GeoDataFrame({"code": ["990101"]}, geometry=[edge], crs="EPSG:4490").to_file(tmp_path / "county.gpkg")
    done = minglu(
        "check",
        tmp_path / "districts.gpkg",
        "--within",
        tmp_path / "county.gpkg",
        "--json",
        prelude=MEASURED,
        timeout=SECONDS,
    )
    peak = int(done.stderr.decode().rsplit("PEAK", 1)[1])
    found = json.loads(done.stdout)
    assert found["verdict"] == "proven", done.stdout[:500]
    assert found["edge"] == "proven"
    assert peak < 4_000


def jagged(start, end, steps):
    """Return a line of `steps` steps that wavers by a centimetre around the straight one, its ends included."""
    at = np.linspace(0, 1, steps + 1)
    (x0, y0), (x1, y1) = start, end
    waver = 1e-7 * np.sin(np.arange(steps + 1) * 2.4) * (at > 0) * (at < 1)
    return np.column_stack([x0 + at * (x1 - x0) + waver * (y1 != y0), y0 + at * (y1 - y0) + waver * (x1 != x0)])


def test_polygons_of_a_million_vertices_go_the_whole_way(tmp_path):
    """Four districts of a million vertices each fill a county of two: proven, placed and drawn, in bounds."""
    side = 250_000
    corner = {(i, j): (112 + i / 10, 30 + j / 10) for i in range(3) for j in range(3)}
    along = {(i, j): jagged(corner[i, j], corner[i + 1, j], side) for i in range(2) for j in range(3)}
    across = {(i, j): jagged(corner[i, j], corner[i, j + 1], side) for i in range(3) for j in range(2)}

    def ring(*parts):
        return shapely.Polygon(np.concatenate([part[:-1] for part in parts]))

    cells = [
        ring(along[i, j], across[i + 1, j], along[i, j + 1][::-1], across[i, j][::-1])
        for i in range(2)
        for j in range(2)
    ]
    edge = ring(
        along[0, 0], along[1, 0], across[2, 0], across[2, 1],
        along[1, 2][::-1], along[0, 2][::-1], across[0, 1][::-1], across[0, 0][::-1],
    )  # fmt: skip
    codes = [f"99010100100{at}" for at in range(4)]
    geopandas.GeoDataFrame({"code": codes, "name": codes}, geometry=cells, crs="EPSG:4490").to_file(
        tmp_path / "districts.gpkg"
    )
    geopandas.GeoDataFrame({"code": ["990101"]}, geometry=[edge], crs="EPSG:4490").to_file(tmp_path / "county.gpkg")
    rows = [
        f"青禾县{LETTERS[at]}{LETTERS[-at]}食品厂,兴业路{at}号,{112.02 + at % 9 / 50},{30.02 + at / 9 / 50},1499\n"
        for at in range(1, 73)
    ]
    (tmp_path / "other.csv").write_text(HEADING + "".join(rows), "utf-8")
    census = county.write_census(tmp_path, ["other"])
    done = minglu("build", census, "--out", tmp_path / "out", prelude=MEASURED, timeout=SECONDS)
    assert done.returncode in {0, 1}, done.stderr.decode()
    coverage = json.loads((tmp_path / "out" / "coverage.json").read_text("utf-8"))
    assert coverage["territory"]["verdict"] == "proven"
    assert {row["method"] for row in county.table(tmp_path / "out", "placements")} == {"inside"}
    assert int(done.stderr.decode().rsplit("PEAK", 1)[1]) < 6_000
