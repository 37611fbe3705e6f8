"""Raw coordinate cells, as offices write them."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.coordinates.angles import parse_angle
from minglu.geo.coordinates.pairs import CODES, Box, parse_pair, parse_pairs, words

PLACE = (120 + 12 / 60 + 30.5 / 3600, 30 + 15 / 60 + 20.5 / 3600)
SAME_PLACE = [
    ("120.208472222", "30.255694444"),
    ("120°12′30.5″", "30°15′20.5″"),
    ("120°12'30.5\"", "30°15'20.5\""),
    ("120°12'30.5''", "30°15'20.5''"),
    ("120º12’30.5”", "30º15’20.5”"),
    ("120度12分30.5秒", "30度15分20.5秒"),
    ("１２０度１２分３０．５秒", "３０度１５分２０．５秒"),
    ("东经120度12分30.5秒", "北纬30度15分20.5秒"),
    ("E120°12′30.5″", "N30°15′20.5″"),
    ("120°12′30.5″E", "30°15′20.5″N"),
    ("120°12′30.5″ e", "30°15′20.5″ n"),
    ("经度：120°12′30.5″", "纬度：30°15′20.5″"),
    ("120 12 30.5", "30 15 20.5"),
    ("120  12  30.5", "30  15  20.5"),
    ("120-12-30.5", "30-15-20.5"),
    ("120:12:30.5", "30:15:20.5"),
    ("120.12.30.5", "30.15.20.5"),
    ("120° 12′ 30.5″", "30° 15′ 20.5″"),
    ("120d12m30.5s", "30d15m20.5s"),
    ("120,208472222", "30,255694444"),
    ("+120.208472222", " 30.255694444 "),
    ("\u200b120.208472222", "30.255694444\ufeff"),
    ("120.208472222°", "30.255694444°"),
    ("120.208472222,30.255694444", ""),
    ("", "120.208472222，30.255694444"),
    ("120.208472222 30.255694444", ""),
    ("120.208472222;30.255694444", "120.208472222;30.255694444"),
    ("(120.208472222, 30.255694444)", ""),
    ("POINT (120.208472222 30.255694444)", ""),
    ("东经120°12′30.5″北纬30°15′20.5″", ""),
    ("东经120°12′30.5″，北纬30°15′20.5″", ""),
    ("E120°12′30.5″ N30°15′20.5″", ""),
    ("120°12′30.5″E,30°15′20.5″N", ""),
    ("120°12′30″.5", "30°15′20″.5"),
    ("120°12′30″.5", "30°15′20.5″"),
    ("120.208472222,30.255694444,35.2", ""),
    ("120.208472222 30.255694444 -4m", ""),
    ("POINT Z (120.208472222 30.255694444 12)", ""),
    ("[120.208472222, 30.255694444]", ""),
    ('{"lng": 120.208472222, "lat": 30.255694444}', ""),
    ('{"latitude": "30.255694444", "longitude": "120.208472222"}', ""),
    ('{"type": "Point", "coordinates": [120.208472222, 30.255694444, 3]}', ""),
]
SWAPPED = [
    ("30.255694444", "120.208472222"),
    ("30°15′20.5″", "120°12′30.5″"),
    ("N30°15′20.5″", "E120°12′30.5″"),
    ("30.255694444,120.208472222", ""),
    ("北纬30°15′20.5″东经120°12′30.5″", ""),
]
SET_ASIDE = [
    ("", "", "COORD_MISSING"),
    (" ", "\u3000", "COORD_MISSING"),
    ("NaN", "nan", "COORD_MISSING"),
    ("-", "/", "COORD_MISSING"),
    ("无", "null", "COORD_MISSING"),
    ("120.2", "", "COORD_HALF"),
    ("120.2", "NaN", "COORD_HALF"),
    ("", "30.2", "COORD_HALF"),
    ("0", "0", "COORD_ZERO"),
    ("0.000000", "0.000000", "COORD_ZERO"),
    ("120.2", "0", "COORD_ZERO"),
    ("0°0′0″", "0°0′0″", "COORD_ZERO"),
    ("999.9", "30.2", "COORD_RANGE"),
    ("-120.2", "30.2", "COORD_RANGE"),
    ("120.2W", "30.2N", "COORD_RANGE"),
    ("120.2", "-30.2", "COORD_RANGE"),
    ("20.2", "30.2", "COORD_RANGE"),
    ("120°75′30″", "30°15′20″", "COORD_RANGE"),
    ("120°12′61″", "30°15′20″", "COORD_RANGE"),
    ("1201230", "301520", "COORD_RANGE"),
    ("40512345.6", "3345678.9", "COORD_PROJECTED"),
    ("3345678.9", "40512345.6", "COORD_PROJECTED"),
    ("512345", "3345678", "COORD_PROJECTED"),
    ("20512345.678", "2345678.901", "COORD_PROJECTED"),
    ("厂区东门", "30.2", "COORD_UNREADABLE"),
    ("120.2.3.4.5", "30.2", "COORD_UNREADABLE"),
    ("=1+1", "30.2", "COORD_UNREADABLE"),
    ("E120.2", "E30.2", "COORD_UNREADABLE"),
    ("inf", "30.2", "COORD_UNREADABLE"),
    ("9" * 400, "30.2", "COORD_UNREADABLE"),
]


@pytest.mark.parametrize(("lon", "lat"), SAME_PLACE)
def test_every_notation_gives_the_same_place(lon, lat):
    """Thirty ways to write one point."""
    pair = parse_pair(lon, lat)
    assert (pair.lon, pair.lat) == pytest.approx(PLACE, abs=1e-9)
    assert pair.code == ""


@pytest.mark.parametrize(("lon", "lat"), SWAPPED)
def test_swapped_pairs_are_put_right_and_said(lon, lat):
    """The country's box, or the marks, say which is which."""
    pair = parse_pair(lon, lat)
    assert (pair.lon, pair.lat) == pytest.approx(PLACE, abs=1e-9)
    assert pair.code == "COORD_SWAPPED"


