"""The coverage account: what coverage.json says, counted from the tables.

Three statements, never blurred: *accounted* and *tiled* are proven or not; *complete* is
an estimate or "not estimable".  Nothing in coverage.json names or codes a single unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from minglu.register.config.census_file import FIELD
from minglu.register.coverage import findings
from minglu.register.coverage.areas import count_areas, count_districts, district_sizes, name_levels, require_sums
from minglu.register.coverage.completeness import count_withheld, estimate_completeness
from minglu.register.coverage.counts import (
    count_findings,
    count_placements,
    count_rows,
    describe_field,
    describe_linkage,
    describe_succession,
    describe_territory,
    overlap_by_stratum,
    rows_of,
)
from minglu.register.coverage.disclosure_control import K
from minglu.register.coverage.findings import FINDINGS
from minglu.register.coverage.outliers import MOST_LISTED, find_outliers
from minglu.register.coverage.run_metadata import RunMetadata, as_plain
from minglu.register.coverage.suppression import publish, publish_placement
from minglu.register.engine import Engine
from minglu.register.units.repeated_lists import repeated_lists

SCHEMA = "minglu/coverage/1"
Json = Mapping[str, Any]


def assemble(engine: Engine, facts: RunMetadata) -> Json:
    """Count everything a report states and return the content of coverage.json; makes the table `coverage`."""
    # Long: the content of coverage.json, key by key.
    pack = facts.census.pack
    levels = name_levels(pack.territory.level_lengths)
    count_areas(engine, facts.territory.districts, levels)
    kinds = {entry.name: entry.kind for entry in facts.census.lists if entry.kind != FIELD}
    accounting = count_rows(engine, facts.census.kinds(), facts.parts, facts.census.roles())
    placement = count_placements(engine)
    territory = describe_territory(facts)
    rows = rows_of(engine, "SELECT * FROM coverage", order_by="level, code")
    area_sums = require_sums(rows, levels)
    sizes = district_sizes(facts.territory.districts)
    strata, classes = overlap_by_stratum(engine, levels), accounting["source_classes"]
    areas, printable, classes = publish(rows, strata, classes, area_km2=sizes, levels=levels, parts=facts.parts)
    accounting = {**accounting, "source_classes": classes}
    linkage = describe_linkage(engine, facts)
    sample = facts.field_check.sample
    repeated = () if facts.rollup else repeated_lists(engine, kinds)
    completeness = estimate_completeness(
        accounting["overlap"],
        kinds,
        printable,
        linkage["quality"],
        sample,
        withheld=count_withheld(strata, printable),
        repeated=repeated,
    )
    outliers = find_outliers(areas)
    counts = _finding_counts(engine, facts, placement, areas, outliers)
    counts["LISTS_REPEATED"] = len({later for _, later in repeated})
    return {
        "schema": SCHEMA,
        "census": {"name": facts.census.name, "reference_date": facts.census.reference_date.isoformat()},
        "verdict": _verdict(accounting, territory, placement, counts, completeness),
        "findings": _ranked(counts),
        "accounting": accounting,
        "territory": territory,
        "placement": publish_placement(placement, areas),
        "completeness": completeness,
        "linkage": linkage,
        "succession": describe_succession(engine, facts),
        "field": describe_field(facts.field),
        **({"rollup": facts.rollup} if facts.rollup else {}),
        "levels": levels,
        "areas": areas,
        "area_sums": area_sums,
        "outliers": outliers[:MOST_LISTED],
        "limits": {"units_per_district": pack.limits.units_per_district, "smallest_printed_count": K},
        "inputs": as_plain(facts.inputs),
        "datums": as_plain(facts.datums),
        "method": _method(facts),
    }


def _finding_counts(
    engine: Engine, facts: RunMetadata, placement: dict[str, Any], areas: Sequence[Any], outliers: Sequence[Json]
) -> dict[str, int]:
    """Return how often each finding occurs, those of a roll-up and of outlying districts among them."""
    limit = facts.census.pack.limits.units_per_district
    counts = count_findings(engine, facts, placement) | count_districts(areas, limit)
    if facts.rollup is not None:
        counts["CLAIMED_TWICE"] = facts.rollup["claims"]
        counts["AUDIT_FAILED"] = sum(bool(county["failures"]) for county in facts.rollup["counties"])
    counts["DISTRICTS_OUTLYING"] = len({row["code"] for row in outliers})
    return counts


def _method(facts: RunMetadata) -> Json:
    """Return the version, the rules and the checked laws."""
    pack = facts.census.pack
    return {
        "minglu": facts.version,
        "rules": pack.name,
        "rules_version": pack.version,
        "rules_sha256": pack.digest,
        "laws": [{"zh": law.zh, "en": law.en} for law in facts.laws],
    }


def exit_code(coverage: Json, *, strict: bool) -> int:
    """Return 1 where a finding fails the verdict, or with `strict` where anybody must look; else 0."""
    failing = {findings.ERROR, findings.WARNING} if strict else {findings.ERROR}
    return int(any(finding["weight"] in failing for finding in coverage["findings"]))


def summary_lines(coverage: Json, language: str) -> list[str]:
    """Describe the verdict and the ranked findings in words, one line each."""
    lines = [f"{coverage['census']['name']}  {coverage['census']['reference_date']}"]
    lines += [f"  {statement[language]}" for statement in coverage["verdict"].values()]
    marks = {findings.ERROR: "!!", findings.WARNING: " !", findings.NOTICE: "  "}
    lines += [
        f"  {marks[finding['weight']]} {finding[language]}" for finding in coverage["findings"] if finding["count"]
    ]
    return lines


def _ranked(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Order the findings: what fails the verdict first, then what somebody must look at, not by their counts."""
    found = [(code, counts[code]) for code in FINDINGS if counts.get(code)]
    found.sort(key=lambda item: findings.WEIGHTS.index(FINDINGS[item[0]].weight))
    return [
        {
            "code": code,
            "weight": FINDINGS[code].weight,
            "count": count,
            "zh": FINDINGS[code].zh.format(n=f"{count:,}"),
            "en": FINDINGS[code].en.format(n=f"{count:,}"),
            "do_zh": FINDINGS[code].do_zh,
            "do_en": FINDINGS[code].do_en,
        }
        for code, count in found
    ]


