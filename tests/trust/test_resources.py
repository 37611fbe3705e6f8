"""Too little room, memory or right: a clear message, its exit code, and the old output as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import xlsxwriter.exceptions

from minglu.common.memory_limits import is_shortage, require_memory, shortage
from minglu.errors import MingluError, OutputError, ShortageError, SourceError
from minglu.register.engine.duckdb_engine import EmbeddedEngine
from minglu.register.storage.run_folder import staged
from tests.trust import county
from tests.trust.conftest import minglu

resource = pytest.importorskip("resource")
MEGABYTE = 1 << 20
NO_ROOM = ("can't write", "can't be written", "无法写入")


def limited(census, kind, amount, *more):
    prelude = f"import resource\nresource.setrlimit(resource.{kind}, ({amount}, {amount}))\n"
    return minglu("build", census, "--out", census.parent / "out", "--quiet", *more, prelude=prelude)


def stays(census, out, done):
    """Report that a failed run changed nothing and told so."""
    said = done.stderr.decode()
    assert done.returncode == 5, (done.returncode, said)
    assert done.stdout == b""
    assert "Traceback" not in said
    assert [path.name for path in census.parent.iterdir() if path.name.startswith(".out.")] == [".out.lock"]
    return said


@pytest.mark.parametrize(
    "kilobytes", [16, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 4, 64, 100, 130, 160, 200))]
)
def test_a_limit_on_file_size_leaves_the_old_output(census, kilobytes):
    """RLIMIT_FSIZE: writers of Parquet, GeoPackage, workbook and page each fail in their own way."""
    out = county.run(census)
    before = county.everything(out)
    done = limited(census, "RLIMIT_FSIZE", kilobytes << 10)
    if done.returncode == 0:  # the limit was large enough: then everything is there
        assert kilobytes > 100
        assert county.digests(out).keys() == {name for name in before if name != "run.json"}
        return
    assert any(words in stays(census, out, done) for words in NO_ROOM)
    assert county.everything(out) == before


FAIL_AT = """
import builtins, io, os
count = 0
def fail(real):
    def call(*arguments, **options):
        global count
        count += 1
        if count == {at}:
            raise OSError(28, "No space left on device", "/somewhere/.out.partial/x")
        return real(*arguments, **options)
    return call
from pathlib import Path
import minglu.register.storage.run_folder as runfolder, minglu.register.storage.run_store as store
import minglu.register.engine.parquet_files as parquet
Path.write_text = fail(Path.write_text); Path.write_bytes = fail(Path.write_bytes); Path.mkdir = fail(Path.mkdir)
parquet.pq.ParquetWriter.write_table = fail(parquet.pq.ParquetWriter.write_table)
import atexit
atexit.register(lambda: open({log!r}, "w").write(str(count)))
"""


@pytest.mark.slow
def test_every_write_that_fails_leaves_the_old_output(census, tmp_path):
    """The n-th of our own writes fails, for n = 1, 2, 3 ... until the run succeeds."""
    out = county.run(census)
    before = county.everything(out)
    for at in range(1, 200):
        done = minglu(
            "build", census, "--out", out, "--quiet", prelude=FAIL_AT.format(at=at, log=str(tmp_path / "count"))
        )
        if done.returncode == 0:
            break
        assert any(words in stays(census, out, done) for words in NO_ROOM), at
        assert county.everything(out) == before
    assert int((tmp_path / "count").read_text()) < at
    assert at > 20
    assert county.digests(out).keys() == {name for name in before if name != "run.json"}


@pytest.fixture
def small_disk(tmp_path):
    """A disk that can be made too small: a function of its size in kB; skip where mounting is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = []

    def mount(kilobytes):
        if mounted:
            subprocess.run(["umount", place], check=True)
            mounted.clear()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no right to mount a small disk here")
        mounted.append(place)
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("kilobytes", [300, *(pytest.param(n, marks=pytest.mark.slow) for n in range(20, 2000, 90))])
def test_a_full_disk_leaves_no_output_or_a_complete_one(built, census, small_disk, kilobytes):
    """No writer finishes torn: either exit code 5 and nothing, or every byte."""
    out = small_disk(kilobytes) / "out"
    done = minglu("build", census, "--out", out, "--quiet")
    if done.returncode == 0:
        assert county.digests(out) == county.digests(built)
        return
    assert done.returncode == 5, done.stderr.decode()
    assert any(words in done.stderr.decode() for words in NO_ROOM)
    assert sorted(path.name for path in out.parent.iterdir()) == [".out.lock"]


