"""Audit first, then aggregate (先审核后汇总): sealed registers of counties become the register of the level above.

Nothing is matched anew inside a county and nothing is merged across counties: the sums are exact.
What two counties both claim, and where their districts overlap or leave gaps, are findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from minglu import __version__
from minglu.errors import LawError, MingluError, UsageError
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.register.config.census_file import Census, LayerSpec
from minglu.register.config.list_spec import ListSpec
from minglu.register.coverage.assemble_coverage import assemble
from minglu.register.coverage.run_metadata import RunMetadata
from minglu.register.engine import Engine, open_engine
from minglu.register.engine.parquet_files import write_parquet
from minglu.register.report import render_all
from minglu.register.rules import RulePack, load_pack
from minglu.register.sources.list_reading import InputReport
from minglu.register.sources.vector.read_specs import read_parent_spec
from minglu.register.storage import run_store
from minglu.register.storage.integrity import protect
from minglu.register.storage.run_folder import staged, write_json
from minglu.register.territory.check_layer import Territory, check_districts
from minglu.register.units.ledger import LAWS_OF_COUNTIES, check_laws
from minglu.register.verification.rollup.audit_county import County, audit
from minglu.register.verification.rollup.double_claims import CLAIMS, find_claims
from minglu.register.verification.rollup.join_registers import join_districts, join_tables


@dataclass(frozen=True, slots=True)
class RollupOptions:
    """What the command line asks for."""

    name: str
    """Of the level's census."""
    within: Path | None = None
    """The layer of the area that all districts together must fill."""
    scores: tuple[Path, ...] = ()
    """Spot checks of the counties."""
    rules: str = "pollution-2"
    force: bool = False
    """Take registers that fail their audit, and say so."""


class AuditError(MingluError):
    """A register failed its audit and was not forced: a finding, not a broken file."""

    exit_code = 1


def rollup(bags: Sequence[Path], out: Path, options: RollupOptions) -> Mapping[str, Any]:
    """Build the level's register of sealed registers into the run folder `out`; return its coverage.json.

    Raises AuditError where a register fails its audit and `force` is not asked for, SourceError for what is no
    sealed register, UsageError where their reference dates differ.
    """
    pack = load_pack(options.rules, Path())
    counties = audit(bags, options.scores, pack=pack)
    _refuse_failed(counties, force=options.force)
    census = _census(counties, options, pack)
    with staged(out, allow=lambda old: protect(old, bags)) as folder:
        engine = open_engine("duckdb", workspace=folder)
        try:
            coverage = _build(engine, census, counties, folder)
        finally:
            engine.close()
        run_store.remove_leftovers(folder)
        write_json(folder / run_store.MANIFEST, _manifest(folder, census, counties, coverage))
    return coverage


def _refuse_failed(counties: Sequence[County], *, force: bool) -> None:
    failed = [county for county in counties if county.failures]
    if not failed or force:
        return
    zh = "\n".join(f"  {county.name}：{zh}" for county in failed for zh, _ in county.failures)
    en = "\n".join(f"  {county.name}: {en}" for county in failed for _, en in county.failures)
    raise AuditError(
        en=f"{len(failed)} of {len(counties)} registers fail their audit; nothing was rolled up:\n{en}\n"
        "Have them corrected and sealed again, or take them as they are with --force: the report will say so.",
        zh=f"{len(counties)} 份名录中有 {len(failed)} 份审核未通过，未汇总：\n{zh}\n"
        "请退回更正并重新封存；或用 --force 强制汇总，报告将予注明。",
    )


def _census(counties: Sequence[County], options: RollupOptions, pack: RulePack) -> Census:
    """Return the level's census as far as a report asks for it: name, date, rules, names of lists, parent."""
    dates = sorted({county.reference_date for county in counties})
    if len(dates) > 1:
        raise UsageError(
            en=f"the registers have different reference dates ({dates[0]}, {dates[-1]}); expected one. Roll up "
            "registers of one census.",
            zh=f"各名录的普查时点不同（{dates[0]}、{dates[-1]}）；应为同一时点。请汇总同一次普查的名录。",
        )
    kinds = {row["list"]: row["kind"] for county in counties for row in county.coverage["accounting"]["lists"]}
    lists = tuple(ListSpec(name=name, kind=kind, path="", base=Path()) for name, kind in sorted(kinds.items()))
    parent = None if options.within is None else LayerSpec(options.within)
    return Census(Path(), options.name, dates[0], pack, lists, LayerSpec(Path()), parent)


