"""Suggested repairs of slivers and mismatches, on a copy: the smaller code keeps its border.

The districts concerned are cut into the faces of one network.  Every face of a sliver
gets one district, or none beyond the parent, and the districts are drawn again from the
network, so that neighbours share every vertex.  Vertices that only one side has are
dropped or taken over; no corner is moved.  The same proof then judges the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from minglu.common.bilingual import NO_TEXT, Bilingual
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.tiling.cover_sets import FaceSets, face_sets
from minglu.geo.tiling.partition_proof import Proof, prove
from minglu.geo.tiling.redraw import Holding, redraw

Ints = NDArray[np.int64]

MOST_ROUNDS = 3
"""What one round mends can bring two borders together that still differ; more rounds have never helped."""

WHOLE_SIDE = 0.48
"""A sliver has two long sides; a district along one of them has nearly half of the border."""

LEFT_ZH = "处细缝未能修复：跨越多个小区的拐角，或舍入误差所致"
LEFT_EN = "slivers could not be repaired: they run past a corner of three districts, or rounding would open them again"

REPAIRABLE = ("overlap", "gap", "spill", "mismatch")


@dataclass(frozen=True, slots=True)
class Change:
    """One sliver that changes hands."""

    kind: str
    taken_from: str
    """Codes that lose the face, joined by +; empty for a gap and a mismatch."""
    given_to: str
    """The code that gets or keeps the face; empty for a spill and a mismatch."""
    area_m2: float


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """A repaired copy, the changes that led to it, and its proof."""

    districts: Districts
    changes: tuple[Change, ...]
    proof: Proof
    reason: Bilingual
    """Why slivers are left; empty if none is."""


def suggest_repair(
    districts: Districts, parent: Parent | None, proof: Proof, *, sliver_width_m: float, sliver_area_m2: float
) -> Repair:
    """Mend all slivers and mismatches of `proof` on a copy, and prove the copy.

    Serious faults, invalid and undecided places stay as they are.  Where a round would
    make anything worse, its result is discarded and the reason given.
    """
    best = Repair(districts, (), proof, NO_TEXT)
    for _ in range(MOST_ROUNDS):
        slivers = _slivers(best.proof.faults)
        if not slivers.num_rows:
            break
        drawn, changes = _repair_once(best.districts, parent, slivers)
        again = prove(drawn, parent, sliver_width_m=sliver_width_m, sliver_area_m2=sliver_area_m2)
        if _fault_counts(again) >= _fault_counts(best.proof):
            break
        best = Repair(drawn, best.changes + changes, again, NO_TEXT)
    left = _slivers(best.proof.faults).num_rows
    reason = Bilingual(f"{left} {LEFT_ZH}", f"{left} {LEFT_EN}") if left else NO_TEXT
    return Repair(best.districts, best.changes, best.proof, reason)


def _slivers(faults: pa.Table) -> pa.Table:
    repairable = pc.is_in(faults.column("kind"), pa.array(REPAIRABLE))
    return faults.filter(pc.and_(repairable, pc.equal(faults.column("severity"), "sliver")))


def _fault_counts(proof: Proof) -> tuple[int, int]:
    """Count what a repair must not add to, and then what it is to take away."""
    slivers = _slivers(proof.faults).num_rows
    return proof.faults.num_rows - slivers, slivers


def _repair_once(
    districts: Districts, parent: Parent | None, slivers: pa.Table
) -> tuple[Districts, tuple[Change, ...]]:
    """Give every face of the slivers to one district and draw the districts concerned again."""
    concerned = sorted({code for text in slivers.column("districts").to_pylist() for code in text.split("+") if code})
    rows = np.flatnonzero(np.isin(np.array(districts.codes, object), concerned))
    area = None if parent is None else parent.geometry
    sets = face_sets(districts.geometries[rows], area)
    rank = np.argsort(np.argsort(np.array(districts.codes, object)[rows], kind="stable"), kind="stable")
    holding, fault = _decide(sets, slivers, rank, has_parent=parent is not None)
    shapes = districts.geometries.copy()
    shapes[rows] = redraw(sets, holding, districts.geometries[rows])
    codes = [districts.codes[row] for row in rows]
    changes = _changes(slivers, fault, sets, holding, codes)
    return Districts(districts.codes, districts.names, shapes, districts.crs, districts.source), changes


def _decide(sets: FaceSets, slivers: pa.Table, rank: Ints, *, has_parent: bool) -> tuple[Holding, Ints]:
    """Return who holds each face afterwards, and for each face the sliver it is part of, or -1."""
    fault = _fault_of_faces(sets, slivers)
    held = list(sets.members)
    repaired = np.flatnonzero((fault >= 0) | sets.flat).tolist()
    for face in repaired:
        members = sets.members[face]
        if has_parent and not sets.within[face]:
            held[face] = ()
        elif len(members) > 1:
            held[face] = (min(members, key=lambda member: rank[member]),)
    for face in repaired:
        if not held[face] and (sets.within[face] or not has_parent):
            held[face] = _filled_by(face, sets, held, rank)
    return held, fault


def _filled_by(face: int, sets: FaceSets, held: Holding, rank: Ints) -> tuple[int, ...]:
    """Return who gets a gap: of the districts along its whole side the one with the greatest code; or nobody.

    A gap that runs on past a corner has no district along its whole side: whoever got it
    would reach between its neighbours like a thread.
    """
    border: dict[int, float] = {}
    total = 0.0
    for other, length in sets.across[face]:
        total += length
        for member in held[other]:
            border[member] = border.get(member, 0.0) + length
    along = [member for member, length in border.items() if length >= WHOLE_SIDE * total]
    return (max(along, key=lambda member: rank[member]),) if along else ()


def _fault_of_faces(sets: FaceSets, slivers: pa.Table) -> Ints:
    shapes = shapely.from_wkb(slivers.column("geometry").to_numpy(zero_copy_only=False))
    fault = np.full(len(sets.members), -1)
    face, sliver = shapely.STRtree(shapes).query(sets.points, predicate="within")
    fault[face] = sliver
    return fault


def _changes(slivers: pa.Table, fault: Ints, sets: FaceSets, holding: Holding, codes: list[str]) -> tuple[Change, ...]:
    """List every sliver that changed hands once."""
    changes = {}
    kinds, areas = slivers.column("kind").to_pylist(), slivers.column("area_m2").to_pylist()
    for face in np.flatnonzero(fault >= 0).tolist():
        before, after = set(sets.members[face]), set(holding[face])
        if before != after:
            lost = "+".join(sorted(codes[member] for member in before - after))
            got = "+".join(sorted(codes[member] for member in after))
            changes[int(fault[face])] = Change(kinds[fault[face]], lost, got, areas[fault[face]])
    for row, kind in enumerate(kinds):
        if kind == "mismatch":
            changes[row] = Change(kind, "", "", 0.0)
    return tuple(changes[row] for row in sorted(changes))
