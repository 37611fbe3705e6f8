"""Any table of text as rows to be linked, for the settings that spells out all of its comparisons.

The register's own rows, with parsed names and addresses, come from rows.py.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import RuleError
from minglu.matching.encoding.coded_records import CodedRows, number_columns
from minglu.matching.encoding.term_frequencies import count_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.settings.level_conditions import Condition
from minglu.matching.settings.linkage_settings import LinkageSettings


def plain_rows(table: pa.Table, settings: LinkageSettings) -> CodedRows:
    """Code a table of text columns, ordered by entry_id, empty text for a missing value.

    A column called `list` says which list a row stands on; without it the table is one
    list that may name a unit any number of times.  Columns called `org_code`, `branch`,
    `permit_no` and `permit_serial` mean what they mean in a register: of each, one site holds one value.

    Raises RuleError for a column that the settings reads and the table has not.
    """
    conditions = [level.when for comparison in settings.comparisons for level in comparison.levels if level.when]
    _check_columns(table, settings, conditions)
    names = [name for name in table.column_names if name != "entry_id"]
    codes = dict(zip(names, number_columns([hash_text(table[name]) for name in names]), strict=True))
    nowhere = np.full(table.num_rows, np.nan)
    return CodedRows(
        entry_id=table["entry_id"].cast(pa.string()).combine_chunks(),
        codes=codes,
        texts={
            name: pc.fill_null(table[name].cast(pa.large_string()), "").combine_chunks()
            for name in sorted({name for condition in conditions for name in condition.like})
        },
        lon=nowhere,
        lat=nowhere,
        precision_m=nowhere,
        frequencies={
            name: count_rows(codes[name])
            for name in sorted({condition.same[0] for condition in conditions if condition.rows is not None})
        },
    )


def _check_columns(table: pa.Table, settings: LinkageSettings, conditions: list[Condition]) -> None:
    """Raise RuleError for the first column that blocking or comparing reads and the table has not."""
    read = {name for condition in conditions for name in condition.columns}
    read |= {name for rule in settings.blocks for name in (*rule.columns, *rule.then)}
    for name in sorted(read - {*table.column_names}):
        known = sorted(table.column_names)
        raise RuleError(
            en=f"The rules read a column {name!r} that the table has not. It has {', '.join(known)}.",
            zh=f"规则用到 {name!r} 列，而表中没有。表中有：{'、'.join(known)}。",
        )
