"""Linkage alone, step by step: seconds, memory, candidates found, calibration, precision, recall, F1 against truth.

    python -m bench linkage --rows 200000 --vocabulary held-out

The lists are generated (or taken from --data), read, cleaned and located as a build
does it; then every step of linkage is timed by itself, wall and processor time.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit, logit

from bench.support import words
from bench.support.clock import Clock
from bench.support.entries import TRUTH, read_batches, store_entries
from bench.support.link_steps import link_stepwise
from bench.support.scoring import pairs_inside, score_labels
from minglu.common.arrays import Integers
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.encoding.coded_records import CodedRows, coded_rows
from minglu.matching.encoding.encode_entries import describe_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.model.thresholds import VerdictRules, Verdicts
from minglu.matching.model.weights import BIT, Model, Patterns
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.matching.settings.linkage_settings import MISSING_LEVEL, LinkageSettings, level_is, load_linkage_settings
from minglu.register.build import WORD_SAMPLE_ROWS
from minglu.register.engine.worker_pool import Workers

Truth = dict[str, Integers]
"""Per level ("site", "legal_unit") a code per row."""

GENERATOR = Path(__file__).resolve().parents[2] / "sample_data" / "generator"
CALIBRATION = (0.0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.000001)


def main(arguments: list[str]) -> None:
    """Generate or take a data set, link it, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench linkage", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument(
        "--vocabulary", default="held-out", help="open or development to tune on, held-out to measure with"
    )
    parser.add_argument("--data", type=Path, help="a folder with census.toml and truth.parquet, instead of generating")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or generate(Path(scratch), options)
        clock = Clock()
        entries = Path(scratch) / "entries.parquet"
        places = store_entries(data, entries, clock)
        rows = parse_and_code(entries, learn_words(entries, places), clock)
        link(rows, read_truth(entries), clock)
    clock.show(len(rows))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def generate(folder: Path, options: argparse.Namespace, *, kind: str = "parquet") -> Path:
    """Generate lists with their truth in `folder`, as `options` say (rows, seed, vocabulary); parquet or csv."""
    command = [sys.executable, str(GENERATOR), "--out", str(folder), "--format", kind]
    command += ["--rows", str(options.rows), "--seed", str(options.seed), "--vocabulary", options.vocabulary]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def learn_words(entries: Path, places: tuple[str, ...]) -> Vocabulary:
    """Learn the words of the lists from stored entries, as a build does."""
    first = next(pq.ParquetFile(entries).iter_batches(WORD_SAMPLE_ROWS, columns=["name", "site_address", "address"]))
    return words.learn_words(pa.Table.from_batches([first]), places)


def parse_and_code(entries: Path, vocabulary: Vocabulary, clock: Clock) -> CodedRows:
    """Parse the entries in worker processes, as a build does, and gather their codes."""
    with clock.step("parse and code"):
        workers = Workers(os.cpu_count() or 1, folder=entries.parent / "parsing")
        rows = coded_rows(workers.map(partial(describe_rows, vocabulary=vocabulary), read_batches(entries)))
        workers.close()
    return rows


def read_truth(entries: Path) -> Truth:
    """Return the codes of the true sites and legal units."""
    return {name: hash_text(pq.read_table(entries, columns=[name])[name]) for name in TRUTH}


def link(rows: CodedRows, truth: Truth, clock: Clock) -> None:
    """Link the rows step by step, each timed; print what was found beside the truth."""
    settings, rules = load_linkage_settings(), VerdictRules()
    steps = link_stepwise(rows, settings, rules, clock)
    pairs, patterns, model, verdicts = steps.pairs, steps.patterns, steps.model, steps.verdicts
    _print_blocking(pairs, steps.uncompared, truth)
    for name, value, _ in model.figures:
        print(f"  {name}: {value:.4f}")
    _print_selection(pairs, patterns, model, settings, truth)
    _print_calibration(pairs, verdicts, truth)
    print(f"review {int(patterns.pairs[verdicts.verdict == 1].sum())} pairs, cuts {steps.cuts.num_rows}")
    for level, label in (("site", steps.sites), ("legal_unit", steps.legal_units)):
        print(score_labels(label, truth[level]).line(level.replace("_", " ")))


def _print_blocking(pairs: ComparedPairs, uncompared: pa.Table, truth: Truth) -> None:
    """Show pairs per row, and the share of true pairs that are candidates."""
    rows = len(truth["site"])
    print(f"{rows} rows, {len(pairs)} pairs, {len(pairs) / rows:.2f} per row")
    for column, target in (("site", 0.995), ("legal_unit", 0.97)):
        codes = truth[column]
        found = int((codes[pairs.left] == codes[pairs.right]).sum())
        print(f"  pair completeness {column}: {found / pairs_inside(codes):.5f} (wanted {target})")
    lost = [row for row in uncompared.to_pylist() if row["pairs"]]
    print("  given up:", ", ".join(f"{row['rule']} {row['pairs']}" for row in lost))


def _print_selection(
    pairs: ComparedPairs, patterns: Patterns, model: Model, settings: LinkageSettings, truth: Truth
) -> None:
    """Show whether pairs without codes, which carry no label, are like the training pairs of the legal question.

    The shift needs no truth: it is how far the prior must move for the pairs without codes to agree with
    themselves (their mean probability is their share of yes); no bits mean no selection.
    """
    if settings.labels is None:
        return
    codes = truth["legal_unit"]
    true = np.bincount(pairs.pattern_of, codes[pairs.left] == codes[pairs.right], minlength=len(patterns.pairs))
    _, promised = model.probabilities(patterns.levels)
    same, other = (
        level_is(patterns.levels, settings, settings.labels.comparison, *keys)
        for keys in (settings.labels.same, settings.labels.other)
    )
    uncoded = patterns.levels[:, settings.column(settings.labels.comparison)] == MISSING_LEVEL
    print("selection of the free labels: pairs  promised legal  truly legal")
    for name, here in (("training", same | other), ("no code", uncoded), ("the rest", ~(same | other | uncoded))):
        seen = patterns.pairs[here]
        print(f"  {name:<10} {seen.sum():10d} {seen @ promised[here]:12.0f} {true[here].sum():12.0f}")
    trained = patterns.shared[same].sum() / max(patterns.shared[same | other].sum(), 1)
    bits, mass = model.bits(patterns.levels[uncoded])[0], patterns.pairs[uncoded]
    shift = 0.0
    for _ in range(100):
        share = float(mass @ expit((bits + shift) * BIT) / max(mass.sum(), 1))
        shift = float(logit(share) - logit(trained)) / BIT
    print(f"  share of one legal unit: {trained:.3f} in training, {share:.3f} without codes; shift {shift:.2f} bits")


def _print_calibration(pairs: ComparedPairs, verdicts: Verdicts, truth: Truth) -> None:
    """Show per band of probability the mean promised and the share found true."""
    for column, probability in (("legal_unit", verdicts.p_legal), ("site", verdicts.p_site)):
        codes = truth[column]
        true = codes[pairs.left] == codes[pairs.right]
        promised = probability[pairs.pattern_of]
        band = np.digitize(promised, CALIBRATION) - 1
        print(f"reliability {column}: from  pairs  promised  true")
        for number, low in enumerate(CALIBRATION[:-1]):
            inside = band == number
            if inside.any():
                print(f"  {low:7.4f} {inside.sum():10d} {promised[inside].mean():8.4f} {true[inside].mean():8.4f}")
