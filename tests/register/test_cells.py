"""Cells read as columns give what they give one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.cells import read_phone, read_phones

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
