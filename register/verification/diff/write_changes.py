"""A list of changes as a file: Parquet for programs, a workbook for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from minglu.errors import UsageError
from minglu.register.clerical.form_columns import Column
from minglu.register.engine.parquet_files import write_parquet
from minglu.register.report.office.table_sheets import Sheet, write_book
from minglu.register.storage.output_place import new_file
from minglu.register.verification.diff.compare_runs import CHANGES, FIELD_NAMES, KINDS, RunDifference

COLUMNS = (
    Column("kind", "变化", "kind", 22),
    Column("name", "单位名称", "name", 36),
    Column("field", "字段", "field", 26),
    Column("before", "原值", "before", 36),
    Column("after", "新值", "after", 36),
    Column("reason", "原因", "reason", 40),
    Column("list", "名单", "list", 10),
    Column("file", "文件", "file", 20),
    Column("sheet", "工作表", "sheet", 12),
    Column("row", "行号", "row", 8),
    Column("unit_id", "单位编号", "unit id", 22),
    Column("former_id", "原单位编号", "former id", 22),
    Column("entry_id", "条目", "entry", 22),
)


def write_changes(difference: RunDifference, path: Path, runs: Sequence[Path]) -> None:
    """Write every change at `path` (.parquet or .xlsx), a new file; UsageError for another name or in a run."""
    if path.suffix not in {".parquet", ".xlsx"}:
        raise UsageError(
            en=f"--out {path}: expected a name that ends in .parquet or .xlsx.",
            zh=f"--out {path}：文件名应以 .parquet 或 .xlsx 结尾。",
        )
    if any(path.absolute().is_relative_to(run.absolute()) for run in runs):
        raise UsageError(
            en=f"--out {path}: this lies in a run folder, which its manifest vouches for. Name another place.",
            zh=f"--out {path}：该位置在结果文件夹内，其内容由 manifest.json 担保。请指定其他位置。",
        )
    with new_file(path, option="--out") as fresh:
        if path.suffix == ".parquet":
            write_parquet(fresh, [difference.changes], CHANGES)
        else:
            write_book(fresh, "名录变化 changes", [Sheet("变化 changes", COLUMNS, _in_words(difference.changes))])


def _in_words(changes: pa.Table) -> pa.Table:
    """Call kinds and fields in both languages, for people."""
    for name, words in (("kind", {kind: zh for kind, (zh, _) in KINDS.items()}), ("field", FIELD_NAMES)):
        words_and_codes = [f"{words.get(one, '')} {one}".strip() for one in changes.column(name).to_pylist()]
        changes = changes.set_column(changes.schema.get_field_index(name), name, pa.array(words_and_codes, pa.string()))
    return changes
