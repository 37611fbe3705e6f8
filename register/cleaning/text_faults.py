"""Cells and texts that are no value: errors, formulas, destroyed by an encoding, made a date, endless; with a code.

A character that no table knows is remarked on and kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.cleaning.damaged_text import damaged_rows
from minglu.register.cleaning.identifier_columns import FaultRow
from minglu.register.cleaning.spreadsheet_dates import DATE, is_date
from minglu.register.cleaning.text_cleaning import COLUMNWISE_FROM, says_nothing
from minglu.register.cleaning.unicode_forms import unassigned, unusual_class
from minglu.register.identifiers import Code, Fault
from minglu.register.identifiers.identifier_faults import (
    damaged_text,
    turned_into_date,
    unknown_character,
    wrong_text_length,
)

FIELDS = ("name", "former_name", "address", "site_address", "industry")
LONGEST_TEXT = 500
"""Characters of a name or an address: ten times what occurs.  Reading one takes the square of its length."""
ERRORS = ("#N/A", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!")
REASONS = {
    Code.CELL_ERROR: Bilingual(
        "公式错误值，未采用；请更正公式后重新保存",
        "the cell shows a formula's error and is not used; correct the formula and save again",
    ),
    Code.CELL_FORMULA: Bilingual(
        "公式没有计算结果，未采用；请用 Excel 或 WPS 打开并保存后再用",
        "the formula has no value and is not used; open and save the workbook in Excel or WPS",
    ),
}
FORMULA = r'^\s*=(?:\s*[^"\s]|$)'
"""An equals sign before anything but a quoted text: ="0123" is how some programs keep a text's zeros."""
_SUSPECT = f"{DATE}|{unusual_class()}"


def set_aside_cells(raw: Mapping[str, pa.Array], order: int) -> tuple[dict[str, pa.Array], list[FaultRow]]:
    """Return the raw columns with such cells emptied, and their faults; `order` sorts them within a row."""
    kept, faults = dict(raw), list[FaultRow]()
    for field, column in raw.items():
        if says_nothing(column):
            continue
        trimmed = pc.utf8_trim_whitespace(column)
        for code, wrong in (
            (Code.CELL_ERROR, pc.is_in(trimmed, value_set=pa.array(ERRORS))),
            (Code.CELL_FORMULA, pc.match_substring_regex(trimmed, FORMULA)),
        ):
            rows = np.flatnonzero(pc.fill_null(wrong, fill_value=False).to_numpy(zero_copy_only=False))
            if len(rows):
                kept[field] = pc.if_else(wrong, "", kept[field])
                faults += [FaultRow(row, order, field, code.name, REASONS[code]) for row in rows.tolist()]
    return kept, faults


def set_aside_texts(
    texts: Mapping[str, pa.Array], raw: Mapping[str, pa.Array], first_order: int
) -> tuple[dict[str, pa.Array], list[FaultRow]]:
    """Return the columns with what is no text emptied, and the faults; `first_order` sorts them within a row.

    `texts` are cleaned, `raw` as they came: simplified characters would hide what an encoding did.
    """
    kept, faults = dict(texts), []
    for order, field in enumerate(FIELDS, first_order):
        column = texts[field]
        if says_nothing(column):
            continue
        damaged = pc.or_(damaged_rows(raw[field]), damaged_rows(column))  # blanks may have kept its parts asunder
        suspect = pc.or_(damaged, _suspects(column))
        rows = np.flatnonzero(suspect.to_numpy(zero_copy_only=False))
        if not len(rows):
            continue
        chosen = zip(column.filter(suspect).to_pylist(), damaged.filter(suspect).to_pylist(), strict=True)
        read = [("", damaged_text()) if lost and text else read_text(text) for text, lost in chosen]
        kept[field] = pc.replace_with_mask(column, suspect, pa.array([text for text, _ in read], pa.string()))
        faults += [
            FaultRow(row, order, field, fault.code.name, fault.reason)
            for row, (_, fault) in zip(rows.tolist(), read, strict=True)
            if fault is not None
        ]
    return kept, faults


def _suspects(column: pa.Array) -> pa.Array:
    """Return which texts need a look: exactly those of a small column, whose pattern would take longer to make."""
    if len(column) < COLUMNWISE_FROM:
        distinct = column.dictionary_encode()
        wrong = [read_text(text) != (text, None) for text in distinct.dictionary.to_pylist()]
        return pa.array(wrong, pa.bool_()).take(distinct.indices)
    long = pc.greater(pc.binary_length(column), LONGEST_TEXT)  # bytes: a text that short has fewer characters
    return pc.or_(long, pc.match_substring_regex(column, _SUSPECT))


def read_text(text: str) -> tuple[str, Fault | None]:
    """Return a cleaned text as it may be used, and what is wrong with it.

    >>> read_text("甲厂"), read_text("2027-03-05")[1].code.name
    (('甲厂', None), 'TEXT_DATE')
    """
    if len(text) > LONGEST_TEXT:
        return "", wrong_text_length(len(text), LONGEST_TEXT)
    if is_date(text):
        return "", turned_into_date()
    unknown = "".join(sorted(set("".join(unassigned().findall(text)))))
    return text, unknown_character(unknown) if unknown else None
