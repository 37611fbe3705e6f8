"""`minglu doctor`: all problems at once, each where it is and with its cure; a build refuses likewise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from minglu.errors import UsageError
from minglu.register.config.census_file import read_census
from minglu.register.examine_inputs import MUST, SHOULD, examine

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
WRONG = """
[census]
nme = "x"
reference_date = "2027-12-31"
[[lists]]
kind = "busines"
path = "nothing.csv"
[[lists]]
kind = "tax"
path = 'lists\\tax.csv'
crs = "WGS"
[districts]
path = "no.gpkg"
"""


@pytest.fixture
def county(tmp_path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "county")
    return tmp_path / "county"


def test_every_mistake_of_a_census_file_is_named_at_once(tmp_path):
    """A clerk corrects the file once."""
    census = tmp_path / "census.toml"
    census.write_text(WRONG, "utf-8")
    found = examine(census)
    texts = "\n".join(remark.en for remark in found.remarks)
    assert {remark.weight for remark in found.remarks} == {MUST}
    for word in (
        "'nme'",
        "'name' is missing",
        "reference_date",
        "'busines'",
        "nothing.csv",
        "'WGS'",
        "'lists/tax.csv'",
        "'code'",
    ):
        assert word in texts
    assert found.exit_code == 2
    with pytest.raises(UsageError, match=r"nothing\.csv") as refused:
        read_census(census)
    assert refused.value.zh.count("\n") == texts.count("\n")


def test_inputs_that_cannot_be_read_are_all_named(county):
    """One list, one chain and the layer are broken: three problems, not the first of them."""
    (county / "permit.csv").write_bytes(b"\xff\xfe\x00 no list")
    (county / "districts.gpkg").write_bytes(b"no layer")
    (county / "decisions.jsonl").write_text("no chain\n")
    census = county / "census.toml"
    text = census.read_text("utf-8").replace(
        'rules = "pollution-2"', 'rules = "pollution-2"\ndecisions = "decisions.jsonl"'
    )
    census.write_text(text, "utf-8")
    found = examine(census)
    must = [remark.en for remark in found.remarks if remark.weight == MUST]
    assert [
        word for word in ("permit.csv", "districts.gpkg", "decisions.jsonl") if not any(word in line for line in must)
    ] == []
    assert found.exit_code == 3


def test_what_should_be_done_is_said_with_its_place(county):
    """Values that a build would not use: how many, what they are, and the first rows."""
    found = examine(county / "census.toml")
    assert not [remark for remark in found.remarks if remark.weight == MUST]
    assert found.exit_code == 1
    damaged = next(one for one in found.remarks if "ID_DAMAGED" in one.en and "纳税人识别号" in one.en)
    assert damaged.weight == SHOULD
    assert "tax.xlsx 税务登记#" in damaged.en
    assert "被表格软件舍入的数字" in damaged.zh


def test_a_blank_name_is_never_silent(county):
    """A row without a name is named by its place."""
    lines = (county / "permit.csv").read_text("utf-8-sig").splitlines()
    cells = lines[4].split(",")
    lines[4] = ",".join([cells[0], "", *cells[2:]])
    (county / "permit.csv").write_text("\n".join(lines) + "\n", "utf-8")
    census = county / "census.toml"
    census.write_text(
        "\n".join(
            line for line in census.read_text("utf-8").splitlines() if "sha256" not in line and "rows =" not in line
        ),
        "utf-8",
    )
    assert any("permit.csv#5" in one.en and "单位名称" in one.en for one in examine(census).remarks)
