"""Reading a list as a whole: every row once, with its place, whatever the container."""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minglu.register.schemas import REJECTS, ROWS


def names(reading):
    return reading.rows.column("raw_name").to_pylist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_reads_alike_in_every_encoding_and_dialect(desk, encoding, delimiter, line_end):
    """Encoding, delimiter and line ends are found, and change nothing in the rows."""
    desk.write(desk.table(delimiter).replace("\n", line_end), encoding=encoding)
    reading = desk.read()
    assert reading.rows.schema.equals(ROWS)
    assert names(reading) == [row[0] for row in desk.rows]
    assert reading.rows.column("raw_uscc").to_pylist() == [row[1] for row in desk.rows]
    assert reading.rows.column("row").to_pylist() == [2, 3]


def test_workbook_reads_all_visible_lists(desk):
    """Title, header on row 3, footer; hidden sheets and sheets without a list are named as skipped."""
    body = [("某县名单",), (), desk.header, *desk.rows, ("合计", 2)]
    plain = [desk.header, *desk.rows]
    desk.workbook({"总表": body, "隐藏": plain, "附表": plain, "说明": [("填写说明",)]}, hidden=("隐藏",))
    reading = desk.read("list.xlsx")
    assert reading.rows.select(["sheet", "row"]).to_pylist() == [
        {"sheet": "总表", "row": 4},
        {"sheet": "总表", "row": 5},
        {"sheet": "附表", "row": 2},
        {"sheet": "附表", "row": 3},
    ]
    assert reading.rejects.schema.equals(REJECTS)
    assert reading.rejects.select(["sheet", "row", "code"]).to_pylist() == [
        {"sheet": "总表", "row": 6, "code": "FOOTER"}
    ]
    assert [part.header_row for part in reading.inputs] == [3, 1]
    assert reading.inputs[0].unread_sheets == ("隐藏", "说明")


@pytest.mark.parametrize("name", ["list.xls", "list.et", "list.csv"])
def test_an_xlsx_under_another_name_is_still_one(desk, name):
    """Content decides, not the extension; the wrong name is a remark."""
    desk.workbook({"甲": [desk.header, *desk.rows]}).rename(desk.folder / name)
    reading = desk.read(name)
    assert names(reading) == [row[0] for row in desk.rows]
    assert any("not what the name says" in text for text in reading.inputs[0].signals) == (name != "list.et")


def test_sheet_asked_for_is_the_only_one_read(desk):
    """`sheet` may name a hidden one; a wrong name lists the sheets there are."""
    plain = [desk.header, *desk.rows]
    desk.workbook({"甲": plain, "乙": plain}, hidden=("乙",))
    assert {row["sheet"] for row in desk.read("list.xlsx", sheet="乙").rows.to_pylist()} == {"乙"}
    assert "found: 甲, 乙" in desk.refusal("list.xlsx", sheet="丙")


def test_parquet_reads_like_the_csv(desk):
    """Columns by alias or by our own names; rows count from 1, since there is no header line."""
    columns = {heading: [row[at] for row in desk.rows] for at, heading in enumerate(desk.header)}
    pq.write_table(pa.table(columns), desk.folder / "list.parquet", write_page_checksum=True)
    reading = desk.read("list.parquet")
    assert names(reading) == [row[0] for row in desk.rows]
    assert reading.rows.column("row").to_pylist() == [1, 2]


def test_glob_reads_files_in_the_order_of_their_names(desk):
    """File names are relative to the census file, with a slash."""
    (desk.folder / "sub").mkdir()
    for name in ("sub/b.csv", "a.csv", "sub/a.csv"):
        desk.write(desk.table(), name)
    reading = desk.read("**/*.csv")
    assert reading.rows.column("file").to_pylist()[::2] == ["a.csv", "sub/a.csv", "sub/b.csv"]
    assert [part.file for part in reading.inputs] == ["a.csv", "sub/a.csv", "sub/b.csv"]


def test_every_record_is_a_row_a_reject_or_a_blank(desk):
    """Blank rows are counted, ragged rows and footers set aside, nothing is lost."""
    desk.write(desk.table() + ",,\n\n只有名称\n甲厂,,乙路,多余\n乙厂,,丙路,,\n合计,2,\n" + desk.lines(desk.header))
    reading = desk.read()
    assert names(reading)[2:] == ["乙厂"]
    assert reading.inputs[0].blank_rows == 2
    assert reading.rejects.select(["row", "code"]).to_pylist() == [
        {"row": 6, "code": "ROW_RAGGED"},
        {"row": 7, "code": "ROW_RAGGED"},
        {"row": 9, "code": "FOOTER"},
        {"row": 10, "code": "HEADER_ROW"},
    ]
    assert reading.inputs[0].rejected == 4


def test_row_is_the_line_where_the_record_starts(desk):
    """Cells with line breaks move the numbers of the records behind them."""
    text = desk.lines(desk.header) + '甲厂,,"一路\n二号"\n乙厂,,"说""好"""\n丙厂,,三路\n'
    desk.write(text)
    reading = desk.read()
    assert reading.rows.column("row").to_pylist() == [2, 4, 5]
    assert reading.rows.column("raw_address").to_pylist() == ["一路\n二号", '说"好"', "三路"]


def test_unused_columns_are_kept_as_json_and_personal_ones_withheld(desk):
    """What nothing uses stays, in the file's order; personal data in it does not."""
    header = ("单位名称", "产品", "信用代码", "法人身份证", "备注", "备注")
    desk.write(desk.lines(header, ("甲厂", 'A"B\\', "", "110", "", "二"), ("乙厂", "", "", "", "", "")))
    reading = desk.read()
    extra = reading.rows.column("extra").to_pylist()
    assert [json.loads(text) for text in extra] == [{"产品": 'A"B\\', "备注#6": "二"}, {}]
    assert reading.inputs[0].withheld == ("法人身份证",)
    assert reading.inputs[0].unknown == ("产品", "备注", "备注")


def test_cells_beyond_the_last_heading_are_kept(desk):
    """In a workbook a cell without heading is no reason to lose the row, nor the cell."""
    desk.workbook({"名单": [desk.header, (*desk.rows[0], "", "附注")]})
    reading = desk.read("list.xlsx")
    assert reading.rows.column("extra").to_pylist() == ['{"#5": "附注"}']
    assert reading.inputs[0].unknown == ()


def test_attestation_needs_both_figures_and_their_agreement(desk):
    """sha256 and rows agree: attested.  One differs: refused.  None given: said."""
    path = desk.write(desk.table())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert desk.read(sha256=digest.upper(), rows=2).inputs[0].attested
    assert not desk.read(sha256=digest).inputs[0].attested
    assert any("not attested" in text for text in desk.read().inputs[0].signals)
    assert "the sender gave" in desk.refusal(sha256="0" * 64)
    assert "the sender gave 3" in desk.refusal(rows=3)


def test_cut_csv_is_signalled(desk):
    """No final line end, ragged last row: all that a CSV can tell."""
    desk.write(desk.table()[:-12])
    signals = " ".join(desk.read().inputs[0].signals)
    assert "no line end" in signals
    assert "ragged" in signals


def test_list_without_rows_is_a_signal_not_an_error(desk):
    """Header only: nothing to read, and said so."""
    desk.write(desk.lines(desk.header))
    reading = desk.read()
    assert len(reading.rows) == 0
    assert any("no data rows" in text for text in reading.inputs[0].signals)
