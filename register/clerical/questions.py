"""Undecided pairs grouped into questions: all pairs that one answer settles are one question.

A pair of entries is rarely a question of its own.  Every undecided pair between two units asks whether the two
units are one; every undecided pair between two legal units asks whether these are one; every undecided pair of a
row with its own unit asks whether the row belongs there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.schemas import FLAG, INTEGER, NUMBER, TEXT, column

SAME_SITE, SAME_LEGAL = "same_site", "same_legal"
SITE, LEGAL = "site", "legal"
LEGAL_SHARE = 0.5
"""What a doubt about legal units is worth beside one about sites: it hides no unit, it only groups two."""

SETTLED = pa.struct([("left", TEXT), ("right", TEXT), ("same_units", FLAG)])
QUESTIONS = pa.schema(
    [
        column("question", INTEGER, "rank of the question, from 1: the order in which to answer"),
        column("kind", TEXT, "site (are they one unit?) | legal (do they belong to one legal unit?)"),
        column("left", TEXT, "entry_id of the pair to show, the smaller: the likeliest pair of the question"),
        column("right", TEXT, "entry_id of the pair to show, the larger"),
        column("left_unit", TEXT, "unit_id of left"),
        column("right_unit", TEXT, "unit_id of right; equal to left_unit where a row is doubted in its own unit"),
        column("p_site", NUMBER, "probability of one site, of the pair to show, 0 to 1"),
        column("p_legal", NUMBER, "probability of one legal unit, of the pair to show, 0 to 1"),
        column("pairs", INTEGER, "undecided pairs that the answer settles"),
        column("entries", INTEGER, "distinct entries in these pairs"),
        column("cross_list", FLAG, "the rows in doubt on one side are on other lists than those on the other side"),
        column("joined", FLAG, "the register has both sides as one already, by way of other rows"),
        column("units", INTEGER, "units that the answer may change: the smaller side of what it would join or part"),
        column("settles", pa.list_(SETTLED), "every pair settled, that to show first; same_units: between its units"),
    ]
)


class _Side(NamedTuple):
    unit: str
    legal: str
    list: str


class _Pair(NamedTuple):
    left: str
    right: str
    one: _Side
    two: _Side
    relation: str
    p_site: float
    p_legal: float

    @property
    def site(self) -> bool:
        """Return whether the doubt is about one site, else about one legal unit."""
        return self.relation == SAME_SITE

    @property
    def units(self) -> tuple[str, str]:
        return min(self.one.unit, self.two.unit), max(self.one.unit, self.two.unit)

    @property
    def legals(self) -> tuple[str, str]:
        return min(self.one.legal, self.two.legal), max(self.one.legal, self.two.legal)

    @property
    def rank(self) -> tuple[float, float, str, str]:
        """Sort the pair to show first: about the site before about the legal unit, the likeliest, smaller ids."""
        return (-self.p_site if self.site else 1.0, -self.p_legal, self.left, self.right)


def waiting_pairs() -> pc.Expression:
    """Return what selects the pairs that wait for a person from scored_pairs."""
    return (pc.field("verdict") == "review") & (pc.field("decided") == "")


def group_questions(pairs: pa.Table, members: pa.Table, units: pa.Table, decided: pa.Table | None = None) -> pa.Table:
    """Group undecided pairs into questions, the most valuable first.

    Reads `pairs` (left, right, p_site, p_legal, relation; rows of scored_pairs selected by `waiting_pairs`),
    `members` (entry_id, unit_id, list) and `units` (unit_id, legal_id) of the same run, and `decided` (left, right,
    relation; what people decided of today's entries): a pair that an earlier answer settles asks nothing.  Returns
    one row per question with the columns QUESTIONS; each pair left is in exactly one question.  Questions across lists
    come first, then those that the register does not answer already by way of other rows, then by how many units
    the answer changes (legal units at LEGAL_SHARE), then by doubt; ties go to the smaller entry ids.
    """
    found = _pairs(pairs, members, units)
    if decided is not None and decided.num_rows:
        settled = _Settled(_pairs(decided, members, units))
        found = [pair for pair in found if not settled.holds(pair)]
    sizes = Counter(units["legal_id"].to_pylist())
    groups: defaultdict[tuple[str, ...], list[_Pair]] = defaultdict(list)
    for key, pair in _keyed(found):
        groups[key].append(pair)
    rows = [_question(group, sizes) for group in groups.values()]
    rows.sort(key=_order)
    return pa.Table.from_pylist([{"question": n, **row} for n, row in enumerate(rows, 1)], schema=QUESTIONS)


def expand_answer(question: Mapping[str, Any], relation: str) -> list[tuple[str, str, str]]:
    """Return what an answer to a question says of each of its pairs: left, right, relation.

    "One site" applies to the two units shown; other units of the same two legal units then are same_legal.
    Any other answer holds for every pair.

    >>> shown = {"left": "a", "right": "b", "same_units": True}
    >>> other = {"left": "a", "right": "c", "same_units": False}
    >>> expand_answer({"settles": [shown, other]}, "same_site")
    [('a', 'b', 'same_site'), ('a', 'c', 'same_legal')]
    """
    return [
        (
            pair["left"],
            pair["right"],
            SAME_LEGAL if relation == SAME_SITE and not pair["same_units"] else relation,
        )
        for pair in question["settles"]
    ]


def _pairs(pairs: pa.Table, members: pa.Table, units: pa.Table) -> list[_Pair]:
    """Join pairs with the unit, legal unit and list of both entries."""
    legal_of = dict(zip(units["unit_id"].to_pylist(), units["legal_id"].to_pylist(), strict=True))
    wanted = pa.array(sorted({*pairs["left"].to_pylist(), *pairs["right"].to_pylist()}), TEXT)
    known = members.filter(pc.is_in(members["entry_id"], wanted)).select(["entry_id", "unit_id", "list"])
    sides = {row["entry_id"]: _Side(row["unit_id"], legal_of[row["unit_id"]], row["list"]) for row in known.to_pylist()}
    names = [name for name in ("left", "right", "relation", "p_site", "p_legal") if name in pairs.column_names]
    return [
        _Pair(
            row["left"],
            row["right"],
            sides[row["left"]],
            sides[row["right"]],
            row["relation"],
            row.get("p_site", 0.0),
            row.get("p_legal", 0.0),
        )
        for row in pairs.select(names).to_pylist()
        if row["left"] in sides and row["right"] in sides
    ]


class _Settled:
    """What earlier answers settle, by the units of today: an answer about two entries is one about their units."""

    def __init__(self, decided: Sequence[_Pair]) -> None:
        apart = [pair for pair in decided if pair.one.unit != pair.two.unit]
        self.units = {pair.units for pair in apart}
        self.legals = {pair.legals for pair in apart if pair.one.legal != pair.two.legal}
        self.rows = {entry for pair in decided if pair.one.unit == pair.two.unit for entry in (pair.left, pair.right)}

    def holds(self, pair: _Pair) -> bool:
        if pair.one.unit == pair.two.unit:
            return pair.left in self.rows or pair.right in self.rows
        return pair.units in self.units or (not pair.site and pair.legals in self.legals)


def _keyed(pairs: Sequence[_Pair]) -> Iterable[tuple[tuple[str, ...], _Pair]]:
    """Yield each pair with the key of its question."""
    inside = [pair for pair in pairs if pair.one.unit == pair.two.unit]
    site = [pair for pair in pairs if pair.site and pair.one.unit != pair.two.unit]
    units = {pair.units for pair in site}
    legal = [pair for pair in pairs if not pair.site and pair.one.unit != pair.two.unit]
    grouped = [pair for pair in legal if pair.one.legal == pair.two.legal and pair.units not in units]
    first: dict[tuple[str, str], _Pair] = {}
    for pair in sorted(site, key=lambda one: one.rank):
        first.setdefault(pair.legals, pair)
        yield ("units", *pair.units), pair
    for pair in legal:
        if pair.units in units:
            yield ("units", *pair.units), pair
        elif pair.one.legal != pair.two.legal and pair.legals in first:
            yield ("units", *first[pair.legals].units), pair
        elif pair.one.legal != pair.two.legal:
            yield ("legal units", *pair.legals), pair
    yield from _stars("row", inside, [(pair.one.unit, pair.left, pair.right) for pair in inside])
    yield from _stars("unit", grouped, [(pair.one.legal, *pair.units) for pair in grouped])


def _stars(
    kind: str, pairs: Sequence[_Pair], ends: Sequence[tuple[str, str, str]]
) -> Iterable[tuple[tuple[str, ...], _Pair]]:
    """Yield pairs inside a group, keyed by the group and that end which is in most of the group's pairs."""
    degree = Counter((group, end) for group, *both in set(ends) for end in both)
    for pair, (group, one, two) in zip(pairs, ends, strict=True):
        centre = min((one, two), key=lambda end: (-degree[group, end], end))
        yield (kind, group, centre), pair


def _question(group: Sequence[_Pair], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return one question as a row of QUESTIONS, without its number."""
    ordered = sorted(group, key=lambda pair: pair.rank)
    shown = ordered[0]
    site = any(pair.site for pair in group)
    joined = shown.one.unit == shown.two.unit if site else shown.one.legal == shown.two.legal
    return {
        "kind": SITE if site else LEGAL,
        "left": shown.left,
        "right": shown.right,
        "left_unit": shown.one.unit,
        "right_unit": shown.two.unit,
        "p_site": shown.p_site,
        "p_legal": shown.p_legal,
        "pairs": len(group),
        "entries": len({entry for pair in group for entry in (pair.left, pair.right)}),
        "cross_list": _cross_list(group, shown),
        "joined": joined,
        "units": 1 if site or joined else min(sizes[shown.one.legal], sizes[shown.two.legal]),
        "settles": [
            {"left": pair.left, "right": pair.right, "same_units": pair.units == shown.units} for pair in ordered
        ],
    }


def _cross_list(group: Sequence[_Pair], shown: _Pair) -> bool:
    """Return whether no list has rows in doubt on both sides; sides are those of the pair to show."""
    sides: tuple[set[str], set[str]] = (set(), set())
    for pair in group:
        turned = pair.one.legal != shown.one.legal or (
            pair.two.unit == shown.one.unit and pair.one.unit != shown.one.unit
        )
        for side, entry in zip(sides, (pair.two, pair.one) if turned else (pair.one, pair.two), strict=True):
            side.add(entry.list)
    return not sides[0] & sides[1]


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    share, p = (1.0, row["p_site"]) if row["kind"] == SITE else (LEGAL_SHARE, row["p_legal"])
    return (
        not row["cross_list"],
        row["joined"],
        -share * row["units"],
        round(abs(2 * p - 1), 9),
        row["left"],
        row["right"],
    )
