"""Marks show where two texts differ, and leave the texts as they are."""

import time

from hypothesis import given
from hypothesis import strategies as st

from minglu.register.clerical.review.text_differences import CHARACTERS_MAX, mark_differences

texts = st.text("瑞丰峰家具厂1-2号路", max_size=12)


@given(texts, texts)
def test_parts_join_to_the_text_and_equal_parts_are_equal(left, right):
    """Nothing is lost or moved; what is not marked stands on both sides; equal texts are not marked at all."""
    one, two = mark_differences(left, right)
    assert "".join(text for text, _ in one) == left
    assert "".join(text for text, _ in two) == right
    if left and right:
        assert "".join(text for text, differs in one if not differs) == "".join(
            text for text, differs in two if not differs
        )
    if left == right:
        assert not any(differs for _, differs in [*one, *two])


def test_hostile_length_takes_no_time():
    """A cell of thirty thousand letters is marked whole."""
    start = time.perf_counter()
    one, two = mark_differences("厂" * 30_000 + "甲", "厂" * 30_000 + "乙")
    assert time.perf_counter() - start < 1
    assert (len(one), one[0][1], two[0][1]) == (1, True, True)
    assert mark_differences("厂" * (CHARACTERS_MAX + 1), "厂" * (CHARACTERS_MAX + 1))[0][0][1] is False
