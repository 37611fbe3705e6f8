"""Tessellations and drawings for the territory's tests: districts with exactly shared vertices, made by code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from pyproj import CRS

from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.tiling.partition_proof import Proof, prove

ZONE = CRS.from_epsg(4547)  # CGCS2000 / 3-degree Gauss-Kruger CM 114E, metres


@dataclass(frozen=True)
class Tessellation:
    """Cells of a crooked grid; neighbours share every vertex of their common side, bit by bit."""

    cells: np.ndarray
    """Polygons, (columns, rows)."""
    sides: np.ndarray
    """Vertices along the side between cell (i, j) and cell (i + 1, j), upwards: (columns - 1, rows, k, 2)."""
    parent: shapely.Polygon


def crooked_grid(columns: int, rows: int, *, inner: int = 3, seed: int = 0, scale: float = 1000.0) -> Tessellation:
    """Draw columns x rows cells whose sides are polylines with `inner` vertices between their ends."""
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0), indexing="ij")
    corner = np.stack([x, y], -1) + random.uniform(-0.2, 0.2, (columns + 1, rows + 1, 2))
    corner[0, :, 0], corner[-1, :, 0], corner[:, 0, 1], corner[:, -1, 1] = 0, columns, 0, rows
    share = np.linspace(0, 1, inner + 2)[1:-1, None]

    def side(a, b):
        middle = a[..., None, :] + (b - a)[..., None, :] * share
        return middle + random.uniform(-0.1, 0.1, middle.shape) / (inner + 1)

    flat, steep = side(corner[:-1], corner[1:]), side(corner[:, :-1], corner[:, 1:])
    place = np.array([500_000.0, 3_400_000.0])
    corner, flat, steep = (part * scale + place for part in (corner, flat, steep))
    cells = np.empty((columns, rows), object)
    for i in range(columns):
        for j in range(rows):
            ring = [corner[i, j], *flat[i, j], corner[i + 1, j], *steep[i + 1, j]]
            ring += [corner[i + 1, j + 1], *flat[i, j + 1][::-1], corner[i, j + 1], *steep[i, j][::-1]]
            cells[i, j] = shapely.Polygon(ring)
    full = np.concatenate([corner[:, :-1, None], steep, corner[:, 1:, None]], axis=2)
    return Tessellation(cells, full[1:-1], shapely.coverage_union_all(cells.ravel()))


def as_districts(shapes: Sequence[object], codes: Sequence[str] | None = None) -> Districts:
    """Give shapes codes (00, 01 ...), names and a coordinate system in metres."""
    array = np.empty(len(shapes), object)
    array[:] = list(shapes)
    names = tuple(codes) if codes else tuple(f"{number:02d}" for number in range(len(shapes)))
    return Districts(names, tuple(f"district {name}" for name in names), array, ZONE, "drawn")


def prove_shapes(
    shapes: Sequence[object], parent: object | None = None, *, codes: Sequence[str] | None = None
) -> Proof:
    """Prove drawn shapes against a drawn parent, with no tolerance."""
    above = None if parent is None else Parent(parent, ZONE, "drawn parent")
    return prove(as_districts(shapes, codes), above, sliver_width_m=0.0, sliver_area_m2=0.0)


def faults_of(proof: Proof) -> list[tuple[str, str, float]]:
    """Return kind, districts and planar area of each fault, sorted."""
    shapes = shapely.from_wkb(proof.faults.column("geometry").to_numpy(zero_copy_only=False))
    rows = zip(proof.faults.to_pylist(), shapely.area(shapes), strict=True)
    return sorted((row["kind"], row["districts"], round(float(area), 9)) for row, area in rows)


@pytest.fixture(scope="session")
def grid() -> Callable[..., Tessellation]:
    return crooked_grid


@pytest.fixture(scope="session")
def territory() -> Callable[..., Proof]:
    return prove_shapes


@pytest.fixture(scope="session")
def listed() -> Callable[[Proof], list[tuple[str, str, float]]]:
    return faults_of


@pytest.fixture(scope="session")
def districts_of() -> Callable[..., Districts]:
    return as_districts
