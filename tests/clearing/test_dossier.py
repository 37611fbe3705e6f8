"""The dossier of a unit: everything that the run says of it, on pages that load nothing."""

import re

import pytest

from minglu.errors import ExistsError, UsageError
from minglu.register.desk.dossier import write_dossiers
from minglu.register.storage.run_store import read_table


@pytest.fixture(scope="module")
def unit(county):
    """A kept unit of the sample county with rows on three lists and a point."""
    kept = [row for row in read_table(county / "out", "units").to_pylist() if row["lists"] == "business+permit+tax"]
    return min((row for row in kept if row["outcome"] == "unit" and row["lon"]), key=lambda row: row["unit_id"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_dossier_holds_rows_values_map_and_reasons_and_loads_nothing(county, unit, tmp_path, language):
    (page,) = write_dossiers(county / "out", [unit["unit_id"]], tmp_path / "made", language=language)
    text = page.read_text("utf-8")
    members = [row for row in read_table(county / "out", "members").to_pylist() if row["unit_id"] == unit["unit_id"]]
    assert len(members) >= 3
    assert all(f"{row['file']}" in text and f"#{row['row']}<" in text for row in members)
    assert text.count("<svg") >= 2
    assert text.count("<circle") >= 2
    assert unit["name"] in text
    assert page.name.endswith(f"_{unit['unit_id']}.html")
    assert not re.search(r"""(?:src|href)=["'](?!data:)|url\(|<script""", text)
    assert "{" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_the_same_run_gives_the_same_pages_and_none_is_replaced(county, unit, tmp_path):
    one = write_dossiers(county / "out", [unit["unit_id"], unit["name"]], tmp_path / "one", language="zh")
    two = write_dossiers(
        county / "out", [unit["uscc"]] if unit["uscc"] else [unit["unit_id"]], tmp_path / "two", language="zh"
    )
    assert len(one) == 1
    assert one[0].read_bytes() == two[0].read_bytes()
    with pytest.raises(ExistsError):
        write_dossiers(county / "out", [unit["unit_id"]], tmp_path / "one", language="zh")


def test_what_names_no_unit_or_several_is_refused_and_nothing_is_written(county, unit, tmp_path):
    for item in ("不存在的单位", unit["name"][:3]):
        with pytest.raises(UsageError):
            write_dossiers(county / "out", [unit["unit_id"], item], tmp_path / "made", language="zh")
    assert not (tmp_path / "made").exists()
