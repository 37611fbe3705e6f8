"""When a level of the rule table holds, where the table itself spells it out.  No pairs, no comparing.

    { key = "same", same = "phone", rows = 6, ... }     both rows have the phone, and at most six rows share it
    { key = "near", like = "surname", least = 0.8 }     at least 0.8 of the characters in common, in order
    { key = "swapped", crossed = ["first", "last"] }    the first name of one is the last name of the other
    { key = "different", differ = ["town", "area"] }    both say a town and another one, and the same of the area

A level holds where all of its keys do, and a pair comes out at the first level that holds.  What needs more
than that is a function in matching/comparing/comparisons.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from minglu.errors import RuleError

CONDITION_KEYS = ("same", "differ", "crossed", "like", "least", "rows")


@dataclass(frozen=True, slots=True)
class Condition:
    """Columns of the rows, and how the two sides of a pair must stand to each other in them."""

    same: tuple[str, ...] = ()
    """Both sides have a value, and it is the same."""
    differ: tuple[str, ...] = ()
    """Both sides have a value, and it is another one."""
    crossed: tuple[str, ...] = ()
    """Two columns that stand in each other's place."""
    like: tuple[str, ...] = ()
    """Texts with at least the share `least` of their characters in common, in order."""
    least: float = 1.0
    rows: int | None = None
    """At most so many rows share the value of the first column of `same`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns that it reads."""
        return (*self.same, *self.differ, *self.crossed, *self.like)


def read_condition(level: Mapping[str, Any], where: str) -> Condition | None:
    """Read the condition of a level, None where the table leaves it to a function.

    Raises RuleError for `least` without `like` (or the reverse), `rows` without `same`, `crossed` of other than two.
    """
    given = {key: level[key] for key in CONDITION_KEYS if key in level}
    if not given:
        return None
    columns = {key: _columns(given[key]) for key in ("same", "differ", "crossed", "like") if key in given}
    sound = ("like" in given) == ("least" in given) and not ("rows" in given and "same" not in given)
    if not sound or len(columns.get("crossed", ("", ""))) != 2:
        raise RuleError(
            en=f"{where} {level['key']}: found {given!r}. `like` goes with `least`, `rows` with `same`, "
            "`crossed` names two columns.",
            zh=f"{where} {level['key']}：得到 {given!r}。like 须与 least 同用，rows 须与 same 同用，crossed 须写两列。",
        )
    return Condition(**columns, least=given.get("least", 1.0), rows=given.get("rows"))


def _columns(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
