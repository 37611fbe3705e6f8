"""What the field said is so in the next register, each fact found again or reported lost, every row accounted for."""

import json
import shutil

import pytest

from minglu.register.clerical.field_sheets.apply_sheets import apply_sheets
from minglu.register.clerical.field_sheets.make_sheets import SheetOptions, make_sheets
from minglu.register.clerical.hash_chain import Signature
from minglu.register.verification.diff import compare_runs
from tests.register.clerical.field_sheets.conftest import SITES, fill, fullest, lines
from tests.trust import county


@pytest.fixture(scope="module")
def visited(cleared, tmp_path_factory):
    """The county after a round: a sheet for everybody answered in every way, lists corrected, one unit's rows gone."""
    folder = tmp_path_factory.mktemp("visited") / "county"
    shutil.copytree(cleared, folder, ignore=shutil.ignore_patterns("out"))
    out = cleared / "out"
    prefix = county.table(out, "districts")[0]["code"][:6]
    make_sheets(out, folder.parent / "sheets", SheetOptions("enumerator", {prefix: "all"}))
    sheet = fullest(folder.parent / "sheets")[0]
    known = lines(sheet)
    codes = sorted({line["district_code"] for line in known.values() if line["district_code"]})
    elsewhere = next(code for code in codes if code != known["5"]["district_code"])
    told = {
        "1": {"result": "确认"},
        "2": {"result": "更正", "right.name": "更正后的名字厂", "right.lon": "112.340000", "right.lat": "30.620000"},
        "3": {"result": "关闭", "note": "已搬空"},
        "9": {"result": "更正", "right.industry_code": "0313", "right.measures": "生猪 80头"},
        "4": {"result": "现场未找到"},
        "5": {"result": "迁往其他小区", "district": elsewhere},
        "6": {"result": "重复于", "duplicate_of": known["7"]["unit_id"]},
        "7": {"other_sites": "远乡县天边镇别处路7号"},
        "8": {"result": "确认"},
        "N1": {
            "result": "新增",
            "right.name": "天外新厂",
            "right.site_address": "远乡县天外路1号",
            "district": elsewhere,
        },
    }
    fill(sheet, told)
    apply_sheets([sheet], folder / "census.toml", Signature("王科长", "2028-03-01"))
    gone = {row["entry_id"] for row in county.table(out, "members") if row["unit_id"] == known["8"]["unit_id"]}
    lost = {(row["list"], row["row"]) for row in county.table(out, "entries") if row["entry_id"] in gone}
    content = county.lists(sites=SITES)
    rows = {
        kind: [row for number, row in enumerate(rows, 2) if (kind, number) not in lost]
        for kind, rows in content.rows.items()
    }
    date = content.column("tax", "填报日期")
    rows["tax"] = [(*row[:date], "2028-02-02", *row[date + 1 :]) for row in rows["tax"]]
    county.write_lists(folder, content.with_rows(rows))
    top = f'field = "field.jsonl"\ndecisions = "decisions.jsonl"\nprevious = "{out}"\n'
    county.run(county.write_census(folder, top=top), folder / "out")
    return known, elsewhere, folder / "out"


def test_each_answer_has_its_effect(visited):
    """Corrected, closed, not found, moved, duplicate, new: as the sheet said, the ids as they were."""
    known, elsewhere, out = visited
    units = {row["unit_id"]: row for row in county.table(out, "units")}
    placed = {row["unit_id"]: row for row in county.table(out, "placements")}
    ids = {number: line["unit_id"] for number, line in known.items()}
    assert units[ids["1"]]["name"] == known["1"]["name"]
    second = units[ids["2"]]
    assert (second["name"], round(second["lon"], 4)) == ("更正后的名字厂", 112.34)
    assert units[ids["3"]]["outcome"] == "closed"
    ninth = units[ids["9"]]
    assert json.loads(ninth["measures"])["pigs"] == 80
    assert (ninth["outcome"], ninth["outcome_code"]) == ("out_of_scope", "SCOPE_SMALL")
    assert (units[ids["4"]]["outcome"], units[ids["4"]]["outcome_code"]) == ("not_found", "FIELD_NOT_FOUND")
    assert (placed[ids["5"]]["district_code"], placed[ids["5"]]["method"], placed[ids["5"]]["code"]) == (
        elsewhere,
        "declared",
        "FIELD_MOVED",
    )
    assert ids["6"] not in units
    assert ids["7"] in units
    merged = {
        (row["former"], row["unit"]): row["kind"] for row in county.table(out, "succession") if row["level"] == "site"
    }
    assert merged[ids["6"], ids["7"]] == "merged"
    names = [row["name"] for row in units.values()]
    assert names.count("天外新厂") == 1
    sites = [row for row in units.values() if "天边镇" in row["site_address"]]
    assert [(row["name"], row["lists"]) for row in sites] == [(known["7"]["name"], "field")]
    assert {row["lists"] for row in units.values()} & {"facts", "business+facts"} == set()


def test_a_fact_whose_unit_is_gone_is_reported_lost(visited):
    """It stands in the ledger as a row set aside, and among the findings; the others were found again."""
    known, _, out = visited
    facts = county.table(out, "field_facts")
    assert [row["unit_id"] for row in facts if row["state"] == "lost"] == [known["8"]["unit_id"]]
    (row,) = [row for row in county.table(out, "ledger") if row["outcome"] == "rejected" and row["list"] == "facts"]
    assert (row["file"], row["code"]) == ("field.jsonl", "FIELD_LOST")
    coverage = json.loads((out / "coverage.json").read_text("utf-8"))
    assert {"code": "FIELD_LOST", "count": 1}.items() <= next(
        one for one in coverage["findings"] if one["code"] == "FIELD_LOST"
    ).items()
    assert (coverage["field"]["lost"], coverage["field"]["new"]) == (1, 2)


def test_every_fact_is_a_row_of_the_ledger_and_none_is_a_list_of_the_estimate(visited):
    """The field found units after the lists were made: it is no independent list."""
    _, _, out = visited
    coverage = json.loads((out / "coverage.json").read_text("utf-8"))
    rows = {one["list"]: one["rows"] for one in coverage["accounting"]["lists"]}
    assert (rows["facts"], rows["field"]) == (8, 2)
    assert coverage["accounting"]["outcomes"]["not_found"] >= 1
    assert {one["name"] for one in coverage["completeness"]["lists"]} == set(county.KINDS)
    assert not any("field" in key or "facts" in key for key in coverage["accounting"]["overlap"])
    assert "facts of the field" in (out / "report.html").read_text("utf-8")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["field"]["head"] == coverage["field"]["head"]


def test_the_difference_names_the_facts_behind_it(cleared, visited):
    """Field by field, with the line of the file of facts."""
    known, _, out = visited
    changes = compare_runs(cleared / "out", out).changes.to_pylist()
    (renamed,) = [row for row in changes if row["field"] == "name" and row["unit_id"] == known["2"]["unit_id"]]
    assert (renamed["list"], renamed["file"], renamed["row"]) == ("facts", "field.jsonl", 2)
    kinds = {row["kind"] for row in changes}
    assert {"added", "gone", "merged", "moved", "outcome", "field"} <= kinds
