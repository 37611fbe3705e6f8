"""Hostile inputs through the whole command: exit code 3 or a right result, within 5 s of processor time and 500 MB,
nothing written outside, nothing fetched.  How each parser refuses is tested beside the parsers.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import struct
import sys
import zipfile
from types import SimpleNamespace

import pytest

from tests.register.sources.test_hostile import HOSTILE, one_part_listed_many_times, xlsx
from tests.trust import county
from tests.trust.conftest import minglu

SECONDS, MEGABYTES = 5, 500
MEASURED = """
import atexit, json, pathlib, re, resource, sys
def own_peak():
    # ru_maxrss of a process begins with that of the one it was forked from: a long test run would be counted.
    status = pathlib.Path("/proc/self/status")
    if not status.exists():  # not on macOS
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
def tell():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    print("USED", json.dumps([seconds, max(own_peak(), used[1].ru_maxrss) / 1024]), file=sys.stderr)
atexit.register(tell)
"""
HEAD = "单位名称,地址\n".encode()
REMOTE = "http://127.0.0.1:{port}/x"


def workbook(name):
    """Make one of the workbooks that the tests of reading refuse."""

    def write(folder):
        return xlsx(SimpleNamespace(folder=folder), **HOSTILE[name][0]())

    return write


def content(name, raw):
    """Write bytes under a name."""

    def write(folder):
        (folder / name).write_bytes(raw() if callable(raw) else raw)
        return folder / name

    return write


def many_entries():
    """Return an archive of 10^5 empty entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(100_000):
            archive.writestr(str(at), "")
    return out.getvalue()


def nested():
    """Return an archive in an archive in an archive, each of zeros that pack a thousandfold."""
    inner = bytes(10 << 20)
    for level in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"xl/{level}.xlsx", inner)
        inner = out.getvalue()
    return inner


