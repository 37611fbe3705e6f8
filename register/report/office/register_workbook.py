"""register.xlsx: the register, and what was found and set aside, for people with an office program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.clerical.form_columns import Column
from minglu.register.language import code_labels
from minglu.register.report.findings_by_district import district_findings
from minglu.register.report.finished_run import Run
from minglu.register.report.office.table_sheets import Sheet, write_book
from minglu.register.storage.archive_verifier import in_words

MOST_LEDGER_ROWS = 300_000
"""A longer ledger is left to tables/ledger.parquet: no office program likes millions of rows."""

SOURCE = (
    Column("list", "名单", "list", 10),
    Column("file", "文件", "file", 20),
    Column("sheet", "工作表", "sheet", 12),
    Column("row", "行号", "row", 8),
)
UNITS = (
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
    Column("unit_id", "单位编号", "unit id", 22),
    Column("legal_id", "法人单位编号", "legal unit id", 22),
)
LEGAL_UNITS = (
    Column("legal_id", "法人单位编号", "legal unit id", 22),
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
    Column("not_found", "现场查无", "not found", 10),
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
BY_DISTRICT = (
    Column("district_code", "普查小区代码", "district code", 18),
    Column("district_name", "普查小区名称", "district name", 24),
    Column("code", "问题代码", "code", 28),
    Column("count", "数量", "count", 10),
    Column("zh", "说明", "note in Chinese", 44),
    Column("en", "说明（英文）", "note", 44),
)
TO_LOOK_AT = (
    Column("district_code", "普查小区代码", "district code", 18),
    Column("district_name", "普查小区名称", "district name", 24),
    Column("placement_code", "问题代码", "code", 24),
    Column("unit_id", "单位编号", "unit id", 22),
    Column("name", "单位名称", "name", 36),
    Column("site_address", "生产经营地址", "site address", 40),
    Column("declared_district", "申报小区代码", "declared district", 18),
    Column("placement_reason", "说明", "note", 60),
)
LEDGER = (
    *SOURCE,
    Column("outcome", "处理结果", "outcome", 12),
    Column("unit_id", "单位编号", "unit id", 22),
    Column("code", "代码", "code", 20),
    Column("reason", "原因", "reason", 60),
)
REJECTS = (*SOURCE, Column("code", "代码", "code", 20), Column("reason", "原因", "reason", 60))
VALUE_FAULTS = (
    *SOURCE,
    Column("field", "字段", "field", 16),
    Column("code", "代码", "code", 20),
    Column("reason", "原因", "reason", 60),
)


REGISTERS = (
    Column("key", "编号", "key", 12),
    Column("name", "名录", "register", 30),
    Column("rows", "行数", "rows", 10),
    Column("units", "在册单位", "units kept", 10),
    Column("audit", "审核", "audit", 50),
    Column("spotcheck", "质量核查", "spot check", 12),
    Column("head", "封存指纹", "head", 50),
    *(
        Column(f"decisions.{name}", f"判定：{zh}", f"decided: {en}", 14)
        for name, (zh, en) in code_labels.DECIDED.items()
    ),
    *(Column(f"field.{name}", f"现场：{zh}", f"field: {en}", 14) for name, (zh, en) in code_labels.FOUND.items()),
)


def write_workbook(run: Run, path: Path) -> None:
    """Write the workbook at `path`."""
    rollup = run.coverage.get("rollup", {})
    notice = " ".join(code_labels.FORCED) if rollup.get("forced") else ""
    write_book(path, run.coverage["census"]["name"], _sheets(run), notice=notice)


def _sheets(run: Run) -> Iterable[Sheet]:
    coverage = run.table("coverage")
    if "rollup" in run.coverage:
        yield Sheet("汇总的名录 registers", REGISTERS, _registers(run.coverage["rollup"]))
    yield Sheet("名录 units", UNITS, run.register)
    yield Sheet("法人单位 legal units", LEGAL_UNITS, run.stream("legal_units"))
    yield Sheet("小区汇总 districts", DISTRICTS, coverage.filter(pc.equal(coverage.column("level"), "district")))
    yield Sheet("问题 findings", FINDINGS, _findings(run.coverage["findings"]))
    yield Sheet("小区问题 by district", BY_DISTRICT, district_findings(run))
    yield Sheet("待核对 to check", TO_LOOK_AT, run.to_check)
    yield Sheet("剔除行 rejects", REJECTS, run.stream("rejects"))
    yield Sheet("值问题 values", VALUE_FAULTS, run.stream("value_faults"))
    ledger = run.stream("ledger")
    if ledger.num_rows <= MOST_LEDGER_ROWS:
        yield Sheet("台账 ledger", LEDGER, ledger)


def _registers(rollup: Mapping[str, Any]) -> pa.Table:
    """Return a row for each register that was rolled up, and their sum."""
    rows = [
        {
            "key": county["key"],
            "name": county["name"],
            "audit": "；".join(failure["zh"] for failure in county["failures"]) or "通过 passed",
            "head": in_words(county["head"]),
            "spotcheck": code_labels.call(code_labels.CHECKED, county["spotcheck"]["verdict"])[0],
            **{name: county[name] for name in ("rows", "units")},
            **_people(county),
        }
        for county in rollup["counties"]
    ]
    whole = {name: sum(row[name] for row in rows) for name in ("rows", "units")}
    rows.append(dict.fromkeys(("name", "audit", "head", "spotcheck"), "") | {"key": "合计", **whole, **_people(rollup)})
    kinds = [(one.field, pa.string() if isinstance(rows[0][one.field], str) else pa.int64()) for one in REGISTERS]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


def _people(account: Mapping[str, Any]) -> dict[str, int]:
    return {
        f"{part}.{name}": account[part][name]
        for part, shown in (("decisions", code_labels.DECIDED), ("field", code_labels.FOUND))
        for name in shown
    }


def _findings(found: list[Mapping[str, Any]]) -> pa.Table:
    kinds = [(column.field, pa.int64() if column.field == "count" else pa.string()) for column in FINDINGS]
    return pa.Table.from_pylist([dict(row) for row in found], schema=pa.schema(kinds))
