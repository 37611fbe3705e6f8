"""The base-list account: every row handed down is accounted for once, and the sums are those of the run."""

import shutil

import openpyxl
import pytest

from minglu.errors import ExistsError, LawError, UsageError
from minglu.register.clerical.base_list import base_account as module
from minglu.register.clerical.base_list.account_workbook import VERIFICATION, write_base_account
from minglu.register.clerical.base_list.base_account import COUNTED, REMOVED, base_account
from minglu.register.clerical.field_facts.fact_chain import Fact, append_facts, fact_record
from minglu.register.clerical.hash_chain import START
from minglu.register.storage.run_store import read_account, read_table
from tests.register.clerical.review.conftest import SAMPLE, run

FILES = ("business.csv", "tax.xlsx", "permit.csv", "districts.gpkg", "county.gpkg", "census.toml")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The sample county, its business registry as the base list and its tax list as a cross-check."""
    folder = tmp_path_factory.mktemp("base")
    for name in FILES:
        shutil.copy(SAMPLE / name, folder)
    census = folder / "census.toml"
    text = census.read_text("utf-8").replace('kind = "business"', 'kind = "business"\nrole = "base"')
    census.write_text(text.replace('kind = "tax"', 'kind = "tax"\nrole = "check"'), "utf-8")
    return run(census, folder / "out")


def test_handed_down_less_removed_and_with_added_is_the_register_in_every_cell(out):
    """By area and class as in all, at every level of areas, and as coverage.json counts rows and units."""
    coverage = read_account(out)["accounting"]
    rows = next(row["rows"] for row in coverage["lists"] if row["list"] == "business")
    for level in ("county", "township", "district"):
        account = base_account(out, level)
        for cell in {cell for cell, _ in account.counts}:
            n = {kind: account.counts[cell, kind] for kind in COUNTED}
            assert n["handed_down"] - sum(n[why] for why in REMOVED) == n["kept"]
            assert n["kept"] + n["added"] == n["register"]
        assert account.total("handed_down") == rows
        assert account.total("register") == coverage["units"]["unit"]


def test_each_row_of_the_base_list_is_kept_or_removed_once(out):
    """No row is missing from both, none stands in both, and a kept unit has one row."""
    account = base_account(out, "township")
    members = read_table(out, "members").to_pylist()
    kept = {row["unit_id"] for row in read_table(out, "units").to_pylist() if row["outcome"] == "unit"}
    removed = [(row["file"], row["sheet"], row["row"]) for row in account.removed]
    assert len(removed) == len(set(removed))
    stands_for = {row["unit_id"] for row in members if row["list"] == "business" and row["unit_id"] in kept}
    assert len(stands_for) == account.total("kept")
    assert {row["unit_id"] for row in account.added} == kept - stands_for


def test_the_workbooks_hold_the_account_and_every_removal_with_its_reason(out, tmp_path):
    made = write_base_account(out, tmp_path / "base")
    book = openpyxl.load_workbook(tmp_path / "base" / VERIFICATION)
    lines = list(book["核减核实表"].iter_rows(min_row=3, values_only=True))
    assert len(lines) == len(made.account.removed)
    head = [cell.value for cell in book["核减核实表"][1]]
    reasons = [line[head.index("核减原因")] for line in lines]
    assert all(reasons)
    assert not any("closed" in reason or "[" in reason for reason in reasons)
    book = openpyxl.load_workbook(made.files[0])
    last = list(book["底册比对"].iter_rows(values_only=True))[-1]
    assert [int(cell) for cell in last[2:]] == [made.account.total(kind) for kind in COUNTED]
    assert book["增补单位"].max_row - 2 == made.account.total("added")
    with pytest.raises(ExistsError):
        write_base_account(out, tmp_path / "base")


def test_a_cross_check_counts_what_it_supports_and_what_it_alone_knows(out):
    """Of the kept units on the tax list, some are on another list too; the others are on it alone."""
    (support,) = base_account(out, "county").support
    units = [row["lists"].split("+") for row in read_table(out, "units").to_pylist() if row["outcome"] == "unit"]
    assert support["supported"] + support["alone"] == sum("tax" in lists for lists in units)
    assert support["alone"] == sum(lists == ["tax"] for lists in units) > 0


def test_a_run_without_base_list_is_refused_and_one_that_does_not_add_up_too(out, monkeypatch):
    monkeypatch.setattr(module, "read_account", lambda _: {"accounting": {"lists": [{"list": "business", "rows": 1}]}})
    with pytest.raises(UsageError, match='role = "base"'):
        base_account(out, "county")
    account = read_account(out)
    account["accounting"]["units"]["unit"] += 1
    monkeypatch.setattr(module, "read_account", lambda _: account)
    with pytest.raises(LawError, match="register: the account of the base list has"):
        base_account(out, "county")


@pytest.mark.slow
def test_a_removal_that_is_not_agreed_to_comes_back_as_a_new_line_of_the_field(out):
    """Closed or out of scope: a 新增 line with code, status and trade is joined to the removed rows; the unit is kept."""
    units = read_table(out, "units").to_pylist()
    placed = {row["unit_id"]: row["district_code"] for row in read_table(out, "placements").to_pylist()}
    facts, wanted = [], {}
    for outcome, trade in (("closed", ""), ("out_of_scope", "1311")):
        unit = next(row for row in units if row["outcome"] == outcome and row["uscc"] and placed[row["unit_id"]])
        wanted[unit["unit_id"]] = outcome
        values = {"name": unit["name"], "uscc": unit["uscc"], "site_address": unit["site_address"] or unit["address"]}
        values |= {
            "status": "运行",
            "district_code": placed[unit["unit_id"]],
            **({"industry_code": trade} if trade else {}),
        }
        facts.append(Fact("new", "", (), "李", "2028-01-20", "", values))
    census = out.parent / "census.toml"
    census.write_text(census.read_text("utf-8").replace("[census]\n", '[census]\nfield = "field.jsonl"\n', 1), "utf-8")
    append_facts(out.parent / "field.jsonl", [fact_record(fact) for fact in facts], head=START)
    again = {
        row["unit_id"]: row["outcome"] for row in read_table(run(census, out.parent / "again"), "units").to_pylist()
    }
    assert {unit: again.get(unit) for unit in wanted} == dict.fromkeys(wanted, "unit")
