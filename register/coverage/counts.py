"""The counts of a run: rows and their outcomes, overlap, placement, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from minglu.geo.placing.placement_policy import CODES
from minglu.register.clerical.field_facts.attach_facts import CODES as FIELD_CODES
from minglu.register.clerical.field_facts.reanchor_facts import ResolvedFacts
from minglu.register.clerical.reanchor_decisions import LOST
from minglu.register.config.census_file import FIELD
from minglu.register.coverage.areas import Levels
from minglu.register.coverage.clerical_quality import describe_decisions, estimate_quality
from minglu.register.coverage.disclosure_control import hide_counts
from minglu.register.coverage.run_metadata import RunMetadata, as_plain
from minglu.register.engine import Engine
from minglu.register.sources.list_reading import InputReport

Json = dict[str, Any]

OUTCOMES = ("unit", "duplicate", "out_of_scope", "closed", "not_found", "rejected")
VERDICTS = ("link", "review", "no_link")
REMARKS = {**CODES, **FIELD_CODES}
METHODS = ("inside", "boundary", "nearest", "declared", "unplaced")
KEPT = "FROM units WHERE outcome = 'unit'"
ON_LISTS = f"{KEPT} AND lists <> '{FIELD}'"
"""Units that only the field knows are on no list: they are what completeness estimates, no part of the overlap."""
SHARED_VALUE_CLASSES = ((2, 4), (5, 9), (10, 29), (30, None))
"""Classes of units at one address."""
USED_WITH_REMARK = frozenset(
    {
        *("TEXT_CHARACTER", "ID_PREFIX", "ID_MOVED"),
        *("COORD_SWAPPED", "COORD_TRUNCATED", "COORD_DEFAULT"),
    }
)
"""Codes of `value_faults` whose value is used all the same: as it is, put right, or with less weight."""
MOST_FAULTS = 500
"""So many territory faults are listed one by one; all are in tables/faults.parquet."""
CLOSED_BUT_ACTIVE = (
    "SELECT count(DISTINCT u.unit_id) FROM units u JOIN members m ON m.unit_id = u.unit_id "
    "JOIN entries e ON e.entry_id = m.entry_id WHERE u.outcome = 'closed' AND e.status = 'active'"
)
STRATUM_LEVELS = ("county", "township")


def rows_of(engine: Engine, query: str, *, order_by: str) -> list[Json]:
    """Run a query and return its rows as mappings."""
    engine.sql("answer", query)
    answer: list[Json] = engine.get("answer", order_by=order_by).to_pylist()
    return answer


def _pairs(engine: Engine, query: str) -> dict[str, int]:
    """Run a query for (key, n) and return it as a mapping ordered by key."""
    return {row["key"]: row["n"] for row in rows_of(engine, query, order_by="key")}


def count_rows(
    engine: Engine,
    kinds: Mapping[str, str],
    parts: Sequence[Mapping[str, Any]] = (),
    roles: Mapping[str, str] | None = None,
) -> Json:
    """Count what became of every row, per list and in all.

    `kinds` names the lists, `parts` are what the counties of a roll-up publish, `roles` names the base list and
    cross-checks among the lists.
    """
    found = _pairs(engine, "SELECT outcome AS key, count(*) AS n FROM ledger GROUP BY outcome")
    return {
        "rows": sum(found.values()),
        "outcomes": {outcome: found.get(outcome, 0) for outcome in OUTCOMES},
        "lists": _count_lists(engine, kinds, roles or {}),
        "value_faults": rows_of(
            engine,
            "SELECT list, field, code, count(*) AS values FROM value_faults GROUP BY list, field, code",
            order_by="list, field, code",
        ),
        "units": _pairs(engine, "SELECT outcome AS key, count(*) AS n FROM units GROUP BY outcome"),
        "legal_units": engine.count("legal_units"),
        "source_classes": _count_classes(engine, parts),
        "overlap": _pairs(engine, f"SELECT lists AS key, count(*) AS n {ON_LISTS} GROUP BY lists"),
        "crowded_addresses": _count_shared_values(engine),
        "sites_per_legal_unit": _pairs(
            engine,
            "SELECT CASE WHEN n = 1 THEN '1' WHEN n < 5 THEN '2-4' ELSE '5+' END AS key, count(*) AS n FROM "
            f"(SELECT legal_id, count(*) AS n {KEPT} GROUP BY legal_id) GROUP BY 1",
        ),
    }


def _count_lists(engine: Engine, kinds: Mapping[str, str], roles: Mapping[str, str]) -> list[Json]:
    """Count each list's rows by outcome and by code; a list without rows has its line too."""
    rows = rows_of(
        engine,
        "SELECT list, outcome, code, count(*) AS n FROM ledger GROUP BY list, outcome, code",
        order_by="list, outcome, code",
    )
    lists = []
    for name in sorted(kinds):
        own = [row for row in rows if row["list"] == name]
        outcomes = {key: sum(row["n"] for row in own if row["outcome"] == key) for key in OUTCOMES}
        codes: Counter[str] = Counter()
        for row in own:
            if row["code"]:
                codes[row["code"]] += row["n"]
        total = {"rows": sum(outcomes.values())}
        role = {"role": roles[name]} if name in roles else {}
        lists.append(
            {"list": name, "kind": kinds[name]} | role | total | outcomes | {"codes": dict(sorted(codes.items()))}
        )
    return lists