def _verdict(
    accounting: Json, territory: Json, placement: Json, counts: Mapping[str, int], completeness: Json
) -> dict[str, Any]:
    """Put the three statements into words, each with its status and its number."""
    return {
        "accounted": _accounted(accounting),
        "tiled": _tiled(territory, placement, counts),
        "complete": _complete(completeness),
    }


def _accounted(accounting: Json) -> Json:
    rows, kept = accounting["rows"], accounting["outcomes"]["unit"]
    return {
        "status": "proven",
        "number": rows,
        "zh": f"逐条核对：已证明。{rows:,} 行在台账中各登记一次，得 {kept:,} 个纳入普查单位。",
        "en": f"Accounted: proven. Each of {rows:,} rows is in the ledger once; {kept:,} units are kept.",
    }


def _tiled(territory: Json, placement: Json, counts: Mapping[str, int]) -> Json:
    faults = counts["TERRITORY_SERIOUS"] + counts["TERRITORY_SLIVER"]
    districts, unplaced = territory["districts"], placement["methods"]["unplaced"]
    placed = placement["units"] - unplaced
    proven = territory["verdict"] == "proven" and territory["edge"] == "proven" and not counts["PLACED_TWICE"]
    status = "proven" if proven else {"undecided": "undecided"}.get(territory["verdict"], "not proven")
    zh = {"proven": "已证明", "undecided": "无法判定", "not proven": "未证明"}[status]
    return {
        "status": status,
        "number": faults,
        "zh": f"普查小区边界无缝隙、无重叠：{zh}。{districts:,} 个小区，{faults:,} 处图层问题；"
        f"{placed:,} 个单位各归一个小区，{unplaced:,} 个列入未定位类。",
        "en": f"Tiled: {status}. {districts:,} districts, {faults:,} faults; {placed:,} units are in "
        f"exactly one district each, {unplaced:,} in a named exception class.",
    }


def _complete(completeness: Json) -> Json:
    """Describe the estimate with its interval and how far the models agree, or why there is none."""
    if completeness["status"] != "estimated":
        reason = completeness["reason"]
        return {
            "status": "not estimable",
            "number": None,
            "zh": f"完整性评估：不可估计（{reason['zh']}）。名单之外的单位数须经现场抽查估计。",
            "en": f"Complete: not estimable ({reason['en']}). How many units are on no list takes a field sample.",
        }
    found, (least, most) = completeness["estimate"], completeness["models_range"]
    units, low, high = (round(found[key]) for key in ("units", "low", "high"))
    seen, rejected = completeness["seen"], completeness["simpler_models_rejected"]
    basis_zh, basis_en = completeness["basis"]["zh"], completeness["basis"]["en"]
    if len(completeness["models"]) > 1:
        basis_zh += f"，各模型 {least:,.0f}–{most:,.0f}"
        basis_en += f", which say {least:,.0f} to {most:,.0f}"
    return {
        "status": "estimated",
        "number": units,
        "zh": f"完整性评估：只能估计。名单共见 {seen:,} 个单位，估计总数 {units:,}"
        f"（95% 区间 {low:,}–{high:,}；{basis_zh}），"
        f"即名单约含 {found['share_low']:.0%}–{found['share_high']:.0%}。"
        + ("较简单的模型均被数据否定，此数不足为凭，应以现场抽查核定。" if rejected else "前提与局限见第六节。"),
        "en": f"Complete: estimated, not proven. The lists show {seen:,} units of an estimated {units:,} "
        f"(95 % interval {low:,} to {high:,}; {basis_en}), that is "
        f"{found['share_low']:.0%} to {found['share_high']:.0%}. "
        + (
            "The data reject every simpler model: do not rely on this number, take a field sample."
            if rejected
            else "Section 6 says what it rests on."
        ),
    }
