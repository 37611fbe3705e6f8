"""What each ingredient of linkage buys: the same lists linked again, each time without one of them.

    python -m bench ablation --rows 100000 --vocabulary held-out

Nothing is switched off inside the product: an ingredient is taken away by giving linkage
a smaller settings, rows without the columns, or by leaving out the step here.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.linking.linkage import generate, learn_words, read_truth
from bench.support.clock import Clock
from bench.support.entries import BATCH_ROWS, store_entries
from bench.support.scoring import Score, score_labels
from minglu.common.arrays import Integers
from minglu.common.graphs import connect_here
from minglu.matching.clustering.second_pass import second_pass
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.encoding.coded_records import CodedRows, coded_rows
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.linkage import cluster_rows
from minglu.matching.model.thresholds import VerdictRules, Verdicts, apply_thresholds
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import starting_model
from minglu.matching.parsing.parse_entries import FEATURES, describe
from minglu.matching.parsing.vocabulary import Vocabulary, vocabulary
from minglu.matching.settings.linkage_settings import LinkageSettings, load_linkage_settings

SOUNDS = ("brand_sound", "brand_loose", "core_sound", "brand_shape")
ADDRESS_PARTS = tuple(
    name for name in FEATURES.names if name.startswith(("site_", "reg_")) and not name.endswith("_text")
)


@dataclass(frozen=True, slots=True)
class Kit:
    """What linkage is given, and which of its steps are taken."""

    words: Vocabulary
    settings: LinkageSettings
    emptied_features: tuple[str, ...] = ()
    """Parsed columns that are emptied."""
    located: bool = True
    learns: bool = True
    """Weights learned; else those of the rule table stand."""
    looks_again: bool = True
    repairs: bool = True
    """Contradictory clusters repaired; else components of the links."""


def without(*names: str) -> Callable[[Kit], Kit]:
    """Take comparisons out of the settings."""

    def reduce(kit: Kit) -> Kit:
        kept = tuple(comparison for comparison in kit.settings.comparisons if comparison.name not in names)
        return replace(kit, settings=replace(kit.settings, comparisons=kept))

    return reduce


def ask_once(kit: Kit) -> Kit:
    """Ask one question only: whatever is one legal unit is one site."""
    comparisons = tuple(
        replace(
            comparison,
            questions=("legal",),
            learned=tuple(question for question in comparison.learned if question == "legal"),
            levels=tuple(replace(level, site=0.0) for level in comparison.levels),
        )
        for comparison in kit.settings.comparisons
    )
    return replace(kit, settings=replace(kit.settings, comparisons=comparisons, prior_site=math.inf))


INGREDIENTS: Sequence[tuple[str, Callable[[Kit], Kit]]] = (
    ("everything", lambda kit: kit),
    ("no term frequency of names, no frequency of addresses", without("rarity", "crowd")),
    ("two classes: one legal unit is one site", ask_once),
    ("no pronunciation, no look-alike characters", lambda kit: replace(kit, emptied_features=SOUNDS)),
    ("addresses as whole texts", lambda kit: replace(kit, emptied_features=ADDRESS_PARTS)),
    ("no coordinates", lambda kit: replace(kit, located=False)),
    ("no phone, no people", without("phone", "person")),
    ("no words learned from the lists", lambda kit: replace(kit, words=vocabulary(kit.words.places))),
    ("weights of the table, none learned", lambda kit: replace(kit, learns=False)),
    ("no second pass", lambda kit: replace(kit, looks_again=False)),
    ("no repair of clusters", lambda kit: replace(kit, repairs=False)),
)


def main(arguments: list[str]) -> None:
    """Generate or take a data set, link it once per ingredient, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench ablation", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--vocabulary", default="held-out", help="open or development to tune on, held-out to measure")
    parser.add_argument("--data", type=Path, help="a folder with census.toml and truth.parquet, instead of generating")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or generate(Path(scratch), options)
        path = Path(scratch) / "entries.parquet"
        words = learn_words(path, store_entries(data, path, Clock()))
        entries, true = pq.read_table(path), read_truth(path)
    full = Kit(words, load_linkage_settings())
    print(f"{len(entries)} rows, {options.vocabulary}, seed {options.seed}")
    print(
        "| without | pairs per row | sites: precision | recall | F1 | legal units: precision | recall | F1 | largest |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, reduce in INGREDIENTS:
        pairs, sites, legal_units = link(entries, reduce(full))
        scores = score_labels(sites, true["site"]), score_labels(legal_units, true["legal_unit"])
        print(f"| {name} | {len(pairs) / len(entries):.2f} | {_cells(scores[0])} | {_cells(scores[1])} |", end=" ")
        print(f"{scores[0].largest_found} / {scores[1].largest_found} |", flush=True)


def _cells(score: Score) -> str:
    return f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f}"


def link(entries: pa.Table, kit: Kit) -> tuple[ComparedPairs, Integers, Integers]:
    """Link as the product does, with what the kit holds; returns pairs, sites and legal units."""
    rows, rules = encode(entries, kit), VerdictRules()
    pairs, patterns, _ = compare_rows(rows, kit.settings)
    model = learn_model(patterns, kit.settings) if kit.learns else starting_model(kit.settings)
    verdicts = apply_thresholds(patterns.levels, patterns.pairs, model, kit.settings, rules)
    if kit.looks_again:
        sites, legal_units = _group(rows, pairs, verdicts, kit)
        patterns, pairs = second_pass(
            rows, pairs, patterns, verdicts, kit.settings, sites=sites, legal_units=legal_units
        )
        verdicts = apply_thresholds(patterns.levels, patterns.pairs, model, kit.settings, rules)
    return pairs, *_group(rows, pairs, verdicts, kit)


def encode(entries: pa.Table, kit: Kit) -> CodedRows:
    """Parse and code the entries, then empty what the kit does not hold."""
    if not kit.located:
        nothing = pa.nulls(len(entries), pa.float64())
        for name in ("lon", "lat", "precision_m"):
            entries = entries.set_column(entries.column_names.index(name), name, nothing)
    batches = []
    for start in range(0, len(entries), BATCH_ROWS):
        batch = entries.slice(start, BATCH_ROWS)
        features = describe(batch, kit.words)
        for name in kit.emptied_features:
            empty = pa.repeat(pa.scalar("", pa.string()), len(batch))
            features = features.set_column(features.column_names.index(name), name, empty)
        batches.append(encode_rows(batch, features))
    return coded_rows(pa.concat_tables(batches))


def _group(rows: CodedRows, pairs: ComparedPairs, verdicts: Verdicts, kit: Kit) -> tuple[Integers, Integers]:
    if kit.repairs:
        sites, legal_units, _ = cluster_rows(rows, pairs, verdicts)
        return sites, legal_units
    site, legal = (pairs.where(np.asarray(linked)) for linked in (verdicts.link_site, verdicts.link_legal))
    sites = connect_here(len(rows), pairs.left[site], pairs.right[site])
    return sites, connect_here(len(rows), np.append(pairs.left[legal], sites), np.append(pairs.right[legal], sites))
