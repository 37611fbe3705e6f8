"""Raw coordinates of entries made into points of the districts' datum, list by list.

A list without a stated datum is tested against the districts its own rows declare; if
they don't show which datum it uses, it is refused: half a kilometre of unnoticed shift
moves a unit into the next village but one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minglu.errors import CrsError
from minglu.geo.coordinates.datums import DATUMS, datum_named
from minglu.geo.coordinates.limits import limits
from minglu.geo.coordinates.pairs import CODES, POINTS, Box, country_box, parse_pairs, words
from minglu.geo.layer.area_names import AreaNames, learn_home_areas
from minglu.geo.placing.datum_detection import (
    DatumEvidence,
    declares_area,
    detect,
    layer_moves,
    list_moves,
    score_rows,
)
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.register.config.list_spec import ListSpec
from minglu.register.engine import Engine
from minglu.register.rules.rule_pack import PlacementRules
from minglu.register.schemas import ENTRIES, VALUE_FAULTS
from minglu.register.territory.layer_datum import ToLayer, datum_change, layer_extent, point_box
from minglu.register.territory.layer_position import distance_m, require_datum, require_near
from minglu.register.territory.list_datum import DatumReport, choose_datum, mixed_datums, untested_part
from minglu.register.territory.list_parts import find_part

Numbers = NDArray[np.float64]
KEY = ("list", "file", "sheet", "row")
REPLACED = ("lon", "lat", "precision_m", "area_code")
AREA_FIELDS = ("city", "county", "town", "village")
SAMPLE = 20_000
"""Entries that show which areas lie above the layer; ids are digests, so the smallest are a random sample."""
NEAR_M = 2_000.0
"""So near to the layer's extent a point counts as inside, whatever its datum."""
LEAST_UNTESTED = 0.05
"""A part without any evidence is asked about from this share of a list's points on."""

LOCATED = pa.schema([*(VALUE_FAULTS.field(name) for name in KEY), *(ENTRIES.field(name) for name in REPLACED)])


@dataclass(frozen=True, slots=True)
class Place:
    """What the points of all lists are located against."""

    gazetteer: Gazetteer
    names: AreaNames | None
    """Names of the layer's areas, where they are known."""
    datum: str
    """Datum of the layer as the census file states it, "" where it does not."""
    to_layer: ToLayer
    """From the layer's datum as far as `datum` goes to that of its coordinate system."""
    extent: tuple[float, float, float, float]
    """West, south, east, north of the layer in degrees."""
    blank_words: frozenset[str] = frozenset()
    """What stands for nothing in a cell, in lower case; zero does not: it is a coordinate, if a wrong one."""


@dataclass(frozen=True, slots=True)
class _Located:
    """What came of one list."""

    points: pa.Table
    report: DatumReport
    about_layer: DatumEvidence
    raw: tuple[Numbers, Numbers]
    """Longitudes and latitudes as the list gives them."""


def locate_entries(
    engine: Engine,
    *,
    lists: Sequence[ListSpec],
    gazetteer: Gazetteer,
    placement: PlacementRules,
    names: AreaNames | None = None,
    layer_crs: str | None = None,
    blank_words: frozenset[str] = frozenset(),
) -> tuple[DatumReport, ...]:
    """Fill lon, lat, precision_m and area_code of the table `entries` and make `value_faults_coordinates`.

    Points come out in the districts' own geographic datum.  `value_faults_coordinates`
    (VALUE_FAULTS) has a row for every coordinate that was set aside, repaired or is not
    trusted; a missing one is only counted.  `names` are those of the layer's areas; `layer_crs`
    is what the census file states of the layer; `blank_words` are those that stand for nothing in a
    cell.  Raises CrsError for a list whose datum is neither
    stated nor shown by evidence, or is not one, for a layer far from every list, and for one that
    the lists show to be in another datum than its file says.
    """
    # Long: the steps in their order, and a docstring that names every error.
    place = replace(_place(gazetteer, names, layer_crs), blank_words=frozenset(map(str.lower, blank_words)) - {"0"})
    if place.names is not None:
        place = replace(place, names=_at_home(engine, place, lists))
    tables, faults, found = [LOCATED.empty_table()], [VALUE_FAULTS.empty_table()], list[_Located]()
    problems = list[CrsError]()
    for spec in sorted(lists, key=lambda spec: spec.name):
        rows = _parsed_rows(engine, spec.name, point_box(place.extent), place.names, place.blank_words)
        one = _locate_list(engine, rows, spec, place, default_rows=placement.default_point_rows, problems=problems)
        found.append(one)
        faults.append(_faults(rows, one.points.column("code")))
        tables.append(_located(rows, one.points))
    raw = [one.raw for one in found]
    if not any(np.isfinite(lon).any() for lon, _ in raw):
        raw = list(_points_of_country(engine, lists, place.blank_words))
    require_near(raw, gazetteer.districts, place.extent)
    if not place.datum:
        require_datum(
            gazetteer.districts.source, [(one.report.list, one.about_layer, one.report.evidence) for one in found]
        )
    if problems:
        raise problems[0] if len(problems) == 1 else _all_of(problems)
    engine.put("value_faults_coordinates", pa.concat_tables(faults))
    _write(engine, pa.concat_tables(tables))
    order = [spec.name for spec in lists]
    return tuple(sorted((one.report for one in found), key=lambda report: order.index(report.list)))


