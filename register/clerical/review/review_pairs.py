"""Which pairs a clerk should see, in which order, with what is known of both sides.  No sheet is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.linkage_schemas import COMPARISONS
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
STRONGEST = 3
"""So many reasons for and against are named."""
LEGAL_SHARE = 0.5
"""What a doubt about legal units is worth beside one about sites: it hides no unit, it only groups two."""

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

    @property
    def key(self) -> tuple[str, str]:
        """Return both entry ids, the smaller first."""
        return self.left["entry_id"], self.right["entry_id"]


def doubtful_pairs(folder: Path, most: int) -> tuple[list[Pair], int]:
    """Return the pairs that wait for a clerk, the most valuable first, at most `most`; and how many there are.

    A decision is worth the entries that it would move to another unit, times the doubt about
    it; ties go to the smaller entry ids.
    """
    waiting = (pc.field("verdict") == "review") & (pc.field("decided") == "")
    pairs = read_table(folder, "scored_pairs", where=waiting)
    value = _values(folder, pairs)
    keys = pairs.select(["left", "right"]).append_column("value", pa.array(-np.round(value, 9)))
    order = pc.sort_indices(keys, [("value", "ascending"), ("left", "ascending"), ("right", "ascending")])
    return describe(folder, pairs.take(order[:most])), pairs.num_rows


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


def _values(folder: Path, pairs: pa.Table) -> np.ndarray:
    """Return what a decision on each pair is worth."""
    members = read_table(folder, "members", ["entry_id", "unit_id"])
    units = read_table(folder, "units", ["unit_id", "legal_id", "entries"])
    unit_of = pc.index_in(members["unit_id"], units["unit_id"].combine_chunks())
    legal, sizes = units["legal_id"].combine_chunks().dictionary_encode(), units["entries"].to_numpy()
    legal_of = legal.indices.to_numpy()
    legal_sizes = np.bincount(legal_of, weights=sizes, minlength=1)
    sides = []
    for side in ("left", "right"):
        spot = pc.index_in(pairs[side], members["entry_id"].combine_chunks())
        sides.append(unit_of.take(spot).to_numpy())
    site_stake = np.minimum(sizes[sides[0]], sizes[sides[1]])
    legal_stake = np.minimum(legal_sizes[legal_of[sides[0]]], legal_sizes[legal_of[sides[1]]])
    site, unit = (1 - np.abs(2 * pairs[name].to_numpy() - 1) for name in ("p_site", "p_legal"))
    value: np.ndarray = site * site_stake + LEGAL_SHARE * unit * legal_stake
    return value


def _reasons(weights: pa.Table, pairs: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield for each pair the levels that weigh most for and most against one site, in Chinese words."""
    known: Mapping[tuple[str, int], tuple[float, str]] = {
        (row["comparison"], row["level"]): ((row["bits_legal"] or 0.0) + (row["bits_site"] or 0.0), row["why_zh"])
        for row in weights.to_pylist()
    }
    for row in pairs.select(COMPARISONS).to_pylist():
        found = sorted(known[item] for item in row.items() if item in known)
        against = [why for bits, why in found if bits < 0][:STRONGEST]
        speaks = [why for bits, why in reversed(found) if bits > 0][:STRONGEST]
        yield "；".join(speaks), "；".join(against)
