"""The district layer on its own: codes checked, tiling proven, faults written for the map.  No lists, no units."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import shapely

from minglu.errors import OutputError
from minglu.geo.codes import CODES, Finding, check_codes
from minglu.geo.districts import Districts, Parent
from minglu.geo.partition import Proof, prove
from minglu.geo.repair import Repair, suggest_repair
from minglu.register.census import LayerSpec
from minglu.register.report.layers import write_geojson, write_geopackage, write_text
from minglu.register.rules import RulePack
from minglu.register.sources.layers import read_districts, read_parent
from minglu.register.tongues import in_language

MOST_ROWS = 200
"""Faults, and findings, that a table on a terminal shows; the files and --json hold all."""


Cells = tuple[str, str, str, str, str, str]
"""Kind, severity, area, width, districts, place or reason."""

MOST_CODES = 3
WORDS_ZH = {
    "overlap": "重叠",
    "gap": "缝隙",
    "spill": "越界",
    "mismatch": "边不一致",
    "invalid": "图形无效",
    "undecided": "无法判定",
    "serious": "超过容差",
    "sliver": "容差以内",
}


@dataclass(frozen=True, slots=True, eq=False)
class CheckResult:
    """What `minglu check` found out about one layer."""

    districts: Districts
    parent: Parent | None
    proof: Proof
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether the tiling is proven and the codes are in order."""
        return self.proof.verdict == "proven" and not self.findings

    def as_dict(self) -> dict[str, object]:
        """Return everything but the geometries as plain values for JSON."""
        faults = self.proof.faults.drop_columns(["geometry"]).to_pylist()
        return {
            "layer": self.districts.source,
            "parent": None if self.parent is None else self.parent.source,
            **self.proof.as_dict(),
            "findings": [asdict(finding) for finding in self.findings],
            "fault_list": faults,
        }

    def as_lines(self, language: str) -> list[str]:
        """Say the verdict in words: what was tested, whether it holds, and why not."""
        faults, codes, n = self.proof.faults.num_rows, len(self.findings), len(self.districts)
        zh, en = {
            "proven": ("无重叠、无缝隙：已证明", "No overlap and no gap: proven"),
            "faults": ("未铺满：发现问题", "Not a tiling: faults found"),
            "undecided": ("无法判定", "Undecided"),
        }[self.proof.verdict]
        edge = self.proof.edge == "proven"
        line = {
            "zh": f"{n} 个小区。{zh}；外边界{'已证明' if edge else '未证明'}。"
            f"图层问题 {faults} 处，代码问题 {codes} 处。",
            "en": f"{n} districts. {en}; outer edge {'proven' if edge else 'not proven'}. "
            f"{faults} faults, {codes} findings about codes.",
        }[language]
        return [line, *(f"  {in_language(reason, language)}" for reason in self.proof.reasons)]

    @staticmethod
    def headings(language: str) -> list[str]:
        """Return the headings of `rows`."""
        return {
            "zh": ["类型", "程度", "面积 m2", "宽度 m", "小区", "位置或原因"],
            "en": ["kind", "severity", "area m2", "width m", "districts", "place or reason"],
        }[language]

    def rows(self, language: str) -> list[Cells]:
        """Return the widest faults and the findings about codes as rows of a table, at most `MOST_ROWS` of each.

        A dirty layer has hundreds of thousands of faults; the last row says how many more there
        are.  Findings of one code are one row with their number.
        """
        table = self.proof.faults.slice(0, MOST_ROWS).drop_columns(["geometry"]).to_pylist()
        rows = [
            (
                _word(str(row["kind"]), language),
                _word(str(row["severity"]), language),
                f"{row['area_m2']:,.1f}",
                f"{row['width_m']:,.2f}",
                str(row["districts"]),
                str(row["place"]),
            )
            for row in table
        ]
        more = self.proof.faults.num_rows - len(rows)
        if more:
            rows.append(("...", "", "", "", "", f"另有 {more} 处" if language == "zh" else f"{more} more"))
        return rows + [self._code_row(code, language) for code in dict.fromkeys(item.code for item in self.findings)]

    def _code_row(self, code: str, language: str) -> Cells:
        """Say all findings of one code in one row, with the first districts they are about."""
        found = [item for item in self.findings if item.code == code]
        districts = list(dict.fromkeys(district for item in found for district in item.districts))
        shown = "+".join(districts[:MOST_CODES]) + ("+..." if len(districts) > MOST_CODES else "")
        zh, en = CODES[code]
        return (code, "", "", "", shown, f"{zh}：{len(found)} 处" if language == "zh" else f"{en}: {len(found)}")


