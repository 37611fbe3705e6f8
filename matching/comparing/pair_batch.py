"""A batch of pairs with what is known of both sides: the ground that comparisons stand on.  No comparison itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from minglu.common.arrays import Flags, Levels, Numbers
from minglu.matching.comparing.similarity import Texts
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.encoding.term_frequencies import Frequencies
from minglu.matching.encoding.text_hashing import Marks
from minglu.matching.settings.linkage_settings import MISSING_LEVEL

METRES_PER_DEGREE = 111_320.0
T = TypeVar("T", bound=np.generic)
ROWS_LAID = 4_096
UNKNOWN_PRECISION_M = 50.0  # a point without a stated precision: a handheld receiver in a built-up place


@dataclass(frozen=True, slots=True)
class RowFacts:
    """All that comparisons read of a row, side by side in memory: a pair costs two reads, not eighty."""

    rows: CodedRows
    texts: Mapping[str, Texts]
    """Per column whose texts are compared by their characters."""
    column: Mapping[str, int]
    """Place of each code among the marks."""
    marks: Marks
    """Per row its codes."""
    crowd_column: Mapping[str, int]
    frequencies: Frequencies
    """Per row how many rows share its address, its phone ..."""
    points: Numbers
    """Per row lon, lat (degrees), the cosine of lat, and precision (metres); nan where there is no point."""


def row_facts(rows: CodedRows) -> RowFacts:
    """Lay the codes, frequencies and points of all rows side by side."""
    names = [name for name in rows.codes if name not in rows.keys_only]
    marks = _side_by_side(len(rows), [rows.codes[name] for name in names], np.uint32)
    frequencies = _side_by_side(len(rows), list(rows.frequencies.values()), np.uint16)
    precision = np.where(np.isfinite(rows.precision_m), rows.precision_m, UNKNOWN_PRECISION_M)
    return RowFacts(
        rows=rows,
        texts={name: Texts(texts, rows.codes[name]) for name, texts in rows.texts.items() if name in rows.codes},
        column={name: place for place, name in enumerate(names)},
        marks=marks,
        crowd_column={name: place for place, name in enumerate(rows.frequencies)},
        frequencies=frequencies,
        points=np.stack([rows.lon, rows.lat, np.cos(np.radians(rows.lat)), precision], axis=1),
    )


def _side_by_side(size: int, columns: Sequence[np.ndarray], kind: type[T]) -> NDArray[T]:
    """Lay columns of `size` rows side by side, a few rows at a time, so that what is written stays in the cache."""
    laid = np.empty((size, len(columns)), dtype=kind)
    for start in range(0, size, ROWS_LAID):
        part = slice(start, start + ROWS_LAID)
        for place, column in enumerate(columns):
            laid[part, place] = column[part]
    return laid


class Pairs:
    """A batch of pairs; left and right may be swapped without changing any answer.

    Rows are read as wholes and then laid out column by column, so that a batch small enough stays in the cache.
    """

    def __init__(self, facts: RowFacts, left: np.ndarray, right: np.ndarray) -> None:
        self.facts = facts
        self.left = left
        self.right = right
        self._one, self._two = (_by_column(facts.marks, side) for side in (left, right))
        present = (self._one != 0) & (self._two != 0)
        equal = self._one == self._two
        self._same = present & equal
        self._differ = present > equal

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    def sides(self, column: str) -> tuple[Marks, Marks]:
        """Return the marks of `column` on both sides; 0 is missing."""
        place = self.facts.column[column]
        return self._one[place], self._two[place]

    def same(self, column: str) -> Flags:
        """Return where both sides have a value and it is the same."""
        same: Flags = self._same[self.facts.column[column]]
        return same

    def differ(self, column: str) -> Flags:
        """Return where both sides have a value and it is not the same."""
        differ: Flags = self._differ[self.facts.column[column]]
        return differ

    def crossed(self, one: str, other: str) -> Flags:
        """Return where the two columns stand in each other's place, and are not the same."""
        (a, b), (c, d) = self.sides(one), self.sides(other)
        crossed: Flags = (a == d) & (b == c) & (a != b) & (a != 0) & (b != 0)
        return crossed

    def likeness(self, column: str, asked: Flags, least: float) -> NDArray[np.float32]:
        """Return the share of characters in common, in order, of the pairs that are `asked` for; 0 below `least`."""
        alike = np.zeros(len(self), dtype=np.float32)
        places = np.flatnonzero(asked & self.differ(column))
        one, two = (side[places] for side in self.sides(column))
        alike[places] = self.facts.texts[column].likeness(one, two, least=least)
        return alike

    def frequency(self, name: str) -> Frequencies:
        """Return the larger of both sides' counts of rows that share the value."""
        counts: Frequencies = self._crowds[self.facts.crowd_column[name]]
        return counts

    @cached_property
    def _crowds(self) -> Frequencies:
        return np.maximum(*(_by_column(self.facts.frequencies, side) for side in (self.left, self.right)))

    def distances_m(self) -> tuple[Numbers, Numbers]:
        """Return distances in metres (nan where a point is missing) and the sum of both precisions.

        Plane distances on a sphere: within a county wrong by far less than the precision.
        """
        return self._distances

    @cached_property
    def _distances(self) -> tuple[Numbers, Numbers]:
        one, two = (_by_column(self.facts.points, side) for side in (self.left, self.right))
        x = (one[0] - two[0]) * (one[2] + two[2]) / 2
        y = one[1] - two[1]
        return np.sqrt(x * x + y * y) * METRES_PER_DEGREE, one[3] + two[3]


def _by_column(facts: NDArray[T], rows: np.ndarray) -> NDArray[T]:
    """Return the rows of `facts` that are asked for, column by column; `take` reads rows twice as fast as an index."""
    return np.ascontiguousarray(facts.take(rows, axis=0).T)


def first_of(pairs: Pairs, *conditions: Flags) -> Levels:
    """Number each pair by the first condition that holds (1, 2, ...), MISSING_LEVEL where none does."""
    ranks = np.zeros(len(pairs), dtype=np.uint8)  # the first condition ranks highest
    for number, condition in enumerate(conditions):
        np.maximum(ranks, condition.view(np.uint8) * np.uint8(len(conditions) - number), out=ranks)
    return np.where(ranks, len(conditions) + 1 - ranks, MISSING_LEVEL).astype(np.int8)


def number_steps(shared: Flags, counts: np.ndarray, steps: tuple[int, ...]) -> Levels:
    """Number the shared values by how many steps their count passes; MISSING_LEVEL where nothing is shared."""
    levels = shared.astype(np.int8)
    for step in steps:
        levels += shared & (counts > step)
    return levels
