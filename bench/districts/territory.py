"""The proof of a tiling against the peers, measured in the same run.

    python -m bench territory                            # 100k districts in memory, then all three cases on disk
    python -m bench territory --districts 10000          # fewer in memory
    python -m bench territory --files 10000              # without the layer of 100k districts on disk

In memory: the whole proof (validity, cancellation, areas) against `shapely.coverage_is_valid`
on the same geometries, which says neither where nor what, knows no parent and no areas.
On disk: `minglu check` from layer to fault file against `mapshaper -mosaic`, whole processes,
at 10k and 100k districts clean and at 10k with every vertex jittered by 0.3 m; minglu also
proves the parent's edge, which mapshaper lacks.  mapshaper is installed by npm into
bench/.cache at its first use; where there is no npm it is left out.  Processor seconds
(of all threads) are printed beside wall seconds: other work on the machine disturbs them less.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.tiling.partition_proof import Proof, prove

ZONE = CRS("EPSG:4547")  # CGCS2000, 3-degree Gauss-Kruger, metres
EDGES_PER_SIDE = 38  # some 152 edges a district, as villages have
CELL_M = 1000.0
ORIGIN_M = (500_000.0, 3_400_000.0)
JITTER_M = 0.3
CACHE = Path(__file__).resolve().parents[1] / ".cache"
MAPSHAPER = CACHE / "node_modules" / ".bin" / "mapshaper"
MAPSHAPER_VERSION = "mapshaper@0.7"


def tessellation(count: int, *, jitter_m: float = 0.0) -> tuple[Districts, Parent]:
    """Return about `count` districts with ragged shared borders, and the parent that they tile."""
    side = round(count**0.5)
    noise = np.random.default_rng(1)
    corner = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij"), -1)
    corner += noise.uniform(-0.2, 0.2, corner.shape)
    corner[0, :, 0], corner[-1, :, 0], corner[:, 0, 1], corner[:, -1, 1] = 0, side, 0, side
    flat, steep = _ragged(corner[:-1], corner[1:], noise), _ragged(corner[:, :-1], corner[:, 1:], noise)
    sides = (flat[:, :-1], steep[1:], flat[:, 1:, ::-1], steep[:-1, :, ::-1])
    rings = np.concatenate([side[:, :, :-1] for side in sides], axis=2)  # each side ends where the next one begins
    rings = _on_the_ground(rings.reshape(side * side, -1, 2))
    if jitter_m:
        rings += noise.uniform(-jitter_m, jitter_m, rings.shape)
    outline = np.concatenate(
        [
            flat[:, 0].reshape(-1, 2),
            steep[-1].reshape(-1, 2),
            flat[::-1, -1, ::-1].reshape(-1, 2),
            steep[0, ::-1, ::-1].reshape(-1, 2),
        ]
    )
    codes = tuple(f"99{number:010d}" for number in range(side * side))
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    shapes = shapely.from_wkb(shapely.to_wkb(shapely.polygons(closed)))  # as if read from a file
    return Districts(codes, codes, shapes, ZONE, "bench"), Parent(
        shapely.Polygon(_on_the_ground(outline)), ZONE, "bench"
    )


def _ragged(start: np.ndarray, end: np.ndarray, noise: np.random.Generator) -> np.ndarray:
    """Return ragged lines from start to end."""
    share = np.linspace(0.0, 1.0, EDGES_PER_SIDE + 1)[:, None]
    line = start[:, :, None] * (1 - share) + end[:, :, None] * share
    ragged = noise.normal(0, 0.1 / EDGES_PER_SIDE, line.shape)
    ragged[:, :, [0, -1]] = 0
    return line + ragged


def _on_the_ground(xy: np.ndarray) -> np.ndarray:
    return xy * CELL_M + ORIGIN_M


def timed(action: Callable[[], object]) -> tuple[object, float, float]:
    """Return the result, wall seconds and processor seconds (of this process and its children)."""
    before, start = _processor_s(), time.perf_counter()
    result = action()
    return result, time.perf_counter() - start, _processor_s() - before


def _processor_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def proof_of(districts: Districts, parent: Parent | None) -> Proof:
    """Prove with the tolerance of the built-in rule pack."""
    return prove(districts, parent, sliver_width_m=2.0, sliver_area_m2=100.0)


def in_memory(count: int) -> None:
    """Print the proof beside `coverage_is_valid`, clean and with faults that the peer can't see."""
    districts, parent = tessellation(count)
    loaded = _peak_mb()
    proof, wall, cpu = timed(lambda: proof_of(districts, parent))
    assert isinstance(proof, Proof)
    above = _peak_mb() - loaded
    answer, peer_wall, peer_cpu = timed(lambda: shapely.coverage_is_valid(districts.geometries))
    print(f"{len(districts):,} districts, {proof.figures.edges:,} edges, in memory")
    print(f"  minglu prove               {wall:7.2f} s wall {cpu:7.2f} s cpu  {proof.verdict}, +{above:.0f} MB memory")
    print(f"  shapely.coverage_is_valid  {peer_wall:7.2f} s wall {peer_cpu:7.2f} s cpu  {answer}")
    print(f"  ratio                      {peer_wall / wall:7.2f}   wall {peer_cpu / cpu:7.2f}   cpu")
    lost = districts.take(np.delete(np.arange(len(districts)), len(districts) // 2))
    found = proof_of(lost, parent).as_dict()["faults"]
    print(f"  one district left out: minglu {found}, coverage_is_valid {shapely.coverage_is_valid(lost.geometries)}")


def on_disk(count: int, *, jitter_m: float) -> None:
    """Print whole processes, layer to fault file, beside mapshaper."""
    districts, parent = tessellation(count, jitter_m=jitter_m)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "districts.shp", districts.codes, districts.geometries)
        _write(folder / "parent.shp", ("99",), np.array([parent.geometry], object))
        command = [sys.executable, "-m", "minglu", "check", str(folder / "districts.shp")]
        command += ["--within", str(folder / "parent.shp"), "--out", str(folder / "faults.gpkg")]
        _, wall, cpu = timed(lambda: _run(command, folder))
        kind = "jittered" if jitter_m else "clean"
        print(f"{len(districts):,} districts, {kind}, from file to fault file")
        print(f"  minglu check               {wall:7.2f} s wall {cpu:7.2f} s cpu")
        if not _mapshaper_is_there():
            print("  mapshaper                  can't be installed: no npm")
            return
        peer = [str(MAPSHAPER), "-i", str(folder / "districts.shp"), "-mosaic", "-o", str(folder / "mosaic.shp")]
        _, peer_wall, peer_cpu = timed(lambda: _run(peer, folder))
        print(f"  mapshaper -mosaic          {peer_wall:7.2f} s wall {peer_cpu:7.2f} s cpu  (not the parent's edge)")
        print(f"  ratio                      {peer_wall / wall:7.2f}   wall {peer_cpu / cpu:7.2f}   cpu", flush=True)


def _mapshaper_is_there() -> bool:
    """Install mapshaper into the bench's own cache unless it is there; say whether that worked."""
    npm = shutil.which("npm")
    if not MAPSHAPER.exists() and npm:
        command = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", MAPSHAPER_VERSION]
        subprocess.run(command, check=False, capture_output=True)
    return MAPSHAPER.exists()


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr.decode("utf-8", "replace"))


def _write(path: Path, codes: Sequence[str], shapes: np.ndarray) -> None:
    from minglu.register.sources.vector.gdal_drivers import vector_io

    vector_io().raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(codes, object)],
        np.array(["code"], object),
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=ZONE.to_wkt(),
        encoding="UTF-8",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, default=100_000, help="districts in memory, 0 for none")
    parser.add_argument("--files", type=int, nargs="*", default=[10_000, 100_000], help="sizes from file to fault file")
    options = parser.parse_args(arguments)
    if options.districts:
        in_memory(options.districts)
    for count in options.files:
        on_disk(count, jitter_m=0.0)
    if options.files:
        on_disk(min(options.files), jitter_m=JITTER_M)


if __name__ == "__main__":
    main()
