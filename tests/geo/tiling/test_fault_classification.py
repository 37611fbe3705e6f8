"""A face is named only where two counts agree: what happens where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.tiling.arrangement.leftover_faces import arrange
from minglu.geo.tiling.edge_cancellation import residual_edges
from minglu.geo.tiling.faces import signed_areas
from minglu.geo.tiling.fault_classification import classify_faults
from minglu.geo.tiling.layer_scan import scan_layer


@pytest.fixture
def overlapping(districts_of):
    """Two districts, the second half a unit over the first.

    +---+--+--+
    | 0 |##| 1|
    +---+--+--+
    """
    scan = scan_layer(InMemoryLayer(districts_of([shapely.box(0, 0, 2, 2), shapely.box(1.5, 0, 4, 2)])))
    residual = residual_edges(scan.edges)
    return scan, residual, arrange(residual)


def classified(scan, residual, arrangement):
    places = classify_faults(arrangement, residual, signed_areas(arrangement), scan=scan, parent=None)
    return list(zip(places.kinds.tolist(), places.reasons.tolist(), strict=True))


def test_where_both_counts_agree_the_face_has_its_name(overlapping):
    """Winding 2, and two districts around a point in it."""
    assert [kind for kind, _ in classified(*overlapping)] == ["overlap"]


def test_a_winding_that_the_cover_contradicts_is_undecided(overlapping):
    """Edges say three, points say two: never "probably an overlap"."""
    scan, residual, arrangement = overlapping
    wrong = replace(arrangement, winding=np.where(arrangement.winding == 2, 3, arrangement.winding))
    (found,) = classified(scan, residual, wrong)
    assert found[0] == "undecided"
    assert "disagree" in found[1]


def test_edges_that_do_not_fit_together_are_undecided(overlapping):
    """A part whose windings contradict each other: every face of it, also those that seem fine."""
    scan, residual, arrangement = overlapping
    found = classified(scan, residual, replace(arrangement, sound=np.zeros_like(arrangement.sound)))
    assert {kind for kind, _ in found} == {"undecided"}
    assert all("fit together" in reason for _, reason in found)


def test_undecided_places_make_the_verdict_undecided(territory, monkeypatch):
    """Never "proven", never "faults": the reason says that some places could not be decided."""
    from minglu.geo.tiling import partition_proof

    def torn(residual):
        whole = arrange(residual)
        return replace(whole, sound=np.zeros_like(whole.sound))

    monkeypatch.setattr(partition_proof, "arrange", torn)
    below, above = [(0, 0), (1.5, 0), (2, 0), (4, 0)], [(4, 2), (2, 2), (1.5, 2), (0, 2)]  # every vertex on both sides
    west, east = shapely.Polygon(below[:3] + above[1:]), shapely.Polygon(below[1:] + above[:3])
    proof = territory([west, east], shapely.Polygon(below + above))
    assert (proof.verdict, proof.edge) == ("undecided", "not proven")
    assert any("could not be decided" in reason for reason in proof.reasons)
