"""The district layer on its own: codes checked, tiling proven, faults written for the map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyproj import CRS

from minglu.common.bilingual import Bilingual
from minglu.common.parallel import over_threads
from minglu.geo.layer.code_checks import CODES, Finding, check_codes
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Parent
from minglu.geo.layer.piecewise import CACHED_VERTICES_MAX, CachedLayer, Layer
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.outside_parent import find_outside
from minglu.geo.tiling.partition_proof import Proof, prove_layer
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import RulePack
from minglu.register.sources.attestation import as_sent
from minglu.register.sources.vector.read_specs import open_spec, read_parent_spec
from minglu.register.storage.output_place import new_file, new_files
from minglu.register.storage.vector_layers import with_shapes, write_geojson, write_geopackage
from minglu.register.territory.area_columns import area_names

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
    "no area": "无面积",
}


class Faulty(Protocol):
    """Anything with faults for the map."""

    @property
    def crs(self) -> CRS:
        """The coordinate system of their geometries."""

    @property
    def faults(self) -> pa.Table:
        """All faults, FAULTS."""


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """What was found out about one layer; a register is built on it."""

    districts: DistrictIndex
    parent: Parent | None
    proof: Proof
    findings: tuple[Finding, ...]
    remarks: tuple[Bilingual, ...] = ()
    """What somebody should know of how the layer was read."""
    areas: tuple[tuple[str, ...], ...] = ()
    """For each district the names of the areas above it, from large to small; empty where the layer has none."""

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
            "remarks": list(self.remarks),
            "fault_list": faults,
        }

    def as_lines(self, language: str) -> list[str]:
        """Describe the verdict in words: what was tested, whether it holds, and why not."""
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
        return [line, *(f"  {reason.of(language)}" for reason in (*self.proof.reasons, *self.remarks))]

    @property
    def crs(self) -> CRS:
        """The coordinate system of the layer and its faults."""
        return self.districts.crs

    @property
    def faults(self) -> pa.Table:
        """All faults, FAULTS."""
        return self.proof.faults

    def rows(self, language: str) -> list[Cells]:
        """Return the widest faults and the findings about codes as rows of a table."""
        return fault_rows(self.faults, language) + code_rows(self.findings, language)


def headings(language: str) -> Cells:
    """Return the headings of rows of faults and findings."""
    return {
        "zh": ("类型", "程度", "面积 m2", "宽度 m", "小区", "位置或原因"),
        "en": ("kind", "severity", "area m2", "width m", "districts", "place or reason"),
    }[language]


def fault_rows(faults: pa.Table, language: str) -> list[Cells]:
    """Return the first faults as rows, at most `MOST_ROWS`; the last row says how many more there are.

    A dirty layer has hundreds of thousands of faults.
    """
    table = faults.slice(0, MOST_ROWS).drop_columns(["geometry"]).to_pylist()
    rows = [
        (
            _word(str(row["kind"]), language),
            _word("no area" if row["kind"] == "mismatch" else str(row["severity"]), language),
            f"{row['area_m2']:,.1f}",
            f"{row['width_m']:,.2f}",
            str(row["districts"]),
            str(row["place"]),
        )
        for row in table
    ]
    more = faults.num_rows - len(rows)
    if more:
        rows.append(("...", "", "", "", "", f"另有 {more} 处" if language == "zh" else f"{more} more"))
    return rows


def code_rows(findings: Sequence[Finding], language: str) -> list[Cells]:
    """Return the findings about codes, all of one code in one row with the first districts they are about."""
    rows = []
    for code in dict.fromkeys(item.code for item in findings):
        found = [item for item in findings if item.code == code]
        districts = list(dict.fromkeys(district for item in found for district in item.districts))
        shown = "+".join(districts[:MOST_CODES]) + ("+..." if len(districts) > MOST_CODES else "")
        zh, en = CODES[code]
        rows.append((code, "", "", "", shown, f"{zh}：{len(found)} 处" if language == "zh" else f"{en}: {len(found)}"))
    return rows


def _word(word: str, language: str) -> str:
    return WORDS_ZH.get(word, word) if language == "zh" else word


@contextmanager
def check_layers(districts: LayerSpec, parent: LayerSpec | None, pack: RulePack) -> Iterator[Territory]:
    """Check the codes of a district layer and prove its tiling, piece by piece; the layer stays open for questions.

    Raises SourceError for a file that can't be read in full, is not the one that was sent, or
    changes before it is closed, CrsError where the two layers differ in their coordinate system.
    """
    area = read_area(parent)
    with as_sent(districts.path, districts.sha256), open_spec(districts) as file:
        territory = check_districts(
            CachedLayer(file, most=CACHED_VERTICES_MAX if file.random else math.inf), area, pack
        )
        yield replace(territory, remarks=(*file.remarks, *_about_parent(area)), areas=area_names(file, districts))


def _about_parent(area: Parent | None) -> tuple[Bilingual, ...]:
    """Note where the parent is the union of several areas."""
    if area is None or area.areas == 1:
        return ()
    zh = f"上级图层有 {area.areas} 个区域，按其并集检验；逐个检验请用 minglu check --level"
    en = f"the parent layer has {area.areas} areas: their union was taken; minglu check --level proves each of them"
    return (Bilingual(zh, en),)


def check_districts(layer: Layer, area: Parent | None, pack: RulePack) -> Territory:
    """Check the codes of districts and prove their tiling."""
    rules = pack.territory
    scan, proof = prove_layer(layer, area, Tolerance(rules.sliver_width_m, rules.sliver_area_m2))
    codes = check_codes(scan, area, code_lengths=rules.code_lengths, virtual_from=rules.virtual_from)
    found = (*codes, *find_outside(scan, area, proof.faults))
    return Territory(scan.index(), area, proof, found)


def check_file(districts: LayerSpec, parent: LayerSpec | None, pack: RulePack) -> Territory:
    """Check a layer that nobody asks any more questions of afterwards."""
    with check_layers(districts, parent, pack) as territory:
        return territory


def read_area(parent: LayerSpec | None) -> Parent | None:
    """Read the parent, if there is one."""
    if parent is None:
        return None
    with as_sent(parent.path, parent.sha256):
        return read_parent_spec(parent)


def write_faults(result: Faulty, place: Path, *, inputs: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Write the faults for the map, all files or none; return the paths.

    `place` is a folder for `faults.gpkg` and `faults.geojson`, or one file with one of these endings.
    Raises OutputError where that can't be written, UsageError in a run, an archive or one of the `inputs`,
    ExistsError where a file is there already.
    """
    files = (place,) if place.suffix in WRITERS else tuple(place / f"faults{ending}" for ending in WRITERS)
    faults = result.faults
    table, shapes = faults.drop_columns(["geometry"]), faults.column("geometry")

    def write(file: Path) -> None:
        WRITERS[file.suffix](file, table, shapes, result.crs)

    if place.suffix in WRITERS:
        with new_file(place, option="--out", inputs=inputs) as fresh:
            write(fresh)
    else:
        with new_files(place, [file.name for file in files], option="--out", inputs=inputs) as staging:
            list(over_threads(write, [staging / file.name for file in files]))
    return files


def _write_package(file: Path, table: pa.Table, shapes: pa.ChunkedArray, crs: CRS) -> None:
    write_geopackage(file, "faults", with_shapes(table, shapes), crs, fresh=True)


WRITERS = {".gpkg": _write_package, ".geojson": write_geojson}