def _count_classes(engine: Engine, parts: Sequence[Mapping[str, Any]]) -> Json:
    """Count kept units by source class; a small class is null, and another with it, and what a county hides."""
    found = _pairs(engine, f"SELECT source_class AS key, count(*) AS n {KEPT} GROUP BY source_class")
    parents: dict[str, str | None] = {"": None, **dict.fromkeys(found, "")}
    below = {key for part in parts for key, units in part["accounting"]["source_classes"].items() if units is None}
    hidden = below | hide_counts(parents, {"": sum(found.values()), **found}, also=sorted(below & found.keys()))
    return {key: None if key in hidden else units for key, units in found.items()}


def _count_shared_values(engine: Engine) -> list[Json]:
    """Count addresses that several kept units share, by how many share them."""
    place = "CASE WHEN site_address <> '' THEN site_address ELSE address END"
    engine.sql(
        "crowded",
        f"SELECT n, count(*) AS addresses FROM (SELECT {place} AS place, count(*) AS n {KEPT} GROUP BY 1) "
        "WHERE place <> '' AND n > 1 GROUP BY n",
    )
    frequencies = engine.get("crowded", order_by="n").to_pylist()
    engine.drop("crowded")
    found = []
    for low, high in SHARED_VALUE_CLASSES:
        inside = [row for row in frequencies if row["n"] >= low and (high is None or row["n"] <= high)]
        found.append(
            {
                "units_at_one_address": f"{low}-{high}" if high else f"{low}+",
                "addresses": sum(row["addresses"] for row in inside),
                "units": sum(row["n"] * row["addresses"] for row in inside),
            }
        )
    return found


def overlap_by_stratum(engine: Engine, levels: Levels) -> dict[tuple[str, str], dict[str, int]]:
    """Return the lists' overlap within each source class, county and township; the field alone counts as a list."""
    parts = [
        "SELECT 'class' AS kind, source_class AS key, lists, count(*) AS n " + KEPT + " GROUP BY source_class, lists"
    ]
    for level in STRATUM_LEVELS:
        area = f"substring(p.district_code, 1, {levels[level]})"
        parts.append(
            f"SELECT '{level}' AS kind, {area} AS key, u.lists, count(*) AS n "
            f"FROM (SELECT unit_id, lists {KEPT}) u JOIN placements p ON p.unit_id = u.unit_id "
            f"WHERE p.district_code IS NOT NULL GROUP BY {area}, u.lists"
        )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows_of(engine, " UNION ALL ".join(parts), order_by="kind, key, lists"):
        found.setdefault((row["kind"], row["key"]), {})[row["lists"]] = row["n"]
    return found


def count_placements(engine: Engine) -> Json:
    """Count kept units by how they were placed, by remark, and by how precisely they are known."""
    kept = "FROM placements p JOIN units u ON u.unit_id = p.unit_id WHERE u.outcome = 'unit'"
    methods = _pairs(engine, f"SELECT p.method AS key, count(*) AS n {kept} GROUP BY p.method")
    codes = _pairs(engine, f"SELECT p.code AS key, count(*) AS n {kept} AND p.code <> '' GROUP BY p.code")
    precision = _pairs(
        engine,
        "SELECT CASE WHEN u.precision_m IS NULL THEN 'none' WHEN u.precision_m <= 1 THEN '1' "
        "WHEN u.precision_m <= 10 THEN '10' WHEN u.precision_m <= 100 THEN '100' WHEN u.precision_m <= 1000 "
        f"THEN '1000' ELSE 'more' END AS key, count(*) AS n {kept} GROUP BY 1",
    )
    return {
        "units": sum(methods.values()),
        "methods": {method: methods.get(method, 0) for method in METHODS},
        "codes": [
            {"code": code, "units": n, "zh": REMARKS[code][0], "en": REMARKS[code][1]} for code, n in codes.items()
        ],
        "precision_m": {key: precision.get(key, 0) for key in ("1", "10", "100", "1000", "more", "none")},
    }


def describe_linkage(engine: Engine, facts: RunMetadata) -> Json:
    """Return the figures of the matching, and how its kept pairs spread over the scores."""
    engine.sql(
        "scores",
        "SELECT CASE WHEN p_site >= 1 THEN 9 ELSE CAST(floor(p_site * 10) AS BIGINT) END AS band, verdict, "
        "count(*) AS n FROM scored_pairs GROUP BY 1, 2",
    )
    found = {(row["band"], row["verdict"]): row["n"] for row in engine.get("scores", order_by="band").to_pylist()}
    engine.drop("scores")
    return {
        "figures": as_plain(rows_of(engine, "SELECT * FROM linkage_figures", order_by="figure")),
        "scores": [
            {"low": band / 10, "high": (band + 1) / 10, **{name: found.get((band, name), 0) for name in VERDICTS}}
            for band in range(10)
        ],
        "decisions": describe_decisions(facts.standing),
        "quality": estimate_quality(facts.standing.chain),
        "visits": facts.field_check.visits,
    }


