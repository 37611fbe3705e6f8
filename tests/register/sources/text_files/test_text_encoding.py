"""Encodings by strict trial: the right one, or a refusal that says where; never mojibake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.sources.text_files import text_encoding as module
from minglu.register.sources.text_files.text_encoding import find_encoding, text_blocks

CHINESE = st.text(alphabet="东方纸业有限公司清水化工厂示例县和平路号一二三㐂𠮷", min_size=1, max_size=20)


@given(text=CHINESE, name=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_any_chinese_text_comes_back_whole(tmp_path_factory, text, name):
    """Four-byte GB18030 and characters beyond the basic plane included."""
    path = tmp_path_factory.getbasetemp() / "list.csv"
    path.write_bytes(f"单位名称,地址\n{text},一路\n".encode(name))
    whole = b"".join(text_blocks(path, find_encoding(path))).decode()
    assert whole == f"单位名称,地址\n{text},一路\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("name", ["utf-8", "gb18030", "utf-16"])
def test_block_size_does_not_matter(desk, monkeypatch, name, size):
    """Characters, line ends and byte order marks may be cut by a block."""
    monkeypatch.setattr(module, "BLOCK_BYTES", size)
    desk.write(desk.table().replace("\n", "\r\n"), encoding=name)
    assert desk.read().rows.column("raw_name").to_pylist() == [row[0] for row in desk.rows]


@pytest.mark.parametrize(("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_mixed_encodings_are_refused_at_the_line(desk, first, second):
    """Two files pasted together: most UTF-8 names decode as GB18030 without any error."""
    desk.write(desk.table().encode(first) + "西方有限公司,,三路\n".encode(second))
    assert "line 4 (byte" in desk.refusal()


def test_undecodable_bytes_are_refused_at_the_byte(desk):
    """Neither UTF-8 nor GB18030: line and byte, counted from 1 and 0."""
    desk.write("单位名称,地址\n".encode("gb18030") + b"ab\xff,x\n")
    assert "line 2 (byte 16)" in desk.refusal()


def test_encoding_given_is_the_one_used(desk):
    """Big5 is not tried, because nearly everything decodes as Big5; it can be asked for."""
    desk.write("單位名稱,注册号\n甲廠,1\n".replace("單位名稱", "name").replace("注册号", "reg_no"), encoding="big5")
    assert desk.read(encoding="big5").rows.column("raw_name").to_pylist() == ["甲廠"]
    assert "are not ascii" in desk.refusal(encoding="ascii")
    assert "unknown" in desk.refusal(encoding="utf-9")


def test_gbk_is_read_as_its_superset(desk):
    """gb2312 and gbk in a census file mean GB18030: lists hold characters beyond them."""
    desk.write(desk.lines(("单位名称", "地址"), ("㐂𠮷堂", "一路")), encoding="gb18030")
    assert desk.read(encoding="gbk").rows.column("raw_name").to_pylist() == ["㐂𠮷堂"]


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_refused_with_the_cure(desk, name):
    """NUL bytes or none that decode: the message names UTF-16, and `encoding` helps."""
    desk.write(desk.table().encode(name))
    assert "UTF-16" in desk.refusal()
    assert desk.read(encoding=name).rows.num_rows == 2
