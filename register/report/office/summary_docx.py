"""report.docx: the official summary in Chinese, with the tables an office needs.  Every figure is in coverage.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from minglu.register.language import code_labels
from minglu.register.report.finished_run import Run
from minglu.register.report.office.official_paper import (
    add_front,
    add_heading,
    add_signature,
    add_table,
    add_text,
    add_title,
    empty_document,
    write_document,
)
from minglu.register.storage.archive_verifier import in_words

Json = Mapping[str, Any]

MOST_FINDINGS = 12
DUPLICATES = ("DUPLICATE_SAME_LIST", "DUPLICATE_OTHER_LIST")
ESTIMATE, ESTIMATE_MM = ("方法", "估计值", "95% 区间"), (80, 30, 46)
NOT_ESTIMABLE = ("不可估计", "—")
LINKAGE = ("precision", "precision_bound", "recall", "recall_bound")
MOST_AREAS = 60
"""So many areas fit on two pages; the page and the workbook have all of them."""


def write_summary(run: Run, path: Path) -> None:
    """Write the summary at `path`."""
    content = run.coverage
    document = empty_document(content["census"]["name"])
    if content.get("rollup", {}).get("forced"):
        document.sections[0].header.paragraphs[0].text = code_labels.FORCED[0]
    add_front(document)
    add_title(document, f"{content['census']['name']}覆盖情况报告")
    add_text(document, f"（普查时点：{code_labels.date(content['census']['reference_date'])[0]}）", centred=True)
    add_heading(document, "一、总体结论")
    for statement in content["verdict"].values():
        add_text(document, statement["zh"])
    _add_findings(document, content["findings"])
    _add_accounts(document, content)
    _add_areas(document, content)
    _add_territory(document, content)
    _add_completeness(document, content["completeness"])
    _add_linkage(document, content["linkage"])
    _add_method(document, content)
    if "rollup" in content:
        _add_rollup(document, content["rollup"])
    add_text(document, f"名录校验码：{in_words(run.head)}")
    add_signature(document)
    document.core_properties.identifier = run.head
    write_document(path, document)


def _add_findings(document: Any, findings: Sequence[Json]) -> None:
    add_heading(document, "二、问题清单与处理意见")
    rows = [
        [code_labels.call(code_labels.WEIGHTS, row["weight"])[0], row["zh"], row["do_zh"]]
        for row in findings[:MOST_FINDINGS]
    ]
    if rows:
        add_table(document, "问题清单与处理意见", ["级别", "问题", "处理意见"], rows, (18, 68, 70))
    else:
        add_text(document, "未发现问题。")


def _add_accounts(document: Any, content: Json) -> None:
    accounting = content["accounting"]
    add_heading(document, "三、名单处理情况")
    add_text(document, "各名单读入行数与处理结果勾稽相符，情况如下表。")
    header = ["名单", "读入行数", *(zh for zh, _ in code_labels.OUTCOMES.values())]
    rows = [
        [_list_name(row["list"]), row["rows"], *(row[outcome] for outcome in code_labels.OUTCOMES)]
        for row in accounting["lists"]
    ]
    rows.append(["合计", accounting["rows"], *(accounting["outcomes"][outcome] for outcome in code_labels.OUTCOMES)])
    add_table(document, "名单处理情况（行）", header, rows, (28, 20, *[18] * len(code_labels.OUTCOMES)))
    repeats = [
        [_list_name(row["list"]), *(row["codes"].get(code, 0) for code in DUPLICATES)] for row in accounting["lists"]
    ]
    add_table(document, "重复行", ["名单", "名单内重复", "与其他名单重复"], repeats, (50, 44, 44))
    overlap = sorted(accounting["overlap"].items(), key=lambda item: (-item[1], item[0]))
    lists = [[code_labels.call_lists(joined.split("+"), "、")[0], units] for joined, units in overlap]
    add_table(document, "纳入普查单位所在名单（恰在这些名单上）", ["名单", "单位数"], lists, (100, 38))
    classes = [
        [code_labels.call(code_labels.SOURCE_CLASSES, key)[0], n] for key, n in accounting["source_classes"].items()
    ]
    add_table(document, "纳入普查单位按源类", ["源类", "单位数"], classes, (100, 38))
    crowds = [[row["units_at_one_address"], row["addresses"], row["units"]] for row in accounting["crowded_addresses"]]
    add_table(document, "一址多厂", ["同址单位数", "地址数", "单位数"], crowds, (50, 44, 44))


def _list_name(name: str) -> str:
    known = code_labels.LIST_KINDS.get(name)
    return known[0] if known else name


def _add_areas(document: Any, content: Json) -> None:
    """Add the areas of the lowest level that has few enough of them, and the districts far out of line."""
    add_heading(document, "四、分区情况")
    add_text(
        document,
        "各区名单行数 = 纳入普查 + 重复 + 不在范围 + 已关闭 + 现场未找到，"
        f"{content['area_sums']['areas']:,} 个区域勾稽相符。"
        f"“·”为不公布：少于 {content['limits']['smallest_printed_count']} 个，或可由此推算。",
    )
    by_level = {
        level: [row for row in content["areas"] if row["level"] == level] for level in ("township", "county", "city")
    }
    level, areas = next(((name, rows) for name, rows in by_level.items() if 0 < len(rows) <= MOST_AREAS), ("", []))
    header = ["代码", *(zh for zh, _ in code_labels.ROW_ACCOUNT.values()), "待核对"]
    rows = [[row["code"], *(row[name] for name in code_labels.ROW_ACCOUNT), row["to_check"]] for row in areas]
    if rows:
        add_table(document, f"{code_labels.LEVELS[level][0]}汇总", header, rows, (26, 18, 18, 18, 20, 20, 20, 16))
    outlying = [
        [row["code"], row["name"], code_labels.OUTLYING[row["figure"]][0], f"{row['score']:+.1f}"]
        for row in content["outliers"][:MOST_FINDINGS]
    ]
    if outlying:
        add_table(document, "指标异常的普查小区", ["小区代码", "名称", "指标", "偏离"], outlying, (40, 52, 40, 24))


def _add_territory(document: Any, content: Json) -> None:
    add_heading(document, "五、普查小区与空间定位")
    territory, placement = content["territory"], content["placement"]
    add_text(document, content["verdict"]["tiled"]["zh"])
    if territory["faults"]:
        faults = [
            [
                code_labels.call(code_labels.FAULT_KINDS, row["kind"])[0],
                code_labels.call(code_labels.SEVERITIES, row["severity"])[0],
                row["n"],
            ]
            for row in territory["faults"]
        ]
        add_table(document, "小区图层问题", ["类型", "程度", "处数"], faults, (50, 50, 38))
    rows = [[code_labels.METHODS[method][0], n] for method, n in placement["methods"].items()]
    rows.append(["合计", placement["units"]])
    add_table(document, "纳入普查单位定位方式", ["定位方式", "单位数"], rows, (100, 38))
    precision = [[code_labels.PRECISIONS[key][0], n] for key, n in placement["precision_m"].items()]
    add_table(document, "坐标精度", ["精度", "单位数"], precision, (100, 38))


ESTIMATORS = {
    "bayesian": "贝叶斯模型平均（可分解图）",
    "sample_coverage": "样本覆盖率法",
    "chao_bound": "Chao 下限",
}


def _add_completeness(document: Any, completeness: Json) -> None:
    add_heading(document, "六、完整性评估")
    if completeness["status"] != "estimated":
        add_text(document, f"名单之外的单位数不可估计：{completeness['reason']['zh']}。")
    else:
        add_text(document, "以下均为估计值，须连同区间引用，不得单独引用。")
        add_table(document, "单位总数估计", ESTIMATE, _estimates(completeness), ESTIMATE_MM)
        if below := code_labels.below_seen(completeness):
            add_text(document, below[0])
        models = [
            [
                f"模型 {code_labels.model(model['name'])[0]}",
                *_spread(model),
                "被否定" if model["rejected"] else "未被否定" if model["df"] else "饱和",
            ]
            for model in completeness["models"]
        ]
        add_table(document, "对数线性模型", [*ESTIMATE, "拟合"], models, (52, 30, 46, 28))
    thetas = [row for row in completeness["band"].get("thetas", []) if "estimate" in row]
    if thetas:
        rows = [[f"优势比 {row['theta']:g}", *_spread(row["estimate"])] for row in thetas]
        add_table(document, "两个来源若相关", ESTIMATE, rows, ESTIMATE_MM)
    corrected = completeness["linkage_corrected"]
    add_text(document, corrected["zh"])
    rows = [
        [code_labels.call_lists(pair["lists"], "、")[0], *_spread(pair["estimate"])]
        for pair in corrected.get("pairs", [])
        if "estimate" in pair
    ]
    if rows:
        add_table(document, "按匹配误差修正的估计", ESTIMATE, rows, ESTIMATE_MM)
    add_text(document, completeness["field_sample"]["zh"])
    held = [[code_labels.HOLDS[row["holds"]][0], row["zh"]] for row in completeness["assumptions"]]
    add_table(document, "前提与局限", ["此次", "前提及其后果"], held, (22, 134))


def _estimates(completeness: Json) -> list[list[object]]:
    rows: list[list[object]] = [[completeness["basis"]["zh"], *_spread(completeness["estimate"])]]
    for key, name in ESTIMATORS.items():
        found = completeness[key]
        rows.append([name, *(_spread(found["estimate"]) if "estimate" in found else NOT_ESTIMABLE)])
    for pair in completeness["pairs"]:
        name = "两名单法 " + code_labels.call_lists(pair["lists"], "、")[0]
        rows.append([name, *(_spread(pair["estimate"]) if "estimate" in pair else NOT_ESTIMABLE)])
    return rows


def _spread(estimate: Json) -> list[object]:
    return [round(estimate["units"]), f"{estimate['low']:,.0f}–{estimate['high']:,.0f}"]


def _add_linkage(document: Any, linkage: Json) -> None:
    add_heading(document, "七、匹配质量")
    quality = linkage["quality"]
    add_text(document, quality["zh"])
    add_text(document, linkage["visits"]["zh"])
    rows = [
        [code_labels.LINK_LEVELS[level][0], *(f"{found[name]:.2%}" for name in LINKAGE)]
        for level, found in quality.get("levels", {}).items()
        if found
    ]
    if rows:
        header = ["判定口径", "准确率", "可低至", "召回率", "可低至"]
        add_table(document, "匹配质量", header, rows, (44, 28, 28, 28, 28))


def _add_method(document: Any, content: Json) -> None:
    add_heading(document, "八、输入与方法")
    rows = [
        [row["file"], row["rows"], "是" if row["attested"] else "否", row["sha256"][:16] + "…"]
        for row in content["inputs"]
    ]
    header = ["文件", "数据行数", "报送部门校验信息", "SHA-256（前 16 位）"]
    add_table(document, "输入文件", header, rows, (48, 24, 28, 56))
    method = content["method"]
    add_text(
        document,
        f"本报告由 minglu {method['minglu']} 依规则包 {method['rules']}（版本 {method['rules_version']}）生成，"
        "相同的输入与规则得到相同的结果。",
    )


def _add_rollup(document: Any, rollup: Json) -> None:
    """Add the registers that were rolled up: their audit, and what people decided and found there."""
    add_heading(document, "附：汇总的名录")
    rows = [
        [
            county["key"],
            county["name"],
            county["rows"],
            county["units"],
            "；".join(failure["zh"] for failure in county["failures"]) or "通过",
            in_words(county["head"]),
        ]
        for county in rollup["counties"]
    ]
    header = ["编号", "名录", "行数", "纳入普查单位", "审核", "封存校验码"]
    add_table(document, "各名录及其审核", header, rows, (16, 28, 16, 18, 36, 42))
    for title, name, shown in (
        ("人工判定", "decisions", code_labels.DECIDED),
        ("现场核查记录", "field", code_labels.FOUND),
    ):
        parts = [(county["key"], county[name]) for county in rollup["counties"]]
        rows = [[key, *(part[field] for field in shown)] for key, part in [*parts, ("合计", rollup[name])]]
        widths = (23, *(19 for _ in shown))
        add_table(document, f"各名录的{title}", ["编号", *(zh for zh, _ in shown.values())], rows, widths)
