"""What each named table of the register looks like: columns, types, meanings.

The wings declare their own tables (`matching` the pairs, `geo` the faults and
placements); everything else that crosses a stage or lands in OUT/tables is declared
here.  Codes are text, distances end in _m, areas in _m2, shares are 0 to 1.
"""

from __future__ import annotations

import pyarrow as pa

from minglu.errors import SchemaError

TEXT, INTEGER, NUMBER, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()


def column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    """Declare one column; the meaning travels with the table into Parquet."""
    return pa.field(name, kind, metadata={"meaning": meaning})


SOURCE_COLUMNS = [
    column("list", TEXT, "name of the list 名单, by default its kind"),
    column("file", TEXT, "file name, relative to the census file"),
    column("sheet", TEXT, "worksheet, empty where the format has none"),
    column("row", INTEGER, "1-based line or sheet row in the source file, the header's line counted"),
]

# The canonical fields of a list row, in the order in which people read them.
FIELDS: dict[str, str] = {
    "name": "单位名称",
    "former_name": "曾用名",
    "uscc": "统一社会信用代码",
    "org_code": "组织机构代码",
    "reg_no": "注册号",
    "tax_no": "纳税人识别号",
    "permit_no": "排污许可证编号",
    "address": "注册/住所地址",
    "site_address": "生产经营地址",
    "industry_code": "行业代码",
    "industry": "行业名称",
    "status": "运行/登记状态",
    "lon": "经度",
    "lat": "纬度",
    "district_code": "普查小区代码或区划代码",
    "city": "所在市（州、盟）",
    "county": "所在县（市、区、旗）",
    "town": "所在乡镇（街道）",
    "village": "所在村（社区）",
    "phone": "电话",
    "contact": "联系人",
    "legal_person": "法定代表人",
}
STATUSES: dict[str, tuple[str, str]] = {
    "active": ("在营", "active"),
    "stopped": ("停产停业", "stopped"),
    "closed": ("关闭", "closed"),
    "unknown": ("不明", "unknown"),
}
"""What a status is called: Chinese, English."""
PERSONAL_FIELDS = ("phone", "contact", "legal_person")

ROWS = pa.schema(
    [
        *SOURCE_COLUMNS,
        *(column(f"raw_{field}", TEXT, f"{chinese} as the file gives it") for field, chinese in FIELDS.items()),
        column("extra", TEXT, "columns of no canonical field, as JSON text, in the file's order"),
        column("measures", TEXT, "of these, cells that the screening reads, as JSON text by measure"),
    ]
)

REJECTS = pa.schema(
    [
        *SOURCE_COLUMNS,
        column("code", TEXT, "why the row was set aside: a code of docs/reference/codes.md"),
        column("reason", TEXT, "the same in words, Chinese then English"),
    ]
)

VALUE_FAULTS = pa.schema(
    [
        *SOURCE_COLUMNS,
        column("field", TEXT, "the canonical field whose value was set aside"),
        column("code", TEXT, "why: a code of docs/reference/codes.md"),
        column("reason", TEXT, "the same in words, Chinese then English, personal values masked"),
    ]
)

ENTRIES = pa.schema(
    [
        column("entry_id", TEXT, "stable id made from the list's name and the row's content"),
        *SOURCE_COLUMNS,
        *(column(f"raw_{field}", TEXT, f"{chinese} as the file gives it") for field, chinese in FIELDS.items()),
        column("name", TEXT, "单位名称, cleaned; empty where missing"),
        column("former_name", TEXT, "曾用名, cleaned"),
        column("uscc", TEXT, "统一社会信用代码, valid or empty"),
        column(
            "uscc_seen",
            TEXT,
            "compact text of the USCC cell where it is not valid: evidence for typos, never a key",
        ),
        column(
            "org_code",
            TEXT,
            "组织机构代码, the common key inside USCC, tax and permit number; valid or empty",
        ),
        column("reg_no", TEXT, "注册号, valid or empty"),
        column("tax_no", TEXT, "纳税人识别号, valid or empty; a 20-digit personal number is masked"),
        column("permit_no", TEXT, "排污许可证编号, compact or empty"),
        column("permit_serial", TEXT, "the site serial inside the permit number (001, 002 ...) or empty"),
        column("site_suffix", TEXT, "two-digit site suffix behind the USCC or empty"),
        column("address", TEXT, "注册/住所地址, cleaned"),
        column("site_address", TEXT, "生产经营地址, cleaned"),
        column("industry_code", TEXT, "GB/T 4754 code, letter dropped, or empty"),
        column("industry", TEXT, "行业名称, cleaned"),
        column("status", TEXT, "active | stopped | closed | unknown"),
        column("district_code", TEXT, "declared 普查小区 or 区划 code, digits only, or empty"),
        column("area_code", TEXT, "code of the area of the layer that 所在… or the address names, or empty"),
        column("phone", TEXT, "digits of the phone; in memory only"),
        column("contact", TEXT, "联系人; in memory only"),
        column("legal_person", TEXT, "法定代表人; in memory only"),
        column("lon", NUMBER, "longitude in the districts' own datum, degrees; null where unusable"),
        column("lat", NUMBER, "latitude, likewise"),
        column("precision_m", NUMBER, "radius within which the point is known, metres"),
        column("extra", TEXT, "columns of no canonical field, as JSON text"),
        column("measures", TEXT, "what they say of size and permit class, as JSON text by measure; or empty"),
    ]
)

