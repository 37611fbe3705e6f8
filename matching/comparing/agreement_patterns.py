"""Compared pairs as what stays of them: two row numbers and the number of a pattern of levels.  No comparing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minglu.common.arrays import Flags, Integers
from minglu.common.parallel import over_threads

AT_ONCE = 1_000_000  # pairs looked through at once: bounds what a look through all of them takes


@dataclass(frozen=True, slots=True)
class ComparedPairs:
    """Distinct pairs of row numbers, left < right, in order, each with the number of its pattern of levels."""

    left: Integers
    right: Integers
    pattern_of: Integers

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    def where(self, flags: Flags, label: Integers | None = None) -> Integers:
        """Return the places of the pairs whose pattern is flagged, and whose rows have one label if that is given."""

        def look(start: int) -> Integers:
            places = start + np.flatnonzero(flags.take(self.pattern_of[start : start + AT_ONCE]))
            if label is None:
                return places
            return places.compress(label.take(self.left.take(places)) == label.take(self.right.take(places)))

        found = over_threads(look, range(0, len(self) if flags.any() else 0, AT_ONCE))
        return np.concatenate([np.empty(0, dtype=np.int64), *found])
