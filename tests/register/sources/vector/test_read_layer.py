"""Reading polygon layers: what offices send is read whole, what poses as a layer is refused."""

from __future__ import annotations

import http.server
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from minglu.errors import CrsError, GeometryError, SourceError
from minglu.register.sources.vector import read_layer
from minglu.register.sources.vector.gdal_drivers import DRIVERS, vector_io
from minglu.register.sources.vector.read_layer import read_districts, read_parent

SHAPES = np.array([shapely.box(120, 30, 121, 31), shapely.box(121, 30, 122, 31)], object)
CODES, NAMES = ("0101", "0102"), ("东村", "西村")


def write(path: Path, *, codes=CODES, shapes=SHAPES, crs: str | None = "EPSG:4490", layer=None, **options) -> Path:
    """Write a layer with the columns 代码 and 名称, the format by the file's ending."""
    vector_io().raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(codes) if not isinstance(codes[0], str) else np.array(codes, object), np.array(NAMES, object)],
        np.array(["代码", "名称"], object),
        driver={".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}[path.suffix],
        geometry_type="Polygon",
        crs=crs,
        layer=layer,
        **options,
    )
    return path


def read(path: Path, **options) -> read_layer.Districts:
    return read_districts(path, code="代码", name="名称", **options)


def test_only_allowed_drivers_are_there():
    """Nothing that follows other files or the network can be opened by mistake."""
    assert set(vector_io().list_drivers()) <= DRIVERS


def test_another_driver_is_an_error(monkeypatch):
    """Where GDAL was loaded before, or knows more than minglu does, nothing is read."""
    monkeypatch.setattr("pyogrio.list_drivers", lambda: {"GPKG": "rw", "OGR_VRT": "r"})
    with pytest.raises(SourceError, match="GDAL_SKIP=OGR_VRT"):
        vector_io()


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".fgb"])
def test_codes_stay_text_in_every_format(tmp_path, ending):
    """0101 is 0101, and the polygons keep every bit."""
    found = read(write(tmp_path / f"villages{ending}"))
    assert sorted(zip(found.codes, found.names, strict=True)) == list(zip(CODES, NAMES, strict=True))
    assert found.crs.to_epsg() == 4490 or ending == ".geojson"
    assert {shapely.bounds(shape).tolist()[0] for shape in found.geometries} == {120.0, 121.0}


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("with_cpg", [True, False])
def test_shapefile_decodes_with_and_without_cpg(tmp_path, encoding, with_cpg):
    """Column names and values decode by strict trial where the .cpg is missing."""
    path = write(tmp_path / "村.shp", encoding=encoding)
    if not with_cpg:
        path.with_suffix(".cpg").unlink()
    assert read(path).names == NAMES


