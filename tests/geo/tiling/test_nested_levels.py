"""Villages in townships in a county: each level proven against the one above."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from minglu.errors import CrsError
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.nested_levels import check_tree, prove_levels


@pytest.fixture
def tree(grid, districts_of) -> list[Districts]:
    """Four townships of four villages each, in one county; codes 9 / 90..93 / 900..933."""
    cells = grid(4, 4, seed=5).cells
    villages = [cells[i, j] for i in range(4) for j in range(4)]
    towns = [shapely.coverage_union_all(cells[i]) for i in range(4)]
    return [
        districts_of(villages, [f"9{i}{j}" for i in range(4) for j in range(4)]),
        districts_of(towns, [f"9{i}" for i in range(4)]),
        districts_of([shapely.coverage_union_all(cells.ravel())], ["9"]),
    ]


def prove_all(layers):
    return list(prove_levels([listed_of(layer) for layer in layers], Tolerance(1.0, 1.0)))


def listed_of(layer):
    return index_districts(InMemoryLayer(layer))


def tree_findings(lower, upper):
    return check_tree(listed_of(lower), listed_of(upper))


def test_sound_levels_are_proven_from_village_to_county(tree):
    """Five proofs: four townships, one county."""
    proofs = prove_all(tree)
    assert [(proof.code, proof.lower, proof.verdict) for proof in proofs] == [
        *((f"9{i}", 4, "proven") for i in range(4)),
        ("9", 4, "proven"),
    ]
    assert tree_findings(tree[0], tree[1]) == ()


def test_village_with_the_code_of_another_township_shows_on_both(tree):
    """The code says township 91, the polygon lies in 90: a gap here, a spill there."""
    villages = tree[0]
    codes = tuple("919" if code == "900" else code for code in villages.codes)
    moved = Districts(codes, villages.names, villages.geometries, villages.crs, villages.source)
    kinds = [proof.proof.faults.column("kind").to_pylist() for proof in prove_all([moved, tree[1]])]
    assert kinds == [["gap"], ["spill"], [], []]


def test_codes_without_an_area_above_or_below_are_findings(tree):
    """A village of no township, a township of no village."""
    villages, towns = tree[0], tree[1]
    found = tree_findings(villages.take(np.arange(12)), towns.take(np.arange(1, 4)))
    assert [(item.code, item.districts[0]) for item in found] == [
        *(("DISTRICT_NO_UPPER", f"90{j}") for j in range(4)),
        ("AREA_NO_DISTRICT", "93"),
    ]


def test_invalid_upper_area_is_undecided_with_the_reason(tree, districts_of):
    """Nothing can be proven against a township that crosses itself; the others still are."""
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    towns = districts_of([bow, *tree[1].geometries[1:]], tree[1].codes)
    proofs = prove_all([tree[0], towns])
    assert [proof.verdict for proof in proofs] == ["undecided", "proven", "proven", "proven"]
    assert "Self-intersection" in proofs[0].reason


def test_levels_in_different_systems_are_refused(tree):
    """One coordinate system for all levels."""
    other = Districts(tree[1].codes, tree[1].names, tree[1].geometries, tree[1].crs.geodetic_crs, "towns")
    with pytest.raises(CrsError):
        prove_all([tree[0], other])
