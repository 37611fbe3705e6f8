"""The choice of successors: which new unit inherits the id of which former one.

One id goes to one unit at most, one unit takes one id at most.  The rule depends on the
shares alone, never on their order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from minglu.register.cleaning.entry_ids import DIGEST_CHARACTERS


class Share(NamedTuple):
    """A former and a new unit that have rows in common."""

    former: str
    """Id of the former unit."""
    unit: str
    """Id of the new unit, made from its content."""
    live: bool
    """Whether the former unit stood in the earlier run, or had ended before."""
    shared: int
    """Rows in common."""
    head: bool
    """Whether the row that gave the former unit its name is among them."""
    rows: int
    """Rows of the former unit in all."""


def choose_ids(shares: Iterable[Share], yielding: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return new unit -> the former id that it goes on bearing.

    The pair with the most rows in common chooses first; on a tie the one that holds the row which named
    the former unit; then the smaller former id, then the smaller new one.  A unit that is just what
    an ended one was (a merge taken back) leaves the merged id to others and takes its own again.  Ended
    ids are given back last, and only to units that no living one claims.  Ids of `yielding`, which somebody called
    duplicates of others, give way to those.

    >>> choose_ids([Share("U1", "Ua", True, 3, True, 5), Share("U1", "Ub", True, 2, False, 5)])
    {'Ua': 'U1'}
    """
    shares = list(shares)
    again = {(one.unit, one.shared) for one in shares if not one.live and one.shared == one.rows}

    def rank(one: Share) -> tuple[bool, bool, bool, int, bool, str, str]:
        returns = one.live and (one.unit, one.shared) in again
        return not one.live, one.former in yielding, returns, -one.shared, not one.head, one.former, one.unit

    taken, chosen = set[str](), dict[str, str]()
    for one in sorted(shares, key=rank):
        if one.former not in taken and one.unit not in chosen:
            taken.add(one.former)
            chosen[one.unit] = one.former
    return chosen


def further_ids(units: Sequence[str], attempt: int) -> list[str]:
    """Return ids for new units whose own, made from their content, were assigned to others before.

    >>> further_ids(["Uabc"], 1)[0][0], further_ids(["Uabc"], 1) == further_ids(["Uabc"], 2)
    ('U', False)
    """
    return [
        f"{unit[0]}{hashlib.sha256(f'{unit} {attempt}'.encode()).hexdigest()[:DIGEST_CHARACTERS]}" for unit in units
    ]
