"""An invented territory: districts that tile their county exactly.  No units, no names of firms, no files.

The plan is a Voronoi diagram whose edges are bent.  A bent edge never leaves the two
triangles between the edge and the seeds on its sides; these triangles do not overlap, so
no two bent edges can cross, and as each edge is bent once and shared by both neighbours,
all coordinates agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.spatial import Voronoi

METRES_PER_DEGREE = 111_195.0  # mean meridian degree; the county is invented, a sphere is enough
CENTRE_LON, CENTRE_LAT = 112.4, 30.6  # inside the area where GCJ-02 shifts points
DISTRICT_SIDE_M = 2_600.0  # a village area of about 7 km2
LAKE_M = 0.8 * DISTRICT_SIDE_M  # east and north of the middle
DISTRICTS_PER_TOWN = 10
DISTRICTS_PER_COUNTY = 180
EDGE_STEP_M = 140.0  # distance between the vertices of a boundary
COORDINATE_DECIMALS = 7  # about 1 cm, as survey offices deliver


@dataclass(frozen=True, slots=True)
class Place:
    """One census district without its geometry."""

    code: str
    """Village code (12 digits) + district (3 digits); or whatever a given layer has."""
    name: str
    """Name of the district, unique in its township."""
    village: str
    """Name of the village or community."""
    town: str
    """Name of the township, with its kind (镇, 乡, 街道)."""
    county: str
    """Name of the county, with its kind."""
    urban: bool
    """True for a street or town centre: roads and house numbers instead of village groups."""


@dataclass(frozen=True, slots=True)
class Territory:
    """Districts, their polygons, and the area that they fill."""

    places: tuple[Place, ...]
    """One per district with geometry, sorted by code."""
    polygons: np.ndarray
    """Their (multi)polygons in degrees, same order."""
    parent: shapely.Geometry | None
    """The area that the districts fill, or None where a given layer came without one."""
    province: str
    """Name of the province."""
    city: str
    """Name of the prefecture-level city."""
    virtual: tuple[Place, ...] = ()
    """Districts that legally have no geometry (codes from 900)."""
    centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Town centre in degrees by the code of the township: the default point of lazy geocoders."""


def to_degrees(points_m: np.ndarray) -> np.ndarray:
    """Turn plane metres (n, 2) into degrees around the invented county."""
    lon = CENTRE_LON + points_m[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(CENTRE_LAT)))
    lat = CENTRE_LAT + points_m[:, 1] / METRES_PER_DEGREE
    return np.round(np.column_stack([lon, lat]), COORDINATE_DECIMALS)


