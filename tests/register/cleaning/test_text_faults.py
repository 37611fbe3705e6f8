"""Errors and formulas without a value are faults with a code, never a blank and never a value."""

from __future__ import annotations

import pyarrow as pa
import pytest

from minglu.register.cleaning.text_faults import ERRORS, set_aside_cells


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((error, "CELL_ERROR") for error in ERRORS),
        (" #N/A ", "CELL_ERROR"),
        ("=UPPER(A1)", "CELL_FORMULA"),
        ("=", "CELL_FORMULA"),
        ('=CONCATENATE("甲","厂")', "CELL_FORMULA"),
    ],
)
def test_no_value_is_made_of_it(text, code):
    kept, faults = set_aside_cells({"name": pa.array(["甲厂", text])}, 7)
    assert kept["name"].to_pylist() == ["甲厂", ""]
    assert [(fault.row, fault.order, fault.field, fault.code) for fault in faults] == [(1, 7, "name", code)]


@pytest.mark.parametrize("text", ["", "甲厂", '="0123"', "#1车间", "1=2", '= "0123"'])
def test_everything_else_stays_as_it_is(text):
    kept, faults = set_aside_cells({"name": pa.array([text])}, 0)
    assert kept["name"].to_pylist() == [text]
    assert faults == []
