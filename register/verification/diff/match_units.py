"""Which unit of the old run is which of the new one: by id, else by the rows that they have in common.

Runs of one chain (`[census] previous`) share their ids; other runs share ids only where no row changed.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from minglu.register.engine import Engine
from minglu.register.succession import Share, choose_ids, trace_rows
from minglu.register.succession.previous_run import put_previous_run

OLD_ROWS = (
    "SELECT e.entry_id, e.list, e.name, e.uscc, e.permit_no, e.place, m.unit_id AS id, true AS live, "
    "e.entry_id = u.name_entry AS head FROM earlier_entries e JOIN earlier_members m ON m.entry_id = e.entry_id "
    "JOIN earlier_units u ON u.unit_id = m.unit_id"
)


def pair_units(engine: Engine, old: Path, new: Path) -> None:
    """Make `pairs` (former, unit: one to one), `shares`, `old_entries` and `new_members` of two run folders."""
    put_previous_run(engine, new)
    engine.sql("todays_rows", OLD_ROWS)
    put_previous_run(engine, old)
    engine.sql("former_rows", OLD_ROWS)
    engine.sql("old_entries", "SELECT entry_id, id AS unit_id FROM former_rows")
    trace_rows(engine)
    engine.sql(
        "same",
        "SELECT DISTINCT f.id FROM former_rows f JOIN (SELECT DISTINCT id FROM todays_rows) t ON t.id = f.id",
    )
    engine.sql(
        "open_shares",
        "SELECT s.* FROM shares s WHERE s.former NOT IN (SELECT id FROM same) AND s.unit NOT IN (SELECT id FROM same)",
    )
    found = engine.get("open_shares", order_by="former, unit").select(Share._fields).to_pylist()
    chosen = choose_ids(Share(**share) for share in found)
    columns = {"former": list(chosen.values()), "unit": list(chosen)}
    engine.put("chosen", pa.table({name: pa.array(ids, pa.string()) for name, ids in columns.items()}))
    engine.sql("pairs", "SELECT id AS former, id AS unit FROM same UNION ALL SELECT former, unit FROM chosen")
    engine.drop("same", "open_shares", "chosen", "former_rows", "todays_rows")
    engine.drop("earlier_entries", "earlier_members", "earlier_units", "earlier_retired")
