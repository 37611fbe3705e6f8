"""Dates in every notation of offices come out as ISO text, no more precise than the cell."""

import pytest

from minglu.register.cleaning.dates import read_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017-12-31", "2017-12-31"),
        ("2017-12-31 00:00:00", "2017-12-31"),
        ("2017-12-31T08:30:00", "2017-12-31"),
        ("2017/12/31", "2017-12-31"),
        ("2017.1.5", "2017-01-05"),
        ("２０１７年１月５日", "2017-01-05"),
        ("2017年1月", "2017-01"),
        ("2017年", "2017"),
        ("2017", "2017"),
        ("2017-12", "2017-12"),
        ("20171231", "2017-12-31"),
        ("43100", "2017-12-31"),
        ("43100.0", "2017-12-31"),
        ("43100.5", "2017-12-31"),
        ("民国106年12月31日", "2017-12-31"),
        ("106/12/31", "2017-12-31"),
        ("二〇一七年十月二十日", "2017-10-20"),
        ("二零一七年十二月三十一日", "2017-12-31"),
        ("31/12/2017", "2017-12-31"),
        ("12/31/2017", "2017-12-31"),
        ("5/5/2017", "2017-05-05"),
        ("3/4/2017", "2017"),
        ("", None),
        ("0000-00-00", None),
        ("1900-01-00", None),
        ("9999-12-31", None),
    ],
)
def test_notations_of_one_date(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize("text", ["长期", "2017-13-01", "2017-02-30", "17-1-5", "99999", "5127", "见备注"])
def test_what_is_no_date_is_refused_and_never_guessed(text):
    with pytest.raises(ValueError, match=r".*"):
        read_date(text)
