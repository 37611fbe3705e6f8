"""String likeness of pairs, computed once per distinct pair of values.  No levels."""

from __future__ import annotations

import jellyfish
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, Levenshtein
from rapidfuzz.process import cpdist

from minglu.matching.arrays import Flags, Integers, distinct
from minglu.matching.coding import join_codes

FULL_CODE = 15  # characters of the shortest whole code; below that a damaged code is a fragment
ROUNDED_DIGITS = 11  # a rounded code must agree on more than the area (8 characters) to say anything


def text_likeness(
    texts: pa.Array, codes: Integers, left: np.ndarray, right: np.ndarray, *, least: float
) -> NDArray[np.float32]:
    """Return for each pair the share of characters both texts have in common, in order: 0 to 1, 0 below `least`.

    `codes` tells which texts are equal, so that each pair of values is measured once
    and rapidfuzz gets them in batches.
    """
    if not len(left):
        return np.empty(0, dtype=np.float32)
    one, two = codes[left], codes[right]
    pair = join_codes(np.minimum(one, two), np.maximum(one, two))
    values, place, _ = distinct(pair)
    example = np.empty(len(values), dtype=np.int64)
    example[place] = np.arange(len(left))
    measured = cpdist(
        texts.take(pa.array(left[example])).to_pylist(),
        texts.take(pa.array(right[example])).to_pylist(),
        scorer=Indel.normalized_similarity,
        score_cutoff=least,
        dtype=np.float32,
        workers=1,
    )
    return np.asarray(measured, dtype=np.float32)[place]


def code_likeness(texts: pa.Array, left: np.ndarray, right: np.ndarray, damaged: Flags) -> tuple[Flags, Flags, Flags]:
    """Say for each pair with a damaged code: one slip apart, agreeing as far as rounding left it, unlike.

    Levenshtein at speed sorts out the far ones; of the rest the transposition-aware
    distance decides, since two swapped digits are one slip of one hand.
    """
    edit, rounded, unlike = (np.zeros(len(left), dtype=np.bool_) for _ in range(3))
    cases = np.flatnonzero(damaged)
    if not len(cases):
        return edit, rounded, unlike
    one = texts.take(pa.array(left[cases])).to_pylist()
    two = texts.take(pa.array(right[cases])).to_pylist()
    steps = cpdist(one, two, scorer=Levenshtein.distance, score_cutoff=3, dtype=np.int32)
    for case, a, b, distance in zip(cases.tolist(), one, two, steps.tolist(), strict=True):
        if "E+" in a or "E+" in b:
            rounded[case], unlike[case] = _agree_rounded(a, b)
        elif min(len(a), len(b)) < FULL_CODE:
            continue
        elif distance <= 2 and jellyfish.damerau_levenshtein_distance(a, b) <= 1:
            edit[case] = True
        else:
            unlike[case] = distance > 2
    return edit, rounded, unlike


def _agree_rounded(one: str, two: str) -> tuple[bool, bool]:
    """Compare codes of which at least one is in scientific notation, as far as digits are left.

    >>> _agree_rounded("9.13301007109E+17", "913301007109000123")
    (True, False)
    """
    first, second = (_significant(code) for code in (one, two))
    shared = min(len(first), len(second))
    agree = first[:shared] == second[:shared]
    return agree and shared >= ROUNDED_DIGITS, not agree


def _significant(code: str) -> str:
    return code.split("E+", maxsplit=1)[0].replace(".", "")
