"""Finding the header: aliases, titles above, two lines, overrides, and clear words where there is none."""

from __future__ import annotations

import pytest

from minglu.errors import SourceError
from minglu.register.sources.header import find_layout
from minglu.register.sources.headings import Aliases


def layout(desk, *rows, overrides=None, header_row=None):
    return find_layout("list", list(enumerate(rows, start=1)), Aliases(desk.rules), overrides or {}, header_row)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("单位名称", "name"),
        ("＊单位\n名称", "name"),
        ("单位 名称：", "name"),
        ("Name of Unit", "name"),
        ("NAME_OF_UNIT", "name"),
        ("统一社会信用代码（18位）", "uscc"),
        ("【必填】统一社会信用代码", "uscc"),
        ("uscc", "uscc"),
        ("raw_uscc", "uscc"),
        ("经度（度）", "lon"),
        ("Longitude (°)", "lon"),
    ],
)
def test_heading_is_recognised_however_it_is_dressed(desk, heading, field):
    """Width, spaces, stars, units, line breaks and case do not matter."""
    found = layout(desk, (heading, "单位名称" if field != "name" else "住所"))
    assert found.fields[field] == 0


@pytest.mark.parametrize("title", ["某县名单", "填报单位：某局"])
def test_titles_above_the_header_are_not_part_of_it(desk, title):
    """A title over the first cell is no upper header line."""
    found = layout(desk, (title, "", ""), ("", "", ""), desk.header, *desk.rows)
    assert found.header_row == 3
    assert found.headings == desk.header


def test_two_line_header_joins_degrees_minutes_and_seconds(desk):
    """经度 over 度 / 分 / 秒: six columns make two fields."""
    upper = ("企业名称", "地址", "经度", "", "", "纬度", "", "")
    lower = ("", "", "度", "分", "秒", "度", "分", "秒")
    found = layout(desk, ("名单",), upper, lower, ("甲厂", "一路", "120", "12", "30.5", "30", "1", "2"))
    assert found.header_row == 3
    assert found.angles == {"lon": (2, 3, 4), "lat": (5, 6, 7)}


def test_two_line_header_tells_alike_columns_apart(desk):
    """注册 and 生产 over 地址 and 地址: only both lines together mean something."""
    found = layout(desk, ("企业名称", "注册", "生产"), ("", "地址", "地址"), ("甲厂", "一路", "二路"))
    assert found.fields == {"name": 0, "address": 1, "site_address": 2}


def test_joined_angle_reads_as_degrees_minutes_seconds(desk):
    """Six cells become two texts; a blank part is left out."""
    header = ("企业名称", "经度(度)", "经度(分)", "经度(秒)", "纬度_度", "纬度_分", "纬度_秒")
    desk.write(desk.lines(header, ("甲厂", "120", "12", "30.5", "30", "", ""), ("乙厂", *[""] * 6)))
    rows = desk.read().rows
    assert rows.column("raw_lon").to_pylist() == ["120°12′30.5″", ""]
    assert rows.column("raw_lat").to_pylist() == ["30°", ""]


def test_preferred_alias_wins_and_the_rival_is_reported(desk):
    """地址 and 注册地址 both mean address; the pack prefers the second."""
    desk.write(desk.lines(("地址", "单位名称", "注册地址", "电话", "联系电话"), ("一路", "甲厂", "二路", "1", "2")))
    reading = desk.read()
    assert reading.rows.column("raw_address").to_pylist() == ["二路"]
    assert any("'地址'" in text for text in reading.inputs[0].signals)
    assert reading.inputs[0].withheld == ("电话",)
    assert reading.rows.column("extra").to_pylist() == ['{"地址": "一路"}']


def test_overrides_choose_columns_and_the_header(desk):
    """`columns` beats aliases, and finds a header that has none."""
    found = layout(desk, ("甲", "乙"), ("列一", "列二"), overrides={"name": "列二", "uscc": "列一"})
    assert found.header_row == 2
    assert found.fields == {"name": 1, "uscc": 0}


def test_override_that_names_the_degrees_means_the_whole_angle(desk):
    """Degrees without their minutes would be a wrong place, in silence."""
    found = layout(desk, ("单位名称", "经度(度)", "经度(分)", "经度(秒)"), overrides={"lon": "经度(度)"})
    assert found.angles == {"lon": (1, 2, 3)}


def test_missing_column_lists_what_is_there_and_the_nearest(desk):
    """A typing mistake in the census file is easy to mend."""
    with pytest.raises(SourceError) as caught:
        layout(desk, desk.header, *desk.rows, overrides={"site_address": "生产地扯"})
    assert "no column '生产地扯'" in caught.value.en
    assert "注册地址" in caught.value.en


def test_data_above_the_header_is_signalled(desk):
    """The header came again with one more column, and was taken there: what stands above is not lost in silence."""
    again = (*desk.header, "经度")
    desk.write(desk.lines(desk.header, *desk.rows, again, ("丙厂", "", "三路", "120.1")))
    reading = desk.read()
    assert len(reading.rows) == 1
    assert any("2 rows above the header look like data" in text for text in reading.inputs[0].signals)


def test_header_far_down_is_found_where_it_is_said_to_be(desk):
    """Notes of any length may stand above, if `header_row` says so."""
    desk.write("说明\n" * 99 + desk.table())
    assert "no header" in desk.refusal()
    assert desk.read(header_row=100).rows.column("row").to_pylist() == [101, 102]


def test_header_row_given_is_the_one_used(desk):
    """The census file's word counts, even where another line has more aliases."""
    assert layout(desk, desk.header, ("单位名称", "x"), header_row=2).header_row == 2
    with pytest.raises(SourceError, match="row 9 is not in the file"):
        layout(desk, desk.header, header_row=9)


def test_header_row_that_names_nothing_is_refused(desk):
    """A row of data given for the heading would throw the whole list away."""
    with pytest.raises(SourceError, match="row 2 holds no known heading"):
        layout(desk, desk.header, *desk.rows, header_row=2)


@pytest.mark.parametrize(("first", "second"), [("", "甲厂"), ("甲厂", "")])
def test_of_two_columns_of_one_heading_the_filled_one_is_read(desk, first, second):
    """An empty column that stands first hides nothing; two filled ones are the first's."""
    desk.write(desk.lines(("单位名称", "单位名称", "注册地址"), (first, second, "一路1号")))
    assert desk.read().rows.column("raw_name").to_pylist() == ["甲厂"]


def test_no_header_shows_shapes_never_content(desk):
    """Rows may hold personal data: the message counts cells, no more."""
    with pytest.raises(SourceError) as caught:
        layout(desk, ("张三丰", "19900001234"), ("李四", "19900005678"))
    assert "1: 1+1, 2: 1+1" in caught.value.en
    assert "张三丰" not in caught.value.en + caught.value.zh
    assert "1990000" not in caught.value.en + caught.value.zh
