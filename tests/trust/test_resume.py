"""A run that goes on after a crash gives the bytes of one that was never interrupted; nothing kept is believed unread."""

from __future__ import annotations

import signal
import stat
import sys

import pyarrow as pa
import pytest

from minglu.register import build as pipeline
from minglu.register.engine import open_engine
from minglu.register.resume import DAMAGED, NONE, OTHER, USED, Steps
from minglu.register.storage.run_folder import steps_folder
from minglu.register.storage.run_store import STORED
from tests.trust import county
from tests.trust.conftest import minglu
from tests.trust.test_crash import leftovers

CANARIES = ("13987654321", "欧阳渥丹")


class Listening(county.Quiet):
    """Keeps what was noted."""

    def __init__(self):
        self.notes = []

    def note(self, *, en, zh):
        """Keep the words."""
        assert zh
        self.notes.append(en)


class PowerCutError(Exception):
    """The end of a run at a moment that a test chose."""


def resume(census):
    """Build with `--resume`; return what was noted."""
    heard = Listening()
    pipeline.build(census, census.parent / "out", progress=heard, resume=True)
    return heard.notes


def cut_after(monkeypatch, steps):
    """Let the next run end when it has kept `steps` more steps."""
    real, kept = Steps._keep, []

    def keep(self, folder, name, tables):
        real(self, folder, name, tables)
        kept.append(name)
        if len(kept) == steps:
            raise PowerCutError

    monkeypatch.setattr(Steps, "_keep", keep)


def test_a_run_cut_after_every_step_ends_with_the_bytes_of_a_whole_one(built, census, monkeypatch):
    """Each run adds one step to those of the runs before it, verifies them, and the last one sweeps them all."""
    for done in range(3):
        cut_after(monkeypatch, 1)
        heard = Listening()
        with pytest.raises(PowerCutError):
            pipeline.build(census, census.parent / "out", progress=heard, resume=True)
        assert sum("taken from the interrupted run" in note for note in heard.notes) == done
        assert leftovers(census.parent) == [".out.steps"]
        assert not (census.parent / "out").exists()
        monkeypatch.undo()
    notes = resume(census)
    assert [note.split(":")[0] for note in notes] == ["match", "fuse and screen", "place"]
    assert all("every digest agrees" in note for note in notes)
    assert county.digests(census.parent / "out") == county.digests(built)
    assert leftovers(census.parent) == []


@pytest.mark.slow
def test_other_inputs_take_nothing_from_the_interrupted_run(census, monkeypatch):
    """A row less in one list: every step is made anew, said so, and the bytes are those of the new lists alone."""
    cut_after(monkeypatch, 3)
    with pytest.raises(PowerCutError):
        resume(census)
    monkeypatch.undo()
    lists = county.lists()
    fewer = lists.with_rows({**lists.rows, "tax": lists.rows["tax"][1:]})
    county.write_lists(census.parent, fewer)
    notes = resume(census)
    assert len(notes) == 3
    assert all("made anew; inputs, rules or program" in note for note in notes)
    alone = county.run(county.make_county(census.parent / "alone", fewer))
    assert county.digests(census.parent / "out") == county.digests(alone)


def key_of(census, monkeypatch):
    """Return the key that a run over `census` would look for."""
    real, keys = pipeline.run_key, []

    def stop(*facts):
        keys.append(real(*facts))
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "run_key", stop)
        with pytest.raises(PowerCutError):
            resume(census)
    return keys[0]


def test_everything_that_decides_a_table_decides_the_key(census, monkeypatch):
    """One key for one state of lists, layers, census file, rules and code; another for each change of any."""
    import geopandas

    from minglu.register import resume

    folder = census.parent
    keys = [key_of(census, monkeypatch)]
    assert key_of(census, monkeypatch) == keys[0]
    text = census.read_text("utf-8")
    census.write_text(text.replace("2027-12-31", "2026-12-31"), "utf-8")
    keys.append(key_of(census, monkeypatch))
    census.write_text(text, "utf-8")
    for name, column in (("districts.gpkg", "name"), ("county.gpkg", "geometry"), ("districts.gpkg", "geometry")):
        layer = geopandas.read_file(folder / name)
        if column == "geometry":
            layer.geometry = [shape and shape.reverse() for shape in layer.geometry]
        else:
            layer[column] = layer[column] + "9"
        layer.to_file(folder / name)
        keys.append(key_of(census, monkeypatch))
    (folder / "permit.csv").write_text((folder / "permit.csv").read_text("utf-8") + "\n", "utf-8")
    keys.append(key_of(census, monkeypatch))
    monkeypatch.setattr(resume, "distributions", list)
    keys.append(key_of(census, monkeypatch))
    monkeypatch.setattr(resume, "CODE", ("register", "matching"))
    keys.append(key_of(census, monkeypatch))
    assert len(set(keys)) == len(keys)


