"""A clerical sample: pairs drawn by strata of score, for an honest estimate of precision and recall.

The population is every pair of scored_pairs and every pair inside one unit.  Strata are
what the register made of a pair (one unit, one legal unit, apart) by bands of its score.
Each pair's place in the draw is sha256(seed, pair): independent of order and machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.arrays import Flags, Integers, Numbers
from minglu.errors import UsageError
from minglu.matching.linkage_schemas import COMPARISONS
from minglu.register.clerical.review.review_pairs import Pair, describe
from minglu.register.storage.run_folder import run_id
from minglu.register.storage.run_store import read_table

BANDS = (0.0, 0.02, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
"""Lower edges of the bands of score: narrow where a threshold may lie."""
UNSCORED = 0.9
"""What to expect of pairs that others brought into one unit, for sharing out the sample only."""
LEAST = 2
"""So many pairs of a stratum at least, for a variance; all where it has fewer."""
STATES = ("apart", "legal", "site")


class Sample(NamedTuple):
    """A drawn sample: its name, the design to keep with the answers, and the pairs in the order of the draw."""

    name: str
    design: tuple[Mapping[str, Any], ...]
    pairs: list[Pair]


def draw_sample(folder: Path, size: int, seed: str) -> Sample:
    """Draw about `size` pairs from the run in `folder`; raises UsageError where that is too few for its strata."""
    pairs = _population(folder)
    site, legal = _joined(folder, pairs)
    state = np.where(site, 2, np.where(legal, 1, 0))
    score = np.where(site, pairs["p_site"].to_numpy(), pairs["p_legal"].to_numpy())
    band = np.where(np.isnan(score), len(BANDS), np.searchsorted(BANDS, score, side="right") - 1)
    codes = state * (len(BANDS) + 1) + band
    strata = np.unique(codes)
    shares = _allot(size, codes, strata, score)
    chosen, names, design = [], [], []
    ranks = _ranks(pairs, seed)
    for code, share in zip(strata.tolist(), shares.tolist(), strict=True):
        rows = np.flatnonzero(codes == code)
        drawn = sorted(rows.tolist(), key=ranks.__getitem__)[:share]
        name = _name(code)
        chosen += drawn
        names += [name] * len(drawn)
        linked = {"linked_site": code // (len(BANDS) + 1) == 2, "linked_legal": code // (len(BANDS) + 1) >= 1}
        design.append({"stratum": name, "pairs": len(rows), "drawn": len(drawn), **linked})
    order = _ranks(pairs.take(chosen), f"{seed} order")
    mixed = sorted(range(len(chosen)), key=order.__getitem__)
    sheet = describe(folder, pairs.take([chosen[n] for n in mixed]), [names[n] for n in mixed])
    label = hashlib.sha256(f"{run_id(folder)} {seed} {size}".encode()).hexdigest()[:12]
    return Sample(label, tuple(design), sheet)


def _population(folder: Path) -> pa.Table:
    """Return scored_pairs, and with empty scores the pairs inside one unit that are not among them."""
    scored = read_table(folder, "scored_pairs", ["left", "right", *COMPARISONS, "p_site", "p_legal"])
    left, right = _inside_units(read_table(folder, "members", ["entry_id", "unit_id"]))
    known = pc.binary_join_element_wise(scored["left"], scored["right"], " ")
    ours = pc.binary_join_element_wise(left, right, " ")
    fresh = pc.invert(pc.is_in(ours, known.combine_chunks() if isinstance(known, pa.ChunkedArray) else known))
    left, right = left.filter(fresh), right.filter(fresh)
    blank = {name: pa.nulls(len(left), scored.schema.field(name).type) for name in scored.column_names[2:]}
    blank |= {name: pa.array(np.zeros(len(left), dtype=np.int8)) for name in COMPARISONS}
    more = pa.table({"left": left, "right": right, **blank}).cast(scored.schema)
    return pa.concat_tables([scored, more]).sort_by([("left", "ascending"), ("right", "ascending")])


def _inside_units(members: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Return every pair of entries of one unit, the smaller id first."""
    members = members.sort_by([("unit_id", "ascending"), ("entry_id", "ascending")]).combine_chunks()
    entry, unit = members["entry_id"].combine_chunks(), members["unit_id"].combine_chunks().dictionary_encode().indices
    codes = unit.to_numpy()
    places = []
    for step in range(1, int(np.bincount(codes, minlength=1).max(initial=0))):
        first = np.flatnonzero(codes[step:] == codes[:-step])
        places.append(np.stack([first, first + step]))
    both = np.concatenate(places, axis=1) if places else np.empty((2, 0), dtype=np.int64)
    return entry.take(pa.array(both[0])), entry.take(pa.array(both[1]))


def _joined(folder: Path, pairs: pa.Table) -> tuple[Flags, Flags]:
    """Return for each pair whether the register holds both in one unit, and in one legal unit."""
    members = read_table(folder, "members", ["entry_id", "unit_id"])
    units = read_table(folder, "units", ["unit_id", "legal_id"])
    legal = units["legal_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    unit_of = pc.index_in(members["unit_id"], units["unit_id"].combine_chunks()).to_numpy()
    entry = members["entry_id"].combine_chunks()
    one, two = (unit_of[pc.index_in(pairs[side], entry).to_numpy()] for side in ("left", "right"))
    return one == two, legal[one] == legal[two]


def _allot(size: int, codes: Integers, strata: Integers, score: Numbers) -> Integers:
    """Share the sample out: by size times expected spread (Neyman), with a least number for every stratum."""
    total = np.array([(codes == code).sum() for code in strata])
    least = np.minimum(total, LEAST)
    if size < least.sum():
        raise UsageError(
            en=f"--sample {size}: the run has {len(strata)} strata; expected {least.sum()} pairs at least.",
            zh=f"--sample {size}：共有 {len(strata)} 个样本层；至少应为 {least.sum()} 对。",
        )
    expected = np.array([np.nan_to_num(score[codes == code], nan=UNSCORED).mean() for code in strata])
    expected = np.clip(expected, 0.02, 0.98)
    weight = total * np.sqrt(expected * (1 - expected))
    fair = np.floor(size * weight / max(weight.sum(), 1e-12)).astype(np.int64)
    share: Integers = np.minimum(total, np.maximum(least, fair))
    while share.sum() > size:  # the least numbers took more than their share: the largest stratum gives
        share[np.argmax(share - least)] -= 1
    return share


def _ranks(pairs: pa.Table, seed: str) -> list[bytes]:
    """Return each pair's place in the draw: a hash of seed and entries."""
    left, right = (pairs[side].to_pylist() for side in ("left", "right"))
    keys = (f"{seed}\n{one}\n{two}" for one, two in zip(left, right, strict=True))
    return [hashlib.sha256(key.encode()).digest() for key in keys]


def _name(code: int) -> str:
    state, band = divmod(code, len(BANDS) + 1)
    if band == len(BANDS):
        return f"{STATES[state]} unscored"
    high: Sequence[float] = (*BANDS[1:], 1.0)
    return f"{STATES[state]} {BANDS[band]:g}-{high[band]:g}"
