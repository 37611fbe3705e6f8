"""The columns of a field sheet, and which words may stand in them."""

from __future__ import annotations

from minglu.register.clerical.field_facts.fact_chain import ANSWERS
from minglu.register.clerical.form_columns import Column

SCHEMA = "minglu/sheets/1"
COMMAND = "sheets"
PAGE = "清查表 sheet"
BLANK_LINES = 15
"""Lines for units that are not on the sheet."""
NEW_MARK = "N"
"""Numbers of blank lines begin with it."""
NEW_WORD = "新增 new"
"""What stands for the unit id of a blank line."""
WORDS = {zh: answer for answer, (zh, _) in ANSWERS.items()}
STATUS_WORDS = ("运行", "停产", "关闭")
SEPARATORS = "；;\n"
"""Between the addresses of several other sites."""


KNOWN = (
    Column("no", "序号", "no.", 5),
    Column("name", "单位名称", "name", 18),
    Column("uscc", "统一社会信用代码", "USCC", 19),
    Column("site_address", "生产经营地址", "site address", 21),
    Column("industry", "行业", "industry", 11),
    Column("status", "已知状态", "status", 8),
    Column("district_code", "普查小区代码", "district", 15),
    Column("position", "经纬度", "position", 11),
)
RIGHT = (
    Column("name", "更正：单位名称", "right name", 16, open=True),
    Column("uscc", "更正：信用代码", "right USCC", 19, open=True),
    Column("site_address", "更正：生产经营地址", "right address", 18, open=True),
    Column("industry_code", "更正：行业代码", "right industry", 8, open=True),
    Column("status", "更正：运行状态", "right status", 8, open=True, choices=STATUS_WORDS),
    Column("measures", "更正：规模", "right size", 13, open=True),
    Column("lon", "更正：经度", "right longitude", 10, open=True),
    Column("lat", "更正：纬度", "right latitude", 10, open=True),
)
"""The field is the canonical one that is corrected, or stated for a new unit."""
OPEN = (
    Column("result", "核查结果", "result", 12, open=True, choices=tuple(WORDS)),
    Column("district", "所在或迁往小区代码", "district, where it moved", 15, open=True),
    Column("duplicate_of", "重复单位编号", "duplicate of (unit id)", 13, open=True),
    *(column._replace(field=f"right.{column.field}") for column in RIGHT),
    Column("other_sites", "其他场所地址", "other sites", 18, open=True),
    Column("note", "备注", "remark", 13, open=True),
    Column("enumerator", "核查员", "enumerator", 9, open=True),
)
LAST = (Column("unit_id", "单位编号", "unit id", 13),)
COLUMNS = (*KNOWN, *OPEN, *LAST)
SECOND_PAGE = len(KNOWN) + 3
"""The column with which the second printed page begins: what is to be corrected."""
