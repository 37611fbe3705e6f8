"""Records under a known layout become ROWS and REJECTS.  A batch function: one batch in, one pair of tables out.

Blank rows are counted, footers, repeated headers and ragged rows are set aside with a code;
every other record becomes one row, its texts untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.rules import HeaderRules
from minglu.register.schemas import FIELDS, REJECTS, ROWS
from minglu.register.sources.header import Layout
from minglu.register.sources.row_rejects import BLANK, SetAside, set_aside
from minglu.register.sources.unused_columns import json_objects

ANGLE_MARKS = ("°", "′", "″")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where records come from; the first three columns of every table."""

    list: str
    file: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch of records became."""

    rows: pa.Table
    """ROWS."""
    rejects: pa.Table
    """REJECTS."""
    blank_rows: int
    """Records without any content."""
    last_ragged: bool
    """Whether the last record of the batch is ragged: in the last batch of a file, a sign of a cut."""


def assemble(records: pa.RecordBatch, layout: Layout, origin: Origin, rules: HeaderRules, *, ragged: bool) -> Batch:
    """Sort the records after the header into rows, rejects and blanks.

    `records` has RECORDS.  With `ragged`, a record with too few cells, or with content beyond the
    last heading, is set aside; without it (typed workbooks) missing cells are empty.
    """
    records = records.filter(pc.greater(records.column("row"), layout.header_row))
    numbers, cells = records.column("row"), records.column("cells")
    columns = spread(cells, len(layout.headings))
    code = set_aside(cells, columns, layout, rules, ragged=ragged)
    kept = pc.equal(code, "")
    if not pc.all(kept).as_py():
        columns = [column.filter(kept) for column in columns]
    rows = _rows(columns, numbers.filter(kept), layout, origin)
    rejected = pc.and_(pc.not_equal(code, ""), pc.not_equal(code, BLANK))
    lengths = pc.list_value_length(cells).filter(rejected)
    rejects = _rejects(code.filter(rejected), numbers.filter(rejected), lengths, layout, origin)
    blank_rows = int(pc.sum(pc.equal(code, BLANK)).as_py() or 0)
    last_ragged = len(code) > 0 and code[-1].as_py() == SetAside.ROW_RAGGED.name
    return Batch(rows, rejects, blank_rows, last_ragged)


def spread(cells: pa.ListArray, width: int) -> list[pa.StringArray]:
    """Turn lists of cells into `width` columns; a missing cell is empty."""
    offsets = cells.offsets.to_numpy()
    starts, lengths = offsets[:-1], np.diff(offsets)
    values = cells.values
    whole = bool(len(lengths)) and lengths.min() >= width
    columns = []
    for column in range(width):
        if whole:
            columns.append(values.take(pa.array(starts + column)))
        else:
            indices = pa.array(starts + column, mask=lengths <= column)
            columns.append(pc.fill_null(values.take(indices), ""))
    return columns


def _rows(columns: Sequence[pa.StringArray], numbers: pa.Int64Array, layout: Layout, origin: Origin) -> pa.Table:
    count = len(numbers)
    empty = pa.repeat(pa.scalar("", pa.string()), count)
    raw = [
        columns[layout.fields[field]]
        if field in layout.fields
        else _angle([columns[at] for at in layout.angles[field]])
        if field in layout.angles
        else empty
        for field in FIELDS
    ]
    extra = json_objects([(_label(layout, at), columns[at]) for at in layout.unknown], count)
    measures = json_objects([(key, columns[at]) for key, at in layout.measures.items()], count)
    return pa.Table.from_arrays([*_origin(origin, count), numbers, *raw, extra, measures], schema=ROWS)


def _label(layout: Layout, column: int) -> str:
    """Name a column of `extra`; a column without heading, or a second one of the same, by its position."""
    heading = layout.headings[column]
    if heading and layout.headings.index(heading) == column:
        return heading
    return f"{heading}#{column + 1}"


def _angle(parts: Sequence[pa.StringArray]) -> pa.StringArray:
    """Join degree, minute and second cells into one text: 120°12′30.5″."""
    pieces = []
    for part, mark in zip(parts, ANGLE_MARKS, strict=False):
        text = pc.utf8_trim_whitespace(part)
        pieces.append(pc.if_else(pc.equal(text, ""), "", pc.binary_join_element_wise(text, mark, "")))
    return pc.binary_join_element_wise(*pieces, "")


def _rejects(
    codes: pa.StringArray, numbers: pa.Int64Array, lengths: pa.Int32Array, layout: Layout, origin: Origin
) -> pa.Table:
    reasons = [
        Bilingual(
            f"{SetAside[code].zh}（{length} 个单元格，{layout.named} 个列名）",
            f"{SetAside[code].en} ({length} cells, {layout.named} headings)",
        )
        if code == SetAside.ROW_RAGGED.name
        else Bilingual(SetAside[code].zh, SetAside[code].en)
        for code, length in zip(codes.to_pylist(), lengths.to_pylist(), strict=True)
    ]
    arrays = [*_origin(origin, len(codes)), numbers, codes, pa.array(reasons, pa.string())]
    return pa.Table.from_arrays(arrays, schema=REJECTS)


def _origin(origin: Origin, count: int) -> list[pa.StringArray]:
    return [pa.repeat(pa.scalar(text, pa.string()), count) for text in (origin.list, origin.file, origin.sheet)]
