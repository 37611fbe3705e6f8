"""String likeness of pairs of values.  No levels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Indel, Levenshtein
from rapidfuzz.process import cpdist

from minglu.common.arrays import Flags, Integers, distinct
from minglu.matching.comparing.subsequence import common_characters, letter_rows
from minglu.matching.encoding.text_hashing import code_points

FULL_CODE = 15  # characters of the shortest whole code; below that a damaged code is a fragment
ROUNDED_DIGITS = 11  # a rounded code must agree on more than the area (8 characters) to be evidence
UNLIKE_EDITS = 3  # from so many on it does not matter how many
ROUNDING = 1e-9


class Texts:
    """The different texts of a column, numbered by their codes, with what can be said of them at a glance."""

    def __init__(self, texts: pa.Array, codes: Integers) -> None:
        row_of = np.full(int(codes.max(initial=0)) + 1, -1, dtype=np.int64)
        row_of[codes[::-1]] = np.arange(len(codes))[::-1]
        self._texts = texts.take(pa.array(row_of, mask=row_of < 0)).fill_null("")
        points, self._lengths = code_points(self._texts)
        bits = np.uint64(1) << ((points * np.uint32(0x9E3779B1)) >> np.uint32(26)).astype(np.uint64)
        first = np.cumsum(self._lengths) - self._lengths
        self._characters = np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), first)
        self._characters[self._lengths == 0] = 0
        self._rows, self._fit = letter_rows(points, self._lengths)

    def likeness(self, one: Integers, two: Integers, *, least: float) -> NDArray[np.float32]:
        """Return for each pair of codes the share of characters both texts have in common, in order; 0 below `least`.

        Pairs are measured only if their characters allow `least` at all; of long texts each pair of values once.
        """
        alike = np.zeros(len(one), dtype=np.float32)
        open_cases = np.flatnonzero(self._most_alike(one, two) > least - ROUNDING)
        one, two = one.take(open_cases), two.take(open_cases)
        short = self._fit.take(one) & self._fit.take(two)
        measured = np.empty(len(open_cases), dtype=np.float32)
        measured[short] = self._short_likeness(one[short], two[short], least)
        measured[~short] = self._long_likeness(one[~short], two[~short], least)
        alike[open_cases] = measured
        return alike

    def _short_likeness(self, one: Integers, two: Integers, least: float) -> NDArray[np.floating]:
        common = common_characters(self._rows.take(one, axis=0), self._rows.take(two, axis=0))
        both = self._lengths.take(one) + self._lengths.take(two)
        share = 1.0 - (both - 2 * common) / np.maximum(both, 1)
        return np.where(share >= least, share, 0.0)

    def _long_likeness(self, one: Integers, two: Integers, least: float) -> NDArray[np.floating]:
        if not len(one):
            return np.empty(0)
        one, two = one.astype(np.int64), two.astype(np.int64)
        values, place, _ = distinct(np.minimum(one, two) << 32 | np.maximum(one, two))
        measured = cpdist(
            self._texts.take(pa.array(values >> 32)).to_pylist(),
            self._texts.take(pa.array(values & 0xFFFFFFFF)).to_pylist(),
            scorer=Indel.normalized_similarity,
            score_cutoff=least,
            dtype=np.float32,
            workers=1,
        )
        return np.asarray(measured)[place]

    def _most_alike(self, one: Integers, two: Integers) -> NDArray[np.floating]:
        """Return a bound: a letter that the other text does not have at all cannot be in common.

        Characters are distinguished by one of 64 bits each, so some that differ pass for the same, never the reverse.
        """
        here, there = self._characters[one], self._characters[two]
        left = self._lengths[one] - np.bitwise_count(here & ~there)
        right = self._lengths[two] - np.bitwise_count(there & ~here)
        both = np.maximum(self._lengths[one] + self._lengths[two], 1)
        most: NDArray[np.floating] = 2 * np.minimum(left, right) / both
        return most


def code_likeness(texts: pa.Array, left: np.ndarray, right: np.ndarray) -> tuple[Flags, Flags, Flags]:
    """Return for each pair of codes: one slip apart, agreeing as far as rounding left it, unlike.

    Two swapped digits are one slip of one hand, so the distance that knows transpositions decides.
    """
    if not len(left):
        nothing = np.zeros(0, dtype=np.bool_)
        return nothing, nothing, nothing
    one, two = (texts.take(pa.array(side)) for side in (left, right))
    cut = pc.or_(pc.match_substring(one, "E+"), pc.match_substring(two, "E+")).to_numpy(zero_copy_only=False)
    short = pc.min_element_wise(pc.utf8_length(one), pc.utf8_length(two)).to_numpy(zero_copy_only=False)
    whole = (short >= FULL_CODE) & ~cut
    ones, twos = one.to_pylist(), two.to_pylist()
    edit = whole & (cpdist(ones, twos, scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1) <= 1)
    edits = cpdist(ones, twos, scorer=Levenshtein.distance, score_cutoff=UNLIKE_EDITS, dtype=np.int32, workers=1)
    rounded, unlike = np.zeros(len(left), dtype=np.bool_), whole & (edits >= UNLIKE_EDITS)
    for case in np.flatnonzero(cut).tolist():
        rounded[case], unlike[case] = _agree_rounded(ones[case], twos[case])
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
