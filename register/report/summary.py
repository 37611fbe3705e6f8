"""report.docx: the official summary in Chinese, with the tables an office needs.  Every figure is in coverage.json."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from minglu.register.report import words
from minglu.register.report.run import Run
from minglu.register.report.texts import plain_text
from minglu.register.report.zipped import write_still
from minglu.register.verifier import in_words

Json = Mapping[str, Any]

# Fonts of official documents (GB/T 9704); each is on Windows, and WPS and Word know what to put in their place.
TITLE, BODY, HEADING, LATIN = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
BODY_PT, TABLE_PT, TITLE_PT = 16, 10.5, 22
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
MOST_FINDINGS = 12


def write_summary(run: Run, path: Path) -> None:
    """Write the summary at `path`."""
    content = run.coverage
    document = _empty_document(content["census"]["name"])
    if content.get("rollup", {}).get("forced"):
        document.sections[0].header.paragraphs[0].text = "强制汇总：部分县名录审核未通过"
    _add_title(document, f"{content['census']['name']}覆盖情况报告")
    _add_text(document, f"（普查时点：{content['census']['reference_date']}）", centred=True)
    _add_heading(document, "一、总体结论")
    for statement in content["verdict"].values():
        _add_text(document, statement["zh"])
    _add_accounts(document, content["accounting"])
    _add_territory(document, content)
    _add_completeness(document, content["completeness"])
    _add_findings(document, content["findings"])
    _add_method(document, content)
    _add_text(document, f"名录指纹：{in_words(run.head)}")
    document.core_properties.identifier = run.head
    buffer = io.BytesIO()
    document.save(buffer)
    write_still(path, buffer.getvalue())


def _add_accounts(document: Any, accounting: Json) -> None:
    _add_heading(document, "二、名单处理情况")
    _add_text(document, "各名单读入行数与处理结果逐行对平，情况如下表。")
    header = ["名单", "读入行数", *(zh for zh, _ in words.OUTCOMES.values())]
    rows = [
        [_list_name(row), row["rows"], *(row[outcome] for outcome in words.OUTCOMES)] for row in accounting["lists"]
    ]
    rows.append(["合计", accounting["rows"], *(accounting["outcomes"][outcome] for outcome in words.OUTCOMES)])
    _add_table(document, "表1  名单处理情况（行）", header, rows)
    classes = [[words.call(words.SOURCE_CLASSES, key)[0], n] for key, n in accounting["source_classes"].items()]
    _add_table(document, "表2  在册单位按源类", ["源类", "单位数"], classes)


def _list_name(row: Json) -> str:
    known = words.LIST_KINDS.get(row["list"])
    return known[0] if known else row["list"]


def _add_territory(document: Any, content: Json) -> None:
    _add_heading(document, "三、普查小区与落点")
    territory, methods = content["territory"], content["placement"]["methods"]
    _add_text(document, content["verdict"]["tiled"]["zh"])
    if territory["faults"]:
        faults = [
            [words.call(words.FAULT_KINDS, row["kind"])[0], words.call(words.SEVERITIES, row["severity"])[0], row["n"]]
            for row in territory["faults"]
        ]
        _add_table(document, "表3  小区图层问题", ["类型", "程度", "处数"], faults)
    rows = [[words.METHODS[method][0], n] for method, n in methods.items()]
    rows.append(["合计", content["placement"]["units"]])
    _add_table(document, "表4  在册单位落点方式", ["落点方式", "单位数"], rows)


def _add_completeness(document: Any, completeness: Json) -> None:
    _add_heading(document, "四、是否齐全")
    if completeness["status"] != "estimated":
        _add_text(document, f"名单之外的单位数不可估计：{completeness['reason']['zh']}。")
    else:
        _add_text(document, "以下均为估计值，须连同区间引用，不得单独引用。")
        rows = [["模型加权平均", *_spread(completeness["estimate"])]]
        if "estimate" in completeness["sample_coverage"]:
            rows.append(["样本覆盖率法", *_spread(completeness["sample_coverage"]["estimate"])])
        if "estimate" in completeness["chao_bound"]:
            rows.append(["Chao 下限", *_spread(completeness["chao_bound"]["estimate"])])
        rows += [
            ["两名单法 " + words.call_lists(pair["lists"], "、")[0], *_spread(pair["estimate"])]
            for pair in completeness["pairs"]
            if "estimate" in pair
        ]
        _add_table(document, "表5  单位总数估计", ["方法", "估计值", "95% 区间"], rows)
    for assumption in completeness["assumptions"]:
        _add_text(document, assumption["zh"])


def _spread(estimate: Json) -> list[str]:
    return [f"{estimate['units']:,.0f}", f"{estimate['low']:,.0f}–{estimate['high']:,.0f}"]


def _add_findings(document: Any, findings: Sequence[Json]) -> None:
    _add_heading(document, "五、问题与建议")
    rows = [[words.call(words.WEIGHTS, row["weight"])[0], row["zh"], row["do_zh"]] for row in findings[:MOST_FINDINGS]]
    if rows:
        _add_table(document, "表6  问题与建议", ["级别", "问题", "建议"], rows, (18, 68, 70))
    else:
        _add_text(document, "未发现问题。")


def _add_method(document: Any, content: Json) -> None:
    _add_heading(document, "六、输入与方法")
    rows = [
        [row["file"], row["rows"], "是" if row["attested"] else "否", row["sha256"][:16] + "…"]
        for row in content["inputs"]
    ]
    _add_table(
        document, "表7  输入文件", ["文件", "数据行数", "经发送方证明", "SHA-256（前 16 位）"], rows, (48, 26, 30, 52)
    )
    method = content["method"]
    _add_text(
        document,
        f"本报告由 minglu {method['minglu']} 依规则包 {method['rules']}（版本 {method['rules_version']}）生成，"
        "相同的输入与规则得到相同的结果。少于 3 个单位的分区数字不予公布。",
    )


def _empty_document(title: str) -> Any:
    """Return an A4 document with the margins and fonts of official papers, and no clock in it."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plain_text(title), "minglu", ""
    properties.created = properties.modified = NO_CLOCK
    properties.language = "zh-CN"
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = document.styles["Normal"]
    style.font.size = Pt(BODY_PT)
    _set_fonts(style.element.get_or_add_rPr(), BODY)
    style.paragraph_format.line_spacing = Pt(28)
    style.paragraph_format.space_after = Pt(0)
    return document


