"""Raw coordinates of entries made into points of the districts' datum, list by list.  No unit is placed here.

A list without a stated datum is tested against the districts its own rows declare; if
they don't show which datum it uses, it is refused: half a kilometre of silent shift
moves a unit into the next village but one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from minglu.errors import CrsError
from minglu.geo.coordinates.datums import DATUMS, Datum, datum_named
from minglu.geo.coordinates.limits import limits
from minglu.geo.coordinates.pairs import CODES, POINTS, Box, country_box, parse_pairs, words
from minglu.geo.layer.district_index import Listing
from minglu.geo.placing.datum_detection import DatumEvidence, detect
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.register.config.list_spec import ListSpec
from minglu.register.engine import Engine
from minglu.register.rules.rule_pack import PlacementRules
from minglu.register.schemas import ENTRIES, VALUE_FAULTS

Numbers = NDArray[np.float64]
ToLayer = Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
KEY = ("list", "file", "sheet", "row")
BOX_MARGIN_DEG = 1.0
REPLACED = ("lon", "lat", "precision_m")

LOCATED = pa.schema([*(VALUE_FAULTS.field(name) for name in KEY), *(ENTRIES.field(name) for name in REPLACED)])


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
    """The evidence clearly speaks for another datum than the stated one."""
    evidence: DatumEvidence
    """What the declared districts of the rows say."""
    points: int
    """Rows with a usable point."""
    codes: tuple[tuple[str, int], ...]
    """Code of `geo.coordinates` -> rows, only codes that occur."""


def locate_entries(
    engine: Engine, *, lists: Sequence[ListSpec], gazetteer: Gazetteer, placement: PlacementRules
) -> tuple[DatumReport, ...]:
    """Fill lon, lat and precision_m of the table `entries` and make `value_faults_coordinates`.

    Points come out in the districts' own geographic datum.  `value_faults_coordinates`
    (VALUE_FAULTS) has a row for every coordinate that was set aside, repaired or is not
    trusted; a missing one is only counted.  Raises CrsError for a list whose datum is
    neither stated nor shown by evidence.
    """
    to_layer = _to_layer(gazetteer.districts)
    located, faults, reports = [LOCATED.empty_table()], [VALUE_FAULTS.empty_table()], []
    for spec in sorted(lists, key=lambda spec: spec.name):
        rows = _parsed_rows(engine, spec.name, _box(gazetteer.districts))
        points, report = _locate_list(rows, spec, gazetteer, placement, to_layer)
        reports.append(report)
        faults.append(_faults(rows, points.column("code")))
        located.append(_located(rows, points))
    engine.put("value_faults_coordinates", pa.concat_tables(faults))
    _write(engine, pa.concat_tables(located))
    order = [spec.name for spec in lists]
    return tuple(sorted(reports, key=lambda report: order.index(report.list)))


def _parsed_rows(engine: Engine, name: str, box: Box) -> pa.Table:
    """Parse the pairs of one list; return them with what else locating needs, in the order of the source."""
    quoted = name.replace("'", "''")
    engine.sql(
        "locating",
        'SELECT "list", "file", "sheet", "row", raw_lon, raw_lat, district_code, '
        "CASE WHEN site_address <> '' THEN site_address ELSE address END AS place "
        f"FROM entries WHERE \"list\" = '{quoted}'",
    )
    engine.map("locating", partial(_parse, box=box), "locating")
    rows = engine.get("locating", order_by='"file", "sheet", "row"')
    engine.drop("locating")
    return rows


def _parse(rows: pa.Table, *, box: Box) -> pa.Table:
    """Put the columns of POINTS in the place of the raw ones."""
    points = parse_pairs(rows.column("raw_lon"), rows.column("raw_lat"), box=box)
    kept = rows.drop_columns(["raw_lon", "raw_lat"])
    return pa.table({name: table.column(name) for table in (kept, points) for name in table.column_names})


def _locate_list(
    rows: pa.Table, spec: ListSpec, gazetteer: Gazetteer, placement: PlacementRules, to_layer: ToLayer
) -> tuple[pa.Table, DatumReport]:
    """Mark the default points of one list, find the datum and undo it; points in the layer's datum."""
    points = mark_default_points(
        rows.select(POINTS.names).combine_chunks(), rows.column("place"), placement.default_point_rows
    )
    lon, lat, precision = (_numbers(points, name) for name in REPLACED)
    declared = rows.column("district_code").combine_chunks()
    sharp = np.flatnonzero(precision <= limits().evidence_radius_m)
    evidence = detect(
        lon[sharp],
        lat[sharp],
        declared.take(pa.array(sharp)),
        gazetteer,
        to_layer=to_layer,
    )
    usable = int(np.count_nonzero(~np.isnan(lon)))
    datum, basis = _datum(spec, evidence, usable)
    lon, lat = to_layer(*datum.undo(lon, lat))
    points = points.set_column(0, "lon", pa.array(lon, from_pandas=True))
    points = points.set_column(1, "lat", pa.array(lat, from_pandas=True))
    report = DatumReport(
        list=spec.name,
        stated=spec.crs,
        used=datum.name if usable else "",
        basis=basis,
        contradicted=basis == "stated" and bool(evidence.datum) and evidence.datum != datum.name,
        evidence=evidence,
        points=usable,
        codes=_counts(points.column("code")),
    )
    return points, report


