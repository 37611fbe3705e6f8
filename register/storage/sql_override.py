"""Columns of some rows of a table replaced, by a table that names their units.  Which, and by what, callers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from minglu.register.engine import Engine


def override(
    engine: Engine, name: str, columns: Sequence[str], instead: Mapping[str, str], *, by: str, only: str = "true"
) -> None:
    """Replace columns of the rows of a table whose unit stands in the table `by`, which goes.

    `instead` maps a column to SQL over the row `t` and its row `o` of `by`; `only` is a further condition.
    """
    chosen = ", ".join(
        f'CASE WHEN o.unit_id IS NOT NULL AND {only} THEN {instead[column]} ELSE t."{column}" END AS "{column}"'
        if column in instead
        else f't."{column}"'
        for column in columns
    )
    engine.sql("overridden", f"SELECT {chosen} FROM {name} t LEFT JOIN {by} o ON o.unit_id = t.unit_id")
    engine.sql(name, "SELECT * FROM overridden")
    engine.drop("overridden", by)