@pytest.mark.parametrize(("lon", "lat", "code"), SET_ASIDE)
def test_a_pair_without_a_place_has_its_code(lon, lat, code):
    """Nothing is guessed: no point, a code, and words for it."""
    pair = parse_pair(lon, lat)
    assert pair.code == code
    assert math.isnan(pair.lon)
    assert math.isnan(pair.lat)
    assert words(code).count(" / ") == 1


@pytest.mark.parametrize(
    ("lon", "lat", "metres"),
    [
        ("120.2084", "30.2556", 14.7),
        ("120.20847", "30.25569", 5.0),  # no better than a receiver
        ("120.2", "30.2556", 14.7),  # a spreadsheet dropped the zeros of one number
        ("120°12′30″", "30°15′20″", 40.9),
        ("120°12′30.5″", "30°15′20.5″", 5.0),
        ("120°12′", "30°15′", 2453),
    ],
)
def test_the_radius_is_what_the_last_digit_leaves_open(lon, lat, metres):
    """One step of the last digit, in both directions."""
    assert parse_pair(lon, lat).precision_m == pytest.approx(metres, rel=0.01)


@pytest.mark.parametrize(("lon", "lat"), [("120.21", "30.26"), ("120.2", "30.3"), ("120", "30"), ("120°12′", "30°15′")])
def test_a_cut_off_coordinate_keeps_its_point_with_a_large_radius(lon, lat):
    """Two decimals are a village, not a place."""
    pair = parse_pair(lon, lat)
    assert pair.code == "COORD_TRUNCATED"
    assert pair.precision_m > 1000


def test_another_country_has_its_own_box():
    """The box is data: a layer elsewhere brings its own."""
    assert parse_pair("-47.93", "-15.7801").code == "COORD_RANGE"
    assert parse_pair("-47.93", "-15.7801", box=Box(-75, -35, -30, 6)).code == ""


