"""Write the lists, the map, the settings and the truth."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from river_prefecture.ground.places import CITY, Country

STAMP = "2027-12-31T00:00:00.000Z"
KINDS = ("business", "tax", "permit")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list with its truth."""

    cells: list[str]
    site: str
    unit: str
    district: str
    scope: bool


def write_lists(folder: Path, headings: dict[str, list[str]], lines: dict[str, list[Line]]) -> None:
    """The three csv files."""
    for kind in KINDS:
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\r\n")
            writer.writerow(headings[kind])
            writer.writerows(line.cells for line in lines[kind])


def write_truth(folder: Path, lines: dict[str, list[Line]]) -> None:
    """The truth, one line per row of the lists."""
    flat = [(kind, n + 2, line) for kind in KINDS for n, line in enumerate(lines[kind])]
    table = pa.table(
        {
            "list": pa.array([kind for kind, _, _ in flat], pa.string()),
            "file": pa.array([f"{kind}.csv" for kind, _, _ in flat], pa.string()),
            "sheet": pa.array(["" for _ in flat], pa.string()),
            "row": pa.array([number for _, number, _ in flat], pa.int64()),
            "site": pa.array([line.site for _, _, line in flat], pa.string()),
            "legal_unit": pa.array([line.unit for _, _, line in flat], pa.string()),
            "district_code": pa.array([line.district for _, _, line in flat], pa.string()),
            "in_scope": pa.array([line.scope for _, _, line in flat], pa.bool_()),
        }
    )
    pq.write_table(table, folder / "truth.parquet")


def _write_layer(path: Path, layer: str, codes: list[str], names: list[str], shapes: list[BaseGeometry]) -> None:
    path.unlink(missing_ok=True)
    frame = gpd.GeoDataFrame({"code": codes, "name": names}, geometry=shapes, crs="EPSG:4490")
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", geometry_type="Polygon")


def write_map(folder: Path, country: Country) -> None:
    """The districts and their exact union."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    shapes: list[BaseGeometry] = [Polygon(ring) for ring in country.mesh.rings]
    order = sorted(range(len(shapes)), key=country.cell_codes.__getitem__)
    codes = [country.cell_codes[i] for i in order]
    names = [country.cell_names[i] for i in order]
    _write_layer(folder / "districts.gpkg", "districts", codes, names, [shapes[i] for i in order])
    _write_layer(folder / "parent.gpkg", "parent", ["9901"], [CITY], [shapely.coverage_union_all(shapes)])


def write_settings(folder: Path) -> None:
    """census.toml."""
    parts = ['[census]\nname = "潋川市污染源普查清查"\nreference_date = 2027-12-31\nrules = "pollution-2"\n']
    parts += [f'[[lists]]\nkind = "{kind}"\npath = "{kind}.csv"\ncrs = "WGS84"\n' for kind in KINDS]
    parts.append(
        '[districts]\npath = "districts.gpkg"\ncode = "code"\nname = "name"\n\n[parent]\npath = "parent.gpkg"\n'
    )
    (folder / "census.toml").write_text("\n".join(parts), encoding="utf-8", newline="\n")
