"""OpenDocument sheets, written part by part."""

from __future__ import annotations

import zipfile

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
HIDDEN = (
    '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def cell(value, repeated=1):
    times = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    if value == "":
        return f"<table:table-cell{times}/>"
    if isinstance(value, float):
        return f'<table:table-cell{times} office:value-type="float" office:value="{value!r}"/>'
    return f'<table:table-cell{times} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def row(values, repeated=1):
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    cells = values if isinstance(values, str) else "".join(map(cell, values))
    return f"<table:table-row{times}>{cells}</table:table-row>"


def ods(desk, *, hidden=False, **sheets):
    tables = "".join(
        f'<table:table table:name="{name}"{" table:style-name=" + chr(34) + "h" + chr(34) if hidden and at else ""}>'
        f"{rows}</table:table>"
        for at, (name, rows) in enumerate(sheets.items())
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:automatic-styles>{HIDDEN}</office:automatic-styles>{body}"
    path = desk.folder / "list.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml", f'<?xml version="1.0"?><office:document-content {NAMES}>{content}</office:document-content>'
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_ods_reads_with_the_usual_trailing_repeats(desk):
    """Writers fill a sheet to its last row with one repeated empty row: that is no list of a million rows."""
    rows = row(desk.header) + row(("甲厂", 913301007109000000.0, "一路")) + row(cell("", 16384), 1048574)
    reading = desk.read(ods(desk, 名单=rows))
    assert reading.rows.select(["row", "raw_name", "raw_uscc"]).to_pylist() == [
        {"row": 2, "raw_name": "甲厂", "raw_uscc": "9.13301007109E+17"}
    ]
    assert reading.inputs[0].format == "ods"


def test_hidden_ods_sheet_is_skipped(desk):
    """As in the other workbooks."""
    rows = row(desk.header) + row(("甲厂", "", "一路"))
    assert desk.read(ods(desk, hidden=True, 甲=rows, 乙=rows)).inputs[0].skipped_sheets == ("乙：隐藏 / 乙: hidden",)


def test_rows_that_repeat_a_value_are_refused_beyond_reason(desk):
    """One cell that says it stands in 17 billion places."""
    bomb = row(desk.header) + row(cell("x", 16384), 1048575)
    assert desk.refusal(ods(desk, 名单=bomb))


def test_cut_ods_is_refused(desk):
    """A cut anywhere takes the archive's directory or a part's checksum with it."""
    path = ods(desk, 名单=row(desk.header) + row(("甲厂", "", "一路")))
    whole = path.read_bytes()
    for cut in (40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert "cut or damaged" in desk.refusal(path)
