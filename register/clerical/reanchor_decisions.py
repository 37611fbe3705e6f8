"""Decisions re-anchored after a rebuild: by entry id, else by content that only one entry has.

An entry's id is made from every cell of its row, so a corrected telephone number changes
it.  What was decided is about the unit that the row describes: list, name, codes and place.
Where no entry, or more than one, fits, the decision is reported as lost and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from minglu.errors import SourceError
from minglu.matching.clustering.constraints import NOTHING_DECIDED, Decided
from minglu.register.clerical.contradictions import PairDecision, find_contradiction
from minglu.register.clerical.decisions import NO_CHAIN, UNDECIDED, Anchor, Chain, Decision
from minglu.register.engine import Engine
from minglu.register.schemas import DECISIONS

RELATIONS = ("different", "same_legal", "same_site")
FOUND, REFOUND, LOST = "found", "refound", "lost"
PLACE = "CASE WHEN site_address <> '' THEN site_address ELSE address END"
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReanchoredDecision:
    """One standing decision with its entries of today; empty ids where they are lost."""

    decision: Decision
    left: str
    right: str
    state: str
    """found (by id) | refound (by content) | lost"""


@dataclass(frozen=True, slots=True)
class ResolvedDecisions:
    """All standing decisions of a chain, in the order of their lines."""

    chain: Chain
    found: tuple[ReanchoredDecision, ...]
    further: tuple[PairDecision, ...] = ()
    """Pairs of today's entries that the field judged: they bind, and teach nothing (nobody chose them by score)."""

    def named(self) -> list[str]:
        """Return the entries that somebody judged, sorted."""
        sides = {side for pair in self.further for side in (pair.left, pair.right)}
        return sorted(sides | {side for one in self.found for side in (one.left, one.right)})

    def count(self, state: str) -> int:
        """Return how many decisions are in a state."""
        return sum(one.state == state for one in self.found)

    def decided(self, entry_id: pa.Array) -> Decided:
        """Return the decided pairs as row numbers of `entry_id`, each pair once; undecided and lost ones not."""
        by_clerks = {
            (one.left, one.right): one.decision.relation
            for one in self.found
            if one.state != LOST and one.decision.relation != UNDECIDED
        }
        kept = {(one.left, one.right): one.relation for one in self.further} | by_clerks
        if not kept:
            return NOTHING_DECIDED
        wanted = pa.array(sorted({side for pair in kept for side in pair}), pa.string())
        spot = {one: n for n, one in enumerate(wanted.to_pylist())}
        rows = pa.compute.index_in(wanted, entry_id).to_numpy(zero_copy_only=False).astype(np.int64)
        sides = np.array([[rows[spot[left]], rows[spot[right]]] for left, right in kept], dtype=np.int64)
        sides.sort(axis=1)
        relation = np.array([RELATIONS.index(relation) for relation in kept.values()], dtype=np.int64)
        return Decided(sides[:, 0], sides[:, 1], relation, np.array([pair in by_clerks for pair in kept]))

    def table(self) -> pa.Table:
        """Return the table `decisions`."""
        rows = [
            {
                "line": one.decision.line,
                "left": one.left,
                "right": one.right,
                "relation": one.decision.relation,
                "state": one.state,
                **{key: getattr(one.decision, key) for key in ("by", "when", "why", "sample", "stratum")},
            }
            for one in self.found
        ]
        return pa.Table.from_pylist(rows, schema=DECISIONS)


NO_RESOLVED_DECISIONS = ResolvedDecisions(NO_CHAIN, ())


def reanchor_decisions(engine: Engine, chain: Chain, further: Sequence[PairDecision] = ()) -> ResolvedDecisions:
    """Find the entries of every standing decision in the engine table `entries`; makes the table `decisions`.

    `further` are pairs of today's entries that others than clerks judged.

    Raises SourceError where decisions that once were about different entries now contradict each other.
    """
    sides = [side for one in chain.decisions for side in (one.left, one.right)]
    standing = ResolvedDecisions(chain, tuple(_found(find_entries(engine, sides), chain.decisions)), tuple(further))
    _refuse_contradictions(standing)
    engine.put("decisions", standing.table())
    return standing


