"""register.xlsx: the register, and what was found and set aside, for people with an office program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.clerical.form_columns import Column
from minglu.register.language import code_labels
from minglu.register.report.code_words import code_words
from minglu.register.report.findings_by_district import district_findings
from minglu.register.report.finished_run import Run, open_run
from minglu.register.report.html.export_guard import new_outside
from minglu.register.report.office.sheet_words import worded
from minglu.register.report.office.table_sheets import Sheet, write_book
from minglu.register.storage.archive_verifier import in_words
from minglu.register.storage.integrity import require_unchanged
from minglu.register.storage.row_stream import Stream

MOST_LEDGER_ROWS = 300_000
"""A longer ledger is left to tables/ledger.parquet: no office program likes millions of rows."""

MOST_SORTED_UNITS = 200_000
"""More units stay in the order of their ids: sorting holds them all."""
TITLES = {
    "registers": "汇总的名录",
    "units": "名录",
    "others": "未纳入的单位",
    "legal units": "法人单位",
    "districts": "小区汇总",
    "findings": "问题清单",
    "by district": "小区问题",
    "to check": "待核对",
    "rejects": "无效记录",
    "values": "问题值",
    "ledger": "台账",
}
"""What each sheet is called in Chinese."""

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
    Column("method", "定位方式", "placed by", 10),
    Column("distance_m", "距离（米）", "distance, m", 10),
    Column("declared_district", "申报小区代码", "declared district", 18),
    Column("placement_reason", "定位说明", "placement note", 30),
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
    Column("units", "纳入普查单位", "units", 10),
    Column("out_of_scope", "不在范围", "out of scope", 10),
    Column("closed", "已关闭", "closed", 10),
    Column("not_found", "现场未找到", "not found", 10),
    Column("entries", "条目数", "entries", 10),
    Column("one_list_units", "仅一份名单", "on one list only", 12),
    Column("one_list_share", "占比", "share", 10),
)
FINDINGS = (
    Column("weight", "级别", "weight", 10),
    Column("count", "数量", "count", 10),
    Column("finding", "问题", "finding", 50),
    Column("do", "处理意见", "what to do", 60),
    Column("id", "代码", "code", 24),
)
BY_DISTRICT = (
    Column("district_code", "普查小区代码", "district code", 18),
    Column("district_name", "普查小区名称", "district name", 24),
    Column("count", "数量", "count", 10),
    Column("note", "说明", "note", 50),
    Column("id", "代码", "code", 28),
)
TO_LOOK_AT = (
    Column("district_code", "普查小区代码", "district code", 18),
    Column("district_name", "普查小区名称", "district name", 24),
    Column("placement_code", "问题", "finding", 30),
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
    Column("code", "问题", "finding", 24),
    Column("reason", "原因", "reason", 60),
)
REJECTS = (*SOURCE, Column("code", "问题", "finding", 24), Column("reason", "原因", "reason", 60))
VALUE_FAULTS = (
    *SOURCE,
    Column("field", "字段", "field", 16),
    Column("code", "问题", "finding", 24),
    Column("reason", "原因", "reason", 60),
)


REGISTERS = (
    Column("key", "编号", "key", 12),
    Column("name", "名录", "register", 30),
    Column("rows", "行数", "rows", 10),
    Column("units", "纳入普查单位", "units kept", 10),
    Column("audit", "审核", "audit", 50),
    Column("spotcheck", "质量核查", "spot check", 12),
    Column("head", "封存校验码", "head", 50),
    *(
        Column(f"decisions.{name}", f"判定：{zh}", f"decided: {en}", 14)
        for name, (zh, en) in code_labels.DECIDED.items()
    ),
    *(Column(f"field.{name}", f"现场：{zh}", f"field: {en}", 14) for name, (zh, en) in code_labels.FOUND.items()),
)


def write_workbook(run: Run, path: Path, *, language: str = "zh") -> None:
    """Write the workbook at `path`, in the words of one language."""
    rollup = run.coverage.get("rollup", {})
    notice = code_labels.FORCED[language == "en"] if rollup.get("forced") else ""
    write_book(path, run.coverage["census"]["name"], _sheets(run, language), notice=notice, language=language)


def write_workbook_outside(out: Path, book: Path, language: str) -> None:
    """Write the workbook of the run folder `out` at `book`, outside of it, whole or not at all."""
    with new_outside(out, book, "--workbook") as fresh:
        require_unchanged(out)
        write_workbook(open_run(out), fresh, language=language)


def _sheets(run: Run, language: str) -> Iterable[Sheet]:
    coverage, words = run.table("coverage"), code_words(run)
    districts = coverage.filter(pc.equal(coverage.column("level"), "district"))
    if "rollup" in run.coverage:
        yield Sheet(title("registers", language), REGISTERS, _registers(run.coverage["rollup"], language))
    kept, others = _units(run)
    rows: dict[str, tuple[tuple[Column, ...], pa.Table | Stream]] = {
        "units": (UNITS, kept),
        "others": (UNITS, others),
        "legal units": (LEGAL_UNITS, run.stream("legal_units")),
        "districts": (DISTRICTS, districts),
        "findings": (FINDINGS, _findings(run.coverage["findings"], language)),
        "by district": (BY_DISTRICT, _by_district(run, language)),
        "to check": (TO_LOOK_AT, run.to_check),
        "rejects": (REJECTS, run.stream("rejects")),
        "values": (VALUE_FAULTS, run.stream("value_faults")),
        "ledger": (LEDGER, run.stream("ledger")),
    }
    for name, (columns, table) in rows.items():
        if name != "ledger" or table.num_rows <= MOST_LEDGER_ROWS:
            yield Sheet(title(name, language), columns, worded(table, codes=words, language=language))


def title(name: str, language: str) -> str:
    """Return what a sheet is called."""
    return name if language == "en" else TITLES[name]


def _units(run: Run) -> tuple[pa.Table | Stream, pa.Table | Stream]:
    """Return the units kept and the others, by district, name and id; too many to sort keep the order of their ids."""
    columns = [column.field for column in UNITS]
    pieces = run.register.select(columns)
    if pieces.num_rows > MOST_SORTED_UNITS:
        return _chosen(pieces, kept=True), _chosen(pieces, kept=False)
    whole = pa.concat_tables([pieces.schema.empty_table(), *pieces.pieces()])
    order = [("district_code", "ascending"), ("name", "ascending"), ("unit_id", "ascending")]
    whole = whole.sort_by(order)
    kept = pc.equal(whole.column("outcome"), "unit")
    return whole.filter(kept), whole.filter(pc.invert(kept))


def _chosen(units: Stream, *, kept: bool) -> Stream:
    """Return the units kept, or the others, without holding them."""

    def select(piece: pa.Table) -> pa.Table:
        chosen = pc.equal(piece.column("outcome"), "unit")
        return piece.filter(chosen if kept else pc.invert(chosen))

    def read(columns: Sequence[str], first: int) -> Iterator[pa.Table]:
        wanted = dict.fromkeys([*columns, "outcome"])
        for piece in units.select([*wanted]).pieces():
            found = select(piece).select([*columns])
            skipped = min(first, found.num_rows)
            first -= skipped
            yield found.slice(skipped)

    rows = sum(select(piece).num_rows for piece in units.select(["outcome"]).pieces())
    return Stream(units.schema, rows, read)


def _by_district(run: Run, language: str) -> pa.Table:
    found = district_findings(run)
    return found.rename_columns({language: "note", "code": "id"}).select([column.field for column in BY_DISTRICT])


def _registers(rollup: Mapping[str, Any], language: str) -> pa.Table:
    """Return a row for each register that was rolled up, and their sum."""
    rows = [
        {
            "key": county["key"],
            "name": county["name"],
            "audit": "；".join(failure[language] for failure in county["failures"])
            or ("通过", "passed")[language == "en"],
            "head": in_words(county["head"]),
            "spotcheck": code_labels.call(code_labels.CHECKED, county["spotcheck"]["verdict"])[language == "en"],
            **{name: county[name] for name in ("rows", "units")},
            **_people(county),
        }
        for county in rollup["counties"]
    ]
    whole = {name: sum(row[name] for row in rows) for name in ("rows", "units")}
    rows.append(
        dict.fromkeys(("name", "audit", "head", "spotcheck"), "")
        | {"key": ("合计", "total")[language == "en"], **whole, **_people(rollup)}
    )
    kinds = [(one.field, pa.string() if isinstance(rows[0][one.field], str) else pa.int64()) for one in REGISTERS]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


def _people(account: Mapping[str, Any]) -> dict[str, int]:
    return {
        f"{part}.{name}": account[part][name]
        for part, shown in (("decisions", code_labels.DECIDED), ("field", code_labels.FOUND))
        for name in shown
    }


def _findings(found: list[Mapping[str, Any]], language: str) -> pa.Table:
    kinds = [(column.field, pa.int64() if column.field == "count" else pa.string()) for column in FINDINGS]
    rows = [
        {name: row[name] for name in ("weight", "count")}
        | {"id": row["code"], "finding": row[language], "do": row[f"do_{language}"]}
        for row in found
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))
