"""What a person sees in a sheet and a reader of values does not, in words: hidden parts, merged cells, errors."""

from __future__ import annotations

from collections.abc import Iterator

from minglu.common.bilingual import Bilingual
from minglu.register.sources.header import Layout
from minglu.register.sources.workbooks.sandbox import Traits


def describe_traits(traits: Traits, layout: Layout, filled: int) -> Iterator[Bilingual]:
    """Yield one remark for each thing that a reader of the sheet should know; `filled` cells came from merged ones."""
    hidden = [row for row in traits.hidden_rows if row > layout.header_row]
    if hidden:
        why_zh, why_en = ("筛选后", "filtered out") if traits.filtered else ("", "hidden")
        yield Bilingual(
            f"有 {len(hidden)} 行{why_zh}被隐藏（首行为第 {hidden[0]} 行），已与其他行同样读取",
            f"{len(hidden)} rows are {why_en} (the first is row {hidden[0]}); they are read like all others",
        )
    named = [_heading(layout, column) for column in traits.hidden_columns if column < layout.named]
    if named:
        yield Bilingual(
            f"隐藏的列：{'、'.join(named)}；已与其他列同样读取",
            f"hidden columns: {', '.join(named)}; they are read like all others",
        )
    if filled:
        yield Bilingual(
            f"合并单元格：{filled} 个空白单元格已按显示内容补齐",
            f"merged cells: {filled} blank cells were filled with what the sheet shows",
        )
    if traits.formulas:
        yield Bilingual(
            f"{traits.formulas} 个单元格的公式没有计算结果；请用 Excel 或 WPS 打开并保存后再用",
            f"{traits.formulas} cells hold formulas without a value; open and save the workbook in Excel or WPS",
        )
    if traits.errors:
        yield Bilingual(
            f"{traits.errors} 个单元格显示公式错误（如 #N/A）；请更正公式后重新保存",
            f"{traits.errors} cells show a formula's error such as #N/A; correct the formulas and save again",
        )


def _heading(layout: Layout, column: int) -> str:
    return layout.headings[column] or f"#{column + 1}"