def _all_of(problems: Sequence[CrsError]) -> CrsError:
    """Return one error that holds several: all problems at once."""
    return CrsError(en="\n".join(one.en for one in problems), zh="\n".join(one.zh for one in problems))


def _place(gazetteer: Gazetteer, names: AreaNames | None, layer_crs: str | None) -> Place:
    stated = None if layer_crs is None else datum_named(layer_crs)
    datum = stated.name if stated is not None else ""
    return Place(gazetteer, names or None, datum, datum_change(gazetteer.districts), layer_extent(gazetteer.districts))


def _select(engine: Engine, condition: str) -> None:
    """Make `locating`: what locating needs of some entries."""
    area = " || ' ' || ".join(f"coalesce(raw_{field}, '')" for field in AREA_FIELDS)
    engine.sql(
        "locating",
        'SELECT "list", "file", "sheet", "row", raw_lon, raw_lat, district_code, '
        "CASE WHEN site_address <> '' THEN site_address ELSE address END AS place, "
        f"trim({area}) AS area FROM entries WHERE {condition}",
    )


def _parsed_rows(engine: Engine, name: str, box: Box, names: AreaNames | None, blank_words: frozenset[str]) -> pa.Table:
    """Parse the pairs of one list; return them with what else locating needs, in the order of the source."""
    _select(engine, _of_list(name))
    parse = partial(_parse, box=box, names=names, blank_words=blank_words)
    engine.map("locating", parse, "locating")
    rows = engine.get("locating", order_by='"file", "sheet", "row"')
    engine.drop("locating")
    return rows


def _of_list(name: str) -> str:
    quoted = name.replace("'", "''")
    return f"\"list\" = '{quoted}'"


def _points_of_country(
    engine: Engine, lists: Sequence[ListSpec], blank_words: frozenset[str]
) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the points of each list as they are in the country, for a layer that lies elsewhere."""
    for spec in lists:
        rows = _parsed_rows(engine, spec.name, country_box(), None, blank_words)
        yield _numbers(rows, "lon"), _numbers(rows, "lat")


def _at_home(engine: Engine, place: Place, lists: Sequence[ListSpec]) -> AreaNames:
    """Return the names with those of the areas above the layer, as a sample of all lists shows them."""
    assert place.names is not None
    quoted = ", ".join("'" + spec.name.replace("'", "''") + "'" for spec in lists)
    _select(
        engine, f'"list" IN ({quoted}) AND entry_id IN (SELECT entry_id FROM entries ORDER BY entry_id LIMIT {SAMPLE})'
    )
    parse = partial(_parse, box=point_box(place.extent), names=None, blank_words=place.blank_words)
    engine.map("locating", parse, "locating")
    rows = engine.get("locating", order_by='"list", "file", "sheet", "row"')
    engine.drop("locating")
    lon, lat = (_numbers(rows, name) for name in ("lon", "lat"))
    near = distance_m(lon, lat, place.extent) <= NEAR_M
    declares = declares_area(rows.column("district_code").combine_chunks(), place.gazetteer)
    known = np.isfinite(lon) | declares
    inside = [bool(n or d) if k else None for n, d, k in zip(near, declares, known, strict=True)]
    texts = [f"{a} {p}" for a, p in zip(rows.column("area").to_pylist(), rows.column("place").to_pylist(), strict=True)]
    return place.names.with_home(learn_home_areas(place.names, texts, inside))


def _parse(rows: pa.Table, *, box: Box, names: AreaNames | None, blank_words: frozenset[str]) -> pa.Table:
    """Put the columns of POINTS in the place of the raw ones, and the area that the names mean beside them."""
    points = parse_pairs(rows.column("raw_lon"), rows.column("raw_lat"), box=box, blank_words=blank_words)
    kept = rows.drop_columns(["raw_lon", "raw_lat"])
    texts = (rows.column("area").to_pylist(), rows.column("place").to_pylist())
    known: dict[tuple[str, str], str] = {}
    codes = []
    for pair in zip(*texts, strict=True):
        if pair not in known:
            known[pair] = names.meaning(*(text or "" for text in pair)) if names is not None else ""
        codes.append(known[pair])
    table = pa.table({name: table.column(name) for table in (kept, points) for name in table.column_names})
    return table.append_column("area_code", pa.array(codes, pa.string()))


def _locate_list(
    engine: Engine, rows: pa.Table, spec: ListSpec, place: Place, *, default_rows: int, problems: list[CrsError]
) -> _Located:
    """Find the datum of one list and undo it; points in the layer's datum.  What is wrong goes to `problems`."""
    points = mark_default_points(rows.select(POINTS.names).combine_chunks(), rows.column("place"), default_rows)
    lon, lat, precision = (_numbers(points, name) for name in ("lon", "lat", "precision_m"))
    declared = _evidence_codes(rows, place.gazetteer)
    sharp = np.flatnonzero(precision <= limits().evidence_radius_m)
    test = partial(
        detect, lon[sharp], lat[sharp], declared.take(pa.array(sharp)), place.gazetteer, to_layer=place.to_layer
    )
    evidence = test(moves=list_moves(place.datum or "CGCS2000"))
    stated = datum_named(spec.crs)
    about_layer = evidence if place.datum else test(moves=layer_moves((stated or DATUMS["CGCS2000"]).name))
    usable = int(np.count_nonzero(~np.isnan(lon)))
    try:
        datum, basis = choose_datum(spec, evidence, usable)
        if basis == "evidence":
            tested = rows.select(["file", "sheet", "row", "district_code"]).append_column("declared", declared)
            _require_one_datum(engine, tested, spec, evidence, place, points=(lon, lat, precision))
    except CrsError as error:
        problems.append(error)
        datum, basis = DATUMS["CGCS2000"], "none"
    move = list_moves(place.datum or "CGCS2000")[datum.name]
    placed = place.to_layer(*move(lon, lat))
    for at, values in enumerate(placed):
        points = points.set_column(at, POINTS.names[at], pa.array(values, from_pandas=True))
    report = DatumReport(
        list=spec.name,
        stated=spec.crs,
        used=datum.name if usable else "",
        basis=basis,
        contradicted=basis == "stated" and (evidence.datum not in ("", datum.name) or bool(evidence.mixed)),
        evidence=evidence,
        points=usable,
        codes=_counts(points.column("code")),
    )
    return _Located(points, report, about_layer, (lon, lat))


