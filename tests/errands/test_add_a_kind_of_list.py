"""A newcomer's first errand: an office adds a kind of list by one row of rule data, and a census names it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from minglu.errors import UsageError
from minglu.register.config.census_file import read_census

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
RULES = """
[kinds.electricity]
zh = "用电户"
en = "electricity accounts"
words = ["用电", "electricity"]
source = "our office"
since = "2027"

[survivorship.name]
field = "name"
kinds = ["field", "business", "electricity", "tax", "permit", "other"]
source = "our office"
since = "2027"
"""
LIST = "户名,用电地址,统一社会信用代码\n青禾县示例纺织厂,青禾县梅溪镇一号路1号,\n"


@pytest.fixture
def county(tmp_path) -> Path:
    """Lay out the sample county with a fourth list."""
    folder = tmp_path / "county"
    shutil.copytree(SAMPLE, folder)
    (folder / "electricity.csv").write_text(LIST, "utf-8")
    census = folder / "census.toml"
    text = census.read_text("utf-8").replace('rules = "pollution-2"', 'rules = "our-rules.toml"')
    fourth = '[[lists]]\nkind = "electricity"\npath = "electricity.csv"\ncolumns = { name = "户名" }\n\n[districts]'
    census.write_text(text.replace("[districts]", fourth), "utf-8")
    return folder


def test_one_row_of_rule_data_adds_a_kind_of_list(county):
    """The census takes it, its rank in survivorship as well."""
    (county / "our-rules.toml").write_text(RULES, "utf-8")
    census = read_census(county / "census.toml")
    assert census.kinds()["electricity"] == "electricity"
    assert census.pack.kinds["electricity"].en == "electricity accounts"
    assert census.pack.survivorship["name"][2] == "electricity"


def test_an_unknown_kind_is_refused_with_what_is_known(county):
    (county / "our-rules.toml").write_text("", "utf-8")
    with pytest.raises(UsageError, match="business, other, permit, tax"):
        read_census(county / "census.toml")
