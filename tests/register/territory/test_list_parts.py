"""Parts of a list: where a column, a file or a run of rows tells them apart, it is named."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from minglu.register.territory.list_parts import find_part


def rows(count: int, extra=lambda _: {}, code=lambda _: "", file=lambda _: "b.csv") -> pa.Table:
    numbers = range(count)
    return pa.table(
        {
            "file": [file(n) for n in numbers],
            "sheet": [""] * count,
            "row": [n + 2 for n in numbers],
            "district_code": [code(n) for n in numbers],
            "extra": [json.dumps(extra(n), ensure_ascii=False) for n in numbers],
        }
    )


def score(count: int, wanted) -> np.ndarray:
    return np.array([1 if wanted(n) else -1 for n in range(count)], dtype=np.int8)


def test_a_run_of_rows_is_named_by_its_first_and_last():
    """Pasted at the head of the list."""
    part = find_part(rows(100), score(100, lambda n: 10 <= n < 40))
    assert part is not None
    assert (part.rows, part.en) == (30, "rows 12 to 41 of b.csv")


def test_a_column_of_sources_is_named_with_its_value():
    """Mixed row by row, but one column says where each comes from."""
    table = rows(100, extra=lambda n: {"来源": "百度" if n % 3 == 0 else "测绘", "序号": str(n)})
    part = find_part(table, score(100, lambda n: n % 3 == 0))
    assert part is not None
    assert (part.rows, part.en) == (34, "the 34 rows whose '来源' is 百度")


def test_townships_and_files_tell_parts_apart():
    """One township sent its own export; one file of a glob is another office's."""
    part = find_part(rows(90, code=lambda n: f"99010100{n % 3}001"), score(90, lambda n: n % 3 == 1))
    assert part is not None
    assert "990101001" in part.zh
    part = find_part(rows(90, file=lambda n: "ab"[n % 2]), score(90, lambda n: n % 2 == 1))
    assert part is not None
    assert part.en == "the 45 rows whose file is b"


def test_what_nothing_tells_apart_is_not_named():
    """Every seventh row, and no column knows it."""
    assert find_part(rows(100), score(100, lambda n: n % 7 == 0)) is None