def climbing():
    """Return a workbook with a part that wants to be written two folders up."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../escaped.xml", "x")
    return out.getvalue()


def odd(make):
    """Put something at list.csv that is no plain file."""

    def write(folder):
        make(folder / "list.csv")
        return folder / "list.csv"

    return write


LISTS = {
    **{name: workbook(name) for name in HOSTILE},
    "10^5 entries": content("list.xlsx", many_entries),
    "nested archives": content("list.xlsx", nested),
    "overlapping archives": content("list.xlsx", one_part_listed_many_times),
    "a part that climbs": content("list.xlsx", climbing),
    "10^4 columns": content("list.csv", lambda: HEAD.strip() + b"".join(f",列{n}".encode() for n in range(10_000)) + b"\n"),
    "10^6 characters": content("list.csv", lambda: HEAD + ("长" * 1_000_000).encode() + b",x\n"),
    "no line end in 50 MB": content("list.csv", lambda: HEAD + b"x" * (50 << 20)),
    "NUL": content("list.csv", HEAD + "甲\0厂,x\n".encode()),
    "lone surrogate": content("list.csv", HEAD + b"\xed\xa0\x80,x\n"),
    "lone surrogate in UTF-16": content("list.csv", b"\xff\xfe" + "单位名称,地址\n".encode("utf-16-le") + b"\x00\xd8,\x00x\x00\n\x00"),
    "two encodings": content("list.csv", HEAD + "甲造纸有限公司,青禾县一路\n".encode() + "乙纺织有限公司,二路\n".encode("gb18030")),
    "two encodings, the other way": content(
        "list.csv", "单位名称,地址\n乙纺织有限公司,二路\n".encode("gb18030") + "甲造纸有限公司,青禾县一路\n".encode()
    ),
    "unclosed quote": content("list.csv", HEAD + b'"' + "甲厂,一路\n乙厂,二路\n".encode() * 5_000),
    "nothing": content("list.csv", b""),
    "a compound file of nothing": content("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000)),
    "Parquet that lies about its footer": content("list.parquet", b"PAR1" + bytes(64) + struct.pack("<I", 2**31 - 1) + b"PAR1"),
    "a folder": odd(lambda path: path.mkdir()),
    "a link to nothing": odd(lambda path: path.symlink_to("nowhere")),
    "a link to itself": odd(lambda path: path.symlink_to(path.name)),
    "a link to an endless device": odd(lambda path: path.symlink_to("/dev/zero")),
    "a pipe that nobody writes": odd(os.mkfifo),
}  # fmt: skip
QUICK = {"zip bomb", "a pipe that nobody writes"}
LAYERS = {
    "VRT": '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{remote}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
    "GDALG": '{{"type":"gdal_streamed_alg","command_line":"gdal vector convert {remote}"}}',
    "external entity": '<?xml version="1.0"?><!DOCTYPE x SYSTEM "{remote}"><x/>',
    "bracket bomb": '{{"type":' * 1_000_000,
    "number bomb": '{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[[1e999,0]]]}}}}]}}',
}


def refused(census, *, codes=(3,)):
    """Report that a build is refused in words, in bounds, and leaves nothing behind."""
    folder = census.parent
    before = sorted(path.name for path in folder.parent.rglob("*"))
    done = minglu("build", census, "--out", folder / "out", "--quiet", prelude=MEASURED, timeout=120)
    said, used = done.stderr.decode().rsplit("USED", 1)
    seconds, megabytes = json.loads(used)
    assert done.returncode in codes, (done.returncode, said)
    assert "Traceback" not in said
    assert len(said) < 2_000
    assert seconds < SECONDS, said
    assert megabytes < MEGABYTES, said
    after = sorted(path.name for path in folder.parent.rglob("*") if path.name != ".out.lock")
    assert after == before
    return said


def slow_unless(quick, names):
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and limits of POSIX")
@pytest.mark.parametrize("name", slow_unless(QUICK, LISTS))
def test_a_hostile_list_is_refused_in_bounds(census, name):
    """Exit code 3, the file named; the sound lists beside it make no report."""
    path = LISTS[name](census.parent)
    county.write_census(census.parent, more={"tax": f'path = "{path.name}"\n'})
    assert path.name in refused(census)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_hostile_layer_is_refused_in_bounds(census, name, suffix):
    """Documents that pose as layers, under each suffix that is read."""
    (census.parent / f"posing.{suffix}").write_text(LAYERS[name].format(remote=REMOTE.format(port=9)), "utf-8")
    census.write_text(census.read_text("utf-8").replace("districts.gpkg", f"posing.{suffix}"), "utf-8")
    refused(census)


@pytest.mark.slow
def test_a_geopackage_whose_view_never_ends_is_refused_in_bounds(census):
    """A table may be a query in disguise: a recursive one has rows without end."""
    path = census.parent / "districts.gpkg"
    with sqlite3.connect(path) as database:
        (table,) = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchone()
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute(f'ALTER TABLE "{table}" RENAME TO real_one')
        database.execute(
            f'CREATE VIEW "{table}" AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) '
            "SELECT n.i AS fid, real_one.geom, real_one.code || n.i AS code, real_one.name FROM n, real_one"
        )
    database.close()
    refused(census)


WRONG_PATHS = [
    "../../x",
    "CON",
    "长" * 300,
    "http://127.0.0.1:9/x.csv",
    "/vsicurl/http://127.0.0.1:9/x.csv",
    "/vsizip/x.zip/x.csv",
    "<OGRVRTDataSource/>",
    '{\\"type\\":\\"FeatureCollection\\",\\"features\\":[]}',
    "GPKG:x.gpkg",
    "a\\u0000b",
    "**/*",
    ".",
    "",
]


@pytest.mark.parametrize("path", slow_unless({"../../x"}, WRONG_PATHS))
@pytest.mark.parametrize("what", slow_unless({"business.csv"}, ["business.csv", "districts.gpkg", "county.gpkg"]))
def test_a_path_that_leads_nowhere_or_elsewhere_is_refused_in_bounds(census, what, path):
    """Usage or input error, for lists and layers alike."""
    census.write_text(census.read_text("utf-8").replace(f'"{what}"', f'"{path}"'), "utf-8")
    refused(census, codes=(2, 3))


@pytest.mark.slow
def test_a_link_to_a_sound_list_is_read_like_the_list(built, census):
    """Lists often lie on another disk; the name in the census file counts."""
    elsewhere = census.parent.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.move(census.parent / "tax.csv", elsewhere / "tax.csv")
    (census.parent / "tax.csv").symlink_to(elsewhere / "tax.csv")
    assert county.digests(county.run(census)) == county.digests(built)
