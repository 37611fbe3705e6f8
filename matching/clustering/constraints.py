"""What people decided about pairs of rows, as bounds on clustering.  How decisions are kept is not known here.

A decision wins over the machine.  `same_site` pairs share a site, `same_legal` pairs share a
legal unit but no site, `different` pairs share neither; no cannot_link and no identifier stands
against them.  The decisions themselves must not contradict each other: whoever passes them
has checked that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from minglu.common.arrays import Flags, Integers

DIFFERENT, SAME_LEGAL, SAME_SITE = range(3)  # places in verdicts.RELATIONS
NO_ROWS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pairs of rows that must share a cluster, and pairs that must not; row numbers."""

    must_left: Integers
    must_right: Integers
    apart_left: Integers
    apart_right: Integers


NO_BOUNDS = Bounds(NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decided pairs: row numbers with left < right, each pair once, and a place in RELATIONS."""

    left: Integers
    right: Integers
    relation: Integers
    for_calibration: Flags | None = None
    """Which pairs came to people because of their scores; all of them where it is not said."""

    def __len__(self) -> int:
        """Return the number of decided pairs."""
        return len(self.left)

    def lessons(self) -> Decided:
        """Return the pairs on which scores may be calibrated: those drawn by score, not those that people chose."""
        if self.for_calibration is None:
            return self
        return Decided(
            self.left[self.for_calibration], self.right[self.for_calibration], self.relation[self.for_calibration]
        )

    def among(self, left: Integers, right: Integers) -> np.ndarray:
        """Return for each pair (left, right) what was decided: a place in RELATIONS, -1 for nothing."""
        found = np.full(len(left), -1, dtype=np.int8)
        if len(self) and len(left):
            keys = self.left << 32 | self.right
            order = np.argsort(keys)
            wanted = left.astype(np.int64) << 32 | right.astype(np.int64)
            place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
            hit = keys[order][place] == wanted
            found[hit] = self.relation[order][place[hit]]
        return found

    def places_in(self, left: Integers, right: Integers) -> Integers:
        """Return the places of the decided pairs among pairs (left, right) that are in order."""
        places = [self._place(left, right, one, two) for one, two in self._pairs(self.relation >= 0)]
        return np.array(sorted(place for place in places if place >= 0), dtype=np.int64)

    @staticmethod
    def _place(left: Integers, right: Integers, one: int, two: int) -> int:
        """Return the place of one pair, -1 where it is not among them."""
        first, last = np.searchsorted(left, [one, one + 1])
        place = int(first + np.searchsorted(right[first:last], two))
        return place if place < last and right[place] == two else -1

    def site_bounds(self, more: tuple[Integers, Integers] = (NO_ROWS, NO_ROWS)) -> Bounds:
        """Return the bounds on sites; `more` are pairs to keep apart besides."""
        same = self.relation == SAME_SITE
        return Bounds(
            self.left[same],
            self.right[same],
            np.append(self.left[~same], more[0]),
            np.append(self.right[~same], more[1]),
        )

    def legal_bounds(self, label: Integers) -> Bounds:
        """Return the bounds on legal units between the sites that `label` names; those inside one site vanish."""
        left, right = label[self.left], label[self.right]
        must = (self.relation != DIFFERENT) & (left != right)
        apart = self.relation == DIFFERENT
        return Bounds(left[must], right[must], left[apart], right[apart])

    def clashes(self, label: Integers) -> tuple[Integers, Integers]:
        """Return pairs of rows that the sites of `label` must not join, or the decisions could not all be kept.

        Two sites, each allowed by itself, can bring together what was decided to be
        different: a = b and c = d at the machine's word, a ~ c and b != d at a person's.
        There, rows that no decision joins are kept apart.
        """
        rows = np.unique(np.append(self.left, self.right))
        together = self.relation != DIFFERENT
        decided_group = _groups([*rows.tolist()], self._pairs(together))
        sites = ((row, -1 - int(label[row])) for row in rows.tolist())
        group = _groups([*rows.tolist()], [*self._pairs(together), *sites])
        broken = {group[one] for one, two in self._pairs(~together) if group[one] == group[two]}
        by_site: dict[int, list[int]] = {}
        for row in rows.tolist():
            if group[row] in broken:
                by_site.setdefault(int(label[row]), []).append(row)
        pairs = [
            (one, two)
            for members in by_site.values()
            for place, one in enumerate(members)
            for two in members[place + 1 :]
            if decided_group[one] != decided_group[two]
        ]
        return (
            np.array([one for one, _ in pairs], dtype=np.int64),
            np.array([two for _, two in pairs], dtype=np.int64),
        )

    def _pairs(self, chosen: np.ndarray) -> Iterator[tuple[int, int]]:
        return zip(self.left[chosen].tolist(), self.right[chosen].tolist(), strict=True)


NOTHING_DECIDED = Decided(NO_ROWS, NO_ROWS, NO_ROWS)


def _groups(nodes: list[int], pairs: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> dict[int, int]:
    """Return for each node (those of `pairs` too) one common node of its connected component."""
    leader = {node: node for node in nodes}

    def find(node: int) -> int:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for one, two in pairs:
        first, second = sorted((find(one), find(two)))
        leader[second] = first
    return {node: find(node) for node in list(leader)}
