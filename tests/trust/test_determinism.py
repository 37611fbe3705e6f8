"""Same inputs, same bytes: whatever the order, the threads, the seed, the locale, the clock, the folder."""

from __future__ import annotations

import json
import random
import shutil

import pytest

from minglu.register.engine import duckdb_engine
from minglu.register.units import survivorship
from tests.trust import county
from tests.trust.conftest import minglu

BY_CONTENT = (
    "units",
    "legal_units",
    "placements",
    "faults",
    "scored_pairs",
    "cuts",
    "uncompared",
    "weights",
    "linkage_figures",
    "coverage",
    "districts",
)
"""Tables without row numbers or file names: the same rows in the same order, wherever the rows of the lists stood."""


def shuffled(content, seed):
    draw = random.Random(seed)
    return content.with_rows({kind: draw.sample(list(rows), len(rows)) for kind, rows in content.rows.items()})


def figures(out):
    """Return coverage.json without what names or counts files."""
    coverage = json.loads((out / "coverage.json").read_text("utf-8"))
    del coverage["inputs"]
    coverage["findings"] = [finding for finding in coverage["findings"] if finding["code"] != "INPUT_NOT_ATTESTED"]
    return coverage


def content(out):
    return {name: county.table(out, name) for name in BY_CONTENT} | {"figures": figures(out)}


def test_threads_and_folder_change_no_byte(built, tmp_path):
    """1 and 8 threads, and the same files under another name of the folder."""
    census = county.make_county(tmp_path / "另一个 folder")
    for threads in (1, 8):
        assert county.digests(county.run(census, threads=threads)) == county.digests(built)


def test_order_of_lists_in_the_census_file_changes_no_output(built, tmp_path):
    """But for the digest of the census file itself, which is another file."""
    census = county.make_county(tmp_path / "county")
    county.write_census(census.parent, ("permit", "tax", "business"))
    found, expected = (county.digests(out) for out in (county.run(census), built))
    assert found.pop("manifest.json") != expected.pop("manifest.json")
    assert found == expected


@pytest.mark.parametrize("seed", [1, pytest.param(range(2, 21), marks=pytest.mark.slow)])
def test_order_of_rows_changes_no_unit(built, tmp_path, seed):
    """Row numbers change by necessity; units, pairs, placements and figures do not."""
    for number in [seed] if isinstance(seed, int) else seed:
        census = county.make_county(tmp_path / f"county{number}", shuffled(county.lists(), number))
        assert content(county.run(census)) == content(built)


def test_splitting_a_list_into_files_changes_no_unit(built, tmp_path):
    """A list may come as one file for each town."""
    folder = tmp_path / "county"
    folder.mkdir()
    county.write_layers(folder)
    lists = county.lists()
    for kind, rows in lists.rows.items():
        for part in range(3):
            (folder / f"{kind}-{part}.csv").write_text(county.text(lists.headings[kind], rows[part::3]), "utf-8")
    census = county.write_census(folder, more={kind: f'path = "{kind}-*.csv"\n' for kind in lists.rows})
    assert content(county.run(census)) == content(built)


def test_size_of_batches_changes_no_byte(built, tmp_path, monkeypatch):
    """Small batches and groups go the way of large lists: through functions called many times."""
    monkeypatch.setattr(duckdb_engine, "BATCH_ROWS", 7)
    monkeypatch.setattr(survivorship, "BUCKET_ROWS", 3)
    assert county.digests(county.run(county.make_county(tmp_path / "county"), threads=1)) == county.digests(built)


STRANGE = {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Chatham", "MINGLU_LANG": "zh"}


def test_environment_changes_no_byte(built, census):
    """Hash seed, locale, time zone, language, working folder, path of the census file; run.json alone has a clock."""
    done = minglu("build", "census.toml", "--out", "out", cwd=census.parent, env=STRANGE)
    assert done.returncode == 0, done.stderr.decode()
    assert county.digests(census.parent / "out") == county.digests(built)
    run = json.loads((census.parent / "out" / "run.json").read_text("utf-8"))
    assert {"finished", "seconds", "machine"} <= set(run)


@pytest.mark.slow
def test_worker_processes_change_no_byte(built, census):
    """What large lists take: batches spread over processes."""
    prelude = "import minglu.register.engine.duckdb_engine as e\ne.BATCH_ROWS = 20\n"
    done = minglu("build", census, "--out", census.parent / "out", "--threads", 2, prelude=f"{prelude}")
    assert done.returncode == 0, done.stderr.decode()
    assert county.digests(census.parent / "out") == county.digests(built)


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", range(3))
@pytest.mark.parametrize("clock", ["1999-12-31", "2040-02-29"])
def test_clock_changes_no_byte(built, census, hash_seed, clock):
    """The clock is in run.json alone."""
    year = int(clock[:4])
    prelude = f"import time\nreal = time.time\ntime.time = lambda: real() + ({year} - 2026) * 31556952\n"
    out = census.parent / "out"
    env = {"PYTHONHASHSEED": str(hash_seed), "LC_ALL": ("C", "zh_CN.UTF-8", "POSIX")[hash_seed]}
    assert minglu("build", census, "--out", out, prelude=prelude, env=env).returncode == 0
    assert county.digests(out) == county.digests(built)


@pytest.mark.slow
def test_whole_sample_gives_one_digest(tmp_path):
    """The sample county, whose models are fitted on thousands of pairs: threads, seeds, and rows in another order."""
    found = []
    for threads, seed in ((1, 0), (2, 1), (8, 2)):
        folder = tmp_path / f"sample{threads}"
        shutil.copytree(county.SAMPLE, folder, ignore=shutil.ignore_patterns("generator"))
        env = {"PYTHONHASHSEED": str(seed)}
        done = minglu("build", folder / "census.toml", "--out", folder / "out", "--threads", threads, env=env)
        assert done.returncode == 0, done.stderr.decode()
        found.append(county.digests(folder / "out"))
    assert found[0] == found[1] == found[2]
    permit = folder / "permit.csv"
    head, *rows = permit.read_text("utf-8-sig").splitlines()
    random.Random(3).shuffle(rows)
    permit.write_text("\n".join([head, *rows]) + "\n", "utf-8-sig")
    census = folder / "census.toml"
    census.write_text(
        "".join(x for x in census.read_text("utf-8").splitlines(True) if not x.startswith("sha256")), "utf-8"
    )
    done = minglu("build", census, "--out", folder / "shuffled")
    assert done.returncode == 0, done.stderr.decode()
    assert {n: county.table(folder / "shuffled", n) for n in BY_CONTENT} == {
        n: county.table(folder / "out", n) for n in BY_CONTENT
    }
