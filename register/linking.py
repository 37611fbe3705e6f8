"""Entries in, scored pairs and clusters out: wires the kernels of `matching` through the engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import ENTRY_COLUMNS, PARSED_COLUMNS, describe_rows
from minglu.matching.linkage import link_rows
from minglu.matching.model.thresholds import verdict_rules
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.matching.settings.linkage_settings import load_linkage_settings
from minglu.register.cleaning.entry_ids import ID_CHARACTERS
from minglu.register.clerical.reanchor_decisions import NO_RESOLVED_DECISIONS, ResolvedDecisions
from minglu.register.engine import Engine

FIRST_OF_EQUALS = f"substring(e.entry_id, 1, {ID_CHARACTERS})"
"""The id of the first of equal rows: later ones carry -2, -3 ... behind it (see `identity`)."""


def link_entries(
    engine: Engine,
    *,
    rules: Mapping[str, object],
    vocabulary: Vocabulary,
    standing: ResolvedDecisions = NO_RESOLVED_DECISIONS,
) -> None:
    """Decide which entries are one site and which sites are one legal unit; what people decided stands.

    Reads the engine table `entries` (ENTRIES).  Makes `scored_pairs` (links, pairs for
    review and near-misses; not every compared pair), `clusters` (every entry once),
    `cuts`, `uncompared`, `weights`, `linkage_figures`, `crowds` and `words` (with which any two entries
    can be compared again), as matching/linkage_schemas.py declares them.  `rules` is the rule pack's [linkage] table.
    Raises RuleError for an unknown key in it.

    Of rows that are equal in every cell only the first is compared; the others go where it goes.  They
    would teach the model that equal rows are the rule.  A copy that somebody decided about is compared.
    """
    # Long: the steps in their order, and a docstring that names every table.
    wanted = verdict_rules(rules)
    columns = ", ".join(f"e.{name}" for name in (*ENTRY_COLUMNS, *PARSED_COLUMNS))
    engine.put("named", pa.table({"entry_id": pa.array(standing.named(), pa.string())}))
    engine.sql(
        "linkage_input",
        f"SELECT {columns} FROM entries e LEFT JOIN named n ON n.entry_id = e.entry_id "
        f"WHERE e.entry_id = {FIRST_OF_EQUALS} OR n.entry_id IS NOT NULL",
    )
    described = engine.flow(partial(describe_rows, vocabulary=vocabulary), "linkage_input", order_by="entry_id")
    rows = coded_rows(described, spread=engine.spread)
    engine.drop("linkage_input", "named")
    decided = standing.decided(rows.entry_id)
    linkage = link_rows(rows, load_linkage_settings(), wanted, decided, spread=engine.spread, connect=engine.components)
    for name, table in linkage.tables().items():
        engine.put(name, table)
    engine.put("words", vocabulary.table())
    engine.sql("linked", "SELECT * FROM clusters")
    engine.sql(
        "clusters",
        "SELECT e.entry_id, coalesce(own.site_key, first.site_key) AS site_key, "
        "coalesce(own.legal_key, first.legal_key) AS legal_key FROM entries e "
        "LEFT JOIN linked own ON own.entry_id = e.entry_id "
        f"LEFT JOIN linked first ON first.entry_id = {FIRST_OF_EQUALS}",
    )
    engine.drop("linked")