def _set_fonts(properties: Any, chinese: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for kind, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", chinese), ("cs", LATIN)):
        fonts.set(qn(f"w:{kind}"), name)
    language = properties.makeelement(qn("w:lang"), {qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})
    properties.append(language)


def _add_run(paragraph: Any, text: object, chinese: str, size: float, *, bold: bool = False) -> None:
    shown = f"{text:,}" if isinstance(text, int) else "·" if text is None else plain_text(str(text))
    run = paragraph.add_run(shown)
    run.font.size, run.font.bold = Pt(size), bold
    _set_fonts(run._element.get_or_add_rPr(), chinese)  # noqa: SLF001 -- the library has no door for East Asian fonts


def _add_title(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(34)
    _add_run(paragraph, text, TITLE, TITLE_PT)


def _add_heading(document: Any, text: str) -> None:
    paragraph = document.add_heading(level=1)
    paragraph.paragraph_format.space_before = Pt(12)
    _add_run(paragraph, text, HEADING, BODY_PT)
    paragraph.runs[0].font.color.rgb = None
    paragraph.style.font.color.rgb = None


def _add_text(document: Any, text: str, *, centred: bool = False) -> None:
    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    _add_run(paragraph, text, BODY, BODY_PT)


def _add_table(
    document: Any, title: str, header: Sequence[str], rows: Sequence[Sequence[object]], widths_mm: Sequence[int] = ()
) -> None:
    """Add a table under its title, the header repeated on every page; figures to the right unless widths are given."""
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(6)
    _add_run(caption, title, HEADING, 12)
    table = document.add_table(rows=0, cols=len(header), style="Table Grid")
    for number, row in enumerate([header, *rows]):
        cells = table.add_row().cells
        for column, (cell, value) in enumerate(zip(cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = 1.15
            if number and column and not widths_mm:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _add_run(paragraph, value, HEADING if number == 0 else BODY, TABLE_PT)
    for column, width in zip(table.columns, widths_mm, strict=False):
        for cell in column.cells:
            cell.width = Mm(width)
    table.autofit = not widths_mm
    repeat = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 -- the library has no door for repeated headers
    repeat.append(repeat.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