def _build(engine: Engine, census: Census, counties: Sequence[County], folder: Path) -> Mapping[str, Any]:
    join_tables(engine, counties)
    districts = InMemoryLayer(join_districts(counties))
    parent = None if census.parent is None else read_parent_spec(census.parent)
    territory = check_districts(districts, parent, census.pack)
    engine.put("faults", territory.proof.faults)
    claims = _claims(folder, engine.get("units", order_by="unit_id"), territory, census.pack)
    laws = check_laws(engine, LAWS_OF_COUNTIES)
    coverage = assemble(
        engine,
        RunMetadata(
            census,
            _inputs(counties),
            territory,
            (),
            laws,
            __version__,
            rollup=_county_facts(counties, claims.num_rows),
            parts=tuple(county.coverage for county in counties),
        ),
    )
    _require_sums(coverage, counties)
    run_store.write_tables(engine, folder, territory.districts, keep_personal=False)
    write_parquet(folder / "tables" / "claims.parquet", [claims], CLAIMS)
    write_json(folder / "coverage.json", coverage)
    render_all(folder)
    return coverage


def _claims(folder: Path, units: pa.Table, territory: Territory, pack: RulePack) -> pa.Table:
    """Look for units that two counties claim, in an engine of its own: linkage would overwrite the counties' tables."""
    engine = open_engine("duckdb", workspace=folder)
    try:
        engine.put("units", units)
        return find_claims(engine, territory.districts.names, pack.linkage)
    finally:
        engine.close()


def _inputs(counties: Sequence[County]) -> tuple[InputReport, ...]:
    return tuple(
        InputReport(**row | {"file": f"{county.key}/{row['file']}"})
        for county in counties
        for row in county.coverage["inputs"]
    )


def _county_facts(counties: Sequence[County], claims: int) -> dict[str, Any]:
    """Return what the report says of the counties, and the sums of what people decided and found there."""
    return {
        "forced": any(county.failures for county in counties),
        "claims": claims,
        **{name: _summed([getattr(county, name) for county in counties]) for name in ("decisions", "field")},
        "counties": [
            {
                "key": county.key,
                "name": county.name,
                "head": county.head,
                "register_head": county.register_head,
                "rows": county.coverage["accounting"]["rows"],
                "units": county.coverage["accounting"]["outcomes"]["unit"],
                "failures": [{"zh": zh, "en": en} for zh, en in county.failures],
                "spotcheck": {"verdict": county.spotcheck, "seed": county.seed},
                "decisions": county.decisions,
                "field": county.field,
            }
            for county in counties
        ],
    }


def _summed(accounts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Add up the counts of several chains; names and heads are each county's own."""
    counted = [name for name in accounts[0] if name not in {"file", "head"}]
    return {name: sum(account[name] for account in accounts) for name in counted}


def _require_sums(coverage: Mapping[str, Any], counties: Sequence[County]) -> None:
    """Raise LawError unless every outcome is the sum of the counties'."""
    for outcome, count in coverage["accounting"]["outcomes"].items():
        parts = sum(county.coverage["accounting"]["outcomes"][outcome] for county in counties)
        if parts != count:
            raise LawError(
                en=f"{outcome}: the counties have {parts} rows, their roll-up {count}. No result was written.",
                zh=f"{outcome}：各县合计 {parts} 行，汇总为 {count} 行。未写出任何结果。",
            )


def _manifest(folder: Path, census: Census, counties: Sequence[County], coverage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": "minglu/manifest/1",
        "minglu": __version__,
        "census": {"name": census.name, "sha256": ""},
        "rules": {"name": census.pack.name, "version": census.pack.version, "sha256": census.pack.digest},
        "counties": {county.key: {"head": county.head, "register_head": county.register_head} for county in counties},
        "inputs": coverage["inputs"],
        "layers": [],
        "decisions": coverage["linkage"]["decisions"],
        "outputs": run_store.list_outputs(folder),
    }
