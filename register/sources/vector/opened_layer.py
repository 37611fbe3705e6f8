"""One layer of one checked file, open: batches of features, single geometries, whole columns of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minglu.common.bilingual import Bilingual
from minglu.errors import SourceError
from minglu.register.sources.vector.attribute_encoding import TRANSPORT, Attributes, read_attributes
from minglu.register.sources.vector.decode_features import decode_plain, decode_texts, geometry_column, require_column
from minglu.register.sources.vector.gdal_drivers import vector_io
from minglu.register.sources.vector.layer_crs import LayerCrs, layer_crs
from minglu.register.sources.vector.layer_files import checked_format, require_table, unreadable, untouched

PIECE_FEATURES = 2048
"""Features read at a time; villages have some 150 edges each."""


@dataclass(frozen=True, slots=True)
class OpenedLayer:
    """One layer of one checked file."""

    source: Path
    safe: Path
    """The file itself, or a copy of it that can be opened without leaving a trace."""
    layer: str
    options: Mapping[str, str]
    """Encoding, and the other options GDAL gets when it opens the file."""
    fields: Mapping[str, str]
    """Name of each column -> the name by which GDAL knows it."""
    system: LayerCrs
    attributes: Attributes | None = None
    """How the attributes of a shapefile are decoded; those of other formats are UTF-8."""

    @property
    def remarks(self) -> tuple[Bilingual, ...]:
        """What somebody should know of how the layer was read; Chinese then English."""
        return () if self.attributes is None else self.attributes.remarks

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], pa.Table, pa.ChunkedArray]]:
        """Yield features in the order of the file: their numbers, some columns, and their geometries as WKB."""
        read = vector_io().raw.open_arrow(
            self.safe,
            layer=self.layer,
            columns=[self.fields[column] for column in columns],
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
                    yield fids.astype(np.int64), table, geometry_column(table, geometry, self.source)
            except (OSError, RuntimeError, ValueError, pa.ArrowException) as error:
                raise unreadable(self.source, error) from error

    def texts(self, table: pa.Table, column: str, *, wants_code: bool = False) -> tuple[str, ...]:
        """Return one column of a batch as texts."""
        decode = None if self.attributes is None else self.attributes.decode
        return decode_texts(
            table.column(self.fields[column]), column, self.source, wants_code=wants_code, decode=decode
        )

    def columns(self, columns: Sequence[str], *, most: int | None = None) -> dict[str, tuple[str, ...]]:
        """Return whole columns as texts, or their first cells; damaged cells are shown so, numbers are left out."""
        if not columns:
            return {}
        decode = None if self.attributes is None else self.attributes.decode_lossy
        names = [self.fields[column] for column in columns]
        try:
            _, _, _, data = vector_io().raw.read(
                self.safe, layer=self.layer, columns=names, read_geometry=False, max_features=most, **self.options
            )
            read = vector_io().read_info(self.safe, layer=self.layer, **self.options)["fields"]
        except Exception as error:
            raise unreadable(self.source, error) from error
        order = [name for name in map(str, read) if name in names]
        values = dict(zip(order, data, strict=True))
        return {column: _as_texts(values[self.fields[column]], decode) for column in columns}

    def geometries(self, fids: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return the geometries of single features."""
        try:
            _, _, raw, _ = vector_io().raw.read(self.safe, layer=self.layer, columns=[], fids=fids, **self.options)
        except Exception as error:
            raise unreadable(self.source, error) from error
        return decode_plain(raw)


def _as_texts(values: NDArray[np.object_], decode: Callable[[str], str] | None) -> tuple[str, ...]:
    if values.dtype != object:
        return ("",) * len(values)
    return tuple("" if not isinstance(one, str) else (decode(one) if decode else one).strip() for one in values)


@contextmanager
def open_layer(
    source: Path, wanted: Sequence[str], *, layer: str | None, encoding: str | None, crs: str | None
) -> Iterator[OpenedLayer]:
    """Check a file and one of its layers; the `wanted` columns must be there and decode in full.

    Raises SourceError for a file, layer or column that can't be read as promised, CrsError for an unknown system.
    """
    kind = checked_format(source)
    attributes = read_attributes(source, encoding, wanted) if kind == "ESRI Shapefile" else None
    options = {} if attributes is None else {"encoding": TRANSPORT}
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
        raw = tuple(map(str, info["fields"]))
        fields = dict(zip(raw if attributes is None else map(attributes.decode_lossy, raw), raw, strict=True))
        for column in wanted:
            require_column(tuple(fields), column, source)
        yield OpenedLayer(source, safe, chosen, options, fields, layer_crs(source, info["crs"], crs), attributes)


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
