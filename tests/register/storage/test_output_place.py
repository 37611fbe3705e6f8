"""Where outputs may go: one guard, and files that appear all together or not at all."""

import os

import pytest

from minglu.errors import ExistsError, OutputError, UsageError
from minglu.register.storage.output_place import new_file, new_files, require_free_place
from minglu.register.storage.run_folder import staged


@pytest.fixture
def run(tmp_path):
    """A folder that looks like a run."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"schema": "minglu/manifest/1"}', "utf-8")
    return tmp_path / "out"


@pytest.fixture
def bag(tmp_path):
    """A folder that looks like a sealed archive with a run in it."""
    inside = tmp_path / "bag" / "data" / "run"
    inside.mkdir(parents=True)
    (tmp_path / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\n", "utf-8")
    (inside / "manifest.json").write_text('{"schema": "minglu/manifest/1"}', "utf-8")
    return tmp_path / "bag"


def test_nothing_is_written_into_a_run_an_archive_or_an_input(run, bag, tmp_path):
    (tmp_path / "lists").mkdir()
    places = [run, run / "sub", run / "sub" / "x.html", bag, bag / "data" / "x", tmp_path / "lists" / "x"]
    for place in places:
        with pytest.raises(UsageError):
            require_free_place(place, inputs=[tmp_path / "lists"])
    require_free_place(tmp_path / "out-sheets", inputs=[tmp_path / "lists"])


def test_no_run_is_built_into_a_run_or_an_archive(run, bag):
    for place in (run / "sub", bag, bag / "data" / "run", bag / "data" / "new"):
        with pytest.raises(UsageError), staged(place):
            pytest.fail("staged")


def test_a_name_that_is_another_file_once_decoded_is_refused(tmp_path):
    (tmp_path / "a b.xlsx").write_bytes(b"x")
    with pytest.raises(UsageError, match="decoded"):
        require_free_place(tmp_path / "a%20b.xlsx")


def test_what_is_there_is_never_replaced(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"answers")
    with pytest.raises(ExistsError, match="exists") as caught, new_file(tmp_path / "a.xlsx"):
        pytest.fail("written")
    assert caught.value.exit_code == 2
    with pytest.raises(ExistsError), new_files(tmp_path, ["b.xlsx", "a.xlsx"]):
        pytest.fail("written")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("there", [False, True])
def test_files_come_all_together_or_leave_no_trace(tmp_path, there):
    """A disk that is full after the first file, and a mistake of our own: nothing is left, not even a folder."""
    to = tmp_path / "parent" / "sheets"
    if there:
        to.mkdir(parents=True)
        (to / "old.txt").write_bytes(b"old")
    before = sorted(tmp_path.rglob("*"))
    for error, seen in (
        (OSError(28, "No space left on device"), OutputError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):
        with pytest.raises(seen), new_files(to, ["a", "b"]) as folder:
            (folder / "a").write_bytes(b"a")
            raise error
        assert sorted(tmp_path.rglob("*")) == before
    with new_files(to, ["a", "b"]) as folder:
        for name in ("a", "b"):
            (folder / name).write_bytes(b"x")
    assert {"a", "b"} <= {path.name for path in to.iterdir()}
    assert not list(tmp_path.rglob(".*"))


def test_a_folder_in_use_is_entered_and_needs_no_right_beside_it(tmp_path):
    """A stick, a shared folder: what is written stays inside of it, before and after."""
    to = tmp_path / "shared"
    to.mkdir()
    (to / "old.txt").write_bytes(b"old")
    with new_files(to, ["a"]) as folder:
        assert folder.parent == to
        assert [path.name for path in tmp_path.iterdir()] == ["shared"]
        (folder / "a").write_bytes(b"x")
    assert sorted(path.name for path in to.iterdir()) == ["a", "old.txt"]


def test_no_room_names_the_place_and_what_is_needed(tmp_path):
    full = r"sheets: can't write .* free there; needed are room for 1 files"
    with pytest.raises(OutputError, match=full), new_files(tmp_path / "sheets", ["a"]):
        raise OSError(28, "No space left on device")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_place_is_no_internal_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError), new_files(tmp_path / "sheets", ["a"]):
        pytest.fail("written")