def test_content_goes_before_a_wrong_cpg(tmp_path):
    """A .cpg that says UTF-8 over GBK text would give mojibake: what decodes is read."""
    path = write(tmp_path / "v.shp", encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert read(path).names == NAMES


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_incomplete_shapefile_names_what_is_missing(tmp_path, ending):
    """A shapefile is several files."""
    path = write(tmp_path / "v.shp")
    path.with_suffix(ending).unlink()
    with pytest.raises(SourceError, match=f"{ending} are missing"):
        read(path)
    assert not path.with_suffix(ending).exists()


def test_missing_prj_is_a_crs_error(tmp_path):
    """Without a coordinate system nothing can be placed."""
    path = write(tmp_path / "v.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match=r"no coordinate system \(.prj\)"):
        read(path)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_geopackage_without_crs_is_a_crs_error(tmp_path):
    """GeoPackage writes "undefined" for nothing."""
    with pytest.raises(CrsError):
        read(write(tmp_path / "v.gpkg", crs=None))


@pytest.mark.parametrize("codes", [(101, 102), (101.0, 102.0)])
def test_numbers_as_codes_are_refused(tmp_path, codes):
    """0101 stored as 101 can't be brought back."""
    with pytest.raises(SourceError, match="leading zeros"):
        read(write(tmp_path / "v.gpkg", codes=codes))


def test_missing_column_names_those_that_exist(tmp_path):
    """The message shows what to choose from."""
    with pytest.raises(SourceError, match="代码, 名称"):
        read_districts(write(tmp_path / "v.gpkg"), code="VILLCODE")


def test_several_layers_must_be_chosen_from(tmp_path):
    """Two layers: name one."""
    path = write(tmp_path / "v.gpkg", layer="villages")
    write(path, layer="towns", append=True)
    with pytest.raises(SourceError, match="towns, villages"):
        read(path)
    assert read(path, layer="towns").codes == CODES
    with pytest.raises(SourceError, match="expected a layer 'county'"):
        read(path, layer="county")


def test_flatgeobuf_with_an_empty_feature_is_refused_in_words(tmp_path):
    """Not an internal error: such a feature can't be read from this format."""
    shapes = np.array([SHAPES[0], None], object)
    with pytest.raises(GeometryError) as caught:
        read(write(tmp_path / "a.fgb", shapes=shapes, SPATIAL_INDEX="NO"))
    assert "GeoPackage" in caught.value.en


def test_empty_layer_is_an_error(tmp_path):
    """No feature: no districts."""
    path = tmp_path / "v.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(SourceError):
        read(path)


def test_parent_is_one_area(tmp_path):
    """Islands apart are one parent; of neighbours the union is taken, without a vertex more or less."""
    union = read_parent(write(tmp_path / "v.gpkg"))
    assert (union.geometry.geom_type, union.areas, shapely.get_num_coordinates(union.geometry)) == ("Polygon", 2, 7)
    assert union.geometry.equals(shapely.box(120, 30, 122, 31))
    apart = np.array([shapely.box(120, 30, 121, 31), shapely.box(125, 30, 126, 31)], object)
    parent = read_parent(write(tmp_path / "p.gpkg", shapes=apart), code="代码")
    assert (parent.geometry.geom_type, parent.code) == ("MultiPolygon", "0101+0102")


def test_read_only_folder_stays_as_it_is(tmp_path):
    """No -wal, no -shm, no .idm: reading leaves no trace, whatever the journal mode."""
    path = write(tmp_path / "v.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
    database.close()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert read(path).codes == CODES
    finally:
        tmp_path.chmod(0o755)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_unfinished_write_ahead_log_is_read_whole(tmp_path):
    """Rows that another program has committed to the log only are part of the layer."""
    path = write(tmp_path / "v.gpkg")
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute("UPDATE v SET 名称 = '新村' WHERE 代码 = '0101'")
    database.commit()
    copies = tmp_path / "sent"
    copies.mkdir()
    for file in tmp_path.glob("v.gpkg*"):
        shutil.copy(file, copies / file.name)
    database.close()
    assert (copies / "v.gpkg-wal").stat().st_size
    assert "新村" in read(copies / "v.gpkg").names


def test_truncated_and_damaged_geopackages_are_refused(tmp_path):
    """A file that can't be read in full never yields districts."""
    whole = write(tmp_path / "v.gpkg").read_bytes()
    for name, content in (
        ("cut", whole[: len(whole) // 2]),
        ("flipped", whole[:20_000] + b"\xff" * 3000 + whole[23_000:]),
    ):
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(content)
        with pytest.raises(SourceError):
            read(path)


@pytest.mark.parametrize(
    "content", [b'{"type":"FeatureColl', '{"type":"FeatureCollection","名":1}'.encode("gbk"), b"[]"]
)
def test_broken_geojson_is_refused(tmp_path, content):
    """Cut off, in another encoding, or no object at all."""
    path = tmp_path / "v.geojson"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        read(path)


def test_geojson_may_begin_with_a_byte_order_mark(tmp_path):
    """Windows programs write one."""
    path = write(tmp_path / "v.geojson")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path).codes == CODES


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that writes down every request."""
    hits: list[str] = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815 -- names that the server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


HOSTILE: dict[str, Callable[[str, Path], str]] = {
    "vrt": lambda url, secret: (
        f"<OGRVRTDataSource><OGRVRTLayer name='v'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
        f"<OGRVRTLayer name='w'><SrcDataSource>/vsicurl/{url}/a.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    ),
    "gdalg": lambda url, secret: json.dumps(
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}", "relative": url}
    ),
    "wfs": lambda url, _: f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
    "esri": lambda url, _: json.dumps({"type": "esriFieldTypeOID", "geometryType": "esriGeometryPoint", "url": url}),
    "topology": lambda url, _: json.dumps({"type": "Topology", "objects": {}, "transform": {"url": url}}),
    "address": lambda url, _: f"{url}/layer.geojson",
}


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".json", ".fgb"])
@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_documents_that_point_elsewhere_are_refused(tmp_path, listener, kind, ending):
    """A text that names another file or an address is no layer: nothing is fetched, nothing else is opened."""
    url, hits = listener
    secret = write(tmp_path / "secret.geojson")
    path = tmp_path / f"districts{ending}"
    path.write_text(HOSTILE[kind](url, secret))
    for companion in (".shx", ".dbf"):
        path.with_suffix(companion).write_bytes(b"\0" * 200)
    with pytest.raises(SourceError):
        read(path)
    assert hits == []


@pytest.mark.parametrize(
    "text",
    [
        "/vsicurl/{url}/a.gpkg",
        "/vsizip//vsicurl/{url}/a.zip/a.shp",
        "{url}/a.geojson",
        "WFS:{url}",
        "GPKG:{url}",
        '{{"type":"FeatureCollection","features":[]}}',
        "<OGRVRTDataSource/>",
    ],
)
def test_addresses_and_inline_documents_are_no_paths(listener, text):
    """What is not the path of a local file is refused before GDAL sees it."""
    url, hits = listener
    with pytest.raises(SourceError) as caught:
        read(Path(text.format(url=url)))
    assert caught.value.exit_code == 3
    assert caught.value.zh
    with pytest.raises(SourceError):
        read_districts(text.format(url=url), code="代码")
    assert hits == []
