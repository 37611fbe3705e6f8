"""A clerk merges two units and takes it back: three registers, with their ids, records and differences."""

from __future__ import annotations

import pytest

from minglu.register.clerical.decisions import SAME_SITE, Decision, append_lines, decide_record, read_chain
from minglu.register.clerical.field_sheets.visits import anchors_of
from minglu.register.clerical.hash_chain import START, undo_record
from minglu.register.verification.diff import compare_runs
from tests.trust import county


@pytest.mark.slow
def test_a_merge_by_a_clerk_and_its_undoing_keep_every_id_through_three_registers(tmp_path):
    """Merged and recorded; undone while a list comes under another name with its rows reversed: all ids are as at first."""
    lists = county.lists(sites=30)
    alone = {kind: rows if kind == "business" else rows[len(rows) // 2 :] for kind, rows in lists.rows.items()}
    lists = lists.with_rows(alone)  # some sites are left on one list alone: units of one row
    census = county.make_county(tmp_path / "county", lists)
    county.write_census(census.parent, top='decisions = "decisions.jsonl"\n')
    first = county.run(census, tmp_path / "one")
    before = {row["unit_id"]: row for row in county.table(first, "units")}
    kept = sorted(unit for unit, row in before.items() if row["outcome"] == "unit" and row["entries"] == 1)[:2]
    sides = sorted((anchors[0] for anchors in anchors_of(first, kept).values()), key=lambda anchor: anchor.entry)
    assert anchors_of(first, ["U123"]) == {}  # what a clerk mistypes is found nowhere, and is no fault of the run
    chain = census.parent / "decisions.jsonl"
    append_lines(
        chain, [decide_record(Decision(*sides, relation=SAME_SITE, by="王", when="2028-01-05", why="一家"))], head=START
    )
    county.write_census(census.parent, top=f'decisions = "decisions.jsonl"\nprevious = "{first}"\n')
    second = county.run(census, tmp_path / "two")
    (ended,) = set(before) - {row["unit_id"] for row in county.table(second, "units")}
    assert ended in kept
    (merged,) = (row for row in county.table(second, "succession") if row["former"] == ended and row["level"] == "site")
    assert (merged["kind"], merged["unit"]) == ("merged", next(unit for unit in kept if unit != ended))
    assert compare_runs(first, second).counts()["merged"] == 1
    append_lines(chain, [undo_record(1, by="王", when="2028-01-09", why="误判")], head=read_chain(chain).head)
    county.write_lists(census.parent, lists.with_rows({kind: rows[::-1] for kind, rows in lists.rows.items()}))
    top = f'decisions = "decisions.jsonl"\nprevious = "{second}"\n'
    county.write_census(census.parent, top=top, more={"tax": 'name = "税务二期"\n'})
    third = {row["unit_id"]: row for row in county.table(county.run(census, tmp_path / "three"), "units")}
    assert set(third) == set(before)
    assert {unit: row["unit_code"] for unit, row in third.items()} == {u: row["unit_code"] for u, row in before.items()}
