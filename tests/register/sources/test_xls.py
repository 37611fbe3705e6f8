"""BIFF workbooks (.xls of Excel, .et of WPS), written byte by byte: [MS-XLS] records in an [MS-CFB] container."""

from __future__ import annotations

import random
import struct

import pytest

from minglu.errors import SourceError
from minglu.register.sources.workbooks.ole_preflight import check_compound

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind, *parts):
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def cell(row, column, value):
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return record(0x0204, place, struct.pack("<HB", len(value), 1), value.encode("utf-16-le"))
    return record(0x0203, place, struct.pack("<d", value))


def sheet(rows):
    cells = [cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""]
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    return record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + record(0x0200, size) + b"".join(cells)


def workbook_stream(sheets, hidden=()):
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    bodies = [sheet(rows) + record(0x000A) for rows in sheets.values()]

    def bounds(start):
        out = b""
        for (name, _), body in zip(sheets.items(), bodies, strict=True):
            text = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
            out += record(0x0085, struct.pack("<IBB", start, int(name in hidden), 0), text)
            start += len(body)
        return out + record(0x000A)

    return begin + bounds(len(begin) + len(bounds(0))) + b"".join(bodies)


def entry(name, kind, start, size, child=FREE):
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<BBIII", kind, 1, FREE, FREE, child)
    return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links + bytes(36) + struct.pack("<IQ", start, size)


def container(stream, name="Workbook"):
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table = [FAT, END, *range(3, count + 2), END]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    assert len(fat) == SECTOR, "one sector of the table is enough for these tests"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    folder = entry("Root Entry", 5, END, 0, child=1) + entry(name, 2, 2, len(stream))
    return head + fat + folder.ljust(SECTOR, b"\0") + stream


@pytest.fixture
def xls(desk):
    rows = [desk.header, (*desk.rows[0][:1], 913301007109000000.0, "一路"), ("清水化工厂", "", 13800000000.0)]
    return desk.write(container(workbook_stream({"名单": rows, "暗": rows}, hidden=("暗",))), "list.xls")


def test_xls_reads_and_shows_rounded_codes(desk, xls):
    """A code typed as a number has lost digits: it shows as scientific notation, never as 18 plausible digits."""
    reading = desk.read(xls)
    assert reading.rows.column("raw_uscc").to_pylist() == ["9.13301007109E+17", ""]
    assert reading.rows.column("raw_address").to_pylist() == ["一路", "13800000000"]
    assert reading.inputs[0].format == "xls"
    assert reading.inputs[0].skipped_sheets == ("暗：隐藏 / 暗: hidden",)


@pytest.mark.parametrize("name", ["list.et", "list.csv", "list"])
def test_content_decides_not_the_extension(desk, xls, name):
    """WPS writes the same bytes under .et; a wrong extension is a remark."""
    copy = desk.write(xls.read_bytes(), name)
    reading = desk.read(copy)
    assert len(reading.rows) == 2
    assert any("not what the name says" in text for text in reading.inputs[0].signals) == (name != "list.et")


def test_every_truncation_is_found(desk, xls):
    """60 cuts: the allocation table knows how many sectors there must be."""
    whole = xls.read_bytes()
    draw = random.Random(7)
    assert check_compound(xls) == len(whole)
    for cut in [1, 511, 512, 513, len(whole) - 1, *(draw.randrange(1, len(whole)) for _ in range(55))]:
        xls.write_bytes(whole[:cut])
        with pytest.raises(SourceError, match="cut or damaged"):
            check_compound(xls)


def test_a_password_is_named_as_what_it_is(desk):
    """An encrypted .xlsx is an OLE2 container with one stream inside."""
    assert "encrypted" in desk.refusal(desk.write(container(bytes(5000), "EncryptedPackage"), "list.xlsx"))


def test_garbage_behind_the_magic_is_refused(desk):
    """The first four bytes promise a workbook; the rest does not keep the promise."""
    assert "cut or damaged" in desk.refusal(desk.write(b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 20, "list.xls"))
