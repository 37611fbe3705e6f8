"""Any text and any bytes: parsers answer, set aside or refuse; none raises what it does not promise."""

from __future__ import annotations

import math
import string

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minglu.errors import MingluError, SourceError, UsageError
from minglu.geo.coordinates.pairs import parse_pairs
from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.config.census_file import read_census
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import load_pack
from minglu.register.schemas import FIELDS, ROWS
from minglu.register.sources.read_list import read_list
from tests.trust import county

PACK = load_pack("pollution-2", county.ROOT)
MESSAGES = []
MOST = settings(max_examples=60)
words = st.sampled_from(
    [
        "单位名称",
        "企业名称",
        "名称",
        "统一社会信用代码",
        "地址",
        "经度",
        "纬度",
        "合计",
        "注",
        "",
        " ",
        ",",
        "\t",
        '"',
        "\n",
        "\r\n",
        ";",
        "|",
        "１２",
        "甲厂",
        "=1",
        "\u3000",
        "\ufeff",
        "\x00",
        "9.1E+17",
    ]
)
TOML_WORDS = st.sampled_from(
    [
        "[census]",
        "[[lists]]",
        "[districts]",
        "[parent]",
        "[x]",
        "\n",
        "=",
        '"',
        "'",
        "name",
        "path",
        "kind",
        "code",
        "rows",
        "crs",
        "columns",
        "{",
        "}",
        "[",
        "]",
        "tax",
        "2027-12-31",
        "true",
        "-1",
        "1e999",
        "nan",
        "reference_date",
        '"business.csv"',
        '"../../x"',
        '"http://x"',
        '"/vsicurl/x"',
        "\\u0000",
        "\x00",
        "CON",
        "a.b.c",
        "#",
        '"""',
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a sound census beside which the drawn ones are written."""
    return county.make_county(tmp_path_factory.mktemp("fuzz") / "county").parent


def reads_or_refuses_census(folder, content):
    path = folder / "drawn.toml"
    path.write_bytes(content)
    try:
        census = read_census(path)
    except (UsageError, SourceError) as error:
        MESSAGES.append((error.en, error.zh))
        return
    assert census.lists
    assert [spec.name for spec in census.lists] == sorted(spec.name for spec in census.lists)


@MOST
@given(content=st.binary(max_size=300))
def test_any_bytes_as_a_census_file_are_read_or_refused(folder, content):
    reads_or_refuses_census(folder, content)


@settings(max_examples=150)
@given(parts=st.lists(TOML_WORDS, max_size=30))
def test_any_words_as_a_census_file_are_read_or_refused(folder, parts):
    reads_or_refuses_census(folder, " ".join(parts).encode())


@settings(max_examples=150)
@given(
    section=st.sampled_from(["[census]", "[[lists]]", "[districts]", "[parent]"]),
    key=st.sampled_from(
        [
            "name",
            "path",
            "kind",
            "crs",
            "rows",
            "header_row",
            "sha256",
            "columns",
            "encoding",
            "sheet",
            "code",
            "reference_date",
            "rules",
            "keep_personal",
            "layer",
            "x",
        ]
    ),
    value=st.sampled_from(
        [
            "1",
            "-1",
            "1.5",
            "nan",
            "true",
            "[]",
            "{}",
            '"x"',
            '""',
            '" "',
            '"\\u0000"',
            '"\\n"',
            "[[]]",
            "{a={b=1}}",
            "2027-01-01",
            "00:00:00",
            '"https://x"',
            '"/vsizip/x"',
            '"CON"',
            '"../../x"',
            f'"{"长" * 300}"',
            "9" * 30,
            '"{}"',
            '"<VRT/>"',
        ]
    ),
)
def test_any_value_for_any_key_is_read_or_refused(folder, section, key, value):
    """Each key of the contract with values of every type, and paths that lead astray."""
    text = (folder / "census.toml").read_text("utf-8")
    lines, out, done = text.splitlines(), [], False
    for line in lines:
        if done and line.startswith(f"{key} ="):
            continue
        out.append(line)
        if line == section and not done:
            out.append(f"{key} = {value}")
            done = True
    reads_or_refuses_census(folder, "\n".join(out).encode())


def reads_or_refuses_list(folder, content, name="drawn.csv"):
    (folder / name).write_bytes(content)
    try:
        reading = read_list(ListSpec("drawn", "other", name, folder), PACK.headers)
    except SourceError as error:
        MESSAGES.append((error.en, error.zh))
        return
    (report,) = reading.inputs
    assert report.rows == reading.rows.num_rows
    assert report.rejected == reading.rejects.num_rows
    places = [*reading.rows.column("row").to_pylist(), *reading.rejects.column("row").to_pylist()]
    assert len(places) == len(set(places))
    cleaned = clean_rows(reading.rows, PACK)
    assert cleaned.num_rows == reading.rows.num_rows


@MOST
@given(content=st.binary(max_size=400))
@example(content=b"\xef\xbb\xbf")
@example(content=b"\xff\xfe")
@example(content=b"PK\x03\x04")
@example(content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
def test_any_bytes_as_a_list_are_read_or_refused(folder, content):
    reads_or_refuses_list(folder, content)


@settings(max_examples=150)
@given(parts=st.lists(words, max_size=40), code=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@example(parts=["单位名称", "\n", '"', "甲厂"], code="utf-8")
def test_any_words_as_a_list_are_accounted_for_or_refused(folder, parts, code):
    """Headings, quotes and line ends in any order: each row is kept or set aside once."""
    reads_or_refuses_list(folder, "".join(parts).encode(code))


@MOST
@given(heading=st.lists(st.text(max_size=12), min_size=1, max_size=8), cells=st.lists(st.text(max_size=12), max_size=8))
def test_any_texts_as_headings_are_recognised_or_refused(folder, heading, cells):
    def quoted(row):
        return ",".join('"' + cell.replace('"', '""') + '"' for cell in row).encode("utf-8", "surrogatepass")

    reads_or_refuses_list(folder, quoted(["单位名称", *heading]) + b"\n" + quoted(["甲厂", *cells]) + b"\n")


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(str),
    st.text(alphabet=string.digits + "°′″度分秒'\".,-+EeNWSE东经北纬 　", max_size=16),
    st.text(max_size=8),
    st.none(),
)


@settings(max_examples=200)
@given(pairs=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
@example(pairs=[("nan", "inf"), ("1e400", "-1e400"), ("１１２．４", "３０．５")])
def test_any_texts_as_coordinates_are_a_point_on_earth_or_a_code(pairs):
    """Never a point that is no point, never one without its precision."""
    lon, lat = (pa.array([pair[at] for pair in pairs], pa.string()) for at in (0, 1))
    for row in parse_pairs(lon, lat).to_pylist():
        if row["lon"] is None:
            assert row["lat"] is None
            continue
        assert math.isfinite(row["lon"])
        assert -180 <= row["lon"] <= 180
        assert -90 <= row["lat"] <= 90
        assert row["precision_m"] > 0


@settings(max_examples=80)
@given(
    cells=st.lists(
        st.lists(st.one_of(st.text(max_size=20), words), min_size=len(FIELDS), max_size=len(FIELDS)),
        min_size=1,
        max_size=3,
    )
)
def test_any_texts_as_fields_clean_to_one_entry_each(cells):
    """One row in, one row out, whatever the cells hold."""
    rows = [
        {"list": "a", "file": "a.csv", "sheet": "", "row": at, "extra": "{}"}
        | {f"raw_{field}": cell for field, cell in zip(FIELDS, row, strict=True)}
        for at, row in enumerate(cells, 2)
    ]
    cleaned = clean_rows(pa.Table.from_pylist(rows, schema=ROWS), PACK)
    assert cleaned.num_rows == len(rows)
    assert cleaned.column("row").to_pylist() == [row["row"] for row in rows]


STRANGE_NAMES = [
    "CON.csv",
    "a b'c\"d.csv",
    "名单；$(x).csv",
    "-rf.csv",
    "[x].csv",
    "长" * 70 + ".csv",
    "=1.csv",
    "😀.csv",
]


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_any_file_name_that_the_system_allows_can_be_a_list(tmp_path, name):
    """No shell, no glob, no format ever reads a file name."""
    (tmp_path / name).write_text("单位名称,地址\n甲厂,一路\n", "utf-8")
    assert read_list(ListSpec("a", "other", name, tmp_path), PACK.headers).rows.num_rows == 1


def test_a_file_name_that_is_no_text_is_refused_in_words(tmp_path):
    """A name in GBK bytes on a system that speaks UTF-8: it could be stored in no table."""
    import os

    path = os.fsencode(tmp_path) + b"/\xc3\xfb\xb5\xa5.csv"
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - bytes
            file.write("单位名称,地址\n甲厂,一路\n".encode())
    except OSError:
        pytest.skip("this file system takes text alone")
    with pytest.raises(MingluError):
        read_list(ListSpec("a", "other", "*.csv", tmp_path), PACK.headers)


def test_every_refusal_above_speaks_both_languages():
    """Collected from the tests of this module that ran before."""
    assert all(en and zh and en != zh for en, zh in MESSAGES)
