"""Rows of a worksheet as XML, made column by column: a million rows in the time that cell by cell takes for a few.

Texts become inline strings, which no office program computes; numbers become numbers.
Which sheets there are and how they look is defined in `table_sheets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.language.safe_text import plain_texts, text_bytes
from minglu.register.storage.row_stream import Stream

MOST_CHARACTERS = 32_767
"""An office program refuses a longer cell."""
CUT = "…［已截断 cut］"
XML_MARKS = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def row_batches(rows: Stream, styles: Sequence[int], first_row: int) -> Iterator[bytes]:
    """Yield the XML of `rows`, a batch at a time; `styles` has a cell format for each column, counted from 0.

    The first row stands in line `first_row` of the sheet, counted from 1.
    """
    for batch in rows.pieces():
        numbers = pc.cast(pa.array(np.arange(batch.num_rows) + first_row), pa.string())
        first_row += batch.num_rows
        cells = [
            _cells(column.combine_chunks(), column_name(index), numbers, style)
            for index, (column, style) in enumerate(zip(batch.columns, styles, strict=True))
        ]
        whole = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
        yield text_bytes(whole)


def column_name(index: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_name(0), column_name(25), column_name(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cells(values: pa.Array, letters: str, numbers: pa.Array, style: int) -> pa.Array:
    """Return the XML of one column's cells; an empty text and a null are no cell at all."""
    if pa.types.is_string(values.type):
        texts = _shown(values)
        space = "" if pc.all(pc.equal(texts, pc.utf8_trim_whitespace(texts))).as_py() else ' xml:space="preserve"'
        head, body = f'" s="{style}" t="inlineStr"><is><t{space}>', "</t></is></c>"
        missing = pc.equal(texts, "")
    else:
        texts, head, body = pc.cast(values, pa.string()), f'" s="{style}"><v>', "</v></c>"
        missing = pc.is_null(texts)
        if pa.types.is_floating(values.type):
            missing = pc.or_(missing, pc.invert(pc.is_finite(pc.fill_null(values, 0.0))))
    cells = pc.binary_join_element_wise(f'<c r="{letters}', numbers, head, pc.fill_null(texts, ""), body, "")
    return pc.if_else(pc.fill_null(missing, fill_value=True), "", cells)


def _shown(values: pa.Array) -> pa.Array:
    """Return texts fit for a cell: plain, not too long, nothing in them that XML or an office program would read."""
    texts = plain_texts(pa.chunked_array([pc.fill_null(values, "")])).combine_chunks()
    marks = np.bincount(np.frombuffer(text_bytes(texts), np.uint8), minlength=256)
    if pc.max(pc.binary_length(texts)).as_py() > MOST_CHARACTERS:
        short = pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, MOST_CHARACTERS - len(CUT)), CUT, "")
        texts = pc.if_else(pc.greater(pc.utf8_length(texts), MOST_CHARACTERS), short, texts)
    for mark, name in XML_MARKS:
        if marks[ord(mark)]:
            texts = pc.replace_substring(texts, mark, name)
    if marks[ord("_")]:  # _x0041_ would be read as the character of that number
        texts = pc.replace_substring_regex(texts, "_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1")
    return texts
