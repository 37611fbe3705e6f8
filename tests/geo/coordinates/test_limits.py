"""The limits are data, each with its reason."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from minglu.errors import RuleError
from minglu.geo.coordinates import limits as module
from minglu.geo.coordinates.limits import limits
from minglu.geo.coordinates.pairs import country_box


def test_every_limit_says_where_it_comes_from():
    """A value without a marked source is a guess that nobody can weigh."""
    text = resources.files("minglu.geo.rules").joinpath("placement.toml").read_text("utf-8")
    for name, row in tomllib.loads(text).items():
        assert row["source"][0] in "SCIG", name
        assert row["source"][1] in ": ", name


def test_an_unknown_limit_is_an_error(monkeypatch, tmp_path):
    """A misspelt row must not silently leave a limit as it was."""
    (tmp_path / "placement.toml").write_text('[lon_minn]\nvalue = 1.0\nsource = "I: x"\nsince = "2017"\n', "utf-8")
    monkeypatch.setattr(module.resources, "files", lambda _: tmp_path)
    with pytest.raises(RuleError, match="lon_minn"):
        limits.__wrapped__()


def test_the_limits_are_in_order():
    """Coarse comes before untrusted, and the box holds the country's capital."""
    known = limits()
    assert known.precision_floor_m < known.evidence_radius_m < known.coarse_from_m < known.untrusted_from_m
    assert known.untrusted_from_m <= known.default_point_radius_m
    assert country_box().holds(116.4, 39.9)
