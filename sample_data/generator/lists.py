"""The three lists as offices hold them, made from a block of the world: who is listed, what a row says.

Columns are arrays of text, one entry per row, under the canonical names of the fields;
`files` gives them the headings of real offices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generator import locating, noise, numbering, writing
from generator.stage import Stage
from generator.words import CLASSES, words
from generator.world import BRANCH, MAIN, Block

KINDS = ("business", "tax", "permit")
BRANCH_TAX_FACTOR = 0.6  # a branch often pays through its parent
EXACT_TWIN_SHARE = 0.5  # rows entered twice that are copied, not typed again
STALE_STATUS_SHARE, THIRD_STATUS_SHARE = 0.15, 0.25
CONTACT_IS_OWNER_SHARE = 0.7
STATUSES = {  # open, closed, closed in another way, standing still
    "business": ("存续（在营、开业、在册）", "注销", "吊销，未注销", "歇业"),
    "tax": ("正常", "注销", "非正常", "停业"),
    "permit": ("运行", "关闭", "关闭", "停产"),
}
CAPITALS = words(["10", "50", "100", "500", "1000", ""])  # 10,000 yuan
DATES = words(
    [f"{year}-{month:02d}-{day:02d}" for year in range(2001, 2027) for month in (3, 6, 11) for day in (8, 19)]
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of one block."""

    kind: str
    """business, tax or permit."""
    columns: dict[str, np.ndarray]
    """Canonical column -> one value per row: text, or a float where a spreadsheet stored a number."""
    site: np.ndarray
    """Position of the site in the block, per row."""


def capture(stage: Stage, block: Block) -> dict[str, np.ndarray]:
    """Decide for each list which sites it holds; a unit's hidden visibility moves all three alike."""
    knobs, sites, legal = stage.knobs, block.sites, block.legal
    rng = np.random.default_rng([knobs.seed, 2, int(legal.serial[0])])
    visible = knobs.dependence * legal.visibility[sites.legal]
    relevant = stage.trades.kind[legal.trade[sites.legal]] != CLASSES.index("other")
    main, branch = sites.kind == MAIN, sites.kind == BRANCH
    chances = {
        "business": np.where(main | branch, knobs.business_rate, 0.0),
        "tax": np.select([main, branch], [knobs.tax_rate, BRANCH_TAX_FACTOR * knobs.tax_rate], 0.0),
        "permit": np.where(relevant, knobs.permit_rate, knobs.permit_out_of_scope_rate),
    }
    found = {}
    for kind in KINDS:
        able = chances[kind] > 0
        chance = np.clip(chances[kind], 1e-9, 1 - 1e-9)
        moved = 1 / (1 + np.exp(-np.log(chance / (1 - chance)) - visible))
        moved = moved * np.where(legal.closed[sites.legal], knobs.closed_factor, 1.0)
        found[kind] = able & (rng.random(len(moved)) < moved)
    return found


def make_listing(stage: Stage, block: Block, kind: str, captured: np.ndarray) -> Listing:
    """Write one list of one block, in an order of its own."""
    rng = np.random.default_rng([stage.knobs.seed, 3 + KINDS.index(kind), int(block.legal.serial[0])])
    once = np.flatnonzero(captured)
    twins = noise.hit(rng, len(once), stage.knobs.duplicate_share)
    site = np.concatenate([once, once[twins]])
    columns = writing.write_names(stage, block, site, rng)
    columns |= writing.write_addresses(stage, block, site, rng)
    columns |= numbering.write_numbers(stage, block, site, kind, rng)
    columns |= locating.write_coordinates(stage, block, site, kind, rng)
    columns |= _other_columns(stage, block, site, kind, rng)
    source = np.arange(len(site))
    source[len(once) :] = np.where(rng.random(len(twins)) < EXACT_TWIN_SHARE, twins, source[len(once) :])
    order = rng.permutation(len(site))
    return Listing(kind, {name: column[source[order]] for name, column in columns.items()}, site[order])


def _other_columns(
    stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    legal, trades, count = block.sites.legal[site], stage.trades, len(site)
    trade = block.legal.trade[legal]
    boiler = (trades.kind[trade] == CLASSES.index("boiler")) & (kind == "permit")
    owner = block.legal.owner[legal]
    return {
        "district_code": locating.write_declared(stage, block, site, rng),
        "industry_code": np.where(boiler, "TY01", trades.code[trade]),
        "industry": np.where(boiler, "锅炉", trades.industry[trade]),
        "status": _statuses(block, legal, kind, rng),
        "phone": block.legal.phone[legal],
        "legal_person": owner,
        "contact": np.where(rng.random(count) < CONTACT_IS_OWNER_SHARE, owner, ""),
        "capital": CAPITALS[rng.integers(0, len(CAPITALS), count)],
        "date": DATES[rng.integers(0, len(DATES), count)],
    }


def _statuses(block: Block, legal: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Write the status in the words of the office; some offices have not heard of a closure or a stop."""
    closed, stopped, count = block.legal.closed[legal], block.legal.stopped[legal], len(legal)
    stale, third = rng.random(count) < STALE_STATUS_SHARE, rng.random(count) < THIRD_STATUS_SHARE
    state = np.select([stale, closed & third, closed, stopped], [0, 2, 1, 3], 0)
    return words(STATUSES[kind])[state]
