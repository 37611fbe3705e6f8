"""The cleaning step of a build: the tables `entries`, `rejects` and `value_faults` from the source rows."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.cleaning.entry_ids import entry_ids, numbered_ids
from minglu.register.engine import Engine
from minglu.register.rules.rule_pack import RulePack
from minglu.register.schemas import ENTRIES, SOURCE_COLUMNS, VALUE_FAULTS

KEY = ", ".join(column.name for column in SOURCE_COLUMNS)


def make_entries(engine: Engine, pack: RulePack, *, keep_personal: bool, keep_unused: bool = False) -> None:
    """Make `entries`, `rejects` and `value_faults_text` from `rows` and `read_rejects`, which go."""
    engine.map("cleaned", partial(clean_batch, pack=pack, keep_personal=keep_personal, keep_unused=keep_unused), "rows")
    engine.drop("rows")
    engine.sql(
        "rejects",
        f"SELECT * FROM read_rejects UNION ALL SELECT {KEY}, reject_code AS code, "
        "reject_reason AS reason FROM cleaned WHERE reject_code <> ''",
    )
    engine.sql("faulty", f"SELECT {KEY}, faults FROM cleaned")
    engine.map("value_faults_text", value_faults, "faulty")
    others = ", ".join(f'"{name}"' for name in ENTRIES.names if name != "entry_id")
    engine.sql(
        "entries",
        f"SELECT unique_id AS entry_id, {others} FROM ({numbered_ids('cleaned')}) numbered WHERE reject_code = ''",
    )
    engine.drop("cleaned", "faulty", "read_rejects")


def clean_batch(rows: pa.Table, *, pack: RulePack, keep_personal: bool, keep_unused: bool = False) -> pa.Table:
    """Clean a batch of ROWS and give its rows their ids; copies of a row still share one."""
    cleaned = clean_rows(rows, pack, keep_personal=keep_personal, keep_unused=keep_unused)
    return cleaned.set_column(cleaned.column_names.index("entry_id"), "entry_id", entry_ids(rows))


def value_faults(cleaned: pa.Table) -> pa.Table:
    """Unfold the column `faults` of cleaned rows into VALUE_FAULTS, one row per value set aside."""
    faults = cleaned.column("faults").combine_chunks()
    rows = cleaned.select([column.name for column in SOURCE_COLUMNS]).take(faults.value_parent_indices())
    flat = faults.flatten()
    for index, name in enumerate(("field", "code", "reason")):
        rows = rows.append_column(name, flat.field(index))
    return rows.cast(VALUE_FAULTS)
