"""Look-up in a run folder: one unit, code, entry or source row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import SourceError, UsageError
from minglu.matching.encoding.encode_entries import ENTRY_COLUMNS, PARSED_COLUMNS
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.register.explain.find_units import GUESSES, find_units, source_row
from minglu.register.storage.run_store import read_table

UNIT_KEYS = ("unit_id", "unit_code", "legal_id", "uscc")

LINKAGE_COLUMNS = (*ENTRY_COLUMNS, *PARSED_COLUMNS)

MOST_OFFERED = 5

Row = Mapping[str, Any]


NAMED = ("id", "row", "name", "part_of_name")
"""How a text names several units so that all of them may be meant."""


class RunTables:
    """The tables of a finished run, asked for a few rows at a time."""

    def __init__(self, out: Path) -> None:
        if not (out / "tables").is_dir():
            raise SourceError(
                en=f"{out}: is not a run folder (no tables in it). Name the folder that minglu build wrote with --out.",
                zh=f"{out}：不是 minglu 的结果文件夹（其中没有 tables）。请写明 minglu build 用 --out 写出的文件夹。",
            )
        self._out = out

    def units_of(self, item: str) -> list[Row]:
        """Return the units that an id, a code or a name stands for, by id; raises UsageError where there is none."""
        return (self._rows("units", self._stands_for(item)) if item else []) or self._named(item)

    def _named(self, item: str) -> list[Row]:
        """Return the units that a search finds; what is only like the name is offered in the refusal."""
        found = find_units(self._out, item).units
        best = [unit for unit in found if unit["how"] == "name"] or found
        ambiguous = len(best) > 1 and best[0]["how"] not in NAMED  # a part of a code, an address: offered, not taken
        if best and best[0]["how"] not in GUESSES and not ambiguous:
            ids = pa.array([unit["unit_id"] for unit in best], pa.string())
            return self._rows("units", pc.field("unit_id").isin(ids))
        offered = ", ".join(f"{unit['name']} ({unit['unit_id']})" for unit in best[:MOST_OFFERED])
        raise UsageError(
            en=f"{item!r}: {self._out} knows no unit, entry, code, name or row like that. "
            + (f"Did you mean: {offered}? " if offered else "")
            + "Expected a unit_id (U...), a legal_id (L...), an entry_id (E...), a unit code, a USCC, a name or a part "
            "of one, or a source row such as tax.xlsx#12.",
            zh=f"{item!r}：{self._out} 中没有该单位、条目、代码、名称或行。"
            + (f"是否指：{offered}？" if offered else "")
            + "应为 unit_id（U…）、legal_id（L…）、entry_id（E…）、单位代码、统一社会信用代码、名称（或其一部分），"
            "或来源行，如 tax.xlsx#12。",
        )

    def _stands_for(self, item: str) -> pc.Expression:
        chosen = pc.field("entry_id") == item
        at = source_row(item)
        if at is not None:
            chosen = chosen | ((pc.field("file") == at[0]) & (pc.field("row") == at[1]))
        members = [row["unit_id"] for row in self._rows("members", chosen)]
        wanted = pc.field("unit_id").isin(pa.array(members, pa.string()))
        for key in UNIT_KEYS:
            wanted = wanted | (pc.field(key) == item)
        return wanted

    def set_aside(self, item: str) -> list[Row]:
        """Return the rows of `rejects` that a source row FILE#ROW names."""
        at = source_row(item)
        return [] if at is None else self._rows("rejects", (pc.field("file") == at[0]) & (pc.field("row") == at[1]))

    def entries_of(self, units: Sequence[Row]) -> list[Row]:
        """Return the entries of some units, ordered by id."""
        wanted = pa.array([unit["unit_id"] for unit in units], pa.string())
        ids = [row["entry_id"] for row in self._rows("members", pc.field("unit_id").isin(wanted))]
        return self._rows("entries", pc.field("entry_id").isin(pa.array(ids, pa.string())))

    def pairs_touching(self, entry_ids: Sequence[str], name: str = "scored_pairs") -> pa.Table:
        """Return the pairs of a table that one of the entries is in."""
        wanted = pa.array(entry_ids, pa.string())
        return read_table(self._out, name, where=pc.field("left").isin(wanted) | pc.field("right").isin(wanted))

    def weights(self) -> pa.Table:
        """Return what each level of each comparison weighs."""
        return read_table(self._out, "weights")

    def words(self) -> Vocabulary:
        """Return the words with which names and addresses were read."""
        return Vocabulary.of_table(read_table(self._out, "words"))

    def compared_entries(self, entry_ids: Sequence[str]) -> tuple[pa.Table, pa.Table]:
        """Return what linkage read of some entries, and what it counted of them, both ordered by entry_id.

        Personal values are empty where the run does not keep them.
        """
        wanted = pc.field("entry_id").isin(pa.array(entry_ids, pa.string()))
        entries = read_table(self._out, "entries", where=wanted).sort_by("entry_id")
        nothing = pa.array([""] * entries.num_rows, pa.string())
        for name in {*LINKAGE_COLUMNS} - {*entries.column_names}:
            entries = entries.append_column(name, nothing)
        return entries.select(LINKAGE_COLUMNS), read_table(self._out, "crowds", where=wanted).sort_by("entry_id")

    def keeps_personal(self) -> bool:
        """Return whether telephones and people are kept in the run."""
        return "phone" in read_table(self._out, "entries", where=pc.field("entry_id") == "").column_names

    def legal_unit(self, unit: Row) -> Row:
        """Return the legal unit that a unit belongs to."""
        return self._rows("legal_units", pc.field("legal_id") == unit["legal_id"])[0]

    def placement(self, unit: Row) -> Row:
        """Return where a unit was placed."""
        return self._rows("placements", pc.field("unit_id") == unit["unit_id"])[0]

    def _rows(self, name: str, where: pc.Expression) -> list[Row]:
        rows: list[Row] = read_table(self._out, name, where=where).to_pylist()
        return rows
