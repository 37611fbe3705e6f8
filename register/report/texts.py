"""Texts from data made safe to show: nothing that a program would act on or that looks like another.  Raw is kept."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# Control characters, surrogates and non-characters that XML forbids, line and paragraph separators,
# and marks that turn the direction of reading (a name could show itself as another).
UNSHOWABLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}\x{fffe}\x{ffff}]"
)


def plain_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts without characters that can't be seen or that change how their neighbours are read."""
    return pc.replace_substring_regex(texts, pattern=UNSHOWABLE, replacement="")


def plain_table(table: pa.Table) -> pa.Table:
    """Return the table with every text column made plain."""
    for index, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            table = table.set_column(index, column.name, plain_texts(table.column(index)))
    return table
