"""Entries in, scored pairs and clusters out: wires the kernels of `matching` through the engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from minglu.matching.features import describe
from minglu.matching.linkage import link_rows
from minglu.matching.rows import ENTRY_COLUMNS, PARSED_COLUMNS, coded_rows, encode_rows
from minglu.matching.verdicts import verdict_rules
from minglu.matching.vocabulary import Vocabulary
from minglu.register.engine import Engine
from minglu.register.refind import NO_STANDING, Standing


def link_entries(
    engine: Engine, *, rules: Mapping[str, object], vocabulary: Vocabulary, standing: Standing = NO_STANDING
) -> None:
    """Decide which entries are one site and which sites are one legal unit; what people decided stands.

    Reads the engine table `entries` (ENTRIES).  Makes `scored_pairs` (links, pairs for
    review and near-misses; not every compared pair), `clusters` (every entry once),
    `cuts`, `uncompared`, `weights` and `linkage_figures`, as matching/tables.py
    declares them.  `rules` is the rule pack's [linkage] table.  Raises RuleError for
    an unknown key in it.
    """
    wanted = verdict_rules(rules)
    columns = ", ".join((*ENTRY_COLUMNS, *PARSED_COLUMNS))
    engine.sql("linkage_input", f"SELECT {columns} FROM entries")
    engine.map("linkage_rows", partial(describe_rows, vocabulary=vocabulary), "linkage_input")
    engine.drop("linkage_input")
    rows = coded_rows(engine.get("linkage_rows", order_by="entry_id"))
    engine.drop("linkage_rows")
    linkage = link_rows(rows, wanted, standing.decided(rows.entry_id))
    for name, table in linkage.tables().items():
        engine.put(name, table)


def describe_rows(entries: pa.Table, *, vocabulary: Vocabulary) -> pa.Table:
    """Parse and code one batch of entries: text goes in, numbers come out."""
    return encode_rows(entries, describe(entries, vocabulary))
