"""Hostile and broken inputs, made by code: each refused with exit 3 and a message, none takes the process down."""

from __future__ import annotations

import io
import json
import random
import struct
import subprocess
import sys
import zipfile

import pytest

from minglu.errors import SourceError
from minglu.register.sources.file_type import Format
from minglu.register.sources.text_files import csv_records
from minglu.register.sources.workbooks import sandbox, zip_preflight
from minglu.register.sources.workbooks.zip_preflight import check_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
LINK = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/%s" Target="%s"/></Relationships>'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="text/xml"/></Types>',
    "_rels/.rels": LINK % ("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": LINK % ("worksheet", "worksheets/sheet1.xml"),
}
SHEET = "xl/worksheets/sheet1.xml"


def cell(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows="", before=""):
    header = f'<row r="1">{cell("A1", "单位名称")}{cell("B1", "地址")}</row>'
    return f'<?xml version="1.0"?>{before}<worksheet {MAIN}><sheetData>{header}{rows}</sheetData></worksheet>'


def column(number):
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def xlsx(desk, text=None, more=None):
    path = desk.folder / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (PARTS | {SHEET: text or sheet()} | (more or {})).items():
            archive.writestr(name, part)
    return path


def one_part_listed_many_times():
    """Return an archive whose directory names the same bytes 500 times: small on disk, vast unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x" * 100_000)
    raw = out.getvalue()
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry, count = raw[start:end], 500
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    return raw[:start] + entry * count + tail


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HOSTILE = {
    "zip bomb": (lambda: {"text": " " * (17 << 20)}, "zip bomb"),
    "many entries": (lambda: {"more": {f"xl/{at}.xml": "" for at in range(5_000)}}, "archive entries"),
    "entity bomb": (lambda: {"text": sheet(cell("A2", "&b;"), ENTITIES)}, "DOCTYPE"),
    "external entity": (lambda: {"text": sheet(cell("A2", "&a;"), OUTSIDE)}, "DOCTYPE"),
    "wide characters": (lambda: {"text": sheet().encode("utf-16")}, "not UTF-8"),
    "far cell": (lambda: {"text": sheet(f'<row r="1048576">{cell("XFD1048576", "x")}</row>')}, "XFD1048576"),
    "far cell, few letters": (
        lambda: {"text": sheet(f'<row r="1048576">{cell("ZZ1048576", "x")}</row>')},
        "stray cell",
    ),
    "no such row": (lambda: {"text": sheet(f'<row r="9">{cell("A" + "9" * 20, "x")}</row>')}, "list.xlsx"),
    "long cell": (lambda: {"text": sheet(f'<row r="2">{cell("A2", "长" * 1_000_000)}</row>')}, "32,767"),
    "many columns": (
        lambda: {"text": sheet(f'<row r="2">{"".join(cell(f"{column(at)}2", "x") for at in range(1, 10_001))}</row>')},
        "columns; expected at most",
    ),
    "huge string count": (
        lambda: {
            "text": sheet('<row r="2"><c r="A2" t="s"><v>4294967295</v></c></row>'),
            "more": {"xl/sharedStrings.xml": f'<sst {MAIN} uniqueCount="4294967295"><si><t>a</t></si></sst>'},
        },
        "list.xlsx",
    ),
    "unclosed tags": (lambda: {"text": sheet("<c>" * 200_000)}, "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbook_is_refused(desk, name):
    """What no list needs never reaches the rows, and what aborts the parser aborts a child alone."""
    make, said = HOSTILE[name]
    assert said in desk.refusal(xlsx(desk, **make()))


def test_hundred_thousand_entries_are_not_even_listed(desk, monkeypatch):
    """The directory's own size gives it away before it is read."""
    path = xlsx(desk, more={f"xl/{at}.xml": "" for at in range(5_000)})
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the archive was opened"))
    assert "archive entries" in desk.refusal(path)


def test_archives_in_archives_and_over_each_other_are_refused(desk):
    """Nested: not a workbook.  Overlapping: no writer does that."""
    inner = xlsx(desk).read_bytes()
    with zipfile.ZipFile(desk.folder / "outer.xlsx", "w") as archive:
        archive.writestr("list.xlsx", inner)
    assert "not a workbook" in desk.refusal("outer.xlsx")
    assert "overlapping" in desk.refusal(desk.write(one_part_listed_many_times(), "over.xlsx"))


def test_far_cells_without_content_are_no_matter(desk):
    """A column formatted to the last row is a phantom range, not a list of a million rows."""
    rows = f'<row r="2">{cell("A2", "甲厂")}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert desk.read(xlsx(desk, sheet(rows))).rows.num_rows == 1


def test_a_stray_space_in_the_last_row_is_read(desk):
    """Blank rows without end are counted, not refused."""
    rows = f'<row r="2">{cell("A2", "甲厂")}</row><row r="300000">{cell("B300000", " ")}</row>'
    (report,) = desk.read(xlsx(desk, sheet(rows))).inputs
    assert (report.rows, report.blank_rows) == (1, 299_998)


