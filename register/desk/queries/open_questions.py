"""The questions of a run, and what is known of the rows that each is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyproj import Geod

from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.match_waterfall import explain_pair
from minglu.matching.model.strongest_reasons import strongest_reasons
from minglu.matching.settings.linkage_settings import load_linkage_settings
from minglu.register.clerical.questions import group_questions, waiting_pairs
from minglu.register.clerical.review.review_pairs import MARKED, SHOWN
from minglu.register.clerical.review.text_differences import Parts, mark_differences
from minglu.register.engine.run_queries import RunQueries
from minglu.register.explain.explanation import place_of
from minglu.register.report.html.waterfall_chart import Step, waterfall_rows
from minglu.register.schemas import STATUSES
from minglu.register.storage.run_store import read_table

TOWNSHIP = 9
"""Characters of a township's code."""
SOURCE = frozenset({"list", "file", "sheet", "row"})
MOST_ROWS = 40
"""Of one question, shown."""
Pair = tuple[str, str]
Row = Mapping[str, Any]
ELLIPSOID = Geod(ellps="GRS80")

ABOUT = """
SELECT m.entry_id, m.unit_id, m.list, u.legal_id, u.source_class, coalesce(p.district_code, '') AS district
FROM members m JOIN units u ON u.unit_id = m.unit_id LEFT JOIN placements p ON p.unit_id = m.unit_id
WHERE m.entry_id IN (SELECT unnest($entries)) ORDER BY m.entry_id
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as the desk puts it."""

    key: str
    """Both entries of the pair that it shows first, joined by ~."""
    rank: int
    kind: str
    """site | legal"""
    row: Row
    """Its row of the table that `group_questions` returns."""
    pairs: tuple[Pair, ...]
    side: Mapping[str, str]
    """Entry -> A or B: pairs are between the two."""
    unit_of: Mapping[str, str]
    legal_of: Mapping[str, str]
    townships: frozenset[str]
    lists: frozenset[str]
    classes: frozenset[str]

    @property
    def entries(self) -> tuple[str, ...]:
        """Return its entries, side A first, those of the pair to show first on either side."""
        first = {self.row["left"], self.row["right"]}
        return tuple(sorted(self.side, key=lambda one: (self.side[one], one not in first, one)))


@dataclass(frozen=True, slots=True)
class Card:
    """What a person sees of a question."""

    rows: Sequence[Row]
    """Entries with texts, `side` and `label` (A1, A2, B1 ...)."""
    fields: Sequence[tuple[tuple[str, str], Sequence[Parts]]]
    """Heading, and the text of each row in parts that are, or are not, as the first row has them."""
    speaks_for: Sequence[tuple[str, str]]
    speaks_against: Sequence[tuple[str, str]]
    steps: Sequence[Step]
    p_site: float
    p_legal: float
    distance_m: float | None
    """Between the points of the pair that is shown first; None where one has none."""
    left_out: int
    """Rows that are not shown."""


def read_questions(run: Path, queries: RunQueries) -> list[Question]:
    """Return the questions of a run, in the order in which to answer them."""
    pairs = read_table(run, "scored_pairs", where=waiting_pairs())
    entries = sorted({*pairs["left"].to_pylist(), *pairs["right"].to_pylist()})
    about = {row["entry_id"]: row for row in queries.rows(ABOUT, {"entries": entries})}
    table = group_questions(
        pairs,
        read_table(run, "members", ["entry_id", "unit_id", "list"]),
        read_table(run, "units", ["unit_id", "legal_id"]),
    )
    return [_question(row, about) for row in table.to_pylist()]


def _question(row: Row, about: Mapping[str, Row]) -> Question:
    pairs = tuple((one["left"], one["right"]) for one in row["settles"])
    side = _sides(pairs)
    known = [about[entry] for entry in side]
    return Question(
        f"{row['left']}~{row['right']}",
        row["question"],
        row["kind"],
        row,
        pairs,
        side,
        {entry: about[entry]["unit_id"] for entry in side},
        {entry: about[entry]["legal_id"] for entry in side},
        frozenset(one["district"][:TOWNSHIP] for one in known),
        frozenset(one["list"] for one in known),
        frozenset(one["source_class"] for one in known),
    )


