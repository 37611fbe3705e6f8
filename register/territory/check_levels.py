"""Several levels of areas, each proven against the one above: villages in townships, townships in counties.

What is in memory at a time is one upper area with what lies below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import pairwise

import pyarrow as pa
from pyproj import CRS

from minglu.geo.layer.code_checks import Finding, check_codes
from minglu.geo.layer.declared_codes import LEVELS
from minglu.geo.layer.district_index import DistrictIndex, index_districts
from minglu.geo.territory_schemas import FAULTS
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.nested_levels import LevelProof, check_tree, prove_levels
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import RulePack
from minglu.register.sources.vector.read_specs import open_spec
from minglu.register.territory.check_layer import Cells, code_rows, fault_rows


@dataclass(frozen=True, slots=True, eq=False)
class LevelsResult:
    """What `minglu check --level` found out."""

    sources: tuple[str, ...]
    """The layers from the lowest to the highest."""
    crs: CRS
    proofs: tuple[LevelProof, ...]
    """One for each area that is not of the lowest layer."""
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether every area is proven to be tiled by those below it, and all codes are in order."""
        return all(proof.verdict == "proven" for proof in self.proofs) and not self.findings

    @property
    def faults(self) -> pa.Table:
        """All faults, FAULTS; their ids begin with the code of the area in which they are."""
        tables = [_renamed(proof) for proof in self.proofs if proof.proof is not None]
        return pa.concat_tables([FAULTS.empty_table(), *tables])

    def as_dict(self) -> dict[str, object]:
        """Return everything but the geometries as plain values for JSON."""
        return {
            "layers": list(self.sources),
            "verdict": self._verdict(),
            "areas": [_area(proof) for proof in self.proofs],
            "findings": [asdict(finding) for finding in self.findings],
            "fault_list": self.faults.drop_columns(["geometry"]).to_pylist(),
        }

    def as_lines(self, language: str) -> list[str]:
        """Return for each level how many of its areas are proven, then why others are not."""
        lines = []
        for source in self.sources[1:]:
            verdicts = [proof.verdict for proof in self.proofs if proof.layer == source]
            proven, faulty = verdicts.count("proven"), verdicts.count("faults")
            undecided = len(verdicts) - proven - faulty
            zh = f"{source}：{len(verdicts)} 个区域，已证明 {proven}，发现问题 {faulty}，无法判定 {undecided}。"
            en = f"{source}: {len(verdicts)} areas, {proven} proven, {faulty} with faults, {undecided} undecided."
            lines.append(zh if language == "zh" else en)
        for proof in self.proofs:
            reasons = [proof.reason] if proof.reason else [] if proof.proof is None else list(proof.proof.reasons)
            lines += [f"  {proof.code} {proof.name}: {reason.of(language)}" for reason in reasons]
        faults, codes = self.faults.num_rows, len(self.findings)
        return [*lines, f"图层问题 {faults} 处，代码问题 {codes} 处。" if language == "zh" else _total(faults, codes)]

    def rows(self, language: str) -> list[Cells]:
        """Return faults and findings as rows of a table, as for one layer."""
        return fault_rows(self.faults, language) + code_rows(self.findings, language)

    def _verdict(self) -> str:
        verdicts = {proof.verdict for proof in self.proofs}
        return next((verdict for verdict in ("faults", "undecided") if verdict in verdicts), "proven")


def check_levels(layers: Sequence[LayerSpec], pack: RulePack) -> LevelsResult:
    """Check `layers`, from the lowest to the highest, each against the one above by code and by geometry.

    Raises SourceError for a file that can't be read in full, CrsError where layers differ
    in their coordinate system.
    """
    rules = pack.territory
    with ExitStack() as stack:
        listings = [index_districts(stack.enter_context(open_spec(spec))) for spec in layers]
        findings = tuple(_findings(listings, pack))
        proofs = tuple(prove_levels(listings, Tolerance(rules.sliver_width_m, rules.sliver_area_m2)))
    outside = tuple(finding for proof in proofs for finding in proof.outside)
    return LevelsResult(tuple(one.source for one in listings), listings[0].crs, proofs, findings + outside)


def _findings(listings: Sequence[DistrictIndex], pack: RulePack) -> Iterator[Finding]:
    """Yield the findings about the codes of each layer, and those between neighbouring layers."""
    rules = pack.territory
    for number, listing in enumerate(listings):
        lengths = LEVELS if number else rules.code_lengths
        yield from check_codes(listing, code_lengths=lengths, virtual_from=rules.virtual_from)
    for lower, upper in pairwise(listings):
        yield from check_tree(lower, upper)


def _renamed(proof: LevelProof) -> pa.Table:
    assert proof.proof is not None
    table = proof.proof.faults
    for name in ("fault_id", "group"):
        at = table.schema.get_field_index(name)
        texts = [f"{proof.code}-{text}" for text in table.column(name).to_pylist()]
        table = table.set_column(at, FAULTS.field(name), pa.array(texts, pa.string()))
    return table


def _area(proof: LevelProof) -> dict[str, object]:
    figures = {} if proof.proof is None else proof.proof.as_dict()
    head = {"layer": proof.layer, "code": proof.code, "name": proof.name, "below": proof.lower}
    return {**head, **figures, "verdict": proof.verdict, "reason": proof.reason}


def _total(faults: int, codes: int) -> str:
    return f"{faults} faults, {codes} findings about codes."