def describe_field(standing: ResolvedFacts) -> Json:
    """Count the results of field work; the last hash vouches for the whole file."""
    chain = standing.chain
    return {
        "file": chain.path.name if chain.path is not None else None,
        "lines": chain.lines,
        "head": chain.head,
        "undone": chain.undone,
        **chain.counts(),
        "lost": standing.lost,
    }


def describe_succession(engine: Engine, facts: RunMetadata) -> Json:
    """Name the run whose ids were carried on, and count what became of its units and legal units."""
    counts = {
        level: _pairs(
            engine, f"SELECT kind AS key, count(*) AS n FROM succession WHERE \"level\" = '{level}' GROUP BY kind"
        )
        for level in ("site", "legal")
    }
    return {"previous": facts.previous, **counts}


def describe_territory(facts: RunMetadata) -> Json:
    """Describe what was proven of the districts, with the faults counted and the largest of them listed."""
    proof = facts.territory.proof
    rows = proof.faults.drop_columns(["geometry"]).to_pylist()
    counts = Counter((row["kind"], row["severity"]) for row in rows)
    rows.sort(key=lambda row: (row["severity"] != "serious", -row["area_m2"], row["fault_id"]))
    return {
        **as_plain(proof.as_dict()),
        "reasons": [*proof.reasons, *facts.territory.remarks],
        "districts": len(facts.territory.districts.codes),
        "faults": [{"kind": kind, "severity": severity, "n": n} for (kind, severity), n in sorted(counts.items())],
        "fault_list": as_plain(rows[:MOST_FAULTS]),
        "faults_not_listed": max(len(rows) - MOST_FAULTS, 0),
        "codes": as_plain(facts.territory.findings),
    }


def count_findings(engine: Engine, facts: RunMetadata, placement: Json) -> dict[str, int]:
    """Count every finding; zero where there is none."""
    proof = facts.territory.proof
    faults = proof.faults.select(["kind", "severity"]).to_pylist()
    undecided = sum(row["kind"] in {"undecided", "invalid"} for row in faults)
    serious = sum(row["severity"] == "serious" for row in faults)
    codes = {row["code"]: row["units"] for row in placement["codes"]}
    return {
        "TERRITORY_SERIOUS": serious,
        "TERRITORY_SLIVER": len(faults) - serious,
        "TERRITORY_UNDECIDED": max(undecided, 1) if proof.verdict == "undecided" else 0,
        "TERRITORY_EDGE": int(proof.edge != "proven" and facts.census.parent is None),
        "DISTRICT_CODES": len(facts.territory.findings),
        "PLACED_TWICE": codes.get("PLACE_OVERLAP", 0),
        "UNITS_UNPLACED": placement["methods"]["unplaced"],
        "UNITS_NEAREST": placement["methods"]["nearest"],
        "DECLARED_DIFFERS": codes.get("PLACE_DECLARED_DIFFERS", 0),
        "NAME_DIFFERS": codes.get("PLACE_NAME_DIFFERS", 0),
        "PAIRS_TO_REVIEW": _number(
            engine, "SELECT count(*) FROM scored_pairs WHERE verdict = 'review' AND decided = ''"
        ),
        "CLOSED_CONTRADICTED": 0 if facts.rollup else _number(engine, CLOSED_BUT_ACTIVE),
        "DECISIONS_LOST": facts.standing.count(LOST),
        "FIELD_LOST": facts.field.lost,
        "PAIRS_UNCOMPARED": _number(engine, "SELECT coalesce(sum(pairs), 0) FROM uncompared"),
        "ROWS_REJECTED": engine.count("rejects"),
        **_value_findings(engine),
        "DATUM_CONTRADICTED": sum(datum.contradicted for datum in facts.datums),
        "INPUT_EMPTY": sum(not report.rows for report in facts.inputs),
        "SHEETS_UNREAD": _unread_sheets(facts.inputs),
        "INPUT_HIDDEN_PARTS": sum(report.hidden_parts for report in facts.inputs),
        "INPUT_NOT_ATTESTED": sum(not report.attested for report in facts.inputs),
    }


def _value_findings(engine: Engine) -> dict[str, int]:
    """Count the values that were not used apart from those that were, with a remark."""
    found = _pairs(engine, "SELECT code AS key, count(*) AS n FROM value_faults GROUP BY code")
    remarked = sum(n for code, n in found.items() if code in USED_WITH_REMARK)
    return {"VALUES_SET_ASIDE": sum(found.values()) - remarked, "VALUES_REMARKED": remarked}


def _unread_sheets(inputs: Sequence[InputReport]) -> int:
    """Count the sheets that no list reads."""
    return len(
        {(one.file, sheet) for one in inputs for sheet in one.unread_sheets} - {(o.file, o.sheet) for o in inputs}
    )


def _number(engine: Engine, query: str) -> int:
    engine.sql("answer", f"SELECT CAST(({query}) AS BIGINT) AS n")
    return int(engine.get("answer", order_by="n").column("n")[0].as_py())
