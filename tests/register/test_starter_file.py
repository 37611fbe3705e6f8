"""A first census file can be read back at once, and every guess in it is told."""

import pytest

from minglu.errors import UsageError
from minglu.register.config.census_file import read_census
from minglu.register.starter_file import write_census_file


def start(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")
    path, notes = write_census_file(folder)
    return read_census(path), " ".join(note.en for note in notes), " ".join(note.zh for note in notes)


def test_lists_and_layers_find_their_roles_by_name(tmp_path):
    census, _, zh = start(tmp_path, "工商.csv", "税务.xlsx", "排污许可.et", "电力.txt", "小区.gpkg", "县界.shp")
    kinds = {spec.path: spec.kind for spec in census.lists}
    assert kinds == {"工商.csv": "business", "税务.xlsx": "tax", "排污许可.et": "permit", "电力.txt": "other"}
    assert (census.districts.path.name, census.parent.path.name) == ("小区.gpkg", "县界.shp")
    assert "税务.xlsx：按税务登记处理" in zh


@pytest.mark.parametrize(
    "names",
    [("tax-1.csv", "tax-2.csv"), ("tax.csv", "tax.xlsx"), ("a+b.csv", "c.csv"), ('q"\\.csv', "名 单.csv")],
)
def test_what_it_writes_can_be_read_whatever_the_files_are_called(tmp_path, names):
    census, _, _ = start(tmp_path, *names, "districts.gpkg")
    assert sorted(spec.path for spec in census.lists) == sorted(names)


def test_a_layer_that_was_not_taken_is_named(tmp_path):
    """Of several the shortest name is taken."""
    census, en, _ = start(tmp_path, "tax.csv", "districts-old.gpkg", "districts.gpkg")
    assert census.districts.path.name == "districts.gpkg"
    assert "not used: districts-old.gpkg" in en


def test_an_existing_file_is_never_replaced(tmp_path):
    (tmp_path / "census.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError):
        write_census_file(tmp_path)
    assert (tmp_path / "census.toml").read_text("utf-8") == "mine"


def test_lock_files_and_hidden_files_are_no_lists(tmp_path):
    """Office leaves ~$ files beside an open workbook."""
    census, _, _ = start(tmp_path, "税务.xlsx", "~$税务.xlsx", ".隐藏.csv", "小区.gpkg")
    assert [spec.path for spec in census.lists] == ["税务.xlsx"]
