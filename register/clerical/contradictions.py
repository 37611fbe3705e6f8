"""The first contradiction among decisions on pairs, with the decisions that make it.

a = b and b = c leave no room for a != c; and what is one site can't be two sites of one
legal unit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from minglu.common.graphs import disjoint_sets


class PairDecision(NamedTuple):
    """One pair with its relation, and where it was decided."""

    left: str
    right: str
    relation: str
    """same_site | same_legal | different"""
    where: str


def find_contradiction(judged: Sequence[PairDecision]) -> tuple[PairDecision, tuple[PairDecision, ...]] | None:
    """Return the first decision that others contradict, with those others; None where all agree.

    >>> same = [PairDecision("x", "y", "same_site", "1"), PairDecision("y", "z", "same_site", "2")]
    >>> find_contradiction(same) is None
    True
    >>> found = find_contradiction([*same, PairDecision("x", "z", "different", "3")])
    >>> found[0].where, [other.where for other in found[1]]
    ('3', ['1', '2'])
    """
    same_site = _Graph(one for one in judged if one.relation == "same_site")
    same_legal = _Graph(one for one in judged if one.relation != "different")
    for one in judged:
        graph = {"same_legal": same_site, "different": same_legal}.get(one.relation)
        if graph is not None and (path := graph.path(one.left, one.right)):
            return one, path
    return None


class _Graph:
    """Decisions that join, as a graph with its components."""

    def __init__(self, joins: Iterable[PairDecision]) -> None:
        self.edges: dict[str, list[tuple[str, PairDecision]]] = {}
        for join in joins:
            self.edges.setdefault(join.left, []).append((join.right, join))
            self.edges.setdefault(join.right, []).append((join.left, join))
        self.components = disjoint_sets((node, other) for node, links in self.edges.items() for other, _ in links)

    def path(self, start: str, goal: str) -> tuple[PairDecision, ...]:
        """Return the decisions on a shortest path, empty where there is none."""
        if start not in self.edges or goal not in self.edges or not self.components.connected(start, goal):
            return ()
        came: dict[str, tuple[str, PairDecision]] = {}
        waiting = deque([start])
        while waiting and goal not in came:
            node = waiting.popleft()
            for other, decision in self.edges[node]:
                if other != start and other not in came:
                    came[other] = (node, decision)
                    waiting.append(other)
        steps, node = [], goal
        while node != start:
            node, decision = came[node]
            steps.append(decision)
        return tuple(reversed(steps))
