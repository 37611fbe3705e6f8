"""Inspecting one file: counts that help the sender, never a value."""

from __future__ import annotations

import json

from minglu.register.sources.inspect_file import inspect_file


def test_damaged_and_invalid_values_are_counted_apart(desk):
    """A rounded code is damaged, a mistyped one invalid, an empty one blank."""
    codes = ("91350100M000100Y43", "9.1335E+17", "91350100M000100Y4Z", " ")
    desk.write(desk.lines(desk.header, *((f"单位{at}", code, "") for at, code in enumerate(codes))))
    (part,) = inspect_file(desk.folder / "list.csv", desk.rules).inputs
    count = {column.field: column for column in part.columns}["uscc"]
    assert (count.filled, count.blank, count.damaged, count.invalid) == (3, 1, 1, 1)
    assert count.faults == {"ID_CHARACTER": 1, "ID_DAMAGED": 1}


def test_inspection_prints_in_both_languages_and_as_json(desk):
    """One structure, three ways out; the phone is not in any of them."""
    header = (*desk.header, "电话", "产品")
    desk.write(desk.lines(header, *((*row, "19900001234", "纸") for row in desk.rows)))
    inspection = inspect_file(desk.folder / "list.csv", desk.rules)
    zh, en = ("\n".join(inspection.as_lines(language)) for language in ("zh", "en"))
    assert "表头所在行: 1" in zh
    assert "unused columns: 产品" in en
    assert json.loads(json.dumps(inspection.as_dict()))["inputs"][0]["report"]["rows"] == 2
    assert "19900001234" not in zh + en + json.dumps(inspection.as_dict())


def test_each_sheet_is_inspected_on_its_own(desk):
    """Counts of one sheet do not leak into another."""
    desk.workbook({"甲": [desk.header, *desk.rows], "乙": [desk.header, desk.rows[0], ("合计",)]})
    parts = inspect_file(desk.folder / "list.xlsx", desk.rules).inputs
    assert [part.columns[1].filled for part in parts] == [1, 1]
    assert [dict(part.rejects) for part in parts] == [{}, {"FOOTER": 1}]
