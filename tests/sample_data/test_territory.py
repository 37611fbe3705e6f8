"""Promises of the invented territory: it tiles exactly, and the faulty copy differs just where planted."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from generator import faults, points, words
from generator.__main__ import main
from generator.places import Territory
from generator.stage import Stage
from generator.territory import draw_territory
from generator.world import Block


@pytest.fixture(scope="module")
def territory() -> Territory:
    return draw_territory(60, words.load("open"), np.random.default_rng([2027, 0]))


def _directed_edges(polygons: np.ndarray) -> Counter[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Count each edge, shells counter-clockwise and holes clockwise, by its raw coordinates."""
    edges: Counter[tuple[tuple[float, ...], tuple[float, ...]]] = Counter()
    for part in shapely.get_parts(shapely.orient_polygons(polygons)):
        for ring in (part.exterior, *part.interiors):
            vertices = [tuple(vertex) for vertex in shapely.get_coordinates(ring).tolist()]
            edges.update(pairwise(vertices))
    return edges


def _left_over(territory: Territory, polygons: np.ndarray) -> Counter[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Cancel each edge against its reverse, and against the parent's; what is left is a fault."""
    edges = _directed_edges(polygons)
    edges.update((end, start) for start, end in _directed_edges(np.array([territory.parent], dtype=object)))
    return Counter({e: n for e, n in edges.items() if n != edges.get(e[::-1], 0)})


def test_districts_tile_the_county_bit_for_bit(territory: Territory) -> None:
    """Every edge meets its reverse or the county's edge, and all polygons are valid: no gap, no overlap."""
    assert shapely.is_valid(territory.polygons).all()
    assert shapely.is_valid(territory.parent)
    assert not _left_over(territory, territory.polygons)


@pytest.mark.parametrize(("count", "seed"), [(3, 1), (20, 2), (61, 3), (200, 4), (200, 5), (200, 6), (500, 5)])
def test_any_number_of_districts_tiles(count: int, seed: int) -> None:
    """The same for small and large territories, with other seeds."""
    territory = draw_territory(count, words.load("held-out"), np.random.default_rng(seed))
    assert len(territory.places) == count == len({place.code for place in territory.places})
    assert shapely.is_valid(territory.polygons).all()
    assert not _left_over(territory, territory.polygons)


def test_county_has_a_lake_an_enclave_and_a_virtual_district(territory: Territory) -> None:
    """A hole in the parent; a district of two parts, one of them in the hole of another; one without geometry."""
    assert len(territory.parent.interiors) == 1
    owners = [polygon for polygon in territory.polygons if polygon.geom_type == "MultiPolygon"]
    hosts = [p for p in territory.polygons if p.geom_type == "Polygon" and p.interiors]
    assert len(owners) == len(hosts) == 1
    assert shapely.contains(shapely.Polygon(hosts[0].exterior), shapely.get_parts(owners[0])).any()
    assert [place.code[12] for place in territory.virtual] == ["9"]


def test_codes_are_fictional_and_names_unique_in_their_town(territory: Territory) -> None:
    """15 digits that begin with 99; no two districts of a township share a name."""
    assert all(len(place.code) == 15 and place.code.startswith("99") for place in territory.places)
    names = [(place.code[:9], place.name) for place in territory.places]
    assert len(set(names)) == len(names)
    assert any(place.code.endswith("002") for place in territory.places)


def test_boundaries_are_not_straight(territory: Territory) -> None:
    """A district has many vertices, as surveyed boundaries have."""
    assert np.median(shapely.get_num_coordinates(territory.polygons)) > 50


def test_faulty_layer_differs_just_where_planted(territory: Territory) -> None:
    """Changed are the first district of each fault and no other; six kinds are planted."""
    polygons, planted = faults.plant(territory, np.random.default_rng(3))
    assert [fault.kind for fault in planted] == ["overlap", "gap", "sliver", "spill", "mismatch", "missing"]
    changed = {
        place.code
        for place, old, new in zip(territory.places, territory.polygons, polygons, strict=True)
        if new is None or shapely.to_wkb(old) != shapely.to_wkb(new)
    }
    assert changed == {fault.districts[0] for fault in planted}
    touched = {vertex for edge in _left_over(territory, _kept(polygons)) for vertex in edge}
    missing = [old for old, new in zip(territory.polygons, polygons, strict=True) if new is None]
    assert set(map(tuple, shapely.get_coordinates(missing).tolist())) <= touched


def _kept(polygons: np.ndarray) -> np.ndarray:
    return np.array([polygon for polygon in polygons if polygon is not None], dtype=object)


def test_planted_areas_are_what_the_geometry_says(territory: Territory) -> None:
    """Overlap, gap, sliver and spill measure what the list says, on the plane near enough."""
    polygons, planted = faults.plant(territory, np.random.default_rng(3))
    metres = 111_195.0**2 * np.cos(np.radians(30.6))
    by_code = {place.code: index for index, place in enumerate(territory.places)}
    for fault in planted[:4]:
        index = by_code[fault.districts[0]]
        old, new = territory.polygons[index], polygons[index]
        face = shapely.symmetric_difference(old, new).area * metres
        assert face == pytest.approx(fault.area_m2, rel=0.02)
        assert fault.width_m == pytest.approx(
            {"overlap": 60, "gap": 45, "sliver": 0.02, "spill": 80}[fault.kind], rel=0.25
        )
    union = shapely.union_all(_kept(polygons[[i for i in range(60) if i != by_code[planted[0].districts[0]]]]))
    overlap = shapely.intersection(polygons[by_code[planted[0].districts[0]]], union).area * metres
    assert overlap == pytest.approx(planted[0].area_m2, rel=0.02)


def test_written_layers_hold_what_was_drawn(county: Path, territory: Territory) -> None:
    """GeoPackage keeps coordinates bit for bit, EPSG:4490, and the virtual district without geometry."""
    frame = pyogrio.read_dataframe(county / "districts.gpkg")
    assert frame.crs.to_epsg() == 4490
    assert len(frame) == 61
    assert frame.geometry.isna().sum() == 1
    drawn = [shapely.get_coordinates(polygon).tolist() for polygon in territory.polygons]
    assert [shapely.get_coordinates(g).tolist() for g in frame.geometry[:60]] == drawn
    planted = json.loads((county / "faults-planted.json").read_text(encoding="utf-8"))["faults"]
    assert len(pyogrio.read_dataframe(county / "districts-faulty.gpkg")) == 60
    assert {row["reported_as"] for row in planted} == {"overlap", "gap", "spill", "mismatch"}


def test_true_points_lie_in_their_true_districts(stage: Stage, block: Block) -> None:
    """Before any error of measurement, every site is inside its district; some are close to a border."""
    polygons = stage.territory.polygons[block.sites.district]
    lon, lat = block.sites.point.T
    assert shapely.contains_xy(polygons, lon, lat).all()
    metres = shapely.distance(shapely.boundary(polygons), shapely.points(lon, lat)) * 100_000
    assert 0.01 < (metres < 20).mean() < 0.2


def test_points_are_spread_evenly_over_a_district_with_a_hole() -> None:
    """A square with a hole gets no point in the hole, and as many in either half."""
    square = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    triangles = points.triangulate(np.array([square], dtype=object))
    made = points.sample_points(triangles, np.zeros(20_000, dtype=int), np.random.default_rng(1), border_share=0.0)
    assert shapely.contains_xy(square, made[:, 0], made[:, 1]).all()
    assert (made[:, 0] > 2).mean() == pytest.approx(8 / 15, abs=0.02)


def test_any_polygon_layer_can_be_the_territory(county: Path, tmp_path: Path) -> None:
    """A given layer with columns of its own, one polygon invalid: sites lie in their districts all the same."""
    frame = pyogrio.read_dataframe(county / "districts.gpkg").rename(columns={"code": "VILLCODE", "name": "VILLNAME"})
    bow = shapely.Polygon([(113, 30), (113.1, 30.1), (113.1, 30), (113, 30.1)])
    frame.loc[len(frame)] = ["A-1", None, "外镇", "外县", bow]
    pyogrio.write_dataframe(frame.to_crs("EPSG:4326"), tmp_path / "any.gpkg")
    arguments = ["--rows", "800", "--districts", str(tmp_path / "any.gpkg"), "--code", "VILLCODE", "--name", "VILLNAME"]
    arguments += ["--town", "town", "--county", "county", "--out", str(tmp_path / "out"), "--format", "csv"]
    assert main(arguments) == 0
    sites = pq.read_table(tmp_path / "out" / "truth_sites.parquet").to_pydict()
    codes = dict(zip(frame["VILLCODE"], frame.geometry, strict=True))
    polygons = shapely.make_valid(np.array([codes[code] for code in sites["district_code"]], dtype=object))
    assert shapely.intersects_xy(polygons, sites["lon"], sites["lat"]).all()
    assert "A-1" in sites["district_code"]
    assert not (tmp_path / "out" / "census-faulty.toml").exists()
    assert "[parent]" not in (tmp_path / "out" / "census.toml").read_text(encoding="utf-8")
