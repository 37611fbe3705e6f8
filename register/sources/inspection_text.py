"""An inspection as lines of text in one language.  ASCII marks only, columns aligned for Chinese; counts nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from minglu.register.sources.inspect_file import ColumnCount, InputInspection, Inspection

TITLES = {
    "zh": ("字段", "列名", "有值", "空白", "受损", "无效", "问题"),
    "en": ("field", "heading", "filled", "blank", "damaged", "invalid", "faults"),
}
WORDS = {
    "zh": {
        "format": "格式",
        "encoding": "编码",
        "header": "表头所在行",
        "rows": "数据行",
        "blank": "空行",
        "rejected": "未采用行",
        "unknown": "未使用的列",
        "withheld": "不保存的个人信息列",
        "skipped": "未读的工作表",
        "signal": "提示",
    },
    "en": {
        "format": "format",
        "encoding": "encoding",
        "header": "header row",
        "rows": "data rows",
        "blank": "blank rows",
        "rejected": "rows set aside",
        "unknown": "unused columns",
        "withheld": "personal columns, not kept",
        "skipped": "sheets not read",
        "signal": "note",
    },
}


def inspection_lines(inspection: Inspection, language: str) -> tuple[str, ...]:
    """Return the lines to print, in "zh" or "en"."""
    return tuple(line for part in inspection.inputs for line in _input_lines(part, language))


def _input_lines(part: InputInspection, language: str) -> list[str]:
    report, words = part.report, WORDS[language]
    where = f"{report.file} [{report.sheet}]" if report.sheet else report.file
    rejects = ", ".join(f"{code} {count}" for code, count in part.rejects.items())
    facts = [
        ("format", report.format),
        ("encoding", report.encoding),
        ("header", str(report.header_row) if report.header_row else ""),
        ("rows", str(report.rows)),
        ("blank", str(report.blank_rows)),
        ("rejected", rejects or "0"),
        ("unknown", ", ".join(report.unknown)),
        ("withheld", ", ".join(report.withheld)),
        ("skipped", "; ".join(text.of(language) for text in report.skipped_sheets)),
        *(("signal", text.of(language)) for text in report.signals),
    ]
    lines = [where, *(f"  {words[key]}: {text}" for key, text in facts if text)]
    return [*lines, "", *_table(part.columns, language), ""]


def _table(columns: Sequence[ColumnCount], language: str) -> list[str]:
    body = [
        (
            column.field,
            column.heading,
            str(column.filled),
            str(column.blank),
            str(column.damaged),
            str(column.invalid),
            ", ".join(f"{code} {count}" for code, count in column.faults.items()),
        )
        for column in columns
    ]
    table = [TITLES[language], *body]
    widths = [max(shown_width(row[at]) for row in table) for at in range(len(TITLES[language]))]
    return ["  " + "  ".join(_padded(row, widths)).rstrip() for row in table]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Align text to the left and the four counts to the right."""
    fills = [" " * (width - shown_width(text)) for text, width in zip(row, widths, strict=True)]
    return [
        fill + text if 2 <= at <= 5 else text + fill for at, (text, fill) in enumerate(zip(row, fills, strict=True))
    ]


def shown_width(text: str) -> int:
    """Return how many terminal cells a text takes: a Chinese character takes two.

    >>> shown_width("名录 ab")
    7
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
