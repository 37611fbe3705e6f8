"""The workbooks of a spot check: from the list to the field, and from the field to the list.

list-to-field.xlsx: drawn units to be looked at on the spot.  area-to-list.xlsx: districts to be walked whole, with
blank lines for what is found there; who walks must not know what the register has in a district, nor how
many: not in a cell, a hidden sheet or the number of lines.  That stands in lookup.xlsx, which stays in the office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import NUMBER, Form, write_forms
from minglu.register.clerical.returned_workbook import hidden_texts
from minglu.register.clerical.round_trip import hand_out
from minglu.register.language.code_labels import SOURCE_CLASSES
from minglu.register.verification.spotcheck.draw_sample import ADDED, EXCLUDED, VISIT, Drawn, Row
from minglu.register.verification.spotcheck.sampling_frame import SamplingFrame
from minglu.register.verification.spotcheck.sampling_plan import Plan, what_size_shows

SCHEMA = "minglu/spotcheck/1"
COMMAND = "spotcheck draw"
LIST_BOOK, AREA_BOOK, LOOKUP_BOOK = "list-to-field.xlsx", "area-to-list.xlsx", "lookup.xlsx"
UNIT_SHEET, EXCLUDED_SHEET = "核查单位 units", "排除单位 excluded"
WALK_SHEET, DONE_SHEET, LOOKUP_SHEET = "实地所见 found", "小区完成 walked", "名录备查 register"

RESULTS: Mapping[str, str] = {
    "right": "属实",
    "wrong": "信息有误",
    "duplicate": "重复",
    "merged": "实为多个单位",
    "absent": "查无此单位",
    "not_in_scope": "不属普查范围",
    "not_reached": "未能核查",
}
JUDGEMENTS: Mapping[str, str] = {"rightly": "排除正确", "wrongly": "应纳入", "not_reached": "未能核查"}
FINDINGS: Mapping[str, str] = {
    "listed": "在名录中",
    "missed": "漏查",
    "not_in_scope": "不属普查范围",
    "not_settled": "未能查对",
}
WALKED: Mapping[str, str] = {"whole": "已走完", "partly": "未走完"}
CLASS_WORDS = {key: zh for key, (zh, _) in SOURCE_CLASSES.items()}
SPARE_LINES = 20
"""Blank lines of every walked district beyond what the register has in the fullest of them, at least."""
LEAST_LINES = 50
"""Lines go in steps (50, 100, 200, 400 ...): their number must not tell how many units a district has."""
COUNTS = ("strata", "walk")
"""Parts of the design that count units of the register; `districts` count them in `kept`."""
KINDS = {VISIT: "抽中", ADDED: "新增"}

NO = Column(NUMBER, "序号", "no.", 6)
DISTRICT = Column("district", "小区代码", "district", 17)
WHO = Column("checker", "核查人", "checked by", 10, open=True)
NOTE = Column("note", "备注", "note", 24, open=True)
UNIT_FIELDS = (
    NO,
    Column("result", "核查结果", "result", 14, open=True, choices=tuple(RESULTS.values())),
    Column("duplicate_of", "与何单位重复", "duplicate of (unit id)", 14, open=True),
    Column("wrong_fields", "有误项目", "what is wrong", 15, open=True),
    WHO,
    NOTE,
    Column("kind", "抽样类型", "kind", 8),
    DISTRICT,
    Column("source_class", "源类", "source class", 10),
    Column("name", "单位名称", "name", 26),
    Column("unit_code", "单位代码", "unit code", 24),
    Column("address", "生产经营地址", "address", 28),
    Column("industry", "行业", "industry", 12),
    Column("unit_id", "单位编号", "unit id", 23),
)
EXCLUDED_FIELDS = (
    NO,
    Column("judgement", "核查结论", "judgement", 14, open=True, choices=tuple(JUDGEMENTS.values())),
    WHO,
    NOTE,
    DISTRICT,
    Column("name", "单位名称", "name", 30),
    Column("address", "生产经营地址", "address", 34),
    Column("outcome_reason", "排除理由", "why it was left out", 40),
    Column("unit_id", "单位编号", "unit id", 23),
)
WALK_FIELDS = (
    NO,
    DISTRICT,
    Column("name", "实见单位名称", "name seen", 30, open=True),
    Column("code", "统一社会信用代码", "USCC, if seen", 22, open=True),
    Column("address", "地址", "address", 30, open=True),
    Column("source_class", "源类", "source class", 16, open=True, choices=tuple(CLASS_WORDS.values())),
    Column("finding", "查对结果", "looked up", 14, open=True, choices=tuple(FINDINGS.values())),
    Column("unit_id", "名录单位编号", "unit id in the register", 23, open=True),
    WHO,
    NOTE,
)
DONE_FIELDS = (
    NO,
    DISTRICT,
    Column("name", "小区名称", "name", 24),
    Column("walked", "是否走完", "walked whole", 12, open=True, choices=tuple(WALKED.values())),
    WHO,
    NOTE,
)
LOOKUP_FIELDS = (
    NO,
    DISTRICT,
    Column("name", "单位名称", "name", 30),
    Column("unit_code", "单位代码", "unit code", 24),
    Column("address", "生产经营地址", "address", 34),
    Column("source_class", "源类", "source class", 16),
    Column("unit_id", "单位编号", "unit id", 23),
)


def list_forms(drawn: Drawn) -> tuple[Form, Form]:
    """Return the forms of the workbook that goes from the list to the field."""
    visits = [(kind, row) for kind, row in drawn.units if kind != EXCLUDED]
    left_out = [row for kind, row in drawn.units if kind == EXCLUDED]
    units = [_texts(row) | {NUMBER: str(n), "kind": KINDS[kind]} for n, (kind, row) in enumerate(visits, 1)]
    return Form(UNIT_SHEET, UNIT_FIELDS, units), Form(EXCLUDED_SHEET, EXCLUDED_FIELDS, _numbered(left_out))


def area_forms(districts: Sequence[Row]) -> tuple[Form, Form]:
    """Return the forms of the workbook that goes from the field to the list; every district has as many lines."""
    lines = lines_for(max((row["kept"] for row in districts), default=0))
    blank = [{"district": row["code"]} for row in districts for _ in range(lines)]
    names = [{"district": row["code"], "name": row["name"]} for row in districts]
    return Form(WALK_SHEET, WALK_FIELDS, _numbered(blank)), Form(DONE_SHEET, DONE_FIELDS, _numbered(names))


def lines_for(kept: int) -> int:
    """Return how many blank lines a district gets where the fullest has `kept` units: a step, no count.

    >>> [lines_for(kept) for kept in (0, 30, 31, 81)]
    [50, 50, 100, 200]
    """
    lines = LEAST_LINES
    while lines < kept + SPARE_LINES:
        lines *= 2
    return lines


def blind(design: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the design may go with those who walk: no count of units in the register."""
    districts = [{key: value for key, value in row.items() if key != "kept"} for row in design["districts"]]
    return {key: value for key, value in design.items() if key not in COUNTS} | {"districts": districts}


