"""Writing district layers as GeoPackage, byte for byte the same for the same input."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pyogrio
from generator.places import Place, Territory

CRS = "EPSG:4490"  # CGCS2000, degrees
STAMP = "2027-12-31T00:00:00.000Z"


def write_layer(path: Path, layer: str, columns: dict[str, list[str]], polygons: np.ndarray) -> None:
    """Write one layer of multipolygons; the time stamp inside is fixed."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    frame = geopandas.GeoDataFrame(columns, geometry=list(polygons), crs=CRS)
    pyogrio.write_dataframe(
        frame, path, layer=layer, driver="GPKG", geometry_type="MultiPolygon", promote_to_multi=True
    )


def write_districts(path: Path, places: tuple[Place, ...], polygons: np.ndarray) -> None:
    """Write districts: code, name, township, county."""
    columns = {
        "code": [place.code for place in places],
        "name": [place.name for place in places],
        "town": [place.town for place in places],
        "county": [place.county for place in places],
    }
    write_layer(path, "districts", columns, polygons)


def write_territory(folder: Path, territory: Territory) -> None:
    """Write districts.gpkg (virtual districts without geometry at the end) and county.gpkg."""
    none = np.full(len(territory.virtual), None, dtype=object)
    polygons = np.concatenate([territory.polygons, none])
    write_districts(folder / "districts.gpkg", territory.places + territory.virtual, polygons)
    if territory.parent is not None:
        counties = sorted({(place.code[:6], place.county) for place in territory.places})
        single = len(counties) == 1
        columns = {
            "code": [counties[0][0] if single else "99"],
            "name": [counties[0][1] if single else territory.province],
        }
        write_layer(folder / "county.gpkg", "county", columns, np.array([territory.parent], dtype=object))
