"""Files of polygon layers, checked before GDAL sees them: format and completeness.

A layer is a plain local file whose first bytes are those that its name claims.  A
GeoPackage must pass SQLite's own integrity check; a shapefile must be complete.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from minglu.errors import SourceError

FORMATS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf"}

OTHER_FORMATS = {
    ".gdb": ("an Esri file geodatabase", "Esri 文件地理数据库"),
    ".mdb": ("an Esri personal geodatabase", "Esri 个人地理数据库"),
    ".kml": ("a KML document (Google Earth)", "KML 文档（谷歌地球）"),
    ".kmz": ("a KMZ archive (Google Earth)", "KMZ 压缩文档（谷歌地球）"),
    ".tab": ("a MapInfo table", "MapInfo 表"),
    ".mif": ("a MapInfo exchange file", "MapInfo 交换文件"),
    ".dxf": ("a CAD drawing (DXF)", "CAD 图形（DXF）"),
    ".dwg": ("a CAD drawing (DWG)", "CAD 图形（DWG）"),
    ".gml": ("a GML document", "GML 文档"),
    ".topojson": ("TopoJSON", "TopoJSON"),
    ".geoparquet": ("GeoParquet", "GeoParquet"),
    ".zip": ("a zip archive", "zip 压缩包"),
    ".rar": ("a RAR archive", "RAR 压缩包"),
    ".7z": ("a 7z archive", "7z 压缩包"),
}
"""Formats of layers that offices send and that are not read, in words."""
PARTS_OF_SHAPEFILE = (".dbf", ".shx", ".prj", ".cpg")

SHORTEST_BYTES = 33  # a table without columns
SQLITE_MAGIC, SHAPE_MAGIC, FLATGEOBUF_MAGIC = b"SQLite format 3\0", b"\0\0\x27\x0a", b"fgb"
SYSTEM_TABLES = ("gpkg_", "rtree_", "sqlite_")
STANDARD_VIEWS = frozenset({"st_spatial_ref_sys", "st_geometry_columns"})  # of the standard itself; no layers


def unreadable(source: Path, error: Exception) -> SourceError:
    """Return the error for a file that breaks off or can't be decoded."""
    return SourceError(
        en=f"{source}: can't be read in full ({error}). Export the layer again.",
        zh=f"{source}：无法完整读取（{error}）。请重新导出该图层。",
    )


def checked_format(source: Path) -> str:
    """Return the driver for `source` after a look at its name, its first bytes and its companions."""
    # Long: one refusal per fault, each with its own message.
    text = str(source)
    if text.startswith(("/vsi", "\\vsi", "{", "<")) or "://" in text or ":/" in text[2:] or "\n" in text:
        raise SourceError(
            en=f"{text[:80]}: found an address or an inline document; expected the path of a local file.",
            zh=f"{text[:80]}：这是网址或内嵌文档；应为本机文件的路径。",
        )
    if source.is_dir() or source.suffix.lower() in OTHER_FORMATS:
        raise _other_format(source)
    if not source.is_file():
        raise SourceError(
            en=f"{source}: no such file; expected a layer ({', '.join(FORMATS)}). Check the path.",
            zh=f"{source}：文件不存在；应为图层文件（{', '.join(FORMATS)}）。请检查路径。",
        )
    kind = FORMATS.get(source.suffix.lower())
    if kind is None and source.suffix.lower() in PARTS_OF_SHAPEFILE:
        raise SourceError(
            en=f"{source}: is one part of a shapefile; name {source.stem}.shp, with all its parts beside it.",
            zh=f"{source}：这是 shapefile 的一个组成文件；请填写 {source.stem}.shp，并保证各组成文件在同一文件夹。",
        )
    if kind is None:
        raise SourceError(
            en=f"{source}: found the ending {source.suffix!r}; expected one of {', '.join(FORMATS)}. Export the layer.",
            zh=f"{source}：扩展名为 {source.suffix!r}；应为 {', '.join(FORMATS)} 之一。请重新导出图层。",
        )
    try:
        with source.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise unreadable(source, error) from error
    if not _looks_like(kind, head):
        raise SourceError(
            en=f"{source}: the content is not {kind} (it starts with {head[:12]!r}). Export the layer again.",
            zh=f"{source}：内容不是 {kind}（开头为 {head[:12]!r}）。请重新导出图层。",
        )
    if kind == "GeoJSON":
        _require_geojson(source)
    if kind == "ESRI Shapefile":
        _require_companions(source)
    return kind


