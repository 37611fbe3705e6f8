"""Rows of a sheet that speak of the sheet, not of a unit: set aside with a code, whatever column they stand in.

Kinds after public reports: apache/fesod#336, tidyverse/readxl#54, miraisolutions/xlconnect#29.
"""

from __future__ import annotations

import pytest

HEADER = ("序号", "单位名称", "统一社会信用代码", "生产地址", "经度", "纬度")
UNIT = ("1", "甲禾粮油有限公司", "91990101MAWEHB000G", "兴业路12号", "112.3", "30.6")

NOTES = [
    ("一", "梅溪镇（3家）", "", "", "", ""),
    ("", "月塘镇(共12户)", "", "", "", ""),
    ("", "二、月塘镇", "", "", "", ""),
    ("（三）", "城关镇（2 家）", "", "", "", ""),
    ("", "以下空白", "", "", "", ""),
    ("以下无正文", "", "", "", "", ""),
    ("", "第1页 共1页", "", "", "", ""),
    ("", "", "", "", "", "第 3 页"),
    ("", "本表共5家，其中停产1家", "", "", "", ""),
    ("", "", "以上共 17 户", "", "", ""),
    ("审核：", "", "", "填表：", "", "日期："),
    ("", "单位负责人（签字）：", "", "填报日期：2027年3月1日", "", ""),
    ("（续下页）", "", "", "", "", ""),
]
UNITS = [
    ("2", "三家村第3页岩砖厂", "", "", "", ""),
    ("3", "审核咨询服务部", "", "", "", ""),
    ("4", "一品香（3家连锁）酒店", "", "", "", ""),
    ("5", "二、月塘镇", "91990101MABMRB004K", "兴业路13号", "", ""),
    ("6", "月塘镇(共12户)", "", "月塘镇一路1号", "", ""),
    ("7", "以下空白广告有限公司", "", "", "", ""),
    ("8", "十里香食品厂", "", "", "", ""),
    ("9", "甲厂：一车间", "", "", "", ""),
]


@pytest.mark.parametrize("row", NOTES)
def test_a_note_is_set_aside_with_a_code(desk, row):
    desk.write(desk.lines(HEADER, UNIT, row, UNIT))
    reading = desk.read()
    assert reading.rows.column("raw_name").to_pylist() == [UNIT[1]] * 2
    assert reading.rejects.select(["row", "code"]).to_pylist() == [{"row": 3, "code": "NOTE_ROW"}]


@pytest.mark.parametrize("row", UNITS)
def test_a_unit_that_sounds_like_a_note_stays(desk, row):
    desk.write(desk.lines(HEADER, UNIT, row))
    reading = desk.read()
    assert reading.rows.column("raw_name").to_pylist() == [UNIT[1], row[1]]
    assert reading.rejects.num_rows == 0
