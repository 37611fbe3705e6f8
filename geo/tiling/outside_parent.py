"""Districts wholly outside the parent: of another county, or displaced by a wrong datum.

Their faces stand among the faults as spills.  That nothing of a district is where it
should be is a finding of its own: not its border is wrong, but its place or its code.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from minglu.common.bilingual import Bilingual
from minglu.geo.layer.code_checks import Finding
from minglu.geo.layer.districts import Parent
from minglu.geo.tiling.fault_classification import REASONS
from minglu.geo.tiling.layer_scan import LayerScan


def find_outside(scan: LayerScan, parent: Parent | None, faults: pa.Table) -> tuple[Finding, ...]:
    """Return a finding for each district that shares no area with the parent; one that only touches it shares none.

    `faults` are those of the same proof: a district outside is part of one of them, so no other is looked at.
    Polygons that are not valid are not classified.
    """
    if parent is None:
        return ()
    beyond = pc.is_in(faults.column("kind"), pa.array(["spill", "undecided"]))
    beyond = pc.or_(beyond, pc.equal(faults.column("reason"), REASONS["beyond"]))
    texts = pc.unique(faults.filter(beyond).column("districts")).to_pylist()
    named = {code for text in texts for code in text.split("+") if code}
    invalid = set(scan.invalid.member_district.tolist())
    chosen = [row for row, code in enumerate(scan.codes) if code in named and row not in invalid]
    rows = np.array(chosen, np.int64)
    shapes = scan.layer.shapes(rows)
    shapely.prepare(parent.geometry)
    apart = ~shapely.intersects(parent.geometry, shapes) | shapely.touches(parent.geometry, shapes)
    apart &= scan.present[rows]
    return tuple(_finding(code) for code in sorted({scan.codes[rows[i]] for i in np.flatnonzero(apart)}))


def _finding(code: str) -> Finding:
    zh = f"小区 {code} 整个在上级区域之外：请核对其代码、图形或坐标系"
    en = f"district {code} lies wholly outside the parent area: check its code, its polygon, its coordinate system"
    return Finding("DISTRICT_OUTSIDE_PARENT", (code,), Bilingual(zh, en))
