"""Vector layers written for people's maps: GeoPackage and GeoJSON, the same bytes for the same content.

A GeoPackage holds its date of change, which is a constant here.  Files appear whole or not at
all: they are written beside their place and then take the name.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from minglu.errors import OutputError
from minglu.register.sources.vector.gdal_drivers import vector_io

GEOMETRY = "geom"
NO_CLOCK = "1970-01-01T00:00:00.000Z"

CACHE_MB = "256"
"""A spatial index is built in memory; with sqlite's own 2 MB its pages go out and come back many times."""

FEATURES_AT_A_TIME = 20_000
"""Features of GeoJSON in memory at a time."""


def with_shapes(table: pa.Table, shapes: NDArray[np.object_] | pa.ChunkedArray) -> pa.Table:
    """Return features: each row of `table` with its shape, a geometry or already WKB, as the column `geom`."""
    known = isinstance(shapes, pa.ChunkedArray)
    return table.append_column(GEOMETRY, shapes if known else pa.array(shapely.to_wkb(shapes), pa.binary()))


def write_geopackage(
    path: Path, layer: str, features: pa.Table | pa.RecordBatchReader, crs: CRS, *, fresh: bool = False
) -> None:
    """Write one layer of a GeoPackage from features as `with_shapes` makes them.

    An existing file gets a further layer, or with `fresh` is replaced once the new one is whole; a layer of that name
    is replaced only together with its file.  Raises OutputError where the place can't be written.
    """
    io = vector_io()
    part = path.with_name(f".part-{path.name}")
    try:
        part.unlink(missing_ok=True)
        further = path.exists() and not fresh
        if further:
            part.write_bytes(path.read_bytes())
        # whatever else in this process has set them to
        io.set_gdal_config_options({"OGR_CURRENT_DATE": NO_CLOCK, "OGR_SQLITE_CACHE": CACHE_MB})
        io.raw.write_arrow(
            features,
            part,
            layer=layer,
            driver="GPKG",
            geometry_name=GEOMETRY,
            geometry_type="Unknown",
            crs=crs.to_wkt(),
            append=further,
        )
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    except (io.errors.DataSourceError, io.errors.DataLayerError) as error:  # a full disk shows as either
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def write_geojson(path: Path, table: pa.Table, shapes: pa.ChunkedArray, crs: CRS) -> None:
    """Write features as RFC 7946 GeoJSON: longitude and latitude, one feature a line, 9 decimals (0.1 mm).

    `shapes` is a column of WKB beside the rows of `table`.
    """
    part = path.with_name(f".part-{path.name}")
    try:
        with part.open("wb") as stream:
            stream.write(b'{"type":"FeatureCollection","features":[\n')
            for first in range(0, table.num_rows, FEATURES_AT_A_TIME):
                if first:
                    stream.write(b",\n")
                some = shapely.from_wkb(shapes.slice(first, FEATURES_AT_A_TIME).to_numpy(zero_copy_only=False))
                stream.write(_features(table.slice(first, FEATURES_AT_A_TIME), _in_degrees(some, crs)))
            stream.write(b"\n]}\n")
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _in_degrees(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Return shapes in longitude and latitude with 9 decimals."""
    move = None if crs.is_geographic else Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(xy if move is None else np.column_stack(move.transform(xy[:, 0], xy[:, 1])), 9)

    flat: NDArray[np.object_] = shapely.transform(shapes, moved)
    return flat


def _features(table: pa.Table, shapes: NDArray[np.object_]) -> bytes:
    """Return features as lines of JSON, joined by commas."""
    parts: list[pa.Array | str] = ['{"type":"Feature","properties":']
    for number, name in enumerate(table.column_names):
        parts += [("," if number else "{") + json.dumps(name) + ":", _json_values(table.column(name).combine_chunks())]
    parts += ['},"geometry":', pc.fill_null(pa.array(shapely.to_geojson(shapes), pa.string()), "null"), "}"]
    lines = pc.binary_join_element_wise(*parts, "")
    return b",\n".join(lines.cast(pa.binary()).to_pylist())


def _json_values(column: pa.Array) -> pa.Array:
    """Return a column's values as JSON; texts that need more than quotes are written out one by one."""
    if pa.types.is_string(column.type):
        escaped = pc.match_substring_regex(column, r'["\\\x00-\x1f]')
        if pc.any(escaped).as_py():
            column = pa.array(
                [None if text is None else json.dumps(text, ensure_ascii=False)[1:-1] for text in column.to_pylist()],
                pa.string(),
            )
        column = pc.binary_join_element_wise('"', column, '"', "")
    return pc.fill_null(column.cast(pa.string()), "null")


def _unwritable(path: Path, error: Exception) -> OutputError:
    return OutputError(
        en=f"{path}: can't be written ({error}); expected room and the right to write. Choose another folder.",
        zh=f"{path}：无法写入（{error}）；需要空间和写权限。请换一个文件夹。",
    )
