"""The census file: what it says is what runs, and every mistake in it is named."""

import datetime as dt

import pytest

from minglu.errors import RuleError, SourceError, UsageError
from minglu.register.config.census_file import read_census

WHOLE = """
[census]
name = "示例县清查"
reference_date = 2027-12-31
rules = "pollution-2"

[[lists]]
kind = "business"
path = "business.csv"

[[lists]]
kind = "tax"
name = "税务"
path = "tax-*.csv"
crs = "GCJ02"
rows = 3
header_row = 3
columns = { uscc = "信用代码" }

[districts]
path = "districts.gpkg"
code = "code"
name = "name"

[parent]
path = "county.gpkg"
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a census file beside empty lists and layers."""
    for name in ("business.csv", "tax-1.csv", "districts.gpkg", "county.gpkg"):
        (tmp_path / name).touch()

    def write_text(text):
        path = tmp_path / "census.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def test_a_whole_census_file_is_read(write, tmp_path):
    """Names, dates, lists, layers and rules come back as written; layers' paths are resolved."""
    census = read_census(write(WHOLE))
    assert (census.name, census.reference_date) == ("示例县清查", dt.date(2027, 12, 31))
    assert [(spec.name, spec.kind, spec.path, spec.crs) for spec in census.lists] == [
        ("business", "business", "business.csv", "auto"),
        ("税务", "tax", "tax-*.csv", "GCJ02"),
    ]
    assert census.lists[1].columns == {"uscc": "信用代码"}
    assert census.lists[1].base == tmp_path
    assert census.districts.path == tmp_path / "districts.gpkg"
    assert (census.districts.code, census.districts.name) == ("code", "name")
    assert census.parent is not None
    assert census.pack.name == "pollution-2"
    assert not census.keep_personal


def test_a_census_without_a_parent_is_allowed(write):
    """Without a parent the outer edge stays unproven; that is no mistake."""
    assert read_census(write(WHOLE.replace('[parent]\npath = "county.gpkg"\n', ""))).parent is None


def test_a_byte_order_mark_is_no_mistake(write):
    """Editors that save a mark before the text are forgiven."""
    assert read_census(write("\ufeff" + WHOLE)).name == "示例县清查"


def test_absolute_paths_and_parents_are_allowed(write, tmp_path):
    """A list may lie anywhere on this machine."""
    (tmp_path.parent / "elsewhere.csv").touch()
    moved = WHOLE.replace('"business.csv"', '"../elsewhere.csv"').replace('"tax-*.csv"', f"'{tmp_path}/tax-*.csv'")
    assert read_census(write(moved)).lists[0].path == "../elsewhere.csv"


CHANGES = [
    ('rules = "pollution-2"', 'rule = "pollution-2"', "Did you mean 'rules'", "未知的键"),
    ('kind = "business"', 'kind = "busines"', "Did you mean 'business'", "business"),
    ('kind = "business"', "kind = 1", "expected text", "文本"),
    ('crs = "GCJ02"', 'crs = "GCJ-02"', "Did you mean 'GCJ02'", "GCJ02"),
    ("reference_date = 2027-12-31", 'reference_date = "2027-12-31"', "a date without quotes", "不带引号的日期"),
    ("reference_date = 2027-12-31", "reference_date = 2027-12-31T00:00:00", "a date without quotes", "日期"),
    ("rows = 3", "rows = -1", "0 or more", "0 或更大"),
    ("rows = 3", 'sha256 = "abc"', "64 hexadecimal digits", "64 位"),
    ('"county.gpkg"', '"county.gpkg"\nsha256 = "abc"', "64 hexadecimal digits", "64 位"),
    ("header_row = 3", "header_row = 0", "1 or more", "1 或更大"),
    ('uscc = "信用代码"', 'usc = "信用代码"', "Did you mean 'uscc'", "uscc"),
    ('uscc = "信用代码"', "uscc = 3", "a table of texts", "文本表"),
    ('name = "税务"', 'name = "business"', "two lists are called", "同名"),
    ('name = "税务"', 'name = "a+b"', "without +", "不含 +"),
    ('code = "code"', "", "key 'code' is missing", "缺少键"),
    ("[districts]", "[district]", "Did you mean 'districts'", "districts"),
    ("[[lists]]", "[lists]", "is not valid TOML", "TOML"),
    ('"business.csv"', '"https://example.org/a.csv"', "fetches nothing", "不联网"),
    ('"business.csv"', '"file:///a.csv"', "fetches nothing", "不联网"),
    ('"business.csv"', '""', "expected the path", "路径"),
    ('"business.csv"', '"a\\u0000.csv"', "expected the path", "路径"),
    ('"districts.gpkg"', '"/vsicurl/http://example.org/a.gpkg"', "fetches nothing", "不联网"),
    ('"districts.gpkg"', '"\\\\vsizip\\\\a.zip"', "fetches nothing", "不联网"),
    ('"districts.gpkg"', '"GPKG:a.gpkg:layer"', "fetches nothing", "不联网"),
    ('"districts.gpkg"', '\'{"type": "FeatureCollection"}\'', "fetches nothing", "不联网"),
    ('"county.gpkg"', '"<OGRVRTDataSource/>"', "fetches nothing", "不联网"),
]


