"""Typed cells as text: damage stays visible, nothing plausible is invented."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.sources.workbooks.cell_text import cell_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("0013", "0013"),
        (" 甲 厂 ", " 甲 厂 "),
        ("9.133E+17", "9.133E+17"),
        (1.0, "1"),
        (13800000000.0, "13800000000"),
        (110108000000016.0, "110108000000016"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1E+15"),
        (1234567890123450.0, "1.23456789012345E+15"),
        (913301007109000000.0, "9.13301007109E+17"),
        (913301007109000000, "9.13301007109E+17"),
        (-3.5, "-3.5"),
        (120.20849999999999, "120.2085"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, ""),
        (dt.date(2027, 12, 31), "2027-12-31"),
        (dt.datetime(2027, 12, 31), "2027-12-31"),  # noqa: DTZ001 - workbooks know no zone
        (dt.datetime(2027, 12, 31, 8, 30), "2027-12-31 08:30:00"),  # noqa: DTZ001
        (dt.time(12, 5), "12:05:00"),
        (dt.timedelta(hours=120, minutes=12, seconds=30), "120:12:30"),
        (Decimal("30.50"), "30.50"),
    ],
)
def test_cell_shows_what_the_file_holds(value, text):
    """One line per type and edge."""
    assert cell_text(value) == text


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_numbers_of_up_to_fifteen_digits_are_exact(number):
    """Whether the parser gives an int or a float."""
    assert cell_text(number) == cell_text(float(number)) == str(number)


@given(st.integers(min_value=10**15, max_value=10**30))
def test_longer_numbers_never_look_like_codes(number):
    """A number of more than 15 digits is in scientific notation, from an int as from a float."""
    assert "E+" in cell_text(number)
    assert "E+" in cell_text(float(number))
