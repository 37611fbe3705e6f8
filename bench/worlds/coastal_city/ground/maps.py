"""Write the district map and the prefecture's outline."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pyogrio
import shapely

from coastal_city.ground.grid import Grid
from coastal_city.ground.land import Land


def write_maps(folder: Path, grid: Grid, land: Land) -> None:
    """Write both geopackages with a fixed time stamp, so that the bytes never change."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2027-12-31T00:00:00.000Z"})
    order = sorted(range(len(grid.shapes)), key=lambda cell: land.district_codes[cell])
    districts = geopandas.GeoDataFrame(
        {"code": [land.district_codes[cell] for cell in order], "name": [land.district_names[cell] for cell in order]},
        geometry=[grid.shapes[cell] for cell in order],
        crs="EPSG:4490",
    )
    whole = geopandas.GeoDataFrame(
        {"code": ["990300000000000"], "name": ["临瀛市"]}, geometry=[shapely.union_all(grid.shapes)], crs="EPSG:4490"
    )
    for name, frame in (("districts", districts), ("parent", whole)):
        path = folder / f"{name}.gpkg"
        path.unlink(missing_ok=True)
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
