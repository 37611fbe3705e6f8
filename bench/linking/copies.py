"""Linkage of many provinces side by side: how memory and time grow, without parsing all those rows.

    python -m bench splink --rows 1000000 --keep FOLDER      # once: parses the rows and keeps them
    python -m bench copies --parsed FOLDER/parsed-held-out-4711-1000000.parquet --copies 10

Every copy is a province of its own: other identifiers, towns, telephones, people, points; but the brands, names, roads
and house numbers are the same ones, so each name has as many homonyms as there are copies.  That is harder on
blocking than ten times the rows of one province; what it says of F1 holds for such a country only.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.support.clock import Clock
from bench.support.scoring import pairs_inside, score_labels
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.encoding.coded_records import CodedRows, coded_rows
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.encoding.text_hashing import MISSING, hash_text, join_codes
from minglu.matching.linkage import cluster_rows, verdicts_in_two_passes
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.model.training import learn_model
from minglu.matching.settings.linkage_settings import load_linkage_settings

BATCH_ROWS = 100_000
SHARED = {
    *("list", "core", "core_sound", "core_letters", "brand", "brand_sound", "brand_loose", "brand_shape"),
    *("brand_head", "brand_tail", "former_1", "former_2", "form", "form_kind", "branch", "trade", "class"),
    *(
        "group",
        "division",
        "site_road",
        "site_number",
        "site_key",
        "site_building",
        "site_room",
        "site_park",
        "reg_road",
        "reg_key",
    ),
    *("permit_serial", "site_suffix", "further_site", "household", "core_text", "code_text"),
}
"""Columns that say the same in every copy."""


def main(arguments: list[str]) -> None:
    """Link the copies and print pairs, scores, seconds, memory."""
    parser = argparse.ArgumentParser(prog="python -m bench copies", description=__doc__)
    parser.add_argument("--parsed", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=10)
    options = parser.parse_args(arguments)
    clock, truth = Clock(), {}
    with clock.step("code"):
        rows = coded_rows(copies(options.parsed, options.copies))
    for level, column in (("site", "truth_site"), ("legal unit", "truth_legal")):
        one = hash_text(pq.read_table(options.parsed, columns=[column])[column])
        truth[level] = np.concatenate([_of_copy(one, number) for number in range(options.copies)])
    print_linkage(rows, truth, clock)


def copies(path: Path, count: int) -> Iterator[pa.Table]:
    """Yield the coded rows of one copy after the other, batch by batch, in the order of entry_id."""
    for number in range(count):
        for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS):
            parsed = pa.Table.from_batches([batch])
            coded = encode_rows(parsed, parsed)
            for place, name in enumerate(coded.column_names):
                coded = coded.set_column(place, name, _changed(name, coded[name], number))
            yield coded


def _changed(name: str, column: pa.ChunkedArray, number: int) -> pa.Array | pa.ChunkedArray:
    """Give a column of a copy values of its own, if it is one that provinces do not share."""
    if name == "entry_id":
        return pc.binary_join_element_wise(f"{number:02d}", column.cast(pa.string()), "")
    if name in SHARED or name == "precision_m":
        return column
    if name in ("lon", "lat"):
        return pc.add(column, float(3 * number))
    coded = column.combine_chunks()
    changed = pa.array(_of_copy(coded.dictionary.to_numpy(), number))
    return pa.DictionaryArray.from_arrays(coded.indices, changed)


def _of_copy(codes: np.ndarray, number: int) -> np.ndarray:
    """Change codes so that no two copies share one; missing stays missing."""
    changed = join_codes(codes.astype(np.int64), np.full(len(codes), number + 1)).astype(codes.dtype)
    changed[(changed == MISSING) & (codes != MISSING)] = 1
    return changed


def print_linkage(rows: CodedRows, truth: dict[str, np.ndarray], clock: Clock) -> None:
    """Link step by step, each timed, and print what was found."""
    settings, rules = load_linkage_settings(), VerdictRules()
    start = time.perf_counter()
    with clock.step("block and compare"):
        pairs, patterns, _ = compare_rows(rows, settings)
    print(f"{len(rows)} rows, {len(pairs)} pairs, {len(pairs) / len(rows):.2f} per row, {len(patterns.pairs)} patterns")
    for level, codes in truth.items():
        found = int((codes[pairs.left] == codes[pairs.right]).sum())
        print(f"  pair completeness {level}: {found / pairs_inside(codes):.5f}")
    with clock.step("learn"):
        model = learn_model(patterns, settings)
    with clock.step("judge and cluster"):
        pairs, patterns, verdicts = verdicts_in_two_passes(rows, pairs, patterns, model, settings=settings, rules=rules)
        sites, units, _ = cluster_rows(rows, pairs, verdicts)
    for level, labels in zip(truth, (sites, units), strict=True):
        print(score_labels(labels, truth[level]).line(level))
    for name, (wall, processor) in clock.steps.items():
        print(f"{name:<18} {wall:7.1f} s  processor {processor:7.1f} s")
    print(f"matching {time.perf_counter() - start + clock.steps['code'][0]:.1f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
