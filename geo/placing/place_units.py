"""Units placed in districts, exactly one row per unit.

Rows whose point lies strictly inside one district, agrees with what is declared and
has no border within its radius need no decision; they are most rows and are done by
columns.  Every other row becomes a `Case` and is decided one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minglu.common.bilingual import NO_TEXT, Bilingual
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.placement_policy import CODES, NOWHERE, Policy, Verdict, decide
from minglu.geo.placing.unit_facts import Batch, Index, numbers
from minglu.geo.territory_schemas import PLACEMENTS

MOST_LISTED = 20
"""Candidates of a wide area that are listed; those of a border or an overlap are always fewer."""


def add_regions(units: pa.Table, gazetteer: Gazetteer) -> pa.Table:
    """Add a column `region` to units (lon, lat): those of one region ask for the same districts."""
    region = gazetteer.regions(numbers(units, "lon"), numbers(units, "lat"))
    return units.append_column("region", pa.array(region))


def place(
    units: pa.Table,
    gazetteer: Gazetteer,
    *,
    nearest_limit_m: float,
    declared_conflict: str,
    declared_tolerance_m: float = 0.0,
) -> pa.Table:
    """Place each unit in a district.

    Reads `units` (unit_id, lon, lat, precision_m, declared): degrees in the districts' own
    geographic datum or null, metres or null, a declared code or "".  Returns PLACEMENTS,
    one row per unit in input order.  A point on a shared border goes to the smaller code
    and is flagged; one outside every district goes to the nearest within
    `nearest_limit_m`, as `nearest`; `declared_conflict` ("coordinates" or "declared") says
    who wins where point and declared district disagree, unless they are no farther apart
    than `declared_tolerance_m`: then the declared one is taken.  Units that come region by
    region (`Gazetteer.regions`) cost each region one reading; the rows are the same in any order.
    """
    assert declared_conflict in ("coordinates", "declared"), declared_conflict
    policy = Policy(declared_wins=declared_conflict == "declared", declared_tolerance_m=declared_tolerance_m)
    lon, lat, precision = (numbers(units, name) for name in ("lon", "lat", "precision_m"))
    reach_m = np.fmax(precision, nearest_limit_m)
    codes = gazetteer.districts.codes
    order, parts = [np.empty(0, np.intp)], [PLACEMENTS.empty_table()]
    for rows, window in gazetteer.windows(lon, lat, reach_m):
        some = units.take(pa.array(rows))
        batch = Batch(some, gazetteer, window)
        verdicts = ((where, decide(case, policy)) for where, case in batch.cases(nearest_limit_m))
        order.append(rows)
        known_m = (precision[rows], gazetteer.half_extents_m)
        parts.append(_table(some.column("unit_id"), codes, batch, verdicts, known_m))
    return pa.concat_tables(parts).take(pa.array(np.argsort(np.concatenate(order))))


def _table(
    unit_id: pa.ChunkedArray,
    codes: tuple[str, ...],
    batch: Batch,
    verdicts: Iterator[tuple[Index, Verdict]],
    known_m: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> pa.Table:
    """Write PLACEMENTS: simple rows by columns, decided rows over them.

    `known_m` are the radius of each point and half the extent of each district, metres.
    """
    # Long: the columns of one table, which share their masks.
    found = batch.hits.first
    district = np.where(batch.simple, found, NOWHERE).astype(np.int64)
    methods = ("inside", "boundary", "nearest", "declared", "unplaced")
    method = np.zeros(len(found), dtype=np.int8)
    distance, probability = np.zeros(len(found)), np.full(len(found), np.nan)
    texts: dict[str, int] = {"": 0}
    columns = {name: np.zeros(len(found), dtype=np.int32) for name in ("candidates", "code", "reason")}
    for rows, verdict in verdicts:
        district[rows], method[rows] = verdict.district, methods.index(verdict.method)
        distance[rows] = np.nan if verdict.distance_m is None else verdict.distance_m
        probability[rows] = np.nan if verdict.probability is None else verdict.probability
        for name, text in (
            ("candidates", "+".join(sorted(codes[i] for i in verdict.candidates[:MOST_LISTED]))),
            ("code", verdict.code),
            ("reason", reason(verdict)),
        ):
            columns[name][rows] = texts.setdefault(text, len(texts))
    words = pa.array(list(texts), pa.string())
    by_area = (method == methods.index("declared")) & np.isnan(distance)
    precision = np.where(by_area, known_m[1][district], known_m[0])
    precision[district == NOWHERE] = np.nan
    arrays = [
        unit_id.combine_chunks().cast(pa.string()),
        pa.array(codes, pa.string()).take(pa.array(district, mask=district == NOWHERE)),
        pa.array(methods).take(pa.array(method)),
        pa.array(distance, from_pandas=True),
        pa.array(precision, from_pandas=True),
        pa.array(probability, from_pandas=True),
        *(words.take(pa.array(values)) for values in columns.values()),
    ]
    return pa.Table.from_arrays(arrays, schema=PLACEMENTS)


def reason(verdict: Verdict) -> Bilingual:
    """Return a verdict's code in words; empty without remark."""
    if not verdict.code:
        return NO_TEXT
    sides = zip(CODES[verdict.code], verdict.remark, ("：", ": "), strict=True)
    return Bilingual(*(f"{word}{mark}{remark}" if remark else word for word, remark, mark in sides))
