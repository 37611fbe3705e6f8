"""The true world, block by block: legal units, their owners and sites.  Nothing is misspelt here.

A block is made from (seed, block number) alone, so blocks can be made in any order and
memory stays bounded whatever the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator import addresses, codes, firms
from generator.firms import Legal
from generator.knobs import Knobs
from generator.places import Territory
from generator.points import Triangles, sample_points
from generator.words import CLASSES, Vocabulary, words

MAIN, BRANCH, WORKSHOP = 0, 1, 2
BRANCH_SERIALS = 50_000_000  # organisation codes of branches are counted from here


@dataclass(frozen=True, slots=True)
class Stage:
    """What all blocks share."""

    knobs: Knobs
    vocabulary: Vocabulary
    territory: Territory
    triangles: Triangles
    trades: firms.Trades
    district_weights: np.ndarray
    """Running sum of the chance of each district to hold a unit."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites of a block, one entry each."""

    serial: np.ndarray
    """Number of the site in the whole set."""
    legal: np.ndarray
    """Position of its legal unit in the block."""
    kind: np.ndarray
    """MAIN, BRANCH or WORKSHOP."""
    ordinal: np.ndarray
    """1 for the main site, 2 and more for others: the permit serial."""
    truth: np.ndarray
    """Serial of the site that this one really is (another licence of the same site has the other's)."""
    district: np.ndarray
    """Position of the true district in the territory."""
    point: np.ndarray
    """True longitude and latitude (n, 2), degrees."""
    suffix: np.ndarray
    """Mark behind the parent's name (第二分厂, 东厂区), empty for the main site."""
    uscc: np.ndarray
    """Own USCC (n, 18 bytes): a branch has another than its parent."""
    org: np.ndarray
    """Own organisation code (n, 9 bytes)."""
    address: addresses.Addresses
    """Where it is, in words."""
    in_scope: np.ndarray
    """True if the census surveys it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the world."""

    legal: Legal
    sites: Sites


def make_block(stage: Stage, number: int, units: int) -> Block:
    """Make block `number` with `units` legal units."""
    rng = np.random.default_rng([stage.knobs.seed, 1, number])
    first = number * stage.knobs.block_units
    district = np.searchsorted(stage.district_weights, rng.random(units), side="right")
    legal = firms.make_legal(stage, first, district, rng)
    return Block(legal, _make_sites(stage, legal, district, rng))


def _make_sites(stage: Stage, legal: Legal, home: np.ndarray, rng: np.random.Generator) -> Sites:
    knobs, units = stage.knobs, len(home)
    several = (
        (legal.kind == firms.COMPANY)
        & ~legal.second
        & (legal.market < 0)
        & (rng.random(units) < knobs.extra_site_share)
    )
    extra = np.where(several, np.minimum(rng.geometric(0.6, units), 6), 0)
    owner = np.concatenate([np.arange(units), np.repeat(np.arange(units), extra)])
    order = np.argsort(owner, kind="stable")
    owner, main = owner[order], order < units
    start = np.flatnonzero(main)
    ordinal = np.arange(len(owner)) - start[owner] + 1
    count = len(owner)
    branch = ~main & (rng.random(count) < knobs.branch_share)
    kind = np.select([main, branch], [MAIN, BRANCH], WORKSHOP)
    district = np.where(main | (rng.random(count) < 0.35), home[owner], _neighbour(stage, home[owner], rng))
    lead = start[legal.leader][owner]  # the main site whose place this one shares
    shares = main & (legal.leader[owner] != owner)
    district = np.where(shares, district[lead], district)
    point = sample_points(stage.triangles, district, rng, border_share=knobs.border_share)
    point[shares] = point[lead[shares]]
    address = addresses.make_addresses(stage, district, point, rng)
    address = addresses.share(address, shares, lead, rng)
    address = addresses.place_in_markets(address, stage, legal.market[owner], legal.stall[owner])
    serial = int(legal.serial[0]) * 2 + np.arange(count)
    truth = np.where(legal.second[owner] & main, serial[lead], serial)
    org, uscc = _own_codes(legal, owner, kind, serial)
    return Sites(
        serial,
        owner,
        kind,
        ordinal,
        truth,
        district,
        point,
        _suffixes(stage, kind, ordinal, rng),
        uscc,
        org,
        address,
        legal.in_scope[owner],
    )


def _neighbour(stage: Stage, home: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return districts not far from home in the order of codes: same or next township."""
    moved = home + rng.integers(-15, 16, len(home))
    return np.clip(moved, 0, len(stage.territory.places) - 1)


def _own_codes(legal: Legal, owner: np.ndarray, kind: np.ndarray, serial: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    org, uscc = legal.org[owner], legal.uscc[owner]
    branch = np.flatnonzero(kind == BRANCH)
    if len(branch):
        org[branch] = codes.org_codes(BRANCH_SERIALS + serial[branch], old=np.zeros(len(branch), dtype=bool))
        prefixes = words(["91"] * len(branch))
        uscc[branch] = codes.usccs(prefixes, legal.region_code[owner[branch]], org[branch])
    return org, uscc


def _suffixes(stage: Stage, kind: np.ndarray, ordinal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the marks of branches and workshops; those of one parent differ."""
    forms = stage.vocabulary.forms
    start = rng.integers(0, 60, len(kind))
    branches, shops = words(forms["branches"]), words(forms["workshops"])
    suffix = words([""] * len(kind))
    suffix[kind == BRANCH] = branches[ordinal[kind == BRANCH] % len(branches)]
    suffix[kind == WORKSHOP] = shops[ordinal[kind == WORKSHOP] % len(shops)]
    plain = (kind == WORKSHOP) & (start < 24)  # many plants are entered under the bare name of the firm
    suffix[plain] = ""
    return suffix


def scope_of(trade_class: np.ndarray, closed: np.ndarray, large: np.ndarray) -> np.ndarray:
    """Say which units the census surveys: their class is one of its source classes, and they are not closed."""
    other, livestock = CLASSES.index("other"), CLASSES.index("livestock")
    return (trade_class != other) & ~closed & ((trade_class != livestock) | large)
