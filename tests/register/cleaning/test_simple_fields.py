"""Cells read as columns give what they give one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.cleaning.simple_fields import read_industry_code, read_phone, read_phones

PHONE_LIKE = st.text(alphabet="01258 -+()（）转.０１", max_size=16) | st.from_regex(r"[0-9]{0,13}", fullmatch=True)


@given(st.lists(PHONE_LIKE, max_size=8))
def test_columns_of_phones_are_read_like_single_phones(texts):
    """Numbers that never reach Python are what `read_phone` would have made of them."""
    assert read_phones(pa.array(texts, pa.string())).to_pylist() == [read_phone(text) for text in texts]


@pytest.mark.parametrize("length", range(1, 14))
def test_no_length_of_plain_digits_is_read_otherwise(length):
    """Every first two digits at every length: mobile, local and neither."""
    texts = [f"{start}123456789012"[:length] for start in range(10, 100)]
    assert read_phones(pa.array(texts)).to_pylist() == [read_phone(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "code"), [("610", ""), ("313 猪的饲养", ""), ("C391", "391"), ("061", "061"), ("0610", "0610")]
)
def test_three_bare_digits_are_no_industry(text, code):
    """610 may be a coal mine's 0610 whose zero a workbook dropped: set aside, said, and left to words and other lists."""
    found, fault = read_industry_code(text)
    assert found == code
    assert (fault is None) == bool(code)
    if fault:
        assert "leading zero" in fault.en
        assert "前导 0" in fault.zh