@pytest.fixture
def engine(tmp_path):
    """An engine with the tables of one step."""
    moving = open_engine("duckdb", workspace=tmp_path, threads=1)
    yield moving
    moving.close()


TABLES = ("cuts", "uncompared")
MADE = {
    "cuts": [{"left": "a", "right": "b", "relation": "same_site", "reason": "x"}],
    "uncompared": [{"rule": "door", "blocks": 1, "rows": 2, "pairs": 3}],
}


def take(engine, folder, key="k", tables=TABLES):
    """Run one step; return the outcome, whether it was made, and its tables."""
    made = []

    def make():
        made.append(1)
        for name in tables:
            engine.put(name, pa.Table.from_pylist(MADE[name], schema=STORED[name].schema))

    engine.drop(*tables)
    outcome = Steps(engine, folder, key).run("step", tables, make)
    return outcome, bool(made), {n: engine.get(n, order_by=STORED[n].order_by).to_pylist() for n in tables}


def test_a_kept_step_is_used_only_while_every_byte_of_it_verifies(engine, tmp_path):
    """Each file of a step with one bit flipped at many places, cut short, or gone: the tables are right, and never those."""
    folder = tmp_path / "kept"
    assert take(engine, folder) == (NONE, True, MADE)
    assert take(engine, folder) == (USED, False, MADE)
    assert take(engine, folder, key="another") == (OTHER, True, MADE)
    assert take(engine, folder, key="another") == (USED, False, MADE)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        flips = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 97)]
        for damaged in (*flips, whole[:-1], whole + b"x", b"", None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            outcome, made, tables = take(engine, folder, key="another")
            assert tables == MADE
            if path.suffix == ".parquet":
                assert made, path.name
                assert outcome == DAMAGED
            path.write_bytes(whole)
    assert take(engine, folder, key="another")[0] == USED


def test_a_step_that_makes_another_table_is_not_taken_for_it(engine, tmp_path):
    """The record names its tables; a newer program may want more."""
    folder = tmp_path / "kept"
    take(engine, folder, tables=("cuts",))
    assert take(engine, folder) == (DAMAGED, True, MADE)


def test_without_a_folder_nothing_is_kept(engine, tmp_path):
    """A run that nobody asked to be resumable writes nothing more than before."""
    assert take(engine, None) == (NONE, True, MADE)
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_resume_sweeps_what_was_kept(census, monkeypatch):
    """Nobody has to know of the kept steps to get rid of them."""
    cut_after(monkeypatch, 1)
    with pytest.raises(PowerCutError):
        resume(census)
    monkeypatch.undo()
    assert leftovers(census.parent) == [".out.steps"]
    county.run(census)
    assert leftovers(census.parent) == []


def test_kept_steps_hold_no_phone_and_no_person_and_are_for_the_owner_alone(tmp_path, monkeypatch):
    """What matching knows of phones and persons stays in memory, also between two runs."""
    import pyarrow.parquet as pq

    lists = county.lists()
    heading = (*lists.headings["business"], "联系电话", "法定代表人")
    rows = [(*row, *CANARIES) for row in lists.rows["business"]]
    content = county.Lists({**lists.headings, "business": heading}, {**lists.rows, "business": rows})
    census = county.make_county(tmp_path / "county", content)
    cut_after(monkeypatch, 3)
    with pytest.raises(PowerCutError):
        resume(census)
    kept = steps_folder(census.parent / "out")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    found = sorted(kept.glob("*.parquet"))
    assert len(found) == len(pipeline.LINKED) + len(pipeline.FUSED) + 1
    for path in found:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not any(canary in str(pq.read_table(path).to_pylist()) for canary in CANARIES), path.name


DIE_AT = """
import os, signal
import minglu.register.resume as steps
count = 0
def counted(real):
    def call(*arguments, **options):
        global count
        done = real(*arguments, **options)
        count += ".out.steps" in str(arguments[0])
        if count == {at}:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return call
steps.digest = counted(steps.digest); steps.write_json = counted(steps.write_json)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_kill_at_every_moment_of_keeping_is_resumed_to_the_same_bytes(built, census):
    """SIGKILL at the n-th file that is digested or record that is written, n = 1, 2, 3 ... until the run succeeds."""
    out, promised = census.parent / "out", county.digests(built)
    for at in range(1, 100):
        done = minglu("build", census, "--out", out, "--quiet", "--resume", prelude=DIE_AT.format(at=at))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        assert not out.exists()
    assert at > 10, "the moments were counted"
    assert county.digests(out) == promised
    assert leftovers(census.parent) == []
