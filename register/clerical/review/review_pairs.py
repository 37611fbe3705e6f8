"""The review queue: questions in the order of asking, with what is known of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.match_waterfall import evidence_by_level
from minglu.matching.model.strongest_reasons import strongest_reasons
from minglu.matching.settings.linkage_settings import load_linkage_settings
from minglu.register.clerical.questions import group_questions, waiting_pairs
from minglu.register.schemas import STATUSES
from minglu.register.storage.run_store import read_table

SHOWN: Mapping[str, tuple[str, str, int]] = {
    "name": ("单位名称", "name", 30),
    "uscc": ("统一社会信用代码", "USCC", 21),
    "permit_no": ("排污许可证编号", "permit number", 24),
    "site_address": ("生产经营地址", "site address", 32),
    "address": ("注册地址", "registered address", 32),
    "industry": ("行业", "industry", 14),
    "status": ("状态", "status", 8),
    "list": ("名单", "list", 9),
    "file": ("文件", "file", 16),
    "sheet": ("工作表", "sheet", 10),
    "row": ("行号", "row", 7),
}
MARKED = ("name", "uscc", "permit_no", "site_address", "address")
"""Where the letters that differ are marked: what identifies a unit, not where its row stands."""
MOST_NAMED = 10
"""So many further rows of a question are named on a sheet."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair to judge."""

    left: Row
    """The entry's columns SHOWN and entry_id, all as text."""
    right: Row
    speaks_for: str
    speaks_against: str
    p_site: float | None
    """None where the pair is in one unit by way of others, and was never scored."""
    p_legal: float | None
    stratum: str = ""
    settles: int = 1
    """Pairs of entries that the answer settles."""
    also: str = ""
    """Rows that it settles besides these two."""

    @property
    def key(self) -> tuple[str, str]:
        """Return both entry ids, the smaller first."""
        return self.left["entry_id"], self.right["entry_id"]


class Queue(NamedTuple):
    """What waits for a clerk."""

    pairs: list[Pair]
    """One pair for each question, the most valuable question first."""
    questions: int
    """Questions in all, of which the first are in `pairs`."""
    waiting: int
    """Pairs of entries that their answers settle."""


def open_questions(folder: Path) -> pa.Table:
    """Return the questions of a run as `group_questions` makes them."""
    pairs = read_table(folder, "scored_pairs", where=waiting_pairs())
    members = read_table(folder, "members", ["entry_id", "unit_id", "list"])
    units = read_table(folder, "units", ["unit_id", "legal_id"])
    judged = (pc.field("state") != "lost") & (pc.field("relation") != "undecided")
    decided = read_table(folder, "decisions", ["left", "right", "relation"], where=judged)
    return group_questions(pairs, members, units, decided)


def doubtful_pairs(folder: Path, most: int) -> Queue:
    """Return the questions that wait for a clerk, each by its likeliest pair, at most `most` of them."""
    questions = open_questions(folder)
    asked = questions.slice(0, most)
    scored = read_table(folder, "scored_pairs", where=waiting_pairs())
    keys = pc.binary_join_element_wise(scored["left"], scored["right"], " ")
    wanted = pc.binary_join_element_wise(asked["left"], asked["right"], " ")
    pairs = describe(folder, scored.take(pc.index_in(wanted, pa.array(keys.to_pylist(), pa.string()))))
    places = _places(folder, asked["settles"].to_pylist())
    also = [_also(settled, places) for settled in asked["settles"].to_pylist()]
    return Queue(
        [replace(pair, settles=int(n), also=rows) for pair, n, rows in zip(pairs, asked["pairs"], also, strict=True)]
        if asked.num_rows
        else [],
        questions.num_rows,
        int(pc.sum(questions["pairs"]).as_py() or 0),
    )


def _places(folder: Path, settled: Sequence[Sequence[Mapping[str, str]]]) -> dict[str, str]:
    """Return FILE#ROW of every entry of some questions."""
    wanted = pa.array(
        sorted({pair[side] for one in settled for pair in one for side in ("left", "right")}), pa.string()
    )
    rows = read_table(folder, "members", ["entry_id", "file", "row"], where=pc.field("entry_id").isin(wanted))
    return {row["entry_id"]: f"{row['file']}#{row['row']}" for row in rows.to_pylist()}


def _also(settled: Sequence[Mapping[str, str]], places: Mapping[str, str]) -> str:
    """Name the rows that an answer settles besides those shown, the first few."""
    shown = {settled[0]["left"], settled[0]["right"]}
    others = [pair[side] for pair in settled for side in ("left", "right") if pair[side] not in shown]
    named = [places[entry] for entry in dict.fromkeys(others)]
    return "；".join(named[:MOST_NAMED]) + (f"……共 {len(named)} 行" if len(named) > MOST_NAMED else "")


def describe(folder: Path, pairs: pa.Table, strata: Sequence[str] = ()) -> list[Pair]:
    """Return rows of scored_pairs as pairs with both sides and the reasons, in order."""
    names = ["entry_id", *SHOWN]
    wanted = pa.array(sorted({*pairs["left"].to_pylist(), *pairs["right"].to_pylist()}), pa.string())
    entries = read_table(folder, "entries", names, where=pc.field("entry_id").isin(wanted))
    known = {row["entry_id"]: _texts(row) for row in entries.to_pylist()}
    rows = zip(pairs.to_pylist(), _reasons(read_table(folder, "weights"), pairs), strict=True)
    return [
        Pair(
            known[row["left"]],
            known[row["right"]],
            *reasons,
            row["p_site"],
            row["p_legal"],
            strata[number] if strata else "",
        )
        for number, (row, reasons) in enumerate(rows)
    ]


def _texts(row: Mapping[str, object]) -> Row:
    texts = {name: "" if value is None else str(value) for name, value in row.items()}
    return texts | {"status": " ".join(STATUSES.get(texts["status"], (texts["status"],)))}


def _reasons(weights: pa.Table, pairs: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield for each pair the levels that weigh most for and most against one site, in Chinese words."""
    known, policy = evidence_by_level(weights), load_linkage_settings()
    for row in pairs.select(COMPARISONS).to_pylist():
        found = strongest_reasons((known[item] for item in row.items() if item in known), policy)
        yield (
            "；".join(step.why_zh for step in found.supporting),
            "；".join(step.why_zh for step in found.opposing),
        )
