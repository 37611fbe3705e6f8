"""Linkage holds on lists that it was not made for: floors for one small world of each maker, as it is and without codes.

The figures of whole worlds stand in docs/explanation/benchmarks.md.  A floor is what was reached once, less what another
order of rows may change; whoever reaches more raises it.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from bench.support.cell_figures import measure_cell
from bench.support.cells import CELLS, CODES, half
from bench.support.link_quality import expected_calibration_error
from bench.support.worlds_data import MAKERS, WORLDS, World, load_world
from minglu.register.identifiers import org_code

ROWS, SEED = 2_000, 1
FLOORS = {
    ("river_prefecture", "as_is"): ((0.970, 0.88), (0.985, 0.90)),
    ("river_prefecture", "no_codes"): ((0.975, 0.60), (0.980, 0.75)),
    ("coastal_city", "as_is"): ((0.970, 0.75), (0.970, 0.64)),
    ("coastal_city", "no_codes"): ((0.940, 0.55), (0.900, 0.40)),
    ("highland_province", "as_is"): ((0.970, 0.60), (0.950, 0.80)),
    ("highland_province", "no_codes"): ((0.970, 0.40), (0.970, 0.55)),
}
"""(world, cell) -> least precision and recall of sites, and of legal units."""
ENTRY_TEXTS = ("entry_id", "list", *CODES, "phone", "contact", "legal_person", "industry_code", "name", "former_name")
ORGANISATION = "MA000000" + org_code.check_character("MA000000")


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate, read, clean and locate one world."""
    return load_world(request.param, rows=ROWS, seed=SEED, cache=tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("world", sorted({name for name, _ in FLOORS}), indirect=True)
def test_foreign_lists_reach_their_floors(world):
    """Precision and recall of both levels, in each cell that has a floor."""
    for cell in ("as_is", "no_codes"):
        figures = measure_cell(world, cell)
        for level, (precision, recall) in zip((figures.site, figures.legal), FLOORS[world.name, cell], strict=True):
            assert level.score.precision >= precision, (world.name, cell, level)
            assert level.score.recall >= recall, (world.name, cell, level)


def test_every_maker_has_floors():
    """A new world is measured by the quick suite too."""
    makers = {path.name for path in MAKERS.iterdir() if (path / "__main__.py").exists()}
    assert makers == {name for name, _ in FLOORS}
    assert makers < set(WORLDS)


def _entries(count: int) -> pa.Table:
    kinds = ("business", "tax", "permit")
    texts = {name: [f"{name}{row}" for row in range(count)] for name in ENTRY_TEXTS}
    texts["list"] = [kinds[row % 3] for row in range(count)]
    texts["uscc"] = [f"{91 if row % 2 else 92}990101{ORGANISATION}X" for row in range(count)]
    places = {"address": ["", "甲路1号"] * (count // 2), "site_address": ["乙路2号", "丙路3号"] * (count // 2)}
    points = dict.fromkeys(("lon", "lat", "precision_m"), [104.5] * count)
    truth = {name: [str(row) for row in range(count)] for name in ("site", "legal_unit")}
    return pa.table(texts | places | points | truth)


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_cell_adds_no_row_and_no_column(cell):
    """A cell only takes away; the truth stays."""
    entries = _entries(60)
    masked = CELLS[cell](entries)
    assert masked.schema == entries.schema
    assert set(masked["entry_id"].to_pylist()) <= set(entries["entry_id"].to_pylist())
    assert "" not in masked["site"].to_pylist()


def test_no_code_is_left_where_none_is_to_be():
    """The permit number repeats the code of its holder, so it goes as well."""
    masked = CELLS["no_permit_codes"](_entries(60))
    for row in masked.to_pylist():
        assert all((row[name] == "") == (row["list"] == "permit") for name in CODES)


def test_old_tax_number_keeps_the_organisation_code_of_units_alone():
    """The old number of a household was that of a person."""
    for row in CELLS["old_tax_numbers"](_entries(60)).to_pylist():
        if row["list"] == "tax":
            assert row["uscc"] == ""
            assert row["org_code"] == (ORGANISATION if int(row["entry_id"].removeprefix("entry_id")) % 2 else "")


def test_half_of_the_rows_is_the_same_half_in_any_order():
    """Which rows lose their codes depends on the entry alone."""
    entries = _entries(600)
    chosen = half(entries)
    assert 0.4 < chosen.mean() < 0.6
    assert np.array_equal(half(entries.take(np.arange(600)[::-1]))[::-1], chosen)


def test_one_address_is_left_as_the_seat():
    """A row that had only a place of operation keeps it."""
    masked = CELLS["seats_only"](_entries(4))
    assert masked["site_address"].to_pylist() == [""] * 4
    assert masked["address"].to_pylist() == ["乙路2号", "甲路1号"] * 2


def test_calibration_error_is_the_mean_distance_of_promise_and_truth():
    """Four pairs promised at .75 of which two are true: a quarter off."""
    assert math.isclose(expected_calibration_error(np.full(4, 0.75), np.array([True, True, False, False])), 0.25)
    assert expected_calibration_error(np.empty(0), np.empty(0, dtype=np.bool_)) == 0
