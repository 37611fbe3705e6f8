"""Datums: published vectors, exact inverses, and the test that tells them apart."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from minglu.geo.coordinates.datums import DATUMS, bd_from_wgs, datum_named, gcj_from_wgs, wgs_from_bd, wgs_from_gcj
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.datum_detection import detect, mcnemar_exact
from minglu.geo.placing.gazetteer import Gazetteer

FORWARD = {"CGCS2000": lambda lon, lat: (lon, lat), "GCJ02": gcj_from_wgs, "BD09": bd_from_wgs}


def villages(side: int = 12, step: float = 0.015) -> Districts:
    """Return side x side square villages of about 1.5 km."""
    boxes = [
        shapely.box(120 + c * step, 30 + r * step, 120 + (c + 1) * step, 30 + (r + 1) * step)
        for r in range(side)
        for c in range(side)
    ]
    codes = tuple(f"9901{i // side:05d}{i % side + 1:03d}" for i in range(side * side))
    return Districts(codes, codes, np.array(boxes, dtype=object), CRS("EPSG:4490"), "villages")


def sample(districts: Districts, count: int, seed: int, wrong: float = 0.1):
    """Return points with the code each declares; a share `wrong` declares any other village."""
    noise = np.random.default_rng(seed)
    lon, lat = 120 + noise.uniform(0, 0.18, count), 30 + noise.uniform(0, 0.18, count)
    index = np.floor((lat - 30) / 0.015).astype(int) * 12 + np.floor((lon - 120) / 0.015).astype(int)
    index = np.where(noise.random(count) < wrong, noise.integers(0, len(districts), count), index)
    return lon, lat, [districts.codes[i] for i in index]


def evidence_of(lon, lat, declared, districts: Districts):
    """Ask a gazetteer of a layer that is not proven."""
    return detect(lon, lat, declared, Gazetteer(index_districts(InMemoryLayer(districts)), proven=False))


def test_the_published_point_is_shifted_as_published():
    """WGS-84 39.90105, 116.42079 is GCJ-02 39.90245, 116.42703."""
    lon, lat = gcj_from_wgs(np.array([116.42079]), np.array([39.90105]))
    assert (lon[0], lat[0]) == pytest.approx((116.42703, 39.90245), abs=1e-5)


@given(st.floats(73, 136), st.floats(3, 54))
def test_undoing_is_exact_to_a_tenth_of_a_millimetre(lon, lat):
    """Shift and undo: the same point to 1e-9 degrees, for both datums, everywhere in the country."""
    for forward, back in ((gcj_from_wgs, wgs_from_gcj), (bd_from_wgs, wgs_from_bd)):
        found = back(*forward(np.array([lon]), np.array([lat])))
        assert (found[0][0], found[1][0]) == pytest.approx((lon, lat), abs=1e-9)


def test_a_missing_point_stays_missing():
    """NaN goes through every datum as NaN and leaves its neighbours alone."""
    lon, lat = wgs_from_bd(np.array([np.nan, 120.0]), np.array([30.0, 30.0]))
    assert np.isnan(lon[0])
    assert np.isfinite([lon[1], lat[1]]).all()


@pytest.mark.parametrize("text", ["gcj02", "GCJ-02", "gcj 02", "GCJ_02"])
def test_a_datum_is_known_by_any_spelling(text):
    """A census file may write it as people do."""
    assert datum_named(text) is DATUMS["GCJ02"]


@pytest.mark.parametrize("text", ["auto", "", "beijing54", "EPSG:3857"])
def test_an_unknown_datum_is_none(text):
    """What is not known is not guessed."""
    assert datum_named(text) is None


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [60, 400])
def test_the_right_datum_is_found_from_declared_districts(datum, seed, count):
    """With one declared code in ten wrong, the datum is still shown, never a wrong one."""
    districts = villages()
    lon, lat, declared = sample(districts, count, seed)
    evidence = evidence_of(*FORWARD[datum](lon, lat), declared, districts)
    assert evidence.datum == datum
    assert evidence.p_value <= 0.01
    assert evidence.usable == count


@pytest.mark.parametrize("seed", range(20))
def test_a_short_list_is_decided_rightly_or_not_at_all(seed):
    """Thirty points may be too few to tell; they never tell a lie."""
    districts = villages()
    lon, lat, declared = sample(districts, 30, seed)
    assert evidence_of(*gcj_from_wgs(lon, lat), declared, districts).datum in ("GCJ02", "")


def test_few_points_decide_nothing():
    """29 points are not 30, however clear they look."""
    districts = villages()
    lon, lat, declared = sample(districts, 29, 1, wrong=0)
    evidence = evidence_of(lon, lat, declared, districts)
    assert evidence.datum == ""
    assert "29" in evidence.en
    assert "29" in evidence.zh


def test_equal_rows_count_once():
    """A default point copied a thousand times is one witness."""
    districts = villages()
    lon, lat, declared = sample(districts, 10, 1, wrong=0)
    evidence = evidence_of(np.tile(lon, 100), np.tile(lat, 100), declared * 100, districts)
    assert (evidence.usable, evidence.datum) == (10, "")


def test_a_long_list_is_thinned_the_same_way_in_any_order(monkeypatch):
    """So many points are enough; which of them witness depends on the points, not on their rows."""
    from dataclasses import replace

    from minglu.geo.placing import datum_detection

    few = replace(datum_detection.limits(), evidence_points_max=500)
    monkeypatch.setattr(datum_detection, "limits", lambda: few)
    districts = villages()
    lon, lat, declared = sample(districts, 5000, 1)
    lon, lat = gcj_from_wgs(lon, lat)
    order = np.random.default_rng(2).permutation(5000)
    evidence = evidence_of(lon, lat, declared, districts)
    assert evidence == evidence_of(lon[order], lat[order], [declared[i] for i in order], districts)
    assert evidence.datum == "GCJ02"
    assert 400 < evidence.usable < 600


def test_codes_of_the_whole_area_decide_nothing():
    """Where every row declares the county, every datum agrees, and the test says so."""
    districts = villages()
    lon, lat, _ = sample(districts, 200, 1)
    inner = (lon > 120.02) & (lon < 120.16) & (lat > 30.02) & (lat < 30.16)
    evidence = evidence_of(lon[inner], lat[inner], ["9901"] * int(inner.sum()), districts)
    assert evidence.datum == ""
    assert evidence.p_value == 1.0


def test_codes_that_mostly_disagree_with_every_datum_decide_nothing():
    """The best of three bad explanations is no explanation."""
    districts = villages()
    lon, lat, declared = sample(districts, 1000, 1, wrong=0.8)
    evidence = evidence_of(lon, lat, declared, districts)
    assert evidence.best == "CGCS2000"
    assert evidence.datum == ""


def test_codes_of_another_county_are_no_witnesses():
    """A declared code that the layer does not hold is left out of the count."""
    districts = villages()
    lon, lat, _ = sample(districts, 50, 1)
    assert evidence_of(lon, lat, ["880101001001"] * 50, districts).usable == 0


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_symmetric_and_a_probability(left, right):
    """Who is called first does not matter."""
    p_value = mcnemar_exact(left, right)
    assert p_value == mcnemar_exact(right, left)
    assert 0 < p_value <= 1


def test_mcnemar_agrees_with_itself_where_it_changes_method():
    """The tail of large counts joins the sum of small ones."""
    assert mcnemar_exact(1050, 951) == pytest.approx(mcnemar_exact(1049, 951), rel=0.1)
