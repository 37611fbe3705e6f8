"""Records under a known layout become ROWS and REJECTS.  A batch function: one batch in, one pair of tables out.

Blank rows are counted, footers, repeated headers and ragged rows are set aside with a code;
every other record becomes one row, its texts untouched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.rules import HeaderRules
from minglu.register.sources.extra import json_objects
from minglu.register.sources.header import Layout
from minglu.register.tables import FIELDS, REJECTS, ROWS

FOOTER, HEADER_REPEATED, ROW_RAGGED = "FOOTER", "HEADER_REPEATED", "ROW_RAGGED"
REASONS = {
    FOOTER: "表尾行（合计、填报人等），不是单位 / a footer row (totals, signatures), not a unit",
    HEADER_REPEATED: "表头重复出现 / the header once more",
}
SPACES = r"[\s\p{Z}\x{200B}\x{FEFF}]*"
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
    first = _first_text(columns, len(records))
    code = _codes(cells, columns, first, layout, rules, ragged=ragged)
    kept = pc.equal(code, "")
    all_kept = bool(pc.all(kept).as_py())
    rows = _rows(
        columns if all_kept else [column.filter(kept) for column in columns],
        numbers if all_kept else numbers.filter(kept),
        layout,
        origin,
    )
    set_aside = pc.and_(pc.not_equal(code, ""), pc.not_equal(code, "BLANK"))
    lengths = pc.list_value_length(cells).filter(set_aside)
    rejects = _rejects(code.filter(set_aside), numbers.filter(set_aside), lengths, len(layout.headings), origin)
    blank_rows = int(pc.sum(pc.equal(code, "BLANK")).as_py() or 0)
    last_ragged = len(code) > 0 and code[-1].as_py() == ROW_RAGGED
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


def _first_text(columns: Sequence[pa.StringArray], length: int) -> pa.StringArray:
    """Return the first cell with content of each record, null for a blank record."""
    if not columns or not length:
        return pa.nulls(length, pa.string())
    none = pa.scalar(None, pa.string())
    first = pa.nulls(length, pa.string())
    for column in columns:
        trimmed = pc.utf8_trim(column, characters=" \t\n\r\u00a0\u3000\u200b\ufeff")
        first = pc.coalesce(first, pc.if_else(pc.equal(trimmed, ""), none, column))
        if first.null_count == 0:
            break
    return first


def _codes(
    cells: pa.ListArray,
    columns: Sequence[pa.StringArray],
    first: pa.StringArray,
    layout: Layout,
    rules: HeaderRules,
    *,
    ragged: bool,
) -> pa.StringArray:
    code = pc.if_else(pc.is_null(first), "BLANK", "")
    if ragged:
        code = pc.if_else(pc.and_(pc.equal(code, ""), _ragged(cells, len(layout.headings))), ROW_RAGGED, code)
    texts = np.asarray(code.to_numpy(zero_copy_only=False), dtype=object)
    changed = False
    for index in _suspects(first, layout, rules):
        record = [text for column in columns if (text := column[index].as_py().strip())]
        if is_footer(record, rules.footers):
            texts[index], changed = FOOTER, True
        elif tuple(column[index].as_py() for column in columns) in layout.repeated:
            texts[index], changed = HEADER_REPEATED, True
    return pa.array(texts, pa.string()) if changed else code


def _ragged(cells: pa.ListArray, width: int) -> pa.BooleanArray:
    lengths = pc.list_value_length(cells).to_numpy()
    wrong = lengths < width
    for index in np.flatnonzero(lengths > width):
        wrong[index] = any(text.strip() for text in cells[int(index)].as_py()[width:])
    return pa.array(wrong)


def _suspects(first: pa.StringArray, layout: Layout, rules: HeaderRules) -> list[int]:
    """Return the few records that may be a footer or a header: the others need no look in Python."""
    starts = [SPACES.join(re.escape(letter) for letter in word) for word in rules.footers if word]
    heads = {next((cell for cell in line if cell.strip()), "") for line in layout.repeated}
    pattern = (
        "^" + SPACES + "(?:" + "|".join([*starts, *(re.escape(head) + "$" for head in sorted(heads) if head)]) + ")"
    )
    hits = pc.fill_null(pc.match_substring_regex(first, pattern), fill_value=False)
    return [int(index) for index in np.flatnonzero(hits.to_numpy(zero_copy_only=False))]


def is_footer(record: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether a record's filled cells are a footer.

    The first cell is a footer word, or starts with one and a colon, bracket or digit; or it
    starts with one and stands alone.  合计算机有限公司 with a code beside it is a unit.

    >>> is_footer(["合 计", "1203"], ["合计"]), is_footer(["合计算机有限公司", "91..."], ["合计"])
    (True, False)
    """
    text = "".join(record[0].split()) if record else ""
    for word in words:
        if text.startswith(word):
            rest = text[len(word) :]
            if not rest or rest[0] in ":：(（" or rest[0].isdigit() or len(record) == 1:
                return True
    return False


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
    return pa.Table.from_arrays([*_origin(origin, count), numbers, *raw, extra], schema=ROWS)


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
    codes: pa.StringArray, numbers: pa.Int64Array, lengths: pa.Int32Array, width: int, origin: Origin
) -> pa.Table:
    reasons = [
        REASONS.get(code) or f"有 {length} 个单元格，表头有 {width} 列 / {length} cells under {width} headings"
        for code, length in zip(codes.to_pylist(), lengths.to_pylist(), strict=True)
    ]
    arrays = [*_origin(origin, len(codes)), numbers, codes, pa.array(reasons, pa.string())]
    return pa.Table.from_arrays(arrays, schema=REJECTS)


def _origin(origin: Origin, count: int) -> list[pa.StringArray]:
    return [pa.repeat(pa.scalar(text, pa.string()), count) for text in (origin.list, origin.file, origin.sheet)]
