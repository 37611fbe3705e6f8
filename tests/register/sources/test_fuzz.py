"""Any bytes at all: read in full with every record accounted for, or refused; no third way out."""

from __future__ import annotations

import contextlib
import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from minglu.errors import SourceError
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import HeaderRules
from minglu.register.sources.header import find_layout
from minglu.register.sources.headings import Aliases
from minglu.register.sources.read_list import read_list

RULES = HeaderRules({"name": ("单位名称",), "address": ("地址",), "lon": ("经度",)}, ("合计", "注"), ("电话",))
HEADER = "单位名称,地址,x\n"


def read_bytes(folder, content):
    path = folder / "fuzz.csv"
    path.write_bytes(content)
    return read_list(ListSpec("list", "other", path.name, folder), RULES)


@given(content=st.binary(max_size=200), header=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, header):
    """SourceError is the only exception."""
    with contextlib.suppress(SourceError):
        read_bytes(tmp_path_factory.getbasetemp(), HEADER.encode() * header + content)


@example(body="a\rb,c,d\n")
@example(body='"a\rb",c,d\n')
@given(body=st.text(alphabet='甲a合计注 \u3000,\t"\n\r9', max_size=60))
def test_every_record_is_accounted_for(tmp_path_factory, body):
    """Rows, rejects and blanks together are the records that the csv module sees."""
    try:
        reading = read_bytes(tmp_path_factory.getbasetemp(), (HEADER + body).encode())
    except SourceError:
        return
    text = body.replace("\r\n", "\n").replace("\r", "\x00")
    records = sum(1 for _ in csv.reader(io.StringIO(text, newline="")))
    (report,) = reading.inputs
    assert len(reading.rows) + len(reading.rejects) + report.blank_rows == records
    assert (report.rows, report.rejected) == (len(reading.rows), len(reading.rejects))
    places = reading.rows.column("row").to_pylist() + reading.rejects.column("row").to_pylist()
    assert len(set(places)) == len(places)


@given(
    head=st.lists(
        st.lists(st.sampled_from(["单位名称", "地址", "经度", "度", "分", "秒", "", "x", "电话"]), max_size=9),
        max_size=4,
    )
)
def test_any_grid_gives_a_sound_layout_or_a_refusal(head):
    """No column serves twice, and every column with a heading is used, unknown or withheld."""
    try:
        layout = find_layout("list", list(enumerate(head, start=1)), Aliases(RULES), {}, None)
    except SourceError:
        return
    columns = [
        *layout.fields.values(),
        *(column for angle in layout.angles.values() for column in angle),
        *layout.unknown,
        *layout.withheld,
    ]
    assert sorted(columns) == list(range(len(layout.headings)))
