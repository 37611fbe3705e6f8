"""Findings district by district: what a clerk of one township has to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from minglu.register.coverage.counts import REMARKS
from minglu.register.coverage.findings import FINDINGS
from minglu.register.language import code_labels
from minglu.register.report.finished_run import Run

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("district_code", "district_name", "code", "zh", "en")] + [("count", pa.int64())]
)
Found = tuple[str, str, str, str, int]
"""District, code, what it is in Chinese and in English, how many."""


def district_findings(run: Run) -> pa.Table:
    """Return one row per district and kind of finding, in the order of districts."""
    layer = run.table("districts")
    names = dict(zip(layer.column("code").to_pylist(), layer.column("name").to_pylist(), strict=True))
    rows = sorted([*_placements(run), *_loads(run), *_faults(run)])
    return pa.Table.from_pylist(
        [
            {"district_code": d, "district_name": names.get(d, ""), "code": code, "zh": zh, "en": en, "count": n}
            for d, code, zh, en, n in rows
        ],
        schema=SCHEMA,
    )


def _placements(run: Run) -> Iterator[Found]:
    """Yield the remarks on the kept units placed in each district."""
    units = run.to_check
    pairs = zip(units.column("district_code").to_pylist(), units.column("placement_code").to_pylist(), strict=True)
    for (district, code), count in Counter(pairs).items():
        if district is not None:
            yield district, code, *REMARKS[code], count


def _loads(run: Run) -> Iterator[Found]:
    """Yield districts that are empty, over the workload limit, or far out of line."""
    limit = run.coverage["limits"]["units_per_district"]
    outlying = Counter(row["code"] for row in run.coverage["outliers"])
    for row in run.table("coverage").to_pylist():
        if row["level"] == "district":
            counts = {
                "DISTRICTS_EMPTY": int(row["units"] == 0),
                "DISTRICTS_OVER_LIMIT": row["units"] if row["units"] > limit else 0,
                "DISTRICTS_OUTLYING": outlying.get(row["code"], 0),
            }
            for code, count in counts.items():
                if count:
                    yield row["code"], code, FINDINGS[code].do_zh, FINDINGS[code].do_en, count


def _faults(run: Run) -> Iterator[Found]:
    """Yield the faults of the layer that cover or border each district."""
    faults = run.columns("faults", ["kind", "districts"]).to_pylist()
    touched = Counter((district, row["kind"]) for row in faults for district in row["districts"].split("+") if district)
    for (district, kind), count in touched.items():
        yield district, f"TERRITORY_{kind.upper()}", *code_labels.call(code_labels.FAULT_KINDS, kind), count
