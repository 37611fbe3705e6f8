"""Stable ids of entries: the same row content in the same list has the same id, wherever it stands.

An id does not depend on the row's place, so that reordering, splitting or renaming files
changes no id.  How units keep their ids through corrections is not decided here.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.schemas import FIELDS

DIGEST_CHARACTERS = 20  # 80 bits: one chance in 10^9 of any collision among 5 * 10^7 rows
ID_CHARACTERS = DIGEST_CHARACTERS + 1  # of an id without the number of a copy
HEXADECIMAL = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def entry_ids(rows: pa.Table) -> pa.Array:
    """Return one id per row of ROWS, made from the list's name and every cell; equal rows get equal ids."""
    cells = [pc.fill_null(rows.column(name), "") for name in ("list", *(f"raw_{field}" for field in FIELDS), "extra")]
    content = pc.binary_join_element_wise(*cells, "\x1f").combine_chunks()
    offsets = np.frombuffer(content.buffers()[1], dtype=np.int32)[content.offset :][: len(content) + 1]
    data, ends = memoryview(content.buffers()[2] or b""), offsets.tolist()
    digests = b"".join([hashlib.sha256(data[start:end]).digest() for start, end in pairwise(ends)])
    return _hexadecimal(np.frombuffer(digests, dtype=np.uint8).reshape(-1, hashlib.sha256().digest_size))


def _hexadecimal(digests: np.ndarray) -> pa.Array:
    """Return E and the first DIGEST_CHARACTERS hexadecimal digits of each row of bytes."""
    letters = np.full((len(digests), ID_CHARACTERS), ord("E"), dtype=np.uint8)
    letters[:, 1::2] = HEXADECIMAL[digests[:, : DIGEST_CHARACTERS // 2] >> 4]
    letters[:, 2::2] = HEXADECIMAL[digests[:, : DIGEST_CHARACTERS // 2] & 15]
    ends = np.arange(len(digests) + 1, dtype=np.int32) * ID_CHARACTERS
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(ends), pa.py_buffer(letters))


def numbered_ids(source: str) -> str:
    """Return SQL that adds `unique_id`: the second and later copies of a row get -2, -3 ... behind the id.

    Only ids that repeat are sorted; they are few, and the rows are wide.
    """
    place = ("list", "file", "sheet", "row")
    return (
        f"SELECT s.*, coalesce(n.numbered_id, s.entry_id) AS unique_id FROM {source} s LEFT JOIN ("
        f"SELECT {', '.join(place)}, concat(entry_id, '-', CAST(copy AS STRING)) AS numbered_id FROM ("
        f"SELECT *, row_number() OVER (PARTITION BY entry_id ORDER BY {', '.join(place)}) AS copy FROM ("
        f"SELECT s.entry_id, {', '.join(f's.{name}' for name in place)} FROM {source} s JOIN ("
        f"SELECT entry_id FROM {source} GROUP BY entry_id HAVING count(*) > 1) r ON r.entry_id = s.entry_id"
        ") repeated) copies WHERE copy > 1"
        f") n ON {' AND '.join(f'n.{name} = s.{name}' for name in place)}"
    )
