"""How offices write where a unit is: coordinates with errors of all sorts, and a declared district code."""

from __future__ import annotations

import numpy as np
from generator import noise
from generator.datums import shift
from generator.places import METRES_PER_DEGREE
from generator.stage import Stage
from generator.territory import town_key
from generator.words import words
from generator.world import Block

COARSE_SHARE, COARSE_FACTOR = 0.1, 2.0  # one row in ten is located half as well
VIRTUAL_SHARE = 0.1  # stale declared codes that name a virtual district
REVOKED_SHARE = 0.3  # stale declared codes that name a village that is no more


def write_coordinates(
    stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Write coordinates: measured with an error, in the datum of the list, then damaged."""
    knobs, count = stage.knobs, len(site)
    point = shift(_measure(stage, block, site, kind, rng), getattr(knobs, f"{kind}_datum"))
    lon, lat = (words([f"{value:.6f}" for value in axis.tolist()]) for axis in point.T)
    for row in noise.hit(rng, count, knobs.truncated_point_share).tolist():
        keep = -3 - row % 2  # two or three decimals are left
        lon[row], lat[row] = lon[row][:keep], lat[row][:keep]
    if kind != "permit":  # the permit list has six columns instead
        rows = noise.hit(rng, count, knobs.dms_share)
        for row, chance in zip(rows.tolist(), rng.random(len(rows)).tolist(), strict=True):
            lon[row] = noise.degrees_text(float(lon[row]), chance)
            lat[row] = noise.degrees_text(float(lat[row]), chance)
    swapped = noise.hit(rng, count, knobs.swapped_point_share)
    lon[swapped], lat[swapped] = lat[swapped], lon[swapped]
    zero, missing = noise.hit(rng, count, knobs.zero_point_share), noise.hit(rng, count, knobs.missing_point_share)
    for rows, value in ((zero, "0"), (missing, "")):
        lon[rows], lat[rows] = value, value
    return {"lon": lon, "lat": lat}


def _measure(stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Return measured points (n, 2); lazy geocoders return the town centre."""
    knobs, count = stage.knobs, len(site)
    error_m = getattr(knobs, f"jitter_{kind}_m") * np.where(rng.random(count) < COARSE_SHARE, COARSE_FACTOR, 1.0)
    latitude = np.radians(block.sites.point[site, 1])
    error = rng.standard_normal((count, 2)) * error_m[:, None] / METRES_PER_DEGREE
    error[:, 0] /= np.cos(latitude)
    point = block.sites.point[site] + error
    places, centres = stage.territory.places, stage.territory.centres
    lazy = noise.hit(rng, count, knobs.default_point_share)
    for row in lazy.tolist():
        point[row] = centres[town_key(places[block.sites.district[site[row]]])]
    return point


def write_declared(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write declared districts: whole, 12 digits only, a neighbour's, a revoked or virtual one, or nothing."""
    knobs, count = stage.knobs, len(site)
    every = words([place.code for place in stage.territory.places])
    district, draw = block.sites.district[site], rng.random(count)
    stale = rng.random(count) < knobs.declared_stale_share
    other = np.clip(district + rng.integers(1, 6, count), 0, len(every) - 1)
    code = every[np.where(stale, other, district)]
    if stage.territory.virtual:
        code[stale & (draw < VIRTUAL_SHARE)] = stage.territory.virtual[0].code
        revoked = np.flatnonzero(stale & (draw > 1 - REVOKED_SHARE))
        code[revoked] = words([f"{text[:9]}299{text[12:]}" for text in code[revoked]])
        short = np.flatnonzero(rng.random(count) < knobs.declared_short_share)
        code[short] = words([text[:12] for text in code[short]])
    code[rng.random(count) >= knobs.declared_share] = ""
    return code
