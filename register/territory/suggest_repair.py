"""A repaired copy of a district layer: made on request, described, written beside the original and never over it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from minglu.geo.tiling.repair import Repair, suggest_repair
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import RulePack
from minglu.register.sources.vector.read_specs import read_spec
from minglu.register.storage.output_place import new_files
from minglu.register.storage.run_folder import write_json
from minglu.register.storage.vector_layers import with_shapes, write_geopackage
from minglu.register.territory.check_layer import Territory


def suggest(districts: LayerSpec, result: Territory, pack: RulePack) -> Repair:
    """Mend the slivers and mismatches of a checked layer on a copy, and prove the copy."""
    rules = pack.territory
    return suggest_repair(
        read_spec(districts),
        result.parent,
        result.proof,
        sliver_width_m=rules.sliver_width_m,
        sliver_area_m2=rules.sliver_area_m2,
    )


def suggestion_lines(repair: Repair, language: str) -> list[str]:
    """Describe what a repaired copy changed, and whether the same proof now holds."""
    area = sum(change.area_m2 for change in repair.changes)
    zh, en = ("已证明", "proven") if repair.proof.verdict == "proven" else ("仍有问题", "still not proven")
    line = {
        "zh": f"建议修补：{len(repair.changes)} 处改动，共 {area:,.1f} 平方米；修补后{zh}",
        "en": f"suggested repair: {len(repair.changes)} changes, {area:,.1f} m2 in all; the copy is {en}",
    }[language]
    return [line, *([f"  {repair.reason.of(language)}"] if repair.reason else [])]


def write_suggestion(repair: Repair, folder: Path) -> tuple[Path, Path]:
    """Write the repaired copy and the list of changes into `folder`, both or none; raises as `new_files`."""
    names = ("districts-suggested.gpkg", "changes.json")
    table = pa.table({"code": list(repair.districts.codes), "name": list(repair.districts.names)})
    content = {
        "verdict": repair.proof.verdict,
        "reason": repair.reason,
        "changes": [asdict(change) for change in repair.changes],
    }
    with new_files(folder, names, option="--suggest") as staging:
        features = with_shapes(table, repair.districts.geometries)
        write_geopackage(staging / names[0], "districts", features, repair.districts.crs)
        write_json(staging / names[1], content)
    return folder / names[0], folder / names[1]
