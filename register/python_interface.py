"""What a notebook wants of minglu: build, check, and a finished run as data frames.  `import minglu` offers it lazily.

The same functions and the same errors as the command line; geopandas holds what has a place, Arrow everything else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from minglu.register import build as pipeline
from minglu.register.config.census_file import LayerSpec
from minglu.register.explain.explain_unit import explain_item
from minglu.register.explain.explanation import Explanation
from minglu.register.report.finished_run import Run as FinishedRun
from minglu.register.report.finished_run import open_run
from minglu.register.rules import load_pack
from minglu.register.storage.integrity import require_unchanged
from minglu.register.territory.check_layer import Territory, check_file

AnyPath = str | PathLike[str]


class Run:
    """A finished run, opened for reading: what `minglu.open(OUT)` returns.

    Frames are made anew at each call; tables are read from OUT/tables once.
    """

    def __init__(self, folder: Path, run: FinishedRun) -> None:
        self.folder = folder
        self._run = run

    def __repr__(self) -> str:
        return f"minglu.Run({str(self.folder)!r}: {self.coverage['census']['name']})"

    @property
    def coverage(self) -> Mapping[str, Any]:
        """The content of coverage.json."""
        return self._run.coverage

    def table(self, name: str) -> pa.Table:
        """Return a table of OUT/tables as Arrow, by its name; raises SourceError where there is none."""
        return self._run.table(name)

    def units(self) -> gpd.GeoDataFrame:
        """Return one row per unit: the columns of `units`, and its point in degrees (empty without coordinates)."""
        return self._at_points(self.table("units"))

    def placements(self) -> gpd.GeoDataFrame:
        """Return one row per unit: the columns of `placements`, and the unit's point in degrees."""
        placements, units = self.table("placements"), self.table("units")
        spot = pc.index_in(placements.column("unit_id"), units.column("unit_id").combine_chunks())
        for name in ("lon", "lat"):
            placements = placements.append_column(name, units.column(name).take(spot))
        return self._at_points(placements).drop(columns=["lon", "lat"])

    def districts(self) -> gpd.GeoDataFrame:
        """Return one row per district: code, name, and its polygon in the layer's own CRS."""
        layer, shapes, crs = self._run.districts
        return gpd.GeoDataFrame(layer.to_pandas(), geometry=gpd.GeoSeries(shapes, crs=crs))

    def faults(self) -> gpd.GeoDataFrame:
        """Return one row per fault of the tiling: the columns of `faults`, its shape in the layer's own CRS."""
        return _shaped(self.table("faults"), self._crs)

    def explain(self, item: str, other: str | None = None) -> Explanation:
        """Return why a unit is one unit and stands where it stands, or why two rows are, or are not, one.

        `item` is what `minglu explain` takes: a unit, entry, code or FILE#ROW; `as_lines("en")` gives its text.
        Raises UsageError where nothing is found.
        """
        return explain_item(self.folder, item, other)

    @cached_property
    def _crs(self) -> CRS:
        crs: CRS = self._run.districts[2]
        return crs

    def _at_points(self, table: pa.Table) -> gpd.GeoDataFrame:
        frame = table.to_pandas()
        points = gpd.points_from_xy(frame["lon"], frame["lat"], crs=self._crs.geodetic_crs or CRS("EPSG:4490"))
        return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points).where(frame["lon"].notna()))


class _Quiet:
    """A run's progress where nobody watches; only run.json records how long it took."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, *, en: str, zh: str) -> Iterator[None]:  # noqa: ARG002 -- named like the protocol's
        """Take the time of a stage."""
        begun = time.perf_counter()
        yield
        self._seconds[en] = round(time.perf_counter() - begun, 3)

    def note(self, *, en: str, zh: str) -> None:
        """Show nothing."""

    def times(self) -> Mapping[str, Any]:
        """Return the content of run.json."""
        return {"schema": "minglu/run/1", "seconds": self._seconds}


def build(census: AnyPath, out: AnyPath, *, threads: int | None = None) -> Run:
    """Build the register that the census file describes into the run folder `out`, and open it.

    Raises a MingluError, with an older `out` as it was, when anything can't be read, accounted for or written.
    """
    pipeline.build(Path(census), Path(out), progress=_Quiet(), threads=threads)
    return open(out)


def check(
    districts: AnyPath, *, within: AnyPath | None = None, code: str = "code", name: str | None = None
) -> Territory:
    """Prove that `districts` tile the area `within`; without it the outer edge is not proven.

    The result's `clean`, `as_dict()`, `as_lines("en")` and `faults` say what was found.  Raises SourceError,
    GeometryError or CrsError for a layer that can't be used.
    """
    layer = Path(districts)
    parent = None if within is None else LayerSpec(Path(within), code, name)
    return check_file(LayerSpec(layer, code, name), parent, load_pack("pollution-2", layer.parent))


def open(out: AnyPath) -> Run:  # noqa: A001 -- `minglu.open`, as in `gzip.open`
    """Open a finished run folder; raises SourceError where it is none, or where a file is not the one it was."""
    folder = Path(out)
    run = open_run(folder)
    require_unchanged(folder)
    return Run(folder, run)


def _shaped(table: pa.Table, crs: CRS) -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries.from_wkb(table.column("geometry").to_pandas(), crs=crs)
    return gpd.GeoDataFrame(table.drop_columns(["geometry"]).to_pandas(), geometry=shapes)
