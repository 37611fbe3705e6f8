"""The coverage account: what coverage.json says, counted from the tables.  No rendering here.

Three statements, never blurred: *accounted* and *tiled* are proven or not; *complete* is
an estimate or "not estimable".  Nothing in coverage.json names or codes a single unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from minglu.register import findings
from minglu.register.areas import count_areas
from minglu.register.engine import Engine
from minglu.register.facts import RunFacts, as_plain
from minglu.register.findings import FINDINGS

SCHEMA = "minglu/coverage/1"
Json = Mapping[str, Any]


def assemble(engine: Engine, facts: RunFacts) -> Json:
    """Count everything a report states and return the content of coverage.json; makes the table `coverage`."""
    count_areas(engine, facts.territory.districts)
    accounting = _accounting(engine)
    placement = _placement(engine)
    territory = _territory(facts)
    linkage = _rows(engine, "SELECT * FROM linkage_figures", order_by="figure")
    counts = _count_findings(engine, facts)
    return {
        "schema": SCHEMA,
        "census": {
            "name": facts.census.name,
            "reference_date": facts.census.reference_date.isoformat(),
        },
        "verdict": _verdict(accounting, territory, placement, counts),
        "findings": _ranked(counts),
        "accounting": accounting,
        "territory": territory,
        "placement": placement,
        "completeness": {"status": "not estimable", "lists_overlap": accounting["overlap"]},
        "linkage": as_plain({row["figure"]: row["value"] for row in linkage}),
        "areas": _rows(engine, "SELECT * FROM coverage", order_by="level, code"),
        "inputs": as_plain(facts.inputs),
        "datums": as_plain(facts.datums),
        "method": {
            "minglu": facts.version,
            "rules": facts.census.pack.name,
            "rules_version": facts.census.pack.version,
            "rules_sha256": facts.census.pack.digest,
            "laws": list(facts.laws),
        },
    }


def exit_code(coverage: Json, *, strict: bool) -> int:
    """Return 1 where a finding fails the verdict, or with `strict` where anybody must look; else 0."""
    failing = {findings.ERROR, findings.WARNING} if strict else {findings.ERROR}
    return int(any(finding["weight"] in failing for finding in coverage["findings"]))


def summary_lines(coverage: Json, language: str) -> list[str]:
    """Say the verdict and the ranked findings in words, one line each."""
    lines = [f"{coverage['census']['name']}  {coverage['census']['reference_date']}"]
    lines += [f"  {statement[language]}" for statement in coverage["verdict"].values()]
    marks = {findings.ERROR: "!!", findings.WARNING: " !", findings.NOTICE: "  "}
    lines += [
        f"  {marks[finding['weight']]} {finding[language]}" for finding in coverage["findings"] if finding["count"]
    ]
    return lines


def _rows(engine: Engine, query: str, *, order_by: str) -> list[dict[str, Any]]:
    engine.sql("answer", query)
    answer: list[dict[str, Any]] = engine.get("answer", order_by=order_by).to_pylist()
    return answer


def _pairs(engine: Engine, query: str) -> dict[str, int]:
    """Run a query for (key, n) and return it as a mapping ordered by key."""
    return {row["key"]: row["n"] for row in _rows(engine, query, order_by="key")}


def _accounting(engine: Engine) -> dict[str, Any]:
    outcomes = ("unit", "duplicate", "out_of_scope", "closed", "rejected")
    found = _pairs(engine, "SELECT outcome AS key, count(*) AS n FROM ledger GROUP BY outcome")
    per_list = _rows(
        engine,
        "SELECT list, "
        + ", ".join(f"count(CASE WHEN outcome = '{outcome}' THEN 1 END) AS {outcome}" for outcome in outcomes)
        + ", count(*) AS rows FROM ledger GROUP BY list",
        order_by="list",
    )
    return {
        "rows": sum(found.values()),
        "outcomes": {outcome: found.get(outcome, 0) for outcome in outcomes},
        "lists": per_list,
        "codes": _pairs(engine, "SELECT code AS key, count(*) AS n FROM ledger WHERE code <> '' GROUP BY code"),
        "value_faults": _rows(
            engine,
            "SELECT list, field, code, count(*) AS values FROM value_faults GROUP BY list, field, code",
            order_by="list, field, code",
        ),
        "units": _pairs(engine, "SELECT outcome AS key, count(*) AS n FROM units GROUP BY outcome"),
        "legal_units": engine.count("legal_units"),
        "source_classes": _pairs(
            engine, "SELECT source_class AS key, count(*) AS n FROM units WHERE outcome = 'unit' GROUP BY source_class"
        ),
        "overlap": _pairs(
            engine, "SELECT lists AS key, count(*) AS n FROM units WHERE outcome = 'unit' GROUP BY lists"
        ),
    }


def _placement(engine: Engine) -> dict[str, Any]:
    kept = "FROM placements p JOIN units u ON u.unit_id = p.unit_id WHERE u.outcome = 'unit'"
    methods = _pairs(engine, f"SELECT p.method AS key, count(*) AS n {kept} GROUP BY p.method")
    return {
        "units": sum(methods.values()),
        "methods": {m: methods.get(m, 0) for m in ("inside", "boundary", "nearest", "declared", "unplaced")},
        "codes": _pairs(engine, f"SELECT p.code AS key, count(*) AS n {kept} AND p.code <> '' GROUP BY p.code"),
    }


def _territory(facts: RunFacts) -> dict[str, Any]:
    table = facts.territory.proof.faults.select(["kind", "severity"]).to_pylist()
    counts = Counter((row["kind"], row["severity"]) for row in table)
    return {
        **as_plain(facts.territory.proof.as_dict()),
        "districts": len(facts.territory.districts.codes),
        "faults": [{"kind": kind, "severity": severity, "n": n} for (kind, severity), n in sorted(counts.items())],
        "codes": as_plain(facts.territory.findings),
    }


def _count_findings(engine: Engine, facts: RunFacts) -> dict[str, int]:
    proof = facts.territory.proof
    faults = proof.faults.select(["kind", "severity"]).to_pylist()
    undecided = sum(row["kind"] in {"undecided", "invalid"} for row in faults)
    serious = sum(row["severity"] == "serious" for row in faults)
    placement = _placement(engine)
    codes = placement["codes"]
    limit = facts.census.pack.limits.units_per_district
    district = "FROM coverage WHERE level = 'district'"
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
        "PAIRS_TO_REVIEW": _number(engine, "SELECT count(*) FROM scored_pairs WHERE verdict = 'review'"),
        "PAIRS_UNCOMPARED": _number(engine, "SELECT coalesce(sum(pairs), 0) FROM uncompared"),
        "ROWS_REJECTED": engine.count("rejects"),
        "VALUES_SET_ASIDE": engine.count("value_faults"),
        "INPUT_NOT_ATTESTED": sum(not report.attested for report in facts.inputs),
        "DISTRICTS_EMPTY": _number(engine, f"SELECT count(*) {district} AND units = 0"),
        "DISTRICTS_OVER_LIMIT": _number(engine, f"SELECT count(*) {district} AND units > {limit}"),
    }


def _number(engine: Engine, query: str) -> int:
    engine.sql("answer", f"SELECT CAST(({query}) AS BIGINT) AS n")
    return int(engine.get("answer", order_by="n").column("n")[0].as_py())


def _ranked(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Order the findings: what fails the verdict first, then what somebody must look at; larger counts first."""
    found = [(code, count) for code, count in counts.items() if count]
    found.sort(key=lambda item: (findings.WEIGHTS.index(FINDINGS[item[0]].weight), -item[1], item[0]))
    return [
        {
            "code": code,
            "weight": FINDINGS[code].weight,
            "count": count,
            "zh": FINDINGS[code].zh.format(n=count),
            "en": FINDINGS[code].en.format(n=count),
            "do_zh": FINDINGS[code].do_zh,
            "do_en": FINDINGS[code].do_en,
        }
        for code, count in found
    ]


