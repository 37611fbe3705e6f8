"""How good a built register is, measured against the truth table that the generator leaves beside its lists.

Pairs are counted over source rows that became entries: a pair is right when both rows
are about one site (or one legal unit) in truth and in the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from minglu.common.arrays import Integers, distinct
from minglu.matching.encoding.text_hashing import join_codes


@dataclass(frozen=True, slots=True)
class Score:
    """Pairwise precision, recall and F1 of one level, and the largest cluster found and true."""

    found: int
    true: int
    both: int
    largest_found: int
    largest_true: int

    @property
    def precision(self) -> float:
        """Share of joined pairs that belong together."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of pairs that belong together and are joined."""
        return self.both / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.both / (self.found + self.true) if self.found + self.true else 1.0

    def line(self, level: str) -> str:
        """One row of a table for people."""
        return (
            f"{level:<12} precision {self.precision:.4f}  recall {self.recall:.4f}  F1 {self.f1:.4f}  "
            f"largest {self.largest_found} (true {self.largest_true})"
        )


def score_labels(label: Integers, true: Integers) -> Score:
    """Score cluster labels against the codes of the truth, row by row."""
    return Score(
        found=pairs_inside(label),
        true=pairs_inside(true),
        both=pairs_inside(join_codes(label.astype(np.int64) + 1, true)),
        largest_found=int(distinct(label)[2].max(initial=0)),
        largest_true=int(distinct(true)[2].max(initial=0)),
    )


def pairs_inside(codes: Integers) -> int:
    """Count the pairs of rows with equal codes."""
    sizes = distinct(codes)[2]
    return int((sizes * (sizes - 1) // 2).sum())


def score_register(out: Path, truth: Path) -> dict[str, Score]:
    """Score the run folder `out` against `truth` at both levels: "site" and "legal unit"."""
    with duckdb.connect(":memory:") as db:
        _join(db, out, truth)
        return {"site": _score(db, "unit_id", "site"), "legal unit": _score(db, "legal_id", "legal_unit")}


def score_placement(out: Path, truth: Path) -> Mapping[str, tuple[int, int]]:
    """Return for each placement method how many units there are and how many lie in their true district.

    A unit's true district is that of most of its rows.
    """
    with duckdb.connect(":memory:") as db:
        _join(db, out, truth)
        rows = db.sql(
            "SELECT p.method, count(*), count(*) FILTER (p.district_code = t.true_district) FROM "
            f"read_parquet('{out / 'tables' / 'placements.parquet'}') p JOIN (SELECT unit_id, "
            "mode(true_district ORDER BY true_district) AS true_district FROM joined GROUP BY unit_id) t "
            "USING (unit_id) GROUP BY p.method ORDER BY p.method"
        ).fetchall()
    return {method: (n, right) for method, n, right in rows}


def score_scope(out: Path, truth: Path) -> Mapping[tuple[bool, str], int]:
    """Return (truly in scope, outcome of the unit) -> rows."""
    with duckdb.connect(":memory:") as db:
        _join(db, out, truth)
        rows = db.sql(
            "SELECT j.in_scope, u.outcome, count(*) FROM joined j JOIN "
            f"read_parquet('{out / 'tables' / 'units.parquet'}') u USING (unit_id) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return {(in_scope, outcome): n for in_scope, outcome, n in rows}


def _join(db: duckdb.DuckDBPyConnection, out: Path, truth: Path) -> None:
    """Make `joined`: one row per entry with its unit, its legal unit and the truth about its source row."""
    tables = out / "tables"
    db.execute(
        "CREATE TABLE joined AS SELECT m.entry_id, m.unit_id, u.legal_id, t.site, t.legal_unit, t.in_scope, "
        f"t.district_code AS true_district FROM read_parquet('{tables / 'members.parquet'}') m "
        f"JOIN read_parquet('{tables / 'units.parquet'}') u USING (unit_id) "
        f"JOIN read_parquet('{truth}') t USING (list, file, sheet, row)"
    )
    entries = db.sql(f"SELECT count(*) FROM read_parquet('{tables / 'members.parquet'}')").fetchall()[0]
    joined = db.sql("SELECT count(*) FROM joined").fetchall()[0]
    if entries != joined:
        message = f"{entries} entries, but only {joined} have a row in {truth}"
        raise SystemExit(message)


def _score(db: duckdb.DuckDBPyConnection, found: str, true: str) -> Score:
    pairs = "coalesce(sum(n * (n - 1) // 2), 0)::BIGINT, max(n)"
    numbers = [
        db.sql(f"SELECT {pairs} FROM (SELECT count(*) AS n FROM joined GROUP BY {key})").fetchall()[0]
        for key in (found, true, f"{found}, {true}")
    ]
    (n_found, largest_found), (n_true, largest_true), (n_both, _) = numbers
    return Score(n_found, n_true, n_both, largest_found, largest_true)
