"""Text turned into numbers that are equal where the text is equal.  No similarity, no rules.

Linkage asks "equal or not?" of billions of values.  A 64-bit hash answers that from
one machine word, needs no dictionary that all batches would have to share, and is the
same on every machine and in every process (unlike Python's own).  Two of 10 million
distinct values collide with a probability below 3 in a million.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minglu.matching.arrays import Integers

Marks = NDArray[np.uint32]

SILENT = 0  # the code of an empty or missing value: it equals nothing, not even itself
LONGEST_BYTES = 4096  # positions beyond share weights with earlier ones; no name or address is that long


def _mix(words: np.ndarray) -> np.ndarray:
    """Spread every input bit over all output bits (the finaliser of SplitMix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = words ^ (words >> np.uint64(31))
    return mixed


# Odd multipliers, one per byte position: a difference in one byte can never cancel out.
_WEIGHTS = _mix(np.arange(1, LONGEST_BYTES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)


def hash_text(values: pa.Array | pa.ChunkedArray) -> Integers:
    """Return one int64 per text, in order: equal texts have equal numbers, empty and null ones are SILENT.

    >>> hash_text(pa.array(["甲", "", "甲", None])).tolist()[1::2]
    [0, 0]
    """
    if isinstance(values, pa.ChunkedArray):
        parts = [hash_text(chunk) for chunk in values.chunks]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    coded = values if pa.types.is_dictionary(values.type) else pc.fill_null(values, "").dictionary_encode()
    words = _hash_distinct(coded.dictionary.cast(pa.large_string()))
    if not len(words):
        return np.zeros(len(values), dtype=np.int64)
    taken = words[pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)]
    return np.where(coded.indices.is_valid().to_numpy(zero_copy_only=False), taken, SILENT)


def _hash_distinct(texts: pa.LargeStringArray) -> Integers:
    """Hash each text of a dictionary from its UTF-8 bytes, all bytes at once."""
    if not len(texts):
        return np.empty(0, dtype=np.int64)
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.diff(offsets)
    words = np.zeros(len(texts), dtype=np.uint64)
    full = lengths > 0
    if full.any():
        data = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]].astype(np.uint64)
        position = np.arange(len(data)) - np.repeat(offsets[:-1] - offsets[0], lengths)
        products = (data + np.uint64(1)) * _WEIGHTS[position % LONGEST_BYTES]
        words[full] = np.add.reduceat(products, (offsets[:-1] - offsets[0])[full])
    mixed = _mix(words + lengths.astype(np.uint64)).view(np.int64)
    mixed[mixed == SILENT] = 1
    mixed[~full] = SILENT
    return mixed


def join_codes(*codes: Integers) -> Integers:
    """Make one well-mixed code of one or several columns; SILENT where any part is silent."""
    joined = _mix(codes[0].astype(np.int64).view(np.uint64))
    spoken = codes[0] != SILENT
    for number, part in enumerate(codes[1:], start=1):
        salted = part.astype(np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(number)
        joined = _mix(joined ^ _mix(salted))
        spoken &= part != SILENT
    result = joined.view(np.int64).copy()
    result[result == SILENT] = 1
    result[~spoken] = SILENT
    return result


def cut_codes(codes: Integers) -> Marks:
    """Cut codes to 32 bits, enough to compare a pair that something else proposed; 0 stays for silence only."""
    if codes.dtype == np.uint32:
        return codes.astype(np.uint32, copy=False)
    marks = (codes ^ (codes >> 32)).astype(np.uint32)
    marks[(marks == SILENT) & (codes != SILENT)] = 1
    return marks
