"""Facts that enumerators established: field.jsonl, an append-only log with a hash chain.

Lines are `fact` (an answer about a known unit, or a new one) and `undo` (takes back a line).  How lines are
chained is described in `hash_chain`.  A later answer about a unit does not erase an earlier one; it is believed more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.hash_chain import START, append_records, read_records, refuse_line

SCHEMA = "minglu/field/1"
DEFAULT_NAME = "field.jsonl"
CONFIRMED, CORRECTED, CLOSED, NOT_FOUND = "confirmed", "corrected", "closed", "not_found"
MOVED, DUPLICATE, NEW = "moved", "duplicate", "new"
ANSWERS: Mapping[str, tuple[str, str]] = {
    CONFIRMED: ("确认", "confirmed"),
    CORRECTED: ("更正", "corrected"),
    CLOSED: ("关闭", "closed"),
    NOT_FOUND: ("现场未找到", "not found"),
    MOVED: ("迁往其他小区", "moved to another district"),
    DUPLICATE: ("重复于", "duplicate of"),
    NEW: ("新增", "new"),
}
VALUES = (
    "name",
    "uscc",
    "site_address",
    "industry_code",
    "industry",
    "status",
    "measures",
    "lon",
    "lat",
    "district_code",
)
"""Canonical fields that the field may state, and size and permit class (see `measures`)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found on the ground."""

    answer: str
    """A key of ANSWERS."""
    unit: str
    """unit_id on the sheet; empty for a new unit."""
    anchors: tuple[Anchor, ...]
    """The unit's entries, by which it is found again."""
    by: str
    when: str
    why: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    """unit_id of the unit that it duplicates, or that a new unit is a further site of."""
    of_anchors: tuple[Anchor, ...] = ()
    run: str = ""
    """The run whose sheet was filled in."""
    line: int = 0
    """Its line in the file, from 1; 0 while it is not written."""

    def says(self) -> tuple[object, ...]:
        """Return what it states, whoever states it and when: equal facts are one."""
        return self.answer, self.unit, tuple(sorted(self.values.items())), self.of


@dataclass(frozen=True, slots=True)
class FieldChain:
    """The file as read and verified."""

    path: Path | None
    lines: int
    head: str
    facts: tuple[Fact, ...]
    """Those that stand, in the order of their lines."""
    undone: int

    def counts(self) -> dict[str, int]:
        """Return how many facts stand by answer."""
        found = Counter(one.answer for one in self.facts)
        return {answer: found[answer] for answer in ANSWERS}


NO_FIELD = FieldChain(None, 0, START, (), 0)


def read_field(path: Path | None) -> FieldChain:
    """Read facts and verify the chain; no file yet means no fact.  Raises SourceError, naming the line."""
    if path is None:
        return NO_FIELD
    records, head = read_records(path, SCHEMA)
    standing: dict[int, Fact] = {}
    undone = 0
    for number, record in enumerate(records, 1):
        match record.get("act"):
            case "fact":
                standing[number] = _fact(path, number, record)
            case "undo" if record.get("undoes") in standing:
                del standing[record["undoes"]]
                undone += 1
            case "undo":
                refuse_line(path, number, "it undoes no standing fact", "所撤销的事实不存在或已撤销")
            case _:
                refuse_line(path, number, "unknown act", "未知的 act")
    return FieldChain(path, len(records), head, tuple(standing.values()), undone)


def append_facts(path: Path, records: Sequence[Mapping[str, Any]], *, head: str) -> FieldChain:
    """Append records to the chain that ends in `head`, all or none; returns the new chain."""
    append_records(path, SCHEMA, records, head=head, check=read_field)
    return read_field(path)


def fact_record(fact: Fact) -> dict[str, Any]:
    """Return the record of a fact for `append_facts`."""
    return {"act": "fact", **{key: value for key, value in asdict(fact).items() if key != "line"}}


def _fact(path: Path, number: int, record: Mapping[str, Any]) -> Fact:
    try:
        anchors, of_anchors = (tuple(Anchor(**side) for side in record[key]) for key in ("anchors", "of_anchors"))
        texts = {key: record[key] for key in ("answer", "unit", "by", "when", "why", "of", "run")}
        values = dict(record["values"])
    except (KeyError, TypeError, ValueError):
        refuse_line(path, number, "it is not a whole fact", "不是完整的事实")
    all_texts = [*texts.values(), *values.values(), *(getattr(a, f.name) for a in anchors for f in fields(Anchor))]
    known = texts["answer"] in ANSWERS and set(values) <= set(VALUES)
    placed = bool(texts["unit"]) == bool(anchors) == (texts["answer"] != NEW)
    if not (known and placed and all(isinstance(text, str) for text in all_texts)):
        refuse_line(path, number, "unknown answer or value", "未知的结果或字段")
    return Fact(anchors=anchors, of_anchors=of_anchors, values=values, line=number, **texts)