def is_blind(design: Mapping[str, Any]) -> bool:
    """Say whether a design is one without counts."""
    return not all(key in design for key in COUNTS)


def kept_in(frame: SamplingFrame, drawn: Drawn) -> list[Row]:
    """Return the kept units of the districts to walk, in the order of districts and ids."""
    walked = {row["code"] for row in drawn.districts}
    rows = [row for row in frame.units.to_pylist() if row["outcome"] == "unit" and row["district"] in walked]
    return sorted(rows, key=lambda row: (row["district"], row["unit_id"]))


def header(frame: SamplingFrame, drawn: Drawn, plan: Plan) -> dict[str, Any]:
    """Return what all workbooks and the score share: the register, the seed, the rules, the strata, the districts."""
    walk = sum(row["kept"] for row in drawn.districts)
    return {
        "census": frame.name,
        "reference_date": frame.reference_date,
        "register_head": frame.head,
        "sealed": frame.sealed,
        "seed": drawn.seed,
        "rules": plan.as_dict(),
        "townships": list(drawn.townships),
        "townships_in_all": len(frame.townships),
        "districts": [{key: row[key] for key in ("code", "name", "township", "kept")} for row in drawn.districts],
        "strata": [asdict(stratum) for stratum in drawn.strata],
        "walk": {
            "kept": walk,
            "shows": what_size_shows(walk, _kept(frame), plan.rules.limit_missed) if walk else None,
        },
    }


def _kept(frame: SamplingFrame) -> int:
    return int(pc.sum(frame.districts.column("kept")).as_py() or 0)


def write_sheets(to: Path, frame: SamplingFrame, drawn: Drawn, plan: Plan) -> tuple[Path, ...]:
    """Write the workbooks into `to`, all or none; raises as `hand_out`."""
    design = header(frame, drawn, plan)
    lookup = Form(LOOKUP_SHEET, LOOKUP_FIELDS, _numbered(kept_in(frame, drawn)))
    books = {LIST_BOOK: list_forms(drawn), AREA_BOOK: area_forms(drawn.districts), LOOKUP_BOOK: (lookup,)}
    title = f"{frame.name} 质量核查"

    def write(path: Path, book: str) -> None:
        shared = blind(design) if book == AREA_BOOK else design
        write_forms(path, title, books[book], hidden_texts(SCHEMA, shared | {"book": book}, _keys(books[book])))

    return hand_out(to, {book: partial(write, book=book) for book in books})


def _keys(forms: Sequence[Form]) -> list[dict[str, Any]]:
    """Return one key per row of every form: what is locked in it."""
    return [
        {"sheet": form.title, **{column.field: row.get(column.field, "") for column in form.columns if not column.open}}
        for form in forms
        for row in form.rows
    ]


def _numbered(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [_texts(row) | {NUMBER: str(number)} for number, row in enumerate(rows, 1)]


def _texts(row: Row) -> dict[str, str]:
    """Return the row as texts, the source class in words."""
    texts = {key: value for key, value in row.items() if isinstance(value, str)}
    if "source_class" in texts:
        texts["source_class"] = CLASS_WORDS.get(texts["source_class"], texts["source_class"])
    return texts
