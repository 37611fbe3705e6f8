"""What lies in a run folder is not lost by a new run, and what was changed is not vouched for."""

from __future__ import annotations

import shutil

import pytest

from minglu.errors import SourceError, UsageError
from minglu.register.report import render_again
from tests.trust import county


@pytest.fixture
def run_folder(built, census):
    """A copy of a finished run beside its census file."""
    return shutil.copytree(built, census.parent / "out")


@pytest.mark.parametrize("name", ["review.xlsx", "register.xlsx"])
def test_a_workbook_filled_in_by_hand_is_not_replaced(run_folder, census, name):
    """A clerk's decisions are worth more than a run."""
    (run_folder / name).write_bytes((run_folder / name).read_bytes() + b"judged")
    before = county.everything(run_folder)
    for replace in (lambda: county.run(census, run_folder), lambda: render_again(run_folder)):
        with pytest.raises(UsageError, match=name):
            replace()
    assert county.everything(run_folder) == before


def test_work_survives_a_crash_between_two_renames(run_folder, census):
    """The folder that is put back by the next run is looked at as well."""
    (run_folder / "notes.txt").write_text("mine")
    run_folder.rename(census.parent / ".out.previous")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        county.run(census, run_folder)
    assert (run_folder / "notes.txt").read_text() == "mine"


def test_a_file_put_into_the_run_folder_is_not_lost(run_folder, census):
    """Notes, a project of a map program: the run did not write it, so the run must not delete it."""
    (run_folder / "tables" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        county.run(census, run_folder)
    assert (run_folder / "tables" / "notes.txt").read_text() == "mine"


def test_what_other_programs_leave_behind_is_no_work(run_folder, census):
    """A journal of a map program and a lock file of an office program may go."""
    for name in ("register.gpkg-wal", "~$review.xlsx", ".DS_Store"):
        (run_folder / name).write_text("")
    county.run(census, run_folder)


@pytest.mark.parametrize("what", ["census.toml", "business.csv", "county.gpkg"])
def test_an_input_inside_the_output_is_refused(run_folder, census, what):
    """The swap would take it away."""
    shutil.move(census.parent / what, run_folder / what)
    if what == "census.toml":
        path = run_folder / what
        path.write_text(path.read_text("utf-8").replace('path = "', 'path = "../'), "utf-8")
    else:
        path = census
        path.write_text(path.read_text("utf-8").replace(f'"{what}"', f'"out/{what}"'), "utf-8")
    with pytest.raises(UsageError, match=what):
        county.run(path, run_folder)
    assert (run_folder / what).exists()


def test_an_output_inside_the_input_folder_is_no_matter(census):
    """Beside the lists is where most people want it; the folder of the lists itself is refused."""
    assert county.run(census, census.parent / "out" / "2027").is_dir()
    with pytest.raises(UsageError, match="not a run folder"):
        county.run(census, census.parent)
    assert (census.parent / "business.csv").exists()


@pytest.mark.parametrize("name", ["tables/units.parquet", "coverage.json"])
@pytest.mark.parametrize("how", ["changed", "deleted", "added"])
def test_changed_tables_are_never_vouched_for_again(run_folder, name, how):
    """`minglu report` renders from what the run wrote, or not at all."""
    path = run_folder / name
    if how == "changed":
        path.write_bytes(path.read_bytes().replace(b"e", b"f", 1))
    elif how == "deleted":
        path.unlink()
    else:
        (run_folder / "tables" / "more.parquet").write_bytes(b"PAR1")
    before = county.everything(run_folder)
    with pytest.raises(SourceError):
        render_again(run_folder)
    assert county.everything(run_folder) == before


def test_a_list_that_changes_while_it_is_read_is_refused(census, monkeypatch):
    """Its digest in the manifest would be that of other rows."""
    from minglu.register.sources import read_list

    real = read_list._read_kind

    def slow(spec, file, headers):
        parts = real(spec, file, headers)
        file.path.write_text(file.path.read_text("utf-8") + "\n", "utf-8")
        return parts

    monkeypatch.setattr(read_list, "_read_kind", slow)
    with pytest.raises(SourceError, match="changed while it was read"):
        county.run(census)
    assert not (census.parent / "out").exists()
