"""Stable ids of entries: the same row content in the same list has the same id, wherever it stands.

An id does not depend on the row's place, so that reordering, splitting or renaming files
changes no id.  How units keep their ids through corrections is not decided here.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.tables import FIELDS

DIGEST_LETTERS = 20  # 80 bits: one chance in 10^9 of any collision among 5 * 10^7 rows
ID_LETTERS = DIGEST_LETTERS + 1  # of an id without the number of a copy


def entry_ids(rows: pa.Table) -> pa.Array:
    """Return one id per row of ROWS, made from the list's name and every cell; equal rows get equal ids."""
    cells = [pc.fill_null(rows.column(name), "") for name in ("list", *(f"raw_{field}" for field in FIELDS), "extra")]
    content = pc.binary_join_element_wise(*cells, "\x1f").to_pylist()
    return pa.array([f"E{hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LETTERS]}" for text in content], pa.string())


def numbered_ids(source: str) -> str:
    """Return SQL that makes ids unique: the second and later copies of a row get -2, -3 ... behind the id."""
    return (
        "SELECT *, CASE WHEN copy = 1 THEN entry_id ELSE concat(entry_id, '-', CAST(copy AS VARCHAR)) END AS unique_id "
        "FROM (SELECT *, row_number() OVER (PARTITION BY entry_id ORDER BY list, file, sheet, row) AS copy "
        f"FROM {source}) numbered"
    )
