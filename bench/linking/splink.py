"""minglu beside Splink 5 on the same parsed columns of the same rows: seconds, memory, precision, recall, F1, ratio.

    python -m bench splink --rows 1000000

Splink runs in its own virtual environment (bench/requirements-splink.txt, made under bench/.cache on first use), one
model for sites and one for legal units, each tuned on the truth of another seed (support/splink_models.py).  minglu
learns from the measured rows alone.  Parsing is nobody's time here, and each is given the parsed texts as it holds them
(Splink a table of DuckDB's, minglu the batches of different values that its parser makes); all else is: minglu's coding
of the texts, Splink's registering of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pandas  # noqa: ICN001, F401 - pyarrow imports it when it makes its first array: imports are nobody's time
import pyarrow as pa
import pyarrow.parquet as pq

from bench.linking.linkage import generate, learn_words
from bench.support.clock import Clock
from bench.support.entries import BATCH_ROWS, store_entries
from bench.support.scoring import score_labels
from bench.support.splink_peer import MODELS, peer_python, run_tool, store_parsed
from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.linkage import link_rows
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.parsing.parse_entries import FEATURES
from minglu.matching.settings.linkage_settings import load_linkage_settings

BATCHES_AT_ONCE = 8
TUNING_ROWS, TUNING_SEED = 100_000, 1914
DIFFERENT = frozenset(field.name for field in FEATURES if pa.types.is_string(field.type)) - {"entry_id"}
"""Parsed columns, which come as their different values and where these stand."""


def main(arguments: list[str]) -> None:
    """Parse two data sets, run both tools on the larger one, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench splink", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--vocabulary", default="held-out")
    parser.add_argument("--keep", type=Path, help="keep parsed columns in this folder, and take them from there")
    parser.add_argument("--cap", type=int, default=0, help="leave blocks of more rows out of Splink's; 0: keep all")
    parser.add_argument("--learn", action="store_true", help="let Splink learn from the measured rows as well")
    parser.add_argument("--link", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.link:
        print(json.dumps(link_parsed(options.link)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        tuning = _parsed(folder, TUNING_ROWS, TUNING_SEED, options.vocabulary)
        measured = _parsed(folder, options.rows, options.seed, options.vocabulary)
        ours = run_tool([sys.executable, "-m", "bench", "splink", "--link", str(measured)])
        print_result("minglu, both levels", ours)
        python = peer_python()
        theirs = []
        for truth in ("truth_site", "truth_legal"):
            command = [python, "-P", str(MODELS), str(tuning), str(measured), truth]
            theirs += run_tool([*command, str(options.cap), *(["learn"] if options.learn else [])])
            print_result("Splink", theirs[-1:])
    _print_ratio(ours, theirs)


def _print_ratio(ours: list[Mapping[str, float | str]], theirs: list[Mapping[str, float | str]]) -> None:
    """Return how many times as long Splink takes, with models that are given to it, and with models that it learns."""
    seconds = float(ours[0]["seconds"])
    linking = sum(float(one["seconds"]) for one in theirs)
    print(f"Splink's two models take {linking / seconds:.1f} times as long as minglu does for both levels")
    if all("learning_seconds" in one for one in theirs):
        learning = sum(float(one["learning_seconds"]) for one in theirs)
        print(
            f"with their learning ({learning:.1f} s), which minglu's time holds: {(linking + learning) / seconds:.1f}"
        )


def _parsed(folder: Path, rows: int, seed: int, vocabulary: str) -> Path:
    """Return the parsed columns, with truth, of generated rows; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"parsed-{vocabulary}-{seed}-{rows}.parquet"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            wanted = argparse.Namespace(rows=rows, seed=seed, vocabulary=vocabulary)
            data, entries = generate(Path(scratch), wanted), Path(scratch) / "entries.parquet"
            words = learn_words(entries, store_entries(data, entries, Clock()))
            store_parsed(entries, words, path)
    return path


def link_parsed(path: Path) -> list[Mapping[str, float | str]]:
    """Link parsed columns, the clock running (but not while they are read); a result per level, both of one run."""
    reading, start = Clock(), time.perf_counter()
    rows = coded_rows(_coded(path, reading))
    linkage = link_rows(rows, load_linkage_settings(), VerdictRules())
    seconds = time.perf_counter() - start - reading.steps["read"][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    truth = pq.read_table(path, columns=["truth_site", "truth_legal"])
    results = []
    for level, key, column in (("site", "site_key", "truth_site"), ("legal unit", "legal_key", "truth_legal")):
        score = score_labels(hash_text(linkage.clusters[key]), hash_text(truth[column]))
        found = {"precision": score.precision, "recall": score.recall, "f1": score.f1, "largest": score.largest_found}
        results.append({"level": level, "rows": len(rows), "seconds": seconds, "peak_gb": peak, **found})
    return results


def _coded(path: Path, reading: Clock) -> Iterator[pa.Table]:
    """Yield the codes of parsed columns, batch by batch, a few batches in memory at once."""
    with pq.ParquetFile(path) as file, ThreadPoolExecutor(os.cpu_count()) as pool:
        batches = file.iter_batches(BATCH_ROWS)
        while True:
            with reading.step("read"):
                read = [_as_parsed(pa.Table.from_batches([batch])) for batch in islice(batches, BATCHES_AT_ONCE)]
            if not read:
                return
            yield from pool.map(encode_rows, read, read)


def _as_parsed(batch: pa.Table) -> pa.Table:
    """Return a batch of parsed columns as the parser makes it: each different text once."""
    for place, name in enumerate(batch.column_names):
        if name in DIFFERENT:
            batch = batch.set_column(place, name, batch[name].combine_chunks().dictionary_encode())
    return batch


def print_result(tool: str, results: list[Mapping[str, float | str]]) -> None:
    """One line per level."""
    for one in results:
        best = f", with the best threshold {one['best_f1']:.4f}" if "best_f1" in one else ""
        if "learnt_f1" in one:
            best += f"; learning by itself {one['learning_seconds']:.1f} s, then {one['learnt_f1']:.4f} at best"
        print(
            f"{tool:<20} {one['level']:<10} {one['seconds']:7.1f} s  {one['peak_gb']:5.2f} GB  precision "
            f"{one['precision']:.4f} recall {one['recall']:.4f} F1 {one['f1']:.4f} largest {one['largest']}{best}",
            flush=True,
        )
