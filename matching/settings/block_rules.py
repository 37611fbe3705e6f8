"""The blocking rules: which columns two rows must share to be compared, read from blocking.toml."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable

from minglu.matching.settings.rule_files import read_rules

RULE_BITS = 6  # a pair travels as one word: left, right, rule


@dataclass(frozen=True, slots=True)
class BlockRule:
    """One row of blocking.toml."""

    name: str
    columns: tuple[str, ...]
    cap: int
    then: tuple[str, ...]
    on_code: bool = False
    parts_from: int | None = None
    """Where given, blocks above the cap are cut into parts of `cap` rows, the first of them of so many: with a second
    rule that cuts elsewhere all rows of a block stay connected, though not each pair is compared."""


def load_block_rules(folder: Traversable | None = None) -> tuple[BlockRule, ...]:
    """Read blocking.toml of `folder`, or the register's; raises RuleError for unknown keys."""
    required, optional = ("name", "columns", "cap", "then", "source", "since"), ("on_code", "parts_from")
    rows = read_rules("blocking.toml", tables={"rule": (required, optional)}, folder=folder)["rule"]
    rules = tuple(
        BlockRule(
            row["name"],
            columns=tuple(row["columns"]),
            cap=row["cap"],
            then=tuple(row["then"]),
            on_code=row.get("on_code", False),
            parts_from=row.get("parts_from"),
        )
        for row in rows
    )
    assert [rule.on_code for rule in rules] == sorted(rule.on_code for rule in rules), "rules on codes come last"
    assert len(rules) < 1 << RULE_BITS
    return rules