def _word(word: str, language: str) -> str:
    return WORDS_ZH.get(word, word) if language == "zh" else word


def check_layers(districts: LayerSpec, parent: LayerSpec | None, pack: RulePack) -> CheckResult:
    """Read a district layer and its parent, check the codes, prove the tiling.

    Raises SourceError for a file that can't be read in full, CrsError where the two
    layers differ in their coordinate system.
    """
    layer = read_districts(
        districts.path, code=districts.code, name=districts.name, layer=districts.layer, encoding=districts.encoding
    )
    area = None if parent is None else read_parent(parent.path, parent.layer, parent.code or None)
    rules = pack.territory
    findings = check_codes(layer, area, code_lengths=rules.code_lengths, virtual_from=rules.virtual_from)
    proof = prove(layer, area, sliver_width_m=rules.sliver_width_m, sliver_area_m2=rules.sliver_area_m2)
    return CheckResult(layer, area, proof, findings)


def write_faults(result: CheckResult, folder: Path) -> tuple[Path, Path]:
    """Write `faults.gpkg` and `faults.geojson` into `folder`, both whole; return their paths."""
    _make(folder)
    faults = result.proof.faults
    shapes = shapely.from_wkb(faults.column("geometry").to_numpy(zero_copy_only=False))
    table = faults.drop_columns(["geometry"])
    package, text = folder / "faults.gpkg", folder / "faults.geojson"
    write_geopackage(package, "faults", table, shapes, result.districts.crs, fresh=True)
    write_geojson(text, table, shapes, result.districts.crs)
    return package, text


def suggest(result: CheckResult, pack: RulePack) -> Repair:
    """Mend the slivers and mismatches of a checked layer on a copy, and prove the copy."""
    rules = pack.territory
    return suggest_repair(
        result.districts,
        result.parent,
        result.proof,
        sliver_width_m=rules.sliver_width_m,
        sliver_area_m2=rules.sliver_area_m2,
    )


def suggestion_lines(repair: Repair, language: str) -> list[str]:
    """Say what a repaired copy changed, and whether the same proof now holds."""
    area = sum(change.area_m2 for change in repair.changes)
    zh, en = ("已证明", "proven") if repair.proof.verdict == "proven" else ("仍有问题", "still not proven")
    line = {
        "zh": f"建议修补：{len(repair.changes)} 处改动，共 {area:,.1f} 平方米；修补后{zh}",
        "en": f"suggested repair: {len(repair.changes)} changes, {area:,.1f} m2 in all; the copy is {en}",
    }[language]
    return [line, *([f"  {repair.reason}"] if repair.reason else [])]


def write_suggestion(repair: Repair, folder: Path) -> tuple[Path, Path]:
    """Write the repaired copy and the list of changes into `folder`; never over the layer that was read."""
    _make(folder)
    layer, listing = folder / "districts-suggested.gpkg", folder / "changes.json"
    if layer.resolve() == Path(repair.districts.source).resolve():
        raise OutputError(
            en=f"{layer}: is the layer that was read; a suggestion is never written in place. Choose another folder.",
            zh=f"{layer}：就是读入的图层；建议稿从不覆盖原图层。请换一个文件夹。",
        )
    table = pa.table({"code": list(repair.districts.codes), "name": list(repair.districts.names)})
    layer.unlink(missing_ok=True)
    write_geopackage(layer, "districts", table, repair.districts.geometries, repair.districts.crs)
    content = {
        "verdict": repair.proof.verdict,
        "reason": repair.reason,
        "changes": [asdict(change) for change in repair.changes],
    }
    write_text(listing, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return layer, listing


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            en=f"{folder}: can't be made ({error}). Choose another folder.",
            zh=f"{folder}：无法创建（{error}）。请换一个文件夹。",
        ) from error
