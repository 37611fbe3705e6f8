"""Columns that nothing uses, as one JSON text per row.  Vectorised: a province has ten million rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

CONTROLS = [chr(code) for code in range(0x20)]


def json_objects(columns: Sequence[tuple[str, pa.StringArray]], count: int) -> pa.StringArray:
    """Return one JSON object per row, keys in the given order; empty text where there is no column.

    Cells without content are left out; Chinese stays readable.
    """
    if not columns:
        return pa.repeat(pa.scalar("", pa.string()), count)
    body = pa.repeat(pa.scalar("", pa.string()), count)
    for heading, cells in columns:
        member = pc.binary_join_element_wise(
            f', {json.dumps(heading, ensure_ascii=False)}: "', _escaped(cells), '"', ""
        )
        body = pc.binary_join_element_wise(body, pc.if_else(pc.equal(cells, ""), "", member), "")
    return pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(body, 2, 1 << 30), "}", "")


def _escaped(cells: pa.StringArray) -> pa.StringArray:
    cells = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '\\"')
    if pc.any(pc.match_substring_regex(cells, r"[\x00-\x1f]")).as_py():
        for control in CONTROLS:
            cells = pc.replace_substring(cells, control, json.dumps(control)[1:-1])
    return cells
