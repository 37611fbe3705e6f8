"""The Python interface: the same results and errors as the command line, as data frames; its page runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas
import pyarrow as pa
import pytest

import minglu
from minglu.errors import MingluError, SourceError

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "notebook.md"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> minglu.Run:
    """Build the sample county once, by the code of the page."""
    place = tmp_path_factory.mktemp("notebook")
    (place / "sample_data").symlink_to(ROOT / "sample_data")
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=place,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no/such/run" in done.stdout
    return minglu.open(place / "out" / "notebook")


def test_units_and_placements_are_points_in_degrees(run):
    """One row a unit; a unit without coordinates has no point."""
    units, placements = run.units(), run.placements()
    assert isinstance(units, geopandas.GeoDataFrame)
    assert len(units) == len(placements) == run.table("units").num_rows
    assert units.crs == placements.crs
    assert units.crs.is_geographic
    assert (units.geometry.isna() == units["lon"].isna()).all()
    assert (units.geometry.dropna().x == units["lon"].dropna()).all()
    assert placements.set_index("unit_id").geometry.dropna().equals(units.set_index("unit_id").geometry.dropna())


def test_units_placed_inside_lie_in_their_district(run):
    """The frames fit together: a spatial join finds what the register says."""
    placed = run.placements().query("method == 'inside'")
    joined = placed.sjoin(run.districts().to_crs(placed.crs), predicate="within")
    assert (joined["code_right"] == joined["district_code"]).all()
    assert joined["unit_id"].nunique() == len(placed)


def test_districts_and_faults_keep_the_layers_own_system(run):
    assert run.districts().crs == run.faults().crs
    assert len(run.faults()) == 0
    assert run.coverage["census"]["name"] in repr(run)


def test_tables_are_arrow_and_reasons_are_text(run):
    assert isinstance(run.table("members"), pa.Table)
    assert run.explain("business.csv#180").as_lines("zh")


def test_a_changed_run_is_not_opened(run, tmp_path):
    """The manifest vouches for the tables, as everywhere."""
    with pytest.raises(SourceError):
        minglu.open(tmp_path)


def test_check_proves_the_sample_layer():
    result = minglu.check(ROOT / "sample_data" / "districts.gpkg", within=ROOT / "sample_data" / "county.gpkg")
    assert result.clean
    with pytest.raises(MingluError):
        minglu.check(ROOT / "README.md")


def test_the_package_loads_nothing_until_it_is_asked():
    """`import minglu` must not cost what geopandas costs."""
    code = "import sys, minglu; print(*(name for name in ('numpy', 'pandas', 'pyarrow') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    with pytest.raises(AttributeError, match="no_such_name"):
        minglu.no_such_name  # noqa: B018 -- asking is the test
