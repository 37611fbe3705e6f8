"""Cleaning and parsing alone: processor seconds per million rows, step by step, in one process.

    python -m bench cleaning --rows 200000

The lists are generated (or taken from --data) as csv.  Every step runs on the batches that a
build hands to its workers; what moves batches is left out (see `bench build`, which times the whole way).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bench.linking.linkage import generate
from bench.support.clock import Clock
from bench.support.entries import BATCH_ROWS
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.parsing.grammar import grammar_of
from minglu.matching.parsing.park_addresses import learn_parks
from minglu.matching.parsing.parse_entries import read_parts
from minglu.matching.parsing.vocabulary import Vocabulary, learn
from minglu.register.build import WORD_SAMPLE_ROWS
from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.cleaning.entry_ids import entry_ids
from minglu.register.config.census_file import Census, read_census
from minglu.register.sources.read_list import read_list
from minglu.register.sources.vector.read_layer import read_districts

ONCE = ("learn words",)  # costs the same for any number of rows from some hundred thousand on


def main(arguments: list[str]) -> None:
    """Generate or take a data set, clean and parse it, print the cost of each step."""
    parser = argparse.ArgumentParser(prog="python -m bench cleaning", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--vocabulary", default="open")
    parser.add_argument("--data", type=Path, help="a folder with census.toml, instead of generating")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or generate(Path(scratch), options, kind="csv")
        clock = Clock()
        rows = _run(read_census(data / "census.toml"), clock)
    _print_costs(clock, rows)


def _run(census: Census, clock: Clock) -> int:
    """Take every step of the way from files to codes; return the number of rows."""
    with clock.step("read"):
        rows = pa.concat_tables([read_list(spec, census.pack.headers).rows for spec in census.lists])
    cleaned = _by_batch(clock, "clean", rows, lambda batch: clean_rows(batch, census.pack))
    ids = _by_batch(clock, "ids", rows, lambda batch: pa.table({"entry_id": entry_ids(batch)}))
    entries = cleaned.set_column(cleaned.column_names.index("entry_id"), "entry_id", ids.column("entry_id"))
    entries = entries.filter(pc.equal(entries["reject_code"], "")).sort_by("entry_id")
    words = _learn(entries, census, clock)
    batches = _batches(entries)
    with clock.step("parse"):
        parts = [read_parts(batch, words) for batch in batches]
    with clock.step("code"):
        for batch, part in zip(batches, parts, strict=True):
            encode_rows(batch, part)
    return rows.num_rows


def _learn(entries: pa.Table, census: Census, clock: Clock) -> Vocabulary:
    layer = census.districts
    districts = read_districts(layer.path, code=layer.code, name=layer.name, layer=layer.layer, encoding=layer.encoding)
    sample = entries.slice(0, WORD_SAMPLE_ROWS)
    addresses = pc.if_else(pc.equal(sample["site_address"], ""), sample["address"], sample["site_address"])
    with clock.step("learn words"):
        words = learn_parks(
            addresses.to_pylist(), learn(sample["name"].to_pylist(), addresses.to_pylist(), districts.names)
        )
        grammar_of(words)
    return words


def _by_batch(clock: Clock, name: str, table: pa.Table, function: Callable[[pa.Table], pa.Table]) -> pa.Table:
    batches = _batches(table)
    with clock.step(name):
        return pa.concat_tables([function(batch) for batch in batches])


def _batches(table: pa.Table) -> list[pa.Table]:
    return [table.slice(start, BATCH_ROWS).combine_chunks() for start in range(0, table.num_rows, BATCH_ROWS)]


def _print_costs(clock: Clock, rows: int) -> None:
    print(f"{rows:,} rows, processor seconds in one process")
    total = 0.0
    for name, (_, processor) in clock.steps.items():
        cost = processor if name in ONCE else processor / rows * 1e6
        total += 0.0 if name in ONCE else cost
        print(f"  {name:<14}{processor:8.2f} s  {cost:8.2f} s {'once' if name in ONCE else 'per million rows'}")
    print(f"  {'all but once':<14}{'':10}  {total:8.2f} s per million rows")
