"""The table of faults: measured, named, ranked and grouped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from minglu.common.parallel import together
from minglu.geo.numerics.geodesic import measure
from minglu.geo.numerics.sorting import order_rows
from minglu.geo.territory_schemas import FAULTS
from minglu.geo.tiling.fault_locations import Ints, Places, distinct_pairs, label_sets
from minglu.geo.tiling.layer_scan import LayerScan

Floats = NDArray[np.float64]

KINDS = ("overlap", "gap", "spill", "mismatch", "invalid", "undecided")
SEVERITIES = np.array(["serious", "sliver"], object)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """When a fault is only a sliver: narrower or smaller than this.  It never hides one."""

    width_m: float
    area_m2: float


def fault_table(places: Places, districts: LayerScan, tolerance: Tolerance) -> pa.Table:
    """Lay places out as FAULTS: serious before slivers, the widest first, then by kind, codes and position."""
    if not len(places):
        return FAULTS.empty_table()
    (areas, widths), (codes, drawn) = together(
        lambda: _measured(places, districts),
        lambda: (_Codes.of(places, districts), shapely.to_wkb(places.shapes)),
    )
    sliver = (widths <= tolerance.width_m) | (areas <= tolerance.area_m2)
    kind = pc.index_in(pa.array(places.kinds, pa.string()), pa.array(KINDS)).to_numpy()
    sliver &= kind < KINDS.index("invalid")
    bounds = np.nan_to_num(shapely.bounds(places.shapes).reshape(-1, 4))
    order = np.concatenate(
        [
            rows[order_rows(-widths[rows], kind[rows], codes.label[rows], *bounds[rows].T, rows)]
            for rows in (np.flatnonzero(~sliver), np.flatnonzero(sliver))
        ]
    )
    ids = _ids(len(order))
    columns = {
        "fault_id": ids,
        "kind": _taken(np.array(KINDS, object), kind[order].astype(np.int64)),
        "severity": _taken(SEVERITIES, sliver[order].astype(np.int64)),
        "geometry": pa.array(drawn[order], pa.binary()),
        "area_m2": pa.array(areas[order]),
        "width_m": pa.array(widths[order]),
        "districts": _taken(codes.texts, codes.label[order]),
        "place": _taken(_names(districts), _nearest(places, districts, codes)[order]),
        "group": ids.take(pa.array(_first_of_group(places.parts[order], codes.label[order]))),
        "reason": pa.array(places.reasons[order], pa.string()),
    }
    return pa.table([columns[field.name] for field in FAULTS], schema=FAULTS)


def _ids(count: int) -> pa.Array:
    """Return F00001, F00002 ..."""
    numbers = pa.array(np.arange(1, count + 1)).cast(pa.string())
    return pc.binary_join_element_wise("F", pc.utf8_lpad(numbers, 5, "0"), "")


def _taken(values: NDArray[np.object_], index: Ints) -> pa.Array:
    """Return the values at `index` as a column; -1 is an empty text."""
    return pa.DictionaryArray.from_arrays(index % (len(values) + 1), [*values, ""]).cast(pa.string())


def _names(districts: LayerScan) -> NDArray[np.object_]:
    """Return code and name of each district, the way people say where something is."""
    named = zip(districts.codes, districts.names, strict=True)
    return np.array([f"{code} {name}".strip() for code, name in named], object)


def _measured(places: Places, districts: LayerScan) -> tuple[Floats, Floats]:
    """Return area, square metres, and mean width, metres; both 0 for lines and points."""
    areas, widths = np.zeros(len(places)), np.zeros(len(places))
    flat = shapely.get_dimensions(places.shapes) < 2
    broken = ~np.isfinite(shapely.bounds(places.shapes).reshape(-1, 4)).all(1)
    rows = np.flatnonzero(~flat & ~broken)
    areas[rows], lengths = measure(districts.crs, places.shapes[rows])
    widths[rows] = np.divide(2 * areas[rows], lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return areas, widths


@dataclass(frozen=True, slots=True, eq=False)
class _Codes:
    """The codes of the districts concerned by each place, joined by "+"."""

    texts: NDArray[np.object_]
    """Distinct texts, sorted."""
    label: Ints
    """For each place its text."""
    first: Ints
    """For each place the district with the smallest code, -1 where none is concerned."""

    @staticmethod
    def of(places: Places, districts: LayerScan) -> _Codes:
        names, rank = np.unique(np.array(districts.codes, object), return_inverse=True)
        place, member = distinct_pairs(places.member_place, rank[places.member_district].astype(np.int64))
        by_rank = np.empty(len(names), np.int64)
        by_rank[rank[::-1]] = np.arange(len(rank))[::-1]
        opens = np.searchsorted(place, np.arange(len(places)))
        stops = np.searchsorted(place, np.arange(len(places)), side="right")
        first = np.full(len(places), -1)
        has = opens < stops
        first[has] = by_rank[member[opens[has]]]
        label = label_sets(place, member, len(places))
        _, sample, label = np.unique(label, return_index=True, return_inverse=True)
        joined = ["+".join(names[member[opens[i] : stops[i]]]) for i in sample]
        texts, text_of = np.unique(np.array(joined, object), return_inverse=True)
        return _Codes(texts, text_of[label].astype(np.int64), first)


def _nearest(places: Places, districts: LayerScan, codes: _Codes) -> Ints:
    """Return the district concerned with the smallest code, or the nearest one where none is concerned."""
    nearest = codes.first.copy()
    alone = np.flatnonzero(nearest < 0)
    if len(alone):
        nearest[alone] = districts.nearest(places.shapes[alone])
    return nearest


def _first_of_group(parts: Ints, label: Ints) -> Ints:
    """Return for each fault, in the table's order, the first one of its part that concerns the same districts."""
    order = np.lexsort((np.arange(len(parts)), label, parts))
    new = np.ones(len(order), bool)
    new[1:] = (parts[order[1:]] != parts[order[:-1]]) | (label[order[1:]] != label[order[:-1]])
    first = np.empty(len(order), np.int64)
    first[order] = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    return first
