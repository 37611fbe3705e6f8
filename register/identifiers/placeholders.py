"""Values that fill an identifier's cell but identify nobody: all ones, 123456789, PDY codes.  Never a key.

Patterns are here; words such as 无 and particular numbers are rule data.
Source: the statistics directory's convention of nine ones for an orphan unit and six
for its area (S27); GB 11714 keeps PDY00001 to PDY99999 for private use (S62); the rest
is general knowledge.
"""

from __future__ import annotations

import re

RUN = "0123456789" * 4
LONGEST_RUN = 30
SHORTEST_RUN = 8
SELF_DEFINED = re.compile(r"PDY\d{5}.?", re.ASCII)


def is_placeholder(compact: str) -> bool:
    """Return whether a compact value is one character repeated, a counting run, or a self-defined code.

    A run of one digit stays one with another character behind it, be it a check character that fits.

    >>> [is_placeholder(value) for value in ("111111111", "123456789012345", "PDY000012", "111111117", "")]
    [True, True, True, True, True]
    >>> is_placeholder("91350100M000100Y43")
    False
    """
    if len(set(compact)) <= 1:
        return True
    if len(compact) >= SHORTEST_RUN and len(set(compact[:-1])) == 1:
        return True
    if SELF_DEFINED.fullmatch(compact):
        return True
    return 6 <= len(compact) <= LONGEST_RUN and (compact in RUN or compact[::-1] in RUN)
