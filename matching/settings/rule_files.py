"""Rule tables of linkage: arrays of TOML tables, refused when a key is unknown or missing.  No meaning of any rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from minglu.common.typed_toml import check_keys, read_toml


def read_rules(
    file: str,
    *,
    tables: Mapping[str, tuple[Collection[str], Collection[str]]],
    single: Collection[str] = (),
    folder: Traversable | None = None,
) -> dict[str, Any]:
    """Read `file` of `folder`, or of matching/rules; `tables`: its arrays of tables, (required, optional) keys.

    `single` names the plain tables, whose keys the caller checks.

    Raises RuleError for an unknown or missing key, with the nearest known name.
    """
    content = read_toml((folder or resources.files("minglu.matching.rules")) / file)
    check_keys(content, known={*tables, *single}, where=file)
    for table, (required, optional) in tables.items():
        for number, row in enumerate(content.get(table, []), start=1):
            where = f"{file} [[{table}]] {row.get('name', number)}"
            check_keys(row, known={*required, *optional}, required=required, where=where)
    return content
