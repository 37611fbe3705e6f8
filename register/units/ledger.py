"""The ledger 台账: what became of every source row, and the laws that make the account exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from minglu.common.bilingual import NARROW, SEPARATOR, SPACED
from minglu.errors import LawError
from minglu.register.engine import Engine


class Law(NamedTuple):
    """One conservation law: a query that returns the number of rows that break it."""

    en: str
    zh: str
    broken: str


UNIQUE_CODES = Law(
    "no unit code stands for two units",
    "没有一个单位代码对应两个单位",
    "SELECT count(*) FROM (SELECT 1 FROM units WHERE unit_code <> '' GROUP BY unit_code HAVING count(*) > 1)",
)
LAWS: Sequence[Law] = (
    Law(
        "every source row is in the ledger exactly once",
        "每一来源行在台账中恰好出现一次",
        "SELECT count(*) FROM (SELECT file, sheet, row, list FROM source_rows) s FULL OUTER JOIN "
        "(SELECT list, file, sheet, row, count(*) AS times FROM ledger GROUP BY list, file, sheet, row) g "
        "ON s.list = g.list AND s.file = g.file AND s.sheet = g.sheet AND s.row = g.row "
        "WHERE s.row IS NULL OR g.row IS NULL OR g.times <> 1",
    ),
    Law(
        "no source row is read twice",
        "没有来源行被重复读取",
        "SELECT count(*) FROM (SELECT 1 FROM source_rows GROUP BY list, file, sheet, row HAVING count(*) > 1)",
    ),
    Law(
        "every entry is in exactly one unit",
        "每一条目恰好属于一个单位",
        "SELECT count(*) FROM entries e FULL OUTER JOIN (SELECT entry_id, count(*) AS times FROM members "
        "GROUP BY entry_id) m ON e.entry_id = m.entry_id "
        "WHERE e.entry_id IS NULL OR m.entry_id IS NULL OR m.times <> 1",
    ),
    Law(
        "every unit has members, and every member's unit exists",
        "每一单位都有条目，每一条目所属单位都存在",
        "SELECT count(*) FROM units u FULL OUTER JOIN (SELECT unit_id, count(*) AS n FROM members GROUP BY unit_id) m "
        "ON u.unit_id = m.unit_id WHERE u.unit_id IS NULL OR m.unit_id IS NULL OR m.n <> u.entries",
    ),
    Law(
        "every unit has exactly one placement",
        "每一单位恰好有一个定位结论",
        "SELECT count(*) FROM units u FULL OUTER JOIN (SELECT unit_id, count(*) AS times FROM placements "
        "GROUP BY unit_id) p ON u.unit_id = p.unit_id "
        "WHERE u.unit_id IS NULL OR p.unit_id IS NULL OR p.times <> 1",
    ),
    Law(
        "a unit is placed in a district exactly when its method says so",
        "单位有小区代码当且仅当其定位方法如此",
        "SELECT count(*) FROM placements WHERE (method = 'unplaced') <> (district_code IS NULL)",
    ),
    UNIQUE_CODES,
    Law(
        "every legal unit's sites add up to the units",
        "法人单位的场所数之和等于单位数",
        "SELECT abs((SELECT coalesce(sum(sites), 0) FROM legal_units) - (SELECT count(*) FROM units))",
    ),
    Law(
        "each kept unit is one kept row, each kept row one kept unit",
        "每一保留单位对应一条保留行，反之亦然",
        "SELECT abs((SELECT count(*) FROM ledger WHERE outcome = 'unit') "
        "- (SELECT count(*) FROM units WHERE outcome = 'unit'))",
    ),
)


LAWS_OF_COUNTIES: Sequence[Law] = tuple(
    Law(
        "no unit code stands for two units of one county",
        "同一县内没有一个单位代码对应两个单位",
        "SELECT count(*) FROM (SELECT 1 FROM units WHERE unit_code <> '' "
        "GROUP BY unit_code, regexp_replace(unit_id, '[^.]*$', '') HAVING count(*) > 1)",
    )
    if law is UNIQUE_CODES
    else law
    for law in LAWS
)
"""Laws of a roll-up, whose ids begin with their county and a point: counties that don't know of each other may give one
code twice, also where one of them keeps the unit and the other has it closed."""


def write_ledger(engine: Engine) -> None:
    """Make the table `ledger`: one row per source row, accepted or set aside.

    The entry that gave its unit the name (else the unit's first entry) stands for the unit;
    the others are its duplicates.  All rows of a unit out of scope or closed share that outcome.
    """
    engine.sql(
        "representatives",
        "SELECT u.unit_id, u.outcome, u.outcome_code, u.outcome_reason, coalesce(nullif(u.name_entry, ''), "
        "m.first_entry) AS head FROM units u JOIN (SELECT unit_id, min(entry_id) AS first_entry FROM members "
        "GROUP BY unit_id) m ON m.unit_id = u.unit_id",
    )
    narrowed = f"replace(k.place, '{SPACED}', '{NARROW}')"  # as every Chinese half, see `Bilingual`
    same_unit = f"concat('与 ', {narrowed}, ' 为同一单位{SEPARATOR}the same unit as ', k.place)"
    engine.sql(
        "accepted",
        "SELECT m.list, m.file, m.sheet, m.row, m.entry_id, m.unit_id, "
        "CASE WHEN h.outcome <> 'unit' THEN h.outcome WHEN m.entry_id = h.head THEN 'unit' ELSE 'duplicate' END "
        "AS outcome, CASE WHEN h.outcome <> 'unit' THEN h.outcome_code WHEN m.entry_id = h.head THEN '' "
        "WHEN m.list = k.list THEN 'DUPLICATE_SAME_LIST' ELSE 'DUPLICATE_OTHER_LIST' END AS code, "
        "CASE WHEN h.outcome <> 'unit' THEN h.outcome_reason WHEN m.entry_id = h.head THEN '' "
        f"ELSE {same_unit} END AS reason "
        "FROM members m JOIN representatives h ON h.unit_id = m.unit_id JOIN (SELECT entry_id, list, concat(file, "
        "CASE WHEN sheet = '' THEN '' ELSE concat(' [', sheet, ']') END, ' #', CAST(row AS STRING)) AS place "
        "FROM members) k ON k.entry_id = h.head",
    )
    engine.sql(
        "ledger",
        "SELECT list, file, sheet, row, entry_id, outcome, unit_id, code, reason FROM accepted UNION ALL "
        "SELECT list, file, sheet, row, '' AS entry_id, 'rejected' AS outcome, '' AS unit_id, code, reason "
        "FROM rejects",
    )
    engine.drop("representatives", "accepted")


def check_laws(engine: Engine, laws: Sequence[Law] = LAWS) -> tuple[Law, ...]:
    """Check laws and return them; raise LawError at the first that is broken."""
    for law in laws:
        engine.sql("law", f"SELECT CAST(({law.broken}) AS BIGINT) AS broken")
        broken = engine.get("law", order_by="broken").column("broken")[0].as_py()
        if broken:
            raise LawError(
                en=f"a law of the register is broken in {broken} places: {law.en}. No result was written. "
                "This is a mistake in minglu: please report it.",
                zh=f"名录勾稽关系被破坏（{broken} 处）：{law.zh}。未写出任何结果。这是 minglu 自身的错误，请报告。",
            )
    engine.drop("law")
    return tuple(laws)
