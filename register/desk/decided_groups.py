"""Units as the decisions so far join and part them, and the questions that are thereby decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from minglu.common.graphs import disjoint_sets
from minglu.register.clerical.decisions import DIFFERENT, SAME_LEGAL, SAME_SITE
from minglu.register.desk.queries.open_questions import Question

Answer = tuple[str, str, str]
"""Left entry, right entry, relation."""


class DecidedGroups:
    """Units and legal units as decisions join and part them; entries of another run stand for themselves."""

    def __init__(self, unit_of: Mapping[str, str], legal_of: Mapping[str, str], decided: Iterable[Answer]) -> None:
        self._unit_of, self._legal_of = unit_of, legal_of
        self._apart: set[frozenset[str]] = set()
        self._answers = list(decided)
        self._pairs = {frozenset(answer[:2]) for answer in self._answers}
        self._sets = disjoint_sets(self._links())
        for left, right, relation in self._answers:
            if relation == DIFFERENT:
                self._apart.add(frozenset((self._root(self._unit(left)), self._root(self._unit(right)))))

    def also(self, answers: Sequence[Answer]) -> DecidedGroups:
        """Return the groups as they would be with further answers."""
        return DecidedGroups(self._unit_of, self._legal_of, [*self._answers, *answers])

    def units(self, question: Question) -> int:
        """Return how many units the rows of a question are in."""
        return len({self._root(self._unit(entry)) for entry in question.side})

    def settles(self, question: Question) -> bool:
        """Return whether every pair of a question is decided, or follows from what is."""
        return all(self._settles_pair(pair, question.kind) for pair in question.pairs)

    def _settles_pair(self, pair: tuple[str, str], kind: str) -> bool:
        if frozenset(pair) in self._pairs:
            return True
        one, two = (self._unit(entry) for entry in pair)
        if one == two:  # a row doubted in its own unit: only an answer about it settles that
            return False
        if self._root(one) == self._root(two) or frozenset((self._root(one), self._root(two))) in self._apart:
            return True
        legals = [self._legal(entry) for entry in pair]
        return kind == "legal" and legals[0] != legals[1] and self._root(legals[0]) == self._root(legals[1])

    def _links(self) -> Iterator[tuple[str, str]]:
        """Yield the units and the legal units that an answer joins."""
        for left, right, relation in self._answers:
            if relation == SAME_SITE:
                yield self._unit(left), self._unit(right)
            if relation in {SAME_SITE, SAME_LEGAL}:
                yield self._legal(left), self._legal(right)

    def _unit(self, entry: str) -> str:
        return self._unit_of.get(entry, entry)

    def _legal(self, entry: str) -> str:
        return self._legal_of.get(entry, f"legal {entry}")

    def _root(self, node: str) -> str:
        return self._sets[node] if node in self._sets else node  # noqa: SIM401 - a set has no `get`