def _other_format(source: Path, ending: str = "") -> SourceError:
    """Return the error for a layer in a format that is known but not read, with the way to convert it."""
    ending = ending or source.suffix.lower()
    en, zh = OTHER_FORMATS.get(ending, ("a folder", "文件夹"))
    if ending in {".zip", ".rar", ".7z"}:
        cure_en, cure_zh = (
            "Unpack it and name the layer inside (.shp, .gpkg).",
            "请解压后填写其中的图层（.shp、.gpkg）。",
        )
    elif ending in OTHER_FORMATS:
        command = f"ogr2ogr -f GPKG {source.stem}.gpkg {source.name}"
        cure_en = (
            "Convert it to a GeoPackage: in QGIS, open it and choose Export > Save Features As > GeoPackage; "
            f"in ArcGIS, Export Features to a .gpkg or .shp; or run: {command}"
        )
        cure_zh = (
            "请转换为 GeoPackage：在 QGIS 中打开，选择“导出 > 要素另存为 > GeoPackage”；"
            f"或在 ArcGIS 中导出要素为 .gpkg 或 .shp；也可运行：{command}"
        )
    else:
        cure_en, cure_zh = "Name the layer's file in it (.shp, .gpkg).", "请填写其中的图层文件（.shp、.gpkg）。"
    return SourceError(
        en=f"{source}: found {en}; expected a layer ({', '.join(FORMATS)}). {cure_en}",
        zh=f"{source}：这是{zh}；应为图层文件（{', '.join(FORMATS)}）。{cure_zh}",
    )


