"""The coordinate system of a layer: what its file says, or what the census file states of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from minglu.errors import CrsError
from minglu.geo.coordinates.datums import datum_named
from minglu.geo.layer.coordinate_check import Extent, require_fit

DEGREES = "EPSG:4490"
"""What a layer without a system of its own is in where only a datum is stated: CGCS2000, degrees."""


@dataclass(frozen=True, slots=True)
class LayerCrs:
    """A coordinate system, and whether a person stated it."""

    crs: CRS
    stated: bool
    source: str
    """The layer's file, for messages."""

    def require(self, extent: Extent) -> None:
        """Raise CrsError where coordinates of the layer can't belong to its system."""
        require_fit(extent, self.crs, self.source, stated=self.stated)


def layer_crs(source: Path, found: str | None, stated: str | None) -> LayerCrs:
    """Return the coordinate system of a layer: `found` in its file, unless another is `stated`.

    A stated datum (CGCS2000, WGS84, GCJ02, BD09) leaves the system of the file as it is, and
    stands for degrees where the file has none.  Raises CrsError for none and for an unusable one.
    """
    if stated is not None and (datum_named(stated) is None or ":" in stated):
        return LayerCrs(_parsed(source, stated, stated=True), stated=True, source=str(source))
    if stated is not None and _is_missing(found):
        return LayerCrs(CRS.from_user_input(DEGREES), stated=True, source=str(source))
    return LayerCrs(_parsed(source, found, stated=False), stated=stated is not None, source=str(source))


def _is_missing(found: str | None) -> bool:
    return found is None or "Undefined" in found


def _parsed(source: Path, text: str | None, *, stated: bool) -> CRS:
    try:
        crs = None if text is None or "Undefined" in text else CRS.from_user_input(text)
    except ProjError as error:
        raise _unusable(source, text, stated=stated) from error
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise _unusable(source, text, stated=stated)
    return crs


def _unusable(source: Path, text: str | None, *, stated: bool) -> CrsError:
    if stated:
        return CrsError(
            en=f"{source}: crs = {text!r} is no known coordinate system; expected CGCS2000, WGS84, GCJ02, BD09 or a "
            "system such as EPSG:4525. Correct it.",
            zh=f"{source}：crs = {text!r} 无法识别；应为 CGCS2000、WGS84、GCJ02、BD09，或 EPSG:4525 之类。请更正。",
        )
    hint = " (.prj)" if source.suffix.lower() == ".shp" else ""
    return CrsError(
        en=f"{source}: found {'no' if text is None else 'an unusable'} coordinate system{hint}; expected one such as "
        "CGCS2000. Without it neither areas nor units can be placed: state it as `crs` in the layer's section of the "
        "census file (CGCS2000, GCJ02, EPSG:4525 ...), or set it in the layer and export again.",
        zh=f"{source}：坐标系{'缺失' if text is None else '无法使用'}{hint}；应写明，例如 CGCS2000。"
        "没有坐标系就无法量算面积、空间定位：请在普查文件该图层一节写明 crs（CGCS2000、GCJ02、EPSG:4525 等），"
        "或在图层中设置后重新导出。",
    )
