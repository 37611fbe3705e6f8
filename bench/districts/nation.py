"""Memory of proof and placement on a nation: county by county, piece by piece, and region by region as in a build.

    python -m bench nation                          # 25k and 100k districts in counties of some 250
    python -m bench nation --districts 600000

Each way runs in a process of its own on the same GeoPackage; printed is its highest
resident memory, less that of a process that has only loaded the libraries.  A build proves
the layer piece by piece and then places its units, here two for each district, region by region.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

try:
    from bench.districts.territory import ZONE, tessellation
except ImportError:  # started as a file
    from territory import ZONE, tessellation  # type: ignore[no-redef]

COUNTY_SIDE = 16
"""Districts along the side of a county."""

PEAK = """
import resource, sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from pyproj import Transformer
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import add_regions, place
from minglu.register.engine.duckdb_engine import BATCH_ROWS
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import load_pack
import minglu.register.territory.check_layer as check, minglu.register.territory.check_levels as levels
import scipy.sparse.csgraph
from minglu.register.sources.vector.gdal_drivers import vector_io
vector_io()
def scattered(districts, count):
    west, south, east, north = districts.extent
    noise = np.random.default_rng(1)
    x, y = noise.uniform(west, east, count), noise.uniform(south, north, count)
    lon, lat = Transformer.from_crs(districts.crs, districts.crs.geodetic_crs, always_xy=True).transform(x, y)
    none = np.zeros(count)
    return pa.table(
        {"unit_id": np.arange(count).astype(str), "lon": lon, "lat": lat, "precision_m": none, "declared": [""] * count}
    )
way, folder = sys.argv[1], Path(sys.argv[2])
low, high = LayerSpec(folder / "districts.gpkg", "code"), LayerSpec(folder / "counties.gpkg", "code")
pack = load_pack("pollution-2", folder)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if way == "county by county":
    result = levels.check_levels([low, high], pack)
    verdict = result.as_dict()["verdict"]
elif way == "piece by piece":
    verdict = check.check_file(low, None, pack).proof.verdict
else:
    with check.check_layers(low, None, pack) as territory:
        verdict = territory.proof.verdict
        gazetteer = Gazetteer(territory.districts, proven=verdict == "proven")
        units = add_regions(scattered(territory.districts, 2 * len(territory.districts)), gazetteer)
        units = units.sort_by("region")
        for first in range(0, units.num_rows, BATCH_ROWS):
            some = units.slice(first, BATCH_ROWS)
            placed = place(some, gazetteer, nearest_limit_m=500.0, declared_conflict="declared")
            assert set(placed.column("method").to_pylist()) <= {"inside", "nearest"}  # the outline is ragged
print(verdict, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
WAYS = ("county by county", "piece by piece", "proof and placement")


def write_nation(folder: Path, count: int) -> tuple[int, int]:
    """Write districts, one county behind the other, and the counties; return how many of each."""
    from minglu.register.sources.vector.gdal_drivers import vector_io

    side = round(count**0.5 / COUNTY_SIDE) * COUNTY_SIDE
    districts, _ = tessellation(side * side)
    place = np.arange(side * side)
    county = (place // side // COUNTY_SIDE) * (side // COUNTY_SIDE) + place % side // COUNTY_SIDE
    counties = []
    for number in range(int(county.max()) + 1):
        rows = np.flatnonzero(county == number)
        codes = np.array([f"{_county_code(number)}{row:06d}" for row in range(len(rows))], object)
        _append(vector_io(), folder / "districts.gpkg", codes, districts.geometries[rows], first=not number)
        counties.append(shapely.coverage_union_all(districts.geometries[rows]))
    codes = np.array([_county_code(number) for number in range(len(counties))], object)
    _append(vector_io(), folder / "counties.gpkg", codes, np.array(counties, object), first=True)
    return len(districts), len(counties)


def _county_code(number: int) -> str:
    return f"{11 + number // 99:02d}01{number % 99 + 1:02d}"


def _append(io: object, path: Path, codes: np.ndarray, shapes: np.ndarray, *, first: bool) -> None:
    io.raw.write(  # type: ignore[attr-defined]
        path,
        shapely.to_wkb(shapes),
        [codes],
        np.array(["code"], object),
        layer=path.stem,
        driver="GPKG",
        geometry_type="Polygon",
        crs=ZONE.to_wkt(),
        append=not first,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each size and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, nargs="+", default=[25_000, 100_000])
    for count in parser.parse_args(arguments).districts:
        with tempfile.TemporaryDirectory() as name:
            made = subprocess.run(
                [sys.executable, __file__, "--write", name, str(count)], check=True, capture_output=True
            )
            print(made.stdout.decode().strip())
            for way in WAYS:
                started = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-c", PEAK, way, name], check=True, capture_output=True, text=True
                )
                verdict, peak = done.stdout.split()
                seconds = time.perf_counter() - started
                print(f"  {way:19} +{float(peak):7,.0f} MB  {seconds:6.1f} s  {verdict}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        made = write_nation(Path(sys.argv[2]), int(sys.argv[3]))
        print(f"{made[0]:,} districts in {made[1]:,} counties")
    else:
        main()
