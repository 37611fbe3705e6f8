"""Points in districts: the product's locator against geopandas.sjoin in the same run.

    python -m bench points                       # 10M x 1k, 10M x 100k, 1M x 100k
    python -m bench points --cases 1000000x1000  # points x districts

Both sides get the same arrays and give the same answer: the district of every point.
The time of the locator holds everything from the bare districts on, its index included.
One point in a thousand is a vertex or lies on an edge.  Differences are counted over all
points; where the two differ, GEOS decides.  Seconds are wall time; the ratio is of
processor seconds, which other work on the machine disturbs less (both use one core).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from pyproj import CRS

from minglu.geo.layer.districts import Districts
from minglu.geo.placing.locator import Locator

CGCS2000 = CRS("EPSG:4490")
EDGES_PER_SIDE = 37  # about 150 edges a district, as villages have


def tessellation(count: int, *, seed: int = 1, edges: int = EDGES_PER_SIDE) -> Districts:
    """Return about `count` districts that tile a square, 2 km wide, with ragged shared borders."""
    side = round(count**0.5)
    noise = np.random.default_rng(seed)
    step = 0.02
    corner = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="xy"), axis=-1)
    corner += noise.uniform(-0.2, 0.2, corner.shape)
    across = _borders(corner[:, :-1], corner[:, 1:], edges, noise)  # (row, column, vertex, xy), west to east
    upward = _borders(corner[:-1], corner[1:], edges, noise)  # south to north
    rings = np.concatenate([across[:-1], upward[:, 1:], across[1:, :, ::-1], upward[:, :-1, ::-1]], axis=2).reshape(
        side * side, -1, 2
    )
    rings = np.concatenate([rings, rings[:, :1]], axis=1)
    vertices = rings.shape[1]
    owner = np.repeat(np.arange(side * side), vertices)
    shapes = shapely.polygons(shapely.linearrings((rings * step + (100.0, 25.0)).reshape(-1, 2), indices=owner))
    codes = tuple(f"99{i:010d}" for i in range(side * side))
    return Districts(codes, codes, shapes, CGCS2000, "bench")


def _borders(start: np.ndarray, end: np.ndarray, edges: int, noise: np.random.Generator) -> np.ndarray:
    """Return ragged lines from start to end, without their last vertex's twin in the next line."""
    share = np.linspace(0.0, 1.0, edges + 1)[:, None]
    line = start[:, :, None] * (1 - share) + end[:, :, None] * share
    ragged = noise.normal(0, 0.15 / edges, line.shape)
    ragged[:, :, [0, -1]] = 0
    return line + ragged


def scatter(districts: Districts, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points all over the layer, one in a thousand a vertex or the middle of an edge."""
    noise = np.random.default_rng(2)
    west, south, east, north = shapely.total_bounds(districts.geometries)
    x, y = noise.uniform(west, east, count), noise.uniform(south, north, count)
    xy = shapely.get_coordinates(districts.geometries)
    edge = noise.integers(0, len(xy) - 1, count // 1000)
    row = noise.integers(0, count, len(edge))
    other = edge + (np.arange(len(edge)) % 2)
    x[row], y[row] = ((xy[edge] + xy[other]) / 2).T
    return x, y


def sjoin(districts: Districts, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Run the peer: index of the district per point, -1 where none."""
    layer = geopandas.GeoDataFrame(geometry=districts.geometries, crs=districts.crs)
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y), crs=districts.crs)
    joined = geopandas.sjoin(points, layer, how="left", predicate="within")
    assert len(joined) == len(x), "a point in two districts: the layer is no partition"
    return joined["index_right"].fillna(-1).to_numpy(dtype=np.int64)


def locate(districts: Districts, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Run the product: index of the district per point, -1 where none."""
    return Locator(districts, proven=True).locate_xy(x, y).first


def timed(run: Callable[..., np.ndarray], *given: object) -> tuple[np.ndarray, float, float]:
    """Return the result, wall seconds and processor seconds of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    result = run(*given)
    return result, time.perf_counter() - wall, time.process_time() - processor


def differences(districts: Districts, x: np.ndarray, y: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> int:
    """Count points where we are wrong by GEOS; a border point that the peer drops counts if we name no neighbour."""
    rows = np.flatnonzero(ours != theirs)
    points = shapely.points(x[rows], y[rows])
    named = ours[rows] >= 0
    touching = np.zeros(len(rows), dtype=bool)
    touching[named] = shapely.intersects(districts.geometries[ours[rows][named]], points[named])
    return int((~(touching & (theirs[rows] < 0))).sum())


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench points", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", default=["10000000x1000", "10000000x100000", "1000000x100000"])
    parser.add_argument("--no-peer", action="store_true", help="time the product alone")
    wanted = parser.parse_args(arguments)
    for case in wanted.cases:
        count, size = (int(part) for part in case.split("x"))
        districts = tessellation(size)
        x, y = scatter(districts, count)
        ours, seconds, processor = timed(locate, districts, x, y)
        line = (
            f"{count:>10,} points x {len(districts):>7,} districts: {seconds:6.2f} s, {count / seconds / 1e6:5.2f} M/s"
        )
        if not wanted.no_peer:
            theirs, peer, peer_processor = timed(sjoin, districts, x, y)
            line += f"; sjoin {peer:6.2f} s: ratio {peer_processor / processor:5.1f} (wall {peer / seconds:.1f})"
            line += f", differences {differences(districts, x, y, ours, theirs)}"
        print(line, flush=True)
