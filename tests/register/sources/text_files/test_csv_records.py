"""Splitting delimited text: the fast way equals the exact one, and an open quotation mark never swallows rows."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import SourceError
from minglu.register.sources.text_files import csv_records
from minglu.register.sources.text_files.csv_records import RECORDS, read_records

CELL = st.text(alphabet='甲é"\n, ;x\t', max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8)


def split(tmp_path, *blocks, delimiter=",", width=1):
    batches = list(read_records(tmp_path / "list.csv", iter(blocks), delimiter, width))
    assert all(batch.schema.equals(RECORDS) for batch in batches)
    return [(row["row"], row["cells"]) for batch in batches for row in batch.to_pylist()]


def written(table, quoting):
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(table)
    return out.getvalue()


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@given(table=TABLE)
def test_what_is_written_is_read_back(tmp_path_factory, quoting, table):
    """Quoted line breaks, delimiters and doubled marks included, each record at its line."""
    text = written(table, quoting)
    lines, expected = 1, []
    for record in table:
        expected.append((lines, record))
        lines += written([record], quoting).count("\n")
    assert split(tmp_path_factory.getbasetemp(), text.encode()) == expected


@given(text=st.text(alphabet='a甲"\n,', max_size=30))
def test_fast_split_equals_the_exact_reader(tmp_path_factory, text):
    """On any text: the same records, or the exact reader is asked, or both refuse."""
    block = (text + "\n").encode()
    quick = csv_records._split(block, 1, ",")
    if quick is None:
        return
    exact = list(csv.reader(io.StringIO(text + "\n", newline="")))
    assert [cells or [""] for cells in exact] == quick.column("cells").to_pylist()


def test_records_may_span_blocks(tmp_path):
    """A quoted cell that is cut by a block goes on in the next one."""
    got = split(tmp_path, '甲,"一\n'.encode(), '二"\n乙,三\n'.encode(), "丙,四".encode())
    assert got == [(1, ["甲", "一\n二"]), (3, ["乙", "三"]), (4, ["丙", "四"])]


@pytest.mark.parametrize(
    "text",
    [
        '甲,"一,x\n乙,二,x\n丙,三,x\n',
        '甲,"一,x\n乙,二,x\n丙,"三",x\n',
        '甲,"一,x\n乙,二,x\n丙,三,"x"\n丁,四,x\n',
        '甲,一,"x',
    ],
)
def test_open_quote_is_refused_at_the_line_where_it_opened(tmp_path, text):
    """Closed by the end of the file, or by a mark rows below that was meant for another cell."""
    line = 1
    with pytest.raises(SourceError, match=f"line {line + 1}: a quotation mark"):
        split(tmp_path, ("头,头,头\n" + text).encode(), width=3)


def test_inch_marks_inside_a_cell_are_text(tmp_path):
    """A mark that does not start its cell opens nothing."""
    assert split(tmp_path, '5" 管,x\n6" 管,y\n'.encode()) == [(1, ['5" 管', "x"]), (2, ['6" 管', "y"])]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (r'"a \"b\" c",1', ['a "b" c', "1"]),
        (r'"a \"b\",c",1', ['a "b",c', "1"]),
        (r'"a\\",1', ["a\\\\", "1"]),
        (r'"C:\",1', ["C:\\", "1"]),
        (r'"a ""b"" c",1', ['a "b" c', "1"]),
    ],
)
def test_marks_escaped_by_a_backslash_are_read_as_the_database_meant_them(tmp_path, line, cells):
    """Backslash and mark inside a cell are one mark; a path that ends in a backslash is left alone."""
    assert split(tmp_path, (line + "\n").encode()) == [(1, cells)]
