"""Clerical decisions about pairs of entries: decisions.jsonl, an append-only log with a hash chain.

How lines are chained is described in `hash_chain`.  They are of three kinds: `decide` (a pair and its relation),
`undo` (takes back a line), `sample` (the design of a clerical sample, to which `decide` lines may refer).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.clerical.contradictions import PairDecision, find_contradiction
from minglu.register.clerical.hash_chain import START, append_records, read_records, refuse_line

SCHEMA = "minglu/decisions/1"
SAME_SITE, SAME_LEGAL, DIFFERENT, UNDECIDED = "same_site", "same_legal", "different", "undecided"
WORDS: Mapping[str, tuple[str, str]] = {
    SAME_SITE: ("同一单位", "same unit"),
    SAME_LEGAL: ("同一法人不同场所", "same legal unit, other site"),
    DIFFERENT: ("不同单位", "different units"),
    UNDECIDED: ("待定", "undecided"),
}
DEFAULT_NAME = "decisions.jsonl"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One side of a decided pair: its entry, and enough of its content to find it again under another id."""

    entry: str
    list: str
    name: str
    uscc: str
    permit_no: str
    place: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One pair that a person judged."""

    left: Anchor
    right: Anchor
    relation: str
    """A key of WORDS."""
    by: str
    when: str
    why: str
    run: str = ""
    """The run whose sheet was filled in."""
    sample: str = ""
    """Which clerical sample drew the pair, or empty."""
    stratum: str = ""
    line: int = 0
    """Its line in the file, from 1; 0 while it is not written."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The file as read and verified."""

    path: Path | None
    lines: int
    head: str
    """The sha256 of the last line; zeros where there is none."""
    decisions: tuple[Decision, ...]
    """Those that stand, in the order of their lines."""
    undone: int
    samples: tuple[Mapping[str, Any], ...]
    """Designs of clerical samples, in the order of their lines."""

    def counts(self) -> dict[str, int]:
        """Return how many pairs stand decided by relation; each pair counts once, as undecided only if it is."""
        ordered = sorted(self.decisions, key=lambda one: one.relation != UNDECIDED)
        pairs = {(one.left.entry, one.right.entry): one.relation for one in ordered}
        found = Counter(pairs.values())
        return {relation: found.get(relation, 0) for relation in WORDS}


NO_CHAIN = Chain(None, 0, START, (), 0, ())


def read_chain(path: Path | None) -> Chain:
    """Read decisions and verify the chain; no file yet means no decision.

    Raises SourceError, naming the line, where the chain is broken, a line is not as it
    must be, or two lines contradict each other.
    """
    if path is None:
        return NO_CHAIN
    records, head = read_records(path, SCHEMA)
    chain = _make(path, records, head)
    _refuse_contradictions(chain)
    return chain


def append_lines(path: Path, records: Sequence[Mapping[str, Any]], *, head: str) -> Chain:
    """Append records to the chain that ends in `head`, all or none; returns the new chain.

    The new file is verified before it takes the old one's place.  Raises SourceError for
    a contradiction, UsageError where somebody else appended since `head` was read.
    """
    append_records(path, SCHEMA, records, head=head, check=read_chain)
    return read_chain(path)


def decide_record(decision: Decision) -> dict[str, Any]:
    """Return the record of a decision for `append_lines`."""
    unsaid = {key for key in ("run", "sample", "stratum") if not getattr(decision, key)}
    return {"act": "decide", **{key: value for key, value in asdict(decision).items() if key not in {"line", *unsaid}}}


def sample_record(sample: str, run: str, strata: Sequence[Mapping[str, Any]], *, by: str, when: str) -> dict[str, Any]:
    """Return the record that keeps the design of a clerical sample."""
    return {"act": "sample", "sample": sample, "run": run, "strata": list(strata), "by": by, "when": when, "why": ""}


def pair_decisions(decisions: Sequence[Decision]) -> list[PairDecision]:
    """Return decisions as pairs of entry ids with a relation, each named by its line."""
    return [
        PairDecision(d.left.entry, d.right.entry, d.relation, str(d.line)) for d in decisions if d.relation != UNDECIDED
    ]


def _make(path: Path, records: Sequence[Mapping[str, Any]], head: str) -> Chain:
    standing: dict[int, Decision] = {}
    samples, undone = [], 0
    for number, record in enumerate(records, 1):
        match record.get("act"):
            case "decide":
                standing[number] = _decision(path, number, record)
            case "undo" if record.get("undoes") in standing:
                del standing[record["undoes"]]
                undone += 1
            case "undo":
                refuse_line(path, number, "it undoes no standing decision", "所撤销的判定不存在或已撤销")
            case "sample":
                samples.append(record)
            case _:
                refuse_line(path, number, "unknown act", "未知的 act")
    return Chain(path, len(records), head, tuple(standing.values()), undone, tuple(samples))


def _decision(path: Path, number: int, record: Mapping[str, Any]) -> Decision:
    sides = []
    for side in ("left", "right"):
        found = record.get(side)
        names = {field.name for field in fields(Anchor)}
        if not isinstance(found, dict) or set(found) != names or not all(isinstance(v, str) for v in found.values()):
            refuse_line(path, number, f"{side} is not an entry", f"{side} 不是条目")
        sides.append(Anchor(**found))
    if record.get("relation") not in WORDS or sides[0].entry >= sides[1].entry:
        refuse_line(path, number, "unknown relation, or sides out of order", "关系未知，或两侧次序有误")
    texts = {key: str(record.get(key, "")) for key in ("by", "when", "why", "run", "sample", "stratum")}
    return Decision(sides[0], sides[1], record["relation"], **texts, line=number)


def _refuse_contradictions(chain: Chain) -> None:
    found = find_contradiction(pair_decisions(chain.decisions))
    if found is not None:
        one, others = found
        lines = ", ".join(other.where for other in others)
        raise SourceError(
            en=f"{chain.path} line {one.where}: it contradicts line {lines}. "
            "Undo one of them with `minglu review undo`.",
            zh=f"{chain.path} 第 {one.where} 行：与第 {lines} 行矛盾。请用 `minglu review undo` 撤销其一。",
        )


def decision_lines(say: Callable[[str, str], None], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Tell rows of the table `decisions` in words, Chinese and English; returns them."""
    for row in rows:
        zh, en = WORDS[row["relation"]]
        why = f"  {row['why']}" if row["why"] else ""
        pair = f"{row['left']} ~ {row['right']}"
        say(
            f"  {pair}  人工判定：{zh}（{row['by']}，{row['when']}，第 {row['line']} 行）{why}",
            f"  {pair}  decided by {row['by']} on {row['when']}: {en} (line {row['line']}){why}",
        )
    return list(rows)