def _datum(spec: ListSpec, evidence: DatumEvidence, usable: int) -> tuple[Datum, str]:
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


def mark_default_points(points: pa.Table, place: pa.ChunkedArray, rows: int) -> pa.Table:
    """Give COORD_DEFAULT and its radius to points that at least `rows` rows of different addresses share.

    Equal addresses at one point are a market, not a default; rows without address count once together.
    """
    lon, lat = _numbers(points, "lon"), _numbers(points, "lat")
    have = np.flatnonzero(~np.isnan(lon))
    _, spot = np.unique(lon[have] + 1j * lat[have], return_inverse=True)
    address = pc.fill_null(place, "").combine_chunks().dictionary_encode()
    kinds = address.indices.to_numpy()[have].astype(np.int64)
    distinct = np.unique(spot.astype(np.int64) * (len(address.dictionary) + 1) + kinds) // (len(address.dictionary) + 1)
    addresses = np.bincount(distinct, minlength=1)
    shared = have[addresses[spot] >= rows] if len(have) else have
    precision = _numbers(points, "precision_m")
    precision[shared] = np.maximum(precision[shared], limits().default_point_radius_m)
    marked = np.zeros(len(lon), dtype=bool)
    marked[shared] = True
    code = pc.if_else(pa.array(marked), "COORD_DEFAULT", points.column("code").combine_chunks())
    points = points.set_column(2, "precision_m", pa.array(precision, from_pandas=True))
    return points.set_column(3, "code", code)


def _box(districts: Listing) -> Box:
    """Return the country's box, or one round the districts where they lie elsewhere."""
    box, crs = country_box(), districts.crs
    west, south, east, north = districts.extent
    if math.isnan(west):
        return box
    if not crs.is_geographic:
        transformer = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
        west, south, east, north = transformer.transform_bounds(west, south, east, north)
    if box.holds(west, south) and box.holds(east, north):
        return box
    margin = BOX_MARGIN_DEG
    return Box(west - margin, south - margin, east + margin, north + margin)


def _to_layer(districts: Listing) -> ToLayer:
    """Return the way from CGCS2000 to the districts' geographic datum, which mostly is the same to a decimetre."""
    datum = districts.crs.geodetic_crs
    name = datum.name if datum is not None else ""
    if name.upper().startswith(("WGS 84", "CGCS2000", "CHINA GEODETIC COORDINATE SYSTEM 2000")):
        return lambda lon, lat: (lon, lat)
    transformer = _transformer(datum) if datum is not None else None
    if transformer is None:
        raise CrsError(
            en=f"{districts.source}: the datum {name or 'unknown'} has no known relation to CGCS2000. "
            "Export the districts in CGCS2000 or WGS 84.",
            zh=f"{districts.source}：基准 {name or '未知'} 与 CGCS2000 的关系未知。"
            "请以 CGCS2000 或 WGS 84 导出小区图层。",
        )

    def shift(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        moved = (np.asarray(values, dtype=np.float64) for values in transformer.transform(lon, lat))
        east, north = (np.where(np.isfinite(values), values, np.nan) for values in moved)
        return east, north

    return shift


def _transformer(datum: CRS) -> Transformer | None:
    """Return a transformation with known parameters, or None: PROJ would otherwise guess that nothing moves."""
    try:
        return Transformer.from_crs(CRS("EPSG:4326"), datum, always_xy=True, allow_ballpark=False)
    except ProjError:
        return None


def _located(rows: pa.Table, points: pa.Table) -> pa.Table:
    columns = [rows.column(name) for name in KEY] + [points.column(name) for name in REPLACED]
    return pa.Table.from_arrays(columns, schema=LOCATED)


def _faults(rows: pa.Table, code: pa.ChunkedArray) -> pa.Table:
    """Return VALUE_FAULTS for coded pairs; a missing pair is no fault."""
    faulty = pc.and_(pc.not_equal(code, ""), pc.not_equal(code, "COORD_MISSING"))
    chosen, codes = rows.filter(faulty), code.filter(faulty)
    reasons = {name: words(name) for name in CODES}
    columns = [chosen.column(name) for name in KEY]
    columns += [pa.array(["lon"] * len(codes), pa.string()), codes]
    columns += [pa.array([reasons[name] for name in codes.to_pylist()], pa.string())]
    return pa.Table.from_arrays(columns, schema=VALUE_FAULTS)


def _counts(code: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    counted = {pair["values"]: pair["counts"] for pair in pc.value_counts(code).to_pylist()}
    return tuple((name, counted[name]) for name in CODES if name in counted)


def _write(engine: Engine, located: pa.Table) -> None:
    """Replace lon, lat and precision_m of `entries`."""
    engine.put("located", located)
    columns = ", ".join(f'located."{n}"' if n in REPLACED else f'entries."{n}"' for n in ENTRIES.names)
    same = " AND ".join(f'entries."{n}" = located."{n}"' for n in KEY)
    engine.sql("entries", f"SELECT {columns} FROM entries LEFT JOIN located ON {same}")
    engine.drop("located")


def _numbers(points: pa.Table, name: str) -> Numbers:
    return np.array(points.column(name).to_numpy(), dtype=np.float64)
