"""Cells that a spreadsheet turned into dates: 3-5, a house number, becomes 5 March."""

from __future__ import annotations

import re

_MONTH = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = r"(?: ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
DATE = (
    rf"^(?:[12][0-9]{{3}}([-/.])[0-9]{{1,2}}[-/.][0-9]{{1,2}}{_TIME}"
    rf"|[12][0-9]{{3}}年[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?|[0-9]{{1,2}}月[0-9]{{1,2}}日"
    rf"|[0-9]{{1,4}}-{_MONTH}(?:-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{1,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}/[12][0-9]{{3}}{_TIME})$"
)
"""A whole cleaned cell; the same pattern for Arrow and for Python."""
_DATE = re.compile(DATE)


def is_date(text: str) -> bool:
    """Return whether a whole cell is a date as spreadsheets write one.

    >>> [is_date(text) for text in ("2027-03-05", "1900-11-09 00:00:00", "3月5日", "5-Mar", "2027年3月")]
    [True, True, True, True, True]
    >>> [is_date(text) for text in ("3-5", "3-5号", "2027", "1949年10月1日路5号")]
    [False, False, False, False]
    """
    return _DATE.match(text) is not None
