"""Vector layers written for people's maps: GeoPackage and GeoJSON, the same bytes for the same content.

A GeoPackage holds its date of change, which is a constant here.  Files appear whole or not at
all: they are written beside their place and then take the name.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from minglu.errors import OutputError
from minglu.register.sources.layers import vector_io

NO_CLOCK = "1970-01-01T00:00:00.000Z"


def write_geopackage(
    path: Path, layer: str, table: pa.Table, shapes: NDArray[np.object_], crs: CRS, *, fresh: bool = False
) -> None:
    """Write one layer of a GeoPackage: a feature for each row of `table` with the shape beside it.

    An existing file gets a further layer, or with `fresh` is replaced once the new one is whole;
    a layer of that name is replaced only together with its file.  Raises OutputError where the place can't be written.
    """
    io = vector_io()
    part = path.with_name(f".part-{path.name}")
    try:
        part.unlink(missing_ok=True)
        further = path.exists() and not fresh
        if further:
            part.write_bytes(path.read_bytes())
        io.set_gdal_config_options({"OGR_CURRENT_DATE": NO_CLOCK})  # whatever else in this process has set it to
        io.raw.write_arrow(
            table.append_column("geom", pa.array(shapely.to_wkb(shapes), pa.binary())),
            part,
            layer=layer,
            driver="GPKG",
            geometry_name="geom",
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


def write_geojson(path: Path, table: pa.Table, shapes: NDArray[np.object_], crs: CRS) -> None:
    """Write features as RFC 7946 GeoJSON: longitude and latitude, one feature a line, 9 decimals (0.1 mm)."""
    if not crs.is_geographic:
        assert crs.geodetic_crs is not None
        move = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, 9))
    texts = shapely.to_geojson(rounded)
    keys = [json.dumps(name) for name in table.column_names]
    columns = [_json_values(table.column(name)) for name in table.column_names]
    features = [
        '{"type":"Feature","properties":{'
        + ",".join(f"{key}:{value}" for key, value in zip(keys, values, strict=True))
        + f'}},"geometry":{text or "null"}}}'
        for text, *values in zip(texts, *columns, strict=True)
    ]
    write_text(path, '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n")


def write_text(path: Path, content: str) -> None:
    """Write a text file whole or not at all, as UTF-8 with plain line ends."""
    part = path.with_name(f".part-{path.name}")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(path: Path, error: Exception) -> OutputError:
    return OutputError(
        en=f"{path}: can't be written ({error}); expected room and the right to write. Choose another folder.",
        zh=f"{path}：无法写入（{error}）；需要空间和写权限。请换一个文件夹。",
    )


def _json_values(column: pa.ChunkedArray) -> list[str]:
    """Return a column's values as JSON; each distinct value is written out once."""
    coded = column.combine_chunks().dictionary_encode()
    words = [json.dumps(value, ensure_ascii=False) for value in coded.dictionary.to_pylist()]
    return ["null" if index is None else words[index] for index in coded.indices.to_pylist()]
