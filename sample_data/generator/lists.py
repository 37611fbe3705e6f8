"""The three lists as offices hold them, made from a block of the world: who is listed, and how it is written.

Columns are arrays of text, one entry per row, under the canonical names of the fields;
`files` gives them the headings of real offices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator import codes, noise, writing
from generator.datums import shift
from generator.firms import HOUSEHOLD
from generator.places import METRES_PER_DEGREE
from generator.territory import town_key
from generator.words import CLASSES, words
from generator.world import BRANCH, MAIN, Block, Stage

KINDS = ("business", "tax", "permit")


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of one block."""

    kind: str
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
    registered = (sites.kind == MAIN) | (sites.kind == BRANCH)
    chances = {
        "business": np.where(registered, knobs.business_rate, 0.0),
        "tax": np.select([sites.kind == MAIN, sites.kind == BRANCH], [knobs.tax_rate, 0.6 * knobs.tax_rate], 0.0),
        "permit": np.where(relevant, knobs.permit_rate, knobs.permit_out_of_scope_rate),
    }
    found = {}
    for kind in KINDS:
        chance = np.clip(chances[kind], 1e-9, 1 - 1e-9)
        moved = 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + visible)))
        moved *= np.where(legal.closed[sites.legal], knobs.closed_factor, 1.0)
        found[kind] = (rng.random(len(moved)) < moved) & (chances[kind] > 0)
    return found


def make_listing(stage: Stage, block: Block, kind: str, captured: np.ndarray) -> Listing:
    """Write one list of one block, in an order of its own."""
    knobs = stage.knobs
    rng = np.random.default_rng([knobs.seed, 3 + KINDS.index(kind), int(block.legal.serial[0])])
    once = np.flatnonzero(captured)
    twice = once[noise.hit(rng, len(once), knobs.duplicate_share)]
    site = rng.permutation(np.concatenate([once, twice]))
    legal = block.sites.legal[site]
    columns = writing.write_names(stage, block, site, kind, rng)
    columns |= writing.write_addresses(stage, block, site, rng)
    columns |= _codes(stage, block, site, kind, rng)
    columns |= _coordinates(stage, block, site, kind, rng)
    columns["district_code"] = _declared(stage, block, site, rng)
    trades = stage.trades
    columns["industry_code"] = trades.code[block.legal.trade[legal]].copy()
    columns["industry"] = trades.industry[block.legal.trade[legal]].copy()
    if kind == "permit":
        boiler = trades.kind[block.legal.trade[legal]] == CLASSES.index("boiler")
        columns["industry_code"][boiler], columns["industry"][boiler] = "TY01", "锅炉"
    columns["status"] = _statuses(block, legal, kind, rng)
    columns["phone"], columns["legal_person"] = block.legal.phone[legal], block.legal.owner[legal]
    columns["contact"] = np.where(rng.random(len(site)) < 0.7, columns["legal_person"], "")
    columns["capital"] = words(["10", "50", "100", "500", "1000", ""])[rng.integers(0, 6, len(site))]
    columns["date"] = words([f"{y}-{m:02d}-{d:02d}" for y in range(2001, 2027) for m in (3, 6, 11) for d in (8, 19)])[
        rng.integers(0, 156, len(site))
    ]
    return Listing(kind, columns, site)


