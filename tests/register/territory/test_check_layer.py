"""The district layer on its own: the sample county, its planted faults, and the files for the map."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import shapely

from minglu.errors import OutputError
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import load_pack
from minglu.register.sources.vector.gdal_drivers import vector_io
from minglu.register.sources.vector.read_layer import read_districts
from minglu.register.territory.check_layer import Territory, check_file, write_faults

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"


@pytest.fixture(scope="module")
def checked() -> dict[str, Territory]:
    pack = load_pack("pollution-2", SAMPLE)
    parent = LayerSpec(SAMPLE / "county.gpkg")
    layers = {
        name: LayerSpec(SAMPLE / f"{name}.gpkg", code="code", name="name") for name in ("districts", "districts-faulty")
    }
    return {name: check_file(layer, parent, pack) for name, layer in layers.items()}


def test_sound_sample_is_proven(checked):
    """Every district of the sample county meets its neighbours and the county's edge bit by bit."""
    result = checked["districts"]
    assert result.clean
    assert (result.proof.verdict, result.proof.edge) == ("proven", "proven")
    assert result.rows("en") == []


def test_every_planted_fault_is_found_and_no_other(checked):
    """Kind and districts as the generator planted them; areas to a part in a thousand of what it measured."""
    planted = json.loads((SAMPLE / "faults-planted.json").read_text(encoding="utf-8"))["faults"]
    found = checked["districts-faulty"].proof.faults.to_pylist()
    assert len(found) == len(planted)
    for fault in planted:
        near = [
            row
            for row in found
            if row["kind"] == fault["reported_as"]
            and shapely.distance(shapely.from_wkb(row["geometry"]), shapely.Point(fault["lon"], fault["lat"])) < 1e-4
        ]
        assert len(near) == 1
        assert near[0]["area_m2"] == pytest.approx(fault["area_m2"], rel=1e-3)
        if fault["kind"] != "missing":
            assert near[0]["districts"] == "+".join(sorted(fault["districts"]))


def test_tolerance_decides_what_a_fault_means_and_never_whether_it_is_seen(checked):
    """The gap of 2 cm is there, as a sliver; the missing village is serious."""
    rows = {
        row["severity"]: row for row in checked["districts-faulty"].proof.faults.to_pylist() if row["kind"] == "gap"
    }
    assert rows["sliver"]["width_m"] < 0.05
    assert rows["serious"]["area_m2"] > 100


def test_result_is_plain_json(checked):
    """No geometry, no numpy, both languages."""
    text = json.dumps(checked["districts-faulty"].as_dict(), ensure_ascii=False)
    assert '"verdict": "faults"' in text
    assert "重叠" in text


def test_fault_files_open_and_are_the_same_bytes_each_time(checked, tmp_path):
    """A GeoPackage in the layer's own system, and GeoJSON; both hold every fault."""
    result = checked["districts-faulty"]
    sums = []
    for name in ("one", "two"):
        package, text = write_faults(result, tmp_path / name)
        sums.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in (package, text)])
        assert sorted(path.name for path in package.parent.iterdir()) == ["faults.geojson", "faults.gpkg"]
    assert sums[0] == sums[1]
    written = read_districts(package, code="fault_id")
    assert written.codes == tuple(result.proof.faults.column("fault_id").to_pylist())
    assert vector_io().read_info(text)["features"] == result.proof.faults.num_rows


def test_place_that_cannot_be_written_is_an_output_error(checked, tmp_path):
    """Exit code 5, and nothing half written."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_faults(checked["districts-faulty"], tmp_path / "file" / "out")