def _verdict(accounting: Json, territory: Json, placement: Json, counts: Mapping[str, int]) -> dict[str, Any]:
    """Put the three statements into words, each with its status and its number."""
    rows, kept = accounting["rows"], accounting["outcomes"]["unit"]
    placed = placement["units"] - placement["methods"]["unplaced"]
    faults = counts["TERRITORY_SERIOUS"] + counts["TERRITORY_SLIVER"]
    tiled = territory["verdict"] == "proven" and territory["edge"] == "proven" and not counts["PLACED_TWICE"]
    tiled_zh = "已证明" if tiled else {"undecided": "无法判定"}.get(territory["verdict"], "未证明")
    tiled_en = "proven" if tiled else {"undecided": "undecided"}.get(territory["verdict"], "not proven")
    return {
        "accounted": {
            "status": "proven",
            "number": rows,
            "zh": f"逐行入账：已证明。{rows} 行各入账一次，得 {kept} 个在册单位。",
            "en": f"Accounted: proven. Each of {rows} rows is in the ledger once; {kept} units are kept.",
        },
        "tiled": {
            "status": tiled_en,
            "number": faults,
            "zh": f"小区铺满：{tiled_zh}。{territory['districts']} 个小区，{faults} 处图层问题；"
            f"{placed} 个单位各归一个小区，{placement['methods']['unplaced']} 个列入未落点类。",
            "en": f"Tiled: {tiled_en}. {territory['districts']} districts, {faults} faults; {placed} units are in "
            f"exactly one district each, {placement['methods']['unplaced']} in a named exception class.",
        },
        "complete": {
            "status": "not estimable",
            "number": None,
            "zh": "是否齐全：不可估计。名单之外的单位数须经名单重叠与现场抽查估计。",
            "en": "Complete: not estimable. How many units are on no list takes an estimate from the "
            "lists' overlap and field samples.",
        },
    }