def _sides(pairs: Sequence[Pair]) -> dict[str, str]:
    """Put both ends of each pair on different sides, as far as that is possible."""
    side = {pairs[0][0]: "A", pairs[0][1]: "B"}
    waiting = list(pairs)
    while waiting:
        left = [pair for pair in waiting if not (pair[0] in side or pair[1] in side)]
        for one, two in waiting:
            for known, other in ((one, two), (two, one)):
                if known in side:
                    side.setdefault(other, "B" if side[known] == "A" else "A")
        if len(left) == len(waiting):
            side[left[0][0]] = "A"
        waiting = left
    return side


def read_card(run: Path, queries: RunQueries, question: Question) -> Card:
    """Return what a person sees of a question."""
    rows = _rows(queries, question)
    one, two = question.row["left"], question.row["right"]
    pair = queries.rows('SELECT * FROM scored_pairs WHERE "left" = $one AND "right" = $two', {"one": one, "two": two})[
        0
    ]
    flow = explain_pair({name: pair[name] for name in COMPARISONS}, read_table(run, "weights"))
    reasons = strongest_reasons(flow.steps[1:], load_linkage_settings(), None)
    points = {row["entry_id"]: (row["lon"], row["lat"]) for row in rows}
    shown = rows[:MOST_ROWS]
    return Card(
        shown,
        _fields(shown),
        [(step.why_zh, step.why_en) for step in reasons.supporting],
        [(step.why_zh, step.why_en) for step in reasons.opposing],
        waterfall_rows(flow),
        pair["p_site"],
        pair["p_legal"],
        distance_m(points[one], points[two]),
        len(rows) - len(shown),
    )


def entry_texts(queries: RunQueries, entries: Iterable[str]) -> dict[str, Row]:
    """Return what identifies entries and is shown of them, as texts, with their points."""
    columns = ", ".join(f'"{name}"' for name in ("entry_id", *SHOWN, "lon", "lat"))
    found = queries.rows(
        f"SELECT {columns} FROM entries WHERE entry_id IN (SELECT unnest($entries)) ORDER BY entry_id",
        {"entries": sorted(entries)},
    )
    return {
        row["entry_id"]: {key: row[key] if key in {"lon", "lat"} else str(row[key] or "") for key in row}
        for row in found
    }


def distance_m(one: tuple[Any, Any], two: tuple[Any, Any]) -> float | None:
    """Return the distance of two points (degrees) in metres; None where a coordinate is missing."""
    if None in one or None in two:
        return None
    return float(ELLIPSOID.inv(one[0], one[1], two[0], two[1])[2])


def _rows(queries: RunQueries, question: Question) -> list[Row]:
    texts = entry_texts(queries, question.side)
    rows: list[Row] = []
    counts = {"A": 0, "B": 0}
    for entry in question.entries:
        side = question.side[entry]
        counts[side] += 1
        more = {"side": side, "label": f"{side}{counts[side]}", "unit_id": question.unit_of[entry]}
        rows.append({**texts[entry], **more})
    return rows


def _fields(rows: Sequence[Row]) -> list[tuple[tuple[str, str], Sequence[Parts]]]:
    found: list[tuple[tuple[str, str], Sequence[Parts]]] = []
    for field, (zh, en, _) in SHOWN.items():
        texts = [row[field] for row in rows]
        if field == "status":
            texts = [" ".join(STATUSES.get(text, (text,))) for text in texts]
        if any(texts) and field not in SOURCE:
            found.append(((zh, en), _marked(texts) if field in MARKED else [[(text, False)] for text in texts]))
    places: list[Parts] = [[(place_of(row), False)] for row in rows]
    found.append((("来源行", "source row"), places))
    return found


def _marked(texts: Sequence[str]) -> list[Parts]:
    """Return texts with what differs from the first that is there; of two, both are marked."""
    if len(texts) == 2:
        return list(mark_differences(texts[0], texts[1]))
    first = next(text for text in texts if text)
    return [mark_differences(first, text)[1] for text in texts]