MEMBERS = pa.schema(
    [
        column("entry_id", TEXT, "the entry"),
        column("unit_id", TEXT, "the unit (site) it belongs to"),
        *SOURCE_COLUMNS,
    ]
)

# Fields of a unit that are chosen among its entries; `<field>_entry` names the entry that gave the value.
FUSED_FIELDS = (
    "name",
    "uscc",
    "org_code",
    "permit_no",
    "address",
    "site_address",
    "industry_code",
    "industry",
    "status",
    "district_code",
    "area_code",
    "location",
    "measures",
)

UNITS = pa.schema(
    [
        column("unit_id", TEXT, "stable id of the unit (site)"),
        column("unit_code", TEXT, "USCC + two-digit site suffix, or empty where there is no USCC"),
        column("legal_id", TEXT, "the legal unit 法人单位 it belongs to"),
        column("name", TEXT, "单位名称"),
        column("former_names", TEXT, "曾用名, separated by ；"),
        column("uscc", TEXT, "统一社会信用代码 or empty"),
        column("org_code", TEXT, "组织机构代码 or empty"),
        column("permit_no", TEXT, "排污许可证编号 or empty"),
        column("address", TEXT, "注册/住所地址"),
        column("site_address", TEXT, "生产经营地址"),
        column("industry_code", TEXT, "GB/T 4754 code or empty"),
        column("industry", TEXT, "行业名称"),
        column("status", TEXT, "active | stopped | closed | unknown"),
        column("source_class", TEXT, "source class 源类 by the rule pack"),
        column("outcome", TEXT, "unit | out_of_scope | closed | not_found"),
        column("outcome_code", TEXT, "the rule that decided the outcome; on a kept unit a remark, or empty"),
        column("outcome_reason", TEXT, "the same in words, Chinese then English"),
        column("lon", NUMBER, "longitude in the districts' own datum, degrees, or null"),
        column("lat", NUMBER, "latitude, likewise"),
        column("precision_m", NUMBER, "radius within which the point is known, metres"),
        column("district_code", TEXT, "declared district code, or empty"),
        column("area_code", TEXT, "code of the area that its 所在… or address names, or empty"),
        column("measures", TEXT, "size and permit class as lists state them, JSON text by measure; or empty"),
        column("lists", TEXT, "names of the lists the unit is on, sorted, separated by +"),
        column("entries", INTEGER, "number of entries merged into the unit"),
        *(column(f"{field}_entry", TEXT, f"the entry that gave {field}, or empty") for field in FUSED_FIELDS),
    ]
)

LEGAL_UNITS = pa.schema(
    [
        column("legal_id", TEXT, "stable id of the legal unit"),
        column("uscc", TEXT, "统一社会信用代码 or empty"),
        column("org_code", TEXT, "组织机构代码 or empty"),
        column("name", TEXT, "单位名称"),
        column("sites", INTEGER, "number of units (sites)"),
        column("entries", INTEGER, "number of entries"),
    ]
)

LEDGER = pa.schema(
    [
        *SOURCE_COLUMNS,
        column("entry_id", TEXT, "the entry made from the row, empty for a row set aside"),
        column("outcome", TEXT, "unit | duplicate | out_of_scope | closed | not_found | rejected"),
        column("unit_id", TEXT, "the unit the row went into, empty for a row set aside"),
        column("code", TEXT, "a code of docs/reference/codes.md, empty for a kept row"),
        column("reason", TEXT, "the same in words, Chinese then English"),
    ]
)

