"""Views in a GeoPackage: queries in disguise.  Beside a layer they do no harm, as a layer they are refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import shapely

from minglu.errors import SourceError
from minglu.register.sources.vector.gdal_drivers import vector_io
from minglu.register.sources.vector.read_layer import read_districts

PLAIN = "SELECT fid AS OGC_FID, geom, code FROM districts"
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT n.i AS OGC_FID, districts.geom, districts.code FROM n, districts"
)
REGISTER = """
INSERT INTO gpkg_contents (table_name, identifier, data_type, srs_id)
SELECT '{name}', '{name}', 'features', srs_id FROM gpkg_contents WHERE table_name = 'districts';
INSERT INTO gpkg_geometry_columns
SELECT '{name}', 'geom', geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'districts'
"""


def package(path: Path, *statements: str) -> Path:
    """Write a layer of two districts and then change the file as a database."""
    vector_io().raw.write(
        path,
        shapely.to_wkb(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], object)),
        [np.array(["0101", "0102"], object)],
        np.array(["code"], object),
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4490",
        layer="districts",
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript("; ".join(statements))
    return path


@pytest.mark.parametrize("query", [PLAIN, ENDLESS])
@pytest.mark.parametrize("registered", [True, False])
def test_a_table_is_read_whatever_views_stand_beside_it(tmp_path, query, registered):
    """Made by a person for another purpose, or by an attacker without end: nobody asks it."""
    more = [REGISTER.format(name="other")] if registered else []
    path = package(tmp_path / "d.gpkg", f"CREATE VIEW other AS {query}", *more)
    assert read_districts(path, code="code", layer="districts").codes == ("0101", "0102")


@pytest.mark.parametrize("query", [PLAIN, ENDLESS])
@pytest.mark.parametrize("asked", ["other", "OTHER"])
def test_a_view_is_no_layer_to_build_on(tmp_path, query, asked):
    """Refused before a row of it is asked for, with what to do, in both languages."""
    path = package(tmp_path / "d.gpkg", f"CREATE VIEW {asked} AS {query}", REGISTER.format(name=asked))
    with pytest.raises(SourceError, match="is a view; expected a table") as refused:
        read_districts(path, code="code", layer=asked)
    assert "视图" in refused.value.zh
    assert "Export it as a layer of its own" in refused.value.en


def test_a_view_in_place_of_the_list_of_layers_is_refused(tmp_path):
    """GDAL reads the tables of the standard itself before any layer is chosen."""
    steps = ("ALTER TABLE gpkg_contents RENAME TO contents", "CREATE VIEW gpkg_contents AS SELECT * FROM contents")
    path = package(tmp_path / "d.gpkg", "PRAGMA foreign_keys = OFF", *steps)
    with pytest.raises(SourceError, match="'gpkg_contents' is a view"):
        read_districts(path, code="code")
