"""What a person sees in a sheet is what is read, or a remark says what differs.

Kinds after public reports: alibaba/easyexcel#759, ExcelDataReader#729 (merged cells), tidyverse/readxl#365 (formulas
without a value), pandas-dev/pandas#29102 (hidden rows and columns).
"""

from __future__ import annotations

import openpyxl
import pytest

HEADER = ("乡镇", "单位名称", "统一社会信用代码", "生产地址", "经度", "纬度")


@pytest.fixture
def sheet(desk):
    """A sheet under a title, and a way to read it after a change."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(("某县名单",))
    page.merge_cells("A1:F1")
    page.append(HEADER)
    for n in range(6):
        page.append(("甲镇", f"第{n}机械厂", f"C{n}", f"一路{n}号", 112.5 + n, 30.5 + n))

    def read():
        path = desk.folder / "list.xlsx"
        book.save(path)
        return desk.read(path)

    return page, read


def column(reading, field):
    return reading.rows.column(f"raw_{field}").to_pylist()


def remarks(reading):
    (report,) = reading.inputs
    return [remark.en for remark in report.signals if "attested" not in remark.en]


def test_a_plain_sheet_has_no_remark(sheet):
    _, read = sheet
    reading = read()
    assert remarks(reading) == []
    assert reading.inputs[0].hidden_parts == 0
    assert column(reading, "name") == [f"第{n}机械厂" for n in range(6)]


def test_a_value_merged_over_rows_stands_in_each_of_them(sheet):
    """Also over a table's last rows, and two ranges side by side; blank rows stay blank."""
    page, read = sheet
    page.merge_cells("B4:B6")
    page.merge_cells("D4:D5")
    page.merge_cells("B8:B12")
    reading = read()
    assert column(reading, "name") == ["第0机械厂", *["第1机械厂"] * 3, "第4机械厂", "第5机械厂"]
    assert column(reading, "site_address")[1:4] == ["一路1号", "一路1号", "一路3号"]
    assert remarks(reading) == ["merged cells: 3 blank cells were filled with what the sheet shows"]


def test_a_note_merged_across_columns_and_blank_rows_is_one_note(sheet):
    page, read = sheet
    page.append(("注：以上由各乡镇填报",))
    page.merge_cells("A9:F12")
    reading = read()
    assert len(reading.rows) == 6
    assert reading.rejects.num_rows == 1


def test_formulas_without_a_value_and_error_cells_are_seen(sheet):
    """The parser of values sees blanks; the row's cells say what stands there."""
    page, read = sheet
    page["C3"] = '=UPPER("c0")'
    page["C4"] = "#N/A"
    page["C4"].data_type = "e"
    page["B5"] = '="第9机械厂"'
    reading = read()
    assert column(reading, "uscc")[:3] == ['=UPPER("c0")', "#N/A", "C2"]
    assert column(reading, "name")[2] == '="第9机械厂"'
    assert remarks(reading) == [
        "2 cells hold formulas without a value; open and save the workbook in Excel or WPS",
        "1 cells show a formula's error such as #N/A; correct the formulas and save again",
    ]


def test_hidden_rows_and_columns_are_read_and_named(sheet):
    page, read = sheet
    page.row_dimensions[5].hidden = True
    page.row_dimensions[7].hidden = True
    page.column_dimensions["D"].hidden = True
    reading = read()
    assert len(reading.rows) == 6
    assert remarks(reading) == [
        "2 rows are hidden (the first is row 5); they are read like all others",
        "hidden columns: 生产地址; they are read like all others",
    ]
    assert reading.inputs[0].hidden_parts == 2


def test_filtered_rows_are_called_filtered(sheet):
    page, read = sheet
    page.auto_filter.ref = "A2:F8"
    page.auto_filter.add_filter_column(0, ["乙镇"])
    for row in range(3, 9):
        page.row_dimensions[row].hidden = True
    assert "6 rows are filtered out (the first is row 3)" in remarks(read())[0]


def test_columns_of_a_table_that_begins_further_right_keep_their_places(desk):
    """A parser counts columns from the first used one, the sheet from A."""
    book = openpyxl.Workbook()
    page = book.active
    for at, heading in enumerate(("单位名称", "统一社会信用代码", "注册地址")):
        page.cell(4, 3 + at, heading)
        for row in (5, 6):
            page.cell(row, 3 + at, f"{heading}{row}")
    page["D5"] = "=A1"
    page.merge_cells("C5:C6")
    page.column_dimensions["E"].hidden = True
    book.save(desk.folder / "list.xlsx")
    reading = desk.read(desk.folder / "list.xlsx")
    assert column(reading, "name") == ["单位名称5", "单位名称5"]
    assert column(reading, "uscc") == ["=A1", "统一社会信用代码6"]
    assert "hidden columns: 注册地址; they are read like all others" in remarks(reading)


def test_a_header_of_three_rows_is_read_in_full(desk):
    """A group, its parts, and the parts of an angle."""
    path = desk.workbook(
        {
            "名单": [
                ("单位名称", "位置信息", "", "", "", "", "", ""),
                ("", "生产地址", "经度", "", "", "纬度", "", ""),
                ("", "", "度", "分", "秒", "度", "分", "秒"),
                ("甲厂", "一路1号", 112, 12, 30.5, 30, 1, 2),
            ]
        }
    )
    reading = desk.read(path)
    assert column(reading, "name") == ["甲厂"]
    assert column(reading, "lon") == ["112°12′30.5″"]
    assert column(reading, "site_address") == ["一路1号"]


def test_a_heading_that_only_looks_like_a_field_is_named(desk):
    path = desk.workbook({"名单": [("单位名称", "厂区中心纬度值", "备注"), ("甲厂", "30.5", "x")]})
    reading = desk.read(path)
    assert remarks(reading) == [
        "'厂区中心纬度值' looks like lat and is not used; if it is, name it in `columns` of the census file"
    ]
    assert reading.inputs[0].hidden_parts == 1
