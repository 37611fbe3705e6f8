"""Damage on the way: with the sender's SHA-256 all of it is found, without it what the format can show."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import random
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import geopandas
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minglu.errors import SourceError
from minglu.register.config.census_file import LayerSpec
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import load_pack
from minglu.register.sources.attestation import as_sent
from minglu.register.sources.read_list import read_list
from minglu.register.sources.vector.read_layer import read_districts
from minglu.register.territory.check_layer import check_file, read_area
from tests.register.sources import test_ods, test_xls
from tests.trust import county

PACK = load_pack("pollution-2", county.ROOT)
HEADERS = PACK.headers
TIMES = 60
BLOCK = 512


def as_csv(heading, rows):
    return county.text(heading, rows).encode("gb18030")


def as_xlsx(heading, rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (heading, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def as_parquet(heading, rows):
    out = io.BytesIO()
    columns = dict(zip(heading, map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), out, write_page_checksum=True)
    return out.getvalue()


def as_ods(heading, rows):
    """OpenDocument sheets, written part by part."""
    table = "".join(test_ods.row([html.escape(cell) for cell in row]) for row in (heading, *rows))
    with TemporaryDirectory() as folder:
        return test_ods.ods(SimpleNamespace(folder=Path(folder)), 名单=table).read_bytes()


def as_xls(heading, rows):
    """The workbook of old Excel and of WPS; what the tests can write has room for one fifth of the rows."""
    return test_xls.container(test_xls.workbook_stream({"名单": [heading, *rows[: len(rows) // 5]]}))


LISTS = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods, "xls": as_xls, "parquet": as_parquet}
SLOW = {"xlsx", "ods", "xls"}
"""Opened by a child process each time."""


@cache
def list_file(kind):
    lists = county.lists()
    rows = [row for _ in range(5) for row in lists.rows["business"]]
    return LISTS[kind](lists.headings["business"], rows)


def kinds(*without):
    return [
        pytest.param(kind, marks=pytest.mark.slow) if kind in SLOW else kind for kind in LISTS if kind not in without
    ]


def truncated(whole, draw):
    return whole[: draw.randrange(1, len(whole))]


def flipped(whole, draw):
    at = draw.randrange(len(whole))
    return whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :]


def zeroed(whole, draw):
    at = draw.randrange(max(1, len(whole) - BLOCK))
    return whole[:at] + bytes(BLOCK) + whole[at + BLOCK :]


DAMAGES = {"truncated": truncated, "flipped": flipped, "zeroed": zeroed}


def read(folder, content, kind, **more):
    (folder / f"list.{kind}").write_bytes(content)
    return read_list(ListSpec("list", "business", f"list.{kind}", folder, **more), HEADERS)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", LISTS)
def test_with_the_senders_digest_all_damage_is_found(tmp_path, kind, damage):
    """60 of each kind: no row of a damaged file is read."""
    whole, draw = list_file(kind), random.Random(f"{kind}{damage}")
    attested = {"sha256": hashlib.sha256(whole).hexdigest()}
    assert read(tmp_path, whole, kind, **attested).rows.num_rows
    for _ in range(TIMES):
        damaged = DAMAGES[damage](whole, draw)
        if damaged == whole:
            continue
        with pytest.raises(SourceError, match="sha256"):
            read(tmp_path, damaged, kind, **attested)


def unfound(tmp_path, kind, damage, times):
    """Return readings of damaged files that were not refused and differ from the whole; no sender's digest."""
    whole, draw = list_file(kind), random.Random(f"{kind}{damage}")
    expected = read(tmp_path, whole, kind).rows
    passed = []
    for _ in range(times):
        try:
            reading = read(tmp_path, DAMAGES[damage](whole, draw), kind)
        except SourceError:  # any other error fails the test
            continue
        if reading.rows != expected:
            passed.append(reading)
    return passed


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", kinds("csv", "xls"))
def test_containers_show_their_damage_themselves(tmp_path, kind, damage):
    """A workbook has a checksum for each part; Parquet with page checksums has none for its footer alone."""
    most = 3 if (kind, damage) == ("parquet", "flipped") else 0
    passed = unfound(tmp_path, kind, damage, TIMES)
    assert len(passed) <= most
    assert not any(reading.inputs[0].attested for reading in passed)


@pytest.mark.slow
def test_an_old_workbook_shows_every_cut(tmp_path):
    """Its table of sectors knows how long it was; it has no checksums, so what is flipped or zeroed may pass."""
    assert unfound(tmp_path, "xls", "truncated", TIMES) == []


