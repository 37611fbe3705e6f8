"""One spelling of signs, and Chinese numerals both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.numerals_and_signs import arabic, read_numeral, tidy, write_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1), ("两", 2), ("十", 10), ("十一", 11), ("二十", 20), ("二十三", 23), ("廿三", 23), ("卅", 30),
        ("一百", 100), ("一百零五", 105), ("一百〇五", 105), ("一百一十", 110), ("两千零一", 2001),
        ("壹拾贰", 12), ("二〇一〇", 2010), ("一二三", 123), ("〇", 0),
        ("", None), ("百货", None), ("百", None), ("二三十", None), ("十百", None), ("二十二十", None), ("五十百", None),
    ],
)  # fmt: skip
def test_numerals_are_read_in_both_habits(text: str, value: int | None) -> None:
    """By place (二十三) and digit by digit (二三); nonsense is None."""
    assert read_numeral(text) == value


def test_numerals_survive_writing_and_reading() -> None:
    """Every number from 1 to 9999 comes back."""
    assert [read_numeral(write_numeral(value)) for value in range(1, 10_000)] == list(range(1, 10_000))


@pytest.mark.parametrize("value", [0, -1, 10_000])
def test_other_numbers_are_not_written(value: int) -> None:
    """Zero, negative and five-digit numbers are refused."""
    with pytest.raises(ValueError, match="1 to 9999"):
        write_numeral(value)


def test_words_made_of_numerals_stay() -> None:
    """A run that is no numeral keeps its characters."""
    assert arabic("千百号") == "千百号"
    assert arabic("二十三号") == "23号"


@given(st.text(max_size=30))
def test_tidy_is_idempotent(text: str) -> None:
    """A second run changes nothing, on any text."""
    once = tidy(text)
    assert tidy(once) == once
    assert not any(character.isspace() for character in once)


@given(st.text(max_size=20))
def test_numeral_reading_is_total(text: str) -> None:
    """Any text has a value or none, and `arabic` returns a text."""
    assert read_numeral(text) is None or read_numeral(text) >= 0
    assert isinstance(arabic(text), str)
