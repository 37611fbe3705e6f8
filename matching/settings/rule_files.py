"""Rule tables: read, and refused when a key is unknown.  No meaning of any rule."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from minglu.errors import RuleError


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
    text = ((folder or resources.files("minglu.matching.rules")) / file).read_text(encoding="utf-8")
    content = tomllib.loads(text)
    check_keys(content, known={*tables, *single}, where=file)
    for table, (required, optional) in tables.items():
        for number, row in enumerate(content.get(table, []), start=1):
            where = f"{file} [[{table}]] {row.get('name', number)}"
            check_keys(row, known={*required, *optional}, where=where)
            for key in sorted(set(required) - row.keys()):
                raise RuleError(en=f"{where}: no key {key!r}. Add it.", zh=f"{where}：缺少 {key!r}，请补上。")
    return content


def check_keys(found: Collection[str], *, known: Collection[str], where: str) -> None:
    """Raise RuleError for the first key that is not known, naming the nearest one."""
    for key in sorted(set(found) - set(known)):
        near = difflib.get_close_matches(key, known, n=1)
        hint_en = f" Did you mean {near[0]!r}?" if near else f" Expected one of {', '.join(sorted(known))}."
        hint_zh = f" 是否应为 {near[0]!r}？" if near else f" 应为下列之一：{'、'.join(sorted(known))}。"
        raise RuleError(en=f"{where}: unknown key {key!r}.{hint_en}", zh=f"{where}：不认识的键 {key!r}。{hint_zh}")
