"""Several levels of areas, each proven against the one above: villages in townships, townships in counties.

A lower area belongs to the upper one whose code its own code begins with.  Each upper
area is the parent of one proof; so memory is bounded by the largest of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from minglu.errors import GeometryError
from minglu.geo.codes import Finding
from minglu.geo.districts import Districts, Parent, require_same_crs
from minglu.geo.partition import Proof, prove


@dataclass(frozen=True, slots=True, eq=False)
class LevelProof:
    """The proof that the lower areas of one upper area tile it."""

    code: str
    """Code of the upper area."""
    name: str
    lower: int
    """Number of lower areas."""
    proof: Proof | None
    """None where the upper area itself is no valid polygon: undecided."""
    reason: str
    """Why there is no proof; empty otherwise."""

    @property
    def verdict(self) -> str:
        """Return proven, faults or undecided."""
        return "undecided" if self.proof is None else self.proof.verdict


def prove_levels(layers: Sequence[Districts], *, sliver_width_m: float, sliver_area_m2: float) -> Iterator[LevelProof]:
    """Prove each layer against the next one, `layers` from the lowest to the highest; one result per upper area.

    Upper areas come in the order of their codes.  Raises CrsError if the layers differ in
    their coordinate system.
    """
    for lower, upper in pairwise(layers):
        require_same_crs(lower, Parent(shapely.Point(0, 0), upper.crs, upper.source))
        order = np.argsort(np.array(lower.codes, object), kind="stable")
        codes = [lower.codes[i] for i in order]
        for row in sorted(range(len(upper)), key=lambda i: upper.codes[i]):
            code = upper.codes[row]
            first, last = _range(codes, code)
            children = lower.take(order[first:last])
            yield _prove_one(upper, row, children, sliver_width_m=sliver_width_m, sliver_area_m2=sliver_area_m2)


def _prove_one(
    upper: Districts, row: int, children: Districts, *, sliver_width_m: float, sliver_area_m2: float
) -> LevelProof:
    code, name, shape = upper.codes[row], upper.names[row], upper.geometries[row]
    try:
        parent = Parent(shape, upper.crs, f"{upper.source} {code}", name, code)
        proof = prove(children, parent, sliver_width_m=sliver_width_m, sliver_area_m2=sliver_area_m2)
    except GeometryError as error:
        return LevelProof(code, name, len(children), None, f"{error.zh} / {error.en}")
    return LevelProof(code, name, len(children), proof, "")


def check_tree(lower: Districts, upper: Districts) -> tuple[Finding, ...]:
    """Return lower areas without an upper one, and upper areas without a lower one."""
    above = sorted({code for code in upper.codes if code})
    lengths = sorted({len(code) for code in above})
    known = set(above)
    orphans = sorted({code for code in lower.codes if not any(code[:length] in known for length in lengths)})
    codes = sorted(lower.codes)
    childless = [code for code in above if _range(codes, code)[0] == _range(codes, code)[1]]
    return (
        *(
            Finding("DISTRICT_NO_UPPER", (code,), f"代码 {code} 没有上级区域 / code {code} has no area above it")
            for code in orphans
        ),
        *(
            Finding("AREA_NO_DISTRICT", (code,), f"区域 {code} 没有下级小区 / area {code} has no district below it")
            for code in childless
        ),
    )


def _range(codes: Sequence[str], prefix: str) -> tuple[int, int]:
    """Return where the codes with a prefix begin and end in a sorted sequence."""
    if not prefix:
        return 0, 0
    return bisect_left(codes, prefix), bisect_left(codes, prefix + chr(0x10FFFF))
