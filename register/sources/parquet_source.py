"""Reading one Parquet file: page checksums verified, every column rendered as text.  Headings are the column names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from minglu.errors import SourceError
from minglu.register.sources.header import COLUMNS_LIMIT, Row, too_wide
from minglu.register.sources.text_files.csv_records import RECORDS
from minglu.register.sources.workbooks.cell_text import EXACT_LIMIT, cell_text
from minglu.register.sources.workbooks.zip_preflight import damaged

BATCH_CELLS = 2_000_000
HEADER_ROW = 0
"""Parquet has no header line: the first record is row 1."""


def parquet_head(path: Path) -> list[Row]:
    """Return the column names as the header row 0; raise SourceError where the file's end is damaged."""
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError, MemoryError) as problem:
        raise damaged(path) from problem
    if len(names) > COLUMNS_LIMIT:
        raise too_wide(path.name, len(names))
    return [(HEADER_ROW, names)]


def parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield RECORDS of the whole file, rows numbered from 1.

    Raises SourceError where a page does not match its checksum, or a column is nested.
    """
    first = 1
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if file.metadata.num_rows > path.stat().st_size:  # a row with a name takes more than a byte
                raise damaged(path)
            for batch in file.iter_batches(max(1, BATCH_CELLS // max(1, len(file.schema_arrow)))):
                yield _records(path, batch, first)
                first += len(batch)
    except (pa.ArrowException, OSError, MemoryError) as problem:
        raise damaged(path) from problem


def _records(path: Path, batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
    width, count = batch.num_columns, len(batch)
    columns = [_texts(path, name, column) for name, column in zip(batch.schema.names, batch.columns, strict=True)]
    # Row by row in one flat array: the cell of row r and column c stands at r * width + c.
    order = np.arange(width * count).reshape(width, count).T.ravel()
    flat = pa.concat_arrays(columns).take(pa.array(order)) if columns else pa.array([], pa.string())
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * width)
    rows = pa.array(np.arange(first, first + count, dtype=np.int64))
    return pa.RecordBatch.from_arrays([rows, pa.ListArray.from_arrays(offsets, flat)], schema=RECORDS)


def _texts(path: Path, name: str, column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(path, name, column.dictionary_decode())
    if pa.types.is_nested(kind):
        raise SourceError(
            en=f"{path.name}, column '{name}': a nested type {kind}; expected text, numbers or dates.",
            zh=f"{path.name} 列“{name}”：嵌套类型 {kind}；应为文本、数字或日期。",
        )
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array(_decoded(path, name, column.to_pylist()), pa.string())
    if pa.types.is_integer(kind):
        return pc.fill_null(column.cast(pa.string()), "")  # exact: Parquet integers are not Excel's floats
    if pa.types.is_float64(kind) or pa.types.is_float32(kind):
        return _float_texts(column.cast(pa.float64()))
    return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())


def _decoded(path: Path, name: str, cells: list[bytes | None]) -> list[str]:
    """Decode a column of bytes, as UTF-8 or else as GB18030, whole or not at all."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return ["" if cell is None else cell.decode(encoding) for cell in cells]
    raise SourceError(
        en=f"{path.name}, column '{name}': bytes that are no UTF-8 and no GB18030; expected text. Write it as strings.",
        zh=f"{path.name} 列“{name}”：字节内容既非 UTF-8 也非 GB18030；应为文本。请以字符串类型重新导出。",
    )


def _float_texts(column: pa.DoubleArray) -> pa.StringArray:
    """Render as `cell_text` does, but with all digits: these numbers never were in a spreadsheet."""
    finite = pc.if_else(pc.fill_null(pc.is_finite(column), fill_value=False), column, None)
    small = pc.less(pc.abs(finite), float(EXACT_LIMIT))
    whole = pc.and_(small, pc.equal(pc.floor(finite), finite))
    texts = pc.if_else(
        whole, pc.if_else(whole, finite, 0.0).cast(pa.int64()).cast(pa.string()), finite.cast(pa.string())
    )
    large = np.flatnonzero(pc.fill_null(pc.invert(small), fill_value=False).to_numpy(zero_copy_only=False))
    if len(large):
        values = texts.to_numpy(zero_copy_only=False).copy()
        for index in large:
            values[index] = cell_text(finite[int(index)].as_py())
        texts = pa.array(values, pa.string())
    return pc.fill_null(texts, "")