SUCCESSION = pa.schema(
    [
        column("level", TEXT, "site | legal"),
        column("former", TEXT, "id in the earlier run, empty for a new unit"),
        column("unit", TEXT, "id in this run, empty where nothing is left"),
        column("kind", TEXT, "kept | merged | split | exchanged | returned | new | gone"),
        column("shared", INTEGER, "rows that both have in common"),
        column("reason", TEXT, "the kind in words, Chinese then English"),
    ]
)

RETIRED = pa.schema(
    [
        column("level", TEXT, "site | legal | code"),
        column("id", TEXT, "id or unit code that was assigned once and is not used any more; it is never reused"),
        column("heir", TEXT, "of a site or legal unit: the one that most of it went to, or empty"),
        column(
            "bearer", TEXT, "of a code: the unit that bore it; of a legal unit: a site that it had, one line per site"
        ),
        column("entry_id", TEXT, "of a site: a row that it had at last, one line per row"),
        column("list", TEXT, "the row's list"),
        column("name", TEXT, "its 单位名称"),
        column("uscc", TEXT, "its 统一社会信用代码"),
        column("permit_no", TEXT, "its 排污许可证编号"),
        column("place", TEXT, "its address of operation, else its registered one"),
    ]
)

FIELD_FACTS = pa.schema(
    [
        column("line", INTEGER, "line of the file of facts"),
        column("answer", TEXT, "confirmed | corrected | closed | not_found | moved | duplicate | new"),
        column("unit_id", TEXT, "the unit on the sheet, empty for a new one"),
        column("duplicate_of", TEXT, "the unit that it duplicates, or empty"),
        column("district_code", TEXT, "the district that was stated, or empty"),
        column("entry_id", TEXT, "the entry made of the fact, empty where it is lost"),
        column("state", TEXT, "found | lost"),
        column("by", TEXT, "who stated it"),
        column("when", TEXT, "when, as recorded at the time"),
        column("why", TEXT, "remark"),
    ]
)

DECISIONS = pa.schema(
    [
        column("line", INTEGER, "line of decisions.jsonl"),
        column("left", TEXT, "entry_id of the smaller entry of today, empty where it is lost"),
        column("right", TEXT, "entry_id of the larger entry, likewise"),
        column("relation", TEXT, "same_site | same_legal | different | undecided"),
        column("state", TEXT, "found (by id) | refound (by content) | lost"),
        column("by", TEXT, "who decided"),
        column("when", TEXT, "when, as recorded at the time"),
        column("why", TEXT, "why, in the decider's words"),
        column("sample", TEXT, "the clerical sample that drew the pair, or empty"),
        column("stratum", TEXT, "its stratum there"),
    ]
)

COVERAGE = pa.schema(
    [
        column("level", TEXT, "all | province | city | county | township | village | district"),
        column("code", TEXT, "code of the area; empty for the whole; an exception class where level is exception"),
        column("name", TEXT, "name of the area where the layer gives one"),
        column("units", INTEGER, "units kept"),
        column("out_of_scope", INTEGER, "units out of scope"),
        column("closed", INTEGER, "closed units"),
        column("not_found", INTEGER, "units that were not found in the field"),
        column("entries", INTEGER, "source rows behind them"),
        column("duplicates", INTEGER, "of these, rows merged into a kept unit that another row stands for"),
        column("out_of_scope_rows", INTEGER, "of these, rows of units out of scope"),
        column("closed_rows", INTEGER, "of these, rows of closed units"),
        column("not_found_rows", INTEGER, "of these, rows of units not found in the field"),
        column("one_list_units", INTEGER, "kept units that stand on one list only"),
        column("to_check", INTEGER, "kept units whose placement somebody should check"),
        column("one_list_share", NUMBER, "their share, 0 to 1; null where there is no unit"),
    ]
)


def conform(table: pa.Table, schema: pa.Schema, name: str) -> pa.Table:
    """Return `table` with exactly the columns of `schema`, in its order; a missing column is our mistake."""
    missing = [field.name for field in schema if field.name not in table.column_names]
    surplus = [column for column in table.column_names if column not in schema.names]
    if missing or surplus:
        message = f"table {name}: missing columns {missing}, surplus columns {surplus}"
        raise SchemaError(en=message, zh=f"数据表 {name}：缺少列 {missing}，多余列 {surplus}")
    return table.select(schema.names).cast(schema)
