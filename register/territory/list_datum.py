"""The datum of one list: as stated, else as the districts that its rows declare show it, else refused."""

from __future__ import annotations

from dataclasses import dataclass

from minglu.errors import CrsError
from minglu.geo.coordinates.datums import DATUMS, Datum, datum_named
from minglu.geo.placing.datum_detection import DatumEvidence
from minglu.register.config.list_spec import ListSpec
from minglu.register.territory.list_parts import Part


@dataclass(frozen=True, slots=True)
class DatumReport:
    """What became of the coordinates of one list."""

    list: str
    """Name of the list."""
    stated: str
    """The datum as the census file states it, "auto" where it does not."""
    used: str
    """CGCS2000 | GCJ02 | BD09, or empty for a list without any coordinate."""
    basis: str
    """stated | evidence | none: why `used` was used."""
    contradicted: bool
    """The evidence clearly speaks for another datum than the stated one, of the whole list or of a part."""
    evidence: DatumEvidence
    """What the declared districts of the rows say."""
    points: int
    """Rows with a usable point."""
    codes: tuple[tuple[str, int], ...]
    """Code of `geo.coordinates` -> rows, only codes that occur."""


def choose_datum(spec: ListSpec, evidence: DatumEvidence, usable: int) -> tuple[Datum, str]:
    """Choose the datum of a list: stated, else shown, else refused unless there is nothing to shift."""
    stated = datum_named(spec.crs)
    if stated is not None:
        return stated, "stated"
    if spec.crs.lower() != "auto":
        raise CrsError(
            en=f"list {spec.name} ({spec.path}): found crs = {spec.crs!r}; "
            "expected CGCS2000, WGS84, GCJ02, BD09 or auto. Correct the census file.",
            zh=f"名单 {spec.name}（{spec.path}）：crs = {spec.crs!r}；应为 CGCS2000、WGS84、GCJ02、BD09 或 auto。"
            "请更正普查文件。",
        )
    if evidence.datum:
        return DATUMS[evidence.datum], "evidence"
    if not usable:
        return DATUMS["CGCS2000"], "none"
    raise CrsError(
        en=f"list {spec.name} ({spec.path}): its {usable} coordinates come without a datum, and the declared districts "
        f"do not show it ({evidence.en}). Expected crs = CGCS2000, WGS84, GCJ02 (Amap, Tencent) or BD09 (Baidu) for "
        "this list in the census file. Ask the office that exported it: a wrong guess shifts every unit by half a "
        "kilometre.",
        zh=f"名单 {spec.name}（{spec.path}）：{usable} 个坐标没有注明坐标基准，申报小区也不足以判定（{evidence.zh}）。"
        "请在普查文件中为该名单写明 crs = CGCS2000、WGS84、GCJ02（高德、腾讯）或 BD09（百度）。"
        "请询问导出单位；猜错会使所有单位偏移约五百米。",
    )


def mixed_datums(spec: ListSpec, evidence: DatumEvidence, part: Part | None) -> CrsError:
    """Return the error for a list pasted together from two datums, with the part where it can be identified."""
    where_en = (
        f"The second part is probably {part.en}." if part else "No column and no run of rows separates the parts."
    )
    where_zh = f"后者很可能是{part.zh}。" if part else "没有哪一列或哪一段行能将两部分分开。"
    return CrsError(
        en=f"list {spec.name} ({spec.path}): its coordinates seem to be of two datums: most points fit "
        f"{evidence.best}, but {evidence.mixed_points} fit {evidence.mixed} only ({evidence.en}). {where_en} Ask the "
        "office where the parts come from, put them into two files, and state crs for each in the census file.",
        zh=f"名单 {spec.name}（{spec.path}）：坐标似来自两种基准：多数点符合 {evidence.best}，"
        f"另有 {evidence.mixed_points} 个点只符合 {evidence.mixed}（{evidence.zh}）。{where_zh}"
        "请向导出单位核实来源，分为两个文件，并在普查文件中分别写明 crs。",
    )


def untested_part(spec: ListSpec, evidence: DatumEvidence, part: Part) -> CrsError:
    """Return the error for a part of a list that declares nothing: the evidence of the rest can't speak for it."""
    return CrsError(
        en=f"list {spec.name} ({spec.path}): the points of {part.en} come without a declared district or area, so "
        f"nothing shows their datum; the rest of the list is in {evidence.best}. Ask the office whether that part is "
        "from the same source: if so, state crs for the list; else put it into a file of its own.",
        zh=f"名单 {spec.name}（{spec.path}）：{part.zh}的点没有申报小区或区域，其坐标基准无从检验；"
        f"其余各行为 {evidence.best}。"
        "请向导出单位核实该部分是否同一来源：如是，请为该名单写明 crs；否则请单独成文件。",
    )
