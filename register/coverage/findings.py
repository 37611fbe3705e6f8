"""The findings a report can raise: code, weight, what it says and what to do, in both languages.

The table stands in the order of importance; reports keep it inside each weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ERROR, WARNING, NOTICE = "error", "warning", "notice"
WEIGHTS = (ERROR, WARNING, NOTICE)


class Finding(NamedTuple):
    """One kind of finding.  `{n}` in the texts is its count."""

    weight: str
    """error: a statement of the verdict fails; warning: somebody must look; notice: good to know."""
    zh: str
    en: str
    do_zh: str
    do_en: str


FINDINGS: Mapping[str, Finding] = {
    "AUDIT_FAILED": Finding(
        ERROR,
        "{n} 份名录审核未通过，被强制汇总",
        "{n} registers failed their audit and were rolled up by force",
        "退回更正、重新封存并核查后再汇总",
        "have them corrected, sealed and checked again, then roll up anew",
    ),
    "TERRITORY_SERIOUS": Finding(
        ERROR,
        "{n} 处小区图层问题超过容差（重叠、缝隙、越界等）",
        "{n} faults of the district layer above tolerance (overlap, gap, spill ...)",
        "打开 register.gpkg 的 faults 图层，逐处修正边界后重新检验",
        "open the layer faults in register.gpkg, correct the borders and check again",
    ),
    "TERRITORY_UNDECIDED": Finding(
        ERROR,
        "小区图层无法得出结论（{n} 处）",
        "the district layer could not be decided in {n} places",
        "先修正无效和无法判定的面，再重新检验",
        "correct the polygons named invalid or undecided, then check again",
    ),
    "DATUM_CONTRADICTED": Finding(
        ERROR,
        "{n} 份名单注明的坐标系与其申报小区所示不符，其空间定位不可信",
        "{n} lists state a datum that their own declared districts contradict: their placements can't be trusted",
        "核对报告第八节的证据，更正普查配置中的坐标系后重新生成",
        "look at the evidence in section 8, correct crs in the census file and build again",
    ),
    "PLACED_TWICE": Finding(
        ERROR,
        "{n} 个单位落在重叠的小区内，无法唯一归属",
        "{n} units lie where districts overlap and belong to no single one",
        "修正重叠的小区边界",
        "correct the overlapping districts",
    ),
    "CLOSED_CONTRADICTED": Finding(
        WARNING,
        "{n} 个单位按一份名单已关闭，另一份名单却载明在运行",
        "{n} units are closed by one list and at work by another",
        "逐个核实是否仍在生产；在产的用现场核查表改回",
        "find out whether they still work; correct those that do with the field sheets",
    ),
    "LISTS_REPEATED": Finding(
        WARNING,
        "{n} 份名单与另一份名单的行相同（同一名单另存），只算一个来源",
        "lists that are another list saved again, row by row: {n}; they count as one source",
        "从普查配置中去掉重复的一份",
        "take one of the two out of the census file",
    ),
    "INPUT_EMPTY": Finding(
        WARNING,
        "{n} 份输入没有一行数据",
        "{n} inputs hold no row of data",
        "确认该名单确实为空，否则请重新索取",
        "make sure that the list is empty indeed, else ask for it again",
    ),
    "SHEETS_UNREAD": Finding(
        WARNING,
        "{n} 个工作表未读取（隐藏，或没有可识别的表头）：其中的行不在账内",
        "{n} sheets were not read (hidden, or without a heading that is known): their rows are in no account",
        "见报告第八节；确属名单的，在普查配置中补列该工作表后重新生成",
        "see section 8; give a sheet that belongs to a list a [[lists]] of its own with `sheet`, and build again",
    ),
    "INPUT_HIDDEN_PARTS": Finding(
        WARNING,
        "输入表格有 {n} 处须核对：隐藏的行或列、合并单元格、没有结果的公式、疑似未识别的列名",
        "{n} things in the input tables want a look: hidden rows or columns, merged cells, formulas without a value, "
        "headings that only look like a field",
        "见报告第八节各输入的说明；核对原表，必要时更正后重新生成",
        "see the remarks on each input in section 8; compare the original, correct it where needed, build again",
    ),
    "TERRITORY_EDGE": Finding(
        WARNING,
        "未提供上级区域，外边界未经证明",
        "no parent area was given: the outer edge is not proven",
        "在普查配置中补充上级区域图层",
        "add [parent] to the census file",
    ),
    "TERRITORY_SLIVER": Finding(
        WARNING,
        "{n} 处图层问题在容差以内（细小缝隙或重叠，或边界顶点不一致而无面积）",
        "{n} faults within tolerance (slivers of gap or overlap, or borders whose vertices differ, without area)",
        "多为数字化误差；入库前宜一并修正",
        "mostly digitising errors; correct them before the layer is final",
    ),
    "DISTRICT_CODES": Finding(
        WARNING,
        "小区代码有 {n} 处问题（缺失、重复、长度或上级不符等）",
        "{n} findings about district codes (missing, duplicate, wrong length or parent ...)",
        "用 minglu check 查看并修正",
        "see minglu check, and correct them",
    ),
    "NAME_DIFFERS": Finding(
        WARNING,
        "{n} 个纳入普查单位的坐标与其地址所述区域不一致",
        "{n} kept units have coordinates outside the area that their address names",
        "见 register.xlsx “名录”的“定位说明”列；核对坐标或地址",
        "see the column placement note of the units in register.xlsx; check coordinates or address",
    ),
    "UNITS_UNPLACED": Finding(
        WARNING,
        "{n} 个纳入普查单位未能落入任何小区",
        "{n} kept units could be placed in no district",
        "见 register.xlsx 的“名录”（定位方式为“未定位”）；补充经纬度或小区代码",
        "filter the first sheet of register.xlsx by the way of placing; supply coordinates or a district code",
    ),
    "CLAIMED_TWICE": Finding(
        WARNING,
        "{n} 对单位可能被两个县重复计入",
        "{n} pairs of units may be one unit that two counties both count",
        "由共同的上级普查办核定归属（tables/claims.parquet），由不再计入的县重新生成并封存",
        "the office above both settles which county has it (tables/claims.parquet); the other builds and seals again",
    ),
    "PAIRS_TO_REVIEW": Finding(
        WARNING,
        "{n} 对记录可能为同一单位，待人工判定",
        "{n} pairs of entries may be one unit and wait for a clerk",
        "在 review.xlsx 中逐对判定",
        "judge them one by one in review.xlsx",
    ),
    "DECISIONS_LOST": Finding(
        WARNING,
        "{n} 条人工判定所涉条目在现有名单中找不到，未起作用",
        "{n} decisions are about entries that today's lists don't hold; they took no effect",
        "见数据表 tables/decisions.parquet；核对后撤销或重新判定",
        "see state = lost in tables/decisions.parquet; undo them or decide again",
    ),
    "FIELD_LOST": Finding(
        WARNING,
        "{n} 条现场核查记录所涉单位在现有名单中找不到，未起作用",
        "{n} facts of the field are about units that today's lists don't hold; they took no effect",
        "见数据表 tables/field_facts.parquet；核对后撤销或重新核查",
        "see state = lost in tables/field_facts.parquet; undo them or visit again",
    ),
    "DECLARED_DIFFERS": Finding(
        WARNING,
        "{n} 个纳入普查单位的坐标与申报小区不一致",
        "{n} kept units have coordinates outside the district they declare",
        "见 register.xlsx 的“待核对”；核对坐标与申报代码",
        "see the sheet to check (待核对) in register.xlsx; check coordinates and declared code",
    ),
    "UNITS_NEAREST": Finding(
        WARNING,
        "{n} 个纳入普查单位落在小区之外，暂归最近小区",
        "{n} kept units lie outside every district and went to the nearest",
        "见 register.xlsx 的“待核对”；核对坐标",
        "see the sheet to check (待核对) in register.xlsx; check the coordinates",
    ),
    "ROWS_REJECTED": Finding(
        WARNING,
        "{n} 行判为无效记录（附原因）",
        "{n} rows were set aside, each with a code and a reason",
        "见 register.xlsx 的“无效记录”",
        "see the sheet rejects (无效记录) in register.xlsx",
    ),
    "VALUES_SET_ASIDE": Finding(
        WARNING,
        "{n} 个值有误而未采用（行仍保留）",
        "{n} values were wrong and not used (their rows were kept)",
        "见 register.xlsx 的“问题值”；代码列应设为文本后重新导出",
        "see the sheet values (问题值) in register.xlsx; format code columns as text and export again",
    ),
    "VALUES_REMARKED": Finding(
        NOTICE,
        "{n} 个值加注后仍采用（更正、原样保留或降低权重）",
        "{n} values are used with a remark (put right, kept as they are, or with less weight)",
        "见 register.xlsx 的“问题值”",
        "see the sheet values (问题值) in register.xlsx",
    ),
    "PAIRS_UNCOMPARED": Finding(
        WARNING,
        "至多 {n} 对条目未比较：两条只共有过多行共有的值（电话、门牌、坐标格等）",
        "at most {n} pairs were not compared: they share only values that too many rows have (a telephone, a map cell)",
        "补充代码或地址可缩小候选组",
        "see tables/uncompared.parquet; more codes or addresses make blocks smaller",
    ),
    "DISTRICTS_EMPTY": Finding(
        NOTICE,
        "{n} 个小区没有纳入普查单位（隐去小值的小区不计）",
        "districts without a kept unit, small hidden counts apart: {n}",
        "现场确认确无单位",
        "confirm on the ground that there is none",
    ),
    "DISTRICTS_OVER_LIMIT": Finding(
        NOTICE,
        "{n} 个小区的单位数超过工作量上限（隐去数值的小区不计）",
        "districts above the workload limit, hidden counts apart: {n}",
        "考虑拆分小区",
        "consider splitting them",
    ),
    "DISTRICTS_OUTLYING": Finding(
        NOTICE,
        "{n} 个小区的单位密度、仅一份名单占比或不在范围占比异常",
        "districts far out of line in density, one-list share or out-of-scope share: {n}",
        "见报告第三节，自最远者查起；可能是漏查、错位或真实差异",
        "see section 3, worst first: omissions, wrong places, or a true difference",
    ),
    "INPUT_NOT_ATTESTED": Finding(
        NOTICE,
        "{n} 份输入报送部门未提供校验信息（校验值或行数）",
        "{n} inputs are not attested by their sender (no sha256 and row count)",
        "请报送部门提供文件校验值（SHA-256）与行数，填入普查配置",
        "ask the sender for sha256 and rows and put them into the census file",
    ),
}
