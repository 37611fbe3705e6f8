"""A register built again from newer lists: who was there keeps id and code, and the difference is told with its reason."""

from __future__ import annotations

import dataclasses

import openpyxl
import pyarrow.parquet as pq
import pytest

from minglu.errors import SourceError, UsageError
from minglu.register.succession.previous_run import find_previous_run
from minglu.register.verification.diff import compare_runs, write_changes
from tests.trust import county

RENAMED, NEWCOMER = 4, "新来县来新五金加工厂"


@pytest.fixture(scope="module")
def rebuilt(built, tmp_path_factory):
    """The county a year later: tax sends a further column, rows come in another order, one is renamed, one is new."""
    lists = county.lists()
    rows = {kind: [list(row) for row in reversed(rows)] for kind, rows in lists.rows.items()}
    name = lists.column("business", "企业名称")
    rows["business"][RENAMED][name] += "（更名）"
    added = ["" for _ in lists.headings["tax"]]
    added[lists.column("tax", "纳税人名称")] = NEWCOMER
    added[lists.column("tax", "生产经营地址")] = "远乡县天边镇无人路9999号"
    rows["tax"] = [[*row, "2028"] for row in (*rows["tax"], added)]
    headings = {**lists.headings, "tax": (*lists.headings["tax"], "年度")}
    folder = tmp_path_factory.mktemp("later") / "county"
    county.make_county(folder, dataclasses.replace(lists, headings=headings, rows=rows))
    return county.run(county.write_census(folder, top=f'previous = "{built}"\n'), folder / "out")


def test_units_keep_id_and_code_through_newer_lists(built, rebuilt):
    """Every row of the tax list has another id; no unit has."""
    before, after = ({row["unit_id"]: row for row in county.table(out, "units")} for out in (built, rebuilt))
    assert set(before) < set(after)
    assert len(after) == len(before) + 1
    assert {key: after[key]["unit_code"] for key in before} == {key: row["unit_code"] for key, row in before.items()}
    assert {key: after[key]["legal_id"] for key in before} == {key: row["legal_id"] for key, row in before.items()}
    kinds = [row["kind"] for row in county.table(rebuilt, "succession") if row["level"] == "site"]
    assert sorted(set(kinds)) == ["kept", "new"]
    assert kinds.count("new") == 1


def test_the_difference_names_unit_field_values_and_the_row_that_gave_them(built, rebuilt, tmp_path):
    difference = compare_runs(built, rebuilt)
    changes = difference.changes.to_pylist()
    (added,) = [row for row in changes if row["kind"] == "added"]
    assert added["name"] == NEWCOMER
    (renamed,) = [row for row in changes if row["field"] == "name"]
    assert renamed["after"] == f"{renamed['before']}（更名）".replace("（", "(").replace("）", ")")
    assert (renamed["file"], renamed["row"], renamed["why"]) == ("business.csv", RENAMED + 2, "new_row")
    assert difference.counts()["added"] == 1
    assert not any(NEWCOMER in line for line in difference.lines("zh", units=False))
    assert any(NEWCOMER in line for line in difference.lines("en", units=True))
    assert "list" not in difference.as_dict(units=False)
    for name in ("changes.xlsx", "changes.parquet"):
        write_changes(difference, tmp_path / name, [built, rebuilt])
    assert pq.read_table(tmp_path / "changes.parquet").to_pylist() == changes
    page = openpyxl.load_workbook(tmp_path / "changes.xlsx").worksheets[0]
    assert page.max_row == 1 + len(changes), "a row of headings, then the changes"
    words = {page.cell(row, 1).value: page.cell(row, 3).value for row in range(2, page.max_row + 1)}
    assert words["新增单位 added"] is None
    assert any("单位名称  1" in line for line in difference.lines("zh", units=False))
    with pytest.raises(UsageError, match="run folder"):
        write_changes(difference, rebuilt / "changes.xlsx", [built, rebuilt])
    with pytest.raises(UsageError, match="ends in"):
        write_changes(difference, tmp_path / "changes.csv", [])


def test_a_run_differs_from_itself_in_nothing(built):
    difference = compare_runs(built, built)
    assert difference.changes.num_rows == 0
    assert difference.lines("en", units=True)[-1].strip() == "no change"


def test_an_earlier_run_must_be_there_and_unchanged(built, tmp_path):
    """Ids are carried on from what a manifest vouches for, or not at all; and a run never replaces its predecessor."""
    with pytest.raises(SourceError, match="not the run folder"):
        find_previous_run(tmp_path)
    copy = tmp_path / "copy"
    (copy / "tables").mkdir(parents=True)
    for name in ("manifest.json", "coverage.json", "tables/units.parquet"):
        (copy / name).write_bytes((built / name).read_bytes())
    with pytest.raises(SourceError, match="vouches"):
        find_previous_run(copy)
    census = county.make_county(tmp_path / "county")
    county.write_census(census.parent, top=f'previous = "{built}"\n')
    with pytest.raises(UsageError, match="would be lost"):
        county.run(census, built)
