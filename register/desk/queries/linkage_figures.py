"""What a run learned and decided about pairs: weights, scores, what other limits would give, what stayed apart and why.

Expected figures are the model's own probabilities added up: no more right than these are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from minglu.register.engine.run_queries import RunQueries

Row = Mapping[str, Any]
LIMITS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
FARTHEST_BITS = 16
MOST_CLUSTERS = 15
MOST_ALONE = 30
REASONS: Mapping[str, tuple[str, str]] = {
    "waiting": ("待人工判定", "waits for a clerk"),
    "forbidden": ("有不可合并的情形（分支、序号、距离等）", "something forbids it (branch, serial, distance ...)"),
    "below": ("比较过，证据不足", "compared, too little evidence"),
    "never": ("没有共同的候选键，未比较", "no common key, never compared"),
}
"""Why a unit has one row alone: Chinese, English; the strongest of its reasons counts."""

HISTOGRAM = """
WITH bits AS (
  SELECT verdict, relation,
    greatest(-{far}, least({far}, round(log2(({p} + 1e-12) / (1 - {p} + 1e-12))))) AS bin
  FROM scored_pairs
)
SELECT bin::INTEGER AS bin, count(*) AS pairs,
  count(*) FILTER (verdict = 'link' AND relation IN ({relations})) AS linked,
  count(*) FILTER (verdict = 'review') AS waiting
FROM bits GROUP BY bin ORDER BY bin
"""
AT_LIMIT = """
SELECT count(*) FILTER (p_site >= $limit) AS linked,
  coalesce(sum(1 - p_site) FILTER (p_site >= $limit), 0) AS wrong,
  count(*) FILTER (p_site >= $low AND p_site < $limit) AS questions,
  coalesce(sum(p_site) FILTER (p_site < $low), 0) AS missed
FROM scored_pairs WHERE barrier = '' AND decided = ''
"""
ALONE = """
WITH alone AS (
  SELECT u.unit_id, u.name, u.lists, m.entry_id FROM units u JOIN members m ON m.unit_id = u.unit_id
  WHERE u.entries = 1 AND u.outcome = 'unit'
), ends AS (
  SELECT "left" AS entry_id, verdict, relation, barrier, p_site FROM scored_pairs
  UNION ALL SELECT "right", verdict, relation, barrier, p_site FROM scored_pairs
), best AS (
  SELECT a.unit_id, any_value(a.name) AS name, any_value(a.lists) AS lists, max(e.p_site) AS p_site,
    CASE WHEN bool_or(e.verdict = 'review') THEN 'waiting' WHEN bool_or(e.barrier <> '') THEN 'forbidden'
      WHEN count(e.entry_id) > 0 THEN 'below' ELSE 'never' END AS reason
  FROM alone a LEFT JOIN ends e ON e.entry_id = a.entry_id GROUP BY a.unit_id
)
"""


@dataclass(frozen=True, slots=True)
class LinkageFigures:
    """What the page of limits shows."""

    limits: Mapping[str, float]
    """Figures of the run by name, with the limits that it was linked by."""
    weights: Sequence[tuple[str, Sequence[Row]]]
    """Comparison, and its levels; `share`: part of all pairs that have the level, 0 to 1."""
    site_scores: Sequence[Row]
    """bin (bits), pairs, linked, waiting."""
    legal_scores: Sequence[Row]
    trade_off: Sequence[Row]
    """limit, linked, wrong, questions, missed; `asked`: the one that was asked for."""
    clusters: Sequence[Row]
    alone: Sequence[Row]
    """reason, units."""
    alone_units: Sequence[Row]
    given_up: Sequence[Row]


def linkage_figures(queries: RunQueries, *, limit: float | None, low: float | None) -> LinkageFigures:
    """Return the figures; `limit` and `low` ask for one more line of the trade-off, with questions between the two."""
    figures = {row["figure"]: row["value"] for row in queries.rows("SELECT figure, value FROM linkage_figures")}
    own = figures.get("threshold_site", 0.95)
    least = 0.5 if low is None else low
    asked = own if limit is None else limit
    lines = [_at(queries, one, min(least, one)) | {"asked": False, "own": False} for one in LIMITS if one != asked]
    lines.append(_at(queries, asked, min(least, asked)) | {"asked": limit is not None, "own": limit is None})
    return LinkageFigures(
        figures,
        _weights(queries),
        queries.rows(HISTOGRAM.format(p="p_site", far=FARTHEST_BITS, relations="'same_site'")),
        queries.rows(HISTOGRAM.format(p="p_legal", far=FARTHEST_BITS, relations="'same_site', 'same_legal'")),
        sorted(lines, key=lambda line: float(line["limit"])),
        queries.rows(
            "SELECT unit_id, name, entries, lists FROM units ORDER BY entries DESC, unit_id LIMIT $most",
            {"most": MOST_CLUSTERS},
        ),
        queries.rows(f"{ALONE} SELECT reason, count(*) AS units FROM best GROUP BY reason ORDER BY units DESC, reason"),
        queries.rows(f"{ALONE} SELECT * FROM best ORDER BY p_site DESC NULLS LAST, unit_id LIMIT {MOST_ALONE}"),
        queries.rows("SELECT rule, blocks, rows, pairs FROM uncompared WHERE blocks > 0 ORDER BY pairs DESC, rule"),
    )


def _at(queries: RunQueries, limit: float, low: float) -> dict[str, Any]:
    return {"limit": limit, "low": low, **queries.rows(AT_LIMIT, {"limit": limit, "low": low})[0]}


def _weights(queries: RunQueries) -> list[tuple[str, list[Row]]]:
    rows = queries.rows("SELECT * FROM weights WHERE comparison <> 'prior' ORDER BY comparison, \"level\"")
    found: list[tuple[str, list[Row]]] = []
    for name, group in groupby(rows, key=lambda row: str(row["comparison"])):
        levels = list(group)
        total = sum(row["pairs"] for row in levels) or 1
        found.append((name, [{**row, "share": row["pairs"] / total} for row in levels]))
    return found
