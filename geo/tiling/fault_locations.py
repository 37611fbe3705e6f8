"""Fault locations before they are measured: kind, shape, reason and districts of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minglu.geo.numerics.sorting import order_rows

Ints = NDArray[np.int64]
Kinds = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Faulty places of one layer, not yet measured, in no order."""

    kinds: Kinds
    shapes: NDArray[np.object_]
    reasons: Kinds
    parts: Ints
    """Places that hang together share a number."""
    member_place: Ints
    """Pairs (member_place, member_district), sorted: the districts that cover a place, or border it."""
    member_district: Ints

    def __len__(self) -> int:
        return len(self.kinds)


def no_places() -> Places:
    """Return the places of a layer without fault."""
    none = np.empty(0, np.int64)
    return Places(np.empty(0, object), np.empty(0, object), np.empty(0, object), none, none, none)


def join_places(one: Places, two: Places) -> Places:
    """Put two sets of places behind each other, their parts kept apart."""
    shift = int(one.parts.max(initial=-1)) + 1
    return Places(
        np.concatenate([one.kinds, two.kinds]),
        np.concatenate([one.shapes, two.shapes]),
        np.concatenate([one.reasons, two.reasons]),
        np.concatenate([one.parts, two.parts + shift]),
        np.concatenate([one.member_place, two.member_place + len(one)]),
        np.concatenate([one.member_district, two.member_district]),
    )


def label_sets(item: Ints, member: Ints, count: int) -> Ints:
    """Give items with equal sets of members equal labels; pairs (item, member) are sorted and distinct."""
    label = np.zeros(count, np.int64)
    opens = np.searchsorted(item, np.arange(count))
    size = np.searchsorted(item, np.arange(count), side="right") - opens
    for rank in range(int(size.max(initial=0))):
        column = np.full(count, -2)
        has = size > rank
        column[has] = member[opens[has] + rank]
        _, column = np.unique(column, return_inverse=True)
        _, label = np.unique(label * (int(column.max()) + 1) + column, return_inverse=True)
    return label


def distinct_pairs(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the pairs sorted, each once."""
    order = order_rows(left, right)
    left, right = left[order], right[order]
    once = np.ones(len(left), bool)
    once[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return left[once], right[once]
