"""Dates as offices write them, read into ISO text as precise as the cell is: "2018-01-05", "2018-01" or "2018".

ISO and Chinese notations, in Chinese numerals too, days of Excel (1900 system), years of the Republic (民国).  A date
that can be read two ways keeps only what both readings share.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

EARLIEST_YEAR, LATEST_YEAR = 1901, 2199
EXCEL_EPOCH = dt.date(1899, 12, 30)
EXCEL_DAYS = range(7_306, 73_051)
"""1920 to 2099: a bare number of four or five digits beyond a year is a day of Excel."""
REPUBLIC = 1911
REPUBLIC_YEARS = range(50, 150)
NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
TIME = re.compile(r"[T\s]*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(AM|PM|Z)?$", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(民国)?\s*(\d{2,4})[年/.\-](?:(\d{1,2})(?:[月/.\-](?:(\d{1,2})日?)?)?)?")
YEAR_LAST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
WHOLE = re.compile(r"\d{4,5}(\.\d+)?")
EMPTY = re.compile(r"(1899|1900|9999)(\D.*|\d{4})?")
"""What data bases write where there is no date."""
TENS = re.compile(r"(?<=[年月])([一二三]?)十([一二三四五六七八九]?)(?=[月日])")


def read_date(text: str) -> str | None:
    """Return the date in a cell, None where it states none; ValueError for what can't be read.

    >>> [read_date(text) for text in ("2018/1/5", "20180105", "2018年1月", "43105", "民国107年1月5日")]
    ['2018-01-05', '2018-01-05', '2018-01', '2018-01-05', '2018-01-05']
    >>> read_date("3/4/2018"), read_date("1900-01-01"), read_date("")
    ('2018', None, None)
    """
    cell = unicodedata.normalize("NFKC", text).strip()
    cell = TENS.sub(lambda found: f"{found[1] or '一'}{found[2] or '〇'}", cell).translate(NUMERALS)
    cell = TIME.sub("", cell).strip()
    if not cell or EMPTY.fullmatch(cell) or not cell.strip("-/.0"):
        return None
    if found := COMPACT.fullmatch(cell):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if WHOLE.fullmatch(cell):
        return _year_or_day(float(cell), text)
    if found := YEAR_LAST.fullmatch(cell):
        return _either_way(int(found[1]), int(found[2]), int(found[3]))
    found = YEAR_FIRST.fullmatch(cell)
    if not found:
        raise ValueError(text)
    year = int(found[2])
    if found[1] or (len(found[2]) == 3 and year in REPUBLIC_YEARS):
        year += REPUBLIC
    return _iso(year, *(int(part) for part in found.groups()[2:] if part))


def _year_or_day(number: float, text: str) -> str:
    if EARLIEST_YEAR <= number <= LATEST_YEAR and number.is_integer():
        return f"{number:.0f}"
    if int(number) not in EXCEL_DAYS:
        raise ValueError(text)
    return (EXCEL_EPOCH + dt.timedelta(days=int(number))).isoformat()


def _either_way(first: int, second: int, year: int) -> str:
    """Read day and month in the order that the calendar allows; where both are possible only the year is known."""
    ways = set()
    for month, day in ((first, second), (second, first)):
        try:
            ways.add(_iso(year, month, day))
        except ValueError:
            continue
    if not ways:
        raise ValueError(year)
    return ways.pop() if len(ways) == 1 else str(year)


def _iso(year: int, month: int = 0, day: int = 0) -> str:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(year)
    dt.date(year, month or 1, day or 1)  # raises ValueError where there is no such day
    return f"{year}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
