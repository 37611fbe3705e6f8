"""How many rows or units share a value: a rare brand in common says more than a common one.  No pairs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from minglu.matching.arrays import Integers, distinct, group_sizes
from minglu.matching.coding import SILENT, join_codes

Crowds = NDArray[np.uint16]
MOST = 65_535  # more rows than these are counted as so many


def count_crowds(codes: Mapping[str, Integers]) -> dict[str, Crowds]:
    """Count for each row the rows that share its brand, address, phone, person, damaged code."""
    columns = {name: codes[name] for name in ("brand", "core", "phone", "uscc_seen")}
    columns["address"] = join_codes(codes["site_key"], codes["site_town"])
    columns["code_in_list"] = join_codes(codes["org_code"], codes["list"])
    columns["core_in_list"] = join_codes(codes["core"], codes["list"])
    columns["person"] = np.where(codes["legal_person"] != SILENT, codes["legal_person"], codes["contact"])
    crowds = {name: count_rows(values) for name, values in columns.items()}
    crowds["units_of_core"] = _narrow(count_units(codes["core"], codes["head_code"], codes["list"]))
    crowds["units_of_brand"] = _narrow(count_units(codes["brand"], codes["head_code"], codes["list"]))
    return crowds


def count_rows(values: Integers) -> Crowds:
    """Count for each row the rows that share its value; 0 where it is silent."""
    return _narrow(np.where(values == SILENT, 0, group_sizes(values)))


def _narrow(counts: Integers) -> Crowds:
    return np.minimum(counts, MOST).astype(np.uint16)


def count_units(names: Integers, heads: Integers, lists: Integers) -> Integers:
    """Count for each row the units that bear its name: distinct codes, or uncoded rows of one list if more.

    A branch's code is no head's code and does not count.
    """
    values, place, _ = distinct(names)
    coded = np.flatnonzero((heads != SILENT) & (names != SILENT))
    kinds, kind, _ = distinct(join_codes(names[coded], heads[coded]))
    owner = np.empty(len(kinds), dtype=np.int64)
    owner[kind] = place[coded]
    units = np.bincount(owner, minlength=len(values))
    bare = np.flatnonzero((heads == SILENT) & (names != SILENT))
    blocks, block, sizes = distinct(join_codes(names[bare], lists[bare]))
    owner = np.empty(len(blocks), dtype=np.int64)
    owner[block] = place[bare]
    np.maximum.at(units, owner, sizes)
    return units[place].astype(np.int32)
