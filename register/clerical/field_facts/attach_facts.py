"""Facts as evidence: entries of two lists of the field, and outcomes and districts that only the field knows.

New units are rows of the list `field`: they are cleaned and matched as any row, so that one that is known
already joins its unit.  Facts about a known unit are entries of the list `facts` that go to that unit without
being compared; survivorship decides which of their values count.  Both stand in the ledger, row = line of the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from minglu.common.bilingual import Bilingual
from minglu.geo.territory_schemas import PLACEMENTS
from minglu.register.cleaning.make_entries import clean_batch
from minglu.register.clerical.field_facts.fact_chain import ANSWERS, CLOSED, MOVED, NEW, NOT_FOUND, Fact, FieldChain
from minglu.register.clerical.field_facts.reanchor_facts import Placed, ResolvedFacts
from minglu.register.config.census_file import FACTS, FIELD
from minglu.register.engine import Engine
from minglu.register.rules.rule_pack import RulePack
from minglu.register.schemas import ENTRIES, FIELD_FACTS, FIELDS, REJECTS, ROWS, UNITS
from minglu.register.storage.sql_override import override

FACT_PRECISION_M = 30.0
"""Radius of a point that an enumerator took with a telephone, metres."""
CLOSED_WORD = "关闭"
NOT_FOUND_CODE, MOVED_CODE, LOST_CODE = "FIELD_NOT_FOUND", "FIELD_MOVED", "FIELD_LOST"
CODES: Mapping[str, tuple[str, str]] = {
    NOT_FOUND_CODE: ("现场核查未找到该单位", "the field did not find the unit"),
    MOVED_CODE: ("按现场核定的小区定位", "placed in the district that the field survey gave"),
    LOST_CODE: (
        "现场核查记录所涉单位在现有名单中找不到",
        "a fact of the field is about a unit that today's lists don't hold",
    ),
}
FOUND, LOST = "found", "lost"


def new_rows(chain: FieldChain) -> pa.Table:
    """Return the new units of the field as ROWS of the list `field`."""
    return _rows(FIELD, [(one, one.values) for one in chain.facts if one.answer == NEW], chain)


def attach_facts(engine: Engine, standing: ResolvedFacts, pack: RulePack) -> None:
    """Add facts about known units to `entries`, `clusters`, `rejects` and `source_rows`; make `field_facts`."""
    engine.put("field_facts", FIELD_FACTS.empty_table())
    if not standing.facts:
        return
    known = [one for one in standing.facts if one.fact.answer != NEW]
    sites = _sites(engine, [one for one in known if not one.lost])
    placed = [(one, sites[one.fact.line]) for one in known if one.fact.line in sites]
    values = effective_values([(one.fact, site) for one, (site, _) in placed])
    rows = _rows(FACTS, [(one.fact, values[one.fact.line]) for one, _ in placed], standing.chain)
    entries = _entries(rows, [values[one.fact.line] for one, _ in placed], pack)
    ids = entries.column("entry_id").to_pylist()
    engine.put("fact_entries", entries)
    engine.put(
        "fact_clusters",
        pa.table(
            {
                "entry_id": pa.array(ids, pa.string()),
                "site_key": pa.array([site for _, (site, _) in placed], pa.string()),
                "legal_key": pa.array([legal for _, (_, legal) in placed], pa.string()),
            }
        ),
    )
    lost = [one.fact for one in known if one.fact.line not in sites]
    engine.put("lost_facts", _rejects(lost, standing.chain))
    _append(engine, "entries", "fact_entries", ENTRIES.names)
    _append(engine, "clusters", "fact_clusters", ("entry_id", "site_key", "legal_key"))
    _append(engine, "rejects", "lost_facts", REJECTS.names)
    place = ("list", "file", "sheet", "row")
    for name in ("fact_entries", "lost_facts"):
        _append(engine, "source_rows", name, place)
    found = {one.fact.line: one.entries[0] for one in standing.facts if one.fact.answer == NEW and one.entries}
    found |= {one.fact.line: entry for (one, _), entry in zip(placed, ids, strict=True)}
    engine.put("field_facts", _table(standing, found))
    engine.drop("fact_entries", "fact_clusters", "lost_facts")


def effective_values(facts: Sequence[tuple[Fact, str]]) -> dict[int, dict[str, str]]:
    """Return for each fact (by line) the values that no later fact about the same site restates.

    That a unit is closed counts only as long as nobody answers otherwise later.
    """
    latest: dict[tuple[str, str], int] = {}
    answered: dict[str, int] = {}
    stated = {one.line: _stated(one) for one, _ in facts}
    for one, site in sorted(facts, key=lambda pair: pair[0].line):
        answered[site] = one.line
        latest |= {(site, key): one.line for key in stated[one.line]}
    return {
        one.line: {
            key: value
            for key, value in stated[one.line].items()
            if latest[site, key] == one.line and (one.answer != CLOSED or answered[site] == one.line)
        }
        for one, site in facts
    }


def apply_outcomes(engine: Engine) -> None:
    """Give units that were not found their outcome: the last answer about a unit decides.

    Reads `field_facts` and `members`; changes `units`, and only those that would be kept.
    """
    last = {row["unit_id"]: row for row in _facts_of_units(engine)}
    missed = [row for row in last.values() if row["answer"] == NOT_FOUND]
    if not missed:
        return
    zh, en = ANSWERS[NOT_FOUND]
    engine.put(
        "missed",
        _texts(
            {
                "unit_id": [row["unit_id"] for row in missed],
                "reason": [
                    Bilingual(f"{zh}（现场核查记录第 {row['line']} 行）", f"{en} in the field (fact {row['line']})")
                    for row in missed
                ],
            }
        ),
    )
    instead = {"outcome": "'not_found'", "outcome_code": f"'{NOT_FOUND_CODE}'", "outcome_reason": "o.reason"}
    override(engine, "units", UNITS.names, instead, by="missed", only="t.outcome = 'unit'")


def apply_moves(engine: Engine, codes: Iterable[str]) -> None:
    """Put units into the district that the field survey gave last, where the layer has one of that code.

    Reads `field_facts` and `members`; changes `placements`.
    """
    known = set(codes)
    moved = {
        row["unit_id"]: row
        for row in _facts_of_units(engine)
        if row["answer"] == MOVED and row["district_code"] in known
    }
    if not moved:
        return
    engine.put(
        "moved",
        _texts(
            {
                "unit_id": list(moved),
                "district": [row["district_code"] for row in moved.values()],
                "reason": [
                    Bilingual(
                        f"按现场核定的小区（现场核查记录第 {row['line']} 行）",
                        f"established in the field (fact {row['line']})",
                    )
                    for row in moved.values()
                ],
            }
        ),
    )
    instead = {
        "district_code": "o.district",
        "method": "'declared'",
        "distance_m": "CAST(NULL AS DOUBLE)",
        "code": f"'{MOVED_CODE}'",
        "reason": "o.reason",
    }
    override(engine, "placements", PLACEMENTS.names, instead, by="moved")


def _facts_of_units(engine: Engine) -> list[dict[str, Any]]:
    """Return the facts about today's units, in the order in which they were recorded."""
    engine.sql(
        "unit_facts",
        "SELECT m.unit_id, f.line, f.answer, f.district_code FROM field_facts f "
        f"JOIN members m ON m.entry_id = f.entry_id WHERE f.state = '{FOUND}'",
    )
    found: list[dict[str, Any]] = engine.get("unit_facts", order_by="line").to_pylist()
    engine.drop("unit_facts")
    return found