def test_layers_have_a_place_for_the_senders_digest(write, tmp_path):
    """Kept in small letters; refused for a shapefile, which is several files."""
    stated = f'path = "county.gpkg"\nsha256 = "{"AB" * 32}"'
    assert read_census(write(WHOLE.replace('path = "county.gpkg"', stated))).parent.sha256 == "ab" * 32
    (tmp_path / "county.shp").touch()
    with pytest.raises(UsageError, match="several files"):
        read_census(write(WHOLE.replace('path = "county.gpkg"', stated.replace("gpkg", "shp"))))


@pytest.mark.parametrize(("old", "new", "english", "chinese"), CHANGES)
def test_mistakes_are_named_in_both_languages(write, old, new, english, chinese):
    """Each mistake is a usage error that says where, what was found, what was expected."""
    assert old in WHOLE
    with pytest.raises(UsageError) as caught:
        read_census(write(WHOLE.replace(old, new, 1)))
    assert english in caught.value.en
    assert chinese in caught.value.zh
    assert "census.toml" in caught.value.en
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["business.csv", "tax-1.csv", "districts.gpkg", "county.gpkg"])
def test_a_missing_file_is_unusable_input(write, tmp_path, name):
    """A list, a glob without hits, a layer that isn't there: told before anything is read."""
    (tmp_path / name).unlink()
    with pytest.raises(SourceError) as caught:
        read_census(write(WHOLE))
    assert caught.value.exit_code == 3


def test_a_folder_is_no_list(write, tmp_path):
    """A path that leads to a folder is not taken for a file."""
    (tmp_path / "business.csv").unlink()
    (tmp_path / "business.csv").mkdir()
    with pytest.raises(SourceError):
        read_census(write(WHOLE))


def test_unknown_rules_are_a_rule_error(write):
    """A rule pack that does not exist is named with the ones that do."""
    with pytest.raises(RuleError, match="pollution-2"):
        read_census(write(WHOLE.replace('"pollution-2"', '"pollution-9"')))


def test_a_census_file_that_is_not_there_is_a_usage_error(tmp_path):
    """No file, a folder, another encoding: exit code 2, no traceback."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="can't be read"):
            read_census(path)
    (tmp_path / "gbk.toml").write_bytes(WHOLE.encode("gb18030"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_census(tmp_path / "gbk.toml")


@pytest.mark.parametrize("text", ["", "lists = []", "[census]", "lists = 3\n[census]\n", "[[[[", "a = " + "[" * 5000])
def test_fragments_are_usage_errors(write, text):
    """An empty or broken file is a mistake to be told, never a crash."""
    with pytest.raises(UsageError):
        read_census(write(text))


def test_every_key_is_documented_and_every_documented_key_is_read():
    """docs/reference/census-file.md lists the keys of each section, no more and no less."""
    import dataclasses
    import re
    from pathlib import Path

    from minglu.register.config import census_tables

    page = (Path(__file__).parents[3] / "docs" / "reference" / "census-file.md").read_text("utf-8")
    sections = [set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for part in page.split("\n## ")[1:]]
    kinds = (census_tables.CensusTable, census_tables.ListTable, census_tables.DistrictsTable)
    assert sections == [{field.name for field in dataclasses.fields(kind)} for kind in kinds]


def test_shapes_of_codes_are_read_and_nonsense_is_refused(write):
    """Shapes of another register's codes reach the rules; one that any word would fit is refused with its place."""
    text = WHOLE.replace("[census]", '[census]\ncode_shapes = ["99999999"]')
    assert read_census(write(text)).pack.identifiers.shapes == ("99999999",)
    with pytest.raises(UsageError, match=r"code_shapes: found 'AAAAAA'|code_shapes: found \"AAAAAA\""):
        read_census(write(text.replace("99999999", "AAAAAA")))
