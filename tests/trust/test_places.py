"""Where things are read from and written to is what was named, and nothing else: names with %, runs, races."""

from __future__ import annotations

import shutil

import pytest

from minglu.errors import ExistsError, LockedError, SourceError, UsageError
from minglu.register.config.census_file import LayerSpec
from minglu.register.rules import load_pack
from minglu.register.storage.run_folder import staged
from minglu.register.territory.check_layer import check_file
from minglu.register.verification.archive import seal as sealing
from minglu.register.verification.archive.seal import SealOptions, seal
from tests.trust import county

OPTIONS = SealOptions("x", "2028-01-01")


@pytest.mark.parametrize("name", ["districts%20v2.gpkg", "districts%41.gpkg", "districts%2fv2.gpkg", "50%.gpkg"])
def test_a_layer_with_a_percent_sign_is_the_one_that_was_named(census, name):
    """GDAL decodes such names where it opens a URI: the file beside it must not be read in its place."""
    folder = census.parent
    (folder / "districts.gpkg").rename(folder / name)
    for other in ("districts v2.gpkg", "districtsA.gpkg"):
        shutil.copy(folder / "county.gpkg", folder / other)
    found = check_file(
        LayerSpec(folder / name, "code"), LayerSpec(folder / "county.gpkg"), load_pack("pollution-2", folder)
    )
    assert len(found.districts.codes) > 1
    assert found.proof.verdict == "proven"


@pytest.mark.parametrize("place", ["out/bag", "out/tables/bag", "out"])
def test_nothing_is_sealed_into_a_run(census, place):
    """Refused before anything is copied; the run is as it was, and can be sealed elsewhere."""
    out = county.run(census)
    before = county.everything(census.parent)
    with pytest.raises((UsageError, ExistsError)):
        seal(out, census, census.parent / place, OPTIONS)
    assert county.everything(census.parent) == before
    assert seal(out, census, census.parent / "bag", OPTIONS).files


def test_a_run_is_not_built_again_while_it_is_sealed(census, monkeypatch):
    """The seal holds the run's lock: a build of the same folder waits its turn (exit code 75)."""
    out = county.run(census)
    real = sealing._fill

    def fill(*arguments, **options):
        with pytest.raises(LockedError), staged(out):
            pytest.fail("staged")
        return real(*arguments, **options)

    monkeypatch.setattr(sealing, "_fill", fill)
    assert seal(out, census, census.parent / "bag", OPTIONS).files


@pytest.mark.parametrize("changed", ["coverage.json", "tables/units.parquet", "report.html"])
def test_a_run_that_changes_while_it_is_sealed_makes_no_archive(census, monkeypatch, changed):
    """By a hand that heeds no lock: what was filled is checked before it gets its name."""
    out = county.run(census)
    real = sealing._copy

    def copy(source, to):
        if source == out / changed:
            source.write_bytes(source.read_bytes() + b" ")
        real(source, to)

    monkeypatch.setattr(sealing, "_copy", copy)
    with pytest.raises(SourceError, match="changed while it was sealed"):
        seal(out, census, census.parent / "bag", OPTIONS)
    assert not (census.parent / "bag").exists()
    assert not [path for path in census.parent.iterdir() if "partial" in path.name]
