"""Labels of codes in Chinese and English: the one table for terminal, page, document and workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Words = Mapping[str, tuple[str, str]]

LIST_KINDS: Words = {
    "business": ("工商登记", "business registry"),
    "tax": ("税务登记", "tax"),
    "permit": ("排污许可", "permits"),
    "other": ("其他名单", "other"),
    "field": ("现场核查", "the field"),
    "facts": ("现场核查记录", "facts of the field"),
}
OUTCOMES: Words = {
    "unit": ("纳入普查单位", "kept as a unit"),
    "duplicate": ("重复（并入）", "duplicates, merged"),
    "out_of_scope": ("不在普查范围", "out of scope"),
    "closed": ("已关闭", "closed"),
    "not_found": ("现场未找到", "not found in the field"),
    "rejected": ("无效记录", "set aside"),
}
ROW_ACCOUNT: Words = {
    "entries": ("名单行数", "rows"),
    "units": ("纳入普查单位", "kept units"),
    "duplicates": ("重复行", "duplicate rows"),
    "out_of_scope_rows": ("不在普查范围的行", "rows out of scope"),
    "closed_rows": ("已关闭的行", "rows closed"),
    "not_found_rows": ("现场未找到的行", "rows not found"),
}
METHODS: Words = {
    "inside": ("坐标在小区内", "point inside"),
    "boundary": ("坐标在边界上", "point on a border"),
    "nearest": ("归最近小区", "nearest district"),
    "declared": ("申报小区定位", "by declared code"),
    "unplaced": ("未定位", "in no district"),
}
STATUSES: Words = {
    "proven": ("已证明", "proven"),
    "not proven": ("未证明", "not proven"),
    "undecided": ("无法判定", "undecided"),
    "estimated": ("估计值", "estimated"),
    "not estimable": ("不可估计", "not estimable"),
}
STATEMENTS: Words = {
    "accounted": ("逐条核对", "Accounted"),
    "tiled": ("普查小区边界无缝隙、无重叠", "Tiled"),
    "complete": ("完整性评估", "Complete"),
}
WEIGHTS: Words = {"error": ("必须处理", "must"), "warning": ("应当处理", "should"), "notice": ("提示", "note")}
WEIGHT_HEADINGS: Words = {
    "error": ("必须处理：结论因此不成立", "Must be dealt with: a statement fails"),
    "warning": ("应当处理：需有人核对", "Should be dealt with: somebody has to look"),
    "notice": ("提示", "Note"),
}
LEVELS: Words = {
    "all": ("全部", "whole"),
    "province": ("省级", "provinces"),
    "city": ("地级", "cities"),
    "county": ("县级", "counties"),
    "township": ("乡级", "townships"),
    "village": ("村级", "villages"),
    "district": ("普查小区", "districts"),
    "exception": ("未定位类", "exception classes"),
}
SOURCE_CLASSES: Words = {
    "industry": ("工业源", "industry"),
    "livestock": ("畜禽养殖", "livestock"),
    "centralised": ("集中式治理设施", "centralised facilities"),
    "boiler": ("生活源锅炉", "boilers"),
    "outlet": ("入河(海)排污口", "outlets"),
    "radioactive_mineral": ("伴生放射性矿", "radioactive minerals"),
    "other": ("其他", "other"),
    "unknown": ("未知", "unknown"),
}
STRATA: Words = {"class": ("源类", "source class"), "county": ("县级", "county"), "township": ("乡级", "township")}
FAULT_KINDS: Words = {
    "overlap": ("重叠", "overlap"),
    "gap": ("缝隙", "gap"),
    "spill": ("越界", "spill"),
    "mismatch": ("边界顶点不一致", "edges differ"),
    "invalid": ("面无效", "invalid polygon"),
    "undecided": ("无法判定", "undecided"),
}
SEVERITIES: Words = {"serious": ("超过容差", "serious"), "sliver": ("容差以内", "within tolerance")}
PRECISIONS: Words = {
    "1": ("≤ 1 米", "≤ 1 m"),
    "10": ("≤ 10 米", "≤ 10 m"),
    "100": ("≤ 100 米", "≤ 100 m"),
    "1000": ("≤ 1 公里", "≤ 1 km"),
    "more": ("> 1 公里", "> 1 km"),
    "none": ("无坐标", "no coordinate"),
}
HOLDS: Words = {
    "holds": ("成立", "holds"),
    "fails": ("不成立", "fails"),
    "unknown": ("未知", "unknown"),
}
BASES: Words = {
    "stated": ("普查配置注明", "stated in the census file"),
    "evidence": ("由申报小区检验得出", "shown by the declared districts"),
    "none": ("无坐标", "no coordinate"),
}
RELATIONS: Words = {
    "same_site": ("同一场所", "same site"),
    "same_legal": ("同一法人的不同场所", "two sites of one legal unit"),
    "different": ("不同单位", "different units"),
}
VERDICTS: Words = {
    "link": ("认定", "accepted"),
    "review": ("待人工判定", "waits for a clerk"),
    "no_link": ("不认定", "not accepted"),
}
OUTLYING: Words = {
    "density": ("每平方公里单位", "units per km²"),
    "one_list_share": ("仅一份名单", "on one list only"),
    "out_of_scope_share": ("不在范围", "out of scope"),
}
LINK_LEVELS: Words = {"site": ("同一场所", "one site"), "legal": ("同一法人", "one legal unit")}
SECTIONS: Words = {
    "next": ("一、问题清单与处理意见", "1 Findings and what to do"),
    "accounting": ("二、逐行账目", "2 Accounting"),
    "areas": ("三、分级汇总", "3 By area"),
    "territory": ("四、小区图层", "4 Territory"),
    "placement": ("五、空间定位", "5 Placement"),
    "completeness": ("六、完整性评估", "6 Completeness"),
    "linkage": ("七、匹配质量", "7 Linkage quality"),
    "inputs": ("八、输入", "8 Inputs"),
    "method": ("九、方法与规则", "9 Method and rules"),
    "rollup": ("附：汇总的名录", "Registers rolled up"),
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
FINDING_SECTIONS: Mapping[str, str] = {
    "TERRITORY_SERIOUS": "territory",
    "TERRITORY_SLIVER": "territory",
    "TERRITORY_UNDECIDED": "territory",
    "TERRITORY_EDGE": "territory",
    "DISTRICT_CODES": "territory",
    "PLACED_TWICE": "placement",
    "UNITS_UNPLACED": "placement",
    "UNITS_NEAREST": "placement",
    "DECLARED_DIFFERS": "placement",
    "NAME_DIFFERS": "placement",
    "CLAIMED_TWICE": "rollup",
    "AUDIT_FAILED": "rollup",
    "PAIRS_TO_REVIEW": "linkage",
    "PAIRS_UNCOMPARED": "linkage",
    "DECISIONS_LOST": "linkage",
    "FIELD_LOST": "accounting",
    "ROWS_REJECTED": "accounting",
    "VALUES_SET_ASIDE": "inputs",
    "VALUES_REMARKED": "inputs",
    "DATUM_CONTRADICTED": "inputs",
    "CLOSED_CONTRADICTED": "accounting",
    "INPUT_EMPTY": "inputs",
    "LISTS_REPEATED": "inputs",
    "SHEETS_UNREAD": "inputs",
    "INPUT_HIDDEN_PARTS": "inputs",
    "INPUT_NOT_ATTESTED": "inputs",
    "DISTRICTS_EMPTY": "areas",
    "DISTRICTS_OVER_LIMIT": "areas",
    "DISTRICTS_OUTLYING": "areas",
}
"""Where the page says more about a finding."""


DECIDED: Mapping[str, tuple[str, str]] = {
    "lines": ("判定文件行数", "lines decided"),
    "same_site": ("同一单位", "one unit"),
    "same_legal": ("同一法人不同场所", "one legal unit, two sites"),
    "different": ("不同单位", "different units"),
    "undecided": ("待定", "undecided"),
    "undone": ("已撤销", "taken back"),
    "lost": ("条目已找不到", "entries no longer found"),
}
"""What clerks decided, as roll-ups add it up."""
FOUND: Mapping[str, tuple[str, str]] = {
    "confirmed": ("现场确认", "confirmed in the field"),
    "corrected": ("更正", "corrected"),
    "closed": ("关闭", "closed"),
    "not_found": ("现场未找到", "not found"),
    "moved": ("迁出小区", "moved"),
    "duplicate": ("重复", "duplicates"),
    "new": ("新增", "new"),
}
CHECKED: Mapping[str, tuple[str, str]] = {
    "accept": ("通过", "accepted"),
    "recheck": ("须复查", "to be checked again"),
    "undecided": ("未定", "undecided"),
    "none": ("无", "none"),
}
FORCED = ("强制汇总：部分县名录审核未通过", "Rolled up by force: registers failed their audit")
"""What every page of a forced roll-up says."""


def call(words: Words, key: str) -> tuple[str, str]:
    """Return what `key` is called; a key without words is called by its own name."""
    return words.get(key, (key, key))


def date(iso: str) -> tuple[str, str]:
    """Return a date as each language writes it.

    >>> date("2027-12-31")
    ('2027年12月31日', '31 December 2027')
    """
    year, month, day = (int(part) for part in iso.split("-"))
    return f"{year}年{month}月{day}日", f"{day} {MONTHS[month - 1]} {year}"


def model(name: str) -> tuple[str, str]:
    """Return what a log-linear model is called; its dependent pairs say themselves.

    >>> model("independence"), model("[12]")
    (('独立', 'independence'), ('[12]', '[12]'))
    """
    return {"independence": "独立"}.get(name, name), name


def call_lists(names: Sequence[str], joint: str = " + ") -> tuple[str, str]:
    """Return what lists are called; a list with a name of its own keeps it.

    >>> call_lists(["tax", "电力"])
    ('税务登记 + 电力', 'tax + 电力')
    """
    pairs = [call(LIST_KINDS, name) for name in names]
    return joint.join(zh for zh, _ in pairs), joint.join(en for _, en in pairs)


def below_seen(completeness: Mapping[str, Any]) -> tuple[str, str] | None:
    """Report that two-list estimates lie below what the lists show together, if any does: then they can't be right."""
    seen = completeness["seen"]
    below = [pair for pair in completeness["pairs"] if pair.get("estimate", {"units": seen})["units"] < seen]
    if not below:
        return None
    zh = f"其中 {len(below)} 个两名单估计低于名单已见的 {seen:,} 个单位，不能成立：这两份名单覆盖情况相近（正相关）。"
    en = (
        f"{len(below)} of the two-list estimates lie below the {seen:,} units that are seen: they can't be right, "
        "as those two lists see and miss the same units."
    )
    return zh, en
