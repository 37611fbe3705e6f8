"""Rows of an earlier run found among today's: by id, else by content that points to one unit on either side.

A row's id is made from every cell, so that a corrected cell, or a list with one more column, changes it.
Such rows are found by list, codes, name and place, the strictest key first; a key that points to two units
on either side says nothing.  Units of which no row is found so are looked for in other lists as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from minglu.register.engine import Engine

ROW_COLUMNS = ("entry_id", "list", "name", "uscc", "permit_no", "place")
PLACE = "CASE WHEN e.site_address <> '' THEN e.site_address ELSE e.address END"
CODED = "(uscc <> '' OR permit_no <> '')"


class Rung(NamedTuple):
    """One key by which rows are found again, and which rows have it."""

    key: tuple[str, ...]
    guard: str


WITHIN_LIST = (
    Rung(("list", "uscc", "permit_no", "name", "place"), f"name <> '' AND (place <> '' OR {CODED})"),
    Rung(("list", "uscc", "permit_no", "name"), f"name <> '' AND {CODED}"),
    Rung(("list", "uscc", "permit_no", "place"), f"place <> '' AND {CODED}"),
    Rung(("list", "name", "place"), "name <> '' AND place <> ''"),
    Rung(("list", "uscc", "permit_no"), CODED),
)
ACROSS_LISTS = (
    Rung(("uscc", "name", "place"), "uscc <> '' AND name <> '' AND place <> ''"),
    Rung(("uscc", "name"), "uscc <> '' AND name <> ''"),
    Rung(("uscc", "place"), "uscc <> '' AND place <> ''"),
    Rung(("name", "place"), "name <> '' AND place <> ''"),
)


def trace_rows(engine: Engine) -> None:
    """Make `shares` (former, unit, live, shared, head, rows): how many rows former and new units have in common.

    Reads `former_rows` (ROW_COLUMNS, id, live, head) and `todays_rows` (ROW_COLUMNS, id); leaves both as they are.
    """
    engine.sql(
        "traced_0",
        "SELECT f.id AS former, f.live, f.head, t.id AS unit FROM former_rows f "
        "JOIN todays_rows t ON t.entry_id = f.entry_id",
    )
    engine.sql(
        "lost",
        "SELECT f.* FROM former_rows f LEFT JOIN todays_rows t ON t.entry_id = f.entry_id WHERE t.entry_id IS NULL",
    )
    engine.sql(
        "fresh",
        "SELECT t.* FROM todays_rows t LEFT JOIN (SELECT entry_id FROM former_rows WHERE live) f "
        "ON f.entry_id = t.entry_id WHERE f.entry_id IS NULL",
    )
    steps = _climb(engine, WITHIN_LIST, 1)
    known = " UNION ALL ".join(f"SELECT * FROM traced_{step}" for step in range(steps))
    engine.sql("known", known)
    for side, column in (("lost", "former"), ("fresh", "unit")):
        engine.sql("orphans", f"SELECT * FROM {side} WHERE id NOT IN (SELECT {column} FROM known)")
        engine.sql(side, "SELECT * FROM orphans")
    further = _climb(engine, ACROSS_LISTS, steps)
    every = " UNION ALL ".join(["SELECT * FROM known", *(f"SELECT * FROM traced_{n}" for n in range(steps, further))])
    engine.sql(
        "shares",
        "SELECT s.former, s.unit, s.live, s.shared, s.head, r.rows FROM (SELECT former, unit, live, "
        "count(*) AS shared, max(CASE WHEN head THEN 1 ELSE 0 END) = 1 AS head "
        f"FROM ({every}) traced GROUP BY former, unit, live) s "
        "JOIN (SELECT id, live, count(*) AS rows FROM former_rows GROUP BY id, live) r "
        "ON r.id = s.former AND r.live = s.live",
    )
    engine.drop("lost", "fresh", "known", "orphans", "bridges", "rest", *(f"traced_{step}" for step in range(further)))


def _climb(engine: Engine, rungs: Sequence[Rung], step: int) -> int:
    """Trace lost rows rung by rung into `traced_{step}` and on, while there are any; return the next step."""
    for rung in rungs:
        if not engine.count("lost") or not engine.count("fresh"):
            break
        _take_rung(engine, rung, f"traced_{step}")
        step += 1
    return step


def _take_rung(engine: Engine, rung: Rung, traced: str) -> None:
    """Trace the lost rows whose key points to one former and to one new unit; take both sides off the tables."""
    key = ", ".join(f'"{column}"' for column in rung.key)
    engine.sql(
        "bridges",
        f"SELECT * FROM (SELECT {key}, live, min(id) AS former FROM lost WHERE {rung.guard} GROUP BY {key}, live "
        f"HAVING count(DISTINCT id) = 1) f JOIN (SELECT {key}, min(id) AS unit FROM fresh WHERE {rung.guard} "
        f"GROUP BY {key} HAVING count(DISTINCT id) = 1) t USING ({key})",
    )
    if not engine.count("bridges"):
        engine.sql(traced, "SELECT * FROM traced_0 WHERE false")
        return
    engine.sql(traced, f"SELECT r.id AS former, live, r.head, b.unit FROM lost r JOIN bridges b USING ({key}, live)")
    for side, shared in (("lost", f"{key}, live"), ("fresh", key)):
        engine.sql(
            "rest",
            f"SELECT r.* FROM {side} r LEFT JOIN (SELECT DISTINCT {shared}, unit FROM bridges) b "
            f"USING ({shared}) WHERE b.unit IS NULL",
        )
        engine.sql(side, "SELECT * FROM rest")