def scatter_seeds(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return evenly but not regularly spread seeds (n, 2), in metres, over a box around the county."""
    side = int(np.ceil(np.sqrt(count * 1.9))) + 4
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2).astype(float)
    grid[:, 0] += 0.5 * (grid[:, 1] % 2)
    grid += rng.uniform(-0.42, 0.42, grid.shape)
    return (grid - grid.mean(axis=0)) * DISTRICT_SIDE_M


def choose_cells(seeds: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the indexes of the `count` seeds inside a lobed outline around the middle."""
    angle = np.arctan2(seeds[:, 1], seeds[:, 0])
    outline = np.ones(len(seeds))
    for wave in range(2, 6):
        outline += rng.uniform(0.04, 0.12) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    distance = np.hypot(seeds[:, 0], seeds[:, 1]) / outline
    return np.sort(np.argsort(distance, kind="stable")[:count])


def bend_edge(
    start: np.ndarray, end: np.ndarray, sides: np.ndarray, rng: np.random.Generator, step_m: float
) -> np.ndarray:
    """Return the vertices (n, 2) of the bent edge from start to end; `sides` are the two seeds (2, 2)."""
    along = end - start
    length = float(np.hypot(*along))
    pieces = int(np.clip(round(length / step_m), 1, 40))
    if pieces == 1:
        return np.array([start, end])
    across = np.array([-along[1], along[0]]) / length
    t = np.clip(np.arange(1, pieces) / pieces + rng.uniform(-0.25, 0.25, pieces - 1) / pieces, 0, 1)
    room = np.minimum(*(_triangle_height(t, seed - start, along, length) for seed in sides))
    wave = np.zeros(pieces - 1)
    for octave in (1, 2, 4, 8):
        wave += np.sin(np.pi * octave * t + rng.uniform(0, 2 * np.pi)) * rng.uniform(0.2, 1.0) / octave**0.8
    height = 0.62 * room * np.tanh(wave)
    inner = start + t[:, None] * along + height[:, None] * across
    return np.vstack([start, inner, end])


def _triangle_height(t: np.ndarray, seed: np.ndarray, along: np.ndarray, length: float) -> np.ndarray:
    """Height over the edge, at shares t of its length, of the triangle between the edge and a seed.

    Where the seed stands beyond an end of the edge, only the far side of the triangle limits it.
    """
    top = abs(along[0] * seed[1] - along[1] * seed[0]) / length
    foot = float(seed @ along) / length**2
    from_start = t / foot if foot > 0 else np.full(len(t), np.inf)
    from_end = (1 - t) / (1 - foot) if foot < 1 else np.full(len(t), np.inf)
    return top * np.minimum(from_start, from_end)


def draw_cells(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, shapely.Geometry]:
    """Draw `count` districts and one lake; return seeds (degrees), polygons and the parent area.

    The lake is a cell that belongs to no district: the parent has a hole there.
    """
    seeds = scatter_seeds(count, rng)
    diagram = Voronoi(seeds)
    chosen = choose_cells(seeds, count + 1, rng)
    lake = int(chosen[np.argsort(np.hypot(*(seeds[chosen] - LAKE_M).T))[0]])
    wanted = {int(c) for c in chosen} - {lake}
    lines: dict[int, list[np.ndarray]] = {cell: [] for cell in sorted(wanted)}
    outer = []
    step_m = EDGE_STEP_M * (1 if count < 2_000 else 2.5)
    for (left, right), ridge in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True):
        inside = [int(cell) for cell in (left, right) if int(cell) in wanted]
        if not inside or min(ridge) < 0:
            continue
        start, end = diagram.vertices[ridge]
        line = to_degrees(bend_edge(start, end, seeds[[left, right]], rng, step_m))
        if np.array_equal(line[0], line[-1]):
            continue  # shorter than the rounding: its ends are one vertex
        for cell in inside:
            lines[cell].append(line)
        if len(inside) == 1:
            outer.append(line)
    polygons = np.array([_ring_polygon(cell_lines) for cell_lines in lines.values()], dtype=object)
    parent = _outline(outer)
    assert np.isclose(shapely.area(polygons).sum(), parent.area, rtol=1e-9), "the outline of this seed falls apart"
    return to_degrees(seeds[sorted(wanted)]), polygons, parent


def _ring_polygon(lines: list[np.ndarray]) -> shapely.Polygon:
    """Join the edges of one cell, end to start, into a polygon; coordinates are kept bit for bit."""
    rest = list(lines)
    ring = [rest.pop()]
    while rest:
        tail = tuple(ring[-1][-1])
        for index, line in enumerate(rest):
            if tuple(line[0]) == tail or tuple(line[-1]) == tail:
                rest.pop(index)
                ring.append(line if tuple(line[0]) == tail else line[::-1])
                break
        else:
            raise AssertionError("the edges of a cell do not close")
    return shapely.normalize(shapely.Polygon(np.vstack([part[:-1] for part in ring])))


def _outline(lines: list[np.ndarray]) -> shapely.Geometry:
    """Return the area enclosed by the outer edges: the largest face minus the faces in it (lakes)."""
    faces = list(shapely.polygonize([shapely.LineString(line) for line in lines]).geoms)
    return shapely.normalize(max(faces, key=lambda face: face.area))


def cut_enclave(polygons: np.ndarray, host: int, owner: int, rng: np.random.Generator) -> np.ndarray:
    """Give a blob in the middle of district `host` to district `owner`: a legal enclave 飞地."""
    polygons = polygons.copy()
    middle = shapely.centroid(polygons[host])
    reach = 0.45 * shapely.distance(shapely.boundary(polygons[host]), middle)
    angle = np.linspace(0, 2 * np.pi, 25)[:-1]
    radius = reach * (0.75 + 0.2 * np.sin(3 * angle + rng.uniform(0, 6)) + rng.uniform(-0.05, 0.05, 24))
    ring = np.column_stack([middle.x + radius * np.cos(angle), middle.y + radius * np.sin(angle)])
    ring = np.round(ring, COORDINATE_DECIMALS)
    hole, shell = shapely.Polygon(ring), polygons[host]
    polygons[host] = shapely.normalize(shapely.Polygon(shell.exterior, [ring]))
    polygons[owner] = shapely.normalize(shapely.MultiPolygon([polygons[owner], hole]))
    return polygons
