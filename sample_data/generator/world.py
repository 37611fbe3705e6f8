"""The true world, block by block: legal units and their sites.  Nothing is misspelt here.

A block is made from (seed, block number) alone, so memory stays bounded whatever the
number of rows.  Blocks follow the order of the districts: a county lies in one block or two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generator import addresses, codes
from generator.firms import COMPANY, Legal, make_legal
from generator.points import sample_points
from generator.stage import Stage
from generator.words import CLASSES, words

MAIN, BRANCH, WORKSHOP = 0, 1, 2
BRANCH_SERIALS = 50_000_000  # organisation codes of branches are counted from here
SITES_PER_UNIT = 2  # room in the numbering of sites: no block has more
MOST_EXTRA_SITES = 6
SAME_DISTRICT_SHARE = 0.35  # further sites in the district of the main one
BARE_WORKSHOP_SHARE = 0.4  # plants that are entered under the bare name of the firm


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites of a block, one entry each."""

    serial: np.ndarray
    """Number of the site in the whole set."""
    legal: np.ndarray
    """Position of its legal unit in the block."""
    kind: np.ndarray
    """MAIN, BRANCH or WORKSHOP."""
    permit_serial: np.ndarray
    """Serial of the site under its code: 1 for main sites and branches, 2 and more for plants."""
    truth: np.ndarray
    """Serial of the site that this one really is (a mere second licence has the other's)."""
    district: np.ndarray
    """Position of the true district in the territory."""
    point: np.ndarray
    """True longitude and latitude (n, 2), degrees."""
    suffix: np.ndarray
    """Mark behind the parent's name (第二分厂, 东厂区), empty for the main site."""
    uscc: np.ndarray
    """USCC (n, 18 bytes): a branch has its own, a plant its parent's."""
    org: np.ndarray
    """Organisation code (n, 9 bytes), likewise."""
    address: addresses.Addresses
    """Where it is, in words."""
    in_scope: np.ndarray
    """Surveyed by the census."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the world."""

    legal: Legal
    sites: Sites


def make_block(stage: Stage, number: int) -> Block:
    """Make block `number` of the set."""
    first = number * stage.knobs.block_units
    units = min(stage.knobs.block_units, stage.units - first)
    rng = np.random.default_rng([stage.knobs.seed, 1, number])
    along = (first + units * rng.random(units)) / stage.units
    home = np.searchsorted(stage.district_weights, along, side="right")
    legal = make_legal(stage, first, np.minimum(home, len(stage.territory.places) - 1), rng)
    return Block(legal, _make_sites(stage, legal, rng))


def _make_sites(stage: Stage, legal: Legal, rng: np.random.Generator) -> Sites:
    owner, main, start = _count_sites(stage, legal, rng)
    count = len(owner)
    kind = np.where(main, MAIN, np.where(rng.random(count) < stage.knobs.branch_share, BRANCH, WORKSHOP))
    ordinal = np.arange(count) - start[owner]
    plants = np.cumsum(kind == WORKSHOP)
    lead = start[legal.leader][owner]  # the main site whose place this one shares
    shares = main & (legal.leader[owner] != owner)
    home = legal.district[owner]
    district = np.where(main | (rng.random(count) < SAME_DISTRICT_SHARE), home, _nearby(stage, home, rng))
    point = sample_points(stage.triangles, district, rng, border_share=stage.knobs.border_share)
    point = np.where(shares[:, None], point[lead], point)
    address = addresses.make_addresses(stage, district, point, rng)
    address = addresses.share_address(address, shares, lead, rng)
    address = addresses.place_in_markets(address, stage, legal.market[owner], legal.stall[owner])
    serial = int(legal.serial[0]) * SITES_PER_UNIT + np.arange(count)
    org, uscc = _own_codes(legal, owner, kind, serial)
    return Sites(
        serial=serial,
        legal=owner,
        kind=kind,
        permit_serial=np.where(kind == WORKSHOP, 1 + plants - plants[start[owner]], 1),
        truth=np.where(legal.second[owner] & main, serial[lead], serial),
        district=district,
        point=point,
        suffix=_suffixes(stage, kind, stage.trades.kind[legal.trade[owner]], owner + ordinal, rng),
        uscc=uscc,
        org=org,
        address=address,
        in_scope=legal.in_scope[owner],
    )


def _count_sites(stage: Stage, legal: Legal, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the unit of each site, whether it is the main site, and the position of each unit's main site."""
    units = len(legal.serial)
    able = (legal.kind == COMPANY) & ~legal.second & (legal.market < 0)
    several = able & (rng.random(units) < stage.knobs.extra_site_share)
    extra = np.where(several, np.minimum(rng.geometric(0.6, units), MOST_EXTRA_SITES), 0)
    start = np.concatenate([[0], np.cumsum(1 + extra)])
    owner = np.repeat(np.arange(units), 1 + extra)
    main = np.zeros(len(owner), dtype=bool)
    main[start[:-1]] = True
    return owner, main, start[:-1]


def _nearby(stage: Stage, home: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return districts not far from home in the order of codes: same or next township."""
    return np.clip(home + rng.integers(-15, 16, len(home)), 0, len(stage.territory.places) - 1)


def _own_codes(legal: Legal, owner: np.ndarray, kind: np.ndarray, serial: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    org, uscc = legal.org[owner], legal.uscc[owner]
    branch = np.flatnonzero(kind == BRANCH)
    if len(branch):
        org[branch] = codes.org_codes(BRANCH_SERIALS + serial[branch], old=np.zeros(len(branch), dtype=bool))
        uscc[branch] = codes.usccs(words(["91"] * len(branch)), legal.region_code[owner[branch]], org[branch])
    return org, uscc


def _suffixes(
    stage: Stage, kind: np.ndarray, source: np.ndarray, turn: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the marks of branches and plants by source class; sites of one parent differ in `turn`."""
    forms = stage.vocabulary.forms
    factory = source != CLASSES.index("other")
    suffix = words([""] * len(kind))
    for value, label in ((BRANCH, "branches"), (WORKSHOP, "workshops")):
        for part, where in (("industry", factory), ("other", ~factory)):
            table = words(forms[label][part])
            here = np.flatnonzero((kind == value) & where)
            suffix[here] = table[turn[here] % len(table)]
    suffix[(kind == WORKSHOP) & (rng.random(len(kind)) < BARE_WORKSHOP_SHARE)] = ""
    return suffix