def _evidence_codes(rows: pa.Table, gazetteer: Gazetteer) -> pa.Array:
    """Return what each row says of its district: the declared code where it means something, else the named area."""
    declared = pc.fill_null(rows.column("district_code").combine_chunks(), "")
    known = pa.array(declares_area(declared, gazetteer))
    return pc.if_else(known, declared, rows.column("area_code").combine_chunks())


def _require_one_datum(
    engine: Engine,
    rows: pa.Table,
    spec: ListSpec,
    evidence: DatumEvidence,
    place: Place,
    *,
    points: tuple[Numbers, Numbers, Numbers],
) -> None:
    """Raise CrsError for a list of two datums, or with a part of which nothing shows the datum."""
    lon, lat, precision = points
    declared = rows.column("declared").combine_chunks()
    moves = list_moves(place.datum or "CGCS2000")
    if evidence.mixed:
        pair = (moves[evidence.best], moves[evidence.mixed])
        score = score_rows(lon, lat, declared, place.gazetteer, moves=pair, to_layer=place.to_layer)
        raise mixed_datums(spec, evidence, find_part(_with_extra(engine, rows, spec), score))
    usable = np.isfinite(lon) & (precision <= limits().evidence_radius_m)
    tested = declares_area(declared, place.gazetteer)
    untested = usable & ~tested
    if untested.sum() < max(limits().evidence_points_min, LEAST_UNTESTED * usable.sum()):
        return
    score = np.where(untested, 1, np.where(usable & tested, -1, 0)).astype(np.int8)
    at = rows.column_names.index("district_code")
    blank = pa.array([""] * len(rows), pa.string())  # that they declare nothing is what they have in common anyway
    if part := find_part(_with_extra(engine, rows.set_column(at, "district_code", blank), spec), score):
        raise untested_part(spec, evidence, part)


def _with_extra(engine: Engine, rows: pa.Table, spec: ListSpec) -> pa.Table:
    """Add the columns of no canonical field to the rows of a list: one of them may say where rows come from."""
    engine.sql("locating", f'SELECT "file", "sheet", "row", extra FROM entries WHERE {_of_list(spec.name)}')
    extra = engine.get("locating", order_by='"file", "sheet", "row"').column("extra")
    engine.drop("locating")
    return rows.append_column("extra", extra)


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


def _located(rows: pa.Table, points: pa.Table) -> pa.Table:
    columns = [rows.column(name) for name in KEY] + [points.column(name) for name in REPLACED[:3]]
    columns.append(rows.column("area_code"))
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
    """Replace lon, lat, precision_m and area_code of `entries`."""
    engine.put("located", located)
    columns = ", ".join(f'located."{n}"' if n in REPLACED else f'entries."{n}"' for n in ENTRIES.names)
    same = " AND ".join(f'entries."{n}" = located."{n}"' for n in KEY)
    engine.sql("entries", f"SELECT {columns} FROM entries LEFT JOIN located ON {same}")
    engine.drop("located")


def _numbers(points: pa.Table, name: str) -> Numbers:
    return np.array(points.column(name).to_numpy(), dtype=np.float64)
