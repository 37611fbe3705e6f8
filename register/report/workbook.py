"""register.xlsx: the register and what was set aside, for people with an office program.  Texts stay texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from minglu.register.report.run import Run
from minglu.register.report.texts import plain_table

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
HEADER_ROWS = 2
CUT = "…［已截断 cut］"
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing


class Column(NamedTuple):
    """One column of a sheet."""

    field: str
    zh: str
    en: str
    width: int


class Sheet(NamedTuple):
    """One sheet: its title and what it shows."""

    title: str
    columns: tuple[Column, ...]
    rows: pa.Table


SOURCE = (
    Column("list", "名单", "list", 10),
    Column("file", "文件", "file", 20),
    Column("sheet", "工作表", "sheet", 12),
    Column("row", "行号", "row", 8),
)
UNITS = (
    Column("unit_id", "单位编号", "unit id", 20),
    Column("unit_code", "单位代码", "unit code", 24),
    Column("name", "单位名称", "name", 36),
    Column("former_names", "曾用名", "former names", 24),
    Column("uscc", "统一社会信用代码", "USCC", 21),
    Column("org_code", "组织机构代码", "organisation code", 12),
    Column("permit_no", "排污许可证编号", "permit number", 26),
    Column("site_address", "生产经营地址", "site address", 40),
    Column("address", "注册地址", "registered address", 40),
    Column("industry_code", "行业代码", "industry code", 10),
    Column("industry", "行业名称", "industry", 18),
    Column("status", "运行状态", "status", 10),
    Column("source_class", "源类", "source class", 12),
    Column("outcome", "处理结果", "outcome", 12),
    Column("outcome_reason", "原因", "reason", 30),
    Column("district_code", "普查小区代码", "district code", 18),
    Column("district_name", "普查小区名称", "district name", 20),
    Column("method", "落点方式", "placed by", 10),
    Column("distance_m", "距离（米）", "distance, m", 10),
    Column("declared_district", "申报小区代码", "declared district", 18),
    Column("placement_reason", "落点说明", "placement note", 30),
    Column("lon", "经度", "longitude", 12),
    Column("lat", "纬度", "latitude", 12),
    Column("precision_m", "精度（米）", "precision, m", 10),
    Column("lists", "所在名单", "lists", 20),
    Column("entries", "条目数", "entries", 8),
    Column("legal_id", "法人单位编号", "legal unit id", 20),
)
LEGAL_UNITS = (
    Column("legal_id", "法人单位编号", "legal unit id", 20),
    Column("uscc", "统一社会信用代码", "USCC", 21),
    Column("org_code", "组织机构代码", "organisation code", 12),
    Column("name", "单位名称", "name", 36),
    Column("sites", "产业活动单位数", "sites", 12),
    Column("entries", "条目数", "entries", 8),
)
DISTRICTS = (
    Column("code", "普查小区代码", "district code", 18),
    Column("name", "普查小区名称", "district name", 24),
    Column("units", "在册单位", "units", 10),
    Column("out_of_scope", "不在范围", "out of scope", 10),
    Column("closed", "已关闭", "closed", 10),
    Column("entries", "条目数", "entries", 10),
    Column("one_list_units", "仅一份名单", "on one list only", 12),
    Column("one_list_share", "占比", "share", 10),
)
FINDINGS = (
    Column("code", "代码", "code", 24),
    Column("weight", "级别", "weight", 10),
    Column("count", "数量", "count", 10),
    Column("zh", "问题", "finding in Chinese", 50),
    Column("do_zh", "建议", "what to do, in Chinese", 50),
    Column("en", "问题（英文）", "finding", 50),
    Column("do_en", "建议（英文）", "what to do", 50),
)
REJECTS = (*SOURCE, Column("code", "代码", "code", 20), Column("reason", "原因", "reason", 60))
VALUE_FAULTS = (
    *SOURCE,
    Column("field", "字段", "field", 16),
    Column("code", "代码", "code", 20),
    Column("reason", "原因", "reason", 60),
)


def write_workbook(run: Run, path: Path) -> None:
    """Write the workbook at `path`; a table longer than a sheet goes on in further sheets."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": run.coverage["census"]["name"], "created": NO_CLOCK})
        for sheet in _sheets(run):
            _write_sheet(book, sheet)


def _sheets(run: Run) -> Iterable[Sheet]:
    coverage = run.table("coverage")
    yield Sheet("名录 units", UNITS, run.register)
    yield Sheet("法人单位 legal units", LEGAL_UNITS, run.table("legal_units"))
    yield Sheet("小区汇总 districts", DISTRICTS, coverage.filter(pc.equal(coverage.column("level"), "district")))
    yield Sheet("问题 findings", FINDINGS, _findings(run.coverage["findings"]))
    yield Sheet("剔除行 rejects", REJECTS, run.table("rejects"))
    yield Sheet("值问题 values", VALUE_FAULTS, run.table("value_faults"))


def _findings(found: list[Mapping[str, Any]]) -> pa.Table:
    kinds = [(column.field, pa.int64() if column.field == "count" else pa.string()) for column in FINDINGS]
    return pa.Table.from_pylist([dict(row) for row in found], schema=pa.schema(kinds))


def _write_sheet(book: Any, sheet: Sheet) -> None:
    rows = sheet.rows.select([column.field for column in sheet.columns])
    room = MOST_ROWS - HEADER_ROWS
    for part, start in enumerate(range(0, max(rows.num_rows, 1), room), 1):
        title = sheet.title if part == 1 else f"{sheet.title} {part}"
        _write_part(book, title, sheet.columns, rows.slice(start, room))


def _write_part(book: Any, title: str, columns: tuple[Column, ...], rows: pa.Table) -> None:
    page = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bg_color": "#DDE6ED", "text_wrap": True, "valign": "top"})
    under = book.add_format({"italic": True, "font_color": "#555555", "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        kind = rows.schema.field(column.field).type
        page.set_column(index, index, column.width, text if pa.types.is_string(kind) else None)
    page.freeze_panes(HEADER_ROWS, 0)
    page.autofilter(HEADER_ROWS - 1, 0, HEADER_ROWS - 1 + rows.num_rows, len(columns) - 1)
    for index, column in enumerate(columns):
        page.write_string(0, index, column.zh, head)
    for index, column in enumerate(columns):
        page.write_string(1, index, column.en, under)
    line = HEADER_ROWS
    for batch in plain_table(rows).to_batches(max_chunksize=50_000):
        values = [column.to_pylist() for column in batch.columns]
        for row in zip(*values, strict=True):
            _write_row(page, line, row, text)
            line += 1


def _write_row(page: Any, line: int, row: tuple[Any, ...], text: Any) -> None:
    for index, value in enumerate(row):
        if isinstance(value, str):
            if value:
                short = value if len(value) <= MOST_CHARACTERS else value[: MOST_CHARACTERS - len(CUT)] + CUT
                page.write_string(line, index, short, text)
        elif value is not None:
            page.write_number(line, index, value)
