"""Field facts re-anchored in the lists of today: each with the entry that it is about, or lost.

The unit's id is followed through the earlier run (its rows there are anchors as well); else the rows that the
unit had when the sheet was written are looked for, by id and by content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import pyarrow as pa

from minglu.register.clerical.contradictions import PairDecision
from minglu.register.clerical.decisions import SAME_LEGAL, SAME_SITE, Anchor
from minglu.register.clerical.field_facts.fact_chain import DUPLICATE, NEW, NO_FIELD, Fact, FieldChain
from minglu.register.clerical.reanchor_decisions import find_entries
from minglu.register.config.census_file import FIELD
from minglu.register.engine import Engine


@dataclass(frozen=True, slots=True)
class Placed:
    """One standing fact with the entries of today that it is about."""

    fact: Fact
    entries: tuple[str, ...]
    """Entries of the unit; of a new unit the entry that was made of it.  Empty where it is lost."""
    of_entries: tuple[str, ...] = ()
    """Entries of the unit that it duplicates, or that a new unit is a further site of."""

    @property
    def lost(self) -> bool:
        """Return whether a unit that the fact is about can't be found."""
        return not self.entries or (self.fact.answer == DUPLICATE and not self.of_entries)


@dataclass(frozen=True, slots=True)
class ResolvedFacts:
    """All standing facts of a chain, in the order of their lines."""

    chain: FieldChain
    facts: tuple[Placed, ...]

    @property
    def lost(self) -> int:
        """Return how many facts are lost."""
        return sum(one.lost for one in self.facts)

    def duplicates(self) -> frozenset[str]:
        """Return the units that the field called duplicates of others, by the ids on the sheets."""
        return frozenset(one.fact.unit for one in self.facts if one.fact.answer == DUPLICATE and not one.lost)

    def pair_decisions(self) -> list[PairDecision]:
        """Return what the field says of pairs of entries, each named by its line.

        A duplicate makes all rows of both units one; a further site is one of the same legal unit, but no
        row of the site that names it.
        """
        name = self.chain.path.name if self.chain.path is not None else ""
        found: dict[tuple[str, str], PairDecision] = {}
        for one in self.facts:
            if not (one.entries and one.of_entries):
                continue
            duplicate = one.fact.answer == DUPLICATE
            pairs = pairwise((*one.entries, *one.of_entries)) if duplicate else product(one.entries, one.of_entries)
            for left, right in pairs:
                if left != right:
                    sides = min(left, right), max(left, right)
                    relation = SAME_SITE if duplicate else SAME_LEGAL
                    found.setdefault(sides, PairDecision(*sides, relation, f"{name}:{one.fact.line}"))
        return list(found.values())


NO_RESOLVED_FACTS = ResolvedFacts(NO_FIELD, ())


def reanchor_facts(engine: Engine, chain: FieldChain, *, earlier: bool) -> ResolvedFacts:
    """Find the entries of every standing fact in `entries`; with an `earlier` run also by its `earlier_*` tables."""
    if not chain.facts:
        return ResolvedFacts(chain, ())
    carried = _carried(engine, chain.facts) if earlier else {}
    wanted = {side for one in chain.facts for side in (*one.anchors, *one.of_anchors)}
    found = find_entries(engine, [*wanted, *(side for sides in carried.values() for side in sides)])

    made = _new_entries(engine)

    def entries_of(unit: str, anchors: Sequence[Anchor]) -> tuple[str, ...]:
        sides = (*carried.get(unit, ()), *anchors)
        return tuple(dict.fromkeys(found[side] for side in sides if found.get(side)))

    return ResolvedFacts(
        chain,
        tuple(
            Placed(
                one,
                made.get(one.line, ()) if one.answer == NEW else entries_of(one.unit, one.anchors),
                entries_of(one.of, one.of_anchors),
            )
            for one in chain.facts
        ),
    )


def _new_entries(engine: Engine) -> dict[int, tuple[str, ...]]:
    """Return the entry that was made of each new unit, by the line of its fact."""
    engine.sql("new_units", f'SELECT "row" AS line, entry_id FROM entries WHERE "list" = \'{FIELD}\'')
    rows = engine.get("new_units", order_by="line").to_pylist()
    engine.drop("new_units")
    return {row["line"]: (row["entry_id"],) for row in rows}


def _carried(engine: Engine, facts: Sequence[Fact]) -> Mapping[str, Sequence[Anchor]]:
    """Return the rows that the units of facts had in the earlier run."""
    units = sorted({unit for one in facts for unit in (one.unit, one.of) if unit})
    engine.put("wanted_units", pa.table({"unit_id": pa.array(units, pa.string())}))
    engine.sql(
        "carried",
        "SELECT m.unit_id, e.* FROM earlier_members m JOIN wanted_units w ON w.unit_id = m.unit_id "
        "JOIN earlier_entries e ON e.entry_id = m.entry_id",
    )
    rows = engine.get("carried", order_by="unit_id, entry_id").to_pylist()
    engine.drop("wanted_units", "carried")
    anchors = defaultdict(list)
    for row in rows:
        unit, entry = row.pop("unit_id"), row.pop("entry_id")
        anchors[unit].append(Anchor(entry=entry, **row))
    return anchors