def test_columns_say_what_pairs_say():
    """The batch function is the value function, row by row, null counted as blank."""
    cases = [*SAME_PLACE, *SWAPPED, *((lon, lat) for lon, lat, _ in SET_ASIDE), ("120.21", "30.26"), ("7.5", "30.5")]
    table = parse_pairs(pa.array([*(c[0] for c in cases), None]), pa.array([*(c[1] for c in cases), None]))
    for case, row in zip([*cases, ("", "")], table.to_pylist(), strict=True):
        pair = parse_pair(*case)
        found = [math.nan if row[n] is None else row[n] for n in ("lon", "lat", "precision_m")]
        assert found == pytest.approx(list(pair[:3]), nan_ok=True, rel=1e-12), case
        assert row["code"] == pair.code, case


def test_an_empty_column_gives_an_empty_table():
    """No rows in, no rows out, same columns."""
    assert parse_pairs(pa.array([], pa.string()), pa.chunked_array([], pa.string())).num_rows == 0


_number = st.one_of(
    st.floats(-400, 400).map(str),
    st.decimals(-200, 200, places=6).map(str),
    st.from_regex(r"[0-9]{1,3}\.[0-9]{0,6}", fullmatch=True),
    st.text(alphabet="0123456789.,°′″度分秒东经北纬EN -+:eE", max_size=14),
    st.text(max_size=6),
)


@given(st.lists(st.tuples(_number, _number), max_size=6))
def test_any_text_gives_a_point_in_the_box_or_a_code(pairs):
    """No text breaks the reader, both shapes agree, and a point without code is in the country."""
    lons = pa.array([lon for lon, _ in pairs], pa.string())
    table = parse_pairs(lons, pa.array([lat for _, lat in pairs], pa.string()))
    for (lon, lat), row in zip(pairs, table.to_pylist(), strict=True):
        pair = parse_pair(lon, lat)
        assert row["code"] == pair.code
        assert pair.code == "" or pair.code in CODES
        assert (row["lon"] is None) == math.isnan(pair.lon)
        if row["lon"] is not None:
            assert row["lon"] == pair.lon
            assert 73 <= row["lon"] <= 136
            assert 3 <= row["lat"] <= 54
            assert row["precision_m"] >= 5


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59999))
def test_degrees_minutes_seconds_survive_being_written(degrees, minutes, thousandths):
    """What is written in sexagesimal is read back to the last digit."""
    text = f"{degrees}°{minutes}′{thousandths / 1000:.3f}″"
    assert parse_angle(text).degrees == pytest.approx(degrees + minutes / 60 + thousandths / 3.6e6, abs=1e-12)


def test_sixty_is_what_a_program_made_of_a_little_less():
    """60″ and a last 60′ go over to the next minute or degree; 61, and 60′ before seconds, are no angle."""
    assert parse_angle("112°18′60″").degrees == pytest.approx(112 + 19 / 60)
    assert parse_angle("112°60′").degrees == pytest.approx(113)
    assert {parse_angle(text).fault for text in ("112°18′61″", "112°61′", "112°60′10″")} == {"range"}


@pytest.mark.parametrize("word", ["\\N", "NaT", "<NA>", "(null)", "nil", "#NULL!", "<NULL>"])
def test_words_for_nothing_are_no_coordinate(word):
    """What a database writes for nothing is a missing pair, alone or on both sides; a zero is not."""
    known = frozenset({word.lower()})
    assert parse_pair(word, word, blank_words=known).code == "COORD_MISSING"
    assert parse_pair(word, "30.61", blank_words=known).code == "COORD_HALF"
    assert parse_pair("0", "0", blank_words=known).code == "COORD_ZERO"


@pytest.mark.parametrize(
    "cell", ["{}", "[", "[1]", '{"lng": 1}', "[[1, 2]]", '{"coordinates": 3}', "1.2,3.4,5.6,7.8", "null"]
)
def test_other_json_is_no_pair(cell):
    """A cell in the shape of JSON that holds no point is unreadable or missing, never an error."""
    assert parse_pair(cell, "").code in ("COORD_UNREADABLE", "COORD_HALF", "COORD_MISSING", "COORD_RANGE")
