"""Addresses in words: levels, road or village, number, building, room.  Points are made in `points`.

House numbers grow from west to east in a district, so that near numbers are near places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from generator.words import words

if TYPE_CHECKING:
    from generator.world import Stage


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses, one entry each; empty text where a part is missing."""

    county: np.ndarray
    town: np.ndarray
    village: np.ndarray
    """Village or community, with its kind."""
    road: np.ndarray
    """Road, park with road, or market; empty in a village."""
    group: np.ndarray
    """Village group (3组), empty in a town."""
    number: np.ndarray
    """House number, 0 for none."""
    unit: np.ndarray
    """Building and room, or stall."""


def make_addresses(stage: Stage, district: np.ndarray, point: np.ndarray, rng: np.random.Generator) -> Addresses:
    """Name the places at the given points."""
    places, names, count = stage.territory.places, stage.vocabulary.names, len(district)
    west, south, east, north = stage.triangles.bounds[district].T
    eastward = np.clip((point[:, 0] - west) / np.maximum(east - west, 1e-9), 0, 0.999)
    northward = np.clip((point[:, 1] - south) / np.maximum(north - south, 1e-9), 0, 0.999)
    urban = np.array([place.urban for place in places])[district]
    on_road = urban | (rng.random(count) < 0.35)
    road = _roads(stage, district, (northward * 4).astype(int))
    park = rng.random(count) < np.where(urban, 0.06, 0.12)
    towns = words([place.town for place in places])
    parks = words(names.get("parks", stage.vocabulary.territory["parks"]))
    town_of = np.unique(towns, return_inverse=True)[1]
    road = np.where(park, parks[town_of[district] % len(parks)] + road, road)
    road[~on_road & ~park] = ""
    group = words([f"{n}组" for n in range(1, 13)])[(northward * 12).astype(int)]
    group[(road != "") | (rng.random(count) < 0.4)] = ""
    number = 1 + (eastward * np.where(urban, 600, 300)).astype(int)
    number[(road == "") & (rng.random(count) < 0.3)] = 0
    building, room = rng.integers(1, 20, count), rng.integers(101, 120, count) + 100 * rng.integers(0, 6, count)
    unit = words([""] * count)
    inner = np.flatnonzero((road != "") & (rng.random(count) < 0.22))
    unit[inner] = [f"{b}幢{r}室" if r % 3 else f"{b}幢" for b, r in zip(building[inner], room[inner], strict=True)]
    villages = words([place.village for place in places])[district]
    return Addresses(
        words([place.county for place in places])[district], towns[district], villages, road, group, number, unit
    )


def _roads(stage: Stage, district: np.ndarray, strip: np.ndarray) -> np.ndarray:
    """Return the road of each strip of each district: always the same one for the same strip."""
    names = stage.vocabulary.territory
    table = words([road + names["road_kinds"][i % len(names["road_kinds"])] for i, road in enumerate(names["roads"])])
    return table[(district // 3 * 7_919 + strip * 104_729) % len(table)]


def share(address: Addresses, shares: np.ndarray, lead: np.ndarray, rng: np.random.Generator) -> Addresses:
    """Give the marked sites the address of their leader; firms in one building have rooms of their own."""
    take = np.where(shares, lead, np.arange(len(lead)))
    unit = address.unit[take]
    own = np.flatnonzero(shares & (address.road[take] != "") & (rng.random(len(lead)) < 0.5))
    unit[own] = [f"{n % 5 + 1}幢{n % 6 + 1}0{n % 9 + 1}室" for n in rng.integers(0, 10_000, len(own))]
    return Addresses(
        address.county[take],
        address.town[take],
        address.village[take],
        address.road[take],
        address.group[take],
        address.number[take],
        unit,
    )


def place_in_markets(address: Addresses, stage: Stage, market: np.ndarray, stall: np.ndarray) -> Addresses:
    """Name market and stall where a site is in a market."""
    inside = np.flatnonzero(market >= 0)
    kinds = stage.vocabulary.markets
    road, unit, number, group = address.road.copy(), address.unit.copy(), address.number.copy(), address.group.copy()
    road[inside] = [kinds[m % len(kinds)]["name"] for m in market[inside]]
    unit[inside] = [f"{'ABCDEF'[s % 6]}区{s // 6 + 1}号摊位" for s in stall[inside]]
    number[inside], group[inside] = 0, ""
    return replace(address, road=road, unit=unit, number=number, group=group)