def _stated(fact: Fact) -> dict[str, str]:
    closing = {"status": CLOSED_WORD} if fact.answer == CLOSED else {}
    return {**fact.values, **closing}


def _sites(engine: Engine, facts: Sequence[Placed]) -> dict[int, tuple[str, str]]:
    """Return for each fact (by line) site and legal key of the cluster that most of its entries are in."""
    wanted = sorted({entry for one in facts for entry in one.entries})
    engine.put("wanted", _texts({"entry_id": wanted}))
    engine.sql("found", "SELECT c.* FROM clusters c JOIN wanted w ON w.entry_id = c.entry_id")
    keys = {
        row["entry_id"]: (row["site_key"], row["legal_key"])
        for row in engine.get("found", order_by="entry_id").to_pylist()
    }
    engine.drop("wanted", "found")
    votes = {one.fact.line: Counter(keys[entry] for entry in one.entries) for one in facts}
    return {line: min(found, key=lambda key: (-found[key], key)) for line, found in votes.items()}


def _rows(name: str, facts: Sequence[tuple[Fact, Mapping[str, str]]], chain: FieldChain) -> pa.Table:
    """Return facts as ROWS, one per fact; the fact's line makes each row another."""
    file = chain.path.name if chain.path is not None else ""
    rows = [
        {"list": name, "file": file, "sheet": "", "row": one.line, "extra": json.dumps({"fact": one.line})}
        | {"measures": values.get("measures", "")}
        | {f"raw_{key}": values.get(key, "") for key in FIELDS}
        for one, values in facts
    ]
    return pa.Table.from_pylist(rows, schema=ROWS)


def _entries(rows: pa.Table, values: Sequence[Mapping[str, str]], pack: RulePack) -> pa.Table:
    """Return ENTRIES of rows about known units; their points are in the districts' datum already."""
    entries = clean_batch(rows, pack=pack, keep_personal=False).select(ENTRIES.names)
    points = [
        (float(one["lon"]), float(one["lat"]), FACT_PRECISION_M) if "lon" in one else (None,) * 3 for one in values
    ]
    for place, name in enumerate(("lon", "lat", "precision_m")):
        column = pa.array([point[place] for point in points], pa.float64())
        entries = entries.set_column(ENTRIES.get_field_index(name), ENTRIES.field(name), column)
    return entries


def _rejects(facts: Sequence[Fact], chain: FieldChain) -> pa.Table:
    file = chain.path.name if chain.path is not None else ""
    rows = [
        {
            "list": FACTS,
            "file": file,
            "sheet": "",
            "row": one.line,
            "code": LOST_CODE,
            "reason": Bilingual(*CODES[LOST_CODE]),
        }
        for one in facts
    ]
    return pa.Table.from_pylist(rows, schema=REJECTS)


def _table(standing: ResolvedFacts, entries: Mapping[int, str]) -> pa.Table:
    """Return FIELD_FACTS."""
    rows = [
        {
            "line": one.fact.line,
            "unit_id": one.fact.unit,
            "duplicate_of": one.fact.of,
            "district_code": one.fact.values.get("district_code", ""),
            "entry_id": entries.get(one.fact.line, ""),
            "state": LOST if one.lost else FOUND,
            **{key: getattr(one.fact, key) for key in ("answer", "by", "when", "why")},
        }
        for one in standing.facts
    ]
    return pa.Table.from_pylist(rows, schema=FIELD_FACTS)


def _texts(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _append(engine: Engine, name: str, more: str, columns: Sequence[str]) -> None:
    chosen = ", ".join(f'"{column}"' for column in columns)
    engine.sql("appended", f"SELECT {chosen} FROM {name} UNION ALL SELECT {chosen} FROM {more}")
    engine.sql(name, "SELECT * FROM appended")
    engine.drop("appended")
