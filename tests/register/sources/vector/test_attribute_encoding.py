"""Attributes of shapefiles: what the bytes are goes before what the .cpg says, and only what is asked for must decode."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import shapely

from minglu.errors import SourceError
from minglu.register.sources.vector.read_layer import open_districts, read_districts

BOXES = [shapely.box(120 + i / 10, 30, 120.1 + i / 10, 30.1) for i in range(4)]
NAMES = ("甲村", "乙村", "丙村", "丁村")


def dbf(fields: list[tuple[bytes, int]], rows: list[list[bytes]]) -> bytes:
    """Return a dBase table; names and cells are cut to their field, wherever that falls."""
    width = 1 + sum(size for _, size in fields)
    head = struct.pack("<B3BIHH20x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), width)
    head += b"".join(
        name[:10].ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([size]) + b"\0" * 15 for name, size in fields
    )
    body = b"".join(
        b" " + b"".join(cell[:size].ljust(size) for cell, (_, size) in zip(row, fields, strict=True)) for row in rows
    )
    return head + b"\r" + body + b"\x1a"


def layer(
    folder: Path,
    *,
    encoding: str,
    cpg: str = "",
    name: str = "name",
    names: tuple[str, ...] = NAMES,
    more: str = "四至",
    cells: tuple[bytes, ...] = (b"",) * 4,
) -> Path:
    """Write a shapefile by hand: code, a name, and one column more."""
    from minglu.register.sources.vector.gdal_drivers import vector_io

    path = folder / "v.shp"
    import numpy as np

    vector_io().raw.write(
        path,
        shapely.to_wkb(np.array(BOXES, object)),
        [np.array(["1"] * 4, object)],
        np.array(["x"], object),
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:4490",
    )
    fields = [(b"code", 12), (name.encode(encoding), 20), (more.encode(encoding), 21)]
    rows = [[f"99010110100{i}".encode(), names[i].encode(encoding), cells[i]] for i in range(4)]
    path.with_suffix(".dbf").write_bytes(dbf(fields, rows))
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("utf-8", ""), ("utf-8", "UTF-8"), ("utf-8", "GBK"), ("utf-8", "ISO-8859-1"), ("utf-8", "1252"), ("utf-8", "?!"),
        ("gbk", ""), ("gbk", "GBK"), ("gbk", "UTF-8"), ("gbk", "1252"), ("gbk", "ISO-8859-1"), ("gbk", "936"),
        ("big5", "Big5"), ("big5", "950"),
    ],
)  # fmt: skip
def test_names_are_read_whatever_the_cpg_says(tmp_path, encoding, cpg):
    """A lying or missing .cpg gives no mojibake."""
    assert read_districts(layer(tmp_path, encoding=encoding, cpg=cpg), code="code", name="name").names == NAMES


@pytest.mark.parametrize("cpg", ["", "UTF-8", "GBK"])
def test_a_field_name_cut_in_a_character_refuses_nothing(tmp_path, cpg):
    """普查小区名称 has 18 bytes in UTF-8 and a field name 10: the fourth character is cut."""
    path = layer(tmp_path, encoding="utf-8", cpg=cpg, more="普查小区名称")
    with open_districts(path, code="code", name="name") as file:
        assert next(file.pieces()).districts.names == NAMES
        assert any("field names were cut: 普查小" in remark for remark in file.remarks)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_damaged_cell_that_nobody_asked_for_is_reported(tmp_path, encoding):
    """Half a character at the end of a full cell, and a damaged one in the middle of many."""
    cut = ("东至大河南至公路西至山脊北至铁路" * 2).encode(encoding)
    cut = cut[:20] + cut[20:21] if encoding == "gbk" else cut[:20]
    path = layer(tmp_path, encoding=encoding, cells=(cut, b"", b"", b""))
    with open_districts(path, code="code", name="name") as file:
        assert next(file.pieces()).districts.names == NAMES


def test_a_damaged_name_is_refused_with_row_and_column(tmp_path):
    """What refuses says where."""
    path = layer(tmp_path, encoding="utf-8", cpg="UTF-8")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("丙村".encode(), "丙村".encode()[:5] + b" "))
    with pytest.raises(SourceError, match=r"row 3 name"):
        read_districts(path, code="code", name="name")
    assert read_districts(path, code="code").codes[2] == "990101101002"


def test_latin_names_stay_latin(tmp_path):
    """Words with accents decode as GB18030 by chance: they have few Chinese characters among their letters."""
    names = ("São Paulo", "Conceição", "Ilhéus", "Ávila")
    path = layer(tmp_path, encoding="latin-1", cpg="1252", names=names, more="more")
    assert read_districts(path, code="code", name="name").names == names


def test_a_stated_encoding_is_used_or_refused(tmp_path):
    """Big5 without a .cpg must be stated; a wrong statement says where it fails."""
    path = layer(tmp_path, encoding="big5", more="more")
    assert read_districts(path, code="code", name="name", encoding="Big5").names == NAMES
    with pytest.raises(SourceError, match="row 1 name"):
        read_districts(path, code="code", name="name", encoding="UTF-8")
    with pytest.raises(SourceError, match="which is none"):
        read_districts(path, code="code", name="name", encoding="klingon")
