"""Addresses in words: levels, road or village, number, building, room.  Points are made in `points`.

House numbers grow from west to east along a road, so that near numbers are near places,
and no two districts of a township use the same numbers of the same road.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from generator.stage import Stage
from generator.words import words

STRIPS = 4  # roads across a district
DISTRICTS_PER_ROAD = 3
URBAN_NUMBERS, RURAL_NUMBERS = 600, 300  # house numbers of a road within one district
LARGEST_NUMBER = DISTRICTS_PER_ROAD * URBAN_NUMBERS
RURAL_ROAD_SHARE, URBAN_PARK_SHARE, RURAL_PARK_SHARE = 0.35, 0.06, 0.12
NO_GROUP_SHARE, NO_NUMBER_SHARE, EXTENSION_SHARE, BUILDING_SHARE = 0.4, 0.3, 0.08, 0.22
OWN_ROOM_SHARE = 0.5  # firms at a shared address that name a room of their own


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses, one entry each; empty text where a part is missing."""

    county: np.ndarray
    """County, with its kind."""
    town: np.ndarray
    """Township, with its kind."""
    village: np.ndarray
    """Village or community, with its kind."""
    road: np.ndarray
    """Road, park with road, or market; empty in a village."""
    group: np.ndarray
    """Village group (3组), empty in a town."""
    number: np.ndarray
    """House number, 0 for none."""
    extension: np.ndarray
    """Second part of the house number (88-2号), or empty."""
    unit: np.ndarray
    """Building and room, or stall."""


def make_addresses(stage: Stage, district: np.ndarray, point: np.ndarray, rng: np.random.Generator) -> Addresses:
    """Name the places at the given points."""
    places, count = stage.territory.places, len(district)
    west, south, east, north = stage.triangles.bounds[district].T
    eastward = np.clip((point[:, 0] - west) / np.maximum(east - west, 1e-9), 0, 0.999)
    northward = np.clip((point[:, 1] - south) / np.maximum(north - south, 1e-9), 0, 0.999)
    urban = np.array([place.urban for place in places])[district]
    road = _roads(stage, district, (northward * STRIPS).astype(int), urban, rng)
    on_road = road != ""
    group = words([f"{n}组" for n in range(1, 13)])[(northward * 12).astype(int)]
    group = np.where(on_road | (rng.random(count) < NO_GROUP_SHARE), "", group)
    span = np.where(urban, URBAN_NUMBERS, RURAL_NUMBERS)
    number = 1 + ((district % DISTRICTS_PER_ROAD * on_road + eastward) * span).astype(int)
    number = np.where(~on_road & (rng.random(count) < NO_NUMBER_SHARE), 0, number)
    extension = words(["-1", "-2", "-3"])[rng.integers(0, 3, count)]
    extension = np.where((rng.random(count) < EXTENSION_SHARE) & (number > 0), extension, "")
    return Addresses(
        county=words([place.county for place in places])[district],
        town=words([place.town for place in places])[district],
        village=words([place.village for place in places])[district],
        road=road,
        group=group,
        number=number,
        extension=extension,
        unit=_rooms(on_road & (rng.random(count) < BUILDING_SHARE), rng),
    )


def _roads(
    stage: Stage, district: np.ndarray, strip: np.ndarray, urban: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the road, or park and road, of each strip of each district: the same one for the same strip."""
    names, count = stage.vocabulary.territory, len(district)
    kinds = names["road_kinds"]
    table = words([road + kinds[index % len(kinds)] for index, road in enumerate(names["roads"])])
    road = table[(district // DISTRICTS_PER_ROAD * STRIPS + strip) % len(table)]
    parks = words(names["parks"])
    park = rng.random(count) < np.where(urban, URBAN_PARK_SHARE, RURAL_PARK_SHARE)
    on_road = urban | park | (rng.random(count) < RURAL_ROAD_SHARE)
    road = np.where(park, parks[district // DISTRICTS_PER_ROAD % len(parks)] + road, road)
    return np.where(on_road, road, "")


def _rooms(inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return building, and room for most, where `inside`; empty text elsewhere."""
    unit, here = words([""] * len(inside)), np.flatnonzero(inside)
    building, floor, door = (rng.integers(1, top, len(here)).tolist() for top in (20, 7, 21))
    unit[here] = words(
        [f"{b}幢{f}{d:02d}室" if d % 3 else f"{b}幢" for b, f, d in zip(building, floor, door, strict=True)]
    )
    return unit


def share_address(address: Addresses, shares: np.ndarray, lead: np.ndarray, rng: np.random.Generator) -> Addresses:
    """Give the marked sites the address of their leader; firms in one building may have rooms of their own."""
    take = np.where(shares, lead, np.arange(len(lead)))
    shared = Addresses(**{part.name: getattr(address, part.name)[take] for part in fields(Addresses)})
    own = shares & (shared.road != "") & (rng.random(len(lead)) < OWN_ROOM_SHARE)
    return replace(shared, unit=np.where(own, _rooms(own, rng), shared.unit))


def place_in_markets(address: Addresses, stage: Stage, market: np.ndarray, stall: np.ndarray) -> Addresses:
    """Name market and stall where a site is in a market."""
    inside = market >= 0
    names = words([kind["name"] for kind in stage.vocabulary.markets])
    stalls = words([""] * len(market))
    stalls[inside] = words([f"{'ABCDEF'[s % 6]}区{s // 6 + 1}号摊位" for s in stall[inside].tolist()])
    return replace(
        address,
        road=np.where(inside, names[market % len(names)], address.road),
        unit=np.where(inside, stalls, address.unit),
        number=np.where(inside, 0, address.number),
        extension=np.where(inside, "", address.extension),
        group=np.where(inside, "", address.group),
    )
