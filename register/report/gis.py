"""register.gpkg: units, districts and faults as layers that open in QGIS.  Writing one layer stands in `layers`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.register.report.layers import write_geopackage
from minglu.register.report.run import Run
from minglu.register.report.texts import plain_table

UNIT_COLUMNS = (
    "unit_id",
    "unit_code",
    "legal_id",
    "name",
    "uscc",
    "permit_no",
    "site_address",
    "address",
    "industry_code",
    "industry",
    "status",
    "source_class",
    "outcome",
    "lists",
    "entries",
    "precision_m",
    "declared_district",
    "district_code",
    "district_name",
    "method",
    "distance_m",
    "placement_code",
)


def write_layers(run: Run, path: Path) -> None:
    """Write the layers `districts`, `faults` and `units` into a new GeoPackage at `path`."""
    layer, shapes, crs = run.districts
    write_geopackage(path, "districts", plain_table(_with_counts(run, layer)), shapes, crs, fresh=True)
    faults = run.table("faults")
    outlines = shapely.from_wkb(faults.column("geometry").to_numpy(zero_copy_only=False))
    write_geopackage(path, "faults", plain_table(faults.drop_columns(["geometry"])), outlines, crs)
    # The largest layer comes last: each further one copies what is there.
    write_geopackage(path, "units", plain_table(run.register.select(UNIT_COLUMNS)), _points(run), _geographic(crs))


def _points(run: Run) -> NDArray[np.object_]:
    """Return where each unit is, None for a unit without coordinates."""
    lon, lat = (run.register.column(name).to_numpy().astype(np.float64) for name in ("lon", "lat"))
    points: NDArray[np.object_] = shapely.points(lon, lat)
    points[np.isnan(lon)] = None
    return points


def _geographic(crs: CRS) -> CRS:
    return crs.geodetic_crs or CRS("EPSG:4490")


def _with_counts(run: Run, layer: pa.Table) -> pa.Table:
    """Put the counts of the table `coverage` beside code and name of each district."""
    counts = run.table("coverage")
    counts = counts.filter(pc.equal(counts.column("level"), "district"))
    spot = pc.index_in(layer.column("code"), counts.column("code").combine_chunks())
    for name in ("units", "out_of_scope", "closed", "entries", "one_list_units", "one_list_share"):
        layer = layer.append_column(name, counts.column(name).take(spot))
    return layer
