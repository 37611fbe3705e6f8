"""Polygon layers of districts and parents: the one place that reads vector files.  No proof, no repair.

GDAL guesses a file's format from its content and would follow a text file posing as a
GeoPackage to other files or to the network.  So every driver outside `DRIVERS` is
switched off before GDAL loads, and `layerfiles` looks at each file first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from minglu.common.parallel import prefetch
from minglu.errors import CrsError, GeometryError, SourceError
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import Piece
from minglu.register.sources.vector.layer_files import (
    checked_format,
    require_table,
    shapefile_encoding,
    unreadable,
    untouched,
)

DRIVERS = frozenset({"GPKG", "ESRI Shapefile", "GeoJSON", "FlatGeobuf"})
"""What GDAL may open; the formats of the census file's contract."""

PIECE_FEATURES = 2048
"""Features read at a time; villages have some 150 edges each."""

RANDOM_ACCESS = frozenset({".gpkg", ".shp"})

SCATTERED = 4
"""Single features are looked up where fewer than one in so many is wanted."""

OTHER_DRIVERS = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,LIBKML,KML,"
    "GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,FileGDB,DXF,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,OGR_PDS,"
    "WFS,OAPIF,EDIGEO,Idrisi,ODS,XLS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,"
    "MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP,netCDF,HDF5,PostgreSQL,MySQL,OCI,ODBC,"
    "MSSQLSpatial,PGeo,Arrow,Parquet,Geoconcept,GMLAS,NAS,Interlis 1,Interlis 2,CAD,DWG,DGNV8,HANA,MongoDBv3,SOSI,"
    "TIGER,UK .NTF,SVG,BAG,TileDB,NITF,GeoCouch,DB2ODBC,IDB,INGRES,KMLSUPEROVERLAY,WMS,STACTA,STACIT,Memory"
)
"""Every other vector driver of GDAL 3.4 to 3.12; a build without one of them only says so in its log."""


def _guard_environment() -> None:
    """Tell GDAL, before it loads, which drivers to leave out and never to reach for anything remote."""
    old = [name for name in os.environ.get("GDAL_SKIP", "").split(",") if name]
    names = [name for name in OTHER_DRIVERS.split(",") if name not in old]
    os.environ["GDAL_SKIP"] = ",".join(old + names)
    os.environ.update(
        {
            "CPL_LOG": os.devnull,
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}.refused",
            "GDAL_HTTP_MAX_RETRY": "0",
            "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
            "GDAL_PAM_ENABLED": "NO",
            "GML_SKIP_RESOLVE_ELEMS": "ALL",
            "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
            "OGR_CURRENT_DATE": "1970-01-01T00:00:00.000Z",
            "OGR_SQLITE_JOURNAL": "DELETE",
        }
    )


_guard_environment()


def vector_io() -> ModuleType:
    """Return pyogrio with nothing but the allowed drivers behind it.

    Raises SourceError if another driver is there: GDAL was loaded before minglu could
    say what to leave out, or knows a driver that minglu does not.
    """
    import pyogrio  # noqa: PLC0415 -- after the environment is set

    io: ModuleType = pyogrio
    surplus = sorted(set(io.list_drivers()) - DRIVERS)
    if surplus:
        names = ",".join(surplus)
        raise SourceError(
            en=f"GDAL offers drivers that could open other files than the one named: {names}; expected only "
            f"{', '.join(sorted(DRIVERS))}. Set the environment variable GDAL_SKIP={names} and start again.",
            zh=f"GDAL 带有可能打开其他文件的驱动：{names}；只应有 {', '.join(sorted(DRIVERS))}。"
            f"请设置环境变量 GDAL_SKIP={names} 后重试。",
        )
    return io


