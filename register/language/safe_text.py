"""Texts from data made safe to show: nothing that a program would act on or that looks like another.  Raw is kept."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# First and last code points of what is left out: control characters (tab and line feed stay), marks of the
# direction of reading (a name could show itself as another), line and paragraph separators, non-characters.
UNSHOWABLE = (
    (0x00, 0x08),
    (0x0B, 0x0C),
    (0x0E, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2066, 0x2069),
    (0xFEFF, 0xFEFF),
    (0xFFFE, 0xFFFF),
)
_FIRST_BYTES = [0x7F, 0xC2, 0xE2, 0xEF]
"""DEL, and how the others begin in UTF-8."""
_ARROW = "[" + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in UNSHOWABLE) + "]"
_PYTHON = re.compile("[" + "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in UNSHOWABLE) + "]")


def plain_text(text: str) -> str:
    r"""Return one text without such characters; see `plain_texts`.

    >>> plain_text("东方\u202e厂\x00")
    '东方厂'
    """
    return _PYTHON.sub("", text)


def plain_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts without characters that can't be seen or that change how their neighbours are read."""
    if not any(_suspicious(chunk) for chunk in texts.chunks):
        return texts
    return pc.replace_substring_regex(texts, pattern=_ARROW, replacement="")


def _suspicious(chunk: pa.Array) -> bool:
    """Return whether the bytes of the texts could hold such a character: far quicker than to look for it."""
    marks = np.bincount(np.frombuffer(text_bytes(chunk), np.uint8), minlength=256)
    return bool(marks[:0x20].any() or marks[_FIRST_BYTES].any())


def text_bytes(texts: pa.Array) -> bytes:
    """Return all texts of an array one behind the other, in UTF-8; a null holds none."""
    offsets, content = texts.buffers()[1:3]
    if not len(texts) or content is None:
        return b""
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return bytes(content[int(ends[0]) : int(ends[-1])].to_pybytes())


def plain_table(table: pa.Table) -> pa.Table:
    """Return the table with every text column made plain."""
    for index, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            table = table.set_column(index, column.name, plain_texts(table.column(index)))
    return table
