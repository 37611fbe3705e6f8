"""Columns of codes as tables of bytes, one row per code of a given width.

No identifier's rules here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NO_VALUE = 255


def lookup(values: Mapping[str, int]) -> np.ndarray:
    """Return a table of 256 entries from a character's byte to its value, `NO_VALUE` for all others."""
    table = np.full(256, NO_VALUE, dtype=np.uint8)
    for character, value in values.items():
        table[ord(character)] = value
    return table


def fixed_width(texts: pa.Array | pa.ChunkedArray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the row numbers of texts of `width` bytes, and those bytes as an (n, width) uint8 table."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    fits = pc.equal(pc.binary_length(whole), width).fill_null(False)
    rows = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
    chosen = whole.filter(fits).cast(pa.large_binary())
    data = chosen.buffers()[2]
    if len(rows) == 0 or data is None:
        return rows, np.zeros((0, width), dtype=np.uint8)
    start = chosen.offset * width
    return rows, np.frombuffer(data, dtype=np.uint8)[start : start + len(rows) * width].reshape(-1, width)


def looks_made_up(body: np.ndarray) -> np.ndarray:
    """Return for each row of bytes whether it repeats or counts, or is a PDY code: maybe a placeholder.

    Generous: a hit must still be asked of `placeholders.is_placeholder`.
    """
    steps = np.diff(body.astype(np.int16), axis=1)
    made_up: np.ndarray = (
        (steps == steps[:, :1]).all(axis=1)
        | ((steps == 1) | (steps == -9)).all(axis=1)
        | ((steps == -1) | (steps == 9)).all(axis=1)
        | (body[:, :3] == np.frombuffer(b"PDY", dtype=np.uint8)).all(axis=1)
    )
    return made_up