@dataclass(frozen=True, slots=True, eq=False)
class LayerFile:
    """A district layer in a file, checked and open: read piece by piece, codes, names and geometries alone."""

    source: str
    crs: CRS
    _opened: _Opened
    _columns: tuple[str, ...]
    """The column of the codes, and that of the names where there is one."""
    _fids: list[NDArray[np.int64]] = field(default_factory=list)
    """The numbers by which GDAL knows the features, known once all pieces have been read."""

    @property
    def random(self) -> bool:
        """Whether single features can be read without reading the whole file."""
        return Path(self.source).suffix.lower() in RANDOM_ACCESS

    def pieces(self) -> Iterator[Piece]:
        """Yield the districts in the order of the file."""
        self._fids.clear()
        first = 0
        for fids, table, column in prefetch(self._opened.batches(self._columns)):
            self._fids.append(fids)
            shapes = _shapes(column, self._opened.source, first)
            codes = _texts(table, self._columns[0], self._opened.source, wants_code=True)
            names = (
                _texts(table, self._columns[1], self._opened.source, wants_code=False)
                if len(self._columns) > 1
                else ("",) * len(codes)
            )
            rows = np.arange(first, first + len(shapes))
            yield Piece(rows, Districts(codes, names, shapes, self.crs, self.source))
            first += len(shapes)
        if not first:
            raise GeometryError(
                en=f"{self.source}: the layer has no feature; expected districts. Choose another layer.",
                zh=f"{self.source}：图层没有任何要素；应有普查小区。请改用其他图层。",
            )

    def shapes(self, rows: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return the geometries at some positions once more, by the features' numbers; many by a whole reading."""
        fids = np.concatenate(self._fids)
        if len(rows) * SCATTERED < len(fids):
            return self._opened.geometries(fids[rows])
        wanted = np.zeros(len(fids), bool)
        wanted[rows] = True
        found = np.full(len(fids), None, object)
        first = 0
        for numbers, _, column in self._opened.batches(()):
            here = first + np.flatnonzero(wanted[first : first + len(numbers)])
            found[here] = _shapes(column.take(pa.array(here - first)), self._opened.source, first)
            first += len(numbers)
        return found[rows]


@contextmanager
def open_districts(
    path: Path | str, *, code: str, name: str | None = None, layer: str | None = None, encoding: str | None = None
) -> Iterator[LayerFile]:
    """Open a district layer: codes as text, names, raw polygons, coordinate system.

    Raises SourceError for a file, layer or column that can't be read as promised,
    CrsError where the layer does not say its coordinate system.
    """
    source = Path(path)
    with _open(source, layer, encoding) as opened:
        columns = (code, name) if name else (code,)
        for column in columns:
            _require_column(opened.fields, column, source)
        yield LayerFile(str(source), opened.crs, opened, columns)


def read_districts(
    path: Path | str, *, code: str, name: str | None = None, layer: str | None = None, encoding: str | None = None
) -> Districts:
    """Read a district layer as a whole; raises like `open_districts`, and GeometryError for one without features."""
    with open_districts(path, code=code, name=name, layer=layer, encoding=encoding) as file:
        parts = [piece.districts for piece in file.pieces()]
    return Districts(
        codes=tuple(chain.from_iterable(part.codes for part in parts)),
        names=tuple(chain.from_iterable(part.names for part in parts)),
        geometries=np.concatenate([part.geometries for part in parts]),
        crs=file.crs,
        source=file.source,
    )


def read_parent(path: Path | str, layer: str | None = None, code: str | None = None) -> Parent:
    """Read the area that the districts must fill: one feature, or several that do not touch.

    Raises like `read_districts`; GeometryError where several features share borders,
    because then the layer is one of districts and not one of a parent.
    """
    source = Path(path)
    with _open(source, layer, None) as opened:
        columns = (code,) if code else ()
        for column in columns:
            _require_column(opened.fields, column, source)
        shapes, codes = [np.empty(0, object)], list[str]()
        for _, table, geometries in opened.batches(columns):
            shapes.append(_shapes(geometries, source, 0))
            codes += [text for column in columns for text in _texts(table, column, source, wants_code=True)]
    return _one_area(np.concatenate(shapes), opened.crs, source, "+".join(codes))


def _one_area(shapes: NDArray[np.object_], crs: CRS, source: Path, value: str) -> Parent:
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if len(shapes) == 1:
        return Parent(shapes[0], crs, str(source), code=value)
    whole = _as_one(shapes) if len(shapes) else None
    if whole is None or not shapely.is_valid(whole):
        raise GeometryError(
            en=f"{source}: found {len(shapes)} features, expected one area for the parent. Dissolve the layer first.",
            zh=f"{source}：有 {len(shapes)} 个要素，上级区域应只有一个面。请先融合图层。",
        )
    return Parent(whole, crs, str(source), code=value)


def _as_one(shapes: NDArray[np.object_]) -> shapely.MultiPolygon:
    """Collect the polygons of all shapes; the types of shapely leave open that a flat array gives one shape."""
    return cast("shapely.MultiPolygon", shapely.multipolygons(shapely.get_parts(shapes)))


@dataclass(frozen=True, slots=True)
class _Opened:
    """One layer of one checked file."""

    source: Path
    safe: Path
    """The file itself, or a copy of it that can be opened without leaving a trace."""
    layer: str
    options: Mapping[str, str]
    """Encoding, and what else GDAL is told when it opens the file."""
    fields: tuple[str, ...]
    crs: CRS

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], pa.Table, pa.ChunkedArray]]:
        """Yield features in the order of the file: their numbers, some columns, and their geometries as WKB."""
        read = vector_io().raw.open_arrow(
            self.safe,
            layer=self.layer,
            columns=list(columns),
            batch_size=PIECE_FEATURES,
            return_fids=True,
            use_pyarrow=True,
            **self.options,
        )
        with ExitStack() as stack:
            try:
                meta, reader = stack.enter_context(read)
                while (batch := next(reader, None)) is not None:
                    table = pa.Table.from_batches([batch])
                    geometry = meta["geometry_name"] or "wkb_geometry"
                    fids = table.column(meta.get("fid_column") or "OGC_FID").to_numpy()
                    yield fids.astype(np.int64), table, _geometry_column(table, geometry, self.source)
            except (OSError, RuntimeError, ValueError, pa.ArrowException) as error:
                raise unreadable(self.source, error) from error

    def geometries(self, fids: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return the geometries of single features."""
        try:
            _, _, raw, _ = vector_io().raw.read(self.safe, layer=self.layer, columns=[], fids=fids, **self.options)
        except Exception as error:
            raise unreadable(self.source, error) from error
        return _decoded(raw)


@contextmanager
def _open(source: Path, layer: str | None, encoding: str | None) -> Iterator[_Opened]:
    """Check a file and one of its layers."""
    kind = checked_format(source)
    if kind == "ESRI Shapefile":
        encoding = shapefile_encoding(source, encoding)
    options = {"encoding": encoding} if encoding else {}
    if kind == "GPKG":
        options["IMMUTABLE"] = "YES"
    with untouched(source, kind) as safe:
        io = vector_io()
        chosen = _one_layer(io, safe, source, layer)
        if kind == "GPKG":
            require_table(safe, chosen)
        try:
            info = io.read_info(safe, layer=chosen, **options)
        except Exception as error:
            raise unreadable(source, error) from error
        yield _Opened(source, safe, chosen, options, tuple(map(str, info["fields"])), _crs(source, info["crs"]))


def _geometry_column(table: pa.Table, name: str, source: Path) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name)
    raise GeometryError(
        en=f"{source}: the layer has no geometry column; expected polygons. Choose another layer.",
        zh=f"{source}：图层没有图形列；应为面。请改用其他图层。",
    )


def _shapes(column: pa.ChunkedArray, source: Path, first: int) -> NDArray[np.object_]:
    """Decode geometries; `first` is the position of the first one in the layer."""
    try:
        raw = column.to_numpy(zero_copy_only=False)
    except pa.ArrowException as error:  # a FlatGeobuf feature without geometry arrives as a torn buffer
        raise GeometryError(
            en=f"{source}: a feature without geometry can't be read from this format. Export the layer as GeoPackage.",
            zh=f"{source}：此格式中没有图形的要素无法读取。请将图层导出为 GeoPackage。",
        ) from error
    shapes = _decoded(raw)
    torn = np.flatnonzero(shapely.is_missing(shapes) & ~column.is_null().to_numpy())
    if len(torn):
        rows = ", ".join(str(first + row + 1) for row in torn[:5])
        raise GeometryError(
            en=f"{source}: {len(torn)} geometries can't be decoded (features {rows}); expected closed rings. "
            "Repair the layer in the program that made it.",
            zh=f"{source}：{len(torn)} 个图形无法解码（第 {rows} 个要素）；环应闭合。请在原软件中修复图层。",
        )
    return shapes


def _decoded(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = shapely.from_wkb(raw, on_invalid="ignore")
    flat = not (shapely.has_z(shapes) | shapely.has_m(shapes)).any()
    return shapes if flat else shapely.force_2d(shapes)


def _require_column(fields: Sequence[str], column: str, source: Path) -> None:
    if column in fields:
        return
    names = ", ".join(fields)
    raise SourceError(
        en=f"{source}: found the columns {names}; expected a column {column!r}. Name the right one.",
        zh=f"{source}：现有列 {names}；应有列 {column!r}。请写明正确的列名。",
    )


def _texts(table: pa.Table, column: str, source: Path, *, wants_code: bool) -> tuple[str, ...]:
    """Return a column as texts, null as ""; a code stored as a number has lost its leading zeros."""
    values = table.column(column)
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    if wants_code and not text:
        raise SourceError(
            en=f"{source}: column {column} holds numbers ({values.type}); expected text. A number has lost its leading "
            "zeros (0101 is stored as 101) and they can't be brought back. Export the column as text.",
            zh=f"{source}：列 {column} 为数值（{values.type}），应为文本。数值已丢失前导零（0101 存为 101），无法恢复。"
            "请以文本格式重新导出该列。",
        )
    filled = pc.fill_null(values if text else values.cast(pa.string()), "")
    return tuple(pc.utf8_trim_whitespace(filled).to_pylist())


def _crs(source: Path, found: str | None) -> CRS:
    try:
        crs = None if found is None or "Undefined" in found else CRS.from_user_input(found)
    except ProjError as error:
        raise _no_crs(source, found) from error
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise _no_crs(source, found)
    return crs


def _no_crs(source: Path, found: str | None) -> CrsError:
    hint = " (.prj)" if source.suffix.lower() == ".shp" else ""
    return CrsError(
        en=f"{source}: found {'no' if found is None else 'an unusable'} coordinate system{hint}; expected one such as "
        "CGCS2000. Without it neither areas nor units can be placed: set it in the layer and export again.",
        zh=f"{source}：坐标系{'缺失' if found is None else '无法使用'}{hint}；应写明，例如 CGCS2000。"
        "没有坐标系就无法量算面积、落点：请在图层中设置后重新导出。",
    )


def _one_layer(io: ModuleType, safe: Path, source: Path, layer: str | None) -> str:
    try:
        found = [str(name) for name, geometry in io.list_layers(safe) if geometry is not None]
    except Exception as error:
        raise unreadable(source, error) from error
    if layer in found:
        return str(layer)
    if layer is None and len(found) == 1:
        return found[0]
    names = ", ".join(sorted(found)) or "none"
    wanted = "one layer" if layer is None else f"a layer {layer!r}"
    raise SourceError(
        en=f"{source}: found the polygon layers {names}; expected {wanted}. Name the layer to read.",
        zh=f"{source}：现有图层 {names}；应{'只有一个' if layer is None else f'有图层 {layer!r}'}。请写明要读的图层。",
    )