def _statuses(block: Block, legal: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Write the status in the words of the office; some offices have not heard of a closure."""
    said = {
        "business": ("存续（在营、开业、在册）", "注销", "吊销，未注销", "歇业"),
        "tax": ("正常", "注销", "非正常", "停业"),
        "permit": ("运行", "关闭", "关闭", "停产"),
    }[kind]
    closed, stopped = block.legal.closed[legal], block.legal.stopped[legal]
    stale = rng.random(len(legal)) < 0.15
    third = rng.random(len(legal)) < 0.25
    state = np.select([closed & stale, closed & third, closed, stopped & ~stale], [0, 2, 1, 3], 0)
    return words(said)[state]


def _codes(stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Write the numbers of a list: right, missing, mistyped, old, rounded or a placeholder."""
    knobs, legal, count = stage.knobs, block.sites.legal[site], len(site)
    noisy = stage.vocabulary.noise
    uscc = codes.texts(block.sites.uscc[site])
    org = codes.texts(block.sites.org[site])
    blank = words([""] * count)
    out = {
        "uscc": uscc,
        "org_code": blank.copy(),
        "reg_no": blank.copy(),
        "tax_no": blank.copy(),
        "permit_no": blank.copy(),
    }
    serials = block.sites.ordinal[site].astype(np.int64)
    if kind == "permit":
        out["permit_no"] = codes.texts(codes.permit_numbers(block.sites.uscc[site], serials, _letters(block, site)))
        some = rng.random(count) < 0.3
        out["org_code"][some] = words([f"{c[:8]}-{c[8]}" for c in org[some]])
        lost = noise.hit(rng, count, 0.04 * noisy)
        out["permit_no"][lost] = ""
    missing = noise.hit(rng, count, knobs.missing_code_share * noisy)
    old = noise.hit(rng, count, knobs.old_number_share * noisy)
    reg, tax = (
        codes.texts(block.legal.reg_no[legal]),
        codes.texts(codes.tax_numbers(block.legal.region_code[legal], block.sites.org[site])),
    )
    if kind == "business":
        some = noise.hit(rng, count, 0.25)
        out["reg_no"][some] = reg[some]
        out["reg_no"][old], uscc[old] = reg[old], ""
    elif kind == "tax":
        uscc[old] = tax[old]
        owners = np.flatnonzero(
            (block.legal.kind[legal] == HOUSEHOLD) & (rng.random(count) < knobs.personal_number_share)
        )
        # 99 is no region and 1900-00-00 no date: no citizen has such a number.
        uscc[owners] = words([f"990101190000{s % 10_000:04d}0000" for s in block.legal.serial[legal[owners]]])
    uscc[missing] = ""
    typed = noise.hit(rng, count, knobs.typo_code_share * noisy)
    noise.change(uscc, typed[uscc[typed] != ""], rng, noise.mistype_code)
    place = noise.hit(rng, count, knobs.placeholder_code_share * noisy)
    uscc[place] = words(noise.PLACEHOLDERS)[rng.integers(0, len(noise.PLACEHOLDERS), len(place))]
    if kind != "permit":
        _round_codes(uscc, kind, knobs.rounded_code_share * noisy, rng)
    return out


def _letters(block: Block, site: np.ndarray) -> np.ndarray:
    """Return the last letter of permit numbers: P for firms mostly, others for small receipts."""
    choice = np.frombuffer(b"PPPVWXYZ", dtype=np.uint8)
    return choice[block.sites.serial[site] % len(choice)]


def _round_codes(uscc: np.ndarray, kind: str, share: float, rng: np.random.Generator) -> None:
    """Let a spreadsheet take all-digit codes for numbers: stored as such in xlsx, shown so in a text export."""
    places = np.flatnonzero(rng.random(len(uscc)) < (share if kind == "tax" else share / 3))
    for place in places.tolist():
        if len(uscc[place]) >= 16 and uscc[place].isdigit():
            uscc[place] = noise.excel_number(uscc[place]) if kind == "tax" else noise.excel_text(uscc[place])


def _coordinates(
    stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Write coordinates: measured with an error, in the datum of the list, then damaged."""
    knobs, count, noisy = stage.knobs, len(site), stage.vocabulary.noise
    error_m = {"business": knobs.jitter_business_m, "tax": knobs.jitter_tax_m, "permit": knobs.jitter_permit_m}[kind]
    spread = error_m * np.where(rng.random(count) < 0.1, 2.0, 1.0) / METRES_PER_DEGREE
    point = block.sites.point[site] + rng.standard_normal((count, 2)) * spread[:, None]
    lazy = noise.hit(rng, count, knobs.default_point_share * noisy)
    places, centres = stage.territory.places, stage.territory.centres
    for row in lazy.tolist():
        point[row] = centres[town_key(places[block.sites.district[site[row]]])]
    point = shift(point, {"business": knobs.business_datum, "tax": knobs.tax_datum, "permit": knobs.permit_datum}[kind])
    lon, lat = words([f"{v:.6f}" for v in point[:, 0].tolist()]), words([f"{v:.6f}" for v in point[:, 1].tolist()])
    for row in noise.hit(rng, count, knobs.truncated_point_share * noisy).tolist():
        cut = 4 + row % 2
        lon[row], lat[row] = lon[row][: -cut + 1], lat[row][: -cut + 1]
    if kind != "permit":
        for row in noise.hit(rng, count, knobs.dms_share).tolist():
            lon[row] = noise.degrees_text(float(lon[row]), row % 10 / 10)
            lat[row] = noise.degrees_text(float(lat[row]), row % 10 / 10)
    swapped = noise.hit(rng, count, knobs.swapped_point_share * noisy)
    lon[swapped], lat[swapped] = lat[swapped], lon[swapped]
    zero = noise.hit(rng, count, knobs.zero_point_share * noisy)
    lon[zero], lat[zero] = "0", "0"
    missing = noise.hit(rng, count, knobs.missing_point_share)
    lon[missing], lat[missing] = "", ""
    return {"lon": lon, "lat": lat}


def _declared(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write the declared district: whole, 12 digits only, a neighbour's, a revoked one, or nothing."""
    knobs, count = stage.knobs, len(site)
    every = words([place.code for place in stage.territory.places])
    district = block.sites.district[site]
    stale = rng.random(count) < knobs.declared_stale_share * stage.vocabulary.noise
    other = np.clip(district + rng.integers(1, 6, count), 0, len(every) - 1)
    code = every[np.where(stale, other, district)]
    revoked = np.flatnonzero(stale & (rng.random(count) < 0.3))
    code[revoked] = words([f"{c[:9]}299{c[12:]}" for c in code[revoked]])
    short = rng.random(count) < knobs.declared_short_share
    short = np.flatnonzero(short & (len(every[0]) == 15))
    code[short] = words([c[:12] for c in code[short]])
    code[rng.random(count) >= knobs.declared_share] = ""
    return code
