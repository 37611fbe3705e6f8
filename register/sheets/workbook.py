"""A field sheet as a workbook: what is known, locked, beside what is to be filled in.  Nothing is read.

All but the answers is locked (without a password: it guards against slips).  No cell takes effect: texts
stay texts.  It prints on A4 across, two pages wide, headings, number and name on each.
The same units give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from minglu.register.report.texts import plain_text
from minglu.register.returned import hidden_texts, write_hidden
from minglu.register.sheets.columns import (
    BLANK_LINES,
    COLUMNS,
    HEADER_ROWS,
    NEW_MARK,
    OPEN_FIELDS,
    PAGE,
    SCHEMA,
    SECOND_PAGE,
    STATUS_SHOWN,
)
from minglu.register.sheets.visits import Round, Row

NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant in place of the time of writing
A4 = 9  # the format's number for the paper
FROZEN = 2  # number and name stay in sight
PRINT_PERCENT = 64  # known and answers on one page, corrections on a second
LINE_POINTS = 39.0  # three lines of a long address, and room for a pen


def write_sheet(path: Path, header: Mapping[str, Any], walked: Round) -> None:
    """Write the workbook of one round at `path`; `header` says of which run it is."""
    # Parts wait in files beside their place: units must not lie in a common temp folder after a crash.
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    keys = [
        {"no": str(number), "unit": unit["unit_id"], "anchors": [asdict(anchor) for anchor in unit["anchors"]]}
        for number, unit in enumerate(walked.units, 1)
    ]
    keys += [{"no": f"{NEW_MARK}{number}", "unit": "", "anchors": []} for number in range(1, BLANK_LINES + 1)]
    own = {**header, "round": walked.name, "districts": list(walked.districts)}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": plain_text(header["census"]), "created": NO_CLOCK})
        page = book.add_worksheet(PAGE)
        _write_page(book, page, header, walked)
        write_hidden(book, hidden_texts(SCHEMA, own, keys))


def _write_page(book: Any, page: Any, header: Mapping[str, Any], walked: Round) -> None:
    formats = _formats(book)
    last = HEADER_ROWS - 1 + len(walked.units) + BLANK_LINES
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.zh, formats["head"])
        page.write_string(1, place, column.en, formats["under"])
        if column.choices:
            page.data_validation(HEADER_ROWS, place, last, place, _choice(column.zh, column.choices))
    for line in range(HEADER_ROWS):
        page.set_row(line, LINE_POINTS)
    page.freeze_panes(HEADER_ROWS, FROZEN)
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    page.set_print_scale(PRINT_PERCENT)
    page.set_v_pagebreaks([SECOND_PAGE])
    page.repeat_rows(0, HEADER_ROWS - 1)
    page.repeat_columns(0, FROZEN - 1)
    page.print_area(0, 0, last, len(COLUMNS) - 1)
    title = f"{header['census']}　{walked.name}".replace("&", "&&")
    page.set_header(f"&L{plain_text(title)[:120]}&R&P / &N")
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    for line, unit in enumerate(walked.units, HEADER_ROWS):
        _write_line(page, line, _shown(unit, line - HEADER_ROWS + 1), formats)
    for number in range(1, BLANK_LINES + 1):
        line = HEADER_ROWS + len(walked.units) + number - 1
        _write_line(page, line, {"no": f"{NEW_MARK}{number}", "unit_id": "新增 new"}, formats)


def _shown(unit: Row, number: int) -> dict[str, str]:
    """Return the locked cells of a unit."""
    point = "" if unit["lon"] is None else f"{unit['lon']:.6f} {unit['lat']:.6f}"
    return {
        "no": str(number),
        "name": unit["name"],
        "uscc": unit["uscc"],
        "site_address": unit["site_address"] or unit["address"],
        "industry": f"{unit['industry_code']} {unit['industry']}".strip(),
        "status": STATUS_SHOWN.get(unit["status"], unit["status"]),
        "district_code": unit["district"],
        "position": point,
        "unit_id": unit["unit_id"],
    }


def _write_line(page: Any, line: int, shown: Mapping[str, str], formats: Any) -> None:
    page.set_row(line, LINE_POINTS)
    for place, column in enumerate(COLUMNS):
        if column.field in OPEN_FIELDS:
            page.write_blank(line, place, None, formats["open"])
        else:
            page.write_string(line, place, plain_text(shown.get(column.field, "")), formats["text"])


def _formats(book: Any) -> dict[str, Any]:
    text = {"num_format": "@", "text_wrap": True, "valign": "top", "border": 4, "font_size": 10}
    return {
        "head": book.add_format({"bold": True, "bg_color": "#DDE6ED", "text_wrap": True, "valign": "top", "border": 4}),
        "under": book.add_format({"italic": True, "font_color": "#555555", "bottom": 1, "text_wrap": True}),
        "text": book.add_format(text),
        "open": book.add_format(text | {"locked": False, "bg_color": "#FFF8DC"}),
    }


def _choice(heading: str, words: tuple[str, ...]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(words),
        "error_title": heading,
        "error_message": f"请从下列各项中选择：{'、'.join(words)}。 Choose one of them.",
    }