def test_a_short_csv_is_never_called_attested(tmp_path):
    """Text has no protection: every reading of a truncated file says so, and most show it at once."""
    passed = unfound(tmp_path, "csv", "truncated", TIMES)
    signals = [" ".join(reading.inputs[0].signals) for reading in passed]
    assert passed
    assert not any(reading.inputs[0].attested for reading in passed)
    assert all("not attested" in text for text in signals)
    shown = sum("may be cut" in text for text in signals)
    assert shown >= 0.9 * len(passed), f"{shown} of {len(passed)}"


def test_a_row_count_of_the_sender_finds_the_cut_at_a_line_end(tmp_path):
    """The one cut that no cheap signal shows."""
    lines = list_file("csv").splitlines(keepends=True)
    whole, cut = b"".join(lines), b"".join(lines[:-7])
    count = len(list(csv.reader(io.StringIO(whole.decode("gb18030"))))) - 1
    assert read(tmp_path, whole, "csv", rows=count).rows.num_rows == count
    assert "may be cut" not in str(read(tmp_path, cut, "csv").inputs[0].signals)
    with pytest.raises(SourceError, match="rows"):
        read(tmp_path, cut, "csv", rows=count)


def _drawn_districts():
    """Return the districts that have a shape; FlatGeobuf has no place for the others."""
    districts = geopandas.read_file(county.SAMPLE / "districts.gpkg")[["code", "name", "geometry"]]
    return districts[districts.geometry.notna()]


@pytest.fixture(scope="module", params=["gpkg", "shp", "geojson", "fgb"])
def layer(request, tmp_path_factory):
    """The district layer in one of the formats, and its path."""
    folder = tmp_path_factory.mktemp(request.param)
    path = folder / f"districts.{request.param}"
    if request.param == "gpkg":
        shutil.copy(county.SAMPLE / "districts.gpkg", path)
    else:
        _drawn_districts().to_file(path)
    return path


def test_every_truncated_layer_is_found(layer, tmp_path):
    """A layer that lost its end would prove fewer districts than there are."""
    whole, draw = layer.read_bytes(), random.Random(layer.name)
    expected = read_districts(layer, code="code", name="name")
    for sibling in layer.parent.iterdir():
        shutil.copy(sibling, tmp_path)
    path = tmp_path / layer.name
    for _ in range(TIMES):
        path.write_bytes(truncated(whole, draw))
        try:
            found = read_districts(path, code="code", name="name")
        except SourceError:
            continue
        assert found.codes == expected.codes
        assert [a.equals(b) for a, b in zip(found.geometries, expected.geometries, strict=True)].count(False) == 0


@pytest.mark.parametrize("damage", DAMAGES)
def test_with_the_senders_digest_all_damage_to_a_layer_is_found(layer, tmp_path, damage):
    """60 of each kind, before anything is read of the layer; a parent is held to its digest in the same way."""
    if layer.suffix == ".shp":
        pytest.skip("a shapefile is several files: no digest can be stated for it")
    whole, draw = layer.read_bytes(), random.Random(f"{layer.name}{damage}")
    path, sha256 = tmp_path / layer.name, hashlib.sha256(whole).hexdigest()
    shutil.copy(layer, path)
    with as_sent(path, sha256):
        pass
    for _ in range(TIMES):
        damaged = DAMAGES[damage](whole, draw)
        if damaged == whole:
            continue
        path.write_bytes(damaged)
        spec = LayerSpec(path, code="code", name="name", sha256=sha256)
        with pytest.raises(SourceError, match="the sender gave"):
            check_file(spec, None, PACK)
        with pytest.raises(SourceError, match="the sender gave"):
            read_area(spec)


@pytest.mark.parametrize("companion", [".dbf", ".shx"])
def test_every_truncated_companion_of_a_shapefile_is_found(tmp_path, companion):
    """Codes stand in one file, places of shapes in another."""
    path = tmp_path / "districts.shp"
    _drawn_districts().to_file(path)
    expected = read_districts(path, code="code", name="name").codes
    whole, draw = path.with_suffix(companion).read_bytes(), random.Random(companion)
    for _ in range(TIMES):
        path.with_suffix(companion).write_bytes(truncated(whole, draw))
        try:
            found = read_districts(path, code="code", name="name").codes
        except SourceError:
            continue
        assert found == expected


def test_a_layer_that_is_written_to_while_it_is_read_is_refused(tmp_path):
    """Its digest would vouch for other districts."""
    path = tmp_path / "districts.gpkg"
    shutil.copy(county.SAMPLE / "districts.gpkg", path)
    with pytest.raises(SourceError, match="changed while it was read"), as_sent(path, None):
        path.write_bytes(path.read_bytes() + b"\0")
