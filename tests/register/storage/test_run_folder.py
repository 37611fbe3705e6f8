"""The run folder is whole or untouched."""

import multiprocessing
import os
import signal

import pytest

from minglu.errors import LockedError, OutputError, UsageError
from minglu.register.storage import run_folder
from minglu.register.storage.run_folder import staged

MANIFEST = '{{"schema": "minglu/manifest/1", "run": "{}"}}'


def fill(out, text):
    with staged(out) as folder:
        (folder / "manifest.json").write_text(MANIFEST.format(text))


def test_a_finished_run_takes_the_name_and_leaves_nothing_else(tmp_path):
    fill(tmp_path / "out", "1")
    fill(tmp_path / "out", "2")
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("2")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


def test_without_an_atomic_swap_the_result_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folder, "_exchange", lambda _one, _other: False)
    test_a_finished_run_takes_the_name_and_leaves_nothing_else(tmp_path)


def test_a_failed_run_leaves_the_old_output_as_it_was(tmp_path):
    fill(tmp_path / "out", "old")
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "out") as folder:
        (folder / "manifest.json").write_text(MANIFEST.format("new"))
        raise ZeroDivisionError
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("old")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


def test_a_crash_between_the_two_renames_is_mended_by_the_next_run(tmp_path):
    fill(tmp_path / "out", "old")
    (tmp_path / "out").rename(tmp_path / ".out.previous")
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "out"):
        raise ZeroDivisionError
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("old")


def test_a_foreign_folder_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError), staged(tmp_path):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("manifest", ["", "{}", '{"manifest_version": 3, "name": "a browser extension"}', "[1]"])
def test_a_folder_with_a_manifest_of_another_program_is_never_replaced(tmp_path, manifest):
    """Other programs call a file of theirs manifest.json too; a damaged one of ours vouches for nothing."""
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a run folder"), staged(tmp_path):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_second_of_two_runs_is_refused_at_once(tmp_path):
    with staged(tmp_path / "out") as folder:
        (folder / "manifest.json").write_text(MANIFEST.format("first"))
        with pytest.raises(LockedError), staged(tmp_path / "out"):
            pass
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("first")


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't write"), staged(tmp_path / "file" / "out"):
        pass


def _die_inside(out):
    with staged(out) as folder:
        (folder / "manifest.json").write_text(MANIFEST.format("torn"))
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
def test_a_killed_run_frees_the_lock_and_the_next_sweeps_its_leftovers(tmp_path):
    fill(tmp_path / "out", "old")
    victim = multiprocessing.get_context("spawn").Process(target=_die_inside, args=(tmp_path / "out",))
    victim.start()
    victim.join()
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("old")
    fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "manifest.json").read_text() == MANIFEST.format("new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]
