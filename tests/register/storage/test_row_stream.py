"""A stream gives the rows that a table in memory would give, whatever is cut out of it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.engine.parquet_files import count_rows, read_pieces, write_parquet
from minglu.register.storage import row_stream as streams
from minglu.register.storage.row_stream import Stream, streamed

TABLE = pa.table({"id": [f"{n:03d}" for n in range(97)], "n": list(range(97)), "none": pa.nulls(97, pa.string())})


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A table in a file of several row groups, read a piece at a time."""
    path = tmp_path_factory.mktemp("stream") / "table.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minglu.register.engine.parquet_files.ROW_GROUP_ROWS", 10)
        write_parquet(path, [TABLE], TABLE.schema)
    return Stream(TABLE.schema, count_rows(path), lambda columns, first: read_pieces(path, columns, first))


@given(
    first=st.integers(0, 120),
    length=st.integers(0, 120),
    more=st.integers(0, 30),
    columns=st.permutations(TABLE.column_names),
)
def test_parts_of_a_stream_are_parts_of_the_table(stored, first, length, more, columns):
    """Cut and cut again, in memory or in a file: the same rows, in pieces that are never too long."""
    wanted = TABLE.select(columns).slice(first, length).slice(more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "PIECE_ROWS", 7)
        for source in (stored, streamed(TABLE), streamed(stored)):
            part = source.select(columns).slice(first, length).slice(more, length)
            pieces = list(part.pieces())
            assert all(0 < piece.num_rows <= 7 for piece in pieces)
            assert part.num_rows == wanted.num_rows
            assert pa.concat_tables([wanted.schema.empty_table(), *pieces]).equals(wanted)


def test_stream_can_be_gone_through_again(stored):
    """Each time it is read from the start."""
    assert list(stored.pieces()) == list(stored.pieces())
