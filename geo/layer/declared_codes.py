"""Declared codes against the codes of a layer: which districts a declared code can mean."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

# Lengths of the statistics code: province, prefecture, county, township, village (2 2 2 3 3).
LEVELS = (2, 4, 6, 9, 12)


def area_prefix(code: str) -> str:
    """Cut the levels that a code of full length leaves open."""
    if len(code) not in LEVELS and len(code) < LEVELS[-1]:
        return code
    return next((code[:length] for length in LEVELS if not code[length:].strip("0")), code)


class DeclaredCodes:
    """The codes of a layer, asked what a declared code means among them.

    >>> codes = DeclaredCodes(("990101001001", "990101001002", "990101002001"))
    >>> codes.area("990101001002001"), codes.area("990101001000"), codes.area("990102001001")
    ('990101001002', '990101001', '')
    >>> codes.members("990101001")
    [0, 1]
    """

    def __init__(self, codes: tuple[str, ...]) -> None:
        self._order = sorted(range(len(codes)), key=lambda i: codes[i])
        self._sorted = [codes[i] for i in self._order]
        self.rank = np.argsort(np.array(self._order, dtype=np.intp), kind="stable")
        """Position in the layer -> place in the order of codes."""
        self._known = frozenset(codes)
        self._lengths = sorted({len(code) for code in codes if code}, reverse=True)

    def __len__(self) -> int:
        return len(self._order)

    def area(self, declared: str) -> str:
        """Return the code of the area meant: a district, an area above, or "" where the layer has neither.

        A code longer than the layer's means the district whose code it begins with; one
        that ends in zeros the area above (330603107000 is a township).
        """
        if not declared or declared in self._known:
            return declared
        for length in self._lengths:
            if length < len(declared) and declared[:length] in self._known:
                return declared[:length]
        area = area_prefix(declared)
        return area if self.span(area) else ""

    def members(self, area: str) -> list[int]:
        """Return the positions of the districts in an area, smallest code first; a district is its own only one."""
        return [self._order[i] for i in self.span(area)]

    def span(self, area: str) -> range:
        """Return the ranks, places in the order of codes, of the districts in an area."""
        if area in self._known:
            low = bisect_left(self._sorted, area)
            return range(low, low + 1)
        low = bisect_left(self._sorted, area)
        return range(low, bisect_left(self._sorted, area + "\U0010ffff", lo=low)) if area else range(0)
