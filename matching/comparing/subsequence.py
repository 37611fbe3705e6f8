"""Characters that two short texts have in common, in order: their longest common subsequence, for many pairs at once.

A text is a row of LONGEST characters, 0 behind its end.  Which characters of one text are which of the other is one
comparison of numbers for all pairs; the subsequence is then counted bit by bit, a bit for each letter of one text
(the bit-parallel method of Hyyrö, 2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minglu.common.arrays import Flags, Integers

LetterRows = NDArray[np.uint16]
LONGEST = 16
_Bits = np.uint8 | np.uint16
_WIDTHS: tuple[type[_Bits], ...] = (np.uint8, np.uint16)
"""A bit for each letter: half of the width is enough for most pairs, at a quarter of the work."""
_BEHIND = 0xFFFF  # stands behind the end of the second text: no code point, and not what stands behind the first


def letter_rows(points: NDArray[np.uint32], lengths: Integers) -> tuple[LetterRows, Flags]:
    """Return a row of characters for each text, and which texts fit into theirs.

    `points` are the code points of all texts one behind the other.  A text that is too long, or holds a letter
    that 16 bits can't distinguish, has a row of zeros.
    """
    first = np.cumsum(lengths) - lengths
    odd = np.add.reduceat(np.append((points == 0) | (points >= _BEHIND), False), first, dtype=np.int64)
    fits: Flags = (lengths <= LONGEST) & ((odd == 0) | (lengths == 0))
    place = np.repeat(np.arange(len(lengths)) * LONGEST - first, lengths) + np.arange(len(points))
    rows = np.zeros((len(lengths), LONGEST), dtype=np.uint16)
    inside = np.repeat(fits, lengths)
    rows.reshape(-1)[place[inside]] = points[inside]
    return rows, fits


def common_characters(one: LetterRows, two: LetterRows) -> Integers:
    """Return for each pair of rows how many characters are common to both, in order.

    >>> points = np.array([ord(character) for character in "红星机械红机星械"], dtype=np.uint32)
    >>> rows, _ = letter_rows(points, np.array([4, 4]))
    >>> common_characters(rows[:1], rows[1:]).tolist()
    [3]
    """
    common = np.empty(len(one), dtype=np.int64)
    long = (one[:, LONGEST // 2] | two[:, LONGEST // 2]) != 0
    for places, width in zip((np.flatnonzero(~long), np.flatnonzero(long)), _WIDTHS, strict=True):
        common[places] = _count(one.take(places, axis=0), two.take(places, axis=0), width)
    return common


def _count(one: LetterRows, two: LetterRows, width: type[_Bits]) -> Integers:
    characters = np.iinfo(width).bits
    one, two = (np.ascontiguousarray(rows[:, :characters].T) for rows in (one, two))
    equal = one == np.where(two == 0, np.uint16(_BEHIND), two)[:, np.newaxis]
    places = np.arange(characters, dtype=width)[:, np.newaxis]
    left = np.full(one.shape[1], np.iinfo(width).max, dtype=width)
    for matches in np.bitwise_or.reduce(equal.astype(width) << places, axis=1):
        used = left & matches
        left = (left + used) | (left ^ used)
    return np.bitwise_count(~left)
