"""Disclosure control: which cells of a published table are hidden to protect small counts.

A count of one or two units in an area points at its units.  Such a cell is hidden; but a
hidden cell is worth nothing if its neighbours and their sum are printed.  So further
cells are hidden until no small count can be worked out (Willenborg & de Waal 2001,
complementary suppression), also by a reader who knows these rules.

The tables here are hierarchies: every area but the root has one parent, and a parent's
count is the sum of its children's.  Each printed area gives one equation over the hidden
leaves that have no other printed area between: its *region*.  The root's count counts as
printed, because totals stand elsewhere in a report.  Regions are disjoint, so
what a reader can work out about a leaf is what its own region says, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

K = 3
"""Counts from 1 to K - 1 are never printed for an area."""

Node = TypeVar("Node", bound=Hashable)


def hide_counts(
    parents: Mapping[Node, Node | None], counts: Mapping[Node, int], *, also: Iterable[Node] = (), k: int = K
) -> frozenset[Node]:
    """Return the areas whose count must be hidden; areas in `also` are hidden in any case.

    In every region, whatever a reader adds up, each hidden leaf could be as large as `k`.
    Where the whole is too small for that, every area is hidden, empty ones as well.

    >>> sorted(hide_counts({"all": None, "a": "all", "b": "all", "c": "all"}, {"all": 30, "a": 1, "b": 9, "c": 20}))
    ['a', 'b']
    """

    def safe(leaves: list[Node]) -> bool:
        return len(leaves) > 1 and sum(counts[leaf] for leaf in leaves) >= k + len(leaves) - 1

    small = {node for node, count in counts.items() if 0 < count < k}
    return _close(parents, counts, small, also, safe)


def hide_splits(
    parents: Mapping[Node, Node | None],
    splits: Mapping[Node, tuple[int, int]],
    *,
    also: Iterable[Node] = (),
    k: int = K,
) -> frozenset[Node]:
    """Return the areas whose count may not be shown split in two, though the count itself may be printed.

    A part of 1 to k - 1 units is hidden with its other part, and in every region each
    hidden part could differ by `k` units, or by all units of its area; the region's own parts are no small ones.
    """
    totals = {node: sum(parts) for node, parts in splits.items()}

    def safe(leaves: list[Node]) -> bool:
        first = sum(splits[leaf][0] for leaf in leaves)
        both = sum(totals[leaf] for leaf in leaves)
        if any(0 < part < k for part in (first, both - first)):
            return False
        return len(leaves) > 1 and all(
            min(totals[leaf], first) - max(0, first - (both - totals[leaf])) >= min(totals[leaf], k) for leaf in leaves
        )

    small = {node for node, parts in splits.items() if any(0 < part < k for part in parts)}
    return _close(parents, totals, small, also, safe)


def _close(
    parents: Mapping[Node, Node | None],
    counts: Mapping[Node, int],
    small: set[Node],
    also: Iterable[Node],
    safe: Callable[[list[Node]], bool],
) -> frozenset[Node]:
    """Hide more and more until the region of every printed area is empty or safe."""
    children: dict[Node, list[Node]] = defaultdict(list)
    for node, parent in parents.items():
        if parent is not None:
            children[parent].append(node)
    for siblings in children.values():
        siblings.sort(key=lambda node: (counts[node], str(node)))
    hidden = {node for node in small.union(also) if parents[node] is not None}
    for leaf in list(hidden):
        if children.get(leaf):
            _open_one(leaf, children, counts, hidden)
    for node in _deepest_first(parents):
        if not children.get(node) or node in hidden:
            continue
        region, border = _region(node, children, counts, hidden)
        while region and not safe(region):
            if not border and parents[node] is None:
                return frozenset(parents)
            if not border:
                hidden.add(node)
                break
            hidden.add(border[0])
            _open_one(border[0], children, counts, hidden)
            region, border = _region(node, children, counts, hidden)
    return frozenset(hidden - (_derivable(parents, children, hidden) - small))


def _derivable(
    parents: Mapping[Node, Node | None], children: Mapping[Node, list[Node]], hidden: set[Node]
) -> frozenset[Node]:
    """Return the hidden areas that are their printed parent less their printed siblings: hiding them hides nothing."""
    derivable: set[Node] = set()
    for node in reversed(_deepest_first(parents)):
        hidden_children = [child for child in children.get(node, ()) if child in hidden]
        if (node not in hidden or node in derivable) and len(hidden_children) == 1 and children.get(hidden_children[0]):
            derivable.update(hidden_children)
    return frozenset(derivable)


def _open_one(node: Node, children: Mapping[Node, list[Node]], counts: Mapping[Node, int], hidden: set[Node]) -> None:
    """See that a hidden area has a hidden leaf below it that no printed area gives away: the smallest."""
    while children.get(node) and not _region(node, children, counts, hidden)[0]:
        node = next((child for child in children[node] if counts[child]), children[node][0])
        hidden.add(node)


def _region(
    node: Node, children: Mapping[Node, list[Node]], counts: Mapping[Node, int], hidden: set[Node]
) -> tuple[list[Node], list[Node]]:
    """Return the hidden leaves below `node` with no printed area between, and the printed areas that border on them.

    The border is sorted by what hiding costs: leaves before areas, small before large.
    """
    leaves: list[Node] = []
    border: list[Node] = []
    waiting = list(children.get(node, ()))
    while waiting:
        child = waiting.pop()
        if child not in hidden:
            if counts[child]:
                border.append(child)
        elif children.get(child):
            waiting.extend(children[child])
        else:
            leaves.append(child)
    border.sort(key=lambda child: (bool(children.get(child)), counts[child], str(child)))
    return leaves, border


def _deepest_first(parents: Mapping[Node, Node | None]) -> list[Node]:
    depths: dict[Node, int] = {}

    def depth(node: Node) -> int:
        if node not in depths:
            parent = parents[node]
            depths[node] = 0 if parent is None else depth(parent) + 1
        return depths[node]

    return sorted(parents, key=lambda node: (-depth(node), str(node)))
