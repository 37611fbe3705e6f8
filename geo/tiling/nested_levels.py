"""Several levels of areas, each proven against the one above: villages in townships, townships in counties.

A lower area belongs to the upper one whose code its own code begins with.  Each upper
area is the parent of one proof, for which its own districts are read and no others: so
memory is bounded by the largest of them, however many there are and however dirty they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from minglu.common.bilingual import NO_TEXT, Bilingual
from minglu.errors import GeometryError
from minglu.geo.layer.code_checks import Finding
from minglu.geo.layer.declared_codes import area_prefix
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Districts, Parent, require_same_crs
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.outside_parent import find_outside
from minglu.geo.tiling.partition_proof import Proof, prove_layer

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelProof:
    """The proof that the lower areas of one upper area tile it."""

    layer: str
    """The layer of the upper area."""
    code: str
    """Code of the upper area."""
    name: str
    lower: int
    """Number of lower areas."""
    proof: Proof | None
    """None where the upper area itself is no valid polygon: undecided."""
    reason: Bilingual = NO_TEXT
    """Why there is no proof; empty otherwise."""
    outside: tuple[Finding, ...] = ()
    """Lower areas that have no ground in the upper one, though their codes begin with its own."""

    @property
    def verdict(self) -> str:
        """Return proven, faults or undecided."""
        return "undecided" if self.proof is None else self.proof.verdict


def prove_levels(layers: Sequence[DistrictIndex], tolerance: Tolerance) -> Iterator[LevelProof]:
    """Prove each layer against the next one, `layers` from the lowest to the highest; one result per upper area.

    Upper areas come in the order of their codes.  Raises CrsError if the layers differ in
    their coordinate system.
    """
    for lower, upper in pairwise(layers):
        require_same_crs(lower, upper)
        tree = _Tree.of(lower)
        for row in sorted(range(len(upper)), key=lambda i: upper.codes[i]):
            children = lower.districts(tree.below(upper.codes[row]))
            yield _prove_one(upper, row, children, tolerance)


def _prove_one(upper: DistrictIndex, row: int, children: Districts, tolerance: Tolerance) -> LevelProof:
    code, name = upper.codes[row], upper.names[row]
    try:
        shape = upper.layer.shapes(np.array([row]))[0]
        parent = Parent(shape, upper.crs, f"{upper.source} {code}", name, code)
        scan, proof = prove_layer(InMemoryLayer(children), parent, tolerance)
    except GeometryError as error:
        return LevelProof(upper.source, code, name, len(children), None, Bilingual(error.zh, error.en))
    outside = find_outside(scan, parent, proof.faults)
    return LevelProof(upper.source, code, name, len(children), proof, outside=outside)


def check_tree(lower: DistrictIndex, upper: DistrictIndex) -> tuple[Finding, ...]:
    """Return lower areas without an upper one, and upper areas without a lower one."""
    tree = _Tree.of(lower)
    below = {code: tree.below(code).tolist() for code in sorted({code for code in upper.codes if code})}
    owned = {row for rows in below.values() for row in rows}
    orphans = sorted({code for row, code in enumerate(lower.codes) if row not in owned})
    childless = [code for code, rows in below.items() if not rows]
    return (
        *(
            Finding(
                "DISTRICT_NO_UPPER",
                (code,),
                Bilingual(f"代码 {code} 没有上级区域", f"code {code} has no area above it"),
            )
            for code in orphans
        ),
        *(
            Finding(
                "AREA_NO_DISTRICT",
                (code,),
                Bilingual(f"区域 {code} 没有下级小区", f"area {code} has no district below it"),
            )
            for code in childless
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """The codes of a layer in order, asked for those below another code."""

    codes: list[str]
    rows: Ints

    @staticmethod
    def of(listing: DistrictIndex) -> _Tree:
        rows = np.argsort(np.array(listing.codes, object), kind="stable")
        return _Tree([listing.codes[row] for row in rows], rows.astype(np.int64))

    def below(self, code: str) -> Ints:
        """Return the positions of the districts whose codes go on where this one ends, its closing zeros left off.

        330603107000 is written for the township 330603107.
        """
        prefix = area_prefix(code)
        if not prefix:
            return self.rows[:0]
        return np.sort(self.rows[bisect_left(self.codes, prefix) : bisect_left(self.codes, prefix + chr(0x10FFFF))])