def test_every_cut_and_flip_of_a_workbook_is_found(desk):
    """60 of each: every part has a checksum, and the directory stands at the end."""
    path = xlsx(desk, sheet("".join(f'<row r="{at}">{cell(f"A{at}", f"单位{at}")}</row>' for at in range(2, 200))))
    whole = path.read_bytes()
    check_workbook(path)
    draw = random.Random(5)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(SHEET).header_offset + 30 + len(SHEET)
        end = start + archive.getinfo(SHEET).compress_size
    for _ in range(60):
        at = draw.randrange(start, end)
        for damaged in (whole[: draw.randrange(4, len(whole))], whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            with pytest.raises(SourceError, match="cut or damaged"):
                check_workbook(path)


def test_child_that_takes_too_long_is_ended(desk, monkeypatch):
    """A limit of no time at all: the message says so, and no child is left."""
    monkeypatch.setattr(sandbox, "BASE_SECONDS", 0)
    monkeypatch.setattr(sandbox, "SECONDS_PER_MEGABYTE", 0)
    assert "not read within" in desk.refusal(xlsx(desk))


def test_child_that_dies_half_way_never_yields_a_short_list(desk, monkeypatch):
    """An Arrow stream may end anywhere without complaint; the count behind it may not be missing."""
    code = (
        "import sys, json, pyarrow as pa\n"
        "from minglu.register.sources.text_files.csv_records import RECORDS\n"
        "out = sys.stdout.buffer\n"
        "out.write(json.dumps({'sheets': ['a'], 'hidden': [], 'read': ['a']}).encode() + b'\\n')\n"
        "writer = pa.ipc.new_stream(out, RECORDS)\n"
        "writer.write_batch(pa.record_batch([pa.array([1, 2]), pa.array([['单位名称', '地址'], ['甲厂', 'x']])], RECORDS))\n"
        "out.flush()\n"
    )
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **more: real([sys.executable, "-c", code], **more))
    assert "stopped its reader" in desk.refusal(xlsx(desk))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.xlsx", b""),
        ("list.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
        ("list.xls", "\ufeff<!DOCTYPE html><p>".encode()),
        ("list.csv", b"%PDF-1.7"),
        ("list.csv", b"Rar!\x1a\x07"),
        ("list.xlsx", b"PK\x03\x04" + bytes(range(256)) * 9),
        ("list.parquet", b"PAR1" + bytes(range(256)) * 9 + b"PAR1"),
        ("list.csv", bytes(range(128, 256)) * 9),
        ("list.csv", "单位名称,地址\n甲\0厂,一路\n".encode()),
        ("list.csv", "单位名称,地址\n".encode() + b"\xed\xa0\x80,x\n"),
        ("list.csv", "单位名称,地址\n".encode() + "长".encode() * 1_000_000 + b",x\n"),
        ("list.csv", ("单位名称,地址," + ",".join(f"列{at}" for at in range(10_000)) + "\n").encode()),
    ],
)
def test_what_is_no_list_is_refused(desk, name, content):
    """Empty, posing, damaged, not text, too long, too wide."""
    assert desk.refusal(desk.write(content, name))


def test_text_posing_as_a_workbook_is_read_as_text(desk):
    """Many systems export tab-separated text and call it .xls."""
    reading = desk.read(desk.write(desk.table("\t"), "list.xls"))
    assert len(reading.rows) == 2
    assert any("not what the name says" in text for text in reading.inputs[0].signals)


MEASURE = """
import json, resource, sys, time
from pathlib import Path
from minglu.errors import SourceError
from minglu.register.rules import HeaderRules
from minglu.register.sources.read_list import read_list
from minglu.register.config.list_spec import ListSpec
path, start = Path(sys.argv[1]), time.monotonic()
try:
    read_list(ListSpec("a", "other", path.name, path.parent), HeaderRules({"name": ("单位名称",)}, ("合计",), ()))
    refused = False
except SourceError:
    refused = True
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"refused": refused, "seconds": time.monotonic() - start, "megabytes": peak / 1024}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_refusal_takes_five_seconds_and_500_megabytes_at_most(desk, name):
    """Measured in a process of its own, the child's memory included."""
    pytest.importorskip("resource")
    path = xlsx(desk, **HOSTILE[name][0]())
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, check=True)
    measured = json.loads(done.stdout)
    assert measured["refused"]
    assert measured["seconds"] < 5
    assert measured["megabytes"] < 500


def test_limits_are_the_documented_ones():
    """A change of a limit is a change of what is promised."""
    assert zip_preflight.ENTRIES_LIMIT == 4_000
    assert csv_records.CELL_LIMIT_CHARACTERS == 32_767
    assert {kind.value for kind in Format} == {"csv", "xlsx", "xls", "ods", "parquet"}
