"""Peers on the published test data: recordlinkage and Splink.  Runs by itself in the peers' environment.

    python bench/support/general_peers.py FOLDER

FOLDER/tasks.json names the tables; for each tool and table a table of found pairs is written beside
it, and one line of JSON gives tool, table and seconds.  Knows no truth.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

Found = list[tuple[str, str]]
Tool = Callable[[pd.DataFrame, str], Found]
EVEN_ODDS = 0.5
ALIKE = 0.85  # Jaro-Winkler, as in recordlinkage's own tutorial
FEBRL_SUM = 3  # the tutorial takes pairs that agree in more than three of six fields
# Per kind of data: blocks (several columns: all of them), columns compared as text, columns compared whole.
BLOCKS = {
    "febrl": ["soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"],
    "restaurants": ["phone", "first_word", "last_word", "house_number"],
    "papers": ["title", "surnames", "title_head", "title_tail"],
}
SPLINK_BLOCKS = {
    **BLOCKS,
    "febrl": [
        "soc_sec_id",
        "date_of_birth",
        ["given_name", "surname"],
        ["surname", "postcode"],
        ["given_name", "postcode"],
        ["address_1", "street_number"],
    ],
}
TEXTS = {
    "febrl": ["given_name", "surname", "address_1", "suburb"],
    "restaurants": ["name", "street", "city"],
    "papers": ["title", "surnames"],
}
CODES = {
    "febrl": ["date_of_birth", "soc_sec_id", "postcode"],
    "restaurants": ["phone"],
    "papers": [],
}
WHOLE = {"febrl": ["street_number", "state"], "restaurants": ["house_number"], "papers": ["year"]}


def run(folder: Path) -> None:
    """Run every tool on every table that it has a recipe for."""
    for task in json.loads((folder / "tasks.json").read_text(encoding="utf-8")):
        rows = pd.read_parquet(folder / task["file"]).set_index("entry_id", drop=False).replace("", None)
        for number, (tool, find) in enumerate(recipes(task["kind"])):
            start = time.perf_counter()
            found = find(rows, task["kind"])
            seconds = time.perf_counter() - start
            file = f"{Path(task['file']).stem}-{number}.parquet"
            pd.DataFrame(found, columns=["left", "right"]).to_parquet(folder / file)
            print(json.dumps({"tool": tool, "file": task["file"], "found": file, "seconds": seconds}), flush=True)


def recipes(kind: str) -> Iterator[tuple[str, Tool]]:
    """Name the recipes for a kind of data."""
    if kind == "febrl":
        yield "recordlinkage, tutorial recipe", tutorial
    yield "recordlinkage, blocks and ECM", blocks_and_ecm
    yield "Splink 5", splink


def candidates(rows: pd.DataFrame, blocks: list[str]) -> tuple[pd.MultiIndex, list[pd.DataFrame]]:
    """Return the pairs that share a block, across lists where there are two, and the tables to compare."""
    import recordlinkage

    indexer = recordlinkage.Index()
    for column in blocks:
        indexer.block(column)
    tables = [table for _, table in rows.groupby("list")] if "list" in rows else [rows]
    return indexer.index(*tables), tables


def tutorial(rows: pd.DataFrame, _: str) -> Found:
    """Follow the library's tutorial for Febrl: one block, six fields, more than three must agree."""
    import recordlinkage

    pairs, tables = candidates(rows, ["given_name"])
    compare = recordlinkage.Compare()
    for column in ("given_name", "date_of_birth", "suburb", "state"):
        compare.exact(column, column)
    for column in ("surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=ALIKE)
    agreed = compare.compute(pairs, *tables)
    return list(agreed[agreed.sum(axis=1) > FEBRL_SUM].index)


def blocks_and_ecm(rows: pd.DataFrame, kind: str) -> Found:
    """Take all blocks, compare all fields, and let expectation and conditional maximisation divide the pairs."""
    import recordlinkage

    pairs, tables = candidates(rows, BLOCKS[kind])
    compare = recordlinkage.Compare()
    for column in TEXTS[kind]:
        compare.string(column, column, method="jarowinkler", threshold=ALIKE)
    for column in CODES[kind]:
        compare.string(column, column, method="damerau_levenshtein", threshold=ALIKE)
    for column in WHOLE[kind]:
        compare.exact(column, column)
    agreed = compare.compute(pairs, *tables)
    return list(recordlinkage.ECMClassifier().fit_predict(agreed))


def splink(rows: pd.DataFrame, kind: str) -> Found:
    """Estimate u from random pairs, m by EM under every block rule in turn; take links at even odds."""
    import splink.comparison_library as library
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    rules = [block_on(*([block] if isinstance(block, str) else block)) for block in SPLINK_BLOCKS[kind]]
    two = "list" in rows
    settings = SettingsCreator(
        link_type="link_only" if two else "dedupe_only",
        unique_id_column_name="entry_id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            *(library.JaroWinklerAtThresholds(column, [0.92, 0.8]) for column in TEXTS[kind]),
            *(library.DamerauLevenshteinAtThresholds(column, [1, 2]) for column in CODES[kind]),
            *(library.ExactMatch(column) for column in WHOLE[kind]),
        ],
    )
    database = DuckDBAPI()
    tables = [table for _, table in rows.groupby("list")] if two else [rows]
    linker = Linker([database.register(table.reset_index(drop=True)) for table in tables], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    found = linker.inference.predict(threshold_match_probability=EVEN_ODDS).as_pandas_dataframe()
    return list(zip(found["entry_id_l"], found["entry_id_r"], strict=True))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    run(Path(sys.argv[1]))
