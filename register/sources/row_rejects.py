"""Which records of a list are no units: footers, repeated headers, ragged and blank rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.rules import HeaderRules
from minglu.register.sources.header import Layout, trimmed

BLANK = "BLANK"
"""Mark of a record without content: counted, never a reject."""
SPACE_LETTERS = " \t\n\r\u00a0\u3000\u200b\ufeff"
SPACES = r"[\s\p{Z}\x{200B}\x{FEFF}]*"


class SetAside(Enum):
    """Codes of rows set aside while reading, each with its meaning in Chinese and English."""

    FOOTER = ("表尾行（合计、填报人等），不是单位", "a footer (totals, signatures), not a unit")
    HEADER_ROW = ("表头重复出现，不是数据", "the heading repeated, no data")
    ROW_RAGGED = ("单元格数与表头不符", "more or fewer cells than headings")

    @property
    def zh(self) -> str:
        """The meaning in Chinese."""
        return self.value[0]

    @property
    def en(self) -> str:
        """The meaning in English."""
        return self.value[1]


def set_aside(
    cells: pa.ListArray, columns: Sequence[pa.StringArray], layout: Layout, rules: HeaderRules, *, ragged: bool
) -> pa.StringArray:
    """Return one code per record: empty for a row to keep, BLANK, or the name of a SetAside.

    `cells` are the records as they came, `columns` the same under the headings of `layout`.
    """
    first = _first_text(columns, len(cells))
    code = pc.if_else(pc.is_null(first), BLANK, "")
    if ragged:
        short, long = _ragged(cells, layout.named, len(layout.headings))
        wrong = pc.or_(long, pc.and_(short, pc.equal(code, "")))
        code = pc.if_else(wrong, SetAside.ROW_RAGGED.name, code)
    names = np.array(code.to_numpy(zero_copy_only=False), dtype=object)
    suspects = _suspects(first, layout, rules)
    for index in suspects:
        record = tuple(column[index].as_py() for column in columns)
        if is_footer([text for text in record if text.strip(SPACE_LETTERS)], rules.footers):
            names[index] = SetAside.FOOTER.name
        elif trimmed(record) in layout.repeated:
            names[index] = SetAside.HEADER_ROW.name
    return pa.array(names, pa.string()) if suspects else code


def _first_text(columns: Sequence[pa.StringArray], length: int) -> pa.StringArray:
    """Return the first cell with content of each record, null for a blank record."""
    none = pa.scalar(None, pa.string())
    first = pa.nulls(length, pa.string())
    for column in columns:
        blank = pc.equal(pc.utf8_trim(column, characters=SPACE_LETTERS), "")
        first = pc.coalesce(first, pc.if_else(blank, none, column))
        if first.null_count == 0:
            break
    return first


def _ragged(cells: pa.ListArray, named: int, width: int) -> tuple[pa.BooleanArray, pa.BooleanArray]:
    """Return which records end before the last named heading, and which have content beyond the last column."""
    offsets = cells.offsets.to_numpy()
    lengths = np.diff(offsets)
    long = np.zeros(len(lengths), dtype=bool)
    if len(lengths) and lengths.max() > width:
        record = np.repeat(np.arange(len(lengths)), lengths)
        beyond = np.flatnonzero(np.arange(len(record)) - (offsets[:-1] - offsets[0])[record] >= width)
        texts = cells.values.take(pa.array(beyond + offsets[0]))
        filled = pc.not_equal(pc.utf8_trim(texts, characters=SPACE_LETTERS), "").to_numpy(zero_copy_only=False)
        long[record[beyond[filled]]] = True
    return pa.array(lengths < named), pa.array(long)


def _suspects(first: pa.StringArray, layout: Layout, rules: HeaderRules) -> list[int]:
    """Return the few records that may be a footer or a header: the others need no look in Python."""
    starts = [SPACES.join(re.escape(letter) for letter in word) for word in rules.footers if word]
    heads = {next((cell for cell in line if cell.strip()), "") for line in layout.repeated} - {""}
    choices = "|".join([*starts, *(re.escape(head) + "$" for head in sorted(heads))])
    hits = pc.fill_null(pc.match_substring_regex(first, f"^{SPACES}(?:{choices})"), fill_value=False)
    return [int(index) for index in np.flatnonzero(hits.to_numpy(zero_copy_only=False))]


def is_footer(record: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether a record's filled cells are a footer.

    The first cell is a footer word, or starts with one and a colon, bracket or digit; or it
    starts with one and stands alone.  合计算机有限公司 with a code beside it is a unit.

    >>> is_footer(["合 计", "1203"], ["合计"]), is_footer(["合计算机有限公司", "91..."], ["合计"])
    (True, False)
    """
    text = re.sub(r"[\s\u200b\ufeff]", "", record[0]) if record else ""
    for word in words:
        if word and text.startswith(word):
            rest = text[len(word) :]
            if not rest or rest[0] in ":：(（" or rest[0].isdigit() or len(record) == 1:
                return True
    return False
