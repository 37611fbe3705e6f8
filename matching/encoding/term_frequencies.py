"""How many rows or units share a value: a rare brand in common is more evidence than a common one.  No pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from minglu.common.arrays import Codes, Integers, group_sizes, runs, stand_together
from minglu.common.parallel import Spread, over_threads
from minglu.matching.encoding.text_hashing import MISSING, join_codes

Frequencies = NDArray[np.uint16]
MOST = 65_535  # more rows than these are counted as so many
SHOWN_BY = ("site_key", "site_village", "site_road", "site_park")  # the best known first
READ = (
    *SHOWN_BY, "site_town", "phone", "uscc_seen", "legal_person", "contact", "org_code", "head_code", "core",
    "brand", "full", "branch", "list",
)  # fmt: skip
"""The columns of codes that are counted."""


def count_frequencies(codes: Codes, *, spread: Spread = over_threads) -> dict[str, Frequencies]:
    """Count for each row the rows that share its address, phone, person, code; and the units that have its name.

    The codes of a column number its values, so that most need no sort to be counted.  Counting is `spread`.
    """
    read = {name: codes[name] for name in READ}
    return {
        name: frequency
        for found in spread(partial(_count, read), range(len(COUNTS)))
        for name, frequency in found.items()
    }


def _count(codes: Codes, number: int) -> dict[str, Frequencies]:
    return COUNTS[number](codes)


def _count_sharers(codes: Codes) -> dict[str, Frequencies]:
    person = np.where(codes["legal_person"] != MISSING, codes["legal_person"], codes["contact"])
    address = _group_crowds(join_codes(codes["site_key"], codes["site_town"]))
    sharers = {name: count_rows(codes[name]) for name in ("phone", "uscc_seen")}
    return {**sharers, "person": count_rows(person), "address": address}


def _count_on_lists(codes: Codes, *, of: str, column: str) -> dict[str, Frequencies]:
    keys = join_codes(codes[column], codes["list"])
    return {f"{of}_in_list": _group_crowds(keys), f"places_of_{of}": count_values(keys, _apparent_site(codes))}


def _count_namesakes(codes: Codes, *, of: str) -> dict[str, Frequencies]:
    names = np.where(
        codes["branch"] == MISSING, codes[of], np.uint32(MISSING)
    )  # a unit's own branches are no other unit
    counted = count_units(names, codes["head_code"], codes["list"])
    by_name = np.zeros(int(codes[of].max(initial=0)) + 1, dtype=np.uint16)
    by_name[names] = counted
    by_name[MISSING] = 0
    return {f"units_of_{of}": by_name[codes[of]]}


def _count_branches(codes: Codes) -> dict[str, Frequencies]:
    marked = np.where(codes["branch"] != MISSING, codes["full"], np.uint32(MISSING))
    sizes = np.bincount(marked, minlength=int(codes["full"].max(initial=0)) + 1)
    sizes[MISSING] = 0
    return {"branches_of_full": _narrow(sizes)[codes["full"]]}


COUNTS: tuple[Callable[[Codes], dict[str, Frequencies]], ...] = (
    _count_sharers,
    partial(_count_on_lists, of="code", column="org_code"),
    partial(_count_on_lists, of="core", column="core"),
    partial(_count_namesakes, of="core"),
    partial(_count_namesakes, of="brand"),
    partial(_count_namesakes, of="full"),
    _count_branches,
)
"""What can be counted side by side."""


def _group_crowds(keys: Integers) -> Frequencies:
    return np.where(keys == MISSING, np.uint16(0), _narrow(group_sizes(keys)))


def _apparent_site(codes: Codes) -> Integers:
    """Code for each row its apparent site: branch mark and address key, or what is known of the address."""
    place = np.zeros(len(codes["site_key"]), dtype=np.int64)
    for kind, name in enumerate(SHOWN_BY):
        here = codes[name].astype(np.int64)
        place = np.where((place == 0) & (here != MISSING), len(SHOWN_BY) * here + kind, place)
    branch = codes["branch"].astype(np.int64)
    return np.where((branch != MISSING) | (place != 0), join_codes(branch + 1, place + 1), MISSING)


def count_values(groups: Integers, values: Integers) -> Frequencies:
    """Count for each row the different values in its group, at least one; 0 where the group is missing.

    Groups are well-mixed 64-bit codes (see `stand_together`).
    """
    present = np.flatnonzero((groups != MISSING) & (values != MISSING))
    order, cut = stand_together(join_codes(groups[present], values[present]))
    new = np.zeros(len(groups), dtype=np.int64)  # one row of each group and value
    new[present[order[runs(cut)[0]]]] = 1
    order, cut = stand_together(groups)
    starts, lengths = runs(cut)
    counts = np.empty(len(groups), dtype=np.int64)
    counts[order] = np.repeat(np.add.reduceat(new[order], starts) if len(starts) else starts, lengths)
    return _narrow(np.where(groups == MISSING, 0, np.maximum(counts, 1)))


def count_rows(values: Integers) -> Frequencies:
    """Count for each row the rows that share its value, given by number; 0 where it is missing."""
    sizes = np.bincount(values, minlength=MISSING + 1)
    sizes[MISSING] = 0
    return _narrow(sizes)[values]


def count_units(names: Integers, head_codes: Integers, lists: Integers) -> Frequencies:
    """Count for each row the units that have its name: distinct codes, or uncoded rows of one list if more.

    A branch has no head office code and does not count.
    """
    coded, _ = _distinct_pairs(names, head_codes, (head_codes != MISSING) & (names != MISSING))
    units = np.bincount(coded, minlength=int(names.max(initial=MISSING)) + 1)
    bare, rows = _distinct_pairs(names, lists, (head_codes == MISSING) & (names != MISSING))
    np.maximum.at(units, bare, rows)
    return _narrow(units)[names]


def _distinct_pairs(names: Integers, others: Integers, chosen: np.ndarray) -> tuple[Integers, Integers]:
    """Return for each different pair of name and other its name, and how many of the chosen rows have it."""
    keys = names[chosen].astype(np.int64) << 32 | others[chosen]
    keys.sort()
    starts, rows = runs(keys)
    return keys[starts] >> 32, rows


def _narrow(counts: Integers) -> Frequencies:
    return np.minimum(counts, MOST).astype(np.uint16)
