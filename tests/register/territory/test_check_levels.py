"""Levels of areas from files: villages in townships in a county, through the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from minglu.cli import app
from minglu.register.sources.vector.gdal_drivers import vector_io

VILLAGES = {f"99010100{town}{village:03d}": (town * 2 + village - 1, 0) for town in (1, 2) for village in (1, 2)}
TOWNS = {"990101001000": (2, 0, 4, 1), "990101002000": (4, 0, 6, 1)}


def write(path: Path, boxes: dict[str, object]) -> Path:
    """Write boxes as a GeoPackage with the columns code and name, drawn round a place that its system can hold."""
    placed = shapely.transform(np.array(list(boxes.values()), object), lambda xy: np.add(xy, (500_000.0, 3_300_000.0)))
    texts = np.array(list(boxes), object)
    vector_io().raw.write(
        path,
        shapely.to_wkb(placed),
        [texts, texts],
        np.array(["code", "name"], object),
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4547",
    )
    return path


@pytest.fixture
def files(tmp_path) -> list[Path]:
    """Write two townships of two villages each, in one county.

    +--+--+--+--+
    | 1| 2| 1| 2|   villages 99010100T00V
    +--+--+--+--+   townships are written with closing zeros, as in the statistics code
    """
    villages = {code: shapely.box(x, y, x + 1, y + 1) for code, (x, y) in VILLAGES.items()}
    towns = {code: shapely.box(*corners) for code, corners in TOWNS.items()}
    # every level has the vertices of the one below: only then edges meet bit by bit
    towns = {code: shapely.segmentize(shape, 1.0) for code, shape in towns.items()}
    county = {"990101": shapely.segmentize(shapely.box(2, 0, 6, 1), 1.0)}
    return [
        write(tmp_path / "villages.gpkg", villages),
        write(tmp_path / "towns.gpkg", towns),
        write(tmp_path / "county.gpkg", county),
    ]


def check(files: list[Path], *more: str):
    levels = [text for path in files[1:] for text in ("--level", str(path))]
    return CliRunner().invoke(app, ["check", str(files[0]), *levels, "--lang", "en", *more])


def test_sound_levels_are_proven_and_end_with_0(files):
    """Each township by its villages, the county by its townships; written with closing zeros or without."""
    done = check(files, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["verdict"], told["findings"]) == (0, "proven", [])
    assert [(area["code"], area["below"], area["verdict"]) for area in told["areas"]] == [
        ("990101001000", 2, "proven"),
        ("990101002000", 2, "proven"),
        ("990101", 2, "proven"),
    ]


def test_missing_village_is_a_gap_of_its_township_alone(files, tmp_path):
    """The fault's id begins with the township, the county's proof stands, the exit code is 1."""
    villages = {code: shapely.box(x, y, x + 1, y + 1) for code, (x, y) in VILLAGES.items()}
    del villages["990101002002"]
    files[0].unlink()
    write(files[0], villages)
    done = check(files, "--json", "--out", str(tmp_path / "faults.geojson"))
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(fault["fault_id"], fault["kind"]) for fault in told["fault_list"]] == [("990101002000-F00001", "gap")]
    assert [area["verdict"] for area in told["areas"]] == ["proven", "faults", "proven"]
    written = json.loads((tmp_path / "faults.geojson").read_text("utf-8"))
    assert [feature["properties"]["kind"] for feature in written["features"]] == ["gap"]
    assert sorted(path.name for path in tmp_path.iterdir() if "faults" in path.name) == ["faults.geojson"]


def test_village_of_no_township_is_a_finding(files):
    """Its polygon fills its place, but its code begins with no township's: two faults and a finding."""
    villages = {code: shapely.box(x, y, x + 1, y + 1) for code, (x, y) in VILLAGES.items()}
    villages["990101009001"] = villages.pop("990101002002")
    files[0].unlink()
    write(files[0], villages)
    told = json.loads(check(files, "--json").stdout)
    assert ("DISTRICT_NO_UPPER", ["990101009001"]) in [(item["code"], item["districts"]) for item in told["findings"]]


def test_result_is_told_in_both_languages(files):
    """A line for each level with its counts."""
    assert "2 areas, 2 proven" in check(files).stdout
    assert "已证明 2" in check(files, "--lang", "zh").stdout


def test_levels_and_a_parent_or_a_repair_together_are_refused(files, tmp_path):
    """Exit code 2, and nothing is written."""
    for option in ("--within", "--suggest"):
        done = check(files, option, str(tmp_path / "other"))
        assert done.exit_code == 2
        assert not (tmp_path / "other").exists()


def test_faults_are_never_written_over_a_layer_that_was_read(files):
    """Named as a file, or as the folder in which a layer is called faults.gpkg: exit code 5, the layer as it was."""
    named = files[0].rename(files[0].with_name("faults.gpkg"))
    before = named.read_bytes()
    for place in (named, named.parent, files[1]):
        done = check([named, *files[1:]], "--out", str(place))
        assert done.exit_code == 2
    assert named.read_bytes() == before
