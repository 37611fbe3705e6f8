"""Names and codes for an invented territory, and its layers read from a file.  Drawing lines is in `places`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from generator import places
from generator.places import Place, Territory
from generator.words import Vocabulary, chinese_number

DISTRICTS_PER_ENCLAVE = 400
SPLIT_VILLAGE_SHARE = 0.2  # villages with more than one 普查小区
VIRTUAL_FROM = 900  # district codes without geometry start here [S35]


def draw_territory(count: int, vocabulary: Vocabulary, rng: np.random.Generator) -> Territory:
    """Draw an invented territory of `count` districts with geometry and a virtual one."""
    seeds, polygons, parent = places.draw_cells(count, rng)
    groups = [
        town
        for county in _bisect(np.arange(count), seeds, places.DISTRICTS_PER_COUNTY)
        for town in [_bisect(county, seeds, places.DISTRICTS_PER_TOWN)]
    ]
    made: list[tuple[Place, int]] = []
    for number, towns in enumerate(groups):
        made.extend(_county(number, towns=towns, seeds=seeds, polygons=polygons, vocabulary=vocabulary, rng=rng))
    made.sort(key=lambda pair: pair[0].code)
    order = np.array([cell for _, cell in made])
    found = tuple(place for place, _ in made)
    polygons = _cut_enclaves(found, polygons[order], rng)
    last = found[-1]
    virtual = Place(
        last.code[:12] + str(VIRTUAL_FROM + 1),
        f"{last.village}拆迁区虚拟普查小区",
        last.village,
        last.town,
        last.county,
        last.urban,
    )
    names = vocabulary.territory
    return Territory(
        found, polygons, parent, names["province"], names["city"], (virtual,), town_centres(found, polygons)
    )


def _bisect(cells: np.ndarray, seeds: np.ndarray, size: int) -> list[np.ndarray]:
    """Split cells by place into compact groups of at most `size`."""
    if len(cells) <= size:
        return [cells]
    spread = np.ptp(seeds[cells], axis=0)
    parts = int(np.ceil(len(cells) / size))
    cut = len(cells) * (parts // 2) // parts
    cells = cells[np.argsort(seeds[cells, int(spread[1] > spread[0])], kind="stable")]
    return [*_bisect(cells[:cut], seeds, size), *_bisect(cells[cut:], seeds, size)]


def _county_name(number: int, first: list[str], second: list[str]) -> str:
    """Name county `number`; the names of the first len(first) * len(second) counties are of two characters."""
    pair = number * (len(first) + 1) % (len(first) * len(second))
    turn = number // (len(first) * len(second))
    extra = first[turn % len(first)] if turn else ""
    return extra + first[pair % len(first)] + second[pair // len(first)] + "县县县区市"[number % 5]


def _county(
    number: int,
    *,
    towns: list[np.ndarray],
    seeds: np.ndarray,
    polygons: np.ndarray,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> list[tuple[Place, int]]:
    """Name and number the towns, villages and districts of one county."""
    names = vocabulary.territory
    county = _county_name(number, names["county_first"], names["county_second"])
    code = f"99{number // 20 + 1:02d}{number % 20 + 1:02d}"
    middle = seeds[np.concatenate(towns)].mean(axis=0)
    nearest = np.argsort([np.hypot(*(seeds[town].mean(axis=0) - middle)) for town in towns])
    urban_towns = {int(index) for index in nearest[: max(1, len(towns) // 6)]}
    pairs = rng.permutation(len(names["town_first"]) * len(names["town_second"]))
    serial = {"街道": 1, "镇": 100, "乡": 200}
    out = []
    for index, town in enumerate(towns):
        kind = "街道" if index in urban_towns else ("乡" if rng.random() < 0.25 else "镇")
        a, b = divmod(int(pairs[index]), len(names["town_second"]))
        label = names["town_first"][a] + names["town_second"][b] + kind
        town_code = f"{code}{serial[kind]:03d}"
        serial[kind] += 1
        out.extend(
            _villages(
                town_code, town=label, county=county, cells=town, polygons=polygons, vocabulary=vocabulary, rng=rng
            )
        )
    return out


def _villages(
    code: str,
    *,
    town: str,
    county: str,
    cells: np.ndarray,
    polygons: np.ndarray,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> list[tuple[Place, int]]:
    """Name the villages of a town; some neighbouring cells are districts of one village."""
    names = vocabulary.territory
    villages: list[list[int]] = []
    for cell in cells:
        joins = villages and len(villages[-1]) < 3 and rng.random() < SPLIT_VILLAGE_SHARE
        if joins and shapely.touches(polygons[villages[-1][-1]], polygons[cell]):
            villages[-1].append(int(cell))
        else:
            villages.append([int(cell)])
    urban = town.endswith("街道")
    second = names["community_second"] if urban else names["village_second"]
    pairs = rng.permutation(len(names["village_first"]) * len(second))
    out = []
    for index, members in enumerate(villages):
        a, b = divmod(int(pairs[index]), len(second))
        village = names["village_first"][a] + second[b] + ("社区" if urban else "村")
        formal = village + ("居民委员会" if urban else "村民委员会")
        village_code = f"{code}{(1 if urban else 200) + index:03d}"
        for district, cell in enumerate(members, start=1):
            label = formal + (f"第{chinese_number(district)}普查小区" if len(members) > 1 else "")
            out.append((Place(f"{village_code}{district:03d}", label, village, town, county, urban), cell))
    return out


def _cut_enclaves(found: tuple[Place, ...], polygons: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut some legal enclaves: an area inside one district that belongs to a district of another town."""
    wanted = max(1, len(found) // DISTRICTS_PER_ENCLAVE)
    # Far more draws than needed; a territory of one town has no enclave.
    for host, owner in rng.integers(0, len(found), (50 * wanted, 2)).tolist():
        if wanted == 0:
            break
        whole = polygons[host].geom_type == polygons[owner].geom_type == "Polygon" and not polygons[host].interiors
        apart = found[host].town != found[owner].town and not shapely.touches(polygons[host], polygons[owner])
        if whole and apart:
            polygons, wanted = places.cut_enclave(polygons, host, owner, rng), wanted - 1
    return polygons


def town_key(place: Place) -> str:
    """Name the township of a place, unique in the territory."""
    return f"{place.county}/{place.town}"


def town_centres(found: tuple[Place, ...], polygons: np.ndarray) -> dict[str, tuple[float, float]]:
    """Return a point inside the first district of each township, rounded as lazy geocoders give it."""
    centres: dict[str, tuple[float, float]] = {}
    for place, polygon in zip(found, polygons, strict=True):
        if town_key(place) not in centres:
            point = shapely.point_on_surface(polygon)
            centres[town_key(place)] = (round(point.x, 4), round(point.y, 4))
    return centres


def read_territory(
    path: Path,
    *,
    code: str,
    name: str,
    town: str | None,
    county: str | None,
    parent: Path | None,
    vocabulary: Vocabulary,
) -> Territory:
    """Read any polygon layer as a territory; names of upper levels come from columns or from the code."""
    import geopandas  # noqa: PLC0415 - slow to load, needed for given layers only

    layer = geopandas.read_file(path).to_crs("EPSG:4490")
    layer[code] = layer[code].astype(str)
    layer = layer[~layer.geometry.isna()].sort_values(code, kind="stable").drop_duplicates(code)
    # A given layer may name a district by nothing; its code then stands in.
    labels = layer[name].fillna(layer[code]).astype(str).to_numpy()
    towns = layer[town].fillna("").astype(str).to_numpy() if town else layer[code].str[:-3].to_numpy() + "镇"
    counties = layer[county].fillna("").astype(str).to_numpy() if county else layer[code].str[:5].to_numpy() + "县"
    rows = zip(layer[code], labels, towns, counties, strict=True)
    found = tuple(Place(c, n, n, t, k, n.endswith(("里", "社区", "街"))) for c, n, t, k in rows)
    polygons = np.asarray(layer.geometry.array, dtype=object)
    area = None
    if parent is not None:
        area = geopandas.read_file(parent).to_crs("EPSG:4490").geometry.union_all()
    names = vocabulary.territory
    return Territory(found, polygons, area, names["province"], names["city"], (), town_centres(found, polygons))
