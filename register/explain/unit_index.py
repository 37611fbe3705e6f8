"""The search index of units: names, codes, addresses, telephones and initials of all their rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow as pa

from minglu.errors import SourceError
from minglu.matching.parsing.phonetics import readings
from minglu.matching.parsing.text_columns import letter_table, spelled_by_letter
from minglu.register.engine.run_queries import RunQueries

TABLE = "unit_index"
SEPARATOR = "\n"
"""Stands before and behind every value, so that a whole one and the beginning of one can be asked for."""
CODES = ("uscc", "uscc_seen", "org_code", "reg_no", "tax_no", "permit_no")

GATHER = """
SELECT u.unit_id, u.unit_code, u.legal_id, u.name, u.uscc, u.outcome, u.lists, u.entries, u.lon, u.lat,
  CASE WHEN u.site_address <> '' THEN u.site_address ELSE u.address END AS address,
  coalesce(p.district_code, '') AS district_code, coalesce(d.name, '') AS district_name,
  upper(g.names || u.former_names || {line}) AS names, upper(g.codes || u.unit_code || {line}) AS codes,
  upper(g.places) AS places, g.phones AS phones
FROM units u
JOIN (
  SELECT m.unit_id, {names} AS names, {codes} AS codes, {places} AS places, {phones} AS phones
  FROM members m JOIN entries e ON e.entry_id = m.entry_id GROUP BY m.unit_id
) g ON g.unit_id = u.unit_id
LEFT JOIN placements p ON p.unit_id = u.unit_id
LEFT JOIN districts d ON d.code = p.district_code
ORDER BY u.unit_id
"""


def open_tables(run: Path) -> RunQueries:
    """Open the tables of a run folder to be asked; raises SourceError where it is none."""
    tables = {path.stem: path for path in sorted((run / "tables").glob("*.parquet"))}
    if not {"units", "members", "entries", "placements", "districts"} <= tables.keys():
        raise SourceError(
            en=f"{run}: is not a run folder (no tables in it). Name the folder that minglu build wrote with --out.",
            zh=f"{run}：不是 minglu 的结果文件夹（其中没有 tables）。请写明 minglu build 用 --out 写出的文件夹。",
        )
    return RunQueries(tables)


def make_index(queries: RunQueries) -> None:
    """Keep the table `unit_index` in memory: one row per unit, ordered by unit_id.

    Its columns names, codes, places, phones, initials hold what any row of the unit has, in capitals, each value
    between line ends; telephones only where the run keeps them.
    """
    kept = {row["column_name"] for row in queries.rows("DESCRIBE SELECT * FROM entries")}
    gathered = queries.table(
        GATHER.format(
            line="chr(10)",
            names=_joined("e.name", "e.former_name"),
            codes=_joined(*(f"e.{name}" for name in CODES)),
            places=_joined("e.site_address", "e.address"),
            phones=_joined("e.phone") if "phone" in kept else "''",
        )
    )
    keep_index(queries, gathered)


def keep_index(queries: RunQueries, gathered: pa.Table) -> None:
    """Keep gathered units as the index, with their initials and everything in one text, which is looked at first."""
    names = gathered.column("names").combine_chunks()
    queries.keep(
        TABLE,
        "SELECT *, codes || names || initials || places || phones || upper(concat_ws(chr(10), unit_id, legal_id, "
        "district_code, district_name)) AS everything FROM gathered",
        gathered=gathered.append_column("initials", initials(names)),
    )


def _joined(*columns: str) -> str:
    """Return SQL that joins the distinct values of columns in their order, with a separator on either side."""
    lists = ", ".join(f"list({column})" for column in columns)
    text = f"array_to_string(list_sort(list_distinct(list_concat({lists}))), chr(10))"
    return f"(chr(10) || {text} || chr(10))"


def initials(texts: pa.Array) -> pa.Array:
    """Return the first letters of the pinyin of each text (no nulls), in capitals; anything else as it is.

    >>> initials(pa.array(["瑞丰印染厂A1"])).to_pylist()
    ['RFYRCA1']
    """
    return spelled_by_letter(texts, _initial_table())


@cache
def _initial_table() -> pa.Array:
    return letter_table({code: syllable[0].upper() for code, syllable in readings().items()})
