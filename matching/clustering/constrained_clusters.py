"""From links to sites and legal units: components, and repair where they contradict themselves.

Most components of the link graph are sound and stay as they are.  A component is
suspicious when it holds a cannot-link, two conflicting identifiers, or two rows of one
list that were not themselves found to be duplicates.  Only those are rebuilt: links
are taken one by one, the surest first, and a link that would put a conflict into one
cluster is cut, with its reason.  So nothing depends on the order of the rows, and a
chain of near-equal names stops at its first contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from minglu.common.arrays import Flags, Integers, Numbers
from minglu.common.bilingual import Bilingual
from minglu.common.graphs import connect_here
from minglu.matching.clustering.constraints import NO_BOUNDS, NO_ROWS, Bounds
from minglu.matching.encoding.text_hashing import MISSING, number_values

UNSEEN_WITHIN_LIST_BITS = -8.0
"""Log-odds that two rows of one list are one site where blocking did not even propose the pair."""
SURE_TWICE_BITS = 4.0
"""A link brings two rows of one list together if it and their own pair support one site by at least so much."""

# Why a link was cut, in words.
CUT_REASONS: Mapping[str, Bilingual] = {
    "decided": Bilingual("人工判定两组中有不同的单位", "a person decided that the two groups hold different units"),
    "barrier": Bilingual("两组中有不可合并的行", "the two groups hold rows that must not be one"),
    "code": Bilingual("两组的有效代码不同", "the two groups have different valid codes"),
    "branch": Bilingual("两组的分支标志不同", "the two groups have different branch marks"),
    "permit": Bilingual("两组的许可证编号不同", "the two groups have different permit numbers"),
    "list": Bilingual("两组有同一名单的不同行", "the two groups hold different rows of one list"),
}


@dataclass(frozen=True, slots=True)
class WithinListPairs:
    """Compared pairs of rows of one list: duplicates of one site, or two sites."""

    left: np.ndarray
    right: np.ndarray
    bits: Numbers
    """Log-odds that both rows are one site."""

    @property
    def likely(self) -> Flags:
        """Return which are likelier duplicates than not."""
        return self.bits >= 0.0

    def where(self, flags: Flags) -> WithinListPairs:
        """Return the pairs that are flagged."""
        return WithinListPairs(self.left[flags], self.right[flags], self.bits[flags])


NO_WITHIN_LIST_PAIRS = WithinListPairs(NO_ROWS, NO_ROWS, np.empty(0))


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs taken as true, and pairs that must never be together; row numbers, left < right."""

    left: np.ndarray
    right: np.ndarray
    strength: Numbers
    """Log-odds of each link in bits: the surest is honoured first."""
    late: Flags
    """Links across two codes (second licences): honoured after all others, so that rows of one code have found each
    other before."""
    barred_left: np.ndarray
    barred_right: np.ndarray
    within_list: WithinListPairs = field(default_factory=lambda: NO_WITHIN_LIST_PAIRS)
    """Pairs of rows of one list that may be duplicates."""
    bounds: Bounds = NO_BOUNDS
    """What people decided; it wins over links, cannot-links, identities and lists."""
    joined: Integers | None = None
    """The components of all links and of the pairs that must be together, if they are known."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """Per row the smallest row number of its cluster; and the links that were cut, with reasons."""

    label: Integers
    cut: Integers
    """Places of cut links."""
    reasons: tuple[str, ...]
    """Per cut link a key of CUT_REASONS."""
    obstacles: tuple[tuple[int, int], ...]
    """Per cut link the rows that stood in the way, one of each of the two clusters."""
    repaired: int
    """Suspicious components that were rebuilt."""


def cluster(
    size: int,
    links: Links,
    identities: Mapping[str, Integers],
    lists: Integers | None = None,
    licences: Integers | None = None,
) -> Clustering:
    """Cluster rows 0 .. size - 1 by their links.

    `identities` maps a key of CUT_REASONS to a code per row of which one cluster may
    hold only one value; `lists` (if given) says that two rows of one list go together
    only if they may be duplicates themselves, or name two `licences`.
    """
    bounds = links.bounds
    label = links.joined
    if label is None:
        label = connect_here(size, np.append(links.left, bounds.must_left), np.append(links.right, bounds.must_right))
    suspicious = _suspicious(label, links, identities, lists)
    touched = suspicious[label[links.left]] if len(links.left) else np.zeros(0, dtype=np.bool_)
    if not touched.any():
        return Clustering(label, np.empty(0, dtype=np.int64), (), (), 0)
    links = replace(links, within_list=links.within_list.where(suspicious[label[links.within_list.left]]))
    repair = _Repair(links, identities, (lists, licences), suspicious[label[links.barred_left]])
    order = np.flatnonzero(touched)
    keys = links.right[order], links.left[order], -links.strength[order], links.late[order]
    order = order[np.lexsort(keys)]
    repair.run(order)
    rows = np.flatnonzero(suspicious[label])
    label = label.copy()
    label[rows] = [repair.smallest(row) for row in rows.tolist()]
    cut, refusals = repair.cuts(label, order)
    reasons, obstacles = tuple(refusal.reason for refusal in refusals), tuple(refusal.rows for refusal in refusals)
    return Clustering(label, cut, reasons, obstacles, int(suspicious.sum()))


def _suspicious(label: Integers, links: Links, identities: Mapping[str, Integers], lists: Integers | None) -> Flags:
    """Flag (by smallest row) the components that contradict themselves."""
    flags = np.zeros(len(label), dtype=np.bool_)
    inside = label[links.barred_left] == label[links.barred_right]
    flags[label[links.barred_left[inside]]] = True
    decided = label[links.bounds.apart_left] == label[links.bounds.apart_right]
    flags[label[links.bounds.apart_left[decided]]] = True
    joined = np.flatnonzero(np.bincount(label, minlength=len(label))[label] > 1)
    of_joined = label.take(joined)
    for codes in identities.values():
        flags[_hold_two(of_joined, codes.take(joined), len(label))] = True
    if lists is not None:
        flags |= _strange_doubles(label, links.within_list, joined, lists)
    return flags


def _hold_two(label: Integers, codes: Integers, size: int) -> Integers:
    """Return the labels (below `size`) of which the rows hold two different codes."""
    present = np.flatnonzero(codes != MISSING)
    label, codes = label.take(present), codes.take(present)
    any_of = np.empty(size, dtype=codes.dtype)
    any_of[label] = codes
    held: Integers = label.compress(any_of.take(label) != codes)
    return held


def _strange_doubles(label: Integers, within_list: WithinListPairs, joined: Integers, lists: Integers) -> Flags:
    """Flag components in which two rows of one list are no duplicates of each other."""
    due = np.zeros(len(label))
    number, of_joined = number_values(lists.take(joined)), label.take(joined)
    for one in range(int(number.max(initial=0)) + 1):
        rows = np.bincount(of_joined.compress(number == one), minlength=len(label))
        due += rows * (rows - 1) / 2
    left = label.take(within_list.left)
    together = (left == label.take(within_list.right)) & within_list.likely
    have = np.bincount(left.compress(together), minlength=len(label))
    flags: Flags = due > have
    return flags


class _Refusal(NamedTuple):
    """Why two clusters may not be one: a key of CUT_REASONS, and a row of either that says so."""

    reason: str
    rows: tuple[int, int]


class _Repair:
    """Constrained agglomeration over the rows of suspicious components."""

    def __init__(
        self,
        links: Links,
        identities: Mapping[str, Integers],
        lists: tuple[Integers | None, Integers | None],
        barred: Flags,
    ) -> None:
        self.links = links
        self.parent: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.held: dict[int, dict[str, set[int]]] = {}
        self.identities = identities
        self.lists, self.licences = lists
        self.cannot_links = _neighbours(links.barred_left[barred], links.barred_right[barred])
        within_list = links.within_list
        pairs = zip(within_list.left.tolist(), within_list.right.tolist(), strict=True)
        self.within_list: dict[tuple[int, int], float] = dict(zip(pairs, within_list.bits.tolist(), strict=True))
        self.apart = _neighbours(links.bounds.apart_left, links.bounds.apart_right)
        self.refused: dict[int, _Refusal] = {}
        for one, two in zip(links.bounds.must_left.tolist(), links.bounds.must_right.tolist(), strict=True):
            a, b = self._root(one), self._root(two)
            if a != b:
                self._merge(min(a, b), max(a, b))

    def run(self, order: Integers) -> None:
        """Take the links in `order`; merge what may be merged, note why not where not."""
        left, right = self.links.left[order].tolist(), self.links.right[order].tolist()
        for place, one, two in zip(order.tolist(), left, right, strict=True):
            a, b = self._root(one), self._root(two)
            if a == b:
                continue
            conflict = self._conflict(a, b, float(self.links.strength[place]))
            if conflict:
                self.refused[place] = conflict
            else:
                self._merge(min(a, b), max(a, b))

    def smallest(self, row: int) -> int:
        """Return the smallest row of the cluster of `row`: roots are always the smallest."""
        return self._root(row)

    def cuts(self, label: Integers, order: Integers) -> tuple[Integers, tuple[_Refusal, ...]]:
        """Return the links that ended between two clusters, and why each was refused when its turn came."""
        places = np.sort(order[label[self.links.left[order]] != label[self.links.right[order]]])
        return places, tuple(self.refused[place] for place in places.tolist())

    def _root(self, row: int) -> int:
        if row not in self.parent:
            self.parent[row] = row
            self.members[row] = [row]
            self.held[row] = {name: {int(codes[row])} - {MISSING} for name, codes in self.identities.items()}
        root = row
        while self.parent[root] != root:
            root = self.parent[root]
        while self.parent[row] != root:
            self.parent[row], row = root, self.parent[row]
        return root

    def _conflict(self, a: int, b: int, bits: float) -> _Refusal | None:
        """Return why a link of so many `bits` may not make clusters a and b one, or None."""
        few, many = sorted((a, b), key=lambda root: len(self.members[root]))
        if decided := self._between(self.apart, few, many):
            return _Refusal("decided", decided)
        for name in self.identities:
            if len(self.held[a][name] | self.held[b][name]) > max(1, len(self.held[a][name]), len(self.held[b][name])):
                return _Refusal(name, self._holders(name, few, many))
        if barred := self._between(self.cannot_links, few, many):
            return _Refusal("barrier", barred)
        doubles = self._strange_double(few, many, bits)
        return _Refusal("list", doubles) if doubles else None

    def _between(self, partners: Mapping[int, set[int]], few: int, many: int) -> tuple[int, int] | None:
        """Return the first pair of `partners` that reaches from one cluster into the other."""
        found = (
            (row, other)
            for row in sorted(self.members[few])
            for other in sorted(partners.get(row, ()))
            if self._root(other) == many
        )
        return next(found, None)

    def _holders(self, name: str, few: int, many: int) -> tuple[int, int]:
        """Return a row of either cluster whose values of `name` the other cluster does not hold."""
        codes = self.identities[name]

        def first(root: int, other: int) -> int:
            foreign = self.held[root][name] - self.held[other][name]
            present = foreign or self.held[root][name]
            return min(row for row in self.members[root] if int(codes[row]) in present)

        return first(few, many), first(many, few)

    def _strange_double(self, few: int, many: int, bits: float) -> tuple[int, int] | None:
        """Return two rows of one list, one of either cluster, that the list hardly gives for one site.

        The link that would bring them together is evidence on the pair as well: its `bits` are added.
        """
        if self.lists is None:
            return None
        by_list: dict[int, list[int]] = {}
        for row in sorted(self.members[many]):
            by_list.setdefault(int(self.lists[row]), []).append(row)
        found = (
            (row, other)
            for row in sorted(self.members[few])
            for other in by_list.get(int(self.lists[row]), ())
            if not self._are_two_licences(row, other) and self._twice_bits(row, other) + bits < SURE_TWICE_BITS
        )
        return next(found, None)

    def _twice_bits(self, row: int, other: int) -> float:
        return self.within_list.get((min(row, other), max(row, other)), UNSEEN_WITHIN_LIST_BITS)

    def _are_two_licences(self, row: int, other: int) -> bool:
        """Return whether both rows have codes that differ: two licences of one unit stand on one list by right."""
        if self.licences is None:
            return False
        one, two = int(self.licences[row]), int(self.licences[other])
        return MISSING not in (one, two) and one != two

    def _merge(self, a: int, b: int) -> None:
        self.parent[b] = a
        self.members[a] += self.members.pop(b)
        held = self.held.pop(b)
        for name, codes in held.items():
            self.held[a][name] |= codes


def _neighbours(left: np.ndarray, right: np.ndarray) -> dict[int, set[int]]:
    """Return for each row the set of its partners."""
    partners: dict[int, set[int]] = {}
    for one, two in zip(left.tolist(), right.tolist(), strict=True):
        partners.setdefault(one, set()).add(two)
        partners.setdefault(two, set()).add(one)
    return partners


def contract(labels: Integers, values: Sequence[Integers]) -> list[Integers]:
    """Give each cluster (at its smallest row) the smallest present value of its rows, MISSING where none has one."""
    contracted = []
    for codes in values:
        most = np.int64(np.iinfo(np.int64).max)  # wider than codes of 32 bits
        smallest = np.full(len(labels), most)
        np.minimum.at(smallest, labels, np.where(codes == MISSING, most, codes))
        contracted.append(np.where(smallest == most, MISSING, smallest))
    return contracted