@pytest.mark.parametrize(
    "megabytes", [200, *(pytest.param(n, marks=pytest.mark.slow) for n in (400, 800, 1600, 2400, 3000, 3400, 4096))]
)
@pytest.mark.parametrize("language", ["en"])
def test_too_little_memory_is_said_and_changes_nothing(census, megabytes, language):
    """RLIMIT_AS from 200 MB to 4 GB: done, or exit code 5 in words; libraries never end the process their own way."""
    out = census.parent / "out"
    done = limited(census, "RLIMIT_AS", megabytes * MEGABYTE, "--lang", language)
    if done.returncode == 0:
        assert megabytes > 2400
        return
    assert done.returncode == 5, done.stderr.decode()
    assert "Memory: " in done.stderr.decode()
    assert not out.exists()


def test_memory_is_asked_for_before_anything_heavy_is_loaded(monkeypatch):
    """In both languages, with the need."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (500 * MEGABYTE, 500 * MEGABYTE))
    with pytest.raises(ShortageError) as caught:
        require_memory()
    assert "524 MB" in caught.value.en
    assert "524 MB" in caught.value.zh
    assert caught.value.exit_code == 5
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    require_memory()


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (pa.ArrowMemoryError("malloc of size 17 failed"), True),
        (np._core._exceptions._ArrayMemoryError((10**9,), np.dtype("f8")), True),
        (OSError(12, "Cannot allocate memory"), True),
        (ImportError("libx.so: failed to map segment from shared object"), True),
        (RuntimeError("can't start new thread"), True),
        (ValueError("x"), False),
        (OSError(28, "No space left on device"), False),
    ],
)
def test_every_librarys_word_for_lack_of_memory_is_known(error, short):
    assert is_shortage(error) is short


def test_a_full_disk_outside_a_run_folder_is_no_mistake_of_ours():
    """Every command: sheets for review, faults of a layer, a first census file."""
    for error in (OSError(28, "No space left on device", "/x/review.html"), xlsxwriter.exceptions.FileCreateError("x")):
        told = shortage(error)
        assert told is not None
        assert told.exit_code == 5
    assert shortage(ValueError("x")) is None


@pytest.mark.parametrize(
    ("raised", "seen"), [(duckdb.OutOfMemoryException("x"), MemoryError), (duckdb.IOException("x"), OutputError)]
)
def test_the_engine_speaks_plainly_of_memory_and_room(tmp_path, raised, seen):
    """DuckDB's own errors are no OSError and no MemoryError."""
    engine = EmbeddedEngine(workspace=tmp_path, threads=1)

    class Broken:
        def execute(self, _query):
            raise raised

    engine.close()
    engine._connection = Broken()
    with pytest.raises(seen):
        engine.sql("x", "SELECT 1")


def test_memory_that_runs_out_on_the_way_is_said_too(census):
    """A MemoryError from anywhere, exit code 5, nothing left."""
    prelude = "import minglu.register.build as b\ndef short(*a, **k): raise MemoryError\nb.link_entries = short\n"
    done = minglu("build", census, "--out", census.parent / "out", "--lang", "zh", prelude=prelude)
    assert "内存不足" in stays(census, census.parent / "out", done)


def test_an_input_error_is_never_called_an_output_error(tmp_path):
    """An OSError from inside a run that speaks of another place, and not of room, goes on as it is."""
    with pytest.raises(PermissionError), staged(tmp_path / "out"):
        raise PermissionError(13, "Permission denied", "/lists/tax.xlsx")
    inside = tmp_path / ".out.partial" / "x"
    with pytest.raises(OutputError), staged(tmp_path / "out"):
        raise PermissionError(13, "Permission denied", str(inside))
    with pytest.raises(OutputError), staged(tmp_path / "out"):
        raise OSError(28, "No space left on device")


def test_an_unreadable_list_is_an_input_error(census, monkeypatch):
    """Exit code 3 with the name of the list, even where the system refuses only at opening."""
    real = Path.open

    def refuse(self, *arguments, **options):
        if self.name == "tax.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"tax\.csv"):
        county.run(census)


@pytest.mark.parametrize("layer", ["districts.gpkg", "county.gpkg"])
def test_an_unreadable_layer_is_an_input_error(census, monkeypatch, layer):
    real = Path.open

    def refuse(self, *arguments, **options):
        if self.name == layer:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=layer):
        county.run(census)


def test_a_place_that_is_no_folder_is_named(census):
    """A file in the way, and a name longer than the system knows."""
    (census.parent / "file").write_text("")
    for out in (census.parent / "file" / "out", census.parent / ("长" * 300)):
        with pytest.raises(MingluError) as caught:
            county.run(census, out)
        assert caught.value.exit_code in {2, 5}
        assert out.name[:50] in caught.value.en


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="a read-only mount takes root")
def test_a_read_only_place_is_named(census, small_disk):
    """Exit code 5; the old output can still be read."""
    place = small_disk(4000)
    out = county.run(census, place / "out")
    before = county.everything(out)
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    done = minglu("build", census, "--out", out, "--quiet")
    assert done.returncode == 5, done.stderr.decode()
    assert b"ead-only" in done.stderr
    assert county.everything(out) == before
