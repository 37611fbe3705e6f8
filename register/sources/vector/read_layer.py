"""Polygon layers of districts and parents: the one place that reads vector files.

`layer_files` looks at each file before GDAL does, `gdal_drivers` limits what GDAL may open.
Coordinates that the layer's system can't hold are refused while they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from minglu.common.bilingual import Bilingual
from minglu.common.parallel import prefetch
from minglu.errors import GeometryError
from minglu.geo.layer.coordinate_check import Extent
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import Piece
from minglu.register.sources.vector.decode_features import decode_shapes, extent_of, joined_extent
from minglu.register.sources.vector.opened_layer import OpenedLayer, open_layer

RANDOM_ACCESS = frozenset({".gpkg", ".shp"})

SCATTERED = 4
"""Single features are looked up where fewer than one in so many is wanted."""

SAMPLE_FEATURES = 500
"""Features that show what a column holds."""
NOWHERE: Extent = (np.nan, np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class LayerFile:
    """A district layer in a file, checked and open: read piece by piece, codes, names and geometries alone."""

    source: str
    crs: CRS
    _opened: OpenedLayer
    _columns: tuple[str, ...]
    """The column of the codes, and that of the names where there is one."""
    _fids: list[NDArray[np.int64]] = field(default_factory=list)
    """The numbers by which GDAL knows the features, known once all pieces have been read."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(self._opened.fields)

    @property
    def remarks(self) -> tuple[Bilingual, ...]:
        """What somebody should know of how the layer was read; Chinese then English."""
        return self._opened.remarks

    def texts(self, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return whole columns as texts, in the order of the file."""
        return self._opened.columns(columns)

    def sample(self, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the first cells of some columns as texts; a column of numbers is empty."""
        return self._opened.columns(columns, most=SAMPLE_FEATURES)

    @property
    def random(self) -> bool:
        """Whether single features can be read without reading the whole file."""
        return Path(self.source).suffix.lower() in RANDOM_ACCESS

    def pieces(self) -> Iterator[Piece]:
        """Yield the districts in the order of the file."""
        self._fids.clear()
        first, extent = 0, NOWHERE
        for fids, table, column in prefetch(self._opened.batches(self._columns)):
            self._fids.append(fids)
            shapes = decode_shapes(column, self._opened.source, first)
            extent = joined_extent(extent, extent_of(shapes))
            codes = self._opened.texts(table, self._columns[0], wants_code=True)
            names = self._opened.texts(table, self._columns[1]) if len(self._columns) > 1 else ("",) * len(codes)
            rows = np.arange(first, first + len(shapes))
            yield Piece(rows, Districts(codes, names, shapes, self.crs, self.source))
            first += len(shapes)
        self._opened.system.require(extent)
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
            found[here] = decode_shapes(column.take(pa.array(here - first)), self._opened.source, first)
            first += len(numbers)
        return found[rows]


@contextmanager
def open_districts(
    path: Path | str,
    *,
    code: str,
    name: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
) -> Iterator[LayerFile]:
    """Open a district layer: codes as text, names, raw polygons, coordinate system.

    `crs` states the system or the datum where the file's own is missing or wrong.  Raises SourceError for a
    file, layer or column that can't be read as promised, CrsError where there is no coordinate system, or
    one that the coordinates can't belong to.
    """
    source = Path(path)
    columns = (code, name) if name else (code,)
    with open_layer(source, columns, layer=layer, encoding=encoding, crs=crs) as opened:
        yield LayerFile(str(source), opened.system.crs, opened, columns)


def read_districts(
    path: Path | str,
    *,
    code: str,
    name: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
) -> Districts:
    """Read a district layer as a whole; raises like `open_districts`, and GeometryError for one without features."""
    with open_districts(path, code=code, name=name, layer=layer, encoding=encoding, crs=crs) as file:
        parts = [piece.districts for piece in file.pieces()]
    return Districts(
        codes=tuple(chain.from_iterable(part.codes for part in parts)),
        names=tuple(chain.from_iterable(part.names for part in parts)),
        geometries=np.concatenate([part.geometries for part in parts]),
        crs=file.crs,
        source=file.source,
    )


def read_parent(
    path: Path | str,
    layer: str | None = None,
    code: str | None = None,
    *,
    encoding: str | None = None,
    crs: str | None = None,
) -> Parent:
    """Read the area that the districts must fill: one feature, or several of which the union is taken.

    Raises like `read_districts`; GeometryError where no feature has a polygon.
    """
    source = Path(path)
    columns = (code,) if code else ()
    with open_layer(source, columns, layer=layer, encoding=encoding, crs=crs) as opened:
        shapes, codes, first = [np.empty(0, object)], list[str](), 0
        for _, table, geometries in opened.batches(columns):
            shapes.append(decode_shapes(geometries, source, first))
            first += len(shapes[-1])
            codes += [text for column in columns for text in opened.texts(table, column, wants_code=True)]
        whole = np.concatenate(shapes)
        opened.system.require(extent_of(whole))
    return _one_area(whole, opened.system.crs, source, "+".join(codes))


def _one_area(shapes: NDArray[np.object_], crs: CRS, source: Path, code: str) -> Parent:
    shapes = shapes[~shapely.is_missing(shapes)]
    if not len(shapes):
        raise GeometryError(
            en=f"{source}: found no feature with a polygon; expected the parent area. Choose another layer.",
            zh=f"{source}：没有带面图形的要素；应为上级区域。请改用其他图层。",
        )
    return Parent(shapes[0] if len(shapes) == 1 else _union(shapes), crs, str(source), code=code, areas=len(shapes))


def _union(shapes: NDArray[np.object_]) -> BaseGeometry:
    """Dissolve several areas; where they share their borders exactly, no vertex is moved or added."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapely.make_valid(shapes, method="structure", keep_collapsed=False))
