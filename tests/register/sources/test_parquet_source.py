"""Parquet: typed columns as text, checksums verified, cuts and flips found."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minglu.errors import SourceError


@pytest.fixture
def parquet(desk):
    names = pa.array([f"单位{at}" for at in range(2000)])
    table = pa.table(
        {"name": names, "uscc": pa.array([""] * 2000), "address": pa.array([f"一路{at}号" for at in range(2000)])}
    )
    pq.write_table(table, desk.folder / "list.parquet", write_page_checksum=True)
    return desk.folder / "list.parquet"


def test_types_are_rendered_like_cells(desk):
    """Whole floats lose .0, large ones show as rounded, integers are exact, nulls are empty."""
    table = pa.table(
        {
            "name": pa.array(["甲厂", None]).dictionary_encode(),
            "uscc": pa.array([913301007109000000.0, None]),
            "reg_no": pa.array([110108000000016, None], pa.int64()),
            "lon": pa.array([120.2085, float("nan")]),
            "lat": pa.array([30.0, 30.25], pa.float32()),
            "成立": pa.array([dt.date(2027, 12, 31), None]),
        }
    )
    pq.write_table(table, desk.folder / "list.parquet")
    rows = desk.read("list.parquet").rows.to_pylist()
    assert [row["raw_name"] for row in rows] == ["甲厂", ""]
    assert [row["raw_uscc"] for row in rows] == ["9.13301007109E+17", ""]
    assert [row["raw_reg_no"] for row in rows] == ["110108000000016", ""]
    assert [row["raw_lon"] for row in rows] == ["120.2085", ""]
    assert [row["raw_lat"] for row in rows] == ["30", "30.25"]
    assert [row["extra"] for row in rows] == ['{"成立": "2027-12-31"}', "{}"]


def test_rows_are_numbered_through_all_row_groups(desk):
    """Row numbers go on where a batch ends."""
    pq.write_table(pa.table({"name": ["厂"] * 10}), desk.folder / "list.parquet", row_group_size=3)
    assert desk.read("list.parquet").rows.column("row").to_pylist() == list(range(1, 11))


def test_nested_columns_are_refused(desk):
    """A list has cells, not trees."""
    pq.write_table(pa.table({"name": ["甲"], "x": [[1, 2]]}), desk.folder / "list.parquet")
    assert "nested type" in desk.refusal("list.parquet")


def test_every_cut_flip_and_zeroed_block_is_found(desk, parquet):
    """60 damages of each kind: refused, or, where a flip hits unused bytes, not a cell changed."""
    whole = parquet.read_bytes()
    sound = desk.read(parquet).rows
    draw = random.Random(3)
    for _ in range(60):
        cut = draw.randrange(5, len(whole))
        parquet.write_bytes(whole[:cut])
        desk.refusal(parquet)
        for damaged in (_flipped(whole, draw), _zeroed(whole, draw)):
            parquet.write_bytes(damaged)
            try:
                desk.refusal(parquet)
            except pytest.fail.Exception:
                assert desk.read(parquet).rows.equals(sound)


def _flipped(whole, draw):
    at = draw.randrange(len(whole))
    return whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :]


def _zeroed(whole, draw):
    at = draw.randrange(len(whole) - 64)
    return whole[:at] + bytes(64) + whole[at + 64 :]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_bytes_are_decoded_whole(desk, encoding, kind):
    """As some programs write text: without saying that it is text."""
    names = pa.array(["甲厂".encode(encoding), None, "乙厂".encode(encoding)], kind)
    pq.write_table(pa.table({"单位名称": names, "住所": ["一路", "二路", "三路"]}), desk.folder / "list.parquet")
    reading = desk.read("list.parquet")
    assert reading.rows.column("raw_name").to_pylist() == ["甲厂", "", "乙厂"]


def test_bytes_that_are_no_text_are_refused_with_the_column(desk):
    names = pa.array(["甲厂".encode(), b"\xff\xff\xfe"], pa.binary())
    pq.write_table(pa.table({"单位名称": names, "住所": ["一路", "二路"]}), desk.folder / "list.parquet")
    with pytest.raises(SourceError, match=r"list\.parquet, column '单位名称': bytes that are no UTF-8"):
        desk.read("list.parquet")
