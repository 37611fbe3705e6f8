"""The sample county torn into two along township borders, each half with its own layer, parent and lists."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import geopandas
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from tests.trust import county as small

TOWNSHIP = 9
SITES = 45
WEST = ("990101001", "990101002", "990101100")


def write_half(folder, *, west, sites=SITES, guests=()):
    """Write one half of the county: its districts, its parent, the rows of some of its sites and of `guests`."""
    folder.mkdir(parents=True)
    layer = geopandas.read_file(small.SAMPLE / "districts.gpkg")
    inside = layer[layer["code"].str[:TOWNSHIP].isin(WEST) == west]
    inside.to_file(folder / "districts.gpkg", layer="districts")
    shapes = [shape for shape in inside.geometry if shape is not None]
    geopandas.GeoDataFrame(geometry=[shapely.coverage_union_all(shapes)], crs=layer.crs).to_file(folder / "county.gpkg")
    chosen = [*sites_of(west=west)[:sites], *guests]
    truth = pq.read_table(small.SAMPLE / "truth.parquet")
    truth = truth.filter(pc.is_in(truth.column("site"), pc.cast(chosen, "string")))
    headings, rows = {}, {}
    for kind in small.KINDS:
        headings[kind], every = small._sample(kind)
        numbers = truth.filter(pc.equal(truth.column("list"), kind)).column("row").to_pylist()
        rows[kind] = [every[number - small.HEADER_ROWS[kind] - 1] for number in sorted(numbers)]
    small.write_lists(folder, small.Lists(headings, rows))
    census = small.write_census(folder)
    census.write_text(census.read_text("utf-8").replace("试验县", "西半县" if west else "东半县"), "utf-8")
    return census


def sites_of(*, west):
    """Return the sites in scope of one half that are on two lists at least, in order."""
    truth = pq.read_table(small.SAMPLE / "truth.parquet").to_pylist()
    lists: dict[str, set[str]] = {}
    for row in truth:
        if row["in_scope"] and row["district_code"] and (row["district_code"][:TOWNSHIP] in WEST) == west:
            lists.setdefault(row["site"], set()).add(row["list"])
    return sorted(site for site, names in lists.items() if len(names) > 1)


def main():
    """Write both halves and the border of both into the folder that the call names: to try the whole loop on."""
    folder = Path(sys.argv[1])
    chains = 'decisions = "decisions.jsonl"\nfield = "field.jsonl"\n'
    for name, west in (("west", True), ("east", False)):
        guests = () if west else sites_of(west=True)[3:4]  # one unit that both counties will claim
        census = write_half(folder / name, west=west, sites=None, guests=guests)
        census.write_text(census.read_text("utf-8").replace("[census]\n", f"[census]\n{chains}", 1), "utf-8")
        sys.stdout.write(f"{census}\n")
    shutil.copy(small.SAMPLE / "county.gpkg", folder / "city.gpkg")


if __name__ == "__main__":
    main()