def find_entries(engine: Engine, sides: Sequence[Anchor]) -> dict[Anchor, str]:
    """Return for each anchor its entry of today in the engine table `entries`, or ""."""
    entries = _Entries(_candidates(engine, sides))
    return {side: entries.find(side) for side in sides}


def _candidates(engine: Engine, sides: Sequence[Anchor]) -> list[Mapping[str, str]]:
    """Return the few entries that share an id, a name or a code with a wanted one."""
    if not sides:
        return []
    anchors = {key: pa.array([getattr(side, key) for side in sides], pa.string()) for key in Anchor.__slots__}
    engine.put("anchors", pa.table(anchors))
    known = " OR ".join(
        f"({column} <> '' AND {column} IN (SELECT {key} FROM anchors))"
        for column, key in (("entry_id", "entry"), ("name", "name"), ("uscc", "uscc"), ("permit_no", "permit_no"))
    )
    engine.sql(
        "candidates",
        f'SELECT entry_id AS entry, "list", name, uscc, permit_no, {PLACE} AS place FROM entries WHERE {known}',
    )
    rows: list[Mapping[str, str]] = engine.get("candidates", order_by="entry").to_pylist()
    engine.drop("anchors", "candidates")
    return rows


class _Entries:
    """Entries by id, and by content that identifies them."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.ids = {row["entry"] for row in rows}
        self.by_key: dict[Key, set[str]] = {}
        for row in rows:
            for key in _keys(Anchor(**row)):
                self.by_key.setdefault(key, set()).add(row["entry"])

    def find(self, anchor: Anchor) -> str:
        """Return the entry of today, or ""."""
        if anchor.entry in self.ids:
            return anchor.entry
        for key in _keys(anchor):
            if len(fitting := self.by_key.get(key, set())) == 1:
                return next(iter(fitting))
            if fitting:
                return ""
        return ""


def _keys(anchor: Anchor) -> Iterator[Key]:
    """Yield what identifies an entry in its list, the strictest first: everything, or a code with name or place."""
    codes = (anchor.list, anchor.uscc, anchor.permit_no)
    if anchor.name and (anchor.place or any(codes[1:])):
        yield ("all", *codes, anchor.name, anchor.place)
    if any(codes[1:]):
        if anchor.name:
            yield ("name", *codes, anchor.name)
        if anchor.place:
            yield ("place", *codes, anchor.place)


def _found(entries: Mapping[Anchor, str], decisions: Sequence[Decision]) -> Iterator[ReanchoredDecision]:
    for one in decisions:
        left, right = entries[one.left], entries[one.right]
        if not left or not right or left == right:
            yield ReanchoredDecision(one, "", "", LOST)
        else:
            state = FOUND if (left, right) == (one.left.entry, one.right.entry) else REFOUND
            yield ReanchoredDecision(one, min(left, right), max(left, right), state)


def _refuse_contradictions(standing: ResolvedDecisions) -> None:
    judged = [
        PairDecision(one.left, one.right, one.decision.relation, str(one.decision.line))
        for one in standing.found
        if one.state != LOST and one.decision.relation != UNDECIDED
    ]
    found = find_contradiction([*standing.further, *judged])
    if found is not None:
        one, others = found
        lines = ", ".join(other.where for other in others)
        raise SourceError(
            en=f"{standing.chain.path} line {one.where}: in today's lists it contradicts line {lines}. "
            "Undo one of them with `minglu review undo`.",
            zh=f"{standing.chain.path} 第 {one.where} 行：按现有名单与第 {lines} 行矛盾。"
            "请用 `minglu review undo` 撤销其一。",
        )
