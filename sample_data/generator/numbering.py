"""How offices write the numbers of a unit: right, missing, mistyped, in the old form, rounded, or a placeholder."""

from __future__ import annotations

import numpy as np
from generator import codes, noise
from generator.brands import HOUSEHOLD
from generator.stage import Stage
from generator.words import words
from generator.world import Block

BOTH_NUMBERS_SHARE = 0.25  # business rows that keep the old registration number beside the USCC
ORG_CODE_SHARE = 0.30  # permit rows that give the organisation code as well
EXPORT_ROUNDED_FACTOR = 1 / 3  # a text export is opened in a spreadsheet less often than a spreadsheet
PERMIT_LETTERS = np.frombuffer(b"PPPPPVWXYZ", dtype=np.uint8)  # P for permits, others in receipts [S26, G]


def write_numbers(
    stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Write uscc, org_code, reg_no and permit_no of the rows; the tax list has one column for all numbers."""
    knobs, count = stage.knobs, len(site)
    blank = words([""] * count)
    out = {"uscc": codes.texts(block.sites.uscc[site]), "org_code": blank, "reg_no": blank, "permit_no": blank}
    uscc = out["uscc"]
    if kind == "permit":
        out |= _permit_numbers(stage, block, site, rng)
    elif kind == "business":
        out["reg_no"] = _old_registrations(stage, block, site, uscc, rng)
    else:
        _old_tax_numbers(stage, block, site, uscc, rng)
    uscc[noise.hit(rng, count, knobs.missing_code_share)] = ""
    typed = noise.hit(rng, count, knobs.typo_code_share)
    noise.change(uscc, typed[uscc[typed] != ""], rng, noise.mistype_code)
    place = noise.hit(rng, count, knobs.placeholder_code_share)
    uscc[place] = words(noise.PLACEHOLDERS)[rng.integers(0, len(noise.PLACEHOLDERS), len(place))]
    if kind != "permit":
        _round_codes(uscc, kind, knobs.rounded_code_share, rng)
    return out


def _permit_numbers(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    knobs, count = stage.knobs, len(site)
    serials = block.sites.permit_serial[site].astype(np.int64)
    letters = PERMIT_LETTERS[block.sites.serial[site] % len(PERMIT_LETTERS)]
    permit = codes.texts(codes.permit_numbers(block.sites.uscc[site], serials, letters))
    permit[noise.hit(rng, count, knobs.missing_permit_share)] = ""
    typed = noise.hit(rng, count, knobs.typo_code_share / 2)
    noise.change(permit, typed[permit[typed] != ""], rng, noise.mistype_code)
    org = words([f"{code[:8]}-{code[8]}" for code in codes.texts(block.sites.org[site]).tolist()])
    return {"permit_no": permit, "org_code": np.where(rng.random(count) < ORG_CODE_SHARE, org, "")}


def _old_registrations(
    stage: Stage, block: Block, site: np.ndarray, uscc: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return registration numbers; rows that never got a USCC have only that (in place in `uscc`)."""
    count = len(site)
    old = rng.random(count) < stage.knobs.old_number_share
    uscc[old] = ""
    shown = old | (rng.random(count) < BOTH_NUMBERS_SHARE)
    return np.where(shown, codes.texts(block.legal.reg_no[block.sites.legal[site]]), "")


def _old_tax_numbers(stage: Stage, block: Block, site: np.ndarray, uscc: np.ndarray, rng: np.random.Generator) -> None:
    """Put old tax numbers of 15 characters, and of 20 for some households, in the place of the USCC."""
    legal, count = block.sites.legal[site], len(site)
    old = np.flatnonzero(rng.random(count) < stage.knobs.old_number_share)
    uscc[old] = codes.texts(codes.tax_numbers(block.legal.region_code[legal[old]], block.sites.org[site[old]]))
    household = block.legal.kind[legal] == HOUSEHOLD
    owners = np.flatnonzero(household & (rng.random(count) < stage.knobs.personal_number_share))
    # Region 99 does not exist and 1900-00-00 is no date: no citizen has such a number.
    serial = block.legal.serial[legal[owners]].tolist()
    uscc[owners] = words([f"99010119000000{s % 10_000:04d}00" for s in serial])


def _round_codes(uscc: np.ndarray, kind: str, share: float, rng: np.random.Generator) -> None:
    """Let a spreadsheet take all-digit codes for numbers: stored so in xlsx, shown so in a text export."""
    typed = kind == "tax"
    places = np.flatnonzero(rng.random(len(uscc)) < (share if typed else share * EXPORT_ROUNDED_FACTOR))
    for place in places.tolist():
        code = uscc[place]
        if len(code) == 18 and code.isdigit() and code not in noise.PLACEHOLDERS:
            uscc[place] = noise.excel_number(code) if typed else noise.excel_text(code)
