"""How a typed cell of a workbook or Parquet file becomes text, such that damage stays visible.  One cell at a time."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

EXCEL_DIGITS = 15
"""Excel keeps 15 significant digits; a longer number has lost the rest."""
EXACT_LIMIT = 10**EXCEL_DIGITS


def cell_text(value: object) -> str:
    """Render one cell.  Text stays text, whole numbers lose `.0`, rounded codes show as scientific notation.

    >>> cell_text(13800000000.0), cell_text("007"), cell_text(913301007109000000.0)
    ('13800000000', '007', '9.13301007109E+17')
    >>> cell_text(120.20849999999999), cell_text(dt.datetime(2027, 12, 31)), cell_text(None)
    ('120.2085', '2027-12-31', '')
    """
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value) if abs(value) < EXACT_LIMIT else scientific(value)
        case float():
            return _number(value)
        case dt.datetime():
            midnight = value.time() == dt.time(0) and value.tzinfo is None
            return value.date().isoformat() if midnight else value.isoformat(sep=" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return _clock(value)
        case Decimal():
            return format(value, "f")
    return str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < EXACT_LIMIT:
        return str(int(value))
    if abs(value) >= EXACT_LIMIT:
        return scientific(value)
    return f"{value:.{EXCEL_DIGITS}g}"


def scientific(value: float) -> str:
    """Return a number of more than 15 digits as the text that shows its damage: 9.13301007109E+17."""
    mantissa, exponent = f"{value:.{EXCEL_DIGITS - 1}E}".split("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _clock(value: dt.timedelta) -> str:
    """Render hours beyond 24 as they show: degrees typed as 120:12:30 are stored as a duration."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
