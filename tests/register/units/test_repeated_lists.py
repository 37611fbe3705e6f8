"""A list that was saved again is that list, in whatever format and order, with a row more or less."""

from __future__ import annotations

import pyarrow as pa
import pytest

from minglu.register.coverage.completeness import estimate_completeness
from minglu.register.engine import open_engine
from minglu.register.units.repeated_lists import CONTENT, repeated_lists


def rows(name, numbers, **changed):
    """Return rows of entries of a list, one a number."""
    return [
        {"list": name} | {column: f"{column}{number}" for column in CONTENT} | {"former_name": None} | changed
        for number in numbers
    ]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (rows("tax", range(100)), True),
        (rows("tax", reversed(range(100))), True),
        (rows("tax", range(3, 100)), True),
        (rows("tax", range(2, 102)), True),
        (rows("tax", range(10, 100)), False),
        (rows("tax", range(100), site_address="elsewhere"), False),
        (rows("tax", range(20)), False),
    ],
)
def test_rows_decide_and_not_the_file(tmp_path, second, found):
    """Order and a few rows make no other list; another column in every row does, and a part of a list is a part."""
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    try:
        engine.put(
            "entries", pa.Table.from_pylist([*rows("business", range(100)), *second, *rows("permit", range(300, 400))])
        )
        assert repeated_lists(engine, ["tax", "business", "permit"]) == ((("business", "tax"),) if found else ())
    finally:
        engine.close()


def test_a_repeated_list_is_one_source_however_its_units_were_linked():
    """Linkage left many copies apart; still nothing is estimated from a list and itself."""
    overlap = {"a": 60, "b": 60, "a+b": 140}
    kinds = {"a": "business", "b": "permit"}
    assert estimate_completeness(overlap, kinds)["status"] == "estimated"
    found = estimate_completeness(overlap, kinds, {("county", "990101"): overlap}, repeated=[("a", "b")])
    assert found["status"] == "not estimable"
    assert found["sources"] == [["a", "b"]]
    assert "estimate" not in found["strata"][0]
