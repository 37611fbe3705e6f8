"""review.xlsx: the pairs that a clerk must judge, both sides next to each other, with what speaks for and against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.tables import COMPARISONS
from minglu.register.report.run import Run
from minglu.register.report.sheets import Column, Sheet, write_book

CHOICES = ("同一场所 same site", "同一法人不同场所 same legal unit", "不同单位 different", "无法判断 can't tell")
SHOWN = (
    ("name", "单位名称", "name", 32),
    ("uscc", "统一社会信用代码", "USCC", 21),
    ("permit_no", "排污许可证编号", "permit number", 24),
    ("site_address", "生产经营地址", "site address", 36),
    ("address", "注册地址", "registered address", 36),
    ("industry", "行业", "industry", 16),
    ("status", "状态", "status", 10),
    ("list", "名单", "list", 10),
    ("file", "文件", "file", 18),
    ("row", "行号", "row", 8),
)
SIDES = (("left", "甲", "A"), ("right", "乙", "B"))
STRONGEST = 3
"""So many reasons for and against are named."""


def write_review(run: Run, path: Path) -> None:
    """Write the workbook at `path`: a row for each pair with the verdict `review`, the likeliest first."""
    pairs = run.columns("scored_pairs", ["left", "right", "p_site", "p_legal", "verdict", *COMPARISONS])
    pairs = pairs.filter(pc.equal(pairs.column("verdict"), "review"))
    pairs = pairs.sort_by(
        [("p_site", "descending"), ("p_legal", "descending"), ("left", "ascending"), ("right", "ascending")]
    )
    rows = _side_by_side(run, pairs)
    write_book(path, run.coverage["census"]["name"], [Sheet("复核 review", _columns(), rows, CHOICES)])


def _columns() -> tuple[Column, ...]:
    both = tuple(
        Column(f"{side}_{field}", f"{zh}（{zh_side}）", f"{en}, {en_side}", width)
        for field, zh, en, width in SHOWN
        for side, zh_side, en_side in SIDES
    )
    return (
        Column("judgement", "判定", "judgement", 24),
        Column("remark", "备注", "remark", 20),
        Column("p_site", "同一场所概率", "p same site", 10),
        Column("p_legal", "同一法人概率", "p same legal unit", 10),
        Column("speaks_for", "支持", "for", 36),
        Column("speaks_against", "反对", "against", 36),
        *both,
        Column("left", "条目（甲）", "entry, A", 22),
        Column("right", "条目（乙）", "entry, B", 22),
    )


def _side_by_side(run: Run, pairs: pa.Table) -> pa.Table:
    entries = run.columns("entries", ["entry_id", *(field for field, *_ in SHOWN)])
    blank = pa.array([""] * pairs.num_rows, pa.string())
    columns: dict[str, Any] = {"judgement": blank, "remark": blank, "p_site": pc.round(pairs.column("p_site"), 4)}
    columns["p_legal"] = pc.round(pairs.column("p_legal"), 4)
    reasons = list(_reasons(run.table("weights"), pairs))
    columns["speaks_for"] = pa.array([reason[0] for reason in reasons], pa.string())
    columns["speaks_against"] = pa.array([reason[1] for reason in reasons], pa.string())
    for side, _, _ in SIDES:
        spots = pc.index_in(pairs.column(side), entries.column("entry_id").combine_chunks())
        found = entries.take(spots)
        columns |= {f"{side}_{field}": found.column(field) for field, *_ in SHOWN}
        columns[side] = pairs.column(side)
    return pa.table(columns)


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
