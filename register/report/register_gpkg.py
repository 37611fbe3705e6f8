"""register.gpkg: units, districts and faults as layers that open styled in QGIS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from minglu.register.language.safe_text import plain_table
from minglu.register.report.finished_run import Run
from minglu.register.report.map_styles import add_styles
from minglu.register.storage.row_stream import Stream
from minglu.register.storage.vector_layers import GEOMETRY, with_shapes, write_geopackage

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
    districts = with_shapes(plain_table(_with_counts(run, layer)), shapes)
    write_geopackage(path, "districts", districts, crs, fresh=True)
    faults = run.table("faults")
    attributes = plain_table(faults.drop_columns(["geometry"]))
    write_geopackage(path, "faults", with_shapes(attributes, faults.column("geometry")), crs)
    # The largest layer comes last: each further one copies what is there.
    write_geopackage(path, "units", _points(run.register), _geographic(crs))
    fields = {"districts": districts.column_names[:-1], "faults": attributes.column_names, "units": UNIT_COLUMNS}
    add_styles(path, fields)


def _points(register: Stream) -> pa.RecordBatchReader:
    """Return the units as features, read while they are written; a unit without coordinates has no shape."""

    def batches() -> Iterator[pa.RecordBatch]:
        for piece in register.select([*UNIT_COLUMNS, "lon", "lat"]).pieces():
            lon, lat = (piece.column(name).to_numpy().astype(np.float64) for name in ("lon", "lat"))
            points: NDArray[np.object_] = shapely.points(lon, lat)
            points[np.isnan(lon)] = None
            features = with_shapes(plain_table(piece.select(UNIT_COLUMNS)), points)
            yield from features.cast(schema).combine_chunks().to_batches()

    schema = register.select(UNIT_COLUMNS).schema.append(pa.field(GEOMETRY, pa.binary()))
    return pa.RecordBatchReader.from_batches(schema, batches())


def _geographic(crs: CRS) -> CRS:
    return crs.geodetic_crs or CRS("EPSG:4490")


def _with_counts(run: Run, layer: pa.Table) -> pa.Table:
    """Put the counts of the table `coverage` beside code and name of each district."""
    counts = run.table("coverage")
    counts = counts.filter(pc.equal(counts.column("level"), "district"))
    spot = pc.index_in(layer.column("code"), counts.column("code").combine_chunks())
    for name in ("units", "out_of_scope", "closed", "not_found", "entries", "one_list_units", "one_list_share"):
        layer = layer.append_column(name, counts.column(name).take(spot))
    return layer
