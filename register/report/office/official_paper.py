"""A paper in the style of Chinese offices (公文): fonts, margins, headings, numbered tables."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from minglu.register.language.safe_text import plain_text
from minglu.register.report.office.zip_container import write_still

# Fonts of official documents (GB/T 9704); each is on Windows, and WPS and Word know what to put in their place.
TITLE, BODY, HEADING, LATIN = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
BODY_PT, TABLE_PT, TITLE_PT, CAPTION_PT = 16, 10.5, 22, 12
TEXT_WIDTH_MM = 156
NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
NUMERIC = re.compile(r"[\d,.%–·+\-\s]+")


def empty_document(title: str) -> Any:
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
    _number_pages(section)
    return document


def write_document(path: Path, document: Any) -> None:
    """Write a document without a clock in its container."""
    content = io.BytesIO()
    document.save(content)
    write_still(path, content.getvalue())


def _number_pages(section: Any) -> None:
    """Put the number of the page between dashes at its foot, as official papers do."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_run(paragraph, "— ", BODY, CAPTION_PT)
    run = paragraph.add_run()
    run.font.size = Pt(CAPTION_PT)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = run._element.makeelement(qn("w:fldChar" if kind else "w:instrText"), {})  # noqa: SLF001 -- no call for fields
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text or None
        run._element.append(mark)  # noqa: SLF001 -- as above
    _add_run(paragraph, " —", BODY, CAPTION_PT)


def add_front(document: Any) -> None:
    """Add what an office fills in at the head: secrecy and number."""
    for words in ("密级：", "编号："):
        paragraph = document.add_paragraph()
        _add_run(paragraph, words + "\u3000" * 8, HEADING, CAPTION_PT)


def add_signature(document: Any) -> None:
    """Add what an office fills in at the end: who made and checked it, its seal and the day."""
    first = document.add_paragraph()
    first.paragraph_format.space_before = Pt(36)
    first.paragraph_format.keep_with_next = True
    _add_run(first, "编制人：" + "\u3000" * 6 + "审核人：" + "\u3000" * 6 + "负责人：", BODY, BODY_PT)
    for words in ("编制单位（盖章）：" + "\u3000" * 6, "\u3000\u3000年\u3000\u3000月\u3000\u3000日"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = True
        _add_run(paragraph, words, BODY, BODY_PT)


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
    _set_fonts(run._element.get_or_add_rPr(), chinese)  # noqa: SLF001 -- the library has no call for East Asian fonts


def add_title(document: Any, text: str) -> None:
    """Add the title of the paper."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(34)
    _add_run(paragraph, text, TITLE, TITLE_PT)


def add_heading(document: Any, text: str) -> None:
    """Add the heading of a section."""
    paragraph = document.add_heading(level=1)
    paragraph.paragraph_format.space_before = Pt(12)
    _add_run(paragraph, text, HEADING, BODY_PT)
    paragraph.runs[0].font.color.rgb = None
    paragraph.style.font.color.rgb = None


def add_text(document: Any, text: str, *, centred: bool = False) -> None:
    """Add a paragraph, its first line indented by two characters."""
    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    _add_run(paragraph, text, BODY, BODY_PT)


def add_table(
    document: Any, title: str, header: Sequence[str], rows: Sequence[Sequence[object]], widths_mm: Sequence[int]
) -> None:
    """Add a table under its title and its number, the header repeated on every page; numbers stand to the right.

    Widths are written on the grid and on every cell: Word believes the cells, WPS and LibreOffice the grid.
    """
    number = len(document.tables) + 1
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(6)
    _add_run(caption, f"表{number}  {title}", HEADING, CAPTION_PT)
    table = document.add_table(rows=0, cols=len(header), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for at, row in enumerate([header, *rows]):
        _fill(table.add_row(), row, widths_mm, head=at == 0)
    repeat = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 -- the library has no call for repeated headers
    repeat.append(repeat.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


def _fill(line: Any, values: Sequence[object], widths_mm: Sequence[int], *, head: bool) -> None:
    """Fill a row of a table; it is never torn by the end of a page."""
    properties = line._tr.get_or_add_trPr()  # noqa: SLF001 -- the library has no call for rows that stay whole
    properties.append(properties.makeelement(qn("w:cantSplit"), {qn("w:val"): "true"}))
    for cell, value, width in zip(line.cells, values, widths_mm, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        if head:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
        elif not isinstance(value, str) or (NUMERIC.fullmatch(value) and not value.isdigit()):  # digits alone: a code
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _add_run(paragraph, value, HEADING if head else BODY, TABLE_PT)
