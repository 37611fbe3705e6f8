"""Ids and codes inherited from the previous run, with merges and splits recorded.

An id once assigned to a unit is never assigned to another: ended ids and codes are kept in `retired`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from minglu.common.bilingual import Bilingual
from minglu.register.engine import Engine
from minglu.register.schemas import MEMBERS, RETIRED, SUCCESSION, UNITS
from minglu.register.succession.choose_successor import Share, choose_ids, further_ids
from minglu.register.succession.trace_rows import PLACE, ROW_COLUMNS, trace_rows

COLUMN = {"site": "unit_id", "legal": "legal_id"}
KINDS = {
    "kept": ("沿用原编号", "keeps its id"),
    "merged": ("原单位并入", "the former unit was merged into this one"),
    "split": ("由原单位分出", "split off from the former unit"),
    "exchanged": ("部分行由原单位转来，两者均存续", "rows passed over from the former unit; both live on"),
    "returned": ("曾终止，现恢复原编号", "had ended before, is back under its id"),
    "new": ("新增", "new"),
    "gone": ("已无任何行", "no row is left"),
}


def inherit_ids(engine: Engine, *, earlier: bool, yielding: frozenset[str] = frozenset()) -> None:
    """Give `members` and `fused` the ids of the earlier run; make `succession` and begin `retired`.

    Reads `entries` and, where there is an `earlier` run, its `earlier_entries`, `earlier_members`,
    `earlier_units` and `earlier_retired`.  Without one, ids stay as content makes them and both tables are empty.
    Ids of `yielding` give way to others (see `choose_ids`).
    """
    engine.put("succession", SUCCESSION.empty_table())
    engine.put("retired", RETIRED.empty_table())
    if not earlier:
        return
    for level, share in (("site", _share_rows), ("legal", _share_sites)):
        share(engine)
        _choose(engine, yielding)
        _record(engine, level)
        _rename(engine, level)
    engine.drop("former_rows", "todays_rows", "shares", "assigned_ids", "todays", "ids", "relations")
    engine.drop("earlier_entries", "earlier_members")


def inherit_codes(engine: Engine, *, earlier: bool) -> frozenset[str]:
    """Make `kept_codes` (unit_id, kept_code); return the codes that no unit may be given any more.

    A unit keeps its code as long as it keeps the USCC inside.
    """
    if not earlier:
        engine.put(
            "kept_codes", pa.table({"unit_id": pa.array([], pa.string()), "kept_code": pa.array([], pa.string())})
        )
        return frozenset()
    engine.sql(
        "former_codes",
        "SELECT unit_code AS code, unit_id AS bearer, '0' AS age FROM earlier_units WHERE unit_code <> '' UNION ALL "
        "SELECT id AS code, bearer, '1' AS age FROM earlier_retired WHERE \"level\" = 'code'",
    )
    engine.sql(
        "kept_codes",
        "SELECT f.unit_id, substring(min(concat(c.age, c.code)), 2) AS kept_code FROM fused f "
        "JOIN former_codes c ON c.bearer = f.unit_id AND substring(c.code, 1, 18) = f.uscc GROUP BY f.unit_id",
    )
    engine.sql(
        "barred_codes",
        "SELECT DISTINCT c.code FROM former_codes c LEFT JOIN kept_codes k ON k.kept_code = c.code "
        "WHERE k.kept_code IS NULL",
    )
    return frozenset(engine.get("barred_codes", order_by="code").column("code").to_pylist())


def retire_codes(engine: Engine, *, earlier: bool) -> None:
    """Add the codes that no unit has any more to `retired`."""
    if earlier:
        engine.sql(
            "replacing",
            f"SELECT * FROM retired UNION ALL {_retired_row('code', 'c.code', bearer='min(c.bearer)')} "
            "FROM former_codes c LEFT JOIN units u ON u.unit_code = c.code WHERE u.unit_code IS NULL GROUP BY c.code",
        )
        engine.sql("retired", "SELECT * FROM replacing")
    engine.drop("replacing", "former_codes", "kept_codes", "barred_codes", "earlier_units", "earlier_retired")


def _share_rows(engine: Engine) -> None:
    """Make `shares`, `assigned_ids` (id, live) and `todays` (unit) of sites: what they have in common are rows."""
    columns = ", ".join(f'e."{column}"' for column in ROW_COLUMNS)
    engine.sql(
        "former_rows",
        f"SELECT {columns}, m.unit_id AS id, true AS live, e.entry_id = u.name_entry AS head FROM earlier_entries e "
        "JOIN earlier_members m ON m.entry_id = e.entry_id JOIN earlier_units u ON u.unit_id = m.unit_id UNION ALL "
        f"SELECT {columns}, e.id, false AS live, false AS head FROM earlier_retired e WHERE e.\"level\" = 'site'",
    )
    columns = columns.replace('e."place"', f"{PLACE} AS place")
    engine.sql(
        "todays_rows",
        f"SELECT {columns}, m.unit_id AS id FROM entries e JOIN members m ON m.entry_id = e.entry_id",
    )
    trace_rows(engine)
    engine.sql("assigned_ids", "SELECT DISTINCT id, live FROM former_rows")
    engine.sql("todays", "SELECT unit_id AS unit FROM fused")


def _share_sites(engine: Engine) -> None:
    """Make `shares`, `assigned_ids` and `todays` of legal units: what they have in common are sites, by `relations`."""
    engine.sql(
        "former_rows",
        "SELECT unit_id AS site, legal_id AS id, true AS live FROM earlier_units UNION ALL "
        "SELECT bearer AS site, id, false AS live FROM earlier_retired WHERE \"level\" = 'legal'",
    )
    engine.sql(
        "traced",
        "SELECT f.id AS former, f.live, t.legal_id AS unit, f.site FROM former_rows f JOIN relations r "
        "ON r.former = f.site JOIN fused t ON t.unit_id = r.unit",
    )
    engine.sql(
        "shares",
        "SELECT s.former, s.unit, s.live, s.shared, false AS head, r.rows FROM (SELECT former, unit, live, "
        "count(DISTINCT site) AS shared FROM traced GROUP BY former, unit, live) s "
        "JOIN (SELECT id, live, count(*) AS rows FROM former_rows GROUP BY id, live) r "
        "ON r.id = s.former AND r.live = s.live",
    )
    engine.sql("assigned_ids", "SELECT DISTINCT id, live FROM former_rows")
    engine.sql("todays", "SELECT DISTINCT legal_id AS unit FROM fused")
    engine.drop("traced")


def _choose(engine: Engine, yielding: frozenset[str]) -> None:
    """Make `ids` (unit, id, state): for each unit of today the id that it has from now on."""
    engine.sql(
        "claims",
        "SELECT *, count(*) OVER (PARTITION BY former) AS heirs, count(*) OVER (PARTITION BY unit) AS forebears "
        "FROM shares",
    )
    engine.sql("contested", "SELECT * FROM claims WHERE NOT live OR heirs > 1 OR forebears > 1")
    contested = engine.get("contested", order_by="former, unit, live").select(Share._fields).to_pylist()
    chosen = choose_ids((Share(**share) for share in contested), yielding)
    _put_ids(engine, "chosen_ids", chosen.keys(), chosen.values())
    engine.sql(
        "carried",
        "SELECT unit, former AS id FROM claims WHERE live AND heirs = 1 AND forebears = 1 "
        "UNION ALL SELECT unit, id FROM chosen_ids",
    )
    engine.sql("born", "SELECT unit FROM todays WHERE unit NOT IN (SELECT unit FROM carried)")
    _name_born(engine)
    engine.sql(
        "ids",
        "SELECT c.unit, c.id, CASE WHEN b.id IS NULL THEN 'returned' ELSE 'kept' END AS state FROM carried c "
        "LEFT JOIN (SELECT id FROM assigned_ids WHERE live) b ON b.id = c.id "
        "UNION ALL SELECT unit, id, 'new' AS state FROM named",
    )
    engine.drop("claims", "contested", "chosen_ids", "carried", "born", "named")


def _name_born(engine: Engine) -> None:
    """Make `named` (unit, id) for units without a former id: their own, unless it was ever assigned to another."""
    assigned_ids = "SELECT id FROM assigned_ids"
    engine.sql("named", f"SELECT unit, unit AS id FROM born WHERE unit NOT IN ({assigned_ids})")
    engine.sql("pending", f"SELECT unit FROM born WHERE unit IN ({assigned_ids})")
    pending, attempt = engine.get("pending", order_by="unit").column("unit").to_pylist(), 1
    while pending:
        _put_ids(engine, "tried", pending, further_ids(pending, attempt))
        engine.sql("free", f"SELECT * FROM tried WHERE id NOT IN ({assigned_ids}) AND id NOT IN (SELECT id FROM named)")
        engine.sql("replacing", "SELECT * FROM named UNION ALL SELECT * FROM free")
        engine.sql("named", "SELECT * FROM replacing")
        engine.sql("pending", "SELECT unit FROM tried WHERE id NOT IN (SELECT id FROM free)")
        pending, attempt = engine.get("pending", order_by="unit").column("unit").to_pylist(), attempt + 1
    engine.drop("pending", "tried", "free", "replacing")


def _put_ids(engine: Engine, name: str, units: Iterable[str], ids: Iterable[str]) -> None:
    engine.put(name, pa.table({"unit": pa.array(list(units), pa.string()), "id": pa.array(list(ids), pa.string())}))


def _record(engine: Engine, level: str) -> None:
    """Add the relations of one level to `succession`, and what ended to `retired`."""
    # Long: four queries in a row, each of which reads the one before.
    engine.sql(
        "relations",
        "SELECT s.former, i.id AS unit, CASE WHEN s.former = i.id THEN 'kept' WHEN k.id IS NULL THEN 'merged' "
        "WHEN i.state = 'kept' THEN 'exchanged' ELSE 'split' END AS kind, s.shared FROM shares s "
        "JOIN ids i ON i.unit = s.unit LEFT JOIN ids k ON k.id = s.former WHERE s.live UNION ALL "
        "SELECT i.id AS former, i.id AS unit, 'returned' AS kind, s.shared FROM ids i "
        "JOIN shares s ON s.unit = i.unit AND s.former = i.id WHERE i.state = 'returned' UNION ALL "
        "SELECT '' AS former, i.id AS unit, 'new' AS kind, 0 AS shared FROM ids i WHERE i.state = 'new' "
        "AND i.unit NOT IN (SELECT unit FROM shares WHERE live) UNION ALL "
        "SELECT b.id AS former, '' AS unit, 'gone' AS kind, 0 AS shared FROM assigned_ids b WHERE b.live "
        "AND b.id NOT IN (SELECT former FROM shares WHERE live)",
    )
    words = " ".join(f"WHEN '{kind}' THEN '{Bilingual(zh, en)}'" for kind, (zh, en) in KINDS.items())
    engine.sql(
        "succession_so_far",
        f"SELECT * FROM succession UNION ALL SELECT '{level}' AS \"level\", former, unit, kind, "
        f"CAST(shared AS BIGINT) AS shared, CASE kind {words} END AS reason FROM relations",
    )
    engine.sql("succession", "SELECT * FROM succession_so_far")
    engine.sql(
        "heirs",
        "SELECT r.former, min(r.unit) AS heir FROM relations r JOIN (SELECT former, max(shared) AS most FROM relations "
        "GROUP BY former) m ON m.former = r.former AND m.most = r.shared GROUP BY r.former",
    )
    heir = "coalesce(h.heir, '')"
    row = (
        _retired_row(level, "f.id", heir=heir, rows="f")
        if level == "site"
        else _retired_row(level, "f.id", heir=heir, bearer="f.site")
    )
    engine.sql(
        "retired_so_far",
        f"SELECT * FROM retired UNION ALL {row} FROM former_rows f LEFT JOIN ids i ON i.id = f.id "
        "LEFT JOIN heirs h ON h.former = f.id WHERE i.id IS NULL AND f.live UNION ALL "
        "SELECT e.* FROM earlier_retired e LEFT JOIN ids i ON i.id = e.id "
        f"WHERE e.\"level\" = '{level}' AND i.id IS NULL",
    )
    engine.sql("retired", "SELECT * FROM retired_so_far")
    engine.drop("heirs", "succession_so_far", "retired_so_far")


def _retired_row(level: str, what: str, *, heir: str = "''", bearer: str = "''", rows: str = "") -> str:
    """Return the SELECT of a row of `retired`."""
    anchor = ", ".join(f'{rows}."{column}"' if rows else f"'' AS \"{column}\"" for column in ROW_COLUMNS)
    return f"SELECT '{level}' AS \"level\", {what} AS id, {heir} AS heir, {bearer} AS bearer, {anchor}"


def _rename(engine: Engine, level: str) -> None:
    """Put the ids of one level into `members` and `fused`."""
    own = COLUMN[level]
    for name in ("fused", "members") if level == "site" else ("fused",):
        schema = UNITS if name == "fused" else MEMBERS
        columns = ", ".join(f"i.id AS {own}" if column == own else f't."{column}"' for column in schema.names)
        engine.sql("replacing", f"SELECT {columns} FROM {name} t JOIN ids i ON i.unit = t.{own}")
        engine.sql(name, "SELECT * FROM replacing")
    engine.drop("replacing")
