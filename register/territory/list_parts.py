"""A part of a list that differs from the rest: a run of rows, a file, a sheet, a column or a township."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

LEAST_CAPTURED = 0.8
"""A part must hold so much of what is looked for, less what it holds of the rest."""
MOST_VALUES = 30
"""A column with more different values does not say where rows come from."""
TOWNSHIP = 9
"""Characters of a township's code."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a list that can be distinguished from the others."""

    zh: str
    en: str
    rows: int


def find_part(rows: pa.Table, score: NDArray[np.int8]) -> Part | None:
    """Return the part of a list that holds the rows with score 1 and none with score -1, or None.

    Reads file, sheet, row, district_code and extra (JSON text); rows stand in the order of the source.  Of
    several descriptions of the part the one that fits best is taken, the simpler one first.
    """
    wanted = int((score > 0).sum())
    best: tuple[float, Part] | None = None
    for captured, part in (*_by_columns(rows, score), _by_run(rows, score)):
        if captured >= LEAST_CAPTURED * wanted and (best is None or captured > best[0]):
            best = captured, part
    return None if best is None else best[1]


def _by_columns(rows: pa.Table, score: NDArray[np.int8]) -> Iterator[tuple[float, Part]]:
    """Try every column with few values: those that hold more of the wanted rows than of the others."""
    for (zh, en), values in _columns(rows):
        totals: dict[str, int] = defaultdict(int)
        counts: dict[str, int] = defaultdict(int)
        for value, one in zip(values, score.tolist(), strict=True):
            totals[value] += one
            counts[value] += 1
        if not 1 < len(totals) <= MOST_VALUES:
            continue
        chosen = sorted(value for value, total in totals.items() if total > 0)
        shown = "、".join(value or "（空）" for value in chosen)
        n = sum(counts[value] for value in chosen)
        yield (
            float(sum(totals[value] for value in chosen)),
            Part(f"{zh}为 {shown} 的 {n} 行", f"the {n} rows whose {en} is {shown}", n),
        )


def _columns(rows: pa.Table) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    yield ("文件", "file"), rows.column("file").to_pylist()
    yield ("工作表", "sheet"), rows.column("sheet").to_pylist()
    extras = [json.loads(text) if text else {} for text in rows.column("extra").to_pylist()]
    for name in sorted({name for extra in extras for name in extra}):
        yield (f"“{name}”", f"{name!r}"), [str(extra.get(name, "")) for extra in extras]
    codes = rows.column("district_code").to_pylist()
    yield ("乡镇代码", "township code"), [(code or "")[:TOWNSHIP] for code in codes]


def _by_run(rows: pa.Table, score: NDArray[np.int8]) -> tuple[float, Part]:
    """Return the run of rows with the largest sum of scores (Kadane)."""
    total, start, best, span = 0, 0, 0, (0, 0)
    for at, one in enumerate(score.tolist()):
        if total <= 0:
            total, start = 0, at
        total += one
        if total > best:
            best, span = total, (start, at)
    first, last = span
    file, numbers = rows.column("file")[first].as_py(), rows.column("row")
    zh = f"{file} 第 {numbers[first].as_py()} 至 {numbers[last].as_py()} 行"
    en = f"rows {numbers[first].as_py()} to {numbers[last].as_py()} of {file}"
    return float(best), Part(zh, en, last - first + 1)
