"""Writing the files: lists, districts, census description and truth."""

import csv
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from highland_province.clerks import business, permit, tax
from highland_province.ground.grid import Ground
from highland_province.ground.places import Tree
from highland_province.ground.region import Region
from highland_province.model import Lists, Row

HEADINGS = {"business": business.HEADINGS, "tax": tax.HEADINGS, "permit": permit.HEADINGS}
CENSUS = """[census]
name = "岭西省澜岭州贡塘州污染源普查"
reference_date = 2027-12-31
rules = "pollution-2"
{lists}
[districts]
path = "districts.gpkg"
code = "code"
name = "name"

[parent]
path = "parent.gpkg"
"""
LIST = """
[[lists]]
kind = "{kind}"
path = "{kind}.csv"
crs = "WGS84"
"""


def write_world(out: Path, region: Region, lists: Lists) -> None:
    """Write every file of the world."""
    out.mkdir(parents=True, exist_ok=True)
    for kind, rows in lists.rows.items():
        _write_csv(out / f"{kind}.csv", HEADINGS[kind], rows)
    _write_truth(out / "truth.parquet", region, lists)
    _write_ground(out, region.tree, region.ground)
    text = CENSUS.format(lists="".join(LIST.format(kind=kind) for kind in lists.rows))
    (out / "census.toml").write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, headings: tuple[str, ...], rows: list[Row]) -> None:
    """One list as text cells under its headings."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(row.cells for row in rows)


def _write_truth(path: Path, region: Region, lists: Lists) -> None:
    """The truth of every row."""
    table: dict[str, list[object]] = {
        key: []
        for key in (
            "list",
            "file",
            "sheet",
            "row",
            "site",
            "legal_unit",
            "district_code",
            "in_scope",
        )
    }
    for kind, rows in lists.rows.items():
        for number, row in enumerate(rows, start=2):
            site = row.site
            code = region.tree.districts[site.spot.district].code
            values = (kind, f"{kind}.csv", "", number, site.key, site.unit.key, code, site.in_scope)
            for key, value in zip(table, values, strict=True):
                table[key].append(value)
    kinds = {"row": pa.int64(), "in_scope": pa.bool_()}
    arrays = [pa.array(values, kinds.get(key, pa.string())) for key, values in table.items()]
    pq.write_table(pa.table(arrays, names=list(table)), path)


def _write_ground(out: Path, tree: Tree, ground: Ground) -> None:
    """The districts and their exact union."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2027-12-31T00:00:00.000Z"})
    shapes = [shapely.Polygon(ring) for ring in ground.rings]
    districts = gpd.GeoDataFrame(
        {"code": [d.code for d in tree.districts], "name": [d.full for d in tree.districts]},
        geometry=shapes,
        crs="EPSG:4490",
    )
    parent = gpd.GeoDataFrame(
        {"code": ["99"], "name": ["岭西省（澜岭州、贡塘州）"]},
        geometry=[shapely.coverage_union_all(shapes)],
        crs="EPSG:4490",
    )
    for name, frame in (("districts", districts), ("parent", parent)):
        path = out / f"{name}.gpkg"
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG")
