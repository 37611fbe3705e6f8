"""What GDAL hands over, decoded: geometries from WKB, columns as texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from minglu.errors import GeometryError, SourceError
from minglu.geo.layer.coordinate_check import Extent

CURVES = frozenset({8, 9, 10, 11, 12, 13, 14})
"""Types of WKB with arcs (ISO 13249-3): circular strings to multi-surfaces; there is no polygon to be compared."""


def geometry_column(table: pa.Table, name: str, source: Path) -> pa.ChunkedArray:
    """Return the geometries as WKB; raises GeometryError for a layer without any."""
    if name in table.column_names:
        return table.column(name)
    raise GeometryError(
        en=f"{source}: the layer has no geometry column; expected polygons. Choose another layer.",
        zh=f"{source}：图层没有图形列；应为面。请改用其他图层。",
    )


def decode_shapes(column: pa.ChunkedArray, source: Path, first: int) -> NDArray[np.object_]:
    """Decode geometries; `first` is the position of the first one in the layer.  Empty and curved ones are None."""
    try:
        raw = column.to_numpy(zero_copy_only=False)
    except pa.ArrowException as error:  # a FlatGeobuf feature without geometry arrives as a torn buffer
        raise GeometryError(
            en=f"{source}: a feature without geometry can't be read from this format. Export the layer as GeoPackage.",
            zh=f"{source}：此格式中没有图形的要素无法读取。请将图层导出为 GeoPackage。",
        ) from error
    decoded = shapely.from_wkb(_without_curves(raw), on_invalid="ignore")
    torn = np.flatnonzero(shapely.is_missing(decoded) & np.array([_is_polygonal(one) for one in raw], bool))
    if len(torn):
        rows = ", ".join(str(first + row + 1) for row in torn[:5])
        raise GeometryError(
            en=f"{source}: {len(torn)} geometries can't be decoded (features {rows}); expected closed rings. "
            "Repair the layer in the program that made it.",
            zh=f"{source}：{len(torn)} 个图形无法解码（第 {rows} 个要素）；环应闭合。请在原软件中修复图层。",
        )
    return _plain(decoded)


def decode_plain(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    """Decode geometries that were decoded before without fault."""
    return _plain(shapely.from_wkb(_without_curves(raw), on_invalid="ignore"))


def _plain(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Drop heights and measures; an empty geometry is none at all."""
    if (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        shapes = shapely.force_2d(shapes)
    empty = shapely.is_empty(shapes)
    if empty.any():
        shapes = shapes.copy()
        shapes[empty] = None
    return shapes


def _without_curves(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    curved = np.array([one is not None and not _is_polygonal(one) for one in raw], bool)
    if curved.any():
        raw = raw.copy()
        raw[curved] = None
    return raw


def _is_polygonal(wkb: bytes | None) -> bool:
    """Return whether a geometry is there and has no arcs."""
    if wkb is None or len(wkb) < 5:
        return wkb is not None
    number = int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") & 0x0FFFFFFF
    return number % 1000 not in CURVES


def extent_of(shapes: NDArray[np.object_]) -> Extent:
    """Return west, south, east, north of what has finite coordinates; NaN where nothing has."""
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(1)]
    if not len(bounds):
        return np.nan, np.nan, np.nan, np.nan
    (west, south), (east, north) = bounds[:, :2].min(0).tolist(), bounds[:, 2:].max(0).tolist()
    return west, south, east, north


def joined_extent(one: Extent, other: Extent) -> Extent:
    """Return the extent of two, of which either may be NaN."""
    west, south = np.fmin(one[:2], other[:2]).tolist()
    east, north = np.fmax(one[2:], other[2:]).tolist()
    return west, south, east, north


def require_column(fields: Sequence[str], column: str, source: Path) -> None:
    """Raise SourceError for a column that is not there."""
    if column in fields:
        return
    names = ", ".join(fields)
    raise SourceError(
        en=f"{source}: found the columns {names}; expected a column {column!r}. Name the right one.",
        zh=f"{source}：现有列 {names}；应有列 {column!r}。请写明正确的列名。",
    )


def decode_texts(
    values: pa.ChunkedArray, column: str, source: Path, *, wants_code: bool, decode: Callable[[str], str] | None
) -> tuple[str, ...]:
    """Return a column as texts, null as ""; a code stored as a number has lost its leading zeros."""
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    if wants_code and not text:
        raise SourceError(
            en=f"{source}: column {column} holds numbers ({values.type}); expected text. A number has lost its leading "
            "zeros (0101 is stored as 101) and they can't be brought back. Export the column as text.",
            zh=f"{source}：列 {column} 为数值（{values.type}），应为文本。数值已丢失前导零（0101 存为 101），无法恢复。"
            "请以文本格式重新导出该列。",
        )
    filled = pc.fill_null(values if text else values.cast(pa.string()), "")
    if decode is None:
        return tuple(pc.utf8_trim_whitespace(filled).to_pylist())
    return tuple(decode(one).strip() for one in filled.to_pylist())
