"""Source rows for tests of cleaning, made from canonical fields."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.rules import load_pack
from minglu.register.schemas import ROWS

PACK = load_pack("pollution-2", None)


def rows(*records: dict[str, str | None]) -> pa.Table:
    """Return source rows from canonical fields; a field left out is null."""
    columns = {}
    for field in ROWS:
        name = field.name.removeprefix("raw_")
        given = {"list": "business", "file": "business.csv", "sheet": "", "extra": ""}
        columns[field.name] = [
            place if name == "row" else record.get(name, given.get(name)) for place, record in enumerate(records, 2)
        ]
    return pa.table(columns, schema=ROWS)


def one(**record: str | None) -> dict[str, Any]:
    """Return one row as it is cleaned."""
    return clean_rows(rows(record), PACK).to_pylist()[0]
