"""Connected components in rounds of plain joins and minima, for graphs that no one machine holds.

Each round makes two moves (Kiveris et al., Connected Components in MapReduce and Beyond, 2014): every node hangs
its larger neighbours on the smallest node that it sees, then its smaller ones.  Both keep the components as they
are, and end when each is a star round its smallest node.
"""

from __future__ import annotations

from collections.abc import Callable

from minglu.errors import LawError
from minglu.register.engine.boundary import Engine

BOTH_WAYS = "SELECT one, other FROM stars UNION ALL SELECT other AS one, one AS other FROM stars"
LARGE = (
    "SELECT DISTINCT s.other AS one, least(m.least_seen, s.one) AS other FROM both_ways s JOIN "
    "(SELECT one, min(other) AS least_seen FROM both_ways GROUP BY one) m ON m.one = s.one "
    "WHERE s.other > s.one"
)
SMALL = (
    "SELECT DISTINCT one, other FROM (SELECT s.other AS one, m.least_seen AS other FROM hung s JOIN "
    "(SELECT one, min(other) AS least_seen FROM hung GROUP BY one) m ON m.one = s.one WHERE s.other <> m.least_seen "
    "UNION ALL SELECT one, min(other) AS other FROM hung GROUP BY one) pulled"
)
CHANGED = "SELECT one, other FROM pulled EXCEPT SELECT one, other FROM stars"


def most_rounds(nodes: int) -> int:
    """Return a bound on the rounds: the square of the binary digits of the number of nodes, and one to see the end.

    A path in the worst order takes about as many rounds as its length has binary digits.
    """
    return max(nodes, 1).bit_length() ** 2 + 1


def find_components(
    engine: Engine, *, name: str, edges: str, nodes: int, on_round: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Make `name` (node, component) from `edges` (left, right) of a graph with so many nodes; return the rounds.

    A node that is the smallest of its component does not stand there.  Each round reports its number, and the bound.
    """
    engine.sql(
        "stars",
        'SELECT DISTINCT greatest("left", "right") AS one, least("left", "right") AS other '
        f'FROM {edges} WHERE "left" <> "right"',
    )
    bound = most_rounds(nodes)
    for number in range(1, bound + 1):
        on_round(number, bound)
        if not (engine.count("stars") and _pull(engine)):
            break
    else:
        raise LawError(
            en=f"components were not settled after {bound} rounds. This is a mistake in minglu: please report it.",
            zh=f"连通分量在 {bound} 轮后仍未稳定。这是 minglu 自身的错误，请报告。",
        )
    engine.sql(name, "SELECT one AS node, other AS component FROM stars")
    engine.drop("stars", "both_ways", "hung", "pulled", "changed")
    return number


def _pull(engine: Engine) -> bool:
    """Make both moves; say whether anything moved."""
    engine.sql("both_ways", BOTH_WAYS)
    engine.sql("hung", LARGE)
    engine.sql("pulled", SMALL)
    engine.sql("changed", CHANGED)
    moved = engine.count("changed") > 0 or engine.count("pulled") != engine.count("stars")
    engine.sql("stars", "SELECT one, other FROM pulled")
    return moved
