"""Layers as they really come: other formats, empty and curved geometries, systems that the file does not say."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from minglu.errors import CrsError, SourceError
from minglu.register.sources.vector.gdal_drivers import vector_io
from minglu.register.sources.vector.layer_files import OTHER_FORMATS, checked_format
from minglu.register.sources.vector.read_layer import read_districts, read_parent

PLACE = [shapely.box(111.3, 30.6, 111.35, 30.7), shapely.box(111.35, 30.6, 111.4, 30.7)]


def shapefile(path: Path, epsg: int, *, said: int | None) -> Path:
    """Write PLACE in one system and say another in the .prj, or none."""
    move = Transformer.from_crs(4490, epsg, always_xy=True)
    shapes = [shapely.transform(one, move.transform, interleaved=False) for one in PLACE]
    vector_io().raw.write(
        path,
        shapely.to_wkb(np.array(shapes, object)),
        [np.array(["990101101201", "990101101202"], object)],
        np.array(["code"], object),
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=f"EPSG:{said or 4490}",
    )
    if said is None:
        path.with_suffix(".prj").unlink()
    return path


@pytest.mark.parametrize("ending", sorted(OTHER_FORMATS))
def test_other_formats_are_named_with_the_way_to_convert(tmp_path, ending):
    """A .gdb is a folder, the others are files: each is named, and how to convert it."""
    path = tmp_path / f"v{ending}"
    path.mkdir() if ending == ".gdb" else path.write_bytes(b"x")
    with pytest.raises(SourceError) as error:
        checked_format(path)
    assert OTHER_FORMATS[ending][0] in error.value.en
    assert "GeoPackage" in error.value.en or "Unpack" in error.value.en
    assert OTHER_FORMATS[ending][1] in error.value.zh


def test_topojson_in_a_json_file_is_named(tmp_path):
    """The ending says GeoJSON, the content TopoJSON."""
    path = tmp_path / "v.json"
    path.write_text(json.dumps({"type": "Topology", "objects": {}, "arcs": []}))
    with pytest.raises(SourceError, match=r"found TopoJSON.*ogr2ogr"):
        checked_format(path)


def test_a_part_of_a_shapefile_names_the_whole(tmp_path):
    """Someone points at the .dbf."""
    path = tmp_path / "v.dbf"
    path.write_bytes(b"x")
    with pytest.raises(SourceError, match=r"name v\.shp"):
        checked_format(path)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Point", "coordinates": []},
    ],
)
def test_empty_geometries_are_none(tmp_path, geometry):
    """POLYGON EMPTY and its sisters take the path of a null geometry."""
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shape}
        for code, shape in (("990101101201", json.loads(shapely.to_geojson(PLACE[0]))), ("990101101202", geometry))
    ]
    path = tmp_path / "v.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert read_districts(path, code="code").geometries[1] is None


def test_curved_geometries_are_none(tmp_path):
    """A polygon with arcs can't be compared edge by edge; it is a district without polygon, and nothing dies."""
    path = tmp_path / "v.gpkg"
    vector_io().raw.write(
        path,
        shapely.to_wkb(np.array(PLACE, object)),
        [np.array(["990101101201", "990101101202"], object)],
        np.array(["code"], object),
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4490",
        SPATIAL_INDEX="NO",
    )
    arc = bytes.fromhex("010A00000001000000010800000003000000") + np.array([0.0, 0, 1, 1, 0, 0]).tobytes()
    head = b"GP\x00\x01" + (4490).to_bytes(4, "little")
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE v SET geom = ? WHERE code = '990101101202'", (head + arc,))
    database.close()
    found = read_districts(path, code="code").geometries
    assert found[0] is not None
    assert found[1] is None


def test_a_missing_prj_is_stated_in_the_census_file(tmp_path):
    """Without .prj the layer is read in the system that somebody states; a datum alone means degrees."""
    path = shapefile(tmp_path / "v.shp", 4525, said=None)
    with pytest.raises(CrsError, match="state it as `crs`"):
        read_districts(path, code="code")
    assert read_districts(path, code="code", crs="EPSG:4525").crs.to_epsg() == 4525
    with pytest.raises(CrsError, match=r"[Pp]robably EPSG:4525"):
        read_districts(path, code="code", crs="CGCS2000")
    with pytest.raises(CrsError, match="is no known coordinate system"):
        read_districts(path, code="code", crs="Mars")
    degrees = shapefile(tmp_path / "d.shp", 4490, said=None)
    assert read_districts(degrees, code="code", crs="GCJ02").crs.to_epsg() == 4490


@pytest.mark.parametrize(("drawn", "said"), [(4525, 4546), (4546, 4525), (4525, 4526), (4525, 4490), (4490, 4525)])
def test_a_wrong_prj_is_refused_and_can_be_overruled(tmp_path, drawn, said):
    """Districts and parent alike: the message proposes what the census file then states."""
    path = shapefile(tmp_path / "v.shp", drawn, said=said)
    for read in (lambda **more: read_districts(path, code="code", **more), lambda **more: read_parent(path, **more)):
        with pytest.raises(CrsError, match="which are no coordinates of"):
            read()
        assert read(crs=f"EPSG:{drawn}").crs.to_epsg() == drawn
