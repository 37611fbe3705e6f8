"""Words in place of codes, and one language of stored reasons, for the columns that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.language import code_labels
from minglu.register.schemas import FIELDS, STATUSES
from minglu.register.storage.row_stream import Stream, streamed

Words = Mapping[str, tuple[str, str]]

VALUES: Mapping[str, Words] = {
    "status": STATUSES,
    "source_class": code_labels.SOURCE_CLASSES,
    "outcome": code_labels.OUTCOMES,
    "method": code_labels.METHODS,
    "weight": code_labels.WEIGHTS,
    "list": code_labels.LIST_KINDS,
}
"""Columns that hold one code of a table of words."""
REASONS = ("outcome_reason", "placement_reason", "reason")
"""Columns that hold a reason in both languages."""
CODES = ("code", "placement_code")
"""Columns that hold a code of rows, values, coordinates or placements."""
FORMER = r"[（(](?:曾用名|原名)[:：]?(?P<former>[^（）()]*)[）)]"
"""A former name written into the name, as lists do."""


def worded(rows: pa.Table | Stream, *, codes: Words, language: str) -> Stream:
    """Return the same rows, in words of `language`; columns without words stay as they are."""
    source = streamed(rows)

    def read(columns: Sequence[str], first: int) -> Iterator[pa.Table]:
        for piece in source.read(columns, first):
            yield _worded(piece, codes, language)

    return Stream(source.schema, source.num_rows, read, source.first)


def _worded(piece: pa.Table, codes: Words, language: str) -> pa.Table:
    at = int(language == "en")
    for index, name in enumerate(piece.column_names):
        say = _speaker(name, codes, at, language)
        if say is not None and pa.types.is_string(piece.schema.field(index).type):
            piece = piece.set_column(index, piece.schema.field(index), _mapped(piece.column(index), say))
    return _former_names(piece)


def _speaker(name: str, codes: Words, at: int, language: str) -> Callable[[str], str] | None:
    """Return what puts a value of the column into words, or None."""
    if name in VALUES:
        words = VALUES[name]
        return lambda value: words[value][at] if value in words else value
    if name in REASONS:
        return lambda value: Bilingual.parse(value).of(language)
    if name == "lists":
        return lambda value: code_labels.call_lists(value.split("+"), "、" if at == 0 else " + ")[at]
    if name == "field":
        return lambda value: FIELDS.get(value, value) if at == 0 else value
    if name in CODES:
        return lambda value: codes[value][at] if value in codes else value
    return None


def _mapped(column: pa.ChunkedArray, say: Callable[[str], str]) -> pa.ChunkedArray:
    """Put each distinct value into words once."""
    coded = column.combine_chunks().dictionary_encode()
    words = pa.array([say(value) for value in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([words.take(coded.indices)], pa.string())


def _former_names(piece: pa.Table) -> pa.Table:
    """Move former names out of the name into their own column."""
    if not {"name", "former_names"} <= {*piece.column_names}:
        return piece
    names = piece.column("name")
    inside = pc.struct_field(pc.extract_regex(names, FORMER), "former")
    if inside.null_count == len(inside):
        return piece
    known = pc.fill_null(piece.column("former_names"), "")
    new = pc.fill_null(inside, "")
    fresh = pc.and_(pc.not_equal(new, ""), pc.invert(pc.equal(known, new)))
    joined = pc.if_else(
        fresh, pc.if_else(pc.equal(known, ""), new, pc.binary_join_element_wise(known, new, "；")), known
    )
    bare = pc.replace_substring_regex(names, FORMER.replace("(?P<former>", "(?:"), "")
    piece = piece.set_column(piece.column_names.index("name"), "name", bare)
    return piece.set_column(piece.column_names.index("former_names"), "former_names", joined)
