"""Text turned into numbers that are equal where the text is equal.  No similarity, no rules.

Linkage asks "equal or not?" of billions of values.  A 64-bit hash answers that from
one machine word, needs no dictionary that all batches would have to share, and is the
same on every machine and in every process (unlike Python's own).  Two of 10 million
distinct values collide with a probability below 3 in a million.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minglu.common.arrays import Flags, Integers

Marks = NDArray[np.uint32]

MISSING = 0  # the code of an empty or missing value: it equals nothing, not even itself
WORD_BYTES = 8
JOINED_AT_ONCE = 16_384  # codes whose words stay in the cache while they are mixed
LONGEST_WORDS = 512  # positions beyond share salts with earlier ones; no name or address is that long


def _mix(words: np.ndarray) -> np.ndarray:
    """Spread every input bit over all output bits (the finaliser of SplitMix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = words ^ (words >> np.uint64(31))
    return mixed


# One salt per position of a word inside its text: the same words in another order are another text.
_SALTS = _mix(np.arange(1, LONGEST_WORDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))


class Coded(NamedTuple):
    """A column of codes: different values, the last of them MISSING, and for each row the place of its value."""

    values: Integers
    places: NDArray[np.int32]

    @property
    def rows(self) -> Integers:
        """Return the code of each row."""
        return self.values.take(self.places)

    def only(self, rows: Flags) -> Coded:
        """Return the column with all rows missing but those that are flagged."""
        return Coded(self.values, np.where(rows, self.places, np.int32(len(self.values) - 1)))

    def is_any_of(self, codes: Sequence[int]) -> Flags:
        """Return which rows hold one of the codes."""
        return np.isin(self.values, codes).take(self.places)

    def array(self) -> pa.DictionaryArray:
        """Return the column as it travels between processes."""
        return pa.DictionaryArray.from_arrays(pa.array(self.places), pa.array(self.values))


def different(texts: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of texts dictionary-encoded, which it may be already."""
    flat = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return flat if pa.types.is_dictionary(flat.type) else flat.dictionary_encode()


def code_text(values: pa.Array | pa.ChunkedArray) -> Coded:
    """Give equal texts equal codes, int64; empty and null ones are MISSING.  Each different text is hashed once."""
    return _by_distinct(values, _hash_words)


def code_each_text(values: pa.Array | pa.ChunkedArray) -> Coded:
    """Do so where most rows have a text of their own: to find the different ones would cost more than it spares."""
    flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    codes = np.append(_hash_words(pc.fill_null(flat, "").cast(pa.large_string())), np.int64(MISSING))
    return Coded(codes, np.arange(len(flat), dtype=np.int32))


def code_characters(values: pa.Array | pa.ChunkedArray) -> Coded:
    """Do so with texts of the same characters in whatever order."""
    return _by_distinct(values, _hash_characters)


def _letter_words(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    return _mix(points.astype(np.uint64) + _SALTS[0])


_LETTER_WORDS = _letter_words(np.arange(1 << 16, dtype=np.uint32))


def hash_text(values: pa.Array | pa.ChunkedArray) -> Integers:
    """Return one int64 per text, in order: equal texts have equal numbers, empty and null ones are MISSING.

    >>> hash_text(pa.array(["甲", "", "甲", None])).tolist()[1::2]
    [0, 0]
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    return np.concatenate([np.empty(0, dtype=np.int64), *(code_text(chunk).rows for chunk in chunks)])


def _by_distinct(values: pa.Array | pa.ChunkedArray, hash_each: Callable[[pa.LargeStringArray], Integers]) -> Coded:
    coded = different(values)
    codes = np.append(hash_each(coded.dictionary.cast(pa.large_string())), np.int64(MISSING))
    indices = coded.indices.fill_null(len(codes) - 1) if coded.null_count else coded.indices
    return Coded(codes, indices.to_numpy(zero_copy_only=False))


def _hash_words(texts: pa.LargeStringArray) -> Integers:
    """Hash each text from its UTF-8 bytes, eight at a time; the last eight may overlap those before.

    Word by word for all texts at once: the first of each, the second of those that have one, and so on.
    """
    offsets, data = _bytes_of(texts)
    starts, lengths = offsets[:-1], np.diff(offsets)
    words = np.ndarray(len(data) - WORD_BYTES + 1, dtype="<u8", buffer=data, strides=(1,))
    first = words[starts]  # `take` would write all overlapping words out first
    short = np.flatnonzero(lengths < WORD_BYTES)
    first[short] &= (np.uint64(1) << (lengths[short] * 8).astype(np.uint64)) - np.uint64(1)
    total = _mix(first + _SALTS[0])
    rows, position = np.flatnonzero(lengths > WORD_BYTES), 1
    while len(rows):
        length = lengths.take(rows)
        at = starts.take(rows) + np.minimum(position * WORD_BYTES, length - WORD_BYTES)
        total[rows] += _mix(words[at] + _SALTS[position % LONGEST_WORDS])
        position += 1
        rows = rows.compress(length > position * WORD_BYTES)
    return _finish(total, lengths)


def _hash_characters(texts: pa.LargeStringArray) -> Integers:
    """Hash each text from its characters, without their order."""
    points, lengths = code_points(texts)
    if not len(lengths):
        return np.empty(0, dtype=np.int64)
    words = np.append(_LETTER_WORDS.take(points, mode="clip"), np.uint64(0))  # where empty texts at the end begin
    rare = np.flatnonzero(points >= len(_LETTER_WORDS))
    words[rare] = _letter_words(points[rare])
    return _finish(np.add.reduceat(words, np.cumsum(lengths) - lengths), lengths)


def code_points(texts: pa.LargeStringArray) -> tuple[NDArray[np.uint32], Integers]:
    """Return the code points of all texts one behind the other, and the number of characters of each text."""
    offsets, data = _bytes_of(texts)
    points = np.frombuffer(data[: offsets[-1]].tobytes().decode("utf-8").encode("utf-32-le"), dtype="<u4")
    return points, pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)


def _bytes_of(texts: pa.LargeStringArray) -> tuple[Integers, NDArray[np.uint8]]:
    """Return where each text starts and the last one ends, and the bytes, with room to read a word at any place."""
    _, offsets_buffer, data_buffer = texts.buffers()
    if not len(texts):
        return np.zeros(1, dtype=np.int64), np.zeros(WORD_BYTES, dtype=np.uint8)
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.zeros(offsets[-1] - offsets[0] + WORD_BYTES, dtype=np.uint8)
    if data_buffer is not None:
        data[:-WORD_BYTES] = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
    return offsets - offsets[0], data


def _finish(sums: np.ndarray, lengths: Integers) -> Integers:
    """Make one code of the sum of the words of each text; MISSING for an empty text."""
    mixed: Integers = _mix(sums + lengths.astype(np.uint64)).view(np.int64)
    mixed[mixed == MISSING] = 1
    mixed[lengths == 0] = MISSING
    return mixed


def number_values(codes: Integers) -> Marks:
    """Number the different codes 1, 2, ... as they come, MISSING staying 0.

    Half the width of a code, no two values fall together, and counting them needs no sort.
    """
    coded = pa.array(codes).dictionary_encode()
    values = coded.dictionary.to_numpy()
    present = values != MISSING
    numbers: Marks = np.where(present, np.cumsum(present), MISSING).astype(np.uint32).take(coded.indices.to_numpy())
    return numbers


def join_codes(*codes: Integers) -> Integers:
    """Make one well-mixed code of one or several columns; MISSING where any part is missing."""
    joined = np.empty(len(codes[0]), dtype=np.int64)
    for start in range(0, len(joined), JOINED_AT_ONCE):
        part = slice(start, start + JOINED_AT_ONCE)
        joined[part] = _join(*(column[part] for column in codes))
    return joined


def _join(*codes: Integers) -> Integers:
    joined = _mix(codes[0].astype(np.int64).view(np.uint64))
    present = codes[0] != MISSING
    for number, part in enumerate(codes[1:], start=1):
        salted = part.astype(np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(number)
        joined = _mix(joined ^ _mix(salted))
        present &= part != MISSING
    result = joined.view(np.int64)
    result[result == MISSING] = 1
    result[~present] = MISSING
    return result


def cut_codes(codes: Integers) -> Marks:
    """Cut codes to 32 bits, enough to compare a pair that something else proposed; 0 stays for a missing value only."""
    marks = (codes ^ (codes >> 32)).astype(np.uint32)
    marks[(marks == MISSING) & (codes != MISSING)] = 1
    return marks