def _looks_like(kind: str, head: bytes) -> bool:
    match kind:
        case "GPKG":
            return head.startswith(SQLITE_MAGIC)
        case "ESRI Shapefile":
            return head.startswith(SHAPE_MAGIC)
        case "FlatGeobuf":
            return head.startswith(FLATGEOBUF_MAGIC)
        case _:
            return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _require_geojson(source: Path) -> None:
    """Refuse JSON that is something else, or is cut off, or is not UTF-8."""
    try:
        document: Any = json.loads(source.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise unreadable(source, error) from error
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Topology":
        raise _other_format(source, ".topojson")
    if kind not in {"FeatureCollection", "Feature"}:
        raise SourceError(
            en=f"{source}: found JSON of type {kind!r}; expected a GeoJSON FeatureCollection. Export the layer again.",
            zh=f"{source}：JSON 的 type 为 {kind!r}；应为 GeoJSON FeatureCollection。请重新导出图层。",
        )


def _require_companions(source: Path) -> None:
    missing = [ending for ending in (".shx", ".dbf") if companion(source, ending) is None]
    if missing:
        raise SourceError(
            en=f"{source}: the files {', '.join(missing)} are missing beside it. A shapefile is several files: "
            "copy all of them.",
            zh=f"{source}：缺少同名的 {'、'.join(missing)} 文件。shapefile 由多个文件组成：请全部复制。",
        )
    _require_whole(source)


def _require_whole(source: Path) -> None:
    """Refuse a shapefile of which one file is shorter than its own header says, or lists fewer features.

    GDAL reads a short one without a word: a cut .dbf gives fewer districts, a cut .shp districts without shape.
    """
    index, table = companion(source, ".shx"), companion(source, ".dbf")
    assert index is not None, "checked before"
    assert table is not None, "checked before"
    heads = []
    for file in (source, index, table):
        with file.open("rb") as stream:
            heads.append(stream.read(100))
    promised = [2 * int.from_bytes(head[24:28], "big") for head in heads[:2]]
    rows, header, width = (int.from_bytes(heads[2][a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    promised.append(header + rows * width)
    for file, head, wanted in zip((source, index, table), heads, promised, strict=True):
        size = file.stat().st_size
        if len(head) < SHORTEST_BYTES or size < wanted:
            raise SourceError(
                en=f"{file}: {size:,} bytes; its header promises {wanted:,}. It was cut on its way: copy it again.",
                zh=f"{file}：实有 {size:,} 字节，文件头应有 {wanted:,} 字节。文件传送中被截断：请重新复制。",
            )
    shapes = (promised[1] - 100) // 8
    if shapes != rows:
        raise SourceError(
            en=f"{source}: {shapes:,} shapes but {rows:,} rows of attributes; expected one row for each shape. "
            "The files do not belong together: export the layer again.",
            zh=f"{source}：图形 {shapes:,} 个，属性 {rows:,} 行；应一一对应。各文件不配套：请重新导出图层。",
        )


def companion(source: Path, ending: str) -> Path | None:
    """Return the file beside a shapefile with that ending, whatever its case, or None."""
    for candidate in (source.with_suffix(ending), source.with_suffix(ending.upper())):
        if candidate.is_file():
            return candidate
    return None


@contextmanager
def untouched(source: Path, kind: str) -> Iterator[Path]:
    """Give a path that can be opened without leaving a trace beside `source`.

    A GeoPackage that another program left with an unfinished journal is copied first,
    together with the journal; so is one with % in its path, which GDAL would decode and read another file for it.
    The original stays as it is.
    """
    if kind != "GPKG":
        yield source
        return
    journals = [Path(f"{source}{ending}") for ending in ("-wal", "-journal")]
    pending = [journal for journal in journals if journal.is_file() and journal.stat().st_size]
    if not pending and "%" not in str(source.absolute()):
        _require_integrity(source)
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="minglu-") as folder:
        copy = Path(folder) / "layer.gpkg"
        for file in (source, *pending):
            shutil.copyfile(file, copy.with_name(file.name.replace(source.name, copy.name)))
        with closing(sqlite3.connect(copy)) as database:  # finishes or rolls back what was pending
            database.execute("PRAGMA journal_mode = DELETE").fetchone()
        _require_integrity(copy)
        yield copy


def _require_integrity(file: Path) -> None:
    """Raise SourceError unless SQLite finds the whole file sound; nothing is written beside it."""
    answer, views = _looked_into(file)
    if answer != "ok":
        raise SourceError(
            en=f"{file}: the GeoPackage is damaged ({answer}); expected a sound file. Copy or export it again.",
            zh=f"{file}：GeoPackage 已损坏（{answer}）。请重新复制或导出。",
        )
    if posing := sorted(view for view in views if view.lower().startswith(SYSTEM_TABLES)):
        raise _is_view(file, posing[0])


def require_table(file: Path, layer: str) -> None:
    """Raise SourceError where the layer of a GeoPackage is a view; views beside it are never read.

    A view is a query in disguise: one may have rows without end, and no check of the file shows it.
    """
    if layer.lower() in {view.lower() for view in _looked_into(file, whole=False)[1]}:
        raise _is_view(file, layer)


def _looked_into(file: Path, *, whole: bool = True) -> tuple[str, frozenset[str]]:
    """Return what SQLite says of the file ("ok"), asked only for the `whole` of it, and the names of its views."""
    address = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            answer = str(database.execute("PRAGMA integrity_check(1)").fetchone()[0]) if whole else "ok"
            views = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    except sqlite3.Error as error:
        raise unreadable(file, error) from error
    return answer, frozenset(str(name) for (name,) in views) - STANDARD_VIEWS


def _is_view(file: Path, name: str) -> SourceError:
    return SourceError(
        en=f"{file}: {name!r} is a view; expected a table: a view may have rows without end and can't be checked. "
        "Export it as a layer of its own into a new GeoPackage.",
        zh=f"{file}：{name!r} 是视图；应为数据表，视图可能没有尽头，无法检验。请将其另存为新 GeoPackage 中的图层。",
    )
