"""A field sheet as a workbook: what is known, locked, beside what is to be filled in.

All but the answers is locked (without a password: it guards against slips).  No cell takes effect: texts
stay texts.  It prints on A4 across, two pages wide, headings, number and name on each.
The same units give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from minglu.register.clerical.field_sheets.sheet_columns import (
    BLANK_LINES,
    COLUMNS,
    NEW_MARK,
    NEW_WORD,
    PAGE,
    SCHEMA,
    SECOND_PAGE,
)
from minglu.register.clerical.field_sheets.visits import Round, Row
from minglu.register.clerical.form_workbook import HEADER_ROWS, lock_page, make_formats, open_book, write_headings
from minglu.register.clerical.returned_workbook import hidden_texts, write_hidden
from minglu.register.language.safe_text import plain_text
from minglu.register.schemas import STATUSES

FROZEN = 2  # number and name stay in sight
PRINT_PERCENT = 64  # known and answers on one page, corrections on a second
LINE_POINTS = 39.0  # three lines of a long address, and room for a pen


def write_sheet(path: Path, header: Mapping[str, Any], walked: Round) -> None:
    """Write the workbook of one round at `path`; `header` says of which run it is."""
    keys = [
        {"shown": _shown(unit, number), "unit": unit["unit_id"], "anchors": [asdict(one) for one in unit["anchors"]]}
        for number, unit in enumerate(walked.units, 1)
    ]
    keys += [
        {"shown": {"no": f"{NEW_MARK}{number}"}, "unit": "", "anchors": []} for number in range(1, BLANK_LINES + 1)
    ]
    own = {**header, "round": walked.name, "districts": list(walked.districts)}
    with open_book(path, header["census"]) as book:
        page = book.add_worksheet(PAGE)
        _write_page(book, page, header, walked)
        write_hidden(book, hidden_texts(SCHEMA, own, keys))


def _write_page(book: Any, page: Any, header: Mapping[str, Any], walked: Round) -> None:
    formats = make_formats(book, border=4, font_size=10)
    lines = len(walked.units) + BLANK_LINES
    last = HEADER_ROWS - 1 + lines
    write_headings(page, COLUMNS, lines, formats)
    for line in range(HEADER_ROWS):
        page.set_row(line, LINE_POINTS)
    lock_page(page, frozen=FROZEN)
    page.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    page.set_print_scale(PRINT_PERCENT)
    page.set_v_pagebreaks([SECOND_PAGE])
    page.repeat_columns(0, FROZEN - 1)
    page.print_area(0, 0, last, len(COLUMNS) - 1)
    title = f"{header['census']}　{walked.name}".replace("&", "&&")
    page.set_header(f"&L{plain_text(title)[:120]}&R&P / &N")
    for line, unit in enumerate(walked.units, HEADER_ROWS):
        _write_line(page, line, _shown(unit, line - HEADER_ROWS + 1), formats)
    for number in range(1, BLANK_LINES + 1):
        line = HEADER_ROWS + len(walked.units) + number - 1
        _write_line(page, line, {"no": f"{NEW_MARK}{number}", "unit_id": NEW_WORD}, formats)


def _shown(unit: Row, number: int) -> dict[str, str]:
    """Return the locked cells of a unit."""
    point = "" if unit["lon"] is None else f"{unit['lon']:.6f} {unit['lat']:.6f}"
    return {
        "no": str(number),
        "name": unit["name"],
        "uscc": unit["uscc"],
        "site_address": unit["site_address"] or unit["address"],
        "industry": f"{unit['industry_code']} {unit['industry']}".strip(),
        "status": STATUSES.get(unit["status"], (unit["status"],))[0],
        "district_code": unit["district"],
        "position": point,
        "unit_id": unit["unit_id"],
    }


def _write_line(page: Any, line: int, shown: Mapping[str, str], formats: Any) -> None:
    page.set_row(line, LINE_POINTS)
    for place, column in enumerate(COLUMNS):
        if column.open:
            page.write_blank(line, place, None, formats["open"])
        else:
            page.write_string(line, place, plain_text(shown.get(column.field, "")), formats["text"])
