"""Lists that are another list saved again: the same cleaned rows, whatever the file, its format and its encoding."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from minglu.register.engine import Engine

CONTENT = ("name", "former_name", "uscc", "permit_no", "address", "site_address", "industry", "industry_code", "status")
"""Columns of `entries` that two offices never write alike in all rows: their own words and spellings."""
LEAST_ROWS = 30
"""Fewer rows may be alike by chance, and no estimate rests on them."""
SAME_ROWS = 0.97
"""Lists that share so much of their distinct rows are one list: a few rows were lost or corrected in between."""

ListPair = tuple[str, str]


def repeated_lists(engine: Engine, names: Collection[str]) -> tuple[ListPair, ...]:
    """Return the pairs of the lists `names` that hold the same rows, by `entries`; names in order.

    Only lists of about as many rows are compared.
    """
    engine.sql("rows_by_list", "SELECT list, count(*) AS n FROM entries GROUP BY list")
    rows = {row["list"]: row["n"] for row in engine.get("rows_by_list", order_by="list").to_pylist()}
    engine.drop("rows_by_list")
    long = sorted(name for name in names if rows.get(name, 0) >= LEAST_ROWS)
    alike = [(a, b) for a, b in combinations(long, 2) if min(rows[a], rows[b]) >= SAME_ROWS * max(rows[a], rows[b])]
    return tuple(pair for pair in alike if _hold_same(engine, pair))


def _hold_same(engine: Engine, pair: ListPair) -> bool:
    columns = ", ".join(f"coalesce({name}, '') AS {name}" for name in CONTENT)
    one, two = (f"SELECT DISTINCT {columns} FROM entries WHERE list = '{_escaped(name)}'" for name in pair)
    engine.sql(
        "same_rows",
        f"SELECT (SELECT count(*) FROM ({one}) a) AS rows_one, (SELECT count(*) FROM ({two}) b) AS rows_two, "
        f"(SELECT count(*) FROM ({one} INTERSECT {two}) c) AS rows_shared",
    )
    found = engine.get("same_rows", order_by="rows_shared").to_pylist()[0]
    engine.drop("same_rows")
    return bool(found["rows_shared"] >= SAME_ROWS * max(found["rows_one"], found["rows_two"]))


def _escaped(name: str) -> str:
    return name.replace("'", "''")
